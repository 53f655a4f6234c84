"""Overviews for the bookkeeper: each adds up to the ledger, on the screen and as a file."""

import csv
import datetime
import io
from decimal import Decimal
from unittest import mock

import openpyxl
import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from backoffice.catalog.models import VatRate
from backoffice.core.keys import new_key
from payments.selectors import reports
from payments.selectors.reports import Asked
from payments.services import ledger
from payments.services.depositing import deposit
from payments.services.ledger import Occasion, Tender
from payments.services.refunding import refund
from sales.documents.models import ExportJob
from sales.documents.services import exporting, making
from sales.models import Delivery
from sales.services.delivering import deliver
from sales.services.editing import open_order
from tests import factories
from tests.payments import shop as money
from tests.payments.shop import shop

pytestmark = pytest.mark.django_db
D = Decimal
NBSP = "\u00a0"


def pay(s, order, *tenders, session=None, employee=None):
    pairs = [(getattr(s.method, word).pk, D(amount)) for word, amount in tenders]
    session_id = session.pk if session else None
    deposit(order_id=order.pk, tenders=pairs, employee=employee or s.office, session_id=session_id)


def settle(s, order, session, *tenders):
    chosen = [Tender(getattr(s.method, word), D(amount)) for word, amount in tenders]
    with transaction.atomic():
        opened = open_order(order.pk, s.seller, action="pay", related=("branch",), right="payments.deposit")
        occasion = Occasion(s.seller, s.branch, session, action="payments.till.paid")
        ledger.book(opened.order, opened.lines, chosen, occasion, kind="settlement", change=True)


def hand_over(s, order):
    quantities = {line.pk: line.quantity for line in order.lines.all()}
    deliver(
        order_id=order.pk, quantities=quantities, kind=Delivery.Kind.HAND_OVER, branch_id=s.branch.pk,
        employee=s.manager, override_reason="klant wacht",
    )  # fmt: skip


def today():
    return timezone.localdate()


def on(day):
    """Within: it is noon of that day."""
    noon = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
    return mock.patch("django.utils.timezone.now", return_value=noon)


def asked(s, first=None, last=None, **more) -> Asked:
    return Asked(first or today(), last or today(), more.pop("branches", None) or [s.branch.pk], **more)


def busy_shop():
    """A day with all that happens: deposits, a settlement with change and rounding, a refund, tegoed, a delivery."""
    s = shop()
    s.method.contant.at_desk = True
    s.method.contant.save()
    drawer = money.session(s)
    s.first = money.order(s, "100.00", ("50.00", "low"))
    pay(s, s.first, ("bank", "60.00"))
    s.second = money.order(s, "41.33")
    settle(s, s.second, drawer, ("contant", "50.00"))
    hand_over(s, s.second)
    s.third = money.order(s, "80.00")
    pay(s, s.third, ("bank", "30.00"), ("contant", "20.00"), session=drawer)
    refund(
        order_id=s.third.pk, amounts=[(s.method.bank.pk, D("10.00")), (s.method.tegoed.pk, D("5.00"))],
        reason="te veel", employee=s.manager,
    )  # fmt: skip
    s.fourth = money.order(s, ("25.00", "low"))
    pay(s, s.fourth, ("tegoed", "5.00"))
    return s


def posted(accounts) -> Decimal:
    """What the ledger's own postings say about these accounts, EUR."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(p.amount), 0) FROM payments_posting p JOIN payments_ledgerentry e ON e.id = p.entry_id"
            " WHERE p.account = ANY(%s) AND e.kind NOT IN ('float', 'drop', 'difference')",
            [accounts],
        )
        return cursor.fetchone()[0]


# ---- outstanding -------------------------------------------------------------------------------------------------
def test_outstanding_lists_what_is_paid_ahead_and_adds_up_to_the_ledger():
    s = busy_shop()
    table = reports.outstanding(asked(s))
    assert [(row[0], row[6]) for row in table.rows] == [
        (s.first.number, D("60.00")), (s.third.number, D("35.00")), (s.fourth.number, D("5.00")),
    ]  # fmt: skip
    # 60.00 + 35.00 + 5.00; with the 41.33 of what was handed over it is all that orders hold in the ledger
    assert (table.totals[-1], table.count) == (D("100.00"), 3)
    of_order = list(zip(table.columns, table.rows[0], strict=True))
    assert table.drawn[0] == (s.first.pk, of_order) and len(table.drawn) == 3
    assert table.drawn_totals == list(zip(table.columns, table.totals, strict=True))
    assert table.totals[-1] + D("41.33") == -posted(["orders"])


def test_outstanding_at_an_earlier_date_is_what_it_was_then():
    s = shop()
    order, other = money.order(s, "100.00"), money.order(s, "10.00")
    days = {name: today() - datetime.timedelta(days=n) for name, n in (("first", 20), ("second", 10), ("gone", 5))}
    with on(days["first"]):
        pay(s, order, ("bank", "40.00"))
    with on(days["second"]):
        pay(s, order, ("bank", "60.00"))
    with on(days["gone"]):
        hand_over(s, order)
    pay(s, other, ("bank", "10.00"))
    assert [row[0] for row in reports.outstanding(asked(s)).rows] == [other.number]

    def held(day):
        return [(row[0], row[6]) for row in reports.outstanding(asked(s, last=day)).rows]

    assert held(days["first"] - datetime.timedelta(days=1)) == []
    assert held(days["first"]) == [(order.number, D("40.00"))]
    assert held(days["second"]) == [(order.number, D("100.00"))]
    assert held(days["gone"] - datetime.timedelta(days=1)) == [(order.number, D("100.00"))]
    assert held(days["gone"]) == []


def test_money_that_was_given_back_later_was_still_held_at_an_earlier_date():
    s = shop()
    order = money.order(s, "50.00")
    ago = today() - datetime.timedelta(days=3)
    with on(ago):
        pay(s, order, ("bank", "50.00"))
    refund(order_id=order.pk, amounts=[(s.method.bank.pk, D("50.00"))], reason="toch niet", employee=s.manager)
    assert reports.outstanding(asked(s)).rows == []
    assert [row[6] for row in reports.outstanding(asked(s, last=ago)).rows] == [D("50.00")]


def test_a_partly_delivered_order_is_still_outstanding():
    s = shop()
    order = money.order(s, "100.00", "50.00")
    pay(s, order, ("bank", "60.00"))
    line = order.lines.order_by("position").first()
    deliver(
        order_id=order.pk, quantities={line.pk: D(1)}, kind=Delivery.Kind.HAND_OVER, branch_id=s.branch.pk,
        employee=s.manager,
    )  # fmt: skip
    assert [row[6] for row in reports.outstanding(asked(s)).rows] == [D("60.00")]


# ---- per method --------------------------------------------------------------------------------------------------
def test_per_method_counts_what_came_in_and_went_out_and_adds_up_to_the_ledger():
    s = busy_shop()
    table = reports.by_method(asked(s))
    assert [row[1:] for row in table.rows] == [
        # 50.00 for 41.35, which gives 8.65 back; and 20.00
        ["Contant", D("70.00"), D("-8.65"), D("61.35"), 3],
        ["Bank", D("90.00"), D("-10.00"), D("80.00"), 3],
        ["Tegoed", D("5.00"), D("-5.00"), D("0.00"), 2],
        ["Afronding", D("0.00"), D("-0.02"), D("-0.02"), 1],
    ]
    assert table.totals[2:] == [D("165.00"), D("-23.67"), D("141.33"), 9]
    assert table.totals[4] == -posted(["orders"])
    for name, account in (("Contant", "cash"), ("Bank", "bank"), ("Tegoed", "credit"), ("Afronding", "rounding")):
        assert next(row[4] for row in table.rows if row[1] == name) == posted([account]), name


def test_a_period_may_be_taken_together_per_month():
    s = busy_shop()
    per_month = reports.by_method(asked(s, first=today().replace(day=1), per="month"))
    assert {row[0] for row in per_month.rows} == {today().replace(day=1)}
    assert per_month.totals[2:] == reports.by_method(asked(s)).totals[2:]


# ---- VAT ---------------------------------------------------------------------------------------------------------
def test_vat_per_rate_adds_up_to_the_ledger():
    s = busy_shop()
    table = reports.vat(asked(s, first=today().replace(day=1), per="month"))
    month = today().replace(day=1)
    # 21 %: 40.00 of the first, 41.33 of the second, 50.00 less 15.00 of the third; 9 %: 20.00 of the first and 5.00
    # VAT: 17.36 x 40/100 = 6.94; 7.17; 13.88 x 35/80 = 6.07 | 4.13 x 20/50 = 1.65; 2.06 x 5/25 = 0.41
    assert table.rows == [
        [month, "Hoog 21 %", D("21.00"), D("96.15"), D("20.18"), D("116.33")],
        [month, "Laag 9 %", D("9.00"), D("22.94"), D("2.06"), D("25.00")],
    ]  # fmt: skip
    assert table.totals[3:] == [D("119.09"), D("22.24"), D("141.33")]
    assert table.totals[5] == -posted(["orders"])


def test_a_rate_that_changed_keeps_the_name_of_then_in_the_overview():
    s = busy_shop()
    VatRate.objects.filter(code="high").update(valid_to=today())
    tomorrow = today() + datetime.timedelta(days=1)
    VatRate.objects.create(code="high", name="Hoog 24 %", percent=D(24), valid_from=tomorrow)
    assert [row[1:3] for row in reports.vat(asked(s)).rows] == [["Hoog 21 %", D(21)], ["Laag 9 %", D(9)]]


# ---- the screens -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["outstanding", "methods_report", "vat_report"])
def test_the_screen_and_the_files_say_the_same(client, name):
    s = busy_shop()
    client.force_login(s.manager)
    url = reverse(f"payments:{name}")
    page = client.get(url).content.decode().replace(NBSP, " ")
    answer = client.get(url, {"format": "csv"})
    assert answer.headers["Content-Type"].startswith("text/csv")
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(text[1:]), delimiter=";")
    book = openpyxl.load_workbook(io.BytesIO(client.get(url, {"format": "xlsx"}).content))
    sheet = list(book.active.values)
    assert (list(sheet[0]), len(sheet) - 1) == (head, len(rows))
    assert rows
    amount = head.index({"outstanding": "Aanbetaald", "methods_report": "Saldo", "vat_report": "Inclusief"}[name])
    total = sum(D(row[amount].replace(",", ".")) for row in rows)
    assert total == sum(D(str(row[amount] or 0)) for row in sheet[1:]).quantize(D("0.01"))
    assert total == (D("100.00") if name == "outstanding" else D("141.33"))
    for row in rows:
        assert row[amount].replace("-", "−") in page
    assert f"{total}".replace(".", ",") in page


@pytest.mark.parametrize("name", ["outstanding", "deposits_report", "methods_report", "vat_report"])
def test_what_takes_too_long_to_wait_for_is_made_by_the_worker(client, monkeypatch, settings, tmp_path, name):
    s, settings.MEDIA_ROOT = busy_shop(), tmp_path
    client.force_login(s.manager)
    url = reverse(f"payments:{name}")
    head, *rows = client.get(url, {"format": "csv"}).streaming_content
    monkeypatch.setattr(reports, "READ", {key: (sql, 2) for key, (sql, _most) in reports.READ.items()})
    for asked_as in ({}, {"format": "csv"}):
        page = client.get(url, asked_as).content.decode()
        assert "Dit overzicht telt te veel om op te wachten" in page
        assert 'class="btn end"' not in page
    assert client.post(url, {"format": "csv"}).status_code == 422
    assert not ExportJob.objects.exists()
    answer = client.post(url, {"format": "csv", "key": new_key()})
    job = ExportJob.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, reverse("documents:export_job", args=[job.pk]))
    assert "Het overzicht wordt geteld" in client.get(answer.headers["Location"]).content.decode()
    making.run(str(job.pk))
    job.refresh_from_db()
    assert job.status == "done"
    file = client.get(reverse("documents:export_file", args=[job.pk]))
    assert file.headers["Content-Disposition"].startswith(f'attachment; filename="{job.table}-')
    assert b"".join(file.streaming_content) == b"".join([head, *rows])


def test_the_worker_counts_only_the_branches_that_its_employee_may_see(settings, tmp_path):
    s, settings.MEDIA_ROOT = busy_shop(), tmp_path
    other = factories.employee("manager", factories.branch("Zeist"))
    query = reports.query_of("methods", asked(s))
    job = exporting.start_table(query=query, form="csv", employee=other, branch_id=None)
    making.run(str(job.pk))
    job.refresh_from_db()
    assert (job.status, job.rows_done) == ("done", 0)


def test_a_name_that_a_spreadsheet_would_calculate_is_text(client):
    s = shop()
    s.customer.name = "=1+1"
    s.customer.save()
    order = money.order(s, "10.00")
    type(order).objects.filter(pk=order.pk).update(customer_name="=1+1")
    pay(s, order, ("bank", "5.00"))
    client.force_login(s.manager)
    text = b"".join(client.get(reverse("payments:outstanding"), {"format": "csv"}).streaming_content).decode()
    assert ";'=1+1;" in text


def test_wrong_dates_give_the_form_back(client):
    s = shop()
    client.force_login(s.manager)
    answer = client.get(reverse("payments:vat_report"), {"first": "31-2-2026", "last": "1-3-2026"})
    assert answer.status_code == 422
    assert "31-02-2026 bestaat niet" in answer.content.decode()
    assert 'value="31-2-2026"' in answer.content.decode()
    answer = client.get(reverse("payments:vat_report"), {"first": "2-3-2026", "last": "1-3-2026"})
    assert answer.status_code == 422
    assert "De eerste dag ligt na de laatste." in answer.content.decode()


def test_a_manager_sees_the_own_branch_only(client):
    s = busy_shop()
    zeist = factories.branch("Zeist")
    client.force_login(factories.employee("manager", zeist))
    for name in ("outstanding", "deposits_report", "methods_report", "vat_report"):
        page = client.get(reverse(f"payments:{name}")).content.decode()
        assert "Niets in deze periode" in page
        # asked for all the same, another branch is no choice
        assert client.get(reverse(f"payments:{name}"), {"branch": s.branch.pk}).status_code == 422
