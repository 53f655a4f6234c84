"""The receipt by mail: a kassabon on the outbox like every paper, its PDF made of what the screen shows."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from backoffice.core.keys import keyed
from pos.models import Receipt
from pos.services.printing import known
from pos.slip import slip
from sales.documents import pdf
from sales.documents.models import MailTemplate, OutgoingMail
from sales.documents.services import mail_texts, mailing


@keyed("pos.mail_receipt")
def mail_receipt(*, receipt_id: int, recipient: str, request: str, employee) -> OutgoingMail:
    """Put the receipt on the outbox, to one address. request: the key of the form. Raises Refusal."""
    receipt = known(receipt_id, employee)
    text = mail_texts.proposal(receipt.order, MailTemplate.Kind.RECEIPT)
    return mailing.queue_mail(
        order_id=receipt.order_id, kind=MailTemplate.Kind.RECEIPT, recipient=recipient,
        subject=_("Kassabon %(number)s") % {"number": receipt.number} if not receipt.order.number else text.subject,
        body=text.body.replace(_("Beste ,"), _("Beste klant,")), subject_id=str(receipt.pk), request=request,
        employee=employee,
    )  # fmt: skip


def mailed(mail: OutgoingMail) -> tuple[str, bytes]:
    """The attachment (sales.documents.services.mailing.PAPERS): what the receipt said first.

    It says KOPIE where the receipt was given out before: by the printer of the till, or in an earlier mail.
    """
    receipt = Receipt.objects.get(pk=mail.subject_id)
    earlier = OutgoingMail.objects.filter(kind=mail.kind, subject_id=mail.subject_id, pk__lt=mail.pk or 0)
    given_out = receipt.print_state == Receipt.Print.PRINTED or receipt.copies or earlier.exists()
    shown = slip(receipt)
    values = {"slip": shown, "copy": bool(given_out), "logo": shown.branch.logo_url}
    return f"{receipt.number}.pdf", pdf.render_pdf(render_to_string("pos/receipt_paper.html", values))
