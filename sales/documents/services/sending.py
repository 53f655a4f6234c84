"""The worker's part of mail: claim what is due, make its paper, send it, and write down what came of it.

While the mail server is spoken to the row of the outbox is locked, and whoever else wants it passes it by. SMTP knows
no transaction: a worker that dies between the server's yes and our commit sends it once more, under the same
Message-ID, by which a mailbox knows it for the same mail.
"""

import logging
import smtplib
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import outbox
from sales.documents.models import OutgoingMail
from sales.documents.services.mailing import KIND, PAPERS, off, sender_name

log = logging.getLogger(__name__)
PERMANENT = range(500, 600)
# our own set-up is wrong, which somebody mends: no fault of the mail
OURS = (smtplib.SMTPAuthenticationError,)


def send_due() -> int:
    """Send every mail that is due, one by one; gives how many were tried."""
    tried = 0
    while (mail := claim()) is not None:
        attempt(mail)
        tried += 1
    return tried


def claim() -> OutgoingMail | None:
    """Take the mail that has been due longest; its message counts the try."""
    message = outbox.claim(KIND, settings.MAIL_RETRY_SECONDS)
    if message is None:
        return None
    mail = OutgoingMail.objects.select_related("order__branch", "employee").get(message=message)
    mail.message = message
    return mail


def attempt(mail: OutgoingMail) -> None:
    """One try of a claimed mail, and what came of it."""
    if told := off():
        return _failed(mail, told)
    try:
        letter = written(mail)
    except Exception:
        log.exception("The paper of mail %s cannot be made", mail.pk)
        return _failed(mail, _("Het document kon niet worden gemaakt."))
    with transaction.atomic():
        if not outbox.hold(mail.message):
            return None
        try:
            letter.send()
        except Exception as error:
            reason, permanent = why(error)
            log.warning("Mail %s was not sent: %s", mail.pk, reason)
            return _failed(mail, reason, permanent=permanent)
        outbox.sent(mail.message)
        OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())
    return None


def written(mail: OutgoingMail) -> EmailMessage:
    """The mail as it goes out: from the shop, answers to the branch, its paper attached."""
    name, content = PAPERS[mail.kind](mail)
    branch = mail.order.branch
    _shop, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    letter = EmailMessage(
        subject=mail.subject,
        body=mail.body,
        from_email=formataddr((sender_name(branch), address)),
        to=[mail.recipient],
        reply_to=[formataddr((branch.name, branch.email))] if branch.email else None,
        headers={"Message-ID": f"<{mail.message_id}.{mail.created_at:%Y%m%d%H%M%S}@{address.partition('@')[2]}>"},
    )
    letter.attach(name, content, "application/pdf")
    return letter


def why(error: Exception) -> tuple[str, bool]:
    """(the reason in words, whether trying again is of no use)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        said = "; ".join(_said(*answer) for answer in error.recipients.values())
        if all(code in PERMANENT for code in codes):
            return _("Het adres is geweigerd door de mailserver: %(said)s") % {"said": said}, True
        return _("De mailserver neemt het adres nog niet aan: %(said)s") % {"said": said}, False
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _("De mailserver kan dit adres niet aan."), True
    if isinstance(error, smtplib.SMTPResponseException):
        said = _said(error.smtp_code, error.smtp_error)
        permanent = error.smtp_code in PERMANENT and not isinstance(error, OURS)
        return _("De mailserver weigert de mail: %(said)s") % {"said": said}, permanent
    if isinstance(error, (OSError, smtplib.SMTPException)):
        return _("De mailserver is niet bereikbaar."), False
    log.exception("A mail could not be sent")
    return _("De mail kon niet worden verzonden."), False


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"[:300]


def _failed(mail: OutgoingMail, reason: str, *, permanent: bool = False) -> None:
    outbox.failed(mail.message, reason, settings.MAIL_RETRY_SECONDS, for_good=permanent)
