"""The outbox: work that follows a commit (mail, receipts), put in by the cause's transaction, taken out by a worker.

Each try is written down before it is made: the row already says when the next one is due. So a worker that is killed
leaves nothing to clean up. waits: seconds until the next try, after the first, the second ...; the last is the longest,
and whoever failed once more than there are waits has failed for good.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from backoffice.core.models import OutboxMessage

Status = OutboxMessage.Status


def put(kind: str, dedupe_key: str, **payload) -> OutboxMessage:
    """Add a message that is due at once, inside the caller's transaction, which also defers the kind's task."""
    return OutboxMessage.objects.create(
        kind=kind, dedupe_key=dedupe_key, payload=payload, next_attempt_at=timezone.now()
    )


def claim(kind: str, waits: Sequence[float]) -> OutboxMessage | None:
    """Take what has been due longest: its try counts, and the next one is due later. Index: outbox_waiting."""
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(kind=kind, status=Status.WAITING, next_attempt_at__lte=timezone.now())
            .order_by("next_attempt_at", "pk")
            .first()
        )
        if message is None:
            return None
        message.next_attempt_at = timezone.now() + timedelta(seconds=waits[min(message.attempts, len(waits) - 1)])
        message.attempts += 1
        message.save(update_fields=["attempts", "next_attempt_at"])
        return message


def hold(message: OutboxMessage) -> bool:
    """Lock a claimed message for its try; False where somebody else has it, or it was asked for again."""
    mine = OutboxMessage.objects.select_for_update(skip_locked=True).filter(
        pk=message.pk, status=Status.WAITING, attempts=message.attempts
    )
    return mine.first() is not None


def sent(message: OutboxMessage) -> None:
    """It went out; nobody tries again."""
    OutboxMessage.objects.filter(pk=message.pk).update(status=Status.SENT, last_error="")


def failed(message: OutboxMessage, reason: str, waits: Sequence[float], *, for_good: bool = False) -> bool:
    """The claimed try failed, for a reason in words; gives whether it was the last one.

    for_good: trying again is of no use. What another worker did with the message since stays as it is.
    """
    over = for_good or message.attempts > len(waits)
    OutboxMessage.objects.filter(pk=message.pk, attempts=message.attempts, status=Status.WAITING).update(
        status=Status.FAILED if over else Status.WAITING, last_error=reason
    )
    return over


def again(message_id: int, **also) -> bool:
    """Let it be tried anew, now; False where it was sent or is gone. also: what else changes of the row."""
    unsent = OutboxMessage.objects.filter(pk=message_id).exclude(status=Status.SENT)
    return bool(unsent.update(status=Status.WAITING, attempts=0, next_attempt_at=timezone.now(), **also))
