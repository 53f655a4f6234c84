"""What mails say when a customer is erased: to whom and what is blanked, that there was one stays."""

from django.utils.translation import gettext as _

from backoffice.core.models import OutboxMessage
from backoffice.relations.models import Customer
from backoffice.relations.services import anonymising
from sales.documents.models import OutgoingMail

Status = OutboxMessage.Status


def forget_mails(customer: Customer) -> None:
    """Blank recipient, subject, text and what the mail server said; what still waits is not sent any more."""
    mails = OutgoingMail.objects.filter(order__customer=customer)
    messages = OutboxMessage.objects.filter(mail__in=mails)
    messages.filter(status=Status.WAITING).update(status=Status.FAILED)
    messages.exclude(status=Status.SENT).update(last_error=_("De debiteur is geanonimiseerd."))
    mails.update(recipient=anonymising.NAME, subject="", body="")
