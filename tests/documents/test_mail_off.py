"""Without a mail server no mail leaves: whoever mails is told so before and at pressing, and nothing is called sent."""

import uuid

import pytest
from django.core import mail as outbox
from django.urls import reverse

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry, OutboxMessage
from sales.documents.models import OutgoingMail
from sales.documents.services import mailing, sending
from tests import factories
from tests.documents import papers

pytestmark = pytest.mark.django_db
TOLD = "Er gaat geen mail uit: er is geen mailserver ingesteld. Druk het document af, of vraag de beheerder."
TYPED = {"recipient": "anna@voorbeeld.nl", "subject": "Uw order", "body": "Beste Anna, tot zaterdag."}


@pytest.fixture
def order(client):
    """A confirmed order for somebody with an e-mail address; who made it is at the desk, as order.sanne."""
    branch, sanne = papers.shop()
    customer = factories.customer("Vermeer", email="anna@voorbeeld.nl")
    made = papers.confirmed(branch, sanne, customer=customer, items=[(papers.wardrobe()[0], 2)])
    made.sanne = sanne
    client.force_login(sanne)
    return made


def queued(order) -> OutgoingMail:
    return mailing.queue_mail(order_id=order.pk, kind="confirmation", employee=order.sanne, **TYPED)


def test_the_dialog_says_so_before_and_after_pressing_and_keeps_what_was_typed(client, order, settings):
    url = reverse("documents:mail", args=[order.pk])
    assert TOLD not in client.get(url).content.decode()
    settings.MAIL_OFF = True
    assert TOLD in client.get(url).content.decode()
    before = JournalEntry.objects.count()
    answer = client.post(url, TYPED | {"key": str(uuid.uuid4())})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert TOLD in page and "Beste Anna, tot zaterdag." in page
    assert (OutboxMessage.objects.count(), OutgoingMail.objects.count(), JournalEntry.objects.count()) == (0, 0, before)


def test_mail_to_every_ticked_order_says_so_for_each(client, order, settings):
    settings.MAIL_OFF = True
    url = reverse("documents:mail_many")
    asked = client.post(url, {"order": [order.pk], "key": str(uuid.uuid4())})
    assert TOLD in asked.content.decode()
    done = client.post(url, {"order": [order.pk], "key": str(uuid.uuid4()), "sure": "1"})
    assert TOLD in done.content.decode() and not OutgoingMail.objects.exists()


def test_a_mail_that_waited_when_the_server_was_taken_away_is_never_called_sent(order, settings):
    settings.MAIL_OFF = True
    with pytest.raises(Refusal) as refused:
        queued(order)
    assert (refused.value.code, refused.value.message) == ("mail.off", TOLD)
    settings.MAIL_OFF = False
    mail = queued(order)
    settings.MAIL_OFF = True
    assert sending.send_due() == 1
    mail.refresh_from_db()
    message = OutboxMessage.objects.get(mail=mail)
    assert (message.status, message.attempts, message.last_error, mail.sent_at) == ("waiting", 1, TOLD, None)
    with pytest.raises(Refusal) as refused:
        mailing.retry_mail(mail_id=mail.pk, employee=order.sanne)
    assert refused.value.code == "mail.off"
    settings.MAIL_OFF = False
    mailing.retry_mail(mail_id=mail.pk, employee=order.sanne)
    assert sending.send_due() == 1
    assert OutboxMessage.objects.get(mail=mail).status == "sent" and len(outbox.outbox) == 1
