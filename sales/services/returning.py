"""Retour: sold goods come back on a basket, as negative lines at what was paid for them.

A piece comes back once. While its order is locked, what came back and what lies on other baskets is counted; when the
basket is paid it is counted for good in `returned_quantity`, which the database holds within what was delivered.
What goes back was settled by the sale: its VAT mode, rate and price, and the customer's BTW-id. Whoever is chosen on
the basket changes nothing of it.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from backoffice.core import locks
from backoffice.core.errors import NotFound, Refusal, Refusals
from backoffice.core.formats import format_quantity
from backoffice.core.keys import keyed
from backoffice.core.money import HUNDRED, ZERO, cents, four_up, money, spread
from backoffice.relations.models import VatMode
from backoffice.relations.rights import access_of
from sales import totals
from sales.models import OrderLine, SalesOrder
from sales.services.drafts import CHOSEN, ORDER, mode_of, no_discount, search_text
from sales.services.editing import OpenOrder, open_order

Lifecycle = SalesOrder.Lifecycle
NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sold:
    """What pieces were sold for, every discount taken off, EUR: including VAT, and the VAT in it."""

    gross: Decimal = ZERO
    vat: Decimal = ZERO


@dataclass(frozen=True)
class Returnable:
    """A sold line: how many pieces may still come back, and what they come back at.

    back, held: pieces that came back, and that lie on a basket to come back. paid: for all pieces of the line; given:
    for those that came back or are held.
    """

    line: OrderLine
    back: Decimal
    held: Decimal
    paid: Sold
    given: Sold

    @property
    def left(self) -> Decimal:
        return self.line.delivered_quantity - self.back - self.held

    @property
    def each(self) -> Decimal:
        """What one piece comes back at, EUR including VAT."""
        return self.amount(min(Decimal(1), self.left)).gross if self.left > 0 else ZERO

    def amount(self, quantity: Decimal) -> Sold:
        """What so many pieces come back at: the last piece takes what rounding left over, of the VAT as well.

        The VAT in it follows from the level that what came back has reached.
        """
        sold = self.line.quantity - self.line.cancelled_quantity
        gross = self.paid.gross - self.given.gross
        if self.back + self.held + quantity != sold:
            gross = min(cents(self.paid.gross * quantity / sold), gross)
        level = self.given.gross + gross
        vat = cents(self.paid.vat * level / self.paid.gross) if self.paid.gross else ZERO
        return Sold(gross, vat - self.given.vat)


def returnable(order: SalesOrder) -> list[Returnable]:
    """The lines of a confirmed order that something was delivered of, in order. Three statements."""
    lines = list(order.lines.order_by("position"))
    paid = sold_for(order, lines, order.vat_rows.all())
    moved = _moved([line.pk for line in lines])
    found = []
    for line in lines:
        if line.variant_id and line.quantity > 0 and line.delivered_quantity:
            held, given = moved.get(line.pk, (NONE, Sold()))
            found.append(Returnable(line, line.returned_quantity, held, paid[line.key], given))
    return found


def sold_for(order: SalesOrder, lines: Sequence[OrderLine], vat_rows: Iterable) -> dict[uuid.UUID, Sold]:
    """What every article of these lines of an order is sold for, by line key; of a rate they add up to its VAT row,
    unless goods without a receipt came back on the same order.

    vat_rows: those of the order that belong to the lines, stored or just computed.
    """
    found: dict[uuid.UUID, Sold] = {}
    inclusive = order.vat_mode == VatMode.INCLUSIVE
    for row in vat_rows:
        here = [x for x in lines if x.variant_id and totals.vat_key(x, order.vat_mode) == (row.code, row.percent)]
        mine = [line for line in here if not line.returns_id]
        back_net, back_vat = (sum((getattr(x, n).amount for x in here if x.returns_id), ZERO) for n in RETURNED)
        net, vat = _bare(row.net) - back_net, _bare(row.vat) - back_vat
        line_totals = [line.line_total.amount for line in mine]
        if any(total < 0 for total in line_totals):  # goods without a receipt came back among them
            vats = [_vat_in(total, row.percent, inclusive=inclusive) for total in line_totals]
            paid = line_totals if inclusive else [total + part for total, part in zip(line_totals, vats, strict=True)]
        else:  # each line bears its part of an order discount: of what is paid, and of the VAT in it
            paid, vats = spread(net + vat, line_totals), spread(vat, line_totals)
        for line, gross, part in zip(mine, paid, vats, strict=True):
            found[line.key] = Sold(gross, part)
    return found


RETURNED = ("return_net", "return_vat")


def _bare(amount) -> Decimal:
    return getattr(amount, "amount", amount)


def _vat_in(amount: Decimal, percent: Decimal, *, inclusive: bool) -> Decimal:
    return cents(amount * percent / (HUNDRED + percent if inclusive else HUNDRED))


def _moved(line_ids: list[int], but: int | None = None) -> dict[int | None, tuple[Decimal, Sold]]:
    """{line id: (pieces on baskets, what goes back for all that came back or is on a basket)}. Index: `returns`."""
    lines = OrderLine.objects.filter(returns__in=line_ids).exclude(order__lifecycle=Lifecycle.DISCARDED)
    if but is not None:
        lines = lines.exclude(order=but)
    held = Sum("quantity", filter=Q(order__lifecycle=Lifecycle.DRAFT))
    rows = lines.order_by().values("returns").annotate(held=held, net=Sum("return_net"), vat=Sum("return_vat"))
    return {row["returns"]: (-(row["held"] or NONE), Sold(-row["net"] - row["vat"], -row["vat"])) for row in rows}


def returned(order: SalesOrder, lines: Sequence[OrderLine]) -> Decimal:
    """What went back at tills for pieces of an order, beyond what was taken in on it in exchange, EUR including VAT.

    No statement where nothing came back.
    """
    ids = [line.pk for line in lines if line.returned_quantity]
    if not ids:
        return ZERO
    back = OrderLine.objects.filter(returns__in=ids, order__lifecycle=Lifecycle.CONFIRMED)
    gross = -(back.aggregate(gross=Sum(F("return_net") + F("return_vat")))["gross"] or ZERO)
    return gross + sum((_gross(order, line) for line in lines if line.quantity < 0), ZERO)


@keyed("sales.till.take_back", result=ORDER)
def take_back(
    *, order_id: int, source_id: int, pieces: dict[int, Decimal], reason: str, employee, to_stock: bool = True
) -> SalesOrder:
    """Put lines of a paid order on the basket to come back: {line id of that order: pieces above zero}.

    to_stock: the goods can be sold again; else they are written off. Raises Refusal, with nothing changed, for more
    than may still come back, naming every line, and NotFound.
    """
    hold([order_id, source_id])
    opened = open_order(order_id, employee, action="edit", related=("customer",))
    source = find(source_id, employee)
    reason = _reason(reason)
    _check_basket(opened, source)
    lines = {row.line.pk: row for row in returnable(source)}
    wrong, made = [], []
    for line_id, quantity in pieces.items():
        row = lines.get(line_id)
        if row is None:
            raise Refusal("return.line", _("Deze regel staat niet op de bon. Zoek de bon opnieuw."))
        if sentence := _wrong(row, quantity):
            wrong.append(Refusal("return.quantity", sentence, f"back-{line_id}"))
        else:
            made.append(opened.append(_line(opened, source, row, quantity, reason, to_stock=to_stock)))
    if wrong:
        raise Refusals(wrong)
    if not made:
        raise Refusal("return.nothing", _("Kies ten minste één artikel dat terugkomt."))
    return opened.write(*CHOSEN, touched=made)


def hold(order_ids: Sequence[int]) -> None:
    """Lock the basket and the orders that goods come back from, by id."""
    locks.take("order", SalesOrder.objects.filter(pk__in=order_ids))


def find(order_id: int, employee) -> SalesOrder:
    """The order that goods may come back from. Raises NotFound, and Refusal while it is not paid."""
    order = SalesOrder.objects.select_related("customer").filter(pk=order_id, lifecycle=Lifecycle.CONFIRMED).first()
    if order is None or order.quotation or not access_of(employee).can("sales.view", order.branch_id):
        raise NotFound("return.unknown", _("Deze bon is er niet, of hoort bij een ander filiaal."))
    check_paid(order)
    return order


def check_paid(order: SalesOrder) -> None:
    """Raises Refusal for goods of an order that is not paid, or not any more: there is no money to give back."""
    if order.payment_state != SalesOrder.PaymentState.PAID:
        raise Refusal("return.not_paid", _("Deze order is nog niet helemaal betaald. Reken hem eerst af."))


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refusal("return.reason", _("Geef een reden op."), "reason")
    return reason.strip()[:120]


def _check_basket(opened: OpenOrder, source: SalesOrder) -> None:
    """A basket of a till without a discount on the whole of it; a nameless one becomes that of the order's customer."""
    order = opened.order
    if order.channel != SalesOrder.Channel.TILL or order.expected_delivery_date:
        raise Refusal("return.basket", _("Een retour gaat over een gewone bon aan de kassa."))
    if order.discount_percent or order.discount_amount.amount:
        raise no_discount()
    if order.customer_id is None and source.customer_id is not None:
        for name in CHOSEN:
            setattr(order, name, getattr(source, name))
        order.vat_mode = mode_of(order)  # of what is sold beside it
        order.search_text = search_text(order)


def _wrong(row: Returnable, quantity: Decimal) -> str:
    """What is wrong with taking so many pieces back, as a sentence; empty when nothing is."""
    if quantity <= 0 or (not row.line.fractions and quantity != quantity.to_integral_value()):
        return _("Vul een heel aantal boven nul in.")
    if quantity <= row.left:
        return ""
    words = {"name": row.line.title, "left": format_quantity(max(row.left, NONE))}
    if row.left > 0:
        return _("Van %(name)s mag nog %(left)s terugkomen.") % words
    if row.held:
        return _("%(name)s ligt al als retour op een bon.") % words
    return _("%(name)s is al geretourneerd.") % words


def _line(
    opened: OpenOrder, source: SalesOrder, row: Returnable, quantity: Decimal, reason: str, *, to_stock: bool
) -> OrderLine:
    """The negative line: what goes back, and beside it the price that it was sold at, less what was taken off it."""
    sold, amount = row.line, row.amount(quantity)
    shown = amount.gross if source.vat_mode == VatMode.INCLUSIVE else amount.gross - amount.vat
    unit = sold.unit_price.amount if shown else NONE
    if unit * quantity < shown:
        unit = four_up(shown / quantity)
    code, percent = totals.vat_key(sold, source.vat_mode)
    copied = (*OrderLine.columns(OrderLine.GOODS), "list_price")
    return OrderLine(
        key=uuid.uuid4(),
        quantity=-quantity,
        stocked=sold.stocked and to_stock,
        entered_price=unit,
        entered_mode=source.vat_mode,
        discount_amount=cents(unit * quantity - shown),
        discount_mode=source.vat_mode,
        vat_code=code,
        vat_percent=percent,
        returns=sold,
        return_net=money(amount.vat - amount.gross),
        return_vat=money(-amount.vat),
        override_by=opened.employee,
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
    opened = open_order(order_id, employee, action="edit")
    line, vouching = opened.line(line_id), approver or employee
    if not access_of(vouching).can("pos.return_free", opened.order.branch_id):
        raise Refusal("return.right", _("Een retour zonder bon mag alleen een filiaalmanager."))
    if line.variant_id is None or line.quantity < 0:
        raise Refusal("return.line", _("Kies een artikel dat verkocht wordt."))
    if opened.order.channel != SalesOrder.Channel.TILL or opened.order.expected_delivery_date:
        raise Refusal("return.basket", _("Een retour gaat over een gewone bon aan de kassa."))
    if opened.order.discount_percent or opened.order.discount_amount.amount:
        raise no_discount()
    line.override_by, line.override_reason = vouching, _reason(reason)
    line.quantity, line.stocked = -line.quantity, line.stocked and to_stock
    opened.touch(line)
    return opened.write(touched=[line])


def check_change(opened: OpenOrder, line: OrderLine) -> None:
    """Raises Refusal for another price, discount or quantity of a line that comes back."""
    if line.returns_id:
        raise Refusal(
            "return.fixed", _("Een retour gaat tegen wat er betaald is. Verwijder de regel en kies de bon opnieuw.")
        )
    if line.quantity < 0 and not access_of(opened.employee).can("pos.return_free", opened.order.branch_id):
        raise Refusal("return.right", _("Een retour zonder bon mag alleen een filiaalmanager."))


def check_restored(opened: OpenOrder, lines: Sequence[OrderLine]) -> None:
    """Raises Refusal where a line that is put back on the basket came back elsewhere meanwhile."""
    sources = [line.returns_id for line in lines if line.returns_id]
    if not sources:
        return
    hold(_orders_of(sources))
    moved = _moved(sources, but=opened.order.pk)
    for sold in OrderLine.objects.filter(pk__in=sources):
        asked = -sum((line.quantity for line in opened.lines if line.returns_id == sold.pk), NONE)
        if asked > sold.delivered_quantity - sold.returned_quantity - moved.get(sold.pk, (NONE, Sold()))[0]:
            raise Refusal("return.quantity", _("%(name)s is al geretourneerd.") % {"name": sold.title})


def check_back(basket: SalesOrder, lines: Sequence[OrderLine]) -> dict[int, Decimal]:
    """Whether all that a basket takes back may still come back; gives {line that it was sold on: pieces}.

    Locks the orders that it was sold on, in the caller's transaction. Raises Refusal where it came back meanwhile, and
    where the order changed since so that less was paid for it than what goes back.
    """
    asked: dict[int, Decimal] = {}
    for line in lines:
        if line.returns_id:
            asked[line.returns_id] = asked.get(line.returns_id, NONE) - line.quantity
    if not asked:
        return asked
    sources = _orders_of(asked)
    hold(sources)
    worth: dict[uuid.UUID, Sold] = {}
    for order in SalesOrder.objects.filter(pk__in=sources):
        check_paid(order)
        worth |= sold_for(order, list(order.lines.order_by("position")), order.vat_rows.all())
    given = _given(basket, asked)
    for sold in OrderLine.objects.filter(pk__in=asked).order_by("pk"):
        if sold.returned_quantity + asked[sold.pk] > sold.delivered_quantity:
            raise Refusal("return.quantity", _("%(name)s is al geretourneerd.") % {"name": sold.title})
        if given[sold.pk] > worth[sold.key].gross:  # pieces were cancelled since, to the cent
            raise Refusal(
                "return.changed",
                _("De order van %(name)s is intussen gewijzigd. Verwijder de regel en kies de bon opnieuw.")
                % {"name": sold.title},
            )
    return asked


def count_back(opened: OpenOrder) -> list[dict]:
    """Count for good what comes back, on the lines that it was sold on; gives what the journal says of it.

    Of a locked basket, in the caller's transaction. Raises Refusal as check_back does.
    """
    asked = check_back(opened.order, opened.lines)
    for order in SalesOrder.objects.filter(pk__in=_orders_of(asked)) if asked else ():
        order.changed_by = opened.employee
        order.save(update_fields=["changed_by", "changed_at"])
    for line_id, pieces in asked.items():
        OrderLine.objects.filter(pk=line_id).update(returned_quantity=F("returned_quantity") + pieces)
    return [
        {"line": line.returns_id, "article": line.article_number, "quantity": str(-line.quantity),
         "amount": str(-_gross(opened.order, line)), "reason": line.override_reason, "to_stock": line.stocked}
        for line in opened.lines if line.quantity < 0
    ]  # fmt: skip


def _given(basket: SalesOrder, line_ids) -> dict[int, Decimal]:
    """{line id: EUR that went back for it, and goes back with this basket}. Index: `returns`."""
    paid_out = Q(order__lifecycle=Lifecycle.CONFIRMED) | Q(order=basket.pk)
    rows = OrderLine.objects.filter(paid_out, returns__in=line_ids).order_by().values_list("returns")
    return {line_id: -net - vat for line_id, net, vat in rows.annotate(net=Sum("return_net"), vat=Sum("return_vat"))}


def _gross(order: SalesOrder, line: OrderLine) -> Decimal:
    """What a line that comes back is worth, EUR including VAT, below zero."""
    if line.returns_id:
        return line.return_net.amount + line.return_vat.amount
    total = line.line_total.amount
    exclusive = order.vat_mode == VatMode.EXCLUSIVE
    return total + (_vat_in(total, line.vat_percent, inclusive=False) if exclusive else ZERO)


def _orders_of(line_ids) -> list[int]:
    return sorted(set(OrderLine.objects.filter(pk__in=line_ids).values_list("order_id", flat=True)))
