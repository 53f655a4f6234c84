"""A VAT rate that changes between an order and its delivery (docs/decisions.md, 24).

What is delivered is taxed by the day that it is delivered: a line of which nothing was delivered before takes the new
rate as a whole, where the change says so. Whoever delivers says whether the price in- or excluding VAT stays.
"""

from copy import copy
from dataclasses import replace
from datetime import date
from decimal import ROUND_DOWN, Decimal

from tests.oracle import money
from tests.oracle.model import Line, Order, Session, Shop, refuse
from tests.oracle.sums import EXCLUSIVE, INCLUSIVE, UNTAXED, D, cents, holds_vat, other_mode, price


def due(shop: Shop, order: Order, lines: list[Line], on: date) -> dict[Line, Decimal]:
    """The lines that take another percentage when they are delivered on a day: {line: the new one}."""
    if order.mode in UNTAXED or order.day >= on:
        return {}
    new = {line: follows(shop, line, on) for line in lines if line.pieces > 0 and not line.delivered}
    return {line: percent for line, percent in new.items() if percent != line.percent}


def follows(shop: Shop, line: Line, on: date) -> Decimal:
    """The percentage after every change since the line's own that undelivered lines follow."""
    periods = [period for period in shop.rates[line.code] if period[0] <= on]
    own = max(place for place, (_start, percent) in enumerate(periods) if percent == line.percent)
    later = [] if line.code in shop.keeping else periods[own + 1 :]
    return later[-1][1] if later else line.percent


def keeps_an_older(shop: Shop, order: Order, line: Line) -> bool:
    """Whether more pieces of the line would be taxed by another rate than it keeps: they become a line of their own."""
    kept = line.percent if line.delivered else follows(shop, line, shop.today)
    return order.mode not in UNTAXED and kept != shop.percent(line.code, shop.today)


def follow(
    shop: Shop, order: Order, lines: list[Line], on: date, stays: str = "", session: Session | None = None
) -> None:
    """Give the lines the rates of the day that they leave on; stays: the price that is kept, asked before."""
    new = due(shop, order, lines, on)
    if not new:
        return
    refuse(order.amendment is None, "being amended")
    refuse(stays in (INCLUSIVE, EXCLUSIVE), "which price stays is to be asked")
    keep_whole(order, stays)
    for line, percent in new.items():
        restate(line, stays)
        if stays == EXCLUSIVE:
            line.listed = cents(line.listed * (100 + percent) / (100 + line.percent))
        line.percent = percent
    most = price(uncancelled(order, off_amount=D(0)), stays).subtotal if order.off_amount else D(0)
    order.off_amount = min(order.off_amount, most)
    refuse(order.paid <= order.gross, "more is paid than the new total")
    order.version += 1
    order.cancellations.clear()
    money.follow(shop, order, session)


def same(mode: str, other: str) -> bool:
    return holds_vat(mode) == holds_vat(other)


def uncancelled(order: Order, **changed: object) -> Order:
    """The order as if nothing of it were cancelled."""
    twin = copy(order)
    twin.lines = [replace(line, cancelled=D(0)) for line in order.lines]
    for name, value in changed.items():
        setattr(twin, name, value)
    return twin


def keep_whole(order: Order, stays: str) -> None:
    """A discount in euros on the whole is kept in the mode that stays."""
    if order.off_amount and not same(order.off_mode, stays):
        order.off_amount, order.off_mode = price(uncancelled(order), stays).discount, stays


def restate(line: Line, stays: str) -> None:
    """Price and discount of a line in the mode that stays, at the percentage that it had; what is free stays free."""
    if line.off_amount and not same(line.off_mode, stays):
        each = other_mode(line.price, line.percent, line.price_mode, line.off_mode)
        if line.off_amount >= cents(each * line.pieces):
            line.off_percent, line.off_amount = D(100), D(0)
        else:
            line.off_amount = cents(other_mode(line.off_amount, line.percent, line.off_mode, stays))
        line.off_mode = stays
    if not same(line.price_mode, stays):
        line.price, line.price_mode = other_mode(line.price, line.percent, line.price_mode, stays), stays
    if line.off_amount:
        line.off_amount = min(line.off_amount, (line.price * line.pieces).quantize(D("0.01"), ROUND_DOWN))
