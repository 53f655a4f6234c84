"""A receipt as the bytes of an ESC/POS printer, by python-escpos: paper of 58 mm (32 columns) or 80 mm (42 or 48).

The character table is CP858, set first: without it the euro sign goes wrong. No control character of any text reaches
the printer: what it is told to do comes from here alone. The printing area is as wide as the rows, so that what the
printer centres (name, logo, code) stands on their axis, whatever the roll.
"""

from typing import Any

from barcode.codex import Code128
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from payments.papers.letterhead import Letterhead
from pos import roll
from pos.day_report import Report
from pos.slip import Slip

TABLE = "CP858"
DOTS = 12  # of a character
LOGO = (384, 160)  # dots at most: the width of the narrowest roll
BAR = 2  # dots of the thinnest bar of a code
BAR_HEIGHT = 80


def render(slip: Slip, *, columns: int, copy: bool = False, drawer: bool = False) -> bytes:
    """The bytes of the receipt. columns: of the printer; copy: says KOPIE; drawer: open it (cash was paid)."""
    printer = _printer(columns)
    if drawer:
        printer.cashdraw(2)
    _head(printer, slip.branch, columns, copy=copy)
    _rows(printer, roll.rows(slip, columns))
    _rows(printer, roll.total_rows(slip, columns), large=True)
    _rows(printer, roll.money_rows(slip, columns))
    printer.text("\n")
    printer.set(align="center")
    _code(printer, slip.code.text, columns)
    told = roll.wrapped(_("Ruilen binnen 14 dagen met deze bon."), columns)
    printer.text("\n" + "\n".join(told) + "\n")
    printer.cut()
    return printer.output


def render_report(report: Report, *, columns: int, copy: bool = False) -> bytes:
    """The bytes of a Z report of a closed session."""
    printer = _printer(columns)
    _head(printer, report.branch, columns, copy=copy)
    _rows(printer, roll.report_rows(report, columns))
    _rows(printer, roll.difference_rows(report, columns), large=True)
    _rows(printer, roll.reason_rows(report, columns))
    printer.cut()
    return printer.output


def kick() -> bytes:
    """The bytes that open the drawer, and nothing else."""
    from escpos.printer import Dummy

    printer: Any = Dummy()
    printer.cashdraw(2)
    return printer.output


def _printer(columns: int) -> Any:
    from escpos.printer import Dummy  # takes a second to load, and only the worker prints

    printer: Any = Dummy()
    printer.charcode(TABLE)
    printer._raw(b"\x1dW" + (columns * DOTS).to_bytes(2, "little"))  # GS W: the width of the printing area, in dots
    return printer


def _rows(printer, rows: list[str], *, large: bool = False) -> None:
    """Rows from the left edge; large: bold and twice as high."""
    printer.set(align="left", bold=large, double_height=large, double_width=False, normal_textsize=not large)
    printer.text("".join(f"{row}\n" for row in rows))


def _head(printer, branch: Letterhead, columns: int, *, copy: bool) -> None:
    """The logo, the shop's name large, its address, and KOPIE on a copy."""
    logo = _logo(branch)
    if logo is not None:
        printer.set(align="center")
        printer.image(logo, impl="bitImageRaster")
    wide = len(roll.plain(branch.title)) <= columns // 2
    printer.set(align="center", bold=True, double_width=wide, double_height=True)
    printer.text("".join(f"{row}\n" for row in roll.wrapped(branch.title, columns // 2 if wide else columns)))
    printer.set(align="center", normal_textsize=True, bold=False)
    printer.text("".join(f"{row}\n" for row in roll.head(branch, columns)))
    if copy:
        printer.set(align="center", bold=True)
        printer.text(f"*** {_('KOPIE')} ***\n")


def _logo(branch: Letterhead) -> Any:
    """The logo of the branch in black and white, as wide as it may be; None where there is none that can be read."""
    if not branch.logo:
        return None
    from PIL import Image

    try:
        with default_storage.open(branch.logo) as file, Image.open(file) as found:
            found.thumbnail(LOGO)  # first: what was kept before logos were made small is large
            picture = found.convert("RGBA")
    except (OSError, ValueError):  # gone, or no picture: the receipt goes out without
        return None
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    return paper.convert("1")


def _code(printer, text: str, columns: int) -> None:
    """The number as Code 128, as wide as the roll allows: its figures in pairs where that is needed to fit, and along
    the roll where it would not fit even so."""
    for data, symbols in (_as_it_is(text), _figures_in_pairs(text)):
        if (11 * symbols + 13) * BAR <= columns * DOTS:  # start, characters, check: 11 modules each; stop: 13
            # GS h and GS w: height and thinnest bar in dots; GS H 2: its text below; GS k I: Code 128, how many bytes
            printer._raw(bytes([29, ord("h"), BAR_HEIGHT, 29, ord("w"), BAR, 29, ord("f"), 0, 29, ord("H"), 2]))
            printer._raw(b"\x1dkI" + bytes([len(data)]) + data)
            return
    printer.image(_along(text), impl="bitImageRaster")
    printer.text(f"\n{roll.plain(text)}")


def _as_it_is(text: str) -> tuple[bytes, int]:
    """The data of a code in set B, and how many symbols it takes with start and check."""
    return b"{B" + text.encode("ascii"), len(text) + 2


def _figures_in_pairs(text: str) -> tuple[bytes, int]:
    """The same with the figures at its end in set C, two to a symbol."""
    front = text.rstrip("0123456789")
    figures = text[len(front) :]
    if len(figures) % 2:
        front, figures = front + figures[0], figures[1:]
    pairs = bytes(int(figures[at : at + 2]) for at in range(0, len(figures), 2))
    return b"{B" + front.encode("ascii") + b"{C" + pairs, len(front) + 1 + len(pairs) + 2


def _along(text: str) -> Any:
    """The code as a picture, turned a quarter: it runs along the roll."""
    from PIL import Image

    modules = Code128(text).build()[0]
    bars = Image.new("1", (1, len(modules)), 1)
    bars.putdata([module != "1" for module in modules])
    return bars.resize((BAR_HEIGHT, len(modules) * BAR))
