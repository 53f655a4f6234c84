"""Wijzigen: opening, taking over, dropping an amendment, and taking over what was delivered meanwhile."""

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.core.http import posted_key
from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from sales import selectors, status
from sales.services import amending
from sales.services.editing import Claimed
from sales.views import answers


@right("sales.edit")
@require_POST
def amend(request, order_id):
    """Open the amendment; who is not the first is asked whether to take it over."""
    order = selectors.shown_order(request, order_id)
    take_over = bool(request.POST.get("take_over"))
    try:
        opened = amending.amend(order_id=order.pk, employee=request.user, take_over=take_over, key=posted_key(request))
    except Claimed as claimed:
        return _ask_to_take_over(request, order, claimed)
    return answers.go(request, reverse("sales:order", args=[opened.pk]))


def _ask_to_take_over(request, order, claimed: Claimed):
    ask = {
        "title": claimed.message.rstrip("."),
        "text": _("Neemt u de wijziging van order %(order)s over, dan gaat u verder met wat er al is ingevuld.")
        % {"order": order},
        "url": request.path,
        "key": new_key(),
        "fields": {"take_over": "1"},
        "yes": _("Overnemen"),
        "no": _("Sluiten"),
    }
    if request.headers.get("HX-Request"):
        return render(request, "parts/ask.html", ask, status=409)
    raise claimed


@right("sales.edit")
@require_http_methods(["GET", "POST"])
def discard_amendment(request, order_id):
    """Wijziging verwerpen: asks on GET, does it on POST."""
    amendment = selectors.shown_order(request, order_id, discarded=True)
    if request.method == "GET":
        status.guard(amendment, "discard_amendment")
        ask = {
            "title": _("Wijziging van order %(order)s verwerpen?") % {"order": amendment.amends},
            "text": _("De order blijft zoals hij is bevestigd."),
            "url": request.path,
            "key": new_key(),
            "danger": True,
        }
        return render(request, "parts/ask.html", ask)
    order = amending.discard_amendment(order_id=order_id, employee=request.user, key=posted_key(request))
    messages.success(request, _("De wijziging van %(order)s is verworpen.") % {"order": order})
    return answers.go(request, reverse("sales:order", args=[order.pk]))


@right("sales.edit")
@require_POST
def take_delivered(request, order_id):
    """Geleverde aantallen overnemen: the amendment gets at least what is delivered by now."""
    selectors.shown_order(request, order_id)
    order = amending.take_delivered(order_id=order_id, employee=request.user, key=posted_key(request))
    messages.success(request, _("De geleverde aantallen zijn overgenomen."))
    return answers.go(request, reverse("sales:order", args=[order.pk]))
