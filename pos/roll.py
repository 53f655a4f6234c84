"""A receipt and a Z report as rows of a roll that is so many characters wide; amounts stand whole at the right edge.

What does not fit on a row goes on on the next one. Everything is in the characters of the printer's table (CP858), one
column each, and nothing in it is a command.
"""

import textwrap
import unicodedata
from collections.abc import Sequence

from django.utils.translation import gettext as _

from backoffice.core.formats import (
    format_amount,
    format_date,
    format_datetime,
    format_money,
    format_percent,
    format_phone,
    format_quantity,
    format_vat,
)
from payments.papers.letterhead import Letterhead
from pos.day_report import Report
from pos.slip import Line, Slip

# what has no letter in it to fall back on
NEAREST = {
    "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "ı": "i", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
    "œ": "oe", "Œ": "OE", "ẞ": "SS",
}  # fmt: skip
LEAST = 10  # columns that the left text keeps beside the right one; with fewer the right one has a row of its own


def plain(text: str) -> str:
    """Text without anything that a printer could take for a command; what CP858 has not becomes its nearest letter."""
    blank = ("C", "Z")  # control characters and every kind of space
    kept = "".join(" " if unicodedata.category(c).startswith(blank) else c for c in text.replace("\u2212", "-"))
    return "".join(c if _fits(c) else _nearest(c) for c in kept)


def _fits(char: str) -> bool:
    try:
        char.encode("cp858")
    except UnicodeEncodeError:
        return False
    return True


def _nearest(char: str) -> str:
    if char in NEAREST:
        return NEAREST[char]
    bare = "".join(c for c in unicodedata.normalize("NFKD", char) if c.isascii() and c.isprintable())
    return bare or "?"


def wrapped(text: str, columns: int, indent: str = "") -> list[str]:
    """The text in rows of so many columns, broken between words where it can be; none of nothing."""
    return textwrap.wrap(plain(text), columns, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def pair(left: str, right: str, columns: int) -> list[str]:
    """Two texts at the edges: neither is cut. The left one goes on below, the right one where it leaves no room."""
    left, right = plain(left), plain(right)
    room = columns - len(right) - 1
    longest = max(map(len, left.split()), default=0)
    if room < min(len(left), LEAST) or room < longest <= columns:
        return [*wrapped(left, columns), *(row.rjust(columns) for row in wrapped(right, columns))]
    first, *more = _broken(left, room)
    return [f"{first:<{room}} {right}", *more]


def _broken(text: str, room: int) -> list[str]:
    """Rows of a text; those after the first are set in, so that they read as going on."""
    if len(text) <= room:
        return [text]
    return textwrap.wrap(text, room, subsequent_indent="  ", break_on_hyphens=False) or [""]


def head(branch: Letterhead, columns: int) -> list[str]:
    """Address and numbers of the shop, to be centred; its name stands above, larger."""
    found = [branch.street_line, branch.city_line, format_phone(branch.phone), *branch.ids]
    return [row for text in found for row in wrapped(text, columns)]


def rows(slip: Slip, columns: int) -> list[str]:
    """Number, till and cashier, the customer, and the lines with what is taken off them."""
    found = pair(slip.number, format_datetime(slip.at), columns) + pair(slip.till, slip.employee, columns)
    if slip.day:
        found += pair(_("Kassadag"), format_date(slip.day), columns)
    if slip.order:
        found += pair(_("Verkooporder"), slip.order, columns)
    found += wrapped(slip.customer, columns)
    if slip.customer_vat_id:
        found += pair(_("BTW-id"), slip.customer_vat_id, columns)
    if slip.delivery:
        due = f"{format_date(slip.delivery['day'])} {slip.delivery['window']}".strip()
        found += pair(slip.delivery["method"], due, columns)
    found.append("-" * columns)
    found += wrapped(slip.told, columns)
    for line in slip.lines:
        found += _line(line, columns)
    if slip.discount:
        found += pair(_("Bonkorting"), format_amount(-slip.discount), columns)
    found.append("-" * columns)
    if slip.exclusive:
        found += pair(_("Totaal excl. BTW"), format_amount(slip.net), columns)
        found += pair(_("BTW"), format_amount(slip.vat), columns)
    return found


def _line(line: Line, columns: int) -> list[str]:
    if line.quantity is None:
        return wrapped(line.text, columns)
    found = pair(f"{format_quantity(line.quantity)} {line.description}", format_amount(line.total), columns)
    details = [part for part in (_("Retour") if line.quantity < 0 else "", line.colour, line.size) if part]
    if line.priced:
        details.append(f"à {format_amount(line.price)}")
    if line.percent:
        details.append(f"-{format_percent(line.percent)}")
    elif line.off:
        details.append(f"-{format_amount(line.off)}")
    found += wrapped(" ".join(details), columns, "  ") + wrapped(line.text, columns, "  ")
    if line.to_deliver:
        told = _("nog te leveren: %(number)s") % {"number": format_quantity(line.to_deliver)}
        found += wrapped(told, columns, "  ")
    return found


def total_rows(slip: Slip, columns: int) -> list[str]:
    """What it came to."""
    return pair(_("Totaal"), format_money(slip.gross), columns)


def money_rows(slip: Slip, columns: int) -> list[str]:
    """What was paid before and now, change, what is left, and VAT per rate."""
    found: list[str] = []
    for entry in slip.before:
        found += pair(f"{entry.purpose} {format_date(entry.day)} {entry.method}".strip(), format_amount(entry.amount),
                      columns)  # fmt: skip
    for entry in slip.entries:
        found += pair(entry.label, format_amount(entry.amount), columns)
    if slip.left:
        found += pair(_("Nog te betalen"), format_money(slip.left), columns)
    return [*found, "", *vat_rows(slip.rates, columns)]


def vat_rows(rates: Sequence, columns: int) -> list[str]:
    """VAT per rate (code, percent, net, vat, gross): in four columns, or in rows where those are too narrow."""
    heads = (_("Excl."), _("BTW"), _("Incl."))
    cells = [
        (plain(format_vat(rate)), *(plain(format_amount(value)) for value in (rate.net, rate.vat, rate.gross)))
        for rate in rates
    ]
    first = max((len(cell[0]) for cell in cells), default=0) + 1
    width = (columns - max(first, 5)) // 3
    if all(len(amount) < width for cell in cells for amount in cell[1:]):
        first = columns - 3 * width
        return [
            f"{label:<{first}}{''.join(amount.rjust(width) for amount in amounts)}"
            for label, *amounts in [(_("BTW"), *heads), *cells]
        ]
    found = []
    for label, *amounts in cells:
        found.append(f"{_('BTW')} {label}")
        for name, amount in zip(heads, amounts, strict=True):
            found += pair(f"  {name}", amount, columns)
    return found


def report_rows(report: Report, columns: int) -> list[str]:
    """Z number, who and when, methods, figures, VAT and the count."""
    session = report.session
    found = [
        *pair(_("Dagafsluiting (Z)"), session.z_number, columns),
        *pair(report.till, format_date(session.business_date), columns),
        *pair(f"{_('Geopend')} {format_datetime(session.opened_at)}", report.opened_by, columns),
        *pair(f"{_('Gesloten')} {format_datetime(session.closed_at)}", report.closed_by, columns),
        *pair(_("Bonnen"), str(report.receipts.count), columns),
    ]
    if report.receipts.count:
        found += wrapped(f"{report.receipts.first} - {report.receipts.last}", columns, "  ")
    found.append("-" * columns)
    for name, _kind, into, out, number in report.figures.methods:
        found += pair(f"{name} ({number})", format_amount(into + out), columns)
        if out:
            found += pair(f"  {_('waarvan uitgegeven')}", format_amount(out), columns)
    found.append("-" * columns)
    for label, amount, pieces in report.sums:
        named = label if pieces is None else f"{label}: {format_quantity(pieces)}"
        found += pair(named, format_amount(amount), columns)
    found += ["", *vat_rows(report.vat, columns), "-" * columns]
    for value, coins, amount in report.counted:
        found += pair(f"{format_amount(value)} x {coins}", format_amount(amount), columns)
    found += pair(_("Verwacht in de lade"), format_amount(report.expected), columns)
    return found + pair(_("Geteld"), format_amount(report.counted_cash), columns)


def difference_rows(report: Report, columns: int) -> list[str]:
    """What was counted more or less than expected."""
    return pair(_("Kasverschil"), format_money(report.difference), columns)


def reason_rows(report: Report, columns: int) -> list[str]:
    """Why, as it was given at the close."""
    return wrapped(f"{_('Reden')}: {report.reason}", columns) if report.reason else []
