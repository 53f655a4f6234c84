"""Order annuleren: what is not delivered, or a part of it; and taking that back on the same day."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal, Refusals
from backoffice.core.formats import format_quantity
from backoffice.core.keys import keyed
from backoffice.relations.rights import access_of
from sales import totals
from sales.models import OrderLine, OrderVersion, SalesOrder
from sales.services import reserving, versions
from sales.services.amending import Settle, money_left
from sales.services.drafts import ORDER
from sales.services.editing import OpenOrder, check_not_amended, open_order

NOTHING = Decimal(0)


@keyed("sales.order.cancel", result=ORDER)
def cancel(*, order_id: int, employee, quantities: dict[int, Decimal] | None = None, reason: str = "") -> SalesOrder:
    """Cancel all that is undelivered, or the given pieces per line ({line id: pieces above 0}).

    Releases what was reserved, and writes a version. Raises Refusal where the Soort forbids it, for a seller with an
    order that is not an own one of today without money (docs/rules.md, Rights), for pieces that are not open, and
    order.money_left when more is paid than the new total; Claimed while somebody has an amendment of it.
    """
    return apply_cancel(open_to_cancel(order_id, employee), quantities, reason)


def open_to_cancel(order_id: int, employee) -> OpenOrder:
    """Lock an order that may be cancelled, with its lines."""
    return open_order(order_id, employee, action="cancel", related=versions.READ_ALONG, right="sales.cancel")


def apply_cancel(
    opened: OpenOrder, quantities: dict[int, Decimal] | None = None, reason: str = "", settle: Settle | None = None
) -> SalesOrder:
    """Cancel on an opened order; the outermost service has the key. settle: see sales.services.amending."""
    order, lines = opened.order, opened.lines
    check_may_cancel(order, opened.employee)
    check_not_amended(order)
    if order.quotation and quantities is not None:
        raise Refusal("order.quotation_part", _("Haal regels met Wijzigen uit een offerte, of annuleer haar geheel."))
    chosen = _all_open(lines) if quantities is None else _chosen(lines, quantities)
    if not chosen:
        raise Refusal("order.nothing_open", _("Er is niets meer om te annuleren."), "quantities")
    return _change(opened, chosen, OrderVersion.Action.CANCELLED, reason, settle)


def check_may_cancel(order: SalesOrder, employee) -> None:
    """Raises Refusal where the Soort forbids cancelling, or the employee may not cancel this order."""
    if not order.order_type.may_cancel:
        raise Refusal(
            "order.type_keeps",
            _("Een order van de soort %(type)s kan niet worden geannuleerd.") % {"type": order.order_type},
        )
    if access_of(employee).can("sales.cancel_any", order.branch_id):
        return
    own = employee.pk in (order.entered_by_id, order.confirmed_by_id)  # not the Medewerker: anybody can write that
    today = order.confirmed_at is not None and timezone.localdate(order.confirmed_at) == timezone.localdate()
    if not (own and today) or order.paid_total.amount:
        raise Refusal(
            "order.cancel_right",
            _("U mag alleen een eigen order van vandaag zonder aanbetaling annuleren. Vraag uw filiaalmanager."),
        )


def _all_open(lines: list[OrderLine]) -> dict[int, Decimal]:
    """Everything that is left to deliver, signed, by line id."""
    return {line.pk: line.open_quantity for line in lines if line.open_quantity}


def _chosen(lines: list[OrderLine], quantities: dict[int, Decimal]) -> dict[int, Decimal]:
    """The chosen pieces, signed as their lines; texts go along with the last of the goods. Raises Refusals."""
    by_id = {line.pk: line for line in lines}
    chosen, refusals = {}, []
    for line_id, quantity in quantities.items():
        line = by_id.get(line_id)
        if line is None:
            refusals.append(Refusal("line.gone", _("Deze regel is intussen verwijderd."), f"line-{line_id}"))
        elif message := _wrong(line, quantity):
            refusals.append(Refusal("cancel.quantity", f"{line.title}: {message}", f"line-{line_id}"))
        else:
            chosen[line_id] = quantity.copy_sign(line.quantity)
    if refusals:
        raise Refusals(refusals)
    goods_left = any(line.open_quantity - chosen.get(line.pk, 0) for line in lines if line.variant_id)
    if chosen and not goods_left:
        chosen |= {pk: quantity for pk, quantity in _all_open(lines).items() if by_id[pk].variant_id is None}
    return chosen


def _wrong(line: OrderLine, quantity: Decimal) -> str:
    left = abs(line.open_quantity)
    if quantity <= 0:
        return _("vul een aantal boven 0 in.")
    if quantity > left:
        return _("hiervan is nog %(left)s te annuleren.") % {"left": format_quantity(left)}
    if not line.fractions and quantity != quantity.to_integral_value():
        return _("dit artikel gaat per heel stuk.")
    return ""


def _change(opened: OpenOrder, quantities: dict[int, Decimal], action: str, reason: str, settle: Settle | None):
    """Add signed pieces to what is cancelled of the lines; stock, totals, money, version and journal follow."""
    order, lines = opened.order, opened.lines
    order.totals = totals.compute(order, lines)
    before = versions.snapshot(order, lines)
    held, gross = reserving.held(order, lines), order.gross.amount
    for line in lines:
        if line.pk in quantities:
            line.cancelled_quantity += quantities[line.pk]
            opened.touch(line)
    order.totals = totals.recalculate(order, lines)
    finish = money_left(opened, gross, settle)
    reserving.change(order.branch, lines, before=held, after=reserving.held(order, lines))
    order.version += 1
    order.revision += 1
    totals.store(order, lines, order.totals, employee=opened.employee, fields=("version", "revision"))
    order.all_lines = lines
    kept = versions.snapshot(order, lines)
    changes = versions.diff(before, kept)
    order.new_version = versions.add(
        order, lines, employee=opened.employee, action=action, changes=changes, reason=reason, kept=kept
    )
    finish()
    return order


@keyed("sales.order.undo_cancel", result=ORDER)
def undo_cancel(*, order_id: int, employee) -> SalesOrder:
    """Take back the last cancellation, if it was today and nothing was amended since; reserves again.

    Asks the right sales.cancel_any. Raises Refusal where it is too late, and where the branch blocks selling below
    stock.
    """
    opened = open_order(order_id, employee, action="undo_cancel", related=versions.READ_ALONG, right="sales.cancel_any")
    check_not_amended(opened.order)
    found = last_cancellation(opened.order)
    if found is None:
        raise Refusal("order.cancel_final", _("De annulering is niet van vandaag, of er is daarna gewijzigd."))
    undone = _difference(*found)
    quantities = {line.pk: -undone[str(line.key)] for line in opened.lines if str(line.key) in undone}
    return _change(opened, quantities, OrderVersion.Action.RESTORED, "", None)


def last_cancellation(order: SalesOrder) -> tuple[OrderVersion, OrderVersion] | None:
    """The version before the last cancellation that still counts, and that cancellation; None when it is not of today.

    A cancellation that was undone does not count; one from before an amendment stays. Index: order_version_once.
    """
    undone, after = 0, None
    for version in order.versions.order_by("-version"):
        if after is not None:
            return version, after
        if version.action == OrderVersion.Action.RESTORED:
            undone += 1
        elif version.action != OrderVersion.Action.CANCELLED:
            return None
        elif undone:
            undone -= 1
        elif timezone.localdate(version.at) != timezone.localdate():
            return None
        else:
            after = version
    return None


def _difference(before: OrderVersion, after: OrderVersion) -> dict[str, Decimal]:
    """What a cancellation took, signed, by line key."""
    old = {row["key"]: Decimal(row["cancelled_quantity"]) for row in before.snapshot["lines"]}
    new = {row["key"]: Decimal(row["cancelled_quantity"]) for row in after.snapshot["lines"]}
    return {key: new[key] - old.get(key, NOTHING) for key in new if new[key] != old.get(key, NOTHING)}
