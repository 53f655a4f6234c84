"""Papers about orders, as the browser gets them, and Afdrukken."""

import uuid

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backoffice.core.errors import Refusal
from backoffice.core.http import posted_key
from backoffice.relations.rights import right, scoped
from sales import status
from sales.documents import bulk, confirmation, papers, reading
from sales.documents.services import exporting, printing
from sales.models import OrderVersion, SalesOrder


@right("sales.view")
@require_GET
def confirmation_pdf(request, order_id):
    """The order's paper, shown in the browser; changes nothing."""
    order = get_object_or_404(scoped(confirmation.orders(), request.user, "sales.view"), pk=order_id)
    if not status.allowed(order, "print"):
        if order.lifecycle == SalesOrder.Lifecycle.CONFIRMED and not order.number:
            raise Http404  # a sale of a till has its receipt
        raise Refusal(
            "confirmation.draft",
            _("Een concept heeft nog geen orderbevestiging. Bevestig eerst de verkooporder."),
        )
    content = papers.paper(order, copy=order.pk in reading.copies([order]))
    return shown(content, confirmation.file_name(order))


@right("sales.view")
@require_GET
def version_pdf(request, order_id, version):
    """The paper as it was at one version."""
    versions = OrderVersion.objects.exclude(order__number="")
    versions = scoped(versions, request.user, "sales.view", "order__branch")
    order = papers.rebuilt(get_object_or_404(versions, order_id=order_id, version=version))
    return shown(papers.paper(order), f"{order.number}-{version}.pdf")


@right("documents.view")
@require_POST
def print_order(request, order_id):
    """Afdrukken: records it, then shows the paper."""
    order = printing.print_order(order_id=order_id, employee=request.user, key=posted_key(request))
    return see(reverse("documents:confirmation_pdf", args=[order.pk]))


@right("documents.view")
@require_POST
def print_many(request):
    """Afdrukken for every ticked order: a result per row, and one PDF of those that went well."""
    key = posted_key(request)
    results = bulk.each(request, "documents.view", "print", key, printing.print_order)
    done = [result["order"].pk for result in results if not result["error"]]
    values = bulk.told(results, _("is afgedrukt"), _("Niet afgedrukt"))
    if done and reading.lines_of(done) > papers.MAX_LINES_AT_ONCE:
        values["job"] = exporting.start_papers(
            order_ids=done, employee=request.user, key=uuid.uuid5(key, "papers"), branch_id=request.branch_id
        )
    elif done:
        values["paper_url"] = f"{reverse('documents:papers')}?{'&'.join(f'order={pk}' for pk in done)}"
    return render(request, "documents/_printed.html", values)


@right("documents.view")
@require_GET
def many_pdf(request):
    """One PDF of several orders, as Afdrukken of the list asks it; changes nothing."""
    ids = bulk.ids(request.GET)
    orders = [
        order
        for order in scoped(confirmation.orders().filter(pk__in=ids), request.user, "documents.view").order_by(
            "order_date", "pk"
        )
        if status.allowed(order, "print")
    ]
    if not orders:
        raise Refusal("papers.none", _("Kies eerst een of meer bevestigde orders."))
    if sum(len(order.lines.all()) for order in orders) > papers.MAX_LINES_AT_ONCE:
        raise Refusal("papers.many", _("Dit zijn te veel regels voor één keer. Druk ze af vanuit de lijst."))
    return shown(papers.papers(orders, reading.copies(orders)), "verkooporders.pdf")


def shown(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def see(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
