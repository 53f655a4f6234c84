"""What every change of a draft asks: how far below the list price one may go, and the days' rates."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.model import Article, Line, No, Order, Person, Shop, refuse
from tests.oracle.sums import INCLUSIVE, ZERO, D, Exact, cents, line_total, price, unit_price

MORE_OFF = "the discount in euros is more than what is left"


def asked_for(order: Order) -> dict[Line, tuple[Fraction, Fraction]]:
    """Of each line that sells: what the list price comes to, and what is asked, all discounts taken off.

    Both including VAT, so that no VAT mode is a discount.
    """
    found = {}
    totals = price(order, INCLUSIVE)
    selling = sum((line_total(line, INCLUSIVE) for line in order.lines if line.back is None), ZERO)
    kept = 1 - Fraction(totals.discount) / Fraction(selling) if selling else Fraction(1)
    for line in order.lines:
        listed = Fraction(line.listed) * Fraction(line.pieces - line.cancelled)
        if line.back is None and listed > 0:
            found[line] = (listed, Fraction(line_total(line, INCLUSIVE)) * kept)
    return found


def leaves(asked: Fraction, listed: Fraction, off: Exact) -> bool:
    """Whether a fraction off the list price still comes to what is asked, but for a cent of rounding."""
    return asked >= listed * (1 - Fraction(off)) - Fraction(1, 100)


def deep(order: Order, who: Person) -> list[Line]:
    """The lines that go deeper, or are more, than was allowed on them and than this person may give."""
    return [
        line for line, (listed, asked) in asked_for(order).items()
        if asked < listed and not covered(line, listed, asked)
        and not (asked and leaves(asked, listed, Fraction(who.ceiling, 100)))
    ]  # fmt: skip


def covered(line: Line, listed: Fraction, asked: Fraction) -> bool:
    """An approval covers the pieces and the depth that were there."""
    return line.pieces <= line.allowed[0] and leaves(asked, listed, line.allowed[1])


def check(order: Order, who: Person, approver: Person | None = None, reason: str = "") -> None:
    """Every write of a draft asks this of every line; what is given is kept on the line, with its reason.

    Beyond the own ceiling somebody who may must allow it, for a reason: one that was typed, or that was given before
    for this line at this depth, or for the discount on the whole.
    """
    wrong = deep(order, who)
    for line, (listed, asked) in asked_for(order).items():
        if asked >= listed or covered(line, listed, asked):
            continue
        why = ""
        if line in wrong:
            refuse((approver or who).manages, "beyond the ceiling")
            why = reason or (line.reason if leaves(asked, listed, line.allowed[1]) else of_the_whole(order, line))
            refuse(why, "no reason")
        line.allowed, line.reason = (line.pieces, 1 - asked / listed), why


def of_the_whole(order: Order, line: Line) -> str:
    """The reason of the discount on the whole, where the line has none of its own."""
    own = line.off_percent or line.off_amount or line.price < line.listed
    return "" if own else next((other.reason for other in order.lines if other.reason), "")


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
        percent = shop.percent(article.code, day)
        joined = next((line for line in order.lines if plain(line, article, percent)), None)
        if joined is None:
            joined = Line(article, D(0), article.price, article.code, percent, listed=article.price)
            order.lines.append(joined)
        joined.pieces += pieces
        touched.append(joined)
    check(order, who)
    return touched


def plain(line: Line, article: Article, percent: Decimal) -> bool:
    """Whether another piece may join this line (docs/decisions.md, 12): same article, VAT and price, no discount."""
    return (
        line.article is article and line.back is None and line.pieces > 0 and line.percent == percent
        and line.price == article.price and line.price_mode == INCLUSIVE
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
        if each != unit_price(line, order.mode):  # what stands there already is no other price
            line.price, line.price_mode = each, order.mode
    if off is not None:
        line.off_percent = off[1] if off[0] == "percent" else D(0)
        line.off_amount = off[1] if off[0] == "amount" else D(0)
        line.off_mode = order.mode if line.off_amount else line.off_mode  # a percentage is the same in every mode
    refuse(order.off_amount <= price(order).subtotal or not order.off_amount, MORE_OFF)
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
    order.off_percent, order.off_amount = percent, amount
    order.off_mode = order.mode if amount else order.off_mode
    if amount:
        refuse(cents(amount) <= price(order).subtotal, "more than the order")
    check(order, who, approver, reason)


def remove(order: Order, line: Line, who: Person) -> tuple[int, Line]:
    """Take a line off; gives what restore() puts back."""
    place = order.lines.index(line)
    order.lines.remove(line)
    if order.off_amount and order.off_amount > price(order).subtotal:
        raise No(MORE_OFF)
    check(order, who)
    return place, line


def restore(order: Order, place: int, line: Line, who: Person) -> None:
    order.lines.insert(place, line)
    check(order, who)
