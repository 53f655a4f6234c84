"""The arithmetic of a shop: rounding, spreading, prices in a VAT mode, VAT per code. EUR; nothing of the product.

Sources: EN 16931 (BR-CO-10, -14, -15, -17), Uitvoeringsbesluit omzetbelasting 1968 (VAT is rounded half up, per rate
over the document), Wet op de omzetbelasting 1968 article 38 (the price told to a shopper holds the VAT).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

D = Decimal
ZERO = D("0.00")
INCLUSIVE, EXCLUSIVE, REVERSE, NONE = "inclusive", "exclusive", "reverse_charge", "none"
MODES = (INCLUSIVE, EXCLUSIVE, REVERSE, NONE)
# under which code a VAT row stands where no VAT is charged; its percentage is 0
UNTAXED = {REVERSE: "reverse", NONE: "none"}

Key = tuple[str, Decimal]  # (VAT code, percentage)
Exact = Decimal | Fraction | int


def rounded(amount: Exact, places: int) -> Decimal:
    """Half away from zero."""
    scaled = Fraction(amount) * 10**places
    size = (abs(scaled) + Fraction(1, 2)).__floor__()
    return D(size if scaled > 0 else -size).scaleb(-places) + 0


def cents(amount: Exact) -> Decimal:
    return rounded(amount, 2)


def five_cents(amount: Decimal) -> Decimal:
    """What a cash payment of this comes to: the nearest multiple of 5 cents."""
    return D(5) * rounded(Fraction(amount) * 20, 0) / 100 + ZERO


def apportion(total: Decimal, shares: Sequence[Exact]) -> list[Decimal]:
    """Exact shares in whole cents that add up to total: their rounded sum. By largest remainder, ties by position."""
    exact = [Fraction(share) * 100 for share in shares]
    floor = [int(share) for share in exact]  # towards zero
    left = int(total * 100) - sum(floor)
    way = 1 if left > 0 else -1
    places = sorted(range(len(exact)), key=lambda i: (-(exact[i] - floor[i]) * way, i))
    for place in places[: abs(left)]:
        floor[place] += way
    return [D(part).scaleb(-2) for part in floor]


def spread(total: Decimal, weights: Sequence[Exact]) -> list[Decimal]:
    """An amount in whole cents in proportion to the weights, by largest remainder, ties by position."""
    whole = sum(map(Fraction, weights))
    if not whole or not total:
        return [ZERO] * len(weights)
    return apportion(total, [Fraction(total) * Fraction(weight) / whole for weight in weights])


def holds_vat(mode: str) -> bool:
    """Whether prices of this mode hold the VAT."""
    return mode == INCLUSIVE


def other_mode(amount: Decimal, percent: Decimal, entered: str, mode: str) -> Decimal:
    """An amount that was entered in one mode as it is in another: four decimals."""
    if holds_vat(entered) == holds_vat(mode):
        return rounded(amount, 4)
    factor = Fraction(100) + Fraction(percent)
    return rounded(Fraction(amount) * 100 / factor if holds_vat(entered) else Fraction(amount) * factor / 100, 4)


@dataclass(frozen=True)
class Row:
    """What a VAT code and percentage comes to: net + vat = gross."""

    net: Decimal = ZERO
    vat: Decimal = ZERO

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat

    def __add__(self, other: "Row") -> "Row":
        return Row(self.net + other.net, self.vat + other.vat)

    def __sub__(self, other: "Row") -> "Row":
        return Row(self.net - other.net, self.vat - other.vat)

    def __bool__(self) -> bool:
        return bool(self.net or self.vat)


Rows = dict[Key, Row]


def in_order(rows: Rows) -> list[Key]:
    """The highest percentage first, then by code."""
    return sorted(rows, key=lambda key: (-key[1], key[0]))


def add_rows(one: Rows, other: Rows) -> Rows:
    return {key: one.get(key, Row()) + other.get(key, Row()) for key in {**one, **other}}


def without_zeros(rows: Rows) -> Rows:
    return {key: row for key, row in rows.items() if row}


def key_of(line: Any, mode: str) -> Key:
    """Under which VAT code and percentage a line counts in an order of this mode."""
    return (UNTAXED[mode], D(0)) if mode in UNTAXED else (line.code, line.percent)


def unit_price(line: Any, mode: str) -> Decimal:
    return other_mode(line.price, line.percent, line.price_mode, mode)


def line_total(line: Any, mode: str, *, whole: bool = False) -> Decimal:
    """What a line costs in a mode: what is not cancelled of it (whole: as if nothing were), its discounts taken off."""
    pieces = line.pieces if whole else line.pieces - line.cancelled
    value = Fraction(pieces) * Fraction(unit_price(line, mode)) * (100 - Fraction(line.off_percent)) / 100
    if line.off_amount:
        same = holds_vat(line.off_mode) == holds_vat(line.price_mode)
        if same and line.off_amount == abs(line.pieces) * line.price:
            return ZERO  # free is free in every mode
        part = Fraction(pieces) / Fraction(line.pieces)
        off = Fraction(other_mode(line.off_amount, line.percent, line.off_mode, mode)) * part
        value = max(value - off, Fraction(0)) if pieces > 0 else min(value + off, Fraction(0))
    return cents(value)


@dataclass
class Totals:
    """A priced order. sold: the VAT rows without what comes back by its receipt; rows: with it."""

    lines: list[Decimal]
    subtotal: Decimal
    discount: Decimal
    sold: Rows
    rows: Rows

    @property
    def net(self) -> Decimal:
        return sum((row.net for row in self.rows.values()), ZERO)

    @property
    def vat(self) -> Decimal:
        return sum((row.vat for row in self.rows.values()), ZERO)

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat


def price(order: Any, mode: str = "") -> Totals:
    """Price an order (or basket) in its mode or another.

    The order discount is one rounded amount, spread over the VAT rows in proportion. What comes back by its receipt has
    fixed amounts: they are added to the row of their code and percentage as they are.
    """
    mode = mode or order.mode
    selling = [line for line in order.lines if line.back is None]
    subs: dict[Key, Decimal] = {}
    for line in selling:
        key = key_of(line, mode)
        subs[key] = subs.get(key, ZERO) + line_total(line, mode)
    subtotal = sum(subs.values(), ZERO)
    off = Fraction(subtotal) * Fraction(order.off_percent) / 100 + _euros_off(order, selling, mode, subtotal)
    discount = cents(off)
    keys = sorted(subs, key=lambda key: (-key[1], key[0]))
    shares = [off * Fraction(subs[key]) / Fraction(subtotal) if subtotal else 0 for key in keys]
    parts = dict(zip(keys, apportion(discount, shares), strict=True))
    sold = {key: vat_row(subs[key] - parts[key], key[1], mode) for key in keys}
    rows = dict(sold)
    for line in order.lines:
        if line.back is not None:
            rows[line.back.key] = rows.get(line.back.key, Row()) + line.back.row
    shown = [
        line_total(line, mode) if line.back is None else line.back.row.gross if holds_vat(mode) else line.back.row.net
        for line in order.lines
    ]
    return Totals(shown, sum(shown, ZERO), discount, sold, rows)


def _euros_off(order: Any, selling: list, mode: str, subtotal: Decimal) -> Fraction:
    """A discount in euros takes the same fraction of the order in every mode, and shrinks with what is cancelled."""
    if not order.off_amount or not subtotal:
        return Fraction(0)
    entered = sum((line_total(line, order.off_mode, whole=True) for line in selling), ZERO)
    whole = sum((line_total(line, mode, whole=True) for line in selling), ZERO)
    return Fraction(order.off_amount) * Fraction(min(subtotal, whole)) / Fraction(entered) if entered else Fraction(0)


def vat_row(amount: Decimal, percent: Decimal, mode: str) -> Row:
    """Inclusive: the gross is what was told, VAT = gross x p / (100 + p). Else the net stays, VAT = net x p / 100."""
    if mode in UNTAXED:
        return Row(amount, ZERO)
    if holds_vat(mode):
        vat = cents(Fraction(amount) * Fraction(percent) / (100 + Fraction(percent)))
        return Row(amount - vat, vat)
    return Row(amount, cents(Fraction(amount) * Fraction(percent) / 100))
