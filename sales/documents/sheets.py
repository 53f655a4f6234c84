"""Tables as files: CSV and XLSX, row by row, so that a hundred thousand rows take no more memory than ten.

CSV is what a Dutch spreadsheet opens: `;`, a byte order mark, a decimal comma, CRLF (RFC 4180). Text that a spreadsheet
would take for a formula gets an apostrophe, which our own import takes off again (core.tabular.unguarded).
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from backoffice.core.formats import format_date
from backoffice.core.tabular import guarded

BOM = "\ufeff"
WIDTHS = {"text": 24, "date": 12, "whole": 8, "quantity": 9, "percent": 9, "amount": 13}
FORMATS = {"date": "dd-mm-yyyy", "amount": "#,##0.00##", "quantity": "0.###", "percent": "0.##", "whole": "0"}
MAX_XLSX = 1_048_575  # rows under the head


class Column(NamedTuple):
    """kind: text, date, whole, quantity, percent or amount (EUR)."""

    label: str
    kind: str = "text"


def csv_rows(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file in pieces of some hundred rows; a row holds a str, int, Decimal, date or None per column."""
    out = io.StringIO()
    write = csv.writer(out, delimiter=";", lineterminator="\r\n").writerow
    decimals = [2 if column.kind == "amount" else 0 for column in columns]
    out.write(BOM)
    write([guarded(str(column.label)) for column in columns])
    for number, row in enumerate(rows, 1):
        write([_cell(value, least) for value, least in zip(row, decimals, strict=True)])
        if number % 500 == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _cell(value: Any, decimals: int) -> str:
    """A value as text; a figure with at least so many decimals, and no further zeros."""
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, Decimal):
        whole, _, part = f"{value:f}".partition(".")
        part = part.rstrip("0").ljust(decimals, "0")
        return f"{whole},{part}" if part else whole
    return format_date(value) if isinstance(value, date) else str(value)


def write_xlsx(path: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    """Write a workbook of one sheet; text is never a formula or a link, amounts and dates are what they are."""
    import xlsxwriter

    # each value is written as what it is (write_string and the like), so that none is taken for something else
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(title[:31])
        head = book.add_format({"bold": True, "bottom": 1})
        shapes = {kind: book.add_format({"num_format": shown}) for kind, shown in FORMATS.items()}
        for place, column in enumerate(columns):
            sheet.set_column(place, place, WIDTHS[column.kind])
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, str(column.label), head)
        kinds = [column.kind for column in columns]
        for number, row in enumerate(rows, 1):
            for place, (kind, value) in enumerate(zip(kinds, row, strict=True)):
                if value is None or value == "":
                    continue
                if kind == "text":
                    sheet.write_string(number, place, value[:32_767])
                elif kind == "date":
                    sheet.write_datetime(number, place, value, shapes[kind])
                else:
                    sheet.write_number(number, place, value, shapes[kind])
