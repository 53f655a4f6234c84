"""Lade open, and the receipt by mail: two dialogs of the till."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.core import http
from backoffice.core.errors import Refusal
from backoffice.core.http import posted_key
from backoffice.core.keys import new_key
from pos import selectors
from pos.middleware import at_till
from pos.services import drawer as service
from pos.services import mailing, printing
from sales.documents.services.mailing import address_of


@at_till("pos.drawer")
@require_http_methods(["GET", "POST"])
def drawer(request):
    """Why the drawer opens; then it does, or says why not."""
    if request.method == "GET":
        return render(request, "pos/_drawer.html", {"key": new_key()})
    typed = request.POST.get("reason", "")
    try:
        till = service.open_drawer(
            till_id=request.till.pk, reason=typed, employee=request.user, key=posted_key(request)
        )
    except Refusal as refusal:
        values = {"key": new_key(), "typed": typed, "error": refusal.message}
        return render(request, "pos/_drawer.html", values, status=422)
    answer = http.close_dialog(HttpResponse(status=204))
    try:
        printing.kick(till)
    except printing.NotPrinted as failure:
        return http.toast(answer, f"{failure.reason} {_('De lade is niet geopend.')}", "bad")
    return http.toast(answer, _("De lade is open."))


@at_till("documents.send")
@require_http_methods(["GET", "POST"])
def mail(request, receipt_id):
    """Mailen: to whom the receipt goes."""
    receipt = selectors.receipt_at(request.till, receipt_id)
    if receipt is None:
        raise Http404
    if request.method == "GET":
        values = {"receipt": receipt, "key": new_key(), "typed": address_of(receipt.order)}
        return render(request, "pos/_mail.html", values)
    typed = request.POST.get("recipient", "")
    try:
        mailing.mail_receipt(
            receipt_id=receipt.pk, recipient=typed, request=request.POST.get("key", ""), employee=request.user,
            key=posted_key(request),
        )  # fmt: skip
    except Refusal as refusal:
        values = {"receipt": receipt, "key": new_key(), "typed": typed, "error": refusal.message}
        return render(request, "pos/_mail.html", values, status=422)
    answer = http.close_dialog(HttpResponse(status=204))
    return http.toast(answer, _("De bon gaat naar %(address)s.") % {"address": typed.strip()})
