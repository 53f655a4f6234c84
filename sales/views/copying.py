"""Kopiëren and Omzetten in order."""

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backoffice.core.http import posted_key
from backoffice.relations.rights import right
from sales import selectors
from sales.services import copying
from sales.views import answers


@right("sales.edit")
@require_POST
def copy(request, order_id):
    source = selectors.shown_order(request, order_id)
    order = copying.copy(order_id=source.pk, employee=request.user, key=posted_key(request))
    messages.success(request, _("Gekopieerd met de verkoopprijzen van vandaag, zonder kortingen."))
    if left_out := getattr(order, "left_out", []):
        messages.warning(request, _("Niet meer te verkopen en weggelaten: %s.") % ", ".join(left_out))
    return answers.go(request, reverse("sales:order", args=[order.pk]))


@right("sales.edit")
@require_POST
def convert(request, order_id):
    quotation = selectors.shown_order(request, order_id)
    order = copying.convert(order_id=quotation.pk, employee=request.user, key=posted_key(request))
    words = {"quotation": quotation, "order": order}
    messages.success(request, _("Offerte %(quotation)s is nu order %(order)s.") % words)
    answers.tell_short(request, order)
    return answers.go(request, reverse("sales:order", args=[order.pk]))
