"""The electronic journal: one hash chain per branch, written inside the transaction of what it records."""

import hashlib
import json
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction
from django.utils import timezone

from backoffice.core import locks
from backoffice.core.models import JournalEntry, JournalHead

# what is hashed, in this order; an export names them so (core/inspection)
HASHED = (
    "previous_hash", "branch", "sequence", "at", "employee", "action", "object_type", "object_id", "version", "data",
)  # fmt: skip


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


def _append(rows: list[dict]) -> list[JournalEntry]:
    """Write the rows behind each other, each branch's in one go: three statements, however many rows."""
    written: list[JournalEntry] = []
    for branch_id in sorted({row["branch_id"] for row in rows}):
        head = _locked_head(branch_id)
        entries = []
        for row in rows:
            if row["branch_id"] == branch_id:
                entries.append(_linked(head, **row))
        JournalEntry.objects.bulk_create(entries)
        JournalHead.objects.filter(pk=branch_id).update(sequence=head.sequence, hash=head.hash)
        written += entries
    return written


def _locked_head(branch_id: int) -> JournalHead:
    locks.note("journal")
    heads = JournalHead.objects.select_for_update()
    head = heads.filter(branch_id=branch_id).first()
    if head is None:
        JournalHead.objects.bulk_create([JournalHead(branch_id=branch_id)], ignore_conflicts=True)
        head = heads.get(branch_id=branch_id)
    return head


def _linked(head: JournalHead, *, branch_id: int, employee, action: str, about, version, data) -> JournalEntry:
    """The entry behind the head, which moves on to it."""
    entry = JournalEntry(
        branch_id=branch_id,
        sequence=head.sequence + 1,
        at=timezone.now(),
        employee_id=employee.pk if employee else None,
        action=action,
        object_type=about._meta.label,
        object_id=str(about.pk),
        version=version,
        # as it will be read back (keys are text, a tuple is a list), for that is what must give the same hash
        data=json.loads(json.dumps(data or {})),
        previous_hash=head.hash,
    )
    head.sequence, head.hash = entry.sequence, digest(entry)
    entry.hash = head.hash
    return entry


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
