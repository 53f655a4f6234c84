"""Mailen: one mail per press, checked, with the right paper; sent once, later when the server is down, or failed."""

import re
import smtplib
import threading
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money
from backoffice.core.models import JournalEntry, OutboxMessage
from sales.documents import invariants
from sales.documents.models import OutgoingMail
from sales.documents.services import mailing, sending
from sales.models import SalesOrder
from tests import factories
from tests.documents import papers
from tests.documents.mail_server import mail_server
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def inbox(settings):
    with mail_server(settings) as inbox:
        yield inbox


@pytest.fixture
def order():
    """A confirmed order of € 99,90 for somebody with an e-mail address, and who made it as order.sanne."""
    branch, sanne = papers.shop()
    customer = factories.customer("Vermeer", email="anna@voorbeeld.nl")
    made = papers.confirmed(branch, sanne, customer=customer, items=[(papers.wardrobe()[0], 2)])
    made.sanne = sanne
    return made


def queue(order, **values):
    given = {"kind": "confirmation", "recipient": "anna@voorbeeld.nl", "subject": "Uw order", "body": "Beste Anna,"}
    return mailing.queue_mail(order_id=order.pk, employee=order.sanne, **given | values)


def fate(mail) -> tuple[str, int, str]:
    message = OutboxMessage.objects.get(mail=mail)
    return message.status, message.attempts, message.last_error


def due() -> None:
    """Time passes until whatever waits is due."""
    OutboxMessage.objects.filter(status="waiting").update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def no_server(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 2


def test_the_customer_receives_the_paper_with_the_total_of_the_row(order, inbox):
    mail = queue(order, subject="Uw order é", body="Beste Anna,\n\nDank u wel.")
    assert fate(mail) == ("waiting", 0, "")
    assert sending.send_due() == 1
    assert fate(mail) == ("sent", 1, "")
    mail.refresh_from_db()
    assert (mail.version, mail.order, mail.sent_at is not None) == (1, order, True)
    [letter] = inbox.letters
    assert inbox.recipients == [["anna@voorbeeld.nl"]]
    assert (letter["To"], letter["Subject"]) == ("anna@voorbeeld.nl", "Uw order é")
    assert letter["From"] == '"Linde & Loof Retail B.V." <noreply@localhost>'
    assert letter["Reply-To"] == "Linde & Loof <utrecht@lindeenloof.example>"
    assert letter.get_body().get_content().replace("\r\n", "\n").rstrip("\n") == "Beste Anna,\n\nDank u wel."
    [attached] = letter.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == (f"{order.number}.pdf", "application/pdf")
    text = papers.flat(attached.get_content())
    total = format_money(SalesOrder.objects.get(pk=order.pk).gross).replace("\u00a0", " ")
    assert total == "€ 99,90"
    assert f"Totaal inclusief BTW {total}" in text and f"Orderbevestiging {order.number}" in text
    entry = JournalEntry.objects.get(action="documents.mail.queued")
    assert (entry.object_id, entry.version, entry.data["mail"]) == (str(order.pk), 1, mail.pk)
    assert "anna" not in str(entry.data)
    assert sending.send_due() == 0
    assert len(inbox.letters) == 1


def test_with_the_mail_server_down_the_order_stands_and_the_mail_goes_out_later_once(order, settings):
    no_server(settings)
    before = SalesOrder.objects.values().get(pk=order.pk)
    mail = queue(order)
    assert sending.send_due() == 1
    assert fate(mail) == ("waiting", 1, "De mailserver is niet bereikbaar.")
    assert SalesOrder.objects.values().get(pk=order.pk) == before
    wait = OutboxMessage.objects.get(mail=mail).next_attempt_at - timezone.now()
    assert timedelta(seconds=50) < wait <= timedelta(seconds=60)
    assert sending.send_due() == 0  # not yet due
    due()
    assert sending.send_due() == 1
    wait = OutboxMessage.objects.get(mail=mail).next_attempt_at - timezone.now()
    assert timedelta(seconds=290) < wait <= timedelta(seconds=300)
    with mail_server(settings) as inbox:
        due()
        assert sending.send_due() == 1
        assert fate(mail) == ("sent", 3, "")
        due()
        assert sending.send_due() == 0
        assert len(inbox.letters) == 1


def test_after_a_day_of_trying_the_mail_has_failed_and_opnieuw_sends_it(order, settings):
    no_server(settings)
    mail = queue(order)
    assert sum(settings.MAIL_RETRY_SECONDS) <= 24 * 3600
    for attempt in range(1, len(settings.MAIL_RETRY_SECONDS) + 2):
        due()
        assert (sending.send_due(), fate(mail)[1]) == (1, attempt)
    assert fate(mail) == ("failed", 8, "De mailserver is niet bereikbaar.")
    due()
    assert sending.send_due() == 0
    mailing.retry_mail(mail_id=mail.pk, employee=order.sanne)
    assert fate(mail) == ("waiting", 0, "")
    with mail_server(settings) as inbox:
        assert sending.send_due() == 1
        assert (fate(mail)[0], len(inbox.letters)) == ("sent", 1)
    with pytest.raises(Refusal, match="al verzonden"):
        mailing.retry_mail(mail_id=mail.pk, employee=order.sanne)
    assert JournalEntry.objects.filter(action="documents.mail.retried").count() == 1


def test_an_address_that_is_refused_for_good_fails_at_once_with_the_reason(order, inbox):
    inbox.rcpt = "550 5.1.1 Onbekende gebruiker"
    mail = queue(order)
    sending.send_due()
    reason = "Het adres is geweigerd door de mailserver: 550 5.1.1 Onbekende gebruiker"
    assert fate(mail) == ("failed", 1, reason)
    assert inbox.letters == []


def test_what_the_server_refuses_for_now_waits(order, inbox):
    inbox.rcpt = "450 4.2.0 Greylisted"
    mail = queue(order)
    sending.send_due()
    assert fate(mail)[:2] == ("waiting", 1)
    assert "450 4.2.0 Greylisted" in fate(mail)[2]
    inbox.rcpt, inbox.data = "250 OK", "554 5.7.1 Spam"
    due()
    sending.send_due()
    assert fate(mail) == ("failed", 2, "De mailserver weigert de mail: 554 5.7.1 Spam")
    assert inbox.letters == []


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (smtplib.SMTPAuthenticationError(535, b"bad login"), False),  # ours to mend
        (smtplib.SMTPSenderRefused(550, b"no", "x@y.nl"), True),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (smtplib.SMTPNotSupportedError("SMTPUTF8"), True),
        (TimeoutError(), False),
        (ValueError("surprise"), False),
    ],
)
def test_what_is_tried_again_and_what_is_not(error, permanent):
    reason, never = sending.why(error)
    assert never == permanent and reason


def test_two_workers_at_once_send_it_once(order, inbox, monkeypatch):
    mails = [queue(order, subject=f"Mail {n}") for n in range(6)]
    tried = together(*[sending.send_due] * 4)
    assert sum(tried) == 6
    assert sorted(letter["Subject"] for letter in inbox.letters) == [f"Mail {n}" for n in range(6)]
    assert {fate(mail)[0] for mail in mails} == {"sent"}


def test_without_the_locks_two_workers_send_it_twice(order, inbox, monkeypatch):
    """The race that the test above is about, with its guards off."""
    mail = queue(order)
    inbox.go_on.clear()
    read = OutgoingMail.objects.select_related("order__branch", "employee", "message").get(pk=mail.pk)
    threading.Timer(0.5, inbox.go_on.set).start()
    together(*[lambda: sending.written(read).send()] * 2)
    assert len(inbox.letters) == 2


def test_a_worker_whose_turn_has_passed_does_not_send_what_another_has(order, inbox):
    mail = queue(order)
    slow = sending.claim()
    due()
    assert sending.send_due() == 1  # somebody else took it up meanwhile
    sending.attempt(slow)
    assert (len(inbox.letters), fate(mail)[:2]) == (1, ("sent", 2))


@pytest.mark.parametrize("status", ["sent", "failed"])
def test_what_was_sent_or_given_up_meanwhile_is_not_sent_by_who_claimed_it_before(order, inbox, status):
    mail = queue(order)
    slow = sending.claim()
    OutboxMessage.objects.filter(mail=mail).update(status=status)
    sending.attempt(slow)
    assert (inbox.letters, fate(mail)[:2]) == ([], (status, 1))


def test_while_it_is_being_sent_nobody_else_takes_it(order, inbox):
    queue(order)
    inbox.go_on.clear()
    worker = threading.Thread(target=lambda: (sending.send_due(), close()))
    worker.start()
    assert inbox.reached.wait(10)
    due_elsewhere = OutboxMessage.objects.filter(status="waiting").values_list("next_attempt_at", flat=True).get()
    assert due_elsewhere > timezone.now()
    assert sending.send_due() == 0
    inbox.go_on.set()
    worker.join(20)
    assert len(inbox.letters) == 1


def close() -> None:
    from django.db import connection

    connection.close()


def test_a_paper_that_cannot_be_made_waits_and_says_so(order, inbox, monkeypatch):
    mail = queue(order)

    def broken(mail):
        raise RuntimeError("no fonts")

    monkeypatch.setitem(mailing.PAPERS, "confirmation", broken)
    sending.send_due()
    assert fate(mail) == ("waiting", 1, "Het document kon niet worden gemaakt.")
    monkeypatch.undo()
    due()
    sending.send_due()
    assert (fate(mail)[0], len(inbox.letters)) == ("sent", 1)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"recipient": ""}, "recipient"),
        ({"recipient": "anna"}, "recipient"),
        ({"recipient": "anna@voorbeeld.nl, bert@voorbeeld.nl"}, "recipient"),
        ({"recipient": "anna@voorbeeld.nl\nBcc: all@voorbeeld.nl"}, "recipient"),
        ({"recipient": "anna@voorbeeld.nl\r\n"}, None),  # a line break at the end is white space
        ({"subject": ""}, "subject"),
        ({"subject": "Uw order\nBcc: all@voorbeeld.nl"}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"body": " "}, "body"),
        ({"body": "x" * 4001}, "body"),
        ({"kind": "invoice"}, ""),
    ],
)
def test_what_is_typed_wrong_is_refused_at_its_field_and_nothing_waits(order, values, field):
    if field is None:
        assert queue(order, **values).recipient == "anna@voorbeeld.nl"
        return
    with pytest.raises(Refusal) as refused:
        queue(order, **values)
    assert refused.value.field == field
    assert (OutgoingMail.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_one_form_is_one_mail_and_the_key_names_what_makes_it_one(order):
    key = uuid.uuid4()
    first, again = (queue(order, key=key, request=str(key)) for _ in range(2))
    assert first.pk == again.pk
    other = queue(order, key=uuid.uuid4())
    keys = list(OutboxMessage.objects.order_by("pk").values_list("dedupe_key", flat=True))
    assert other.pk != first.pk and len(set(keys)) == 2
    assert all(one.startswith(f"mail/{order.pk}/1/confirmation//") for one in keys)


def test_a_draft_and_another_branchs_order_are_not_mailed(order):
    draft = factories.draft(employee=order.sanne, branch=order.branch)
    draft.sanne = order.sanne
    with pytest.raises(Refusal, match="is Concept"):
        queue(draft)
    order.sanne = factories.employee("seller", branch=factories.branch("Breda"), name="Bram")
    with pytest.raises(Refusal, match="ander filiaal"):
        queue(order)
    assert OutgoingMail.objects.count() == 0


# ---- the screens -------------------------------------------------------------------------------------------------
def test_the_dialog_proposes_and_what_is_wrong_comes_back_with_what_was_typed(client, order):
    client.force_login(order.sanne)
    url = reverse("documents:mail", args=[order.pk])
    page = client.get(url).content.decode()
    assert 'value="anna@voorbeeld.nl"' in page
    assert f'value="Orderbevestiging {order.number}"' in page
    assert "Beste Anna Vermeer," in page and "met een totaal van € 99,90." in page
    assert reverse("documents:confirmation_pdf", args=[order.pk]) in page
    typed = {"recipient": "anna@", "subject": "Zelf getypt", "body": "Dag", "key": str(uuid.uuid4())}
    answer = client.post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="anna@"' in page and 'value="Zelf getypt"' in page and "naam@voorbeeld.nl" in page
    assert OutgoingMail.objects.count() == 0
    answer = client.post(url, typed | {"recipient": "anna@elders.nl"})
    assert answer.status_code == 204
    assert "De mail aan anna@elders.nl wordt verzonden." in answer.headers["HX-Trigger"].encode().decode(
        "unicode_escape"
    )
    assert "dialog:close" in answer.headers["HX-Trigger"] and "mails-changed" in answer.headers["HX-Trigger"]
    assert OutgoingMail.objects.get().recipient == "anna@elders.nl"


def test_beside_the_order_stands_the_fate_of_each_mail(client, order, inbox):
    client.force_login(order.sanne)
    url = reverse("documents:mails", args=[order.pk])
    assert client.get(url).content.decode().strip() == ""
    inbox.rcpt = "550 Onbekend"
    queue(order, recipient="fout@voorbeeld.nl")
    sending.send_due()
    inbox.rcpt = "250 OK"
    queue(order)
    sending.send_due()
    queue(order, recipient="later@voorbeeld.nl")
    page = " ".join(re.sub(r"<[^>]+>", " ", client.get(url).content.decode()).split())
    assert re.search(r"wachtend Orderbevestiging later@voorbeeld.nl versie 1", page)
    assert re.search(r"verzonden Orderbevestiging anna@voorbeeld.nl versie 1", page)
    assert re.search(r"mislukt Orderbevestiging fout@voorbeeld.nl versie 1 .*550 Onbekend Opnieuw", page)
    failed = OutgoingMail.objects.get(recipient="fout@voorbeeld.nl")
    answer = client.post(reverse("documents:mail_retry", args=[failed.pk]), {"key": str(uuid.uuid4())})
    assert answer.status_code == 204
    assert sending.send_due() == 2
    assert {fate(mail)[0] for mail in OutgoingMail.objects.all()} == {"sent"}
    client.force_login(factories.employee("seller", branch=factories.branch("Breda"), name="Bram"))
    assert client.get(url).status_code == 404
    retried = client.post(reverse("documents:mail_retry", args=[failed.pk]), {"key": str(uuid.uuid4())})
    assert retried.status_code == 404


def test_ticked_orders_are_asked_about_then_mailed_each_to_its_own_customer(client, order, inbox):
    white = order.lines.get().variant
    no_address = papers.confirmed(order.branch, order.sanne, items=[(white, 1)])
    draft = factories.draft(employee=order.sanne, branch=order.branch, items=[(white, 1)])
    bert = factories.customer("Jansen", first_name="Bert", email="bert@voorbeeld.nl")
    second = papers.confirmed(order.branch, order.sanne, customer=bert, items=[(white, 3)])
    client.force_login(order.sanne)
    form = {"key": str(uuid.uuid4()), "order": [order.pk, no_address.pk, draft.pk, second.pk]}
    asked = client.post(reverse("documents:mail_many"), form)
    assert (asked.headers["HX-Retarget"], OutgoingMail.objects.count()) == ("#dialog-host", 0)
    assert "4 orders mailen?" in asked.content.decode() and "geen e-mailadres" in asked.content.decode()
    answer = client.post(reverse("documents:mail_many"), form | {"sure": "1"})
    page = answer.content.decode()
    assert page.count("wordt gemaild") == 2 and page.count("Niet gemaild") == 2
    assert "Er is geen e-mailadres bij deze order." in page
    assert "dialog:close" in answer.headers["HX-Trigger"]
    client.post(reverse("documents:mail_many"), form | {"sure": "1"})  # sent twice
    assert sending.send_due() == 2
    got = {
        letter["To"]: (letter["Subject"], papers.flat(next(letter.iter_attachments()).get_content()))
        for letter in inbox.letters
    }
    assert got.keys() == {"anna@voorbeeld.nl", "bert@voorbeeld.nl"}
    assert got["bert@voorbeeld.nl"][0] == f"Orderbevestiging {second.number}"
    assert "Totaal inclusief BTW € 149,85" in got["bert@voorbeeld.nl"][1]
    assert "Totaal inclusief BTW € 99,90" in got["anna@voorbeeld.nl"][1]


# ---- invariant 16 ------------------------------------------------------------------------------------------------
def test_a_mail_that_waits_too_long_is_reported(order):
    from django.db import connection

    queue(order)
    with connection.cursor() as cursor:
        assert invariants.outbox(cursor) == []
        cursor.execute("UPDATE core_outboxmessage SET next_attempt_at = now() - interval '2 hours'")
        [breach] = invariants.outbox(cursor)
    assert "2:00" in breach and "mail" in breach
