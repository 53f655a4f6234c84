"""Order annuleren and an amendment below what is paid: where does each euro go?"""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.core.errors import Refusal
from backoffice.core.http import posted_int, posted_key
from backoffice.core.input import InputError, parse_amount
from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from payments.dialogs import givebacks
from payments.services import cancelling
from sales import selectors, status
from sales.services import cancelling as sales_cancelling
from sales.services.editing import check_not_amended
from sales.views import answers
from sales.views.cancelling import dialog_context, more_lines, read_quantities, read_reason


@right("sales.cancel")
@require_http_methods(["GET", "POST"])
def cancel(request, order_id):
    """Order annuleren: asks on GET, with a place for every euro where the order holds money; does it on POST."""
    order = selectors.shown_order(request, order_id)
    if request.method == "GET":
        status.guard(order, "cancel")
        sales_cancelling.check_may_cancel(order, request.user)
        check_not_amended(order)
        return more_lines(request, order) if "vanaf" in request.GET else _dialog(request, order, None)
    quantities = None
    try:
        quantities = read_quantities(request, order) if request.POST.get("part") else None
        shown = givebacks.sheet(order, None, request.POST)
        amounts, session_id = givebacks.read(request, shown)
        done = cancelling.cancel(
            order_id=order.pk, employee=request.user, amounts=amounts, quantities=quantities,
            reason=read_reason(request), session_id=session_id, seen_paid=seen(request), key=posted_key(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _dialog(request, selectors.shown_order(request, order_id), quantities, refusal)
    what = done.get_status_display().lower()
    messages.success(request, _("Order %(order)s is %(what)s.") % {"order": done, "what": what})
    return answers.go(request, reverse("sales:order", args=[order.pk]))


def _dialog(request, order, quantities, refusal: Refusal | None = None):
    values = dialog_context(request, order, refusal)
    template = "sales/cancel.html"
    if order.paid_total.amount:
        over = givebacks.over_after_cancel(order, selectors.lines_of(order), quantities)
        # other pieces, another sum: what was typed for the earlier one is of no use
        typed = None if refusal and refusal.code == "payments.not_all" and quantities is not None else request.POST
        values |= money_context(order, over, typed, refusal)
        template = "payments/cancel.html"
    return render(request, template, values, status=refusal.status if refusal else 200)


def money_context(order, over, typed, refusal: Refusal | None = None) -> dict:
    """What templates/payments/_give_back.html shows."""
    shown = givebacks.sheet(order, over, typed or None)
    wrong = {each.field: each.message for each in getattr(refusal, "all", [refusal] if refusal else [])}
    for place in shown.places:
        place.error = wrong.get(place.name, "")
    return {"sheet": shown, "stale": refusal if refusal and refusal.code == "stale" else None}


def seen(request):
    """What the form showed as paid; None where that is not said, or cannot be read."""
    try:
        return parse_amount(request.POST.get("seen"), minimum=None)
    except InputError:
        return None


@right("sales.edit")
@require_http_methods(["GET", "POST"])
def settle_amendment(request, order_id):
    """Verkooporder bevestigen on an amendment whose total is below what is paid: asks where the difference goes."""
    amendment = selectors.shown_order(request, order_id, discarded=request.method == "POST")
    if amendment.amends_id is None:
        raise Http404
    if request.method == "GET":
        status.guard(amendment, "confirm_amendment")
    order = selectors.shown_order(request, amendment.amends_id)
    over = givebacks.over_after_amendment(order, amendment)
    if request.method == "GET":
        return _settle_dialog(request, order, amendment, over)
    try:
        amounts, session_id = givebacks.read(request, givebacks.sheet(order, over, request.POST))
        done = cancelling.settle_amendment(
            order_id=amendment.pk, employee=request.user, amounts=amounts, reason=read_reason(request),
            session_id=session_id, seen_paid=seen(request), revision=posted_int(request, "revision"),
            key=posted_key(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _settle_dialog(request, order, amendment, over, refusal)
    messages.success(request, _("De wijziging van %(order)s is bevestigd.") % {"order": done})
    return answers.go(request, reverse("sales:order", args=[done.pk]))


def _settle_dialog(request, order, amendment, over, refusal: Refusal | None = None):
    values = {
        "order": order,
        "amendment": amendment,
        "url": request.path,
        "key": new_key(),
        "reason": request.POST.get("reason", ""),
        "problems": [each.message for each in getattr(refusal, "all", [refusal] if refusal else [])],
        **money_context(order, over, request.POST, refusal),
    }
    response = render(request, "payments/settle_amendment.html", values, status=refusal.status if refusal else 200)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#dialog-host", "innerHTML"
    return response
