"""Exporteren: what leaves is what stands on the rows, comes back unchanged, and is recorded."""

import csv
import io
import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core import tabular
from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from sales.documents import sheets
from sales.documents.models import ExportJob
from sales.documents.services import exporting, making
from sales.models import SalesOrder
from tests import factories
from tests.documents import papers

FORMULAS = [
    "=1+1",
    "+31 6",
    "-5 %",
    "@cmd",
    "'=1+1",
    "''+x",
    "'t Hoekje",
    "\ttab",
    'zeg "ja"; nee',
    "regel één\nregel twee",
]


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))


def by_head(content: bytes) -> list[dict[str, str]]:
    head, *rows = read(content)
    return [dict(zip(head, row, strict=True)) for row in rows]


def ask(client, order, form: str, key=None):
    return client.post(reverse("documents:export", args=[order.pk]), {"format": form, "key": str(key or uuid.uuid4())})


# ---- one order ---------------------------------------------------------------------------------------------------
@pytest.fixture
def order(db):
    """A confirmed order with a discount, a text that looks like a formula, and a text line."""
    branch, sanne = papers.shop()
    white, _white42, _blue, navy, _navy34, hem = papers.wardrobe()
    made = papers.confirmed(
        branch, sanne, items=[(white, 2), (navy, 1), (hem, 3)], texts=["=Graag vóór 12 uur"],
        cells={0: {"discount": ("percent", Decimal(10))}, 1: {"discount": ("amount", Decimal("5.00"))},
               2: {"text": "-2 cm; en \"netjes\""}},
    )  # fmt: skip
    made.sanne, made.code = sanne, factories.code_of(white)
    return made


def test_an_order_as_csv_holds_its_lines_the_dutch_way(client, order):
    client.force_login(order.sanne)
    answer = ask(client, order, "csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{order.number}.csv"'
    content = body(answer)
    assert content.count(b"\r\n") == 5
    first, second, third, text = by_head(content)
    assert (first["Nummer"], first["Regel"], first["Artikelnummer"]) == (order.number, "1", "48211")
    assert (first["Kleur"], first["Maat"], first["EAN"]) == ("Wit", "40", order.code)
    assert (first["Aantal"], first["Verkoopprijs"], first["Korting (%)"]) == ("2", "49,95", "10")
    assert (first["Bedrag"], second["Korting (EUR)"], second["Bedrag"]) == ("89,91", "5,00", "64,95")
    assert (third["BTW (%)"], third["Tekst"]) == ("9", '\'-2 cm; en "netjes"')
    assert (text["Tekst"], text["Aantal"], text["Bedrag"]) == ("'=Graag vóór 12 uur", "", "")
    total = sum(Decimal(row["Bedrag"].replace(",", ".")) for row in (first, second, third))
    assert total == SalesOrder.objects.get(pk=order.pk).gross.amount
    entry = JournalEntry.objects.get(action="documents.exported")
    assert (entry.object_id, entry.version, entry.data) == (str(order.pk), 1, {"format": "csv"})


def test_what_was_exported_comes_back_as_it_was(client, order):
    client.force_login(order.sanne)
    table = tabular.open_table(body(ask(client, order, "csv")))
    cells = [cells for _row, cells in table.rows()]
    assert [row[7] for row in cells] == ["", "", '-2 cm; en "netjes"', "=Graag vóór 12 uur"]
    assert table.header[:4] == ["Nummer", "Regel", "Artikelnummer", "Omschrijving"]


def test_an_order_as_xlsx_has_text_as_text_and_amounts_as_amounts(client, order):
    client.force_login(order.sanne)
    answer = ask(client, order, "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(body(answer)))
    head, first, _second, _third, text = book.active.iter_rows()
    cells = {name.value: cell for name, cell in zip(head, first, strict=True)}
    assert (cells["Bedrag"].value, cells["Aantal"].value) == (89.91, 2)
    assert cells["EAN"].value == order.code
    assert (text[7].value, text[7].data_type) == ("=Graag vóór 12 uur", "s")


def test_every_kind_of_column_is_as_wide_as_it_needs_and_shown_as_what_it_is(tmp_path):
    kinds = ["text", "quantity", "date", "percent", "whole", "amount"]
    values = ["x" * 40_000, Decimal("1.5"), date(2026, 11, 24), Decimal("12.25"), 7, Decimal("1234.50")]
    path = tmp_path / "kinds.xlsx"
    sheets.write_xlsx(str(path), "Orders van " + "x" * 40, [sheets.Column(kind, kind) for kind in kinds], [values])
    sheet = openpyxl.load_workbook(path).active
    assert sheet.title == "Orders van " + "x" * 20  # a name of a sheet has at most 31 characters
    assert sheet.freeze_panes == "A2" and all(cell.font.bold for cell in sheet[1])
    assert [int(sheet.column_dimensions[letter].width) for letter in "ABCDEF"] == [24, 9, 12, 9, 8, 13]
    cells = sheet[2]
    assert len(cells[0].value) == 32_767  # what a cell holds
    assert [cell.value for cell in cells[1:]] == [1.5, datetime(2026, 11, 24), 12.25, 7, 1234.5]
    assert [cell.number_format for cell in cells[1:]] == ["0.###", "dd-mm-yyyy", "0.##", "0", "#,##0.00##"]


def test_an_unknown_format_a_draft_as_ubl_and_another_branch_are_refused(client, order):
    client.force_login(order.sanne)
    assert ask(client, order, "docx").status_code == 422
    draft = factories.draft(employee=order.sanne, branch=order.branch, items=[(order.lines.first().variant, 1)])
    assert ask(client, draft, "ubl").status_code == 422
    assert len(by_head(body(ask(client, draft, "csv")))) == 1
    client.force_login(factories.employee("seller", branch=factories.branch("Breda"), name="Bram"))
    before = JournalEntry.objects.count()
    assert ask(client, order, "csv").status_code == 404
    assert client.get(reverse("documents:export", args=[order.pk])).status_code == 404
    assert JournalEntry.objects.count() == before


# ---- text that a spreadsheet would run ---------------------------------------------------------------------------
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\x00", exclude_categories=["Cc", "Cs"]), max_size=12)
        | st.sampled_from(FORMULAS),
        min_size=2,
        max_size=6,
    )
)
def test_any_text_comes_back_as_it_was_and_is_never_a_formula(values):
    columns = [sheets.Column(f"K{n}") for n in range(len(values))]
    content = "".join(sheets.csv_rows(columns, [values])).encode()
    [_head, row] = read(content)
    assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for cell in row if cell)
    assert [tabular.unguarded(cell) for cell in row] == values


def test_a_negative_amount_stays_a_number():
    [row] = by_head("".join(sheets.csv_rows([sheets.Column("Bedrag", "amount")], [[Decimal("-12.50")]])).encode())
    assert row["Bedrag"] == "-12,50"


# ---- the list ----------------------------------------------------------------------------------------------------
@pytest.fixture
def shop(db):
    """Three orders at Utrecht (one a draft), one at Breda; made by Sanne, who sees all."""
    branch, sanne = papers.shop()
    white, *_rest = papers.wardrobe()
    anna = factories.customer("Vermeer", email="anna@voorbeeld.nl")
    branch.sanne = sanne
    branch.first = papers.confirmed(branch, sanne, customer=anna, items=[(white, 2)], header={"subject": "=2+2"})
    branch.second = papers.confirmed(branch, sanne, items=[(white, 1)])
    branch.draft = factories.draft(employee=sanne, branch=branch, items=[(white, 1)])
    branch.breda = factories.branch("Breda")
    branch.elsewhere = papers.confirmed(branch.breda, sanne, items=[(white, 1)])
    return branch


def export(client, form="csv", query="", key=None):
    return client.post(f"{reverse('documents:export_list')}?{query}", {"format": form, "key": str(key or uuid.uuid4())})


@pytest.mark.django_db(transaction=True)
def test_the_list_as_csv_has_its_filters_and_its_order(client, shop):
    client.force_login(shop.sanne)
    rows = by_head(body(export(client, query=f"branch={shop.pk}&sort=total")))
    assert [row["Nummer"] for row in rows] == [shop.second.number, "", shop.first.number]
    row = rows[-1]
    assert (row["Status"], row["Debiteur"], row["Betreft"]) == ("Openstaand", "Anna Vermeer", "'=2+2")
    assert (row["Datum"], row["Filiaal"]) == (f"{timezone.localdate():%d-%m-%Y}", "Linde & Loof")
    assert (row["Totaal exclusief BTW"], row["BTW"], row["Totaal inclusief BTW"]) == ("82,56", "17,34", "99,90")
    assert (row["Betaald"], row["Nog te betalen"], row["Versie"]) == ("0,00", "99,90", "1")
    assert len(by_head(body(export(client, query="status=open")))) == 3
    assert len(by_head(body(export(client, query="q=vermeer")))) == 1
    entry = JournalEntry.objects.filter(action="documents.exported").order_by("-id").first()
    assert entry.data == {"format": "csv", "rows": 1, "filters": {}}  # what was searched for may be a name


@pytest.mark.django_db(transaction=True)
def test_the_list_holds_the_branches_of_who_asks_only(client, shop):
    client.force_login(factories.employee("seller", branch=shop.breda, name="Bram"))
    assert [row["Nummer"] for row in by_head(body(export(client)))] == [shop.elsewhere.number]
    assert by_head(body(export(client, query=f"branch={shop.pk}"))) == []


@pytest.mark.django_db(transaction=True)
def test_the_list_as_xlsx(client, shop):
    client.force_login(shop.sanne)
    answer = export(client, "xlsx", "sort=number")
    sheet = openpyxl.load_workbook(io.BytesIO(body(answer))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(rows) == 5 and rows[0][0] == "Nummer"
    place = rows[0].index("Totaal inclusief BTW")
    assert sorted(row[place] for row in rows[1:]) == [49.95, 49.95, 49.95, 99.9]
    assert rows[-1][rows[0].index("Datum")].date() == timezone.localdate()


@pytest.mark.django_db(transaction=True)
def test_a_large_list_is_made_by_the_worker_with_progress_and_a_link(client, shop, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 2)
    client.force_login(shop.sanne)
    page = client.get(f"{reverse('documents:export_list')}?sort=total").content.decode()
    assert "Meer dan 2 orders" in page
    key = uuid.uuid4()
    answer = export(client, query="sort=total", key=key)
    assert export(client, query="sort=total", key=key).url == answer.url
    job = ExportJob.objects.get()
    assert (answer.status_code, answer.url) == (303, reverse("documents:export_job", args=[job.pk]))
    assert (job.status, job.rows_total) == ("waiting", 4)
    assert "Wacht op de verwerking" in client.get(answer.url).content.decode()
    assert client.get(reverse("documents:export_file", args=[job.pk])).status_code == 404
    making.run(str(job.pk))
    job.refresh_from_db()
    assert (job.status, job.rows_done) == ("done", 4)
    assert "CSV ophalen" in client.get(answer.url).content.decode()
    file = client.get(reverse("documents:export_file", args=[job.pk]))
    assert len(by_head(body(file))) == 4
    assert export(client, query="sort=total", key=key).url == answer.url
    client.force_login(factories.employee("office", name="Iemand Anders"))
    for name in ("export_job", "export_file"):
        assert client.get(reverse(f"documents:{name}", args=[job.pk])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_job_that_was_begun_by_a_killed_worker_begins_again_and_is_given_up_in_the_end(shop):
    job = ExportJob.objects.create(format="csv", rows_total=4, rows_done=3, status="running", employee=shop.sanne)
    making.run(str(job.pk), attempt=1)
    job.refresh_from_db()
    assert (job.status, job.rows_done) == ("done", 4)
    again = ExportJob.objects.create(format="csv", rows_total=4, status="running", employee=shop.sanne)
    making.run(str(again.pk), attempt=3)
    again.refresh_from_db()
    assert (again.status, again.error) == ("failed", "Het maken is 3 keer afgebroken.")


@pytest.mark.django_db(transaction=True)
def test_files_older_than_a_day_are_swept(client, shop):
    job = ExportJob.objects.create(format="csv", rows_total=1, status="done", employee=shop.sanne)
    job.file.save("oud.csv", ContentFile(b"x"))
    storage, name = job.file.storage, job.file.name
    new = ExportJob.objects.create(format="csv", rows_total=1, status="done", employee=shop.sanne)
    new.file.save("nieuw.csv", ContentFile(b"x"))
    ExportJob.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(hours=25))
    assert (making.sweep(), making.sweep()) == (1, 0)
    assert (storage.exists(name), storage.exists(new.file.name)) == (False, True)
    client.force_login(shop.sanne)
    assert "Het bestand is er niet meer" in client.get(reverse("documents:export_job", args=[job.pk])).content.decode()
    ExportJob.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(days=31))
    making.sweep()
    assert list(ExportJob.objects.values_list("pk", flat=True)) == [new.pk]


@pytest.mark.django_db(transaction=True)
def test_an_unknown_format_of_a_list_is_refused(client, shop):
    client.force_login(shop.sanne)
    assert export(client, "pdf").status_code == 422
    with pytest.raises(Refusal):
        exporting.export_list(query="", form="ubl", employee=shop.sanne, branch_id=shop.pk)
    assert ExportJob.objects.count() == 0


# ---- many papers -------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_papers_of_more_than_200_lines_are_made_by_the_worker(client, shop, monkeypatch):
    from sales.documents import papers as made

    monkeypatch.setattr(made, "MAX_LINES_AT_ONCE", 1)
    client.force_login(shop.sanne)
    form = {"key": str(uuid.uuid4()), "order": [shop.first.pk, shop.second.pk]}
    page = client.post(reverse("documents:print_many"), form).content.decode()
    assert page.count("is afgedrukt") == 2 and "Het bestand wordt gemaakt" in page
    job = ExportJob.objects.get()
    assert (job.format, job.rows_total) == ("pdf", 2)
    direct = f"{reverse('documents:papers')}?order={shop.first.pk}&order={shop.second.pk}"
    assert client.get(direct).status_code == 422
    making.run(str(job.pk))
    file = client.get(reverse("documents:export_file", args=[job.pk]))
    assert file.headers["Content-Type"] == "application/pdf"
    text = papers.flat(body(file))
    assert shop.first.number in text and shop.second.number in text
