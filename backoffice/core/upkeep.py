"""Forgetting what nobody needs any more, a few thousand rows at a time, and what the last run of each job said."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from backoffice.core.models import UpkeepNote

AT_A_TIME = 5000
KEY_DAYS = 30  # a form that is sent again after that is refused as unknown data would be: it makes its effect anew
ATTEMPT_DAYS = 30  # of the throttle on passwords
ACCESS_DAYS = 90  # who logged in from where; the journal keeps the log-in itself
JOB_DAYS = 90  # of the worker, that failed

# table, what is old enough to go
OLD: dict[str, tuple[str, str, Callable[[], timedelta]]] = {
    "request_keys": ("core_requestkey", "at", lambda: timedelta(days=KEY_DAYS)),
    "sessions": ("django_session", "expire_date", lambda: timedelta(0)),
    "attempts": ("axes_accessattempt", "attempt_time", lambda: timedelta(days=ATTEMPT_DAYS)),
    "failures": ("axes_accessfailurelog", "attempt_time", lambda: timedelta(days=ATTEMPT_DAYS)),
    "accesses": ("axes_accesslog", "attempt_time", lambda: timedelta(days=ACCESS_DAYS)),
}
# each statement ends well within the timeout, and holds no row for long
FORGET = "DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE {column} < %s LIMIT {most}))"
FORGET_JOBS = """
DELETE FROM procrastinate_jobs WHERE id = ANY(ARRAY(
    SELECT j.id FROM procrastinate_jobs j WHERE j.status IN ('failed', 'cancelled', 'aborted') AND NOT EXISTS (
        SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at >= %s)
    AND NOT EXISTS (SELECT FROM procrastinate_periodic_defers d WHERE d.job_id = j.id) LIMIT {most}))
"""


def forget(name: str, now: datetime | None = None) -> int:
    """Delete the old rows of one kind (of OLD). Gives how many went."""
    table, column, age = OLD[name]
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column), "most": sql.Literal(AT_A_TIME)}
    return _repeat(sql.SQL(FORGET).format(**names), (now or timezone.now()) - age())


def forget_jobs(now: datetime | None = None) -> int:
    """Delete the jobs of the worker that failed long ago."""
    before = (now or timezone.now()) - timedelta(days=JOB_DAYS)
    return _repeat(sql.SQL(FORGET_JOBS).format(most=sql.Literal(AT_A_TIME)), before)


def _repeat(statement: sql.Composed, before: datetime) -> int:
    gone = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement.as_string(cursor.connection), [before])
            gone += cursor.rowcount
            if cursor.rowcount < AT_A_TIME:
                return gone


def sweep() -> dict[str, int]:
    """Everything of this floor, each noted with how many rows went."""
    gone = {name: forget(name) for name in OLD} | {"failed_jobs": forget_jobs()}
    note("sweep", ok=True, text=", ".join(f"{name} {number}" for name, number in gone.items()))
    return gone


@transaction.atomic
def note(name: str, *, ok: bool, text: str) -> None:
    """Keep what the last run of a job said, for the operator's page."""
    values = {"at": timezone.now(), "ok": ok, "text": text[:4000]}
    UpkeepNote.objects.update_or_create(name=name, defaults=values)
