"""The list Verkooporders."""

import uuid

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from backoffice.core.errors import Refusal
from backoffice.core.http import asked_int, period_menu, posted_key
from backoffice.core.keys import new_key
from backoffice.relations.rights import right, scoped
from sales import lists
from sales.models import SalesOrder
from sales.services import confirming
from sales.views import start

LABELS = {
    "work": gettext_lazy("Werklijst"),
    "status": gettext_lazy("Status"),
    "period": gettext_lazy("Periode"),
    **{name: label for name, (label, _model, _column) in lists.CHOICES.items()},
    "payment": gettext_lazy("Betaalstatus"),
    "channel": gettext_lazy("Kanaal"),
}
REMEMBERED = "orders"


@right("sales.view")
@require_GET
def orders(request):
    """One page; a bare visit goes on where this employee left the filters."""
    remembered = request.user.preferences.get(REMEMBERED, "")
    if not request.GET and remembered:
        return redirect(f"{request.path}?{remembered}")
    filters = lists.Filters.read(request.GET)
    page = lists.page(filters, request.user, after=asked_int(request, "after"), before=asked_int(request, "before"))
    today = timezone.localdate()
    for order in page.rows:
        order.late = lists.late(order, today)
    context = {
        "page": page, "filters": filters, "sort": filters.sort,
        "chips": _chips(request, filters), "key": new_key(),
        "worklists": start.tabs(filters.values.get("work", "")),
        "remember": _kept(request.GET), "remembered": remembered,
        "clear_url": f"?sort={lists.DEFAULT_SORT}" if filters.values or filters.text else "",
    }  # fmt: skip
    return render(request, "sales/orders.html", context)


def _kept(query: QueryDict) -> str:
    """What is remembered of a list: its filters and sort, not the page."""
    kept = query.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    return kept.urlencode()[:1000]


def _chips(request, filters: lists.Filters) -> list[dict]:
    return [
        {
            "name": name,
            "label": LABELS[name],
            "value": filters.values.get(name, ""),
            "shown": _shown(name, filters),
            "clear_url": _without(request.GET, name),
            **(period_menu(request) if name == "period" else {"template": "sales/_filter_menu.html"}),
        }
        for name in lists.NAMES
    ]


def _shown(name: str, filters: lists.Filters) -> str:
    value = filters.values.get(name, "")
    return value if name == "period" or not value else lists.shown(name, value)


def _without(query: QueryDict, name: str, **changes: str) -> str:
    """The query without a filter (and on its first page), with changes; never bare, which would bring it back."""
    rest = query.copy()
    for gone in ("after", "before", name, *(("from", "to") if name == "period" else ())):
        rest.pop(gone, None)
    for key, value in changes.items():
        rest[key] = value
    return f"?{rest.urlencode()}" if rest else f"?sort={lists.DEFAULT_SORT}"


@right("sales.view")
@require_GET
def filter_options(request, name: str):
    """The choices of one filter, for its menu; the rest of the query is kept."""
    query = request.GET.copy()
    text = query.pop("text", [""])[-1]
    found = lists.options(name, request.user, text) if name in lists.NAMES else []
    options = [{"label": label, "url": _without(query, name, **{name: value})} for value, label in found]
    return render(request, "sales/_filter_options.html", {"options": options})


@right("sales.view")
@require_GET
def sums(request):
    """Open, left to pay and late, of what the filters ask; fetched after the list."""
    filters = lists.Filters.read(request.GET)
    return render(request, "sales/_sums.html", lists.sums(filters, request.user))


@right("sales.view")
@require_POST
def remember(request):
    """Keep filters and sort for this employee's next visit."""
    query = QueryDict(request.POST.get("query", "")[:1000])
    request.user.preferences[REMEMBERED] = _kept(query)
    request.user.save(update_fields=["preferences"])
    return HttpResponse(status=204)


@right("sales.edit")
@require_POST
def confirm_many(request):
    """Verkooporder bevestigen for every ticked draft: each on its own, with a result per row."""
    key = posted_key(request)
    ids = [int(text) for text in request.POST.getlist("order") if text.isascii() and text.isdigit()][:200]
    drafts = scoped(SalesOrder.objects.filter(pk__in=ids), request.user, "sales.edit").order_by("order_date", "pk")
    results = [_confirmed(order, request.user, uuid.uuid5(key, str(order.pk))) for order in drafts]
    nothing = _("Kies eerst een of meer concepten.")
    return render(request, "sales/_results.html", {"results": results, "nothing": nothing})


def _confirmed(order: SalesOrder, employee, key) -> dict:
    try:
        return {"order": confirming.confirm(order_id=order.pk, employee=employee, key=key), "error": ""}
    except Refusal as refusal:
        return {"order": order, "error": refusal.message}
