"""Mailen: what is said and to whom stands in the order's transaction; the worker sends it (sending.py)."""

import hashlib
import uuid
from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext as _

from backoffice.core import jobs, journal, outbox
from backoffice.core.errors import NotFound, Refusal
from backoffice.core.input import InputError, clean_text
from backoffice.core.keys import keyed
from backoffice.relations.models import Branch
from backoffice.relations.rights import access_of
from backoffice.relations.validators import clean_email
from sales.documents.models import MailTemplate, OutgoingMail
from sales.documents.reading import locked_order
from sales.models import SalesOrder

KIND = "mail"  # of the outbox messages that are mails
# how the paper of each kind is made: file name and PDF; filled by the floor that has the paper, when it is ready
PAPERS: dict[str, Callable[[OutgoingMail], tuple[str, bytes]]] = {}


@keyed("documents.mail.queue")
def queue_mail(
    *,
    order_id: int,
    kind: str,
    recipient: str,
    subject: str,
    body: str,
    employee,
    subject_id: str = "",
    request: str = "",
) -> OutgoingMail:
    """Put a mail about the order on the outbox, at the order's present version; the worker sends it.

    kind: one of PAPERS; recipient: one address; subject_id: what the paper is of, where it is not the order itself.
    request: the key of the form, so that one form is one message whatever wraps this service. Raises Refusal with the
    field that is wrong, and where no mail leaves at all; nothing is kept then.
    """  # fmt: skip
    if told := off():
        raise Refusal("mail.off", told)
    recipient, subject, body = checked(recipient, subject, body)
    if kind not in PAPERS:
        raise Refusal("mail.kind", _("Dit document kan niet worden gemaild."))
    action = "mail_receipt" if kind == MailTemplate.Kind.RECEIPT else "mail"
    order = locked_order(order_id, employee, "documents.send", action)
    message = outbox.put(KIND, dedupe_key(order, kind, subject_id, recipient, request or str(uuid.uuid4())))
    mail = OutgoingMail.objects.create(
        order=order,
        message=message,
        kind=kind,
        version=order.version,
        subject_id=subject_id,
        recipient=recipient,
        subject=subject,
        body=body,
        employee=employee,
    )
    jobs.defer("send_mail")
    record(mail, "documents.mail.queued", employee)
    return mail


@keyed("documents.mail.retry", result=("documents.OutgoingMail", "mail_id"))
def retry_mail(*, mail_id: int, employee) -> OutgoingMail:
    """Opnieuw: a mail that failed, or waits for its next try, is sent now. Raises Refusal when it was sent."""
    if told := off():
        raise Refusal("mail.off", told)
    mail = OutgoingMail.objects.select_related("order", "message").filter(pk=mail_id).first()
    if mail is None or not access_of(employee).can("documents.send", mail.order.branch_id):
        raise NotFound("mail.unknown", _("Deze mail is er niet, of hoort bij een ander filiaal."))
    if not outbox.again(mail.message_id, last_error=""):
        raise Refusal("mail.sent", _("Deze mail is al verzonden."))
    jobs.defer("send_mail")
    record(mail, "documents.mail.retried", employee)
    return mail


def off() -> str:
    """Why no mail leaves this shop at all, or nothing: said before somebody types a mail, and when one is sent."""
    if not settings.MAIL_OFF:
        return ""
    return _("Er gaat geen mail uit: er is geen mailserver ingesteld. Druk het document af, of vraag de beheerder.")


def checked(recipient: str, subject: str, body: str) -> tuple[str, str, str]:
    """What was typed, as it is kept. Raises Refusal at the field that is wrong."""
    read: dict[str, tuple[Callable[[], str], str]] = {
        "recipient": (lambda: clean_email(recipient), _("Vul het e-mailadres in.")),
        "subject": (lambda: clean_text(subject, max_length=200), _("Vul het onderwerp in.")),
        "body": (lambda: clean_text(body, max_length=4000, multiline=True), _("Vul de tekst in.")),
    }
    values = []
    for field, (clean, empty) in read.items():
        try:
            value = clean()
        except InputError as error:
            raise Refusal(f"mail.{field}", error.message, field) from error
        if not value.strip():
            raise Refusal(f"mail.{field}", empty, field)
        values.append(value)
    return values[0], values[1], values[2]


def dedupe_key(order: SalesOrder, kind: str, subject_id: str, recipient: str, request: str) -> str:
    """One message per document, version, kind, recipient and request key (invariant 16)."""
    who = hashlib.sha256(f"{recipient.lower()}\n{request}".encode()).hexdigest()[:40]
    return f"mail/{order.pk}/{order.version}/{kind}/{subject_id}/{who}"


def record(mail: OutgoingMail, action: str, employee) -> None:
    """Journal it about the order; the address stands in the mail alone, which can be erased."""
    journal.write(
        branch_id=mail.order.branch_id,
        employee=employee,
        action=action,
        about=mail.order,
        version=mail.version,
        data={"mail": mail.pk, "kind": mail.kind, "subject_id": mail.subject_id},
    )


def address_of(order: SalesOrder) -> str:
    """Where mail about the order goes: as agreed on it, else what the customer has now; empty when neither."""
    return order.customer_email or (order.customer.email if order.customer else "")


def sender_name(branch: Branch) -> str:
    return branch.company or branch.name
