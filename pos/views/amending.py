"""An opened order that is changed at the till: begin or take over, confirm, and drop the change."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.core.http import posted_key
from backoffice.core.keys import new_key
from pos.middleware import at_till
from pos.services import amending
from pos.views import answers
from pos.views.baskets import whole
from pos.views.lines import here
from sales.services.editing import Claimed
from sales.services.shown import ChangedMeanwhile


@at_till("sales.edit")
@require_POST
def amend(request):
    """Wijzigen: the lines can be changed from now on. Somebody else who is changing them is named, and may be asked."""
    take_over = bool(request.POST.get("take_over"))
    try:
        amending.amend(till_id=request.till.pk, employee=request.user, take_over=take_over, key=posted_key(request))
    except Claimed as refusal:
        return answers.ask_take_over(
            request, title=_("Wijziging overnemen?"), text=refusal.message, url=request.path, fields={}
        )
    return whole(request)


@at_till("sales.edit")
@require_POST
def confirm(request):
    """Verkooporder bevestigen; Afrekenen does the same and goes on to the payment."""
    try:
        amending.confirm(
            till_id=request.till.pk, employee=request.user, shown=request.POST.get("shown", ""), key=posted_key(request)
        )
    except ChangedMeanwhile as changed:
        kept = {"checkout": "1"} if "checkout" in request.POST else {}
        return answers.ask_changed(request, here(request), changed, kept)
    return whole(request, "pos:checkout" if "checkout" in request.POST else "pos:till")


@at_till("sales.edit")
@require_http_methods(["GET", "POST"])
def discard(request):
    """Wijziging verwerpen: asks on GET."""
    if request.method == "GET":
        values = {
            "title": _("Wijziging verwerpen?"), "text": _("De order blijft zoals hij was."), "url": request.path,
            "key": new_key(), "danger": True,
        }  # fmt: skip
        return render(request, "parts/ask.html", values)
    amending.discard(till_id=request.till.pk, employee=request.user, key=posted_key(request))
    return whole(request)
