"""Lade open, cash to the safe and back, and the receipt by mail: dialogs of the till."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.core import http
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money
from backoffice.core.http import posted_key
from backoffice.core.input import InputError, parse_amount
from backoffice.core.keys import new_key
from payments.models import LedgerEntry
from payments.selectors import open_session_of
from payments.services import sessions
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
    return _opened(till, _("De lade is open."))


def _opened(till, message: str):
    """The dialog is done and the drawer opens, or the answer says why it does not."""
    answer = http.close_dialog(HttpResponse(status=204))
    try:
        if till.printer_host:
            printing.kick(till)
    except printing.NotPrinted as failure:
        return http.toast(answer, f"{failure.reason} {_('De lade is niet geopend.')}", "bad")
    return http.toast(answer, message)


@at_till("pos.use")
@require_http_methods(["GET", "POST"])
def cash(request):
    """Afstorten or bijvullen: cash to the safe, or change into the drawer, within the open session."""
    values = {"key": new_key(), "kind": LedgerEntry.Kind.DROP}
    if request.method == "GET":
        return render(request, "pos/_cash.html", values)
    values |= {name: request.POST.get(name, "") for name in ("kind", "amount", "reason")}
    try:
        session = open_session_of(request.till)
        if session is None:
            raise Refusal("payments.session_none", _("Open eerst de kassa."), "session")
        amount = parse_amount(values["amount"])
        sessions.move_cash(
            session_id=session.pk, amount=amount, reason=values["reason"][:120],
            kind=values["kind"], employee=request.user, key=posted_key(request),
        )  # fmt: skip
    except (InputError, Refusal) as error:
        return render(request, "pos/_cash.html", values | {"error": error.message}, status=422)
    dropped = values["kind"] == LedgerEntry.Kind.DROP
    words = _("%(amount)s is afgestort.") if dropped else _("%(amount)s is bijgevuld.")
    return _opened(request.till, words % {"amount": format_money(amount)})


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
