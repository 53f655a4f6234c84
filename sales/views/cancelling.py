"""Order annuleren and Annulering terugdraaien, in dialogs."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.core.errors import Refusal, Refusals
from backoffice.core.http import asked_int, posted_key
from backoffice.core.input import InputError, clean_text, parse_quantity
from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from sales import selectors, status
from sales.models import OrderLine
from sales.services import cancelling
from sales.services.editing import check_not_amended
from sales.views import answers

LINE = "line-"
LINES = 75  # of a long order at once; the others come when one scrolls down to them


@right("sales.cancel")
@require_http_methods(["GET", "POST"])
def cancel(request, order_id):
    """Order annuleren: asks on GET; on POST all that is undelivered, or the pieces per line (part)."""
    order = selectors.shown_order(request, order_id)
    if request.method == "GET":
        status.guard(order, "cancel")
        cancelling.check_may_cancel(order, request.user)
        check_not_amended(order)
        return more_lines(request, order) if "vanaf" in request.GET else _dialog(request, order)
    try:
        quantities = read_quantities(request, order) if request.POST.get("part") else None
        done = cancelling.cancel(
            order_id=order.pk,
            employee=request.user,
            quantities=quantities,
            reason=read_reason(request),
            key=posted_key(request),
        )
    except Refusal as refusal:
        return _dialog(request, order, refusal)
    what = done.get_status_display().lower()
    messages.success(request, _("Order %(order)s is %(what)s.") % {"order": done, "what": what})
    return answers.go(request, reverse("sales:order", args=[order.pk]))


def _dialog(request, order, refusal: Refusal | None = None):
    values = dialog_context(request, order, refusal)
    return render(request, "sales/cancel.html", values, status=refusal.status if refusal else 200)


def dialog_context(request, order, refusal: Refusal | None = None) -> dict[str, Any]:
    """What templates/sales/cancel.html shows: the open lines, what is reserved and delivered, what was typed."""
    refusals = getattr(refusal, "all", [refusal] if refusal else [])
    wrong = {each.field: each.message for each in refusals if each.field}
    lines = selectors.lines_of(order)
    left, goods = _left(lines), [line for line in lines if line.variant_id]
    typed = [at for at, line in enumerate(left, 1) if request.POST.get(f"{LINE}{line.pk}")]
    return {
        "order": order,
        "url": request.path,
        "key": new_key(),
        **_rows(request, left, 0, max([LINES, *typed[-1:]]), wrong),
        "reserved": sum((line.open_quantity for line in left if line.stocked), Decimal(0)) * (not order.quotation),
        "delivered": sum((line.delivered_quantity for line in goods), Decimal(0)),
        "reason": request.POST.get("reason", ""),
        "problems": [each.message for each in refusals],
        "part": bool(request.POST.get("part")),
    }


def more_lines(request, order):
    """The next lines of the dialog, from ?vanaf= on."""
    first = asked_int(request, "vanaf") or 0
    values = _rows(request, _left(selectors.lines_of(order)), first, first + LINES, {})
    return render(request, "sales/_cancel_lines.html", values | {"url": request.path})


def _left(lines) -> list[OrderLine]:
    """Of what pieces can be cancelled."""
    return [line for line in lines if line.open_quantity and line.variant_id and line.quantity > 0]


def _rows(request, left: list[OrderLine], first: int, after: int, wrong: dict[str, str]) -> dict[str, Any]:
    """The lines at these places as the dialog shows them; more: how many come after them, shown: how many so far."""
    lines = left[first:after]
    for line in lines:
        name = f"{LINE}{line.pk}"
        line.box = {"name": name, "value": request.POST.get(name, ""), "error": wrong.get(name, "")}
    return {"lines": lines, "shown": first + len(lines), "more": max(len(left) - after, 0)}


def read_quantities(request, order) -> dict[int, Decimal]:
    """The pieces that were typed per line; empty cells are left out. Raises Refusals naming the lines."""
    found, refusals = {}, []
    for line in selectors.lines_of(order):
        typed = request.POST.get(f"{LINE}{line.pk}", "").strip()
        if not typed:
            continue
        try:
            found[line.pk] = parse_quantity(typed, fractions=line.fractions)
        except InputError as error:
            message = f"{line.title}: {error.message}"
            refusals.append(Refusal("cancel.quantity", message, f"{LINE}{line.pk}"))
    if refusals:
        raise Refusals(refusals)
    if not found:
        raise Refusal("cancel.none", _("Vul bij een regel in hoeveel er wordt geannuleerd."), "quantities")
    return found


def read_reason(request) -> str:
    """The reason that was typed, or nothing. Raises Refusal."""
    try:
        return clean_text(request.POST.get("reason", ""), max_length=200)
    except InputError as error:
        raise Refusal("cancel.reason", error.message, "reason") from error


@right("sales.cancel_any")
@require_http_methods(["GET", "POST"])
def undo_cancel(request, order_id):
    """Annulering terugdraaien: asks on GET, does it on POST."""
    order = selectors.shown_order(request, order_id)
    if request.method == "GET":
        status.guard(order, "undo_cancel")
        ask = {
            "title": _("Annulering van order %(order)s terugdraaien?") % {"order": order},
            "text": _("Wat het laatst is geannuleerd, wordt weer besteld en gereserveerd."),
            "url": request.path,
            "key": new_key(),
        }
        return render(request, "parts/ask.html", ask)
    done = cancelling.undo_cancel(order_id=order.pk, employee=request.user, key=posted_key(request))
    messages.success(request, _("De annulering van %(order)s is teruggedraaid.") % {"order": done})
    return answers.go(request, reverse("sales:order", args=[order.pk]))
