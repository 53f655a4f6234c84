"""Retour: sold goods come back on a basket, as negative lines at what was paid for them.

A piece comes back once. While its order is locked, what came back and what lies on other baskets is counted; when the
basket is paid it is counted for good in `returned_quantity`, which the database holds within what was delivered.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from backoffice.core import locks
from backoffice.core.errors import Refusal, Refusals
from backoffice.core.formats import format_quantity
from backoffice.core.keys import keyed
from backoffice.core.money import ZERO, cents, four_up, spread
from backoffice.relations.models import VatMode
from backoffice.relations.rights import access_of
from sales.models import OrderLine, SalesOrder
from sales.pricing import UNTAXED
from sales.services.drafts import CHOSEN, ORDER, choose_customer, no_discount, search_text
from sales.services.editing import Draft, UnknownOrder, open_draft
from sales.services.versions import title

Lifecycle = SalesOrder.Lifecycle
NONE = Decimal(0)


@dataclass(frozen=True)
class Returnable:
    """A sold line: how many pieces may still come back, and what they come back at.

    back, held: pieces that came back, and that lie on a basket to come back. paid, given: EUR in the order's VAT mode,
    for all pieces of the line with every discount taken off, and for those that came back or are held.
    """

    line: OrderLine
    back: Decimal
    held: Decimal
    paid: Decimal
    given: Decimal

    @property
    def left(self) -> Decimal:
        return self.line.delivered_quantity - self.back - self.held

    @property
    def each(self) -> Decimal:
        """What one piece comes back at, EUR."""
        return self.amount(min(Decimal(1), self.left)) if self.left > 0 else ZERO

    def amount(self, quantity: Decimal) -> Decimal:
        """What so many pieces come back at, EUR: the last piece takes what rounding left over."""
        sold = self.line.quantity - self.line.cancelled_quantity
        rest = self.paid - self.given
        whole = self.back + self.held + quantity == sold
        return rest if whole else min(cents(self.paid * quantity / sold), rest)


def returnable(order: SalesOrder) -> list[Returnable]:
    """The lines of a confirmed order that something was delivered of, in order. Three statements at most."""
    lines = list(order.lines.order_by("position"))
    paid = _paid(order, lines)
    moved = _moved([line.pk for line in lines])
    found = []
    for line in lines:
        if line.variant_id and line.quantity > 0 and line.delivered_quantity:
            held, given = moved.get(line.pk, (NONE, ZERO))
            found.append(Returnable(line, line.returned_quantity, held, paid[line.pk], given))
    return found


def _paid(order: SalesOrder, lines: Sequence[OrderLine]) -> dict[int, Decimal]:
    """What every line cost, the order discount taken off: of each VAT rate its own part of it."""
    if not (order.discount_percent or order.discount_amount.amount):
        return {line.pk: line.line_total.amount for line in lines}
    found: dict[int, Decimal] = {}
    for row in order.vat_rows.all():
        mine = [line for line in lines if line.variant_id and _rate(order, line) == row.percent]
        weights = [line.line_total.amount for line in mine]
        part = row.gross.amount if order.vat_mode == VatMode.INCLUSIVE else row.net.amount
        found |= dict(zip((line.pk for line in mine), spread(part, weights), strict=True))
    return found


def _rate(order: SalesOrder, line: OrderLine) -> Decimal:
    return NONE if order.vat_mode in UNTAXED else line.vat_percent


def _moved(line_ids: list[int], but: int | None = None) -> dict[int | None, tuple[Decimal, Decimal]]:
    """{line id: (pieces on baskets, EUR of all that came back or is on a basket)}. Index: the key `returns`."""
    lines = OrderLine.objects.filter(returns__in=line_ids).exclude(order__lifecycle=Lifecycle.DISCARDED)
    if but is not None:
        lines = lines.exclude(order=but)
    held = Sum("quantity", filter=Q(order__lifecycle=Lifecycle.DRAFT))
    rows = lines.order_by().values("returns").annotate(held=held, given=Sum("line_total"))
    return {row["returns"]: (-(row["held"] or NONE), -row["given"]) for row in rows}


@keyed("sales.till.take_back", result=ORDER)
def take_back(
    *, order_id: int, source_id: int, pieces: dict[int, Decimal], reason: str, employee, to_stock: bool = True
) -> SalesOrder:
    """Put lines of a paid order on the basket to come back: {line id of that order: pieces above zero}.

    to_stock: the goods can be sold again; else they are written off. Raises Refusal, with nothing changed, for more
    than may still come back, naming every line, and UnknownOrder.
    """
    hold([order_id, source_id])
    draft = open_draft(order_id, employee, "edit", ("customer",))
    source = find(source_id, employee)
    reason = _reason(reason)
    _check_basket(draft, source)
    lines = {row.line.pk: row for row in returnable(source)}
    wrong, made = [], []
    for line_id, quantity in pieces.items():
        row = lines.get(line_id)
        if row is None:
            raise Refusal("return.line", _("Deze regel staat niet op de bon. Zoek de bon opnieuw."))
        if sentence := _wrong(row, quantity):
            wrong.append(Refusal("return.quantity", sentence, f"back-{line_id}"))
        else:
            made.append(draft.append(_line(draft, source, row, quantity, reason, to_stock=to_stock)))
    if wrong:
        raise Refusals(wrong)
    if not made:
        raise Refusal("return.nothing", _("Kies ten minste één artikel dat terugkomt."))
    return draft.write(*CHOSEN, touched=made)


def hold(order_ids: Sequence[int]) -> None:
    """Lock the basket and the orders that goods come back from, by id."""
    locks.take("order", SalesOrder.objects.filter(pk__in=order_ids))


def find(order_id: int, employee) -> SalesOrder:
    """The order that goods may come back from. Raises UnknownOrder, and Refusal while it is not paid."""
    order = SalesOrder.objects.select_related("customer").filter(pk=order_id, lifecycle=Lifecycle.CONFIRMED).first()
    if order is None or order.quotation or not access_of(employee).can("sales.view", order.branch_id):
        raise UnknownOrder("return.unknown", _("Deze bon is er niet, of hoort bij een ander filiaal."))
    if order.payment_state != SalesOrder.PaymentState.PAID:
        raise Refusal("return.not_paid", _("Deze order is nog niet helemaal betaald. Reken hem eerst af."))
    return order


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refusal("return.reason", _("Geef een reden op."), "reason")
    return reason.strip()[:120]


def _check_basket(draft: Draft, source: SalesOrder) -> None:
    """A basket of a till, in the VAT mode of the order, without a discount on the whole of it."""
    order = draft.order
    if order.channel != SalesOrder.Channel.TILL or order.expected_delivery_date:
        raise Refusal("return.basket", _("Een retour gaat over een gewone bon aan de kassa."))
    if order.discount_percent or order.discount_amount.amount:
        raise no_discount()
    if order.vat_mode != source.vat_mode:
        if draft.lines:
            raise Refusal(
                "return.vat_mode",
                _("Die bon is %(mode)s en deze niet. Reken deze bon eerst af.")
                % {"mode": source.get_vat_mode_display()},
            )
        order.vat_mode = source.vat_mode
    if order.customer_id is None and source.customer is not None and not source.customer.blocked:
        mode = order.vat_mode
        choose_customer(order, source.customer)
        order.vat_mode = mode
        order.search_text = search_text(order)


def _wrong(row: Returnable, quantity: Decimal) -> str:
    """What is wrong with taking so many pieces back, as a sentence; empty when nothing is."""
    if quantity <= 0 or (not row.line.fractions and quantity != quantity.to_integral_value()):
        return _("Vul een heel aantal boven nul in.")
    if quantity <= row.left:
        return ""
    words = {"name": title(row.line), "left": format_quantity(max(row.left, NONE))}
    if row.left > 0:
        return _("Van %(name)s mag nog %(left)s terugkomen.") % words
    if row.held:
        return _("%(name)s ligt al als retour op een bon.") % words
    return _("%(name)s is al geretourneerd.") % words


def _line(
    draft: Draft, source: SalesOrder, row: Returnable, quantity: Decimal, reason: str, *, to_stock: bool
) -> OrderLine:
    """The negative line: the price of the order, less a discount that leaves exactly what comes back."""
    sold, amount = row.line, row.amount(quantity)
    unit = sold.unit_price.amount if amount else NONE
    if unit * quantity < amount:
        unit = four_up(amount / quantity)
    copied = (
        "variant_id", "article_number", "description", "brand", "colour_label", "colour_hex", "size_label",
        "fractions", "matrix", "list_price", "vat_code", "vat_percent",
    )  # fmt: skip
    return OrderLine(
        key=uuid.uuid4(),
        quantity=-quantity,
        stocked=sold.stocked and to_stock,
        entered_price=unit,
        entered_mode=draft.order.vat_mode,
        discount_amount=cents(unit * quantity - amount),
        discount_mode=draft.order.vat_mode,
        returns=sold,
        override_by=draft.employee,
        override_reason=reason,
        **{name: getattr(sold, name) for name in copied},
    )


@keyed("sales.till.take_back_free", result=ORDER)
def take_back_free(
    *, order_id: int, line_id: int, reason: str, employee, to_stock: bool = True, approver=None
) -> SalesOrder:
    """Retour zonder bon: a line of the basket comes back in place of going out, for a reason.

    The right pos.return_free is asked, of the employee or of the approver: the manager beside.
    """
    draft = open_draft(order_id, employee)
    line, vouching = draft.line(line_id), approver or employee
    if not access_of(vouching).can("pos.return_free", draft.order.branch_id):
        raise Refusal("return.right", _("Een retour zonder bon mag alleen een filiaalmanager."))
    if line.variant_id is None or line.quantity < 0:
        raise Refusal("return.line", _("Kies een artikel dat verkocht wordt."))
    if draft.order.channel != SalesOrder.Channel.TILL or draft.order.expected_delivery_date:
        raise Refusal("return.basket", _("Een retour gaat over een gewone bon aan de kassa."))
    if draft.order.discount_percent or draft.order.discount_amount.amount:
        raise no_discount()
    line.override_by, line.override_reason = vouching, _reason(reason)
    line.quantity, line.stocked = -line.quantity, line.stocked and to_stock
    draft.touch(line)
    return draft.write(touched=[line])


def check_change(draft: Draft, line: OrderLine) -> None:
    """Raises Refusal for another price, discount or quantity of a line that comes back."""
    if line.returns_id:
        raise Refusal(
            "return.fixed", _("Een retour gaat tegen wat er betaald is. Verwijder de regel en kies de bon opnieuw.")
        )
    if line.quantity < 0 and not access_of(draft.employee).can("pos.return_free", draft.order.branch_id):
        raise Refusal("return.right", _("Een retour zonder bon mag alleen een filiaalmanager."))


def check_restored(draft: Draft, lines: Sequence[OrderLine]) -> None:
    """Raises Refusal where a line that is put back on the basket came back elsewhere meanwhile."""
    sources = [line.returns_id for line in lines if line.returns_id]
    if not sources:
        return
    hold(_orders_of(sources))
    moved = _moved(sources, but=draft.order.pk)
    for sold in OrderLine.objects.filter(pk__in=sources):
        asked = -sum((line.quantity for line in draft.lines if line.returns_id == sold.pk), NONE)
        if asked > sold.delivered_quantity - sold.returned_quantity - moved.get(sold.pk, (NONE, ZERO))[0]:
            raise Refusal("return.quantity", _("%(name)s is al geretourneerd.") % {"name": title(sold)})


def count_back(draft: Draft) -> list[dict]:
    """Count for good what comes back, on the lines that it was sold on; gives what the journal says of it.

    Of a locked basket, in the caller's transaction. Raises Refusal where it came back meanwhile.
    """
    back = [line for line in draft.lines if line.quantity < 0]
    asked: dict[int, Decimal] = {}
    for line in back:
        if line.returns_id:
            asked[line.returns_id] = asked.get(line.returns_id, NONE) - line.quantity
    if asked:
        sources = _orders_of(asked)
        hold(sources)
        for sold in OrderLine.objects.filter(pk__in=asked).order_by("pk"):
            if sold.returned_quantity + asked[sold.pk] > sold.delivered_quantity:
                raise Refusal("return.quantity", _("%(name)s is al geretourneerd.") % {"name": title(sold)})
            OrderLine.objects.filter(pk=sold.pk).update(returned_quantity=F("returned_quantity") + asked[sold.pk])
        for order in SalesOrder.objects.filter(pk__in=sources):
            order.changed_by = draft.employee
            order.save(update_fields=["changed_by", "changed_at"])
    return [
        {"line": line.returns_id, "article": line.article_number, "quantity": str(-line.quantity),
         "amount": str(-line.line_total.amount), "reason": line.override_reason, "to_stock": line.stocked}
        for line in back
    ]  # fmt: skip


def _orders_of(line_ids) -> list[int]:
    return sorted(set(OrderLine.objects.filter(pk__in=line_ids).values_list("order_id", flat=True)))
