"""Beheer of what an order chooses from: Soort and Leverwijze."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.core.formats import format_percent
from backoffice.relations.rights import right
from backoffice.relations.views.pages import form_page, list_page, saver
from sales.forms_setup import DeliveryMethodForm, OrderTypeForm
from sales.models import DeliveryMethod, OrderType


@right("setup")
@require_GET
def order_types(request):
    rows = [
        {
            "url": reverse("sales:order_type", args=[row.pk]),
            "cells": [
                row.name,
                row.get_vat_mode_display(),
                _("ja") if row.may_cancel else _("nee"),
                format_percent(row.deposit_percent) if row.deposit_percent else "",
            ],
            "active": row.active,
        }
        for row in OrderType.objects.all()
    ]
    columns = [_("Naam"), _("BTW"), _("Annuleren toegestaan"), _("Verplichte aanbetaling")]
    return list_page(request, title=_("Soorten"), columns=columns, rows=rows, new_url=reverse("sales:order_type_new"))


@right("setup")
@require_http_methods(["GET", "POST"])
def order_type(request, pk=None):
    row = get_object_or_404(OrderType, pk=pk) if pk is not None else None
    return form_page(
        request, form=OrderTypeForm(request.POST or None, instance=row), title=row.name if row else _("Nieuwe soort"),
        back=(_("Soorten"), reverse("sales:order_types")), save=saver(request, "sales.OrderType", pk),
        template="setup/order_type.html",
    )  # fmt: skip


@right("setup")
@require_GET
def delivery_methods(request):
    rows = [
        {
            "url": reverse("sales:delivery_method", args=[row.pk]),
            "cells": [row.name, row.get_kind_display(), row.till_text],
            "active": row.active,
        }
        for row in DeliveryMethod.objects.all()
    ]
    columns = [_("Naam"), _("Wijze"), _("Tekst op de kassaknop")]
    return list_page(
        request, title=_("Leverwijzen"), columns=columns, rows=rows, new_url=reverse("sales:delivery_method_new")
    )


@right("setup")
@require_http_methods(["GET", "POST"])
def delivery_method(request, pk=None):
    row = get_object_or_404(DeliveryMethod, pk=pk) if pk is not None else None
    return form_page(
        request, form=DeliveryMethodForm(request.POST or None, instance=row),
        title=row.name if row else _("Nieuwe leverwijze"), back=(_("Leverwijzen"), reverse("sales:delivery_methods")),
        save=saver(request, "sales.DeliveryMethod", pk),
    )  # fmt: skip
