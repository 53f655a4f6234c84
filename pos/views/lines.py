"""The lines of the basket: quantity, price, discount, text, one more or less, delete and undo; the basket discount."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.core import http
from backoffice.core.errors import NotFound, Refusal
from backoffice.core.http import posted_int, posted_key
from backoffice.core.input import ASK_ABOVE, InputError
from backoffice.core.keys import new_key
from pos import selectors
from pos.middleware import at_till
from pos.views import answers, beside
from pos.views.till import order_id_of
from sales.forms import CELLS, read_discount, read_reason, shown_discount
from sales.models import OrderLine, SalesOrder
from sales.services import drafts, lines, selling
from sales.views.lines import read_cells, read_undo, sign_undo

PERCENTS = (5, 10, 15, 20, 25, 50)


def here(request) -> SalesOrder:
    """What lies on the counter. Raises Refusal when that is nothing any more."""
    order = selectors.order_at(request.till)
    if order is None:
        raise Refusal("basket.gone", _("Deze bon ligt niet meer op de kassa. Ververs het scherm."))
    return order


@at_till("pos.use")
@require_http_methods(["GET", "POST"])
def line(request, line_id):
    """GET: the text of the line, to type. POST: quantity, price, discount or text, or a step of one piece."""
    if request.method == "GET":
        found = OrderLine.objects.filter(pk=line_id, order=selectors.order_at(request.till)).first()
        if found is None:
            raise NotFound("line.gone", _("Deze regel is intussen verwijderd."))
        return render(request, "pos/_text.html", {"line": found, "key": new_key()})
    order_id = here(request).pk
    typed = {name: request.POST[name] for name in CELLS if name in request.POST}
    try:
        order = _set(request, order_id, line_id, typed)
    except Refusal as refusal:
        current = OrderLine.objects.filter(pk=line_id, order=order_id).first()
        again = typed or {"step": request.POST.get("step", "")}
        return answers.line_refused(request, current, request.path, again, refusal)
    answer = answers.bon(request, order)
    return http.close_dialog(answer) if {"reason", "sure", "text"} & set(request.POST) else answer


def _set(request, order_id: int, line_id: int, typed: dict) -> SalesOrder:
    who = {"order_id": order_id, "line_id": line_id, "employee": request.user, "key": posted_key(request)}
    if not typed:
        steps = {"1": 1, "-1": -1}.get(request.POST.get("step", ""), 1)
        return selling.step(steps=steps, **who, **beside.allowing(request))
    values = read_cells(request, order_id, line_id, typed)
    if values.get("quantity", 0) > ASK_ABOVE and "sure" not in request.POST:
        raise Refusal("line.many", _("Klopt dit aantal? Het is hoger dan 999."), "quantity")
    revision, approver = posted_int(request, "revision"), beside.approver(request)
    sure = "sure" in request.POST
    return lines.set_line(revision=revision, values=values, approver=approver, sure=sure, **who)


@at_till("pos.use")
@require_POST
def delete(request, line_id):
    """Regel verwijderen, with its undo."""
    order = selling.remove(
        order_id=here(request).pk, line_ids=[line_id], employee=request.user, key=posted_key(request)
    )
    packed = getattr(order, "deleted", [])
    if not packed:
        return answers.bon(request, order)
    text, values = sign_undo(order.pk, packed)
    return answers.bon(request, order, toast=(text, "good", reverse("pos:restore"), values))


@at_till("pos.use")
@require_POST
def restore(request):
    order_id = here(request).pk
    packed = read_undo(request, order_id)
    order = lines.restore(order_id=order_id, packed=packed, employee=request.user, key=posted_key(request))
    return answers.bon(request, order)


@at_till("pos.use")
@require_http_methods(["GET", "POST"])
def discount(request):
    """Korting op de bon: a percentage or euros."""
    if request.method == "GET":
        order = selectors.order_at(request.till)
        shown = shown_discount(order.discount_percent, order.discount_amount) if order else ""
        return render(request, "pos/_discount.html", {"typed": shown, "key": new_key(), "percents": PERCENTS})
    typed = request.POST.get("discount", "")
    try:
        kind, value = read_discount(typed)
        reason = read_reason(request.POST["reason"]) if request.POST.get("reason") else ""
        order = drafts.set_discount(
            order_id=order_id_of(request), employee=request.user, key=posted_key(request), reason=reason,
            approver=beside.approver(request), **{kind: value},
        )  # fmt: skip
    except (InputError, Refusal) as refusal:
        asks = isinstance(refusal, Refusal) and beside.asks(request, refusal)
        values = {"typed": typed, "error": refusal.message, "ask_reason": asks, "key": new_key(), "percents": PERCENTS}
        values |= {"beside": beside.people(request, "sales.override"), "reason": request.POST.get("reason", "")}
        return render(request, "pos/_discount.html", values, status=422)
    return http.close_dialog(answers.bon(request, order))
