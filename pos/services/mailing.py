"""The receipt by mail: a kassabon on the outbox like every paper, its PDF made of what the screen shows."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from backoffice.core.keys import keyed
from pos import selectors
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
    """The attachment (sales.documents.services.mailing.PAPERS)."""
    receipt = Receipt.objects.select_related(*selectors.RECEIPT).get(pk=mail.subject_id)
    html = render_to_string("pos/receipt_paper.html", slip(receipt) | {"logo": pdf.logo_url(receipt.till.branch)})
    return f"{receipt.number}.pdf", pdf.render_pdf(html)
