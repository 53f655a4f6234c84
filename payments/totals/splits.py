"""How an amount is spread over the VAT rates of an order (docs/decisions.md, 6). Pure: Decimals in EUR, no database.

A payment is split in proportion to what is still open per rate, by largest remainder; whatever brings the order to its
total closes every rate exactly, and whatever brings it to zero empties every rate exactly. VAT follows from the level
that a rate has reached, so that the parts of a rate always add up to its VAT on the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from backoffice.core.money import ZERO, cents, spread


@dataclass(slots=True)
class Rate:
    """One VAT code and percentage of an order: its total and what is paid of it, gross and VAT in EUR."""

    code: str
    percent: Decimal
    gross: Decimal
    vat: Decimal
    paid: Decimal = ZERO
    paid_vat: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        return self.gross - self.paid


@dataclass(frozen=True, slots=True)
class Part:
    """What one entry carries of one VAT code and percentage, EUR: net + vat = gross."""

    code: str
    percent: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal


def split(rates: Sequence[Rate], amount: Decimal) -> list[Part]:
    """Split an amount (whole cents, negative when it goes out) over the rates, and raise their paid levels by it.

    Raises ValueError where there is nothing to split over.
    """
    return _move(rates, _shares(rates, amount))


def re_split(rates: Sequence[Rate]) -> list[Part]:
    """Move what is paid between the rates, in proportion to their totals: adds up to zero. Empty when nothing moves."""
    paid = sum((rate.paid for rate in rates), ZERO)
    total = sum((rate.gross for rate in rates), ZERO)
    if paid == total:
        target = [rate.gross for rate in rates]
    elif total:
        target = spread(paid, [rate.gross for rate in rates])
    else:
        return []
    return _move(rates, [level - rate.paid for level, rate in zip(target, rates, strict=True)])


def out_of_range(rates: Sequence[Rate]) -> bool:
    """Whether a rate holds more than its total, or less than nothing: then what is paid must move to others."""
    return any(not _within(rate, rate.paid) for rate in rates)


def _within(rate: Rate, level: Decimal, *, now: bool = False) -> bool:
    bounds = (ZERO, rate.gross, rate.paid) if now else (ZERO, rate.gross)
    return min(bounds) <= level <= max(bounds)


def _shares(rates: Sequence[Rate], amount: Decimal) -> list[Decimal]:
    paid = sum((rate.paid for rate in rates), ZERO)
    rest = sum((rate.open for rate in rates), ZERO)
    if amount == rest:
        return [rate.open for rate in rates]
    if amount == -paid:
        return [-rate.paid for rate in rates]
    weighed = [[rate.paid for rate in rates], [rate.gross for rate in rates]]
    if (amount > 0) == (rest > 0) and rest:
        weighed.insert(0, [rate.open for rate in rates])
    tried = [spread(amount, weights) for weights in weighed if sum(weights)]
    if total := sum((rate.gross for rate in rates), ZERO):
        levels = spread(paid + amount, [rate.gross for rate in rates]) if total else []
        tried.append([level - rate.paid for level, rate in zip(levels, rates, strict=True)])
    if not tried:
        raise ValueError(f"no rate to split {amount} over")
    for shares in tried:
        if all(_within(rate, rate.paid + share, now=True) for rate, share in zip(rates, shares, strict=True)):
            return shares
    return tried[0]  # more is handed over than is open: its change follows in a row of its own


def _move(rates: Sequence[Rate], shares: Sequence[Decimal]) -> list[Part]:
    parts = []
    for rate, share in zip(rates, shares, strict=True):
        vat = _vat_at(rate, rate.paid + share) - rate.paid_vat
        if share or vat:
            parts.append(Part(rate.code, rate.percent, share - vat, vat, share))
        rate.paid += share
        rate.paid_vat += vat
    return parts


def _vat_at(rate: Rate, level: Decimal) -> Decimal:
    """The VAT within a paid level of the rate."""
    if level == rate.gross:
        return rate.vat
    if not level:
        return ZERO
    if rate.gross:
        return cents(rate.vat * level / rate.gross)
    return cents(rate.paid_vat * level / rate.paid) if rate.paid else cents(level * rate.percent / (100 + rate.percent))
