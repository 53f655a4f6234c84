"""A receipt as the bytes of an ESC/POS printer (80 mm, 42 characters), by python-escpos.

The character table is CP858, set first: without it the euro sign goes wrong. No control character of any text reaches
the printer: what it is told to do comes from here alone.
"""

import unicodedata
from typing import Any

from django.utils.translation import gettext as _

from backoffice.core.formats import (
    format_amount,
    format_date,
    format_datetime,
    format_money,
    format_percent,
    format_quantity,
    format_vat,
)
from pos.models import Receipt
from pos.slip import code_of

WIDTH = 42
TABLE = "CP858"
LOGO = (384, 160)  # dots at most; the roll is 576 wide
# what has no letter in it to fall back on
NEAREST = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "ı": "i", "ł": "l", "Ł": "L", "đ": "d"}


def render(shown: dict, *, copy: bool = False, drawer: bool = False) -> bytes:
    """The bytes of the receipt. shown: what pos.slip.slip gave; copy: says KOPIE; drawer: open it (cash was paid)."""
    from escpos.printer import Dummy  # takes a second to load, and only the worker prints

    printer: Any = Dummy()
    printer.charcode(TABLE)
    if drawer:
        printer.cashdraw(2)
    receipt, order = shown["receipt"], shown["order"]
    _head(printer, receipt.till.branch, copy=copy)
    printer.set(align="left", bold=False)
    printer.text("\n".join(rows(shown)) + "\n")
    printer.set(bold=True, double_height=True)
    printer.text(f"{pair(_('Totaal'), format_money(order.gross))}\n")
    printer.set(normal_textsize=True, bold=False)
    printer.text("\n".join(money_rows(shown)) + "\n")
    printer.set(align="center")
    printer.barcode("{B" + code_of(receipt), "CODE128", height=80, width=2, function_type="B")
    printer.text(f"\n{plain(_('Ruilen binnen 14 dagen met deze bon.'))}\n")
    printer.cut()
    return printer.output


def _head(printer, branch, *, copy: bool) -> None:
    """The logo, the shop's name large, its address, and KOPIE on a copy."""
    logo = _logo(branch)
    if logo is not None:
        printer.set(align="center")
        printer.image(logo, impl="bitImageRaster")
    shop = plain(branch.company or branch.name)
    printer.set(align="center", bold=True, double_width=len(shop) <= WIDTH // 2, double_height=True)
    printer.text(f"{shop[:WIDTH]}\n")
    printer.set(align="center", normal_textsize=True, bold=False)
    for line in (branch.street_line, branch.city_line, _ids(branch)):
        if line:
            printer.text(f"{plain(line)[:WIDTH]}\n")
    if copy:
        printer.set(align="center", bold=True)
        printer.text(f"*** {_('KOPIE')} ***\n")


def _logo(branch) -> Any:
    """The logo of the branch in black and white, as wide as it may be; None where there is none that can be read."""
    if not branch.logo:
        return None
    from PIL import Image

    try:
        with branch.logo.open() as file, Image.open(file) as found:
            found.thumbnail(LOGO)  # first: what was kept before logos were made small is large
            picture = found.convert("RGBA")
    except (OSError, ValueError):  # gone, or no picture: the receipt goes out without
        return None
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    return paper.convert("1")


def render_report(shown: dict, *, copy: bool = False) -> bytes:
    """The bytes of a Z report. shown: what pos.day_report.day_report gave of a closed session."""
    from escpos.printer import Dummy

    printer: Any = Dummy()
    printer.charcode(TABLE)
    session = shown["session"]
    _head(printer, session.till.branch, copy=copy)
    printer.set(align="left", bold=False)
    printer.text("\n".join(report_rows(shown)) + "\n")
    printer.set(bold=True, double_height=True)
    printer.text(f"{pair(_('Kasverschil'), format_money(shown['difference']))}\n")
    printer.set(normal_textsize=True, bold=False)
    printer.cut()
    return printer.output


def kick() -> bytes:
    """The bytes that open the drawer, and nothing else."""
    from escpos.printer import Dummy

    printer: Any = Dummy()
    printer.cashdraw(2)
    return printer.output


def report_rows(shown: dict) -> list[str]:
    """Z number, who and when, methods, figures, VAT and the count."""
    session, figures, sold = shown["session"], shown["figures"], shown["receipts"]
    found = [
        pair(_("Dagafsluiting (Z)"), session.z_number),
        pair(session.till.name, format_date(session.business_date)),
        pair(f"{_('Geopend')} {format_datetime(session.opened_at)}", session.opened_by.name),
        pair(f"{_('Gesloten')} {format_datetime(session.closed_at)}", session.closed_by.name),
        pair(_("Bonnen"), f"{sold['count']}"),
        "-" * WIDTH,
    ]
    for name, _kind, into, out, number in figures.methods:
        found.append(pair(f"{name} ({number})", format_amount(into + out)))
        if out:
            found.append(pair(f"  {_('waarvan uitgegeven')}", format_amount(out)))
    found.append("-" * WIDTH)
    found += [pair(label, format_amount(amount)) for label, amount in (
        (_("Omzet"), figures.turnover), (_("Aanbetalingen ontvangen"), figures.deposits),
        (_("Aanbetalingen verrekend"), figures.set_off), (_("Terugbetaald"), figures.refunded),
        (f"{_('Teruggenomen artikelen')}: {format_quantity(shown['back']['pieces'])}", shown["back"]["amount"]),
        (_("Afronding contant"), figures.rounding), (_("Wisselgeld in de lade"), figures.float_amount),
        (_("Afgestort"), figures.drops),
    )]  # fmt: skip
    found += ["", *vat_rows(shown["vat"]), "-" * WIDTH]
    found += [pair(f"{format_amount(value)} x {n}", format_amount(amount)) for value, n, amount in shown["counted"]]
    found.append(pair(_("Verwacht in de lade"), format_amount(session.expected_cash)))
    return [*found, pair(_("Geteld"), format_amount(session.counted_cash))]


def vat_rows(rows) -> list[str]:
    """VAT per rate, in four columns."""
    found = [f"{_('BTW'):<9}{_('Excl.'):>11}{_('BTW'):>11}{_('Incl.'):>11}"]
    for row in rows:
        amounts = "".join(f"{plain(format_amount(value)):>11}" for value in (row.net, row.vat, row.gross))
        found.append(f"{plain(format_vat(row)):<9}{amounts}")
    return found


def _ids(branch) -> str:
    parts = [f"KVK {branch.kvk}" if branch.kvk else "", f"BTW {branch.vat_id}" if branch.vat_id else ""]
    return " ".join(part for part in parts if part)


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


def pair(left: str, right: str) -> str:
    """Two texts at the edges of a row; the right one is never cut."""
    left, right = plain(left), plain(right)
    room = WIDTH - len(right) - 1
    return f"{left[:room]:<{room}} {right}"


def rows(shown: dict) -> list[str]:
    """Number, till and cashier, and the lines."""
    receipt, order = shown["receipt"], shown["order"]
    found = [
        pair(receipt.number, format_datetime(receipt.at)),
        pair(receipt.till.name, receipt.employee.name),
    ]
    if shown["day"]:
        found.append(pair(_("Kassadag"), format_date(shown["day"])))
    if order.number:
        found.append(pair(_("Verkooporder"), order.number))
    if order.customer_name:
        found.append(plain(order.customer_name)[:WIDTH])
    if receipt.kind == Receipt.Kind.ORDER and order.expected_delivery_date:
        found.append(
            pair(str(order.delivery_method), f"{format_date(order.expected_delivery_date)} {order.time_window}")
        )
    found.append("-" * WIDTH)
    for line in shown["lines"]:
        found += _line(line)
        if receipt.kind == Receipt.Kind.PAYMENT and line.variant_id and line.open_quantity:
            found.append("  " + _("nog te leveren: %(number)s") % {"number": format_quantity(line.open_quantity)})
    if shown["figures"].discount:
        found.append(pair(_("Bonkorting"), format_amount(-shown["figures"].discount)))
    return [*found, "-" * WIDTH]


def _line(line) -> list[str]:
    if line.variant_id is None:
        return [plain(line.text)[:WIDTH]]
    found = [pair(f"{format_quantity(line.quantity)} {line.description}", format_amount(line.line_total))]
    back = _("Retour") if line.quantity < 0 else ""
    details = [part for part in (back, line.colour_label, line.size_label) if part]
    if line.quantity != 1 or line.discount_percent or line.discount_amount.amount:
        details.append(f"à {format_amount(line.unit_price)}")
    if line.discount_percent:
        details.append(f"-{format_percent(line.discount_percent)}")
    elif line.discount_amount.amount:
        details.append(f"-{format_amount(line.discount_amount)}")
    if details:
        found.append(plain("  " + " ".join(details))[:WIDTH])
    return [*found, plain("  " + line.text)[:WIDTH]] if line.text else found


def money_rows(shown: dict) -> list[str]:
    """What was paid before and now, change, what is left, and VAT per rate."""
    order = shown["order"]
    found = [
        pair(f"{entry.get_kind_display()} {format_date(entry.business_date)}", format_amount(entry.amount))
        for entry in shown["before"]
    ]
    for entry in shown["entries"]:
        name = entry.get_kind_display() if entry.kind == "change" or not entry.method else entry.method.name
        found.append(pair(name, format_amount(entry.amount)))
    if order.open_amount.amount:
        found.append(pair(_("Nog te betalen"), format_money(order.open_amount)))
    found.append("")
    return found + vat_rows(shown["figures"].rows)
