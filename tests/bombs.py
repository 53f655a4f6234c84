"""Small files that grow when they are read: what the import and the pictures must refuse cheaply."""

import io
import os
import struct
import zipfile
import zlib

import xlsxwriter
from PIL import Image

SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET_OF = f"<worksheet {MAIN}><sheetData>".encode() + b"%b</sheetData></worksheet>"
MB = 1_000_000


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write_row(0, 0, ["nummer", "naam"])
    return out.getvalue()


def with_parts(parts: dict[str, bytes]) -> bytes:
    """A workbook with these parts in place of its own, or beside them."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as right,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
    ):
        for name, content in ({part: right.read(part) for part in right.namelist()} | parts).items():
            made.writestr(name, content)
    return out.getvalue()


def sheet(rows: bytes) -> bytes:
    return with_parts({SHEET: SHEET_OF % rows})


HEADER = b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'


ROW = b'<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>'


def one_text(length: int) -> bytes:
    return f"<sst {MAIN}><si><t>{'x' * length}</t></si></sst>".encode()


def cells(count: int) -> bytes:
    """One row of so many cells."""
    return sheet(HEADER + b"<row>" + b"<c/>" * count + b"</row>")


def some_rows() -> dict[str, bytes]:
    """Files for an import, by what they do."""
    far = b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>'
    return {
        "a cell in row 1,000,000,000": sheet(HEADER + b'<row r="1000000000"><c r="A1000000000"><v>1</v></c></row>'),
        "120 MB in 529 kB": sheet(HEADER + b" " * (120 * MB)),
        "cells in the last column": sheet(HEADER + b"".join(far % (n, n) for n in range(2, 50_000))),
        "a row of a million cells": cells(MB),
        "a CSV of one line": b";" * (5 * MB - 1),
        "a CSV of 1,250,000 rows": b"a;b\n" * (5 * MB // 4),
    }


def rows() -> dict[str, bytes]:
    """Those, and such as take longer to make or to refuse."""
    styles = f"<styleSheet {MAIN}>".encode() + b"<a/>" * (22 * MB) + b"</styleSheet>"
    return some_rows() | {
        "a row of 20 million cells": cells(20 * MB),
        "a style sheet of 90 MB": with_parts({STYLES: styles}),
        "texts of 90 MB": with_parts({STRINGS: f"<sst {MAIN}>".encode() + b"<si/>" * (18 * MB) + b"</sst>"}),
        "one text in 100,000 cells": with_parts({SHEET: SHEET_OF % (HEADER + ROW * 50_000), STRINGS: one_text(5_000)}),
        "20,000 parts": with_parts({f"x{n}": b"" for n in range(20_000)}),
        "a CSV of quotes": b'a;b\n1;"' + b'""' * (2 * MB),
    }


def drawn(kind: str, width: int, height: int, **options) -> bytes:
    """A picture with something everywhere."""
    noise = Image.frombytes("RGB", (width // 20, height // 20), os.urandom((width // 20) * (height // 20) * 3))
    out = io.BytesIO()
    noise.resize((width, height)).save(out, kind, quality=30, **options)
    return out.getvalue()


def png(width: int, height: int, *, chunks: bytes = b"", colours: bool = False) -> bytes:
    """A picture of one bit per point, all white: 100 million points in 12 kB. colours: of 32 bits per point."""
    row = b"\0" + b"\xff" * (width * 4 if colours else (width + 7) // 8)
    pack = zlib.compressobj(1)
    body = b"".join([*(pack.compress(row) for _row in range(height)), pack.flush()])
    head = struct.pack(">IIBBBBB", width, height, 8 if colours else 1, 6 if colours else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunks + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
