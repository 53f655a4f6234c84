"""Papers about orders, as the browser gets them, and Afdrukken."""

import uuid

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backoffice.core.errors import Refusal
from backoffice.core.http import posted_key
from backoffice.core.keys import new_key
from backoffice.relations.rights import right, scoped
from sales import status
from sales.documents import bulk, confirmation, large, papers, pdf, reading
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
    paper = large.of_order(order, copy=order.pk in reading.copies([order]))
    return answer(request, paper, f"order={order.pk}", confirmation.file_name(order))


@right("sales.view")
@require_GET
def version_pdf(request, order_id, version):
    """The paper as it was at one version."""
    versions = OrderVersion.objects.exclude(order__number="")
    versions = scoped(versions, request.user, "sales.view", "order__branch")
    row = get_object_or_404(versions, order_id=order_id, version=version)
    order = papers.rebuilt(row)
    return answer(request, large.of_order(order), f"version={row.pk}", f"{order.number}-{version}.pdf")


@right("documents.view")
@require_POST
def print_order(request, order_id):
    """Afdrukken: records it, then shows the paper, or the job that makes it."""
    key = posted_key(request)
    order = printing.print_order(order_id=order_id, employee=request.user, key=key)
    if reading.lines_of([order.pk]) > papers.MAX_LINES_AT_ONCE:
        return see_job(request, f"order={order.pk}", uuid.uuid5(key, "paper"))
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


@right("documents.view")
@require_POST
def make_paper(request):
    """PDF maken, of a paper of so many lines that the worker makes it."""
    return see_job(request, request.POST.get("paper", "")[:200], posted_key(request))


def answer(request, paper: large.Paper, query: str, name: str) -> HttpResponse:
    """The paper as a PDF; of a large one a page with the button that has the worker make it. Changes nothing."""
    if paper.is_large:
        return render(request, "documents/large_paper.html", {"paper": paper, "query": query, "key": new_key()})
    return shown(pdf.render_pdf(paper.html()), name)


def see_job(request, query: str, key: uuid.UUID) -> HttpResponse:
    """Start the job of a large paper, and show how far it is."""
    job = exporting.start_paper(query=query, employee=request.user, branch_id=request.branch_id, key=key)
    return see(reverse("documents:export_job", args=[job.pk]))


def shown(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def see(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
