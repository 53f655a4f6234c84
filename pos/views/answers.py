"""What the till answers with: the basket as it is now, as parts that htmx puts in their places (out of band)."""

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import http
from backoffice.core.errors import Refusal, Stale
from backoffice.core.keys import new_key
from backoffice.relations.rights import access_of
from pos import buttons, selectors
from pos.views import basket_lines, beside
from sales import selectors as sales_selectors
from sales import status
from sales.line_pages import line_page
from sales.models import SalesOrder
from sales.services import shown


def bon_context(request, order: SalesOrder | None, asked: int | None = None) -> dict:
    """What the basket shows; an empty one when nothing lies on the counter.

    Of many lines a page: the one that is asked, or that of what was just touched, or the last.
    """
    lines = sales_selectors.lines_of(order) if order else []
    touched = getattr(order, "touched", ())
    seen = [at for at, line in enumerate(lines) if line.pk in touched]
    page = line_page(len(lines), asked or len(lines), with_one_of=seen)
    editable = order is None or status.allowed(order, "edit")
    opened = order and (order.amends or (order if order.number else None))
    return {
        "order": order,
        "shown": shown.mark(order, lines) if order else "",
        "opened": opened,
        "may_amend": opened and may_amend(request.user, opened),
        "amendment": selectors.amendment_of(opened) if opened and not editable else None,
        "bon_rows": basket_lines.rows(order, page.cut(lines), editable),
        "line_page": page,
        "pieces": sum(abs(line.quantity) for line in lines if line.variant_id),
        "number_of_lines": len(lines),
        "editable": editable,
        "figures": sales_selectors.figures(order) if order else None,
        "bon_key": new_key(),
        "till": request.till,
    }


def may_amend(employee, order: SalesOrder) -> bool:
    return status.allowed(order, "amend") and access_of(employee).can("sales.edit", order.branch_id)


def page_context(request) -> dict:
    """Everything of the till screen."""
    order, pages = selectors.order_at(request.till), selectors.pages(request.till)
    for page in pages[:1]:
        selectors.with_stock(page, request.till)
    return (
        bon_context(request, order)
        | bar_context(request, selling=True)
        | {
            "pages": pages,
            "scan_key": new_key(),
        }
    )


def bar_context(request, *, selling: bool = False) -> dict:
    """What the bar of every screen of the till shows; selling: the basket is on it."""
    return {
        "till": request.till,
        **selectors.counts(request.till),
        "buttons": buttons.shown(request.till, request.user, selling=selling),
        "now": timezone.localtime(),
        "idle_seconds": settings.TILL_IDLE_SECONDS,
    }


def bon(request, order: SalesOrder | None, *, toast: tuple | None = None, **more) -> HttpResponse:
    """The answer to a change of the basket. order: as the service returned it; reads nothing then."""
    values = bon_context(request, order) | more
    response = HttpResponse(render_to_string("pos/_bon_answer.html", values, request=request))
    return http.toast(response, *toast) if toast else response


def ask_changed(request, order: SalesOrder, changed: shown.ChangedMeanwhile, fields: dict) -> HttpResponse:
    """The order on the counter as it is now, and the question whether it is confirmed so."""
    response = bon(request, order)
    ask = {
        "title": _("De order is intussen gewijzigd. Toch bevestigen?"), "stale": changed, "url": request.path,
        "key": new_key(), "fields": fields | {"shown": shown.mark(order, order.all_lines)}, "swap": "none",
    }  # fmt: skip
    response.content += render_to_string("sales/_ask_changed.html", ask, request=request).encode()
    response.status_code = changed.status
    return response


def ask_take_over(request, *, title: str, text: str, url: str, fields: dict) -> HttpResponse:
    """Somebody else has it, says the text: whether to take it over."""
    values = {
        "title": title, "text": text, "url": url, "key": new_key(), "fields": fields | {"take_over": "1"},
        "yes": _("Overnemen"),
    }  # fmt: skip
    response = HttpResponse(render_to_string("parts/ask.html", values, request=request), status=409)
    response.headers["HX-Retarget"] = "#dialog-host"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def line_refused(request, line, url: str, typed: dict, refusal: Refusal) -> HttpResponse:
    """A change of a line that was refused: the ceiling asks a reason and a manager, else a toast says why."""
    if refusal.code not in ("line.many", "price.far") and not beside.asks(request, refusal):
        if isinstance(refusal, Stale):
            order = selectors.order_at(request.till)
            return http.toast(bon(request, order), refusal.message, "bad")
        return http.refused(request, refusal)
    values = {"refusal": refusal, "line": line, "url": url, "key": new_key(), "typed": typed}
    values |= {"beside": beside.people(request, "sales.override"), "reason": request.POST.get("reason", "")}
    values["again"] = typed | {"sure": "1"} | ({"revision": line.revision} if line else {})
    return HttpResponse(render_to_string("pos/_ask_line.html", values, request=request), status=refusal.status)
