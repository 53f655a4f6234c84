"""What the operator's page reads, in words: the worker, its queue, the outbox, imports, and what upkeep said last."""

import re
from typing import Any

from django.db import connection
from django.db.models import Count
from django.utils.translation import gettext_lazy

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
# queues and tasks of the worker (those of the floors above by name alone), messages, and what upkeep counts
WORDS = {
    "mail": gettext_lazy("Mail"), "exports": gettext_lazy("Exports"), "imports": gettext_lazy("Imports"),
    "printing": gettext_lazy("Bonnen"), "upkeep": gettext_lazy("Onderhoud"), "receipt": gettext_lazy("Bon"),
    "read_import": gettext_lazy("Bestand lezen"), "run_import": gettext_lazy("Bestand importeren"),
    "retry_stalled": gettext_lazy("Afgebroken werk oppakken"), "sweep_imports": gettext_lazy("Oude bestanden wissen"),
    "sweep": gettext_lazy("Verlopen gegevens wissen"), "sweep_drafts": gettext_lazy("Lege concepten wissen"),
    "send_mail": gettext_lazy("Mail versturen"), "send_waiting_mail": gettext_lazy("Wachtende mail versturen"),
    "make_export": gettext_lazy("Export maken"), "sweep_exports": gettext_lazy("Oude exports wissen"),
    "print_receipts": gettext_lazy("Bonnen afdrukken"),
    "follow_customers": gettext_lazy("Orders van een debiteur bijwerken"),
    "print_waiting_receipts": gettext_lazy("Wachtende bonnen afdrukken"),
    "request_keys": gettext_lazy("oude formulieren"), "sessions": gettext_lazy("verlopen sessies"),
    "attempts": gettext_lazy("inlogpogingen"), "failures": gettext_lazy("mislukte inlogpogingen"),
    "accesses": gettext_lazy("oude inlogs"), "failed_jobs": gettext_lazy("mislukt werk"),
}  # fmt: skip


def word(name: str) -> str:
    return str(WORDS.get(name, name))


def system() -> dict[str, Any]:
    """Everything on the page, in a fixed number of statements."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUE)
        queue = [dict(zip(("name", "waiting", "running", "failed"), row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(FAILED, [MOST])
        names = ("id", "task", "queue", "attempts", "at")
        failed = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in queue:
        row["name"] = word(row["name"])
    for row in failed:
        row["task"], row["queue"] = word(row["task"]), word(row["queue"])
    waiting = OutboxMessage.objects.filter(status=OutboxMessage.Status.WAITING)
    return {
        "workers": health.workers(),
        "queue": queue,
        "failed_jobs": failed,
        # index outbox_waiting
        "outbox": [
            row | {"kind": word(row["kind"])}
            for row in waiting.values("kind").annotate(number=Count("pk")).order_by("kind")
        ],
        # that failed, and that waits for another try because one went wrong
        "failed_messages": [
            {"message": message, "name": word(message.kind)}
            for message in OutboxMessage.objects.exclude(status=OutboxMessage.Status.SENT)
            .exclude(last_error="")
            .order_by("-pk")[:MOST]
        ],
        "imports": list(
            ImportJob.objects.exclude(status=ImportJob.Status.PREVIEW)
            .defer("content", "errors")
            .select_related("employee")
            .order_by("-created_at")[:10]
        ),
        "invariants": InvariantRun.objects.order_by("-pk").first(),
        "notes": [
            {"note": note, "name": word(note.name), "text": re.sub(r"[a-z_]+", lambda found: word(found[0]), note.text)}
            for note in UpkeepNote.objects.order_by("name")
        ],
    }
