"""Geschiedenis: every version and every event of an order."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from backoffice.relations.rights import right
from sales import history as past
from sales import selectors, status
from sales.views import answers


@right("sales.view")
@require_GET
def history(request, order_id):
    order = selectors.shown_order(request, order_id)
    status.guard(order, "history")
    events = past.events_of(order)
    for event in events:
        if event.version and order.number:
            event.pdf_url = answers.url_of("documents:version_pdf", order.pk, event.version.version)
    return render(request, "sales/history.html", {"order": order, "events": events})
