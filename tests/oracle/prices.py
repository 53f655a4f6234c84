"""What every change of a draft asks: how far below the list price one may go, and the days' rates."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.model import Article, Line, No, Order, Person, Shop, refuse
from tests.oracle.sums import INCLUSIVE, ZERO, D, cents, line_total, price

CENT = D("0.01")  # what rounding may take off


def depths(order: Order) -> dict[Line, tuple[Decimal, Fraction, Decimal]]:
    """Of each line that sells: pieces, how far below the list price it goes (a fraction), and what it comes to.

    Compared including VAT, all discounts taken off, so that no VAT mode is a discount.
    """
    found = {}
    totals = price(order, INCLUSIVE)
    selling = sum((line_total(line, INCLUSIVE) for line in order.lines if line.back is None), D(0))
    kept = 1 - Fraction(totals.discount) / Fraction(selling) if selling else Fraction(1)
    for line in order.lines:
        pieces = line.pieces - line.cancelled
        listed = Fraction(line.article.price) * Fraction(pieces)
        if line.back is None and listed > 0:
            asked = Fraction(line_total(line, INCLUSIVE)) * kept
            found[line] = (pieces, 1 - asked / listed, asked)
    return found


def beyond(order: Order, who: Person) -> dict[Line, tuple[Decimal, Decimal]]:
    """The lines that go deeper than this person may and than was allowed: {line: (pieces, depth)}."""
    wrong = {}
    for line, (pieces, depth, asked) in depths(order).items():
        least = Fraction(line.article.price) * Fraction(pieces) * (100 - who.ceiling) / 100 - Fraction(CENT)
        if asked and asked >= least:
            continue
        if pieces <= line.allowed[0] and depth <= Fraction(line.allowed[1]) + Fraction(1, 2000):
            continue
        wrong[line] = (pieces, D(depth.numerator) / D(depth.denominator))
    return wrong


def check(order: Order, who: Person, approver: Person | None = None, reason: str = "") -> None:
    """Every write of a draft: beyond the ceiling somebody must allow it, with a reason; it is kept on the line."""
    for line, measure in beyond(order, who).items():
        refuse((approver or who).manages, "beyond the ceiling")
        refuse(reason or line.reason, "no reason")
        line.allowed, line.reason = measure, reason or line.reason


def redate(shop: Shop, order: Order, day: date) -> None:
    """The day of a sale and the rates of that day; what comes back keeps its own."""
    order.day = day
    for line in order.lines:
        if line.back is None:
            line.percent = shop.percent(line.code, day)


def add(shop: Shop, order: Order, items: list[tuple[Article, Decimal]], who: Person, day: date) -> list[Line]:
    """Articles join the plain line of the same article, or make a new one at the rate of the day."""
    touched = []
    for article, pieces in items:
        refuse(0 < pieces <= 99_999, "a number of pieces")
        joined = next((line for line in order.lines if plain(line, article)), None)
        if joined is None:
            joined = Line(article, D(0), article.price, article.code, shop.percent(article.code, day))
            order.lines.append(joined)
        joined.pieces += pieces
        touched.append(joined)
    check(order, who)
    return touched


def plain(line: Line, article: Article) -> bool:
    """Whether another piece may join this line (decision 12): same article, price and no discount."""
    return (
        line.article is article and line.pieces > 0 and line.price == article.price and line.price_mode == INCLUSIVE
        and not line.off_percent and not line.off_amount
    )  # fmt: skip


def set_line(
    order: Order,
    line: Line,
    who: Person,
    *,
    pieces: Decimal | None = None,
    each: Decimal | None = None,
    off: tuple[str, Decimal] | None = None,
    reason: str = "",
    approver: Person | None = None,
) -> None:
    """Type a number of pieces, a price or a discount (in the order's mode) on a line that sells."""
    refuse(line.back is None, "what comes back has its price")
    if pieces is not None:
        refuse(pieces > 0, "a number of pieces")
        line.pieces = pieces
    if each is not None:
        refuse(each >= 0, "a price below zero")
        line.price, line.price_mode = each, order.mode
    if off is not None:
        line.off_percent = off[1] if off[0] == "percent" else D(0)
        line.off_amount = off[1] if off[0] == "amount" else D(0)
        line.off_mode = order.mode
    line.reason = reason or line.reason
    check(order, who, approver, reason)


def set_discount(
    order: Order,
    who: Person,
    percent: Decimal = ZERO,
    amount: Decimal = ZERO,
    reason: str = "",
    approver: Person | None = None,
) -> None:
    """A discount on the whole: a percentage, or euros in the order's mode."""
    refuse(not (percent or amount) or not order.goes_back, "a basket with a return has no discount on the whole")
    order.off_percent, order.off_amount, order.off_mode = percent, amount, order.mode
    if amount:
        refuse(cents(amount) <= price(order).subtotal, "more than the order")
    check(order, who, approver, reason)


def remove(order: Order, line: Line, who: Person) -> tuple[int, Line]:
    """Take a line off; gives what restore() puts back."""
    place = order.lines.index(line)
    order.lines.remove(line)
    if order.off_amount and order.off_amount > price(order).subtotal:
        raise No("the discount in euros is more than what is left")
    check(order, who)
    return place, line


def restore(order: Order, place: int, line: Line, who: Person) -> None:
    order.lines.insert(place, line)
    check(order, who)
