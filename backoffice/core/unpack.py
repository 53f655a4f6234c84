"""A program by itself: an XLSX on stdin becomes text on stdout, its sheet's name first and then a row per line.

tabular.py starts it, apart from every other, because a small file can unpack to any size: what it may take of memory
and of computing time is bounded by the system, whatever the library does. It needs no Django, so it tells what is
wrong as a code with figures (JSON on stderr, exit code 2), and tabular.py makes a sentence of it.
"""

import csv
import io
import json
import resource
import sys
import zipfile
from typing import Any

MAX_PARTS = 1_000  # files in the archive; a workbook of fifty sheets has some sixty
MAX_ROW = 1_048_576  # the last row that a spreadsheet has


class Wrong(Exception):
    """code and what its sentence names."""

    def __init__(self, code: str, **named: Any):
        super().__init__(code)
        self.told = {"code": code, **named}


class Counted(io.TextIOBase):
    """stdout as long as not more than so many characters go into it."""

    def __init__(self, most: int):
        self.left = most

    def write(self, text: str) -> int:
        self.left -= len(text)
        if self.left < 0:
            raise Wrong("large")
        return sys.stdout.write(text)


def bound(memory: int, seconds: int) -> None:
    """From here on this process has so many bytes of data, and ends by itself after so many seconds of computing."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def unpack(content: bytes, *, unpacked: int, text: int, columns: int) -> None:
    """Write the first sheet. Raises Wrong, and whatever the library's parsers raise."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise Wrong("damaged") from None
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= {part.filename for part in parts}:
        raise Wrong("kind")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > unpacked:
        raise Wrong("large")  # a part is never read further than the size that the archive says
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    sheet: Any = book.worksheets[0]
    sheet.reset_dimensions()
    out = Counted(text)
    out.write(json.dumps(sheet.title) + "\n")
    write(sheet, csv.writer(out, delimiter="\t", lineterminator="\n"), columns)


def write(sheet, writer, columns: int) -> None:
    """Every row on its own line, so that its number is the spreadsheet's."""
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > MAX_ROW:
            raise Wrong("row", row=MAX_ROW)
        values = [told(cell) for cell in cells[:columns]]
        if len(cells) > columns and any(told(cell) for cell in cells[columns:]):
            raise Wrong("columns")
        while values and not values[-1]:
            values.pop()
        writer.writerow(values)


def told(cell) -> str:
    """A cell as a Dutch spreadsheet shows it: decimal comma, whole numbers without a tail, ja and nee."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise Wrong("formula", row=cell.row, column=cell.column_letter)
    if cell.data_type == "e":
        raise Wrong("error", row=cell.row, column=cell.column_letter, value=str(value)[:20])
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e15
        return str(int(value)) if whole else f"{value:.15g}".replace(".", ",")
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def main(memory: str, seconds: str, unpacked: str, text: str, columns: str) -> int:
    bound(int(memory), int(seconds))
    sys.stdout.reconfigure(encoding="utf-8", newline="")
    try:
        unpack(sys.stdin.buffer.read(), unpacked=int(unpacked), text=int(text), columns=int(columns))
        sys.stdout.flush()
    except Wrong as wrong:
        sys.stderr.write(json.dumps(wrong.told))
        return 2
    except MemoryError:
        sys.stderr.write(json.dumps({"code": "large"}))
        return 2
    except Exception:  # the library raises whatever its parsers raise
        sys.stderr.write(json.dumps({"code": "unreadable"}))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
