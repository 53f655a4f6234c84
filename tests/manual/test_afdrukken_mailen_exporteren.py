"""The manual's chapter "Afdrukken, Mailen en Exporteren", as somebody does it in a browser."""

import csv
import io
import re
import threading
from pathlib import Path
from types import SimpleNamespace

import pypdf
import pytest
from django.db import connection
from django.urls import reverse

from backoffice.core.models import JournalEntry
from sales.documents.services import sending
from sales.models import SalesOrder
from tests import factories
from tests.documents import papers
from tests.documents.mail_server import mail_server
from tests.sales.order_shop import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(page, login) -> SimpleNamespace:
    """Sanne at her desk, and two confirmed orders: of € 162,35 for Anna, of € 49,95 for somebody without e-mail."""
    branch, sanne = papers.shop()
    white, _white42, _blue, navy, _navy34, hem = papers.wardrobe()
    anna = factories.customer("Vermeer", email="anna@voorbeeld.nl")
    order = papers.confirmed(
        branch, sanne, customer=anna, items=[(white, 2), (hem, 5)], header={"subject": "=2+2 voor de zaak"}
    )
    other = papers.confirmed(branch, sanne, items=[(white, 1)])
    login(page, sanne)
    return SimpleNamespace(page=page, sanne=sanne, order=order, other=other, white=white, navy=navy)


def open_order(desk) -> None:
    desk.page.goto(reverse("sales:order", args=[desk.order.pk]))
    desk.page.get_by_role("heading", name=desk.order.number).wait_for()


def words(place) -> str:
    return " ".join(place.inner_text().split())


def elsewhere(work) -> None:
    """Do it in a thread of its own, as the worker does; a browser test has an event loop in this one."""

    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_afdrukken(desk):
    # 1. Op de order  2. Klik op Afdrukken
    open_order(desk)
    with desk.page.context.expect_page() as opened:
        desk.page.get_by_role("button", name="Afdrukken", exact=True).click()
    eventually(desk.page, lambda: JournalEntry.objects.filter(action="documents.order.printed").count() == 1)
    opened.value.close()
    desk.page.wait_for_timeout(1300)  # what comes sooner is a double click
    with desk.page.context.expect_page() as opened:
        desk.page.keyboard.press("Alt+P")
    eventually(desk.page, lambda: JournalEntry.objects.filter(action="documents.order.printed").count() == 2)
    opened.value.close()
    answer = desk.page.request.get(f"{desk.page.url}orderbevestiging.pdf")
    text = " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(answer.body())).pages).split())
    assert f"Orderbevestiging {desk.order.number}" in text and "KOPIE" in text and "€ 162,40" in text


def test_mailen(desk, settings):
    # 1. Op de order  2. Klik op Mailen
    open_order(desk)
    page = desk.page
    page.get_by_role("button", name="Mailen", exact=True).click()
    dialog = page.get_by_role("dialog", name=f"{desk.order.number} mailen")
    assert dialog.get_by_label("Aan").input_value() == "anna@voorbeeld.nl"
    assert dialog.get_by_label("Onderwerp").input_value() == f"Orderbevestiging {desk.order.number}"
    assert "met een totaal van € 162,40." in dialog.get_by_label("Tekst").input_value()
    dialog.get_by_role("link", name=f"{desk.order.number}.pdf").wait_for()

    # a wrong address stays where it was typed, and nothing is sent
    dialog.get_by_label("Aan").fill("anna@")
    dialog.get_by_role("button", name="Verzenden").click()
    dialog.get_by_text("Niet verzonden, 1 veld klopt niet").wait_for()
    assert dialog.get_by_label("Aan").input_value() == "anna@"
    assert desk.order.mails.count() == 0

    dialog.get_by_label("Aan").fill("anna@voorbeeld.nl")
    dialog.get_by_label("Onderwerp").fill("Uw bestelling")
    page.keyboard.press("Control+Enter")
    page.get_by_text("De mail aan anna@voorbeeld.nl wordt verzonden.").wait_for()
    dialog.wait_for(state="detached")
    beside = page.get_by_role("complementary", name="Debiteur en verloop")
    beside.get_by_text("wachtend").wait_for()

    # the worker sends it; the panel beside the order says so by itself
    with mail_server(settings) as inbox:
        inbox.rcpt = "550 Onbekende gebruiker"
        elsewhere(sending.send_due)
        beside.get_by_text("mislukt").wait_for()
        assert "550 Onbekende gebruiker" in words(beside)
        inbox.rcpt = "250 OK"
        beside.get_by_role("button", name="Opnieuw").click()
        beside.get_by_text("wachtend").wait_for()
        elsewhere(sending.send_due)
        beside.get_by_text("verzonden").wait_for()
    [letter] = inbox.letters
    assert (letter["To"], letter["Subject"]) == ("anna@voorbeeld.nl", "Uw bestelling")
    assert "Totaal inclusief BTW € 162,40" in papers.flat(next(letter.iter_attachments()).get_content())


def test_exporteren(desk):
    # 1. Op de order  2. Klik op Exporteren
    open_order(desk)
    page = desk.page
    files = {}
    page.get_by_role("button", name="Exporteren", exact=True).click()
    dialog = page.get_by_role("dialog", name=f"{desk.order.number} exporteren")
    for form in ("CSV", "XLSX", "UBL"):
        with page.expect_download() as download:
            dialog.get_by_role("button", name=form, exact=True).click()
        files[form] = download.value
    names = {form: file.suggested_filename for form, file in files.items()}
    number = desk.order.number
    assert names == {"CSV": f"{number}.csv", "XLSX": f"{number}.xlsx", "UBL": f"{number}.xml"}
    text = Path(files["CSV"].path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert [row[3] for row in rows] == ["Omschrijving", "Oxford-overhemd Kade", "Broek inkorten"]
    assert b'<cbc:PayableAmount currencyID="EUR">162.40</cbc:PayableAmount>' in Path(files["UBL"].path()).read_bytes()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")


def test_vanuit_de_lijst(desk):
    page = desk.page
    factories.draft(employee=desk.sanne, branch=desk.order.branch, items=[(desk.white, 1)])
    page.goto(reverse("sales:orders") + "?sort=-date")
    for order in (desk.order, desk.other):
        page.get_by_role("checkbox", name=f"{order.number} selecteren").check()

    page.get_by_role("button", name="Afdrukken", exact=True).click()
    page.get_by_text("is afgedrukt").first.wait_for()
    results = page.locator("#order-results")
    assert words(results).startswith(f"{desk.order.number} is afgedrukt {desk.other.number} is afgedrukt")
    answer = page.request.get(page.get_by_role("link", name="PDF openen").get_attribute("href"))
    assert len(pypdf.PdfReader(io.BytesIO(answer.body())).pages) == 2

    page.get_by_role("button", name="Mailen", exact=True).click()
    ask = page.get_by_role("dialog", name="2 orders mailen?")
    assert "anna@voorbeeld.nl" in words(ask) and "geen e-mailadres" in words(ask)
    ask.get_by_role("button", name="Ja").click()
    page.get_by_text("wordt gemaild").wait_for()
    assert "Er is geen e-mailadres bij deze order." in words(results)
    assert (desk.order.mails.count(), desk.other.mails.count()) == (1, 0)

    page.get_by_role("button", name="Exporteren", exact=True).click()
    dialog = page.get_by_role("dialog", name="Verkooporders exporteren")
    assert "3 orders, met de filters van de lijst." in words(dialog)
    with page.expect_download() as download:
        dialog.get_by_role("button", name="CSV", exact=True).click()
    assert re.fullmatch(r"verkooporders-\d{4}-\d\d-\d\d\.csv", download.value.suggested_filename)
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert len(rows) == 1 + SalesOrder.objects.count() == 4
    assert "'=2+2 voor de zaak" in [cell for row in rows for cell in row]
