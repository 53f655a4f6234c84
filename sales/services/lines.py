"""Lines of a draft: added one by one, many at once or by scanner; changed, moved, copied, deleted and put back."""

import uuid
from datetime import date
from decimal import Decimal

from django.db.models import DecimalField
from django.utils.translation import gettext as _

from backoffice.catalog import offers
from backoffice.catalog.offers import Offer
from backoffice.catalog.prices import check_not_far
from backoffice.core import formats
from backoffice.core.errors import Refusal, Refusals
from backoffice.core.keys import keyed
from backoffice.core.money import cents
from backoffice.relations.models import VatMode
from sales import pricing
from sales.models import OrderLine, SalesOrder
from sales.selectors import day_of_rates
from sales.services import rating, returning
from sales.services.drafts import ORDER, vat_percents
from sales.services.editing import OpenOrder, check_revision, open_order

MAX_QUANTITY = Decimal("99999")
PRICED = {"quantity", "price", "discount"}  # the cells that say what a line costs


def from_offer(offer: Offer, quantity: Decimal) -> OrderLine:
    """A new line that copies what the offer says now. quantity: pieces, signed."""
    check_quantity(quantity, offer.fractions)
    return OrderLine(
        key=uuid.uuid4(),
        variant_id=offer.variant_id,
        article_number=offer.number,
        description=offer.name,
        brand=offer.brand,
        colour_label=offer.colour,
        colour_hex=offer.colour_hex,
        size_label=offer.size,
        stocked=offer.stocked,
        fractions=offer.fractions,
        matrix=offer.matrix,
        quantity=quantity,
        entered_price=offer.price,
        entered_mode=VatMode.INCLUSIVE,
        list_price=offer.price,
        vat_code=offer.vat_code,
        vat_percent=offer.vat_percent,
    )


def check_quantity(quantity: Decimal, fractions: bool) -> None:
    if quantity == 0 or abs(quantity) > MAX_QUANTITY:
        raise Refusal("line.quantity", _("Vul een aantal van 1 tot en met 99.999 in."), "quantity")
    if not fractions and quantity != quantity.to_integral_value():
        raise Refusal("line.whole", _("Dit artikel gaat per heel stuk."), "quantity")


def rated(line: OrderLine, offer: Offer) -> bool:
    """Whether the line has the VAT that its article is sold with now: a line is never split over two rates."""
    return (line.vat_code, line.vat_percent) == (offer.vat_code, offer.vat_percent)


def plain(line: OrderLine, offer: Offer) -> bool:
    """Whether another piece of the offer may join this line: same variant, VAT, price and discount, and no own text."""
    return (
        line.variant_id == offer.variant_id
        and rated(line, offer)
        and not line.text
        and line.entered_mode == VatMode.INCLUSIVE
        and line.entered_price.amount == offer.price
        and not line.discount_percent
        and not line.discount_amount.amount
        and line.quantity > 0
    )


def join_or_append(opened: OpenOrder, offer: Offer, quantity: Decimal) -> OrderLine:
    for line in opened.lines:
        if plain(line, offer):
            check_quantity(line.quantity + quantity, offer.fractions)
            line.quantity += quantity
            opened.touch(line)
            return line
    return opened.append(from_offer(offer, quantity))


@keyed("sales.lines.add", result=ORDER)
def add(
    *,
    order_id: int,
    items: list[tuple[int, Decimal]],
    employee,
    on: date | None = None,
    reason: str = "",
    approver=None,
) -> SalesOrder:
    """Add variants: [(variant id, pieces)]. All or none: raises Refusals naming every one that cannot be added.

    on: the day of the till's session, whose VAT rates they take; else as selectors.day_of_rates says. reason, approver:
    as set_line; a discount on the whole order holds for what is added too.
    """
    if not items:
        raise Refusal("lines.none", _("Kies ten minste één artikel en een aantal."))
    opened = open_order(order_id, employee, action="edit", reason=reason, approver=approver)
    chosen = [variant_id for variant_id, _quantity in items]
    found = {offer.variant_id: offer for offer in offers.offers(day_of_rates(opened.order, on), variants=chosen)}
    touched, refusals = [], []
    for variant_id, quantity in items:
        offer = found.get(variant_id)
        try:
            if offer is None or not offer.active:
                raise Refusal("article.inactive", _("dit artikel is niet meer te verkopen."))
            touched.append(join_or_append(opened, offer, quantity))
        except Refusal as refusal:
            name = offer.title if offer else _("Onbekend artikel")
            refusals.append(Refusal(refusal.code, f"{name}: {refusal.message}", f"item-{variant_id}"))
    if refusals:
        raise Refusals(refusals)
    return opened.write(touched=touched)


@keyed("sales.lines.scan", result=ORDER, reads=("code",))
def scan(
    *,
    order_id: int,
    code: str,
    employee,
    quantity: Decimal = Decimal(1),
    on: date | None = None,
    reason: str = "",
    approver=None,
) -> SalesOrder:
    """Add what the code stands for: a repeat adds to the plain line of the same variant (docs/decisions.md, 12).

    on, reason, approver: as add(). Raises Refusal for an unknown, mistyped or inactive code and ChooseSize for a
    colour/size article; nothing changes.
    """
    opened = open_order(order_id, employee, action="edit", reason=reason, approver=approver)
    line = join_or_append(opened, offers.by_code(code, day_of_rates(opened.order, on)), quantity)
    return opened.write(touched=[line])


@keyed("sales.lines.add_text", result=ORDER)
def add_text(*, order_id: int, text: str, employee) -> SalesOrder:
    """Add a line that is text alone, without a price."""
    if not text:
        raise Refusal("line.text", _("Vul een tekst in."), "text")
    opened = open_order(order_id, employee, action="edit")
    line = opened.append(OrderLine(key=uuid.uuid4(), text=text, quantity=Decimal(1)))
    return opened.write(touched=[line])


@keyed("sales.lines.set", result=ORDER)
def set_line(
    *, order_id: int, line_id: int, revision: int | None, values: dict, employee, approver=None, sure: bool = False
) -> SalesOrder:
    """Save cells of a line as they are typed.

    values: any of quantity (pieces), price (EUR per piece in the order's VAT mode), discount (("percent", p) or
    ("amount", EUR on the line in the order's VAT mode)), text, reason. approver: the manager beside, who lends the own
    ceiling. sure: a price far above the list price is meant; else Refusal price.far asks. Raises Refusal with the
    field, and Stale.
    """
    opened = open_order(order_id, employee, action="edit", reason=values.get("reason", ""), approver=approver)
    line = opened.line(line_id)
    check_revision(line, revision, _both_values(line, values))
    if line.variant_id is None and values.keys() & PRICED:
        raise Refusal("line.text_only", _("Een tekstregel heeft geen aantal, prijs of korting."), "text")
    if values.keys() & PRICED:
        returning.check_change(opened, line)
    if "quantity" in values:
        if values["quantity"] <= 0:
            raise Refusal("line.quantity", _("Vul een aantal boven 0 in, of verwijder de regel."), "quantity")
        check_quantity(values["quantity"], line.fractions)
        opened.check_floor(line, values["quantity"])
        if values["quantity"] > abs(line.quantity):
            rating.check_more(opened, line, day_of_rates(opened.order))
        line.quantity = values["quantity"].copy_sign(line.quantity)
    if "price" in values and values["price"] != line.unit_price.amount:
        mode = opened.order.vat_mode
        known = cents(pricing.convert(line.list_price.amount, line.vat_percent, VatMode.INCLUSIVE, mode))
        check_not_far(values["price"], known, sure=sure, field="price")
        line.entered_price, line.entered_mode = values["price"], opened.order.vat_mode
    if "discount" in values:
        _set_discount(line, *values["discount"], mode=opened.order.vat_mode)
    if "text" in values:
        if not values["text"] and line.variant_id is None:
            raise Refusal("line.text", _("Vul een tekst in, of verwijder de regel."), "text")
        line.text = values["text"]
    opened.touch(line)
    return opened.write(touched=[line])


def _set_discount(line: OrderLine, kind: str, value: Decimal, *, mode: str) -> None:
    if (kind, value) == ("percent", line.discount_percent) and not line.discount_amount.amount:
        return
    if (kind, value, mode) == ("amount", line.discount_amount.amount, line.discount_mode) and value:
        return
    line.discount_percent = value if kind == "percent" else Decimal(0)
    line.discount_amount = value if kind == "amount" else Decimal(0)
    if line.discount_amount:  # a percentage is the same in every mode
        line.discount_mode = mode


def _both_values(line: OrderLine, values: dict) -> list[tuple[str, str, str]]:
    labels = {"quantity": _("Aantal"), "price": _("Verkoopprijs"), "discount": _("Korting"), "text": _("Tekst")}
    theirs = {
        "quantity": line.quantity,
        "price": line.unit_price.amount,
        "discount": ("amount", line.discount_amount.amount)
        if line.discount_amount.amount
        else ("percent", line.discount_percent),
        "text": line.text,
    }
    return [(labels[name], _shown(name, theirs[name]), _shown(name, values[name])) for name in labels if name in values]


def _shown(name: str, value) -> str:
    """A value of a cell as the screen shows it."""
    if name == "discount":
        return formats.format_percent(value[1]) if value[0] == "percent" else formats.format_amount(value[1])
    return {"quantity": formats.format_quantity, "price": formats.format_amount}.get(name, str)(value)


@keyed("sales.lines.delete", result=ORDER)
def delete(*, order_id: int, line_ids: list[int], employee) -> SalesOrder:
    """Delete lines. The returned order carries `deleted`: what restore() takes to put them back."""
    opened = open_order(order_id, employee, action="edit")
    gone = [opened.line(line_id) for line_id in line_ids]
    for line in gone:
        opened.check_floor(line, Decimal(0))
    OrderLine.objects.filter(pk__in=[line.pk for line in gone]).delete()
    opened.lines = [line for line in opened.lines if line not in gone]
    order = opened.write()
    order.deleted = [pack(line) for line in gone]
    return order


PACKED = OrderLine.columns(OrderLine.PLACE, OrderLine.GOODS, OrderLine.OFFERED, OrderLine.AGREED, OrderLine.ALLOWED)
DECIMALS = {field.name for field in OrderLine._meta.concrete_fields if isinstance(field, DecimalField)}


def pack(line: OrderLine) -> dict:
    """A line as plain values, to be signed into an undo button."""
    names = (*PACKED, *(OrderLine.columns(OrderLine.RETURN) if line.returns_id else ()))
    return {name: _plain(getattr(line, name)) for name in names}


def _plain(value):
    amount = getattr(value, "amount", value)
    return str(amount) if isinstance(amount, Decimal | uuid.UUID) else amount


def unpack(values: dict) -> OrderLine:
    """A new line from what pack() gave."""
    decimals = {name: Decimal(values[name]) for name in DECIMALS & values.keys()}
    return OrderLine(**values | decimals | {"key": uuid.UUID(values["key"])})


@keyed("sales.lines.restore", result=ORDER)
def restore(*, order_id: int, packed: list[dict], employee) -> SalesOrder:
    """Put deleted lines back where they stood. packed: from delete(); the caller vouches for it (signed).

    A discount that was given on the order meanwhile counts on top: raises Refusal beyond the ceiling.
    """
    opened = open_order(order_id, employee, action="edit")
    touched = []
    for values in packed:
        if any(str(line.key) == values["key"] for line in opened.lines):
            continue
        line = unpack(values)
        position = line.position
        opened.append(line)
        _place(opened, line, position)
        touched.append(line)
    returning.check_restored(opened, touched)
    return opened.write(touched=touched)


@keyed("sales.lines.move", result=ORDER)
def move(*, order_id: int, line_id: int, steps: int, employee) -> SalesOrder:
    """Move a line up (negative steps) or down among the others; at the edge it stays."""
    opened = open_order(order_id, employee, action="edit")
    line = opened.line(line_id)
    index = opened.lines.index(line)
    target = min(max(index + steps, 0), len(opened.lines) - 1)
    _place(opened, line, opened.lines[target].position)
    return opened.write(touched=[line])


def _place(opened: OpenOrder, line: OrderLine, position: int) -> None:
    """Put the line at the position and renumber the lines between; positions keep being unique at commit."""
    others = [other for other in opened.lines if other is not line]
    after_line = line in opened.lines and any(o.position == position and o.position > line.position for o in others)
    index = sum(1 for other in others if other.position < position or (after_line and other.position == position))
    opened.lines = [*others[:index], line, *others[index:]]
    for number, other in enumerate(opened.lines, 1):
        if other.position != number:
            other.position = number
            other.dirty = True


@keyed("sales.lines.copy", result=ORDER)
def copy(*, order_id: int, line_id: int, employee) -> SalesOrder:
    """Put a copy of the line right below it, at the VAT rate of the day that it is added."""
    opened = open_order(order_id, employee, action="edit")
    line = opened.line(line_id)
    if line.quantity < 0:
        raise Refusal("return.copy", _("Een retour wordt niet gekopieerd. Kies de bon opnieuw."))
    # the reason goes along, what was allowed does not: who copies a price below the ceiling answers for it
    twin = unpack(pack(line) | {"key": str(uuid.uuid4()), "override_by_id": None, "allowed_quantity": "0"})
    twin.vat_percent = vat_percents(day_of_rates(opened.order)).get(twin.vat_code, twin.vat_percent)
    opened.append(twin)
    _place(opened, twin, line.position + 1)
    return opened.write(touched=[twin])
