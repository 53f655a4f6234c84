"""A table out of a file: CSV or XLSX bytes become a header and rows of text, whatever spreadsheet wrote them.

What the file is, is told by its content and never by its name. A file that cannot be read for certain is refused with
a sentence that says what to do. Reading is deterministic: the same bytes always give the same table.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal

DELIMITERS = {";": "puntkomma", ",": "komma", "\t": "tab", "|": "streepje"}
MAX_COLUMNS = 200
MAX_CELL = 20_000
SAMPLE = 60  # records that decide on the delimiter
MAX_UNPACKED = 400_000_000  # bytes of an XLSX once unpacked; more is no price list
SEP = re.compile(r"sep=([;,|\t])\r?\n", re.IGNORECASE)
# what makes a cell a formula, also behind apostrophes, so that a guard is always taken off again
FORMULA = re.compile(r"'*[=+\-@\t\r]")
# figures that can be read in one way only; "1.234" proves nothing
COMMA = re.compile(r"-?(?:[0-9]+,[0-9]{1,2}|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+)", re.ASCII)
POINT = re.compile(
    r"-?(?:[0-9]+\.[0-9]{1,2}|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|(?:0|[0-9]{4,})\.[0-9]{3}|[0-9]+\.[0-9]{4,})", re.ASCII
)
KNOWN = [
    (b"\xd0\xcf\x11\xe0", "Dit is een oud Excel-bestand (.xls). Bewaar het als .xlsx of CSV en kies het opnieuw."),
    (b"%PDF", "Dit is een PDF. Kies een CSV- of Excel-bestand (.xlsx)."),
    (b"\x89PNG", "Dit is een afbeelding. Kies een CSV- of Excel-bestand (.xlsx)."),
    (b"\xff\xd8\xff", "Dit is een afbeelding. Kies een CSV- of Excel-bestand (.xlsx)."),
    (b"GIF8", "Dit is een afbeelding. Kies een CSV- of Excel-bestand (.xlsx)."),
    (b"\xff\xfe", "Dit bestand is UTF-16. Bewaar het als CSV UTF-8 of als .xlsx en kies het opnieuw."),
    (b"\xfe\xff", "Dit bestand is UTF-16. Bewaar het als CSV UTF-8 of als .xlsx en kies het opnieuw."),
]


def refuse(sentence: str) -> Refusal:
    return Refusal("import.file", sentence, "file")


@dataclass
class Table:
    """A header and rows of text. points: the columns whose figures have a decimal point."""

    text: str
    delimiter: str
    description: str
    header: list[str] = field(default_factory=list)
    points: set[int] = field(default_factory=set)
    header_row: int = 0
    count: int = 0

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows below the header with their number as a spreadsheet shows it; empty rows are left out."""
        width = len(self.header)
        for number, cells in self._records():
            if number > self.header_row and any(cells):
                yield number, [unguarded(cell) for cell in cells] + [""] * (width - len(cells))

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter, strict=True)
        number = 0
        try:
            for cells in reader:
                number += 1
                yield number, [cell.strip() for cell in cells]
        except csv.Error as error:
            if "field larger" in str(error):
                raise refuse(_("Rij %(row)s heeft een cel met te veel tekst.") % {"row": number + 1}) from error
            raise refuse(
                _("In rij %(row)s staat een aanhalingsteken dat niet wordt gesloten, of niet op zijn plaats is.")
                % {"row": number + 1}
            ) from error

    def scan(self) -> "Table":
        """Walk through the whole file once: the header, the number of rows, decimal signs, and what is broken."""
        commas: dict[int, int] = {}
        points: dict[int, int] = {}
        for number, cells in self._records():
            if not any(cells):
                continue
            if not self.header_row:
                self.header_row, self.header = number, named(cells)
                continue
            self.count += 1
            if len(cells) > len(self.header) and any(cells[len(self.header) :]):
                raise refuse(
                    _("Rij %(row)s heeft %(cells)s kolommen, de kop heeft er %(header)s.")
                    % {"row": number, "cells": len(cells), "header": len(self.header)}
                )
            for index, cell in enumerate(cells):
                if "." in cell or "," in cell:
                    figure = cell.strip("€ \u00a0")
                    if COMMA.fullmatch(figure):
                        commas[index] = commas.get(index, 0) + 1
                    elif POINT.fullmatch(figure):
                        points[index] = points.get(index, 0) + 1
                if cell[:1] == "=":
                    raise refuse(formula(number, self.header[index]))
                if len(cell) > MAX_CELL:
                    raise refuse(_("Rij %(row)s heeft een cel met te veel tekst.") % {"row": number})
        if not self.count:
            raise refuse(_("Het bestand heeft geen rijen onder de kop."))
        self.points = {index for index, found in points.items() if found > commas.get(index, 0)}
        return self


def formula(row: int, column: str) -> str:
    return _(
        "Rij %(row)s, kolom “%(column)s” bevat een formule. Bewaar het bestand met waarden in plaats van formules."
    ) % {"row": row, "column": column}


def guarded(cell: str) -> str:
    """Text as an export writes it: an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Without the apostrophe that an export puts before = + - @ to make it text."""
    return cell[1:] if cell[:1] == "'" and FORMULA.match(cell) else cell


def named(cells: list[str]) -> list[str]:
    """The header with a name for every column, each name once."""
    cells = [unguarded(cell) for cell in cells]
    while cells and not cells[-1]:
        cells = cells[:-1]
    if len(cells) < 2:
        raise refuse(_("Er is maar één kolom gevonden. Scheid de kolommen met puntkomma, komma, tab of streepje (|)."))
    if len(cells) > MAX_COLUMNS:
        raise refuse(_("Het bestand heeft meer dan %(maximum)s kolommen.") % {"maximum": MAX_COLUMNS})
    seen: dict[str, int] = {}
    names = []
    for position, cell in enumerate(cells, 1):
        name = " ".join(cell.split())[:80] or _("Kolom %(number)s") % {"number": position}
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def open_table(content: bytes, *, max_bytes: int | None = None) -> Table:
    """The table in the file. Raises Refusal with a Dutch sentence for what is no readable CSV or XLSX."""
    if max_bytes is not None and len(content) > max_bytes:
        raise refuse(
            _("Het bestand is %(size)s MB; hoogstens %(maximum)s MB mag.")
            % {"size": megabytes(len(content)), "maximum": megabytes(max_bytes)}
        )
    if not content.strip():
        raise refuse(_("Het bestand is leeg."))
    for start, sentence in KNOWN:
        if content.startswith(start):
            raise refuse(_(sentence))
    if content.startswith(b"PK"):
        return _xlsx(content).scan()
    return _csv(content).scan()


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}".replace(".", ",").removesuffix(",0")


def _csv(content: bytes) -> Table:
    if b"\x00" in content:
        raise refuse(_("Dit is geen tekstbestand. Kies een CSV- of Excel-bestand (.xlsx)."))
    text, encoding = _decode(content)
    if text.lstrip()[:1] in ("<", "{", "["):
        raise refuse(_("Dit is een webpagina of een gegevensbestand. Kies een CSV- of Excel-bestand (.xlsx)."))
    told = SEP.match(text)
    if told:
        text = text[told.end() :]
    delimiter = told[1] if told else _delimiter(text)
    return Table(text, delimiter, f"CSV, {_(DELIMITERS[delimiter])}, {encoding}")


def _decode(content: bytes) -> tuple[str, str]:
    try:
        text, encoding = content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        try:
            text, encoding = content.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError:
            raise refuse(
                _("De tekens in dit bestand zijn niet te lezen. Bewaar het als CSV UTF-8 en kies het opnieuw.")
            ) from None
    if re.search("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise refuse(_("Dit is geen tekstbestand. Kies een CSV- of Excel-bestand (.xlsx)."))
    if "\ufffd" in text:
        raise refuse(_("Het bestand bevat onleesbare tekens (\ufffd). Bewaar het opnieuw als CSV UTF-8."))
    return text, encoding


def _delimiter(text: str) -> str:
    """The sign that gives the most rows as wide as the header, and of those the widest header."""
    best, best_score = ";", (0.0, 0)
    for candidate in DELIMITERS:
        widths = []
        try:
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=candidate):
                if cells:
                    widths.append(len(cells))
                if len(widths) == SAMPLE:
                    break
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        score = (round(sum(w == widths[0] for w in widths) / len(widths), 1), widths[0])
        if score > best_score:
            best, best_score = candidate, score
    return best


def _xlsx(content: bytes) -> Table:
    """The first sheet as text, so that both kinds go the same way from here on."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            unpacked = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile:
        raise refuse(_("Dit bestand is beschadigd. Bewaar het opnieuw als .xlsx of CSV.")) from None
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise refuse(_("Dit is geen Excel-bestand. Kies een CSV- of Excel-bestand (.xlsx)."))
    if unpacked > MAX_UNPACKED:
        raise refuse(_("Het Excel-bestand is uitgepakt te groot. Splits het in delen."))
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        return Table(_sheet_text(sheet), "\t", f"Excel, {sheet.title}")
    except Refusal:
        raise
    except Exception as error:  # the library raises whatever its parsers raise
        raise refuse(_("Dit Excel-bestand is niet te lezen. Bewaar het opnieuw als .xlsx of CSV.")) from error


def _sheet_text(sheet) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    expected = 1
    for cells in sheet.iter_rows():
        numbers = [cell.row for cell in cells if getattr(cell, "row", None)]
        while numbers and expected < numbers[0]:
            writer.writerow([])
            expected += 1
        values = []
        for cell in cells[: MAX_COLUMNS + 1]:
            if cell.data_type == "f":
                raise refuse(formula(cell.row, cell.column_letter))
            if cell.data_type == "e":
                raise refuse(
                    _("Rij %(row)s, kolom %(column)s bevat een fout (%(value)s).")
                    % {"row": cell.row, "column": cell.column_letter, "value": cell.value}
                )
            values.append(_cell_text(cell.value))
        while values and not values[-1]:
            values.pop()
        writer.writerow(values)
        expected += 1
    return out.getvalue()


def _cell_text(value) -> str:
    """A cell as a Dutch spreadsheet shows it: decimal comma, whole numbers without a tail, ja and nee."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e15
        return str(int(value)) if whole else f"{value:.15g}".replace(".", ",")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)
