"""What the till answers with: the basket as it is now, as parts that htmx puts in their places (out of band)."""

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from backoffice.core import http
from backoffice.core.errors import Refusal, Stale
from backoffice.core.keys import new_key
from pos import selectors
from pos.views import drawing
from sales import selectors as sales_selectors
from sales import status
from sales.models import SalesOrder
from sales.services.versions import title


def bon_context(request, order: SalesOrder | None) -> dict:
    """What the basket shows; an empty one when nothing lies on the counter."""
    lines = sales_selectors.lines_of(order) if order else []
    editable = order is None or status.allowed(order, "edit")
    return {
        "order": order,
        "drawn": drawing.lines(order, lines, editable),
        "pieces": sum(abs(line.quantity) for line in lines if line.variant_id),
        "number_of_lines": len(lines),
        "editable": editable,
        "figures": sales_selectors.figures(order) if order else None,
        "bon_key": new_key(),
        "till": request.till,
    }


def page_context(request) -> dict:
    """Everything of the till screen."""
    order = selectors.order_at(request.till)
    return (
        bon_context(request, order)
        | bar_context(request)
        | {
            "pages": selectors.pages(request.till),
            "scan_key": new_key(),
        }
    )


def bar_context(request) -> dict:
    """What the bar of every screen of the till shows."""
    return {
        "till": request.till,
        **selectors.counts(request.till),
        "now": timezone.localtime(),
        "idle_seconds": settings.TILL_IDLE_SECONDS,
    }


def bon(request, order: SalesOrder | None, *, toast: tuple | None = None, **more) -> HttpResponse:
    """The answer to a change of the basket. order: as the service returned it; reads nothing then."""
    values = bon_context(request, order) | more
    response = HttpResponse(render_to_string("pos/_bon_answer.html", values, request=request))
    return http.toast(response, *toast) if toast else response


def line_refused(request, line, url: str, typed: dict, refusal: Refusal) -> HttpResponse:
    """A change of a line that was refused: beyond the ceiling the reason is asked, else a toast says why."""
    if refusal.code not in ("price.reason", "line.many"):
        if isinstance(refusal, Stale):
            order = selectors.order_at(request.till)
            return http.toast(bon(request, order), refusal.message, "bad")
        return http.refused(request, refusal)
    if line:
        line.title = title(line)
    values = {"refusal": refusal, "line": line, "url": url, "key": new_key(), "typed": typed}
    values["again"] = typed | {"sure": "1"} | ({"revision": line.revision} if line else {})
    return HttpResponse(render_to_string("pos/_ask_line.html", values, request=request), status=refusal.status)
