"""Dagafsluiting on paper: the Z report as PDF, on the printer of the till, and as a copy."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry, NumberSeries, OutboxMessage
from pos.day_report import report_pdf
from pos.services import day_close, printing
from tests.documents.papers import flat
from tests.invariants import broken, holds
from tests.pos import counter, test_check_out, test_print
from tests.pos.test_check_out import pay
from tests.pos.test_print import text_of
from tests.pos.test_returns import bring_back

pytestmark = pytest.mark.django_db
s, basket, printer = test_check_out.s, test_check_out.basket, test_print.printer
D = Decimal
COUNTED = {"100": 1, "50": 1, "20": 1, "5": 1, "2": 2, "0.50": 1, "0.20": 2}  # 179.90, that is 100 + 129.85 - 49.95


@pytest.fixture
def closed(s, basket):
    """A day with a sale of 129.85 and a return of 49.95, closed to the cent."""
    sold = pay(s, (s.method.contant, "150")).order
    bring_back(s, sold, 0, 1)
    pay(s, (s.method.contant, "-49.95"), employee=s.manager)
    return day_close.close(session_id=s.session.pk, denominations=COUNTED, employee=s.seller)


def rows_of(text: str) -> list[str]:
    return [re.sub(r"\s+", " ", row).strip() for row in text.splitlines()]


WANTED = [
    "Contant (3) 79,90", "waarvan uitgegeven -70,10", "Omzet 129,85", "Terugbetaald -49,95",
    "Teruggenomen artikelen: 1 -49,95", "Wisselgeld in de lade 100,00", "21 % 66,03 13,87 79,90",
    "100,00 x 1 100,00", "0,20 x 2 0,40", "Verwacht in de lade 179,90", "Geteld 179,90", "Kasverschil € 0,00",
]  # fmt: skip


def test_the_report_reaches_the_printer_once_and_a_copy_says_so(s, printer, closed):
    assert printing.print_due() == 3
    rows = rows_of(text_of(printer.taken[-1]))
    assert any(row.endswith(f"Dagafsluiting (Z) {closed.z_number}") for row in rows)
    assert [row for row in WANTED if not any(row in there for there in rows)] == []
    assert b"\x1bp" not in printer.taken[-1] and "KOPIE" not in text_of(printer.taken[-1])
    day_close.print_again(session_id=closed.pk, employee=s.seller)
    assert printing.print_due() == 1
    assert "*** KOPIE ***" in text_of(printer.taken[-1])
    assert JournalEntry.objects.get(action="till.report_copied").data == {"z_number": closed.z_number}


def test_without_a_printer_there_is_the_pdf_with_the_same_figures(client, s, closed):
    assert not OutboxMessage.objects.filter(kind=printing.KIND).exists()
    with pytest.raises(Refusal, match="Open de PDF"):
        day_close.print_again(session_id=closed.pk, employee=s.seller)
    counter.sit(client, s.till, s.seller)
    answer = client.get(reverse("pos:z_pdf", args=[closed.pk]))
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/pdf", f'inline; filename="{closed.z_number}.pdf"',
    )  # fmt: skip
    text = flat(answer.content)
    for figure in (closed.z_number, "Omzet 129,85", "Terugbetaald −49,95", "66,03 13,87 79,90", "Geteld 179,90"):
        assert figure in text, figure
    assert report_pdf(closed)[1] == answer.content


def test_a_closed_till_shows_its_last_report_and_nobody_elses(client, s, closed):
    counter.sit(client, s.till, s.seller)
    page = client.get(reverse("pos:close"), follow=True)
    assert page.redirect_chain == [(reverse("pos:z_report", args=[closed.pk]), 303)]
    assert closed.z_number in page.content.decode()
    assert client.get(reverse("pos:z_report", args=[closed.pk + 1])).status_code == 404


def test_a_receipt_number_that_is_missing_is_reported(s, closed):
    holds(8)
    NumberSeries.objects.filter(kind="receipt", till=s.till).update(next_value=4)
    (told,) = broken(8)
    assert f"receipt of till {s.till.pk}" in told and "the series gave 3, 2 stand (2 different, the highest 2)" in told
