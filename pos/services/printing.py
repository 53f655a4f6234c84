"""Receipts on their way to the printer of the till: queued with the sale, sent by the worker, never in its way."""

import logging
import socket
import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.core.models import OutboxMessage
from backoffice.relations.models import Till
from backoffice.relations.rights import access_of
from payments.models import TillSession
from pos import escpos, selectors, tasks
from pos.day_report import day_report
from pos.models import Receipt
from pos.slip import slip

log = logging.getLogger(__name__)
KIND = "receipt"
Status, Print = OutboxMessage.Status, Receipt.Print
TIMEOUT = 3  # seconds; a printer that hangs holds no sale, and no other printer for long
RETRY_SECONDS = (5, 20)


class NotPrinted(Exception):
    """Why it did not print; retry: nothing of it can have come out."""

    def __init__(self, reason: str, retry: bool):
        super().__init__(reason)
        self.reason, self.retry = reason, retry


def queue(receipt: Receipt) -> None:
    """Let the worker print the receipt, inside the transaction of its sale; nothing where the till has no printer."""
    if not receipt.till.printer_host:
        return
    receipt.print_state = Print.WAITING
    OutboxMessage.objects.create(
        kind=KIND,
        dedupe_key=f"receipt:{receipt.pk}:{receipt.copies}",
        payload={"receipt": receipt.pk, "copy": receipt.copies > 0},
        next_attempt_at=timezone.now(),
    )
    tasks.print_receipts.defer()


def queue_report(session: TillSession, *, copy: bool) -> None:
    """Let the worker print the Z report of a closed session, inside the caller's transaction."""
    if not session.till.printer_host:
        return
    OutboxMessage.objects.create(
        kind=KIND,
        dedupe_key=f"z:{session.pk}:{uuid.uuid4()}" if copy else f"z:{session.pk}",
        payload={"session": session.pk, "copy": copy},
        next_attempt_at=timezone.now(),
    )
    tasks.print_receipts.defer()


@keyed("pos.reprint", result=("pos.Receipt", "receipt_id"))
def reprint(*, receipt_id: int, employee) -> Receipt:
    """A copy of a receipt: it says KOPIE, is counted and journalled; printed where the till has a printer."""
    receipt = known(receipt_id, employee)
    receipt.copies += 1
    queue(receipt)
    receipt.save(update_fields=["copies", "print_state"])
    journal.write(
        branch_id=receipt.till.branch_id, employee=employee, action="till.receipt_copied", about=receipt,
        data={"number": receipt.number, "copy": receipt.copies},
    )  # fmt: skip
    return receipt


def known(receipt_id: int, employee) -> Receipt:
    """The receipt, locked. Raises Refusal for one of a branch where the employee has no till."""
    receipts = Receipt.objects.select_for_update(of=("self",)).select_related(*selectors.RECEIPT)
    receipt = receipts.filter(pk=receipt_id).first()
    if receipt is None or not access_of(employee).can("pos.use", receipt.till.branch_id):
        raise Refusal("receipt.unknown", _("Deze bon is er niet, of hoort bij een ander filiaal."))
    return receipt


def kick(till) -> None:
    """Open the drawer of the till now or never: one that opens later opens unseen. Raises NotPrinted."""
    send(till, escpos.kick())


def print_due() -> int:
    """Print every receipt that is due, one by one; gives how many were tried."""
    tried = 0
    while (message := _claim()) is not None:
        _attempt(message)
        tried += 1
    return tried


def _claim() -> OutboxMessage | None:
    """Take the receipt that has been due longest; its next try is due later. Index: outbox_waiting."""
    with transaction.atomic():
        waiting = OutboxMessage.objects.select_for_update(skip_locked=True).filter(
            kind=KIND, status=Status.WAITING, next_attempt_at__lte=timezone.now()
        )
        message = waiting.order_by("next_attempt_at", "pk").first()
        if message is None:
            return None
        wait = RETRY_SECONDS[min(message.attempts, len(RETRY_SECONDS) - 1)]
        message.attempts += 1
        message.next_attempt_at = timezone.now() + timedelta(seconds=wait)
        message.save(update_fields=["attempts", "next_attempt_at"])
        return message


def _attempt(message: OutboxMessage) -> None:
    till, name, content = _report(message) if "session" in message.payload else _receipt(message)
    try:
        send(till, content)
    except NotPrinted as failure:
        over = not failure.retry or message.attempts > len(RETRY_SECONDS)
        log.warning("%s was not printed: %s", name, failure.reason)
        _told(
            message, Status.FAILED if over else Status.WAITING, Print.FAILED if over else Print.WAITING, failure.reason
        )
    else:
        _told(message, Status.SENT, Print.PRINTED, "")


def _receipt(message: OutboxMessage) -> tuple[Till, str, bytes]:
    receipt = Receipt.objects.select_related("till").get(pk=message.payload["receipt"])
    copy, shown = message.payload["copy"], slip(receipt)
    content = escpos.render(shown, columns=receipt.till.paper_columns, copy=copy, drawer=shown.cash and not copy)
    return receipt.till, f"Receipt {receipt.number}", content


def _report(message: OutboxMessage) -> tuple[Till, str, bytes]:
    sessions = TillSession.objects.select_related("till__branch", "opened_by", "closed_by", "report")
    session = sessions.get(pk=message.payload["session"])
    content = escpos.render_report(
        day_report(session), columns=session.till.paper_columns, copy=message.payload["copy"]
    )
    return session.till, f"Z report {session.z_number}", content


def _told(message: OutboxMessage, status: str, print_state: str, error: str) -> None:
    with transaction.atomic():
        OutboxMessage.objects.filter(pk=message.pk).update(status=status, last_error=error)
        Receipt.objects.filter(pk=message.payload.get("receipt")).update(
            print_state=print_state, print_error=error[:200]
        )


def send(till, content: bytes) -> None:
    """Send bytes to the printer of the till. Raises NotPrinted; only what cannot have printed may be tried again."""
    try:
        line = socket.create_connection((till.printer_host, till.printer_port), timeout=TIMEOUT)
    except OSError as error:
        raise NotPrinted(_("De printer is niet bereikbaar."), retry=True) from error
    with line:
        line.settimeout(TIMEOUT)
        try:
            line.sendall(content)
            line.shutdown(socket.SHUT_WR)
            line.recv(1)  # the printer closes the line when it has everything
        except TimeoutError as error:
            raise NotPrinted(_("De printer antwoordt niet. Kijk of de bon is afgedrukt."), retry=False) from error
        except OSError as error:
            raise NotPrinted(
                _("De verbinding met de printer viel weg. Kijk of de bon is afgedrukt."), retry=False
            ) from error
