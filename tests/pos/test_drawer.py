"""Lade open with a reason, and the receipt by mail."""

import io
import json
from decimal import Decimal

import pypdfium2
import pytest
from django.core import mail as post_office
from django.urls import reverse

from backoffice.core.models import JournalEntry
from payments.selectors import session_figures
from payments.services import sessions
from sales.documents.models import OutgoingMail
from sales.documents.services import sending
from tests.pos import counter, test_check_out, test_print
from tests.pos.test_check_out import pay

pytestmark = pytest.mark.django_db
s, basket, printer = test_check_out.s, test_check_out.basket, test_print.printer


def post(client, address, /, *args, **values):
    return client.post(reverse(address, args=args), {"key": counter.key()} | values, headers={"HX-Request": "true"})


def opened():
    rows = JournalEntry.objects.filter(action="till.drawer_opened").order_by("pk")
    return [(row.employee.name, row.data) for row in rows]


def toast(answer):
    return json.loads(answer.headers["HX-Trigger"])["toast"]["text"]


def test_a_manager_opens_the_drawer_with_a_reason_and_a_seller_does_not(client, s, printer):
    counter.sit(client, s.till, s.seller)
    assert "Lade open" not in client.get(reverse("pos:till")).content.decode()
    assert post(client, "pos:drawer", reason="Wisselen").status_code == 403
    counter.sit(client, s.till, s.manager)
    assert "Lade open" in client.get(reverse("pos:till")).content.decode()
    refused = post(client, "pos:drawer", reason=" ")
    assert refused.status_code == 422 and "Geef een reden op." in refused.content.decode()
    assert opened() == [] and printer.taken == []

    answer = post(client, "pos:drawer", reason="Wisselen")

    assert toast(answer) == "De lade is open."
    assert opened() == [("Joris van Dam", {"reason": "Wisselen"})]
    assert len(printer.taken) == 1 and printer.taken[0].startswith(b"\x1bp") and len(printer.taken[0]) == 5


def test_a_drawer_that_cannot_open_says_so_and_the_try_is_kept(client, s):
    counter.sit(client, s.till, s.manager)
    s.till.refresh_from_db()
    answer = post(client, "pos:drawer", reason="Wisselen")
    assert "Open de lade met de sleutel." in answer.content.decode() and opened() == []
    s.till.printer_host, s.till.printer_port = "127.0.0.1", 1
    s.till.save()
    answer = post(client, "pos:drawer", reason="Wisselen")
    assert toast(answer) == "De printer is niet bereikbaar. De lade is niet geopend." and len(opened()) == 1


def test_cash_goes_to_the_safe_and_change_comes_into_the_drawer(client, s, printer):
    counter.sit(client, s.till, s.seller)
    for amount, reason, told in (
        ("100,01", "Naar de kluis", "meer afstorten kan niet"),
        ("5,005", "Naar de kluis", "twee cijfers achter de komma"),
        ("20", "", "Geef een reden op."),
    ):
        refused = post(client, "pos:cash", kind="drop", amount=amount, reason=reason)
        assert refused.status_code == 422 and told in refused.content.decode()
        assert f'value="{amount}"' in refused.content.decode()
    assert session_figures(s.session).expected == 100 and printer.taken == []

    answer = post(client, "pos:cash", kind="drop", amount="60", reason="Naar de kluis")
    assert toast(answer).replace("\u00a0", " ") == "€ 60,00 is afgestort."
    answer = post(client, "pos:cash", kind="float", amount="25,50", reason="Uit de kluis")
    assert toast(answer).replace("\u00a0", " ") == "€ 25,50 is bijgevuld."

    figures = session_figures(s.session)
    assert (figures.drops, figures.float_amount, figures.expected) == (-60, Decimal("125.50"), Decimal("65.50"))
    assert len(printer.taken) == 2
    sessions.close_session(
        session_id=s.session.pk, denominations={"50.00": 1, "5.00": 3, "0.50": 1}, employee=s.manager
    )
    assert "Open eerst de kassa." in post(client, "pos:cash", kind="drop", amount="5", reason="x").content.decode()


def test_the_journal_says_which_receipt_opened_the_drawer(s, basket, printer):
    pay(s, (s.method.contant, "129.85"))
    assert JournalEntry.objects.get(action="till.receipt").data["drawer"] is True


def test_a_receipt_goes_by_mail_as_a_pdf_of_what_was_sold(client, s, basket, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    receipt = pay(s, (s.method.contant, "150"))
    counter.sit(client, s.till, s.seller)
    assert post(client, "pos:mail_receipt", receipt.pk, recipient="geen adres").status_code == 422
    assert OutgoingMail.objects.count() == 0
    key = counter.key()
    for _again in range(2):
        post(client, "pos:mail_receipt", receipt.pk, recipient="anna@example.com", key=key)
    assert sending.send_due() == 1
    (letter,) = post_office.outbox
    assert (letter.to, letter.subject) == (["anna@example.com"], f"Kassabon {receipt.number}")
    ((name, content, _kind),) = letter.attachments
    text = pypdfium2.PdfDocument(io.BytesIO(content))[0].get_textpage().get_text_range()
    assert name == f"{receipt.number}.pdf"
    for expected in (receipt.number, "Riem Tuig", "€ 129,85", "150,00", "21 %"):
        assert expected in text.replace("\u00a0", " "), expected
