"""Goods leave: on a packing slip or handed over; and back, when a delivery is cancelled (docs/decisions.md, 10)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.catalog import stock
from backoffice.catalog.models import StockMove
from backoffice.core import journal
from backoffice.core.db import rows
from backoffice.core.errors import NotFound, Refusal, Refusals
from backoffice.core.formats import format_money, format_quantity
from backoffice.core.keys import keyed
from backoffice.core.money import HUNDRED, ZERO, cents
from backoffice.relations.models import Branch
from backoffice.relations.rights import access_of
from sales import status, totals
from sales.models import Delivery, DeliveryLine, OrderLine, SalesOrder
from sales.services import rating
from sales.services.editing import OpenOrder, open_order

RELATED = ("branch", "order_type")


@dataclass(frozen=True)
class Pick:
    """A line and the pieces that leave with it; both signed as the line: a return line brings goods in."""

    line: OrderLine
    quantity: Decimal


@keyed("sales.order.deliver")
def deliver(
    *,
    order_id: int,
    quantities: dict[int, Decimal],
    kind: str,
    branch_id: int,
    employee,
    override_reason: str = "",
    price_stays: str = "",
    seen_total: Decimal | None = None,
) -> Delivery:
    """Hand over goods of an order at a branch: {line id: pieces}, signed as the line, within what is open.

    Raises Refusal (all lines that are wrong at once) and NotFound. See apply_delivery for what happens.
    """
    with journal.at_the_end():
        opened = open_order(order_id, employee, action="deliver", related=RELATED, right="sales.deliver")
        delivery = apply_delivery(
            opened, quantities, kind=kind, branch=branch_at(opened, branch_id), override_reason=override_reason,
            price_stays=price_stays, seen_total=seen_total,
        )  # fmt: skip
        write_journal(opened, delivery)
    return delivery


@keyed("sales.delivery.cancel")
def cancel_delivery(*, delivery_id: int, employee) -> Delivery:
    """Take back a hand-over: the goods are in stock and reserved again; the reverse delivery is returned.

    Raises Refusal when that was done before, when pieces of it were returned meanwhile, and for a delivery on a
    packing slip, which goes by its slip.
    """
    opened, delivery = open_delivery(delivery_id, employee)
    if delivery.kind == Delivery.Kind.SLIP:
        raise Refusal("delivery.on_slip", _("Deze levering heeft een pakbon. Annuleer de pakbon."))
    reverse = reverse_delivery(opened, delivery)
    write_journal(opened, reverse)
    return reverse


def apply_delivery(
    opened: OpenOrder,
    quantities: dict[int, Decimal],
    *,
    kind: str,
    branch: Branch,
    override_reason: str = "",
    paper: Callable[[], str] | None = None,
    reserved: bool = True,
    on: date | None = None,
    price_stays: str = "",
    seen_total: Decimal | None = None,
) -> Delivery:
    """Deliver within the caller's transaction, the order locked: rows, stock, delivered quantities and status.

    opened: with the order's branch and Soort at hand. branch: where the goods leave; another than the order's
    takes the reservation over. paper: takes the number of the document that goes along, after the stock is locked;
    else the moves name the order. reserved: whether the order holds what leaves. Texts and services move no stock.
    The deposit that the Soort asks must be paid, or the right sales.deliver_unpaid and a reason are asked. Raises
    Refusal; write_journal comes last, by the caller. A constant number of statements.
    on: the day that it counts as delivered on, today or that of the till's session. A line that takes another VAT rate
    on it asks price_stays ("inclusive", "exclusive") with seen_total, as rating.follow; else rating.RatesChanged is
    raised. The caller holds the journal back (journal.at_the_end) where it gives an answer.
    """
    order = opened.order
    status.guard(order, "deliver")
    picks = _picked(opened, quantities)
    rating.follow(
        opened, [pick.line for pick in picks], on=on or timezone.localdate(), stays=price_stays, seen=seen_total
    )
    reason = _check_deposit(opened, override_reason)
    return _book(
        opened,
        picks,
        paper or (lambda: str(order)),
        Delivery(order=order, branch=branch, kind=kind, override_reason=reason, employee=opened.employee),
        reserved,
    )


def reverse_delivery(opened: OpenOrder, delivery: Delivery, *, source: str = "") -> Delivery:
    """Take a delivery back within the caller's transaction, once: its opposite, stock and reservation as before.

    source: the document that the stock moves name; else the order. What is reserved again may go short where the
    branch blocks: the order was there first. Raises Refusal.
    """
    if delivery.reverses_id is not None:
        raise Refusal("delivery.is_reversal", _("Dit is zelf een teruggedraaide levering."))
    if Delivery.objects.filter(reverses=delivery).exists():
        raise Refusal("delivery.reversed", _("Deze levering is al geannuleerd. Ververs de pagina."))
    by_id = {line.pk: line for line in opened.lines}
    picks = [Pick(by_id[row.line_id], -row.quantity) for row in delivery.lines.order_by("id")]
    for pick in picks:
        if pick.line.returns_id:
            raise Refusal("delivery.return", _("Een retour blijft staan. Verkoop het artikel opnieuw."))
        left = pick.line.delivered_quantity + pick.quantity
        if pick.line.returned_quantity and pick.line.returned_quantity > left:
            raise Refusal(
                "delivery.returned",
                _("Van %(name)s is al %(returned)s geretourneerd; deze levering kan niet meer worden geannuleerd.")
                % {"name": pick.line.title, "returned": format_quantity(pick.line.returned_quantity)},
            )
    reverse = Delivery(
        order=opened.order, branch=delivery.branch, kind=delivery.kind, reverses=delivery, employee=opened.employee
    )
    return _book(opened, picks, lambda: source or str(opened.order), reverse)


def open_delivery(delivery_id: int, employee) -> tuple[OpenOrder, Delivery]:
    """Lock the order of a delivery, to take it back. Raises NotFound and Refusal."""
    delivery = Delivery.objects.select_related("branch").filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound("delivery.unknown", _("Deze levering is er niet, of hoort bij een ander filiaal."))
    return open_order(
        delivery.order_id, employee, action="cancel_delivery", related=RELATED, right="sales.deliver"
    ), delivery


def branch_at(opened: OpenOrder, branch_id: int) -> Branch:
    """The branch where goods leave, with the right to deliver there. Raises Refusal."""
    if branch_id == opened.order.branch_id:
        return opened.order.branch
    branch = Branch.objects.filter(pk=branch_id, active=True).first()
    if branch is None or not access_of(opened.employee).can("sales.deliver", branch_id):
        raise Refusal("delivery.branch", _("U mag in dit filiaal niet leveren."), "branch")
    return branch


def write_journal(opened: OpenOrder, delivery: Delivery, **papers: str) -> None:
    """Record a delivery, or its taking back, with the order: the last thing of its transaction. papers: its numbers."""
    journal.write(
        branch_id=opened.order.branch_id,
        employee=opened.employee,
        action="sales.order.delivery_cancelled" if delivery.reverses_id else "sales.order.delivered",
        about=opened.order,
        data={
            "delivery": delivery.pk,
            "kind": delivery.kind,
            "branch": delivery.branch_id,
            "lines": {str(pick.line.key): str(pick.quantity) for pick in delivery.picks},
        }
        | papers
        | ({"reverses": delivery.reverses_id} if delivery.reverses_id else {})
        | ({"override_reason": delivery.override_reason} if delivery.override_reason else {}),
    )


def required_deposit(order: SalesOrder) -> Decimal:
    """What must be paid before goods leave (EUR): the percentage of the Soort of the total (docs/decisions.md, 11)."""
    return max(cents(order.gross.amount * order.order_type.deposit_percent / HUNDRED), ZERO)


def _check_deposit(opened: OpenOrder, override_reason: str) -> str:
    """The reason to deliver without the deposit, empty when it is paid. Raises Refusal."""
    order = opened.order
    asked, paid = required_deposit(order), order.paid_total.amount
    if not asked or paid >= asked:
        return ""
    may = access_of(opened.employee).can("sales.deliver_unpaid", order.branch_id)
    if may and override_reason.strip():
        return override_reason.strip()
    how = (
        _("Neem de aanbetaling aan, of geef een reden op.")
        if may
        else _("Neem eerst de aanbetaling aan, of vraag uw filiaalmanager.")
    )
    raise Refusal(
        "delivery.deposit",
        _("%(type)s vraagt een aanbetaling van %(asked)s voor er wordt geleverd; betaald is %(paid)s.")
        % {"type": order.order_type, "asked": format_money(asked), "paid": format_money(paid)}
        + f" {how}",
        "override_reason",
    )


def _picked(opened: OpenOrder, quantities: dict[int, Decimal]) -> list[Pick]:
    """The lines with what leaves, in order. Raises Refusals with every line that is wrong."""
    if not quantities:
        raise Refusal("delivery.nothing", _("Vul bij ten minste één regel in wat er meegaat."), "quantities")
    picks, wrong = [], []
    for line_id, quantity in quantities.items():
        line = opened.line(line_id)
        sentence = _wrong(line, quantity)
        if sentence:
            wrong.append(Refusal("delivery.quantity", sentence, f"quantity-{line_id}"))
        picks.append(Pick(line, quantity))
    if wrong:
        raise Refusals(wrong)
    return sorted(picks, key=lambda pick: pick.line.position)


def _wrong(line: OrderLine, quantity: Decimal) -> str:
    """What is wrong with delivering so much of the line, as a sentence; empty when nothing is."""
    back = line.quantity < 0
    if not quantity.is_finite() or (quantity >= 0 if back else quantity <= 0):
        return _("Het aantal moet hoger zijn dan nul.")
    if not line.fractions and quantity != quantity.to_integral_value():
        return _("Dit artikel gaat per heel stuk: vul een heel aantal in.")
    if quantity != round(quantity, 3):
        return _("Een aantal heeft hoogstens drie cijfers achter de komma.")
    if abs(quantity) > abs(line.open_quantity):
        return _("Van %(name)s is nog %(open)s te leveren; ingevuld is %(asked)s.") % {
            "name": line.title,
            "open": format_quantity(line.open_quantity),
            "asked": format_quantity(quantity),
        }
    return ""


def _book(
    opened: OpenOrder, picks: list[Pick], paper: Callable[[], str], delivery: Delivery, reserved: bool = True
) -> Delivery:
    """Stock, then the paper's number, then the rows; picks signed as the lines, opposite when it is taken back."""
    order, branch = opened.order, delivery.branch
    goods = [pick for pick in picks if pick.line.stocked]
    hand = [(pick.line.variant_id, -pick.quantity) for pick in goods]
    held = [(pick.line.variant_id, -pick.quantity) for pick in goods if reserved and pick.line.quantity > 0]
    stock.change_at(
        [(order.branch, [], held), (branch, hand, [])],
        names={pick.line.variant_id: pick.line.title for pick in goods if pick.line.variant_id},
        short=delivery.reverses_id is not None,
    )
    source = paper()
    reasons = StockMove.Reason
    stock.write_moves(
        branch,
        [
            (pick.line.variant_id, -pick.quantity, reasons.DELIVERY if pick.line.quantity > 0 else reasons.RETURN)
            for pick in goods
        ],
        source=source,
        employee=opened.employee,
    )
    rows.insert([delivery])
    rows.insert([DeliveryLine(delivery=delivery, line=pick.line, quantity=pick.quantity) for pick in picks])
    for pick in picks:
        pick.line.delivered_quantity += pick.quantity
        opened.stamp(pick.line)
    totals.write_delivered(order, opened.lines, [pick.line for pick in picks], employee=opened.employee)
    order.all_lines = opened.lines
    delivery.picks = picks
    return delivery
