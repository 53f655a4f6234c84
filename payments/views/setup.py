"""Beheer of payment methods (betaalwijzen)."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.relations.rights import right
from backoffice.relations.views.pages import form_page, list_page, saver
from payments.forms_setup import PaymentMethodForm
from payments.models import PaymentMethod


@right("setup")
@require_GET
def methods(request):
    yes_no = {True: _("ja"), False: _("nee")}
    rows = [
        {
            "url": reverse("payments:method", args=[row.pk]),
            "cells": [
                row.name,
                row.get_kind_display(),
                yes_no[row.at_desk],
                yes_no[row.at_till],
                ", ".join(branch.name for branch in row.branches.all()) or _("alle"),
            ],
            "active": row.active,
        }
        for row in PaymentMethod.objects.prefetch_related("branches")
    ]
    columns = [_("Naam"), _("Wijze"), _("In de backoffice"), _("Aan de kassa"), _("Filialen")]
    return list_page(
        request, title=_("Betaalwijzen"), columns=columns, rows=rows, new_url=reverse("payments:method_new")
    )


@right("setup")
@require_http_methods(["GET", "POST"])
def method(request, pk=None):
    row = get_object_or_404(PaymentMethod, pk=pk) if pk is not None else None
    return form_page(
        request, form=PaymentMethodForm(request.POST or None, instance=row),
        title=row.name if row else _("Nieuwe betaalwijze"), back=(_("Betaalwijzen"), reverse("payments:methods")),
        save=saver(request, "payments.PaymentMethod", pk),
    )  # fmt: skip
