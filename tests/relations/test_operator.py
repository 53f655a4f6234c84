"""Systeem: worker, queue, outbox and imports; what failed says why and is sent again by a button."""

import re
import uuid

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from backoffice.core import health, upkeep
from backoffice.core.errors import Refusal
from backoffice.core.models import InvariantRun, JournalEntry, OutboxMessage
from backoffice.relations import operator
from backoffice.relations.services import operating
from pos.services import printing
from sales.documents.services import mailing
from tests import factories
from tests.markup import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return factories.employee("admin", factories.branch("Utrecht"))


@pytest.fixture
def browser(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def failed():
    return OutboxMessage.objects.create(
        kind="mail", dedupe_key="a", status="failed", attempts=5, last_error="550 <b>geen</b> postvak"
    )


def test_the_page_says_what_works_and_what_failed_and_why(browser, failed):
    OutboxMessage.objects.create(kind="mail", dedupe_key="b")
    upkeep.note("sweep", ok=False, text="3: order 12")
    InvariantRun.objects.create(at=timezone.now(), full=True, breaches=2)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '3 s')")
        cursor.execute("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('mail', 'm', 'failed')")
    answer = browser.get(reverse("relations:system"))
    assert [worker["seconds"] for worker in answer.context["workers"]] == [3.0]
    assert answer.context["outbox"] == [{"kind": "Mail", "number": 1}]
    assert answer.context["queue"] == [{"name": "Mail", "waiting": 0, "running": 0, "failed": 1}]
    page = answer.content.decode()
    assert "550 &lt;b&gt;geen&lt;/b&gt; postvak" in page and "3: order 12" in page and "niet in orde" in page
    assert "2 afwijkingen" in page


def test_the_page_speaks_words(browser, failed):
    upkeep.sweep()
    with connection.cursor() as cursor:
        names = "(queue_name, task_name, status)"
        cursor.execute(f"INSERT INTO procrastinate_jobs {names} VALUES ('printing', 'print_receipts', 'failed')")
    page = re.sub(r"<[^>]+>", " ", browser.get(reverse("relations:system")).content.decode().split("<main")[1])
    shown = " ".join(page.split())
    assert "Er wacht niets." in shown
    assert "Verlopen gegevens wissen in orde" in shown and "oude formulieren 0, verlopen sessies" in shown
    assert "Bonnen afdrukken Bonnen 0" in shown
    assert not re.findall(r"\b(?:[a-z]+_[a-z]+|mail|sweep|printing|upkeep|sessions)\b|[0-9a-f]{8}-", shown)


def test_every_task_queue_and_message_of_the_worker_has_a_word():
    from procrastinate.contrib.django import app

    tasks = [task for task in app.tasks.values() if "procrastinate" not in task.name]
    names = {task.name for task in tasks} | {task.queue for task in tasks} | set(upkeep.OLD) | {"failed_jobs", "sweep"}
    assert len(tasks) > 10
    assert sorted((names | {printing.KIND, mailing.KIND}) - set(operator.WORDS)) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"migrations": "2 not applied"}, "de database loopt achter: voer manage.py migrate uit"),
        ({"database": "cannot be reached"}, "niet bereikbaar"),
    ],
)
def test_what_is_wrong_is_said_in_words(browser, monkeypatch, found, said):
    right = {"database": "ok", "migrations": "ok", "worker": "ok"}
    monkeypatch.setattr(health, "readiness", lambda: right | found)
    page = browser.get(reverse("relations:system")).content.decode()
    assert said in page and not any(value in page for value in found.values())


def test_without_a_worker_it_says_so(browser):
    assert "geen teken van leven" in browser.get(reverse("relations:system")).content.decode()


def test_what_failed_is_tried_again_once(browser, admin, failed):
    url, key = reverse("relations:outbox_retry", args=[failed.pk]), str(uuid.uuid4())
    for _ in range(2):
        assert browser.post(url, {"key": key}).url == reverse("relations:system")
    failed.refresh_from_db()
    assert (failed.status, failed.attempts, failed.last_error) == ("waiting", 0, "550 <b>geen</b> postvak")
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.object_id, entry.employee) == ("operator.outbox.retried", str(failed.pk), admin)


def test_what_was_sent_is_not_sent_again(browser, failed):
    OutboxMessage.objects.update(status="sent")
    answer = browser.post(reverse("relations:outbox_retry", args=[failed.pk]), {"key": str(uuid.uuid4())})
    assert answer.status_code == 422 and "al verzonden" in answer.content.decode()
    assert OutboxMessage.objects.get().status == "sent" and not JournalEntry.objects.exists()


SMTP, FILES = (f"django.core.mail.backends.{name}.EmailBackend" for name in ("smtp", "filebased"))


@pytest.mark.parametrize(
    ("backend", "off", "told"),
    [
        (SMTP, False, "<dt>Mail</dt><dd>in orde</dd>"),
        (FILES, False, "<dt>Mail</dt><dd>blijft op deze computer: stel EMAIL_URL in</dd>"),
        (SMTP, True, "<dt>Mail</dt><dd>er gaat geen mail uit: stel EMAIL_URL in</dd>"),
    ],
)
def test_where_mail_goes(browser, settings, backend, off, told):
    settings.EMAIL_BACKEND, settings.MAIL_OFF = backend, off
    page = compact(browser.get(reverse("relations:system")))
    assert told in re.sub(r"\s*<(?!/?d[td])[^>]*>\s*", "", page)


def test_who_does_not_run_the_system_sends_nothing_again(failed):
    office = factories.employee("office", factories.branch("Zeist"))
    with pytest.raises(Refusal) as refused:
        operating.retry(message_id=failed.pk, employee=office)
    assert refused.value.code == "operator.right"
    assert OutboxMessage.objects.get().status == "failed" and not JournalEntry.objects.exists()
