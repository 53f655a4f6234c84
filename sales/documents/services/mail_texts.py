"""Beheer of mail texts: one per kind of document; until the shop writes its own, the standard one holds."""

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.services import setup
from sales.documents import wording
from sales.documents.models import MailTemplate


def text_of(kind: str) -> MailTemplate:
    """The shop's text, else the standard one (not stored)."""
    return MailTemplate.objects.filter(kind=kind).first() or standard(kind)


def standard(kind: str) -> MailTemplate:
    return MailTemplate(kind=kind, **wording.standard(kind)._asdict())


def proposal(order, kind: str) -> wording.Text:
    """Subject and text of a mail about the order, filled in; the subject as long as it may be."""
    text, values = text_of(kind), wording.values_of(order)
    return wording.Text(wording.filled(text.subject, values)[:200], wording.filled(text.body, values))


@keyed("documents.mail_text.save")
def save(*, kind: str, subject: str, body: str, branch_id: int | None, employee) -> MailTemplate:
    """Keep the shop's own text. Raises Refusals at the field with a placeholder that does not exist."""
    setup.guard(employee)
    if kind not in MailTemplate.Kind.values:
        raise Refusal("mail.kind", _("Dit document kan niet worden gemaild."))
    MailTemplate.objects.bulk_create([standard(kind)], ignore_conflicts=True)
    row = MailTemplate.objects.get(kind=kind)
    values = {"subject": subject, "body": body}
    saved = setup.save(
        label="documents.MailTemplate", row_id=row.pk, values=values, branch_id=branch_id, employee=employee
    )
    return MailTemplate.objects.get(pk=saved.pk)
