"""Koppelen aan artikel: an unknown code becomes a barcode of a colour and size, and goes into the order."""

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.catalog import offers
from backoffice.catalog.services import barcodes
from backoffice.core import http
from backoffice.core.errors import Refusal
from backoffice.core.http import posted_key
from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from sales import selectors, status
from sales.services import linking
from sales.views import answers
from sales.views.matrix import number
from sales.views.scan import TIMES, said


@right("catalog.edit")
@require_http_methods(["GET", "POST"])
def link_code(request, order_id):
    """GET: the dialog, and with ?choice= (of the article field) the colours and sizes to choose from. POST: link it."""
    order = selectors.shown_order(request, order_id)
    status.guard(order, "edit")
    if request.method == "POST":
        return _save(request, order)
    code = request.GET.get("code", "").strip()
    barcodes.check(code)
    if "choice" in request.GET:
        return render(request, "sales/_link_variants.html", _choices(order, request.GET["choice"]))
    values = {"order": order, "code": code, "quantity": request.GET.get("quantity", "1"), "key": new_key()}
    return render(request, "sales/link_code.html", values)


def _choices(order, choice: str) -> dict:
    """The variants of the article that was chosen, [(id, colour and size)]; one alone needs no choosing."""
    kind, _dash, pk = choice.partition("-")
    if not number(pk):
        return {}
    if kind == "variant":
        return {"variant": pk}
    found = offers.offers(selectors.day_of_rates(order), article_id=number(pk))
    return {"options": [(offer.variant_id, f"{offer.colour} {offer.size}".strip()) for offer in found if offer.active]}


def _save(request, order) -> HttpResponse:
    times = request.POST.get("quantity", "1")
    quantity = Decimal(times if TIMES.fullmatch(times) else 1)
    try:
        variant = number(request.POST.get("variant"))
        if variant is None:
            raise Refusal("link.variant", _("Kies het artikel, en de kleur en maat."), "variant")
        done = linking.link_code(
            order_id=order.pk, code=request.POST.get("code", "").strip(), variant_id=variant, quantity=quantity,
            employee=request.user, key=posted_key(request),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return render(request, "sales/_link_problem.html", {"problem": refusal.message}, status=422)
    answer = said(answers.lines_answer(request, done), done, quantity)
    answer.headers["HX-Reswap"] = "none"
    return http.close_dialog(answer)
