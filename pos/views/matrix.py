"""Kleur-/maatvenster at the till: the window of the order screen, by touch."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.core import http
from backoffice.core.errors import Refusal
from backoffice.core.http import asked_int, posted_key
from pos import selectors
from pos.middleware import at_till
from pos.views import answers, beside
from pos.views.till import order_id_of
from sales import grid
from sales import selectors as sales_selectors
from sales.models import OrderLine, SalesOrder
from sales.services import matrix as services
from sales.views import matrix as window
from sales.views.answers import ask_many


@at_till("pos.use")
@require_http_methods(["GET", "POST"])
def matrix(request, article_id=None):
    """GET: the window, by ?artikel= or ?regel= (a line). POST: the changed cells."""
    if request.method == "POST" and article_id:
        return _save(request, article_id)
    order = selectors.order_or_blank(request.till)
    day, line_id = sales_selectors.day_of_rates(order, request.till.day), asked_int(request, "regel")
    if line_id and order.pk:
        line = OrderLine.objects.filter(pk=line_id, order=order)
        article = grid.article_of(day, variants__in=line.values("variant"))
    else:
        article = grid.article_of(day, pk=article_id or asked_int(request, "artikel"))
    return window.window(
        order, article, grid.grid(order, article, held=bool(order.pk), line_id=line_id), **_urls(article.pk)
    )


def _urls(article_id: int) -> dict:
    return {
        "url": reverse("pos:matrix", args=[article_id]),
        "elsewhere_url": reverse("pos:matrix_elsewhere", args=[article_id]),
        "touch": True,
        "save_label": _("Op de bon"),
    }


def _save(request, article_id):
    typed, cells, refusals = window.read(request)
    wanted = [(cell.variant_id, cell.wanted) for cell in cells]
    ask = None if refusals else ask_many(request, wanted, form="matrix-form")
    if ask:
        return ask
    order_id = order_id_of(request)
    try:
        order = services.save(
            order_id=order_id, article_id=article_id, cells=window.readable(cells, refusals), employee=request.user,
            on=request.till.day, key=posted_key(request), **beside.allowing(request),
        )  # fmt: skip
    except Refusal as refusal:
        asks = {"ask_reason": beside.asks(request, refusal), "beside": beside.people(request, "sales.override")}
        order = selectors.order_at(request.till) or SalesOrder.objects.get(pk=order_id)
        return window.refused(request, order, article_id, typed, refusal, **_urls(article_id), **asks)
    answer = http.close_dialog(answers.bon(request, order))
    answer.headers["HX-Reswap"] = "none"
    return answer


@at_till("pos.use")
@require_GET
def elsewhere(request, article_id):
    return window.elsewhere_of(request, selectors.order_or_blank(request.till), article_id)
