"""What nobody needs any more is forgotten, a part at a time, and nothing else."""

import datetime
import uuid

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.utils import timezone
from procrastinate.contrib.django import app

from backoffice.core import upkeep
from backoffice.core.models import RequestKey, UpkeepNote
from tests import factories

pytestmark = pytest.mark.django_db


def key(days: int) -> RequestKey:
    made = RequestKey.objects.create(key=uuid.uuid4(), action="test", fingerprint="x", employee=factories.employee())
    RequestKey.objects.filter(pk=made.pk).update(at=timezone.now() - datetime.timedelta(days=days))
    return made


def session(days: int) -> None:
    ends = timezone.now() + datetime.timedelta(days=days)
    Session.objects.create(session_key=uuid.uuid4().hex, session_data="", expire_date=ends)


def attempt(days: int) -> None:
    made = AccessAttempt.objects.create(username=f"{days}@example.com", failures_since_start=1)
    AccessAttempt.objects.filter(pk=made.pk).update(attempt_time=timezone.now() - datetime.timedelta(days=days))


def test_old_keys_sessions_and_attempts_go_and_fresh_ones_stay(monkeypatch):
    monkeypatch.setattr(upkeep, "AT_A_TIME", 2)
    fresh = key(29)
    for _ in range(5):
        key(31)
    for days in (-1, 1):
        session(days)
    for days in (29, 31):
        attempt(days)
    gone = upkeep.sweep()
    assert (gone["request_keys"], gone["sessions"], gone["attempts"]) == (5, 1, 1)
    assert list(RequestKey.objects.all()) == [fresh]
    assert Session.objects.get().expire_date > timezone.now()
    assert AccessAttempt.objects.get().username == "29@example.com"
    note = UpkeepNote.objects.get()
    assert (note.name, note.ok, note.text.startswith("request_keys 5, sessions 1, attempts 1")) == ("sweep", True, True)
    assert upkeep.sweep()["request_keys"] == 0 and UpkeepNote.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_jobs_that_failed_long_ago_go():
    from django.db import connection

    with connection.cursor() as cursor:
        for days in (89, 91):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('mail', 'x', 'failed')"
                " RETURNING id"
            )
            job = cursor.fetchone()[0]
            cursor.execute(
                "UPDATE procrastinate_events SET at = now() - make_interval(days => %s) WHERE job_id = %s", [days, job]
            )
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, type, at)"
                " VALUES (%s, 'failed', now() - make_interval(days => %s))",
                [job, days],
            )
        assert upkeep.forget_jobs() == 1
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == (1,)


def test_every_sweep_is_scheduled():
    scheduled = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert {"sweep", "sweep_imports", "sweep_drafts", "retry_stalled"} <= scheduled
