"""What the operator's page reads: the worker, its queue, the outbox, imports, and what upkeep said last."""

from typing import Any

from django.db import connection
from django.db.models import Count

from backoffice.core import health
from backoffice.core.models import ImportJob, InvariantRun, OutboxMessage, UpkeepNote

MOST = 50
QUEUE = """
SELECT queue_name, count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),
    count(*) FILTER (WHERE status = 'failed')
FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY queue_name ORDER BY queue_name
"""
FAILED = """
SELECT j.id, j.task_name, j.queue_name, j.attempts, (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id)
FROM procrastinate_jobs j WHERE j.status = 'failed' ORDER BY j.id DESC LIMIT %s
"""


def system() -> dict[str, Any]:
    """Everything on the page, in a fixed number of statements."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUE)
        queue = [dict(zip(("name", "waiting", "running", "failed"), row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(FAILED, [MOST])
        names = ("id", "task", "queue", "attempts", "at")
        failed = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    waiting = OutboxMessage.objects.filter(status=OutboxMessage.Status.WAITING)
    return {
        "workers": health.workers(),
        "queue": queue,
        "failed_jobs": failed,
        # index outbox_waiting
        "outbox": list(waiting.values("kind").annotate(number=Count("pk")).order_by("kind")),
        # that failed, and that waits for another try because one went wrong
        "failed_messages": list(
            OutboxMessage.objects.exclude(status=OutboxMessage.Status.SENT)
            .exclude(last_error="")
            .order_by("-pk")[:MOST]
        ),
        "imports": list(
            ImportJob.objects.exclude(status=ImportJob.Status.PREVIEW)
            .defer("content", "errors")
            .select_related("employee")
            .order_by("-created_at")[:10]
        ),
        "invariants": InvariantRun.objects.order_by("-pk").first(),
        "notes": list(UpkeepNote.objects.order_by("name")),
    }
