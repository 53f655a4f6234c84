"""A table out of a file: CSV or XLSX bytes become a header and rows of text, whatever spreadsheet wrote them.

What the file is, is told by its content and never by its name. A file that cannot be read for certain is refused with
a sentence that says what to do. Reading is deterministic: the same bytes always give the same table.
"""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from backoffice.core import unpack
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_quantity

DELIMITERS = {";": "puntkomma", ",": "komma", "\t": "tab", "|": "streepje"}
MAX_COLUMNS = 200
MAX_CELL = 20_000
SAMPLE = 60  # records that decide on the delimiter
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
SEP = re.compile(r"sep=([;,|\t])\r?\n", re.IGNORECASE)
# what makes a cell a formula, also behind apostrophes, so that a guard is always taken off again
FORMULA = re.compile(r"'*[=+\-@\t\r]")
FIGURES = re.compile(r"'+[0-9][0-9 .,/()-]*", re.ASCII)
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


@dataclass(frozen=True)
class Ceilings:
    """What reading one file may take. rows: below the header; unpacked, text, memory, seconds: of unpacking an XLSX."""

    rows: int = 100_000
    unpacked: int = 100_000_000
    text: int = 20_000_000
    memory: int = 200_000_000
    seconds: int = 60


UPLOADED = Ceilings()
# a file that who runs the machine gives by hand (import_articles)
BY_HAND = Ceilings(5_000_000, 10_000_000_000, 2_000_000_000, 8_000_000_000, 7200)


def refuse(sentence: str) -> Refusal:
    return Refusal("import.file", sentence, "file")


@dataclass
class Table:
    """A header and rows of text. points: the columns whose figures have a decimal point."""

    text: str
    delimiter: str
    description: str
    ceilings: Ceilings = UPLOADED
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
        reader = csv.reader(lines(self.text), delimiter=self.delimiter, strict=True)
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
            if self.count > self.ceilings.rows:
                most = format_quantity(self.ceilings.rows)
                raise refuse(_("Het bestand heeft meer dan %(most)s rijen. Splits het in delen.") % {"most": most})
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


def lines(text: str) -> Iterator[str]:
    """The lines with their ends, one by one: a StringIO would hold the text a second time, four bytes a character."""
    return (found[0] for found in LINE.finditer(text))


def formula(row: int, column: str) -> str:
    return _(
        "Rij %(row)s, kolom “%(column)s” bevat een formule. Bewaar het bestand met waarden in plaats van formules."
    ) % {"row": row, "column": column}


def guarded(cell: str) -> str:
    """Text as an export writes it: an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if FORMULA.match(cell) or FIGURES.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """Without the apostrophe that an export puts before = + - @, and a spreadsheet before figures, to make it text."""
    return cell[1:] if cell[:1] == "'" and (FORMULA.match(cell) or FIGURES.fullmatch(cell)) else cell


def named(cells: list[str]) -> list[str]:
    """The header with a name for every column, each name once."""
    width = max((position for position, cell in enumerate(cells, 1) if cell), default=0)
    cells = [unguarded(cell) for cell in cells[:width]]
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


def recognised(content: bytes, max_bytes: int | None = None, size: int | None = None) -> None:
    """Refuse by its size and its first bytes what is no table, without reading it. Raises Refusal.

    size: of the whole file, where content is only its beginning.
    """
    size = len(content) if size is None else size
    if max_bytes is not None and size > max_bytes:
        raise refuse(
            _("Het bestand is %(size)s; hoogstens %(maximum)s mag. Splits het in delen.")
            % {"size": size_shown(size, over=True), "maximum": size_shown(max_bytes)}
        )
    if not content.strip():
        raise refuse(_("Het bestand is leeg."))
    for start, sentence in KNOWN:
        if content.startswith(start):
            raise refuse(_(sentence))


def open_table(content: bytes, ceilings: Ceilings = UPLOADED) -> Table:
    """The table in the file; takes seconds. Raises Refusal with a sentence for what is no readable CSV or XLSX."""
    recognised(content)
    table = _xlsx(content, ceilings) if content.startswith(b"PK") else _csv(content)
    table.ceilings = ceilings
    return table.scan()


def size_shown(size: int, *, over: bool = False) -> str:
    """Bytes as people say them: "8,1 MB", "20 kB". over: rounded up, so that what is too large also looks so."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            tenths = size * 10 // unit + (over and size * 10 % unit > 0)
            return f"{format_quantity(tenths // 10)}{f',{tenths % 10}' if tenths % 10 else ''} {name}"
    return f"{size} bytes"


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
            for cells in csv.reader(lines(text), delimiter=candidate):
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


def _xlsx(content: bytes, ceilings: Ceilings) -> Table:
    """The first sheet as text, so that both kinds go the same way from here on; unpacked by a process of its own."""
    program = [sys.executable, "-I", str(Path(unpack.__file__))]
    bounds = [ceilings.memory, ceilings.seconds, ceilings.unpacked, ceilings.text, MAX_COLUMNS]
    done = subprocess.run([*program, *map(str, bounds)], input=content, capture_output=True, check=False)
    if done.returncode == 0:
        title, _end, text = done.stdout.decode().partition("\n")
        return Table(text, "\t", f"Excel, {json.loads(title)}")
    # ended from outside, by its bound of time or for want of memory: nothing is told
    told = json.loads(done.stderr) if done.returncode == 2 else {"code": "large"}
    raise refuse(_unpacking_refused(told))


def _unpacking_refused(told: dict) -> str:
    """The sentence for what core.unpack told."""
    if told["code"] == "formula":
        return formula(told["row"], told["column"])
    sentences = {
        "damaged": _("Dit bestand is beschadigd. Bewaar het opnieuw als .xlsx of CSV."),
        "kind": _("Dit is geen Excel-bestand. Kies een CSV- of Excel-bestand (.xlsx)."),
        "unreadable": _("Dit Excel-bestand is niet te lezen. Bewaar het opnieuw als .xlsx of CSV."),
        "large": _("Het Excel-bestand is uitgepakt te groot. Splits het in delen."),
        "columns": _("Het bestand heeft meer dan %(maximum)s kolommen."),
        "row": _("Het Excel-bestand noemt een rij na rij %(row)s, de laatste. Bewaar het opnieuw als .xlsx of CSV."),
        "error": _("Rij %(row)s, kolom %(column)s bevat een fout (%(value)s)."),
    }
    return sentences[told["code"]] % (told | {"maximum": MAX_COLUMNS})
