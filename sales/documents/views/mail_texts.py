"""Beheer of mail texts."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.relations.rights import right
from backoffice.relations.views.pages import form_page, list_page
from sales.documents import wording
from sales.documents.forms import MailTextForm
from sales.documents.models import MailTemplate
from sales.documents.services import mail_texts as service


@right("documents.setup")
@require_GET
def mail_texts(request):
    stored = {row.kind: row for row in MailTemplate.objects.all()}
    rows = [
        {
            "url": reverse("documents:mail_text", args=[kind]),
            "cells": [
                label,
                (stored.get(kind) or service.standard(kind)).subject,
                _("eigen tekst") if kind in stored else _("standaardtekst"),
            ],
        }
        for kind, label in MailTemplate.Kind.choices
    ]
    columns = [_("Document"), _("Onderwerp"), _("Tekst")]
    return list_page(request, title=_("Mailteksten"), columns=columns, rows=rows, new_url="")


@right("documents.setup")
@require_http_methods(["GET", "POST"])
def mail_text(request, kind):
    if kind not in MailTemplate.Kind.values:
        raise Http404
    row = service.text_of(kind)
    return form_page(
        request, form=MailTextForm(request.POST or None, instance=row), title=row.get_kind_display(),
        template="setup/mail_text.html", back=(_("Mailteksten"), reverse("documents:mail_texts")),
        save=lambda form, key: _save(request, form, kind, key), placeholders=wording.PLACEHOLDERS.items(),
    )  # fmt: skip


def _save(request, form, kind, key):
    return service.save(
        kind=kind, branch_id=request.branch_id, employee=request.user, key=key,
        subject=form.cleaned_data["subject"], body=form.cleaned_data["body"],
    )  # fmt: skip
