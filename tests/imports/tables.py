"""Small files for the tests, and the shortest way to import one."""

import io

import openpyxl
from django.db import transaction

from backoffice.core import tabular
from backoffice.core.imports import job, mapping
from backoffice.core.imports.importer import Source, importer_of

HEADER = "artikelnummer;omschrijving;kleur;maat;ean;verkoopprijs;btw;voorraad"
ONE = "TR1;Trui;Zwart;M;2900000000018;59,95;21;4"


def csv(*rows: str, header: str = HEADER, encoding: str = "utf-8") -> bytes:
    return ("\r\n".join([header, *rows]) + "\r\n").encode(encoding)


def xlsx(*rows: list) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def bring_in(
    content: bytes, shop, *, kind: str = "articles", columns: dict | None = None, doubtful: str = ""
) -> dict[str, int]:
    """Import the file as the worker does; the counts. Raises job.Wrong with the problems, and Refusal."""
    importer = importer_of(kind)
    table = tabular.open_table(content)
    columns = columns or mapping.propose(importer, table.header)[0]
    source = Source(table, mapping.places(importer, table.header, columns))
    with transaction.atomic():
        options = {"branch": shop.pk, "doubtful": doubtful}
        return job.carry_out(importer, source, options, shop.admin, "proef.csv", lambda done: None)


def problems(content: bytes, shop, kind: str = "articles", doubtful: str = "") -> list[tuple[int, str, str, str]]:
    """What is wrong with the file, as (row, column, value, sentence)."""
    try:
        bring_in(content, shop, kind=kind, doubtful=doubtful)
    except job.Wrong as wrong:
        return [(p["row"], p["column"], p["value"], p["sentence"]) for p in wrong.problems.sorted()]
    raise AssertionError("the file went in")
