"""A sale that was paid and handed over at once at a till has its receipt; no paper of an order goes by its address."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from pos.services import mailing as receipt_mails
from sales.documents.models import OutgoingMail
from sales.documents.services import mailing, printing, sending
from tests.pos import test_check_out
from tests.pos.test_check_out import pay

pytestmark = pytest.mark.django_db
s, basket = test_check_out.s, test_check_out.basket
MAIL = {"recipient": "a@voorbeeld.nl", "subject": "Uw order", "body": "Bijlage"}


@pytest.fixture
def sold(s, basket, client):
    client.force_login(s.office)
    return pay(s, (s.method.contant, "129.85")).order


def as_it_was():
    return JournalEntry.objects.count(), OutgoingMail.objects.count()


@pytest.mark.parametrize("name", ["documents:confirmation_pdf", "documents:version_pdf"])
def test_its_order_papers_are_not_found(client, sold, name):
    args = [sold.pk, 1] if name.endswith("version_pdf") else [sold.pk]
    assert client.get(reverse(name, args=args)).status_code == 404


def test_printing_it_is_refused_with_what_to_do(client, s, sold):
    before = as_it_was()
    answer = client.post(reverse("documents:print", args=[sold.pk]), {"key": str(uuid.uuid4())})
    assert answer.status_code == 422 and "druk de kassabon aan de kassa af, of mail die" in answer.text
    with pytest.raises(Refusal) as refused:
        printing.print_order(order_id=sold.pk, employee=s.office)
    assert refused.value.code == "order.receipt_only" and as_it_was() == before


@pytest.mark.parametrize("kind", ["confirmation", "deposit", "quotation"])
def test_mailing_it_is_refused_before_anybody_is_told_that_it_went(client, s, sold, kind):
    before = as_it_was()
    url = reverse("documents:mail", args=[sold.pk])
    assert client.get(url).status_code == 422
    answer = client.post(url, MAIL | {"key": str(uuid.uuid4())})
    assert answer.status_code == 422 and "kassabon" in answer.text
    with pytest.raises(Refusal) as refused:
        mailing.queue_mail(order_id=sold.pk, kind=kind, employee=s.office, **MAIL)
    assert refused.value.code == "order.receipt_only" and as_it_was() == before


def test_its_receipt_is_mailed_and_goes(s, sold, mailoutbox, settings):
    receipt_mails.mail_receipt(
        receipt_id=sold.receipts.get().pk, recipient="a@voorbeeld.nl", request=str(uuid.uuid4()), employee=s.seller
    )
    assert sending.send_due() == 1
    (mail,) = mailoutbox
    (attachment,) = mail.attachments
    assert attachment[0] == f"{sold.receipts.get().number}.pdf" and attachment[1].startswith(b"%PDF")


def test_its_screen_offers_no_paper_of_an_order_and_its_history_none_of_a_version(client, sold):
    page = client.get(reverse("sales:order", args=[sold.pk])).text
    for name in ("documents:print", "documents:mail"):
        assert reverse(name, args=[sold.pk]) not in page
    past = client.get(reverse("sales:history", args=[sold.pk])).text
    assert "Bevestigd" in past and "orderbevestiging.pdf" not in past
    assert sold.gross.amount == Decimal("129.85")
