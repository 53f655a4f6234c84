"""Codes that a scanner reads, as vector paths."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from barcode.codex import Code128
from segno import helpers

MOST = Decimal("999999999.99")  # EUR that a payment code can hold


@dataclass(frozen=True, slots=True)
class Code:
    """A code that is printed: `path` is SVG path data in a box of `width` modules by one row, or by as many rows."""

    text: str
    width: int
    path: str


def code128(text: str) -> Code:
    """The Code 128 of a text of printable ASCII, check symbol and stop included, without quiet zones."""
    modules = Code128(text).build()[0]
    return Code(text, len(modules), _path([modules]))


def payment_qr(*, name: str, iban: str, amount: Decimal, text: str) -> Code | None:
    """The code with which a bank's app fills in a transfer; None where there is nothing to pay or nobody to pay it to.

    amount: EUR; name: of whom it is paid to; text: what it is about. Source: EPC069-12 v2.1 of the European Payments
    Council (version 002, UTF-8, error correction M, without a BIC; a name of 70 letters, 0.01 to 999,999,999.99).
    """
    if not (name and iban and Decimal("0.01") <= amount <= MOST):
        return None
    code = helpers.make_epc_qr(name[:70], iban.replace(" ", ""), amount, text=text[:140], encoding="utf-8")
    rows = ["".join("1" if dark else "0" for dark in row) for row in code.matrix]
    return Code(text, len(rows), _path(rows))


def _path(rows: Iterable[str]) -> str:
    """The dark modules ("1") of rows as bars of SVG path data."""
    bars = [(y, bar.start(), len(bar[0])) for y, row in enumerate(rows) for bar in re.finditer("1+", row)]
    return "".join(f"M{x} {y}h{width}v1h-{width}z" for y, x, width in bars)
