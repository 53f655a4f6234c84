"""The worker as a process of its own: it sends what is queued at once, and takes up what a killed one left."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as in_force
from django.db import connections
from django.utils import timezone

from backoffice.core.models import OutboxMessage
from sales.documents.services import mailing
from tests import factories
from tests.documents import papers
from tests.documents.mail_server import mail_server

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


def start_worker() -> subprocess.Popen:
    """`manage.py worker` on the database of this test, with the mail server of this test."""
    now = connections["default"].settings_dict
    url = f"postgresql://{now['USER']}:{now['PASSWORD']}@/{now['NAME']}?host={now['HOST']}&port={now['PORT'] or 5432}"
    mail = f"smtp://127.0.0.1:{in_force.EMAIL_PORT}"
    environment = os.environ | {"DATABASE_URL": url, "EMAIL_URL": mail}
    return subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=environment)


def until(what, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return False


def test_a_killed_workers_mail_is_sent_by_the_next_one(settings):
    branch, sanne = papers.shop()
    customer = factories.customer("Vermeer", email="anna@voorbeeld.nl")
    order = papers.confirmed(branch, sanne, customer=customer, items=[(papers.wardrobe()[0], 2)])
    with mail_server(settings) as inbox:
        inbox.go_on.clear()  # the server takes its time, so that the first worker is in the middle when it is killed
        first = start_worker()
        try:
            mail = mailing.queue_mail(
                order_id=order.pk, kind="confirmation", recipient="anna@voorbeeld.nl", subject="Uw order",
                body="Dag Anna", employee=sanne,
            )  # fmt: skip
            assert inbox.reached.wait(40)
            first.send_signal(signal.SIGKILL)
            first.wait(10)
        finally:
            first.kill()
        message = OutboxMessage.objects.get(mail=mail)
        assert (message.status, message.attempts, inbox.letters) == ("waiting", 1, [])
        assert message.next_attempt_at > timezone.now()  # the killed worker had written down when to go on
        OutboxMessage.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
        inbox.go_on.set()
        second = start_worker()
        try:
            assert until(lambda: OutboxMessage.objects.get(mail=mail).status == "sent", 40)
            second.send_signal(signal.SIGTERM)
            assert second.wait(30) == 0
        finally:
            second.kill()
        assert [letter["To"] for letter in inbox.letters] == ["anna@voorbeeld.nl"]
        assert OutboxMessage.objects.get(mail=mail).attempts == 2
