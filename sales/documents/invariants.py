"""What always holds of papers (docs/rules.md, Invariants): one query each, a sentence per breach."""

from backoffice.core.invariants import gapless, invariant
from sales.documents.models import PackingSlip

STUCK_MINUTES = 30


@invariant(8, "packing slip numbers have no gap")
def slip_numbers(cursor) -> list[str]:
    return gapless(cursor, "PB", PackingSlip._meta.db_table)


@invariant(16, "no outbox row is stuck")
def outbox(cursor) -> list[str]:
    """16: no message is stuck: each that waits is tried when it is due, and every mail has one message about it.

    One row per document, version, kind, recipient and request key is what the unique dedupe_key holds.
    """
    cursor.execute(
        "SELECT message.id, message.kind, now() - message.next_attempt_at FROM core_outboxmessage message"
        " WHERE message.status = 'waiting' AND message.next_attempt_at < now() - make_interval(mins => %s)"
        " ORDER BY message.id",
        [STUCK_MINUTES],
    )
    stuck = [f"outbox message {pk} ({kind}) has been due for {late}" for pk, kind, late in cursor.fetchall()]
    cursor.execute(
        "SELECT mail.id, message.status, mail.sent_at FROM documents_outgoingmail mail"
        " JOIN core_outboxmessage message ON message.id = mail.message_id"
        " WHERE message.kind <> 'mail' OR (message.status = 'sent') <> (mail.sent_at IS NOT NULL) ORDER BY mail.id"
    )
    return stuck + [f"mail {pk} is {status}, sent at {at}" for pk, status, at in cursor.fetchall()]
