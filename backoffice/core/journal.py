"""The electronic journal: one hash chain per branch, written inside the transaction of what it records."""

import hashlib
import json
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from django.utils import timezone

from backoffice.core import locks
from backoffice.core.db import rows
from backoffice.core.models import JournalEntry, JournalHead

# what is hashed, in this order; an export names them so (core/inspection)
HASHED = (
    "previous_hash", "branch", "sequence", "at", "employee", "action", "object_type", "object_id", "version", "data",
)  # fmt: skip
MOVE_HEAD = "WITH head AS (UPDATE core_journalhead SET sequence = %s, hash = %s WHERE branch_id = %s) "
HEAD = "SELECT sequence, hash FROM core_journalhead WHERE branch_id = %s FOR UPDATE"

_waiting: ContextVar[list[dict] | None] = ContextVar("journal_waiting", default=None)


@contextmanager
def at_the_end():
    """What is written inside waits until the end: for a service that joins several, each of which ends with a row.

    The journal's lock stays the last one so. Nothing is written when the block raises.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: list[dict] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    _append(waiting)


def write(*, branch_id: int, employee, action: str, about, version: int | None = None, data: dict | None = None):
    """Append one entry. `about` is the model instance it is about; data names people by id only. Lock: the last.

    Gives the entry, or None where it waits (at_the_end).
    """
    entry = {"branch_id": branch_id, "employee": employee, "action": action, "about": about, "version": version,
             "data": data}  # fmt: skip
    waiting = _waiting.get()
    if waiting is None:
        return _append([entry])[0]
    waiting.append(entry)
    return None


def _append(waiting: list[dict]) -> list[JournalEntry]:
    """Write the rows behind each other, each branch's in one go: two statements, however many rows."""
    written: list[JournalEntry] = []
    for branch_id in sorted({row["branch_id"] for row in waiting}):
        locks.note("journal")
        sequence, last = _head(branch_id)
        entries = []
        for row in waiting:
            if row["branch_id"] == branch_id:
                entries.append(_linked(sequence, last, **row))
                sequence, last = entries[-1].sequence, entries[-1].hash
        rows.insert(entries, (MOVE_HEAD, [sequence, last, branch_id]))
        written += entries
    return written


def _linked(sequence: int, last: str, *, branch_id: int, employee, action: str, about, version, data) -> JournalEntry:
    """The entry behind the one of this number and hash."""
    entry = JournalEntry(
        branch_id=branch_id,
        sequence=sequence + 1,
        at=timezone.now(),
        employee_id=employee.pk if employee else None,
        action=action,
        object_type=about._meta.label,
        object_id=str(about.pk),
        version=version,
        # as it will be read back (keys are text, a tuple is a list), for that is what must give the same hash
        data=json.loads(json.dumps(data or {})),
        previous_hash=last,
    )
    entry.hash = digest(entry)
    return entry


def _head(branch_id: int) -> tuple[int, str]:
    """Lock the head of the branch's chain, made where it is the first time: (sequence, hash)."""
    with connection.cursor() as cursor:
        cursor.execute(HEAD, [branch_id])
        found = cursor.fetchone()
        if found is None:
            JournalHead.objects.bulk_create([JournalHead(branch_id=branch_id)], ignore_conflicts=True)
            cursor.execute(HEAD, [branch_id])
            found = cursor.fetchone()
    return found


@transaction.atomic
def record(**entry):
    """Write an entry that stands by itself: a log-in, a question, an export."""
    return write(**entry)


def fields(entry: JournalEntry) -> list:
    """The values that are hashed, in the order of HASHED."""
    return [
        entry.previous_hash,
        entry.branch_id,
        entry.sequence,
        entry.at.isoformat(),
        entry.employee_id,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.version,
        entry.data,
    ]


def digest(entry: JournalEntry) -> str:
    """The SHA-256 over the previous hash and the entry's own fields, in a fixed order and spelling."""
    text = json.dumps(fields(entry), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
