"""Receipts on their way to the printer of the till: queued with the sale, sent by the worker, never in its way."""

import logging
import socket
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.core import jobs, journal, outbox
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.core.models import OutboxMessage
from backoffice.relations.models import Till
from backoffice.relations.rights import access_of
from payments.models import TillSession
from pos import escpos, selectors
from pos.day_report import day_report
from pos.models import Receipt
from pos.slip import slip

log = logging.getLogger(__name__)
KIND = "receipt"
Print = Receipt.Print
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
    outbox.put(KIND, f"receipt:{receipt.pk}:{receipt.copies}", receipt=receipt.pk, copy=receipt.copies > 0)
    jobs.defer("print_receipts")


def queue_report(session: TillSession, *, copy: bool) -> None:
    """Let the worker print the Z report of a closed session, inside the caller's transaction."""
    if not session.till.printer_host:
        return
    key = f"z:{session.pk}:{uuid.uuid4()}" if copy else f"z:{session.pk}"
    outbox.put(KIND, key, session=session.pk, copy=copy)
    jobs.defer("print_receipts")


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
    while (message := outbox.claim(KIND, RETRY_SECONDS)) is not None:
        _attempt(message)
        tried += 1
    return tried


def _attempt(message: OutboxMessage) -> None:
    till, name, content = _report(message) if "session" in message.payload else _receipt(message)
    try:
        send(till, content)
    except NotPrinted as failure:
        log.warning("%s was not printed: %s", name, failure.reason)
        with transaction.atomic():
            over = outbox.failed(message, failure.reason, RETRY_SECONDS, for_good=not failure.retry)
            _mark(message, Print.FAILED if over else Print.WAITING, failure.reason)
    else:
        with transaction.atomic():
            outbox.sent(message)
            _mark(message, Print.PRINTED, "")


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


def _mark(message: OutboxMessage, print_state: str, error: str) -> None:
    """Write on the receipt what came of it; nothing for a report."""
    receipts = Receipt.objects.filter(pk=message.payload.get("receipt"))
    receipts.update(print_state=print_state, print_error=error[:200])


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
