"""Orders in the till: Kies Order, the queue, opening one, and putting it away."""

from datetime import timedelta
from itertools import chain

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backoffice.core import paging
from backoffice.core.http import asked_int, filter_chip, period_menu, posted_int, posted_key
from backoffice.core.keys import new_key
from backoffice.relations.models import Branch
from backoffice.relations.rights import scoped
from pos import buttons, selectors
from pos.middleware import at_till
from pos.services import seats
from pos.views import answers
from pos.views.baskets import whole
from sales import lists
from sales.models import DeliveryMethod, SalesOrder
from sales.services.selling import Claimed

Status = SalesOrder.Status


@at_till("sales.view")
@require_GET
def choose(request):
    """Kies Order: the overview, Openstaand of this branch first; every filter stands in the URL."""
    query = request.GET.copy()
    query.setdefault("status", Status.OPEN)
    query.setdefault("branch", str(request.till.branch_id))
    query.setdefault("sort", "due")
    request.GET = query
    filters = lists.Filters.read(query)
    page = lists.page(filters, request.user, after=asked_int(request, "after"), before=asked_int(request, "before"))
    today = timezone.localdate()
    for order in page.rows:
        order.late = lists.late(order, today)
    values = {
        "kept": period_menu(request)["kept"], "page": page, "chips": _chips(request, filters),
        "text": filters.text, "filters": filters, "till": request.till,
        "key": new_key(), "idle_seconds": 0, "scan_key": new_key(),
    }  # fmt: skip
    return render(request, "pos/choose_order.html", values)


def _chips(request, filters: lists.Filters) -> list[dict]:
    statuses = [(value, label) for value, label in lists.fixed("status") if value != Status.DRAFT]
    branches = scoped(Branch.objects.filter(active=True), request.user, "sales.deliver", "pk")
    methods = DeliveryMethod.objects.filter(active=True)
    chips = [
        filter_chip(request, "status", _("Status"), filters.values.get("status", ""), statuses),
        filter_chip(
            request, "branch", _("Filiaal"), filters.values.get("branch", ""), [(str(b.pk), b.name) for b in branches]
        ),
        filter_chip(
            request, "delivery_method", _("Leverwijze"), filters.values.get("delivery_method", ""),
            [(str(m.pk), m.name) for m in methods],
        ),
        filter_chip(
            request, "payment", _("Betaalstatus"), filters.values.get("payment", ""),
            [(value, str(label)) for value, label in SalesOrder.PaymentState.choices],
        ),
        filter_chip(request, "period", _("Datum"), filters.values.get("period", ""), []),
    ]  # fmt: skip
    for chip in chips:
        # a filter that was cleared stays cleared: bare it would come back
        if chip["name"] in ("status", "branch"):
            query = request.GET.copy()
            query[chip["name"]] = ""
            chip["clear_url"] = f"?{query.urlencode()}"
        if chip["name"] == "period":
            query = request.GET.copy()
            for gone in ("from", "to", "after", "before"):
                query.pop(gone, None)
            chip.update(period_menu(request), clear_url=f"?{query.urlencode()}")
    return chips


@at_till("sales.deliver")
@require_POST
def open_order(request):
    """Selectie bevestigen, and a touch in the queue: the order opens in the till screen, claimed for this till."""
    order_id = posted_int(request, "order") or 0
    try:
        seats.open_order(
            till_id=request.till.pk, order_id=order_id, employee=request.user, key=posted_key(request),
            take_over=bool(request.POST.get("take_over")),
        )  # fmt: skip
    except Claimed as refusal:
        if not request.headers.get("HX-Request"):
            raise
        return answers.ask_take_over(
            request, title=_("Order overnemen?"), text=refusal.message, url=request.path, fields={"order": order_id}
        )
    return whole(request)


@at_till("pos.use")
@require_POST
def put_away(request):
    """Wegleggen: the order waits in the queue again."""
    seats.put_away(till_id=request.till.pk, employee=request.user, key=posted_key(request))
    return whole(request)


@at_till("sales.view", polled=True)
@require_GET
def queue(request):
    """Orderwachtrij. htmx asks again and again with the version it shows (?v=): 204 while nothing happened."""
    version = selectors.queue_version(request.till.branch_id)
    if request.headers.get("HX-Request") and request.GET.get("v") == version:
        return HttpResponse(status=204)
    filters, counts = selectors.QueueFilters.read(request.GET), selectors.queue_counts(request.till)
    values = {
        "orders": selectors.queue(request.till, filters), "filters": filters, "chips": _queue_chips(filters, counts),
        "version": version, "till": request.till, "today": timezone.localdate(), "now": timezone.now(),
        "waiting": paging.so_many(counts[""]), "most": selectors.QUEUE_SHOWN, "key": new_key(), "idle_seconds": 0,
        "scan_key": new_key(),
    }  # fmt: skip
    for order in values["orders"]:
        order.late = lists.late(order, values["today"])
        order.age = _age(values["now"] - order.confirmed_at)
    template = "pos/_queue.html" if request.headers.get("HX-Request") else "pos/queue.html"
    return render(request, template, values)


def _queue_chips(filters: selectors.QueueFilters, counts: dict[str, int]) -> list[dict]:
    """The filters of the queue: how it leaves (and how many do, where that is known), what is paid, what is due."""
    ways = {"": _("Alle"), **dict(DeliveryMethod.Kind.choices)}
    chips = [
        {
            "label": f"{label} {paging.so_many(counts[kind])}" if kind in counts else str(label),
            "set": kind == filters.kind,
            "query": filters.query(wijze=kind),
        }
        for kind, label in ways.items()
    ]
    chips += [
        {"label": label, "set": (on := state == filters.payment), "query": filters.query(betaling="" if on else state)}
        for state, label in SalesOrder.PaymentState.choices
    ]
    due = {"label": _("Vandaag of te laat"), "set": filters.due, "query": filters.query(nu="" if filters.due else "1")}
    return [*chips, due]


def _age(waited: timedelta) -> str:
    """How long an order waits, in the largest unit that says something: "41 min", "3 uur", "2 d"."""
    minutes = max(0, int(waited.total_seconds() // 60))
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    return _("%(n)s uur") % {"n": minutes // 60} if minutes < 24 * 60 else _("%(n)s d") % {"n": minutes // 1440}


@at_till("pos.use", polled=True)
@require_GET
def queue_count(request):
    """The count on the button Orderwachtrij; 204 while nothing happened since ?v=."""
    if request.GET.get("v") == selectors.queue_version(request.till.branch_id):
        return HttpResponse(status=204)
    places = buttons.shown(request.till, request.user, selling=True)
    values = {"oob": True, "shown": [*chain(*places.values())], **selectors.counts(request.till)}
    return render(request, "pos/_bar_counts.html", values)
