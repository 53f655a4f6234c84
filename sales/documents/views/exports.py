"""Exporteren: one order, the list with its filters, and the files that the worker makes."""

import os
import tempfile

from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.core.formats import format_quantity
from backoffice.core.http import posted_key
from backoffice.relations.rights import right
from sales.documents import reading, sheets, tables, ubl
from sales.documents.models import ExportJob
from sales.documents.services import exporting
from sales.models import SalesOrder

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@right("documents.view")
@require_http_methods(["GET", "POST"])
def export(request, order_id):
    """Exporteren on an order: the formats on GET, the file on POST."""
    if request.method == "GET":
        orders = SalesOrder.objects.all()
        order = reading.own_order(orders, order_id, request.user, "documents.view", "export")
        return render(request, "documents/export.html", {"order": order, "url": request.path})
    form = request.POST.get("format", "")
    order = exporting.export_order(order_id=order_id, form=form, employee=request.user, key=posted_key(request))
    name = order.number or f"concept-{order.pk}"
    if form == "ubl":
        content = ubl.order_xml(ubl.orders().get(pk=order.pk))
        return attached(HttpResponse(content, content_type="application/xml"), f"{name}.xml")
    return table_answer(form, name, order.number or _("Concept"), tables.line_columns(), tables.line_rows(order))


@right("documents.view")
@require_http_methods(["GET", "POST"])
def export_list(request):
    """Exporteren on the list, with its filters: the formats on GET; on POST the file, or the job that makes it."""
    query = request.META["QUERY_STRING"]
    if request.method == "GET":
        rows = exporting.matching(query, request.user).order_by()[: exporting.AT_ONCE + 1].count()
        context = {"url": request.get_full_path(), "rows": rows, "large": rows > exporting.AT_ONCE}
        return render(request, "documents/export_list.html", context | {"limit": format_quantity(exporting.AT_ONCE)})
    form = request.POST.get("format", "")
    job = exporting.export_list(
        query=query, form=form, employee=request.user, branch_id=request.branch_id, key=posted_key(request)
    )
    if job.status != ExportJob.Status.DONE or job.file:
        response = HttpResponseRedirect(reverse("documents:export_job", args=[job.pk]))
        response.status_code = 303
        return response
    rows = in_transaction(tables.order_rows(exporting.matching(query, request.user)))
    name = f"{job.table or 'verkooporders'}-{timezone.localdate():%Y-%m-%d}"
    return table_answer(form, name, _("Verkooporders"), tables.order_columns(), rows)


@right("documents.view")
@require_GET
def export_job(request, pk):
    """How far the worker is with a file, as a page or as its changing part; then the link to it."""
    job = own_job(request, pk)
    part = "documents/_export_job.html" if request.headers.get("HX-Request") else "documents/export_job.html"
    return render(request, part, {"job": job, "title": job.title or _("Exporteren")})


@right("documents.view")
@require_POST
def export_stop(request, pk):
    """Stoppen."""
    own_job(request, pk)
    job = exporting.stop_job(job_id=str(pk), employee=request.user, key=posted_key(request))
    if request.headers.get("HX-Request"):
        return render(request, "documents/_export_job.html", {"job": job})
    response = HttpResponseRedirect(reverse("documents:export_job", args=[job.pk]))
    response.status_code = 303
    return response


@right("documents.view")
@require_GET
def export_file(request, pk):
    """The file that the worker made."""
    return file_of(own_job(request, pk))


def file_of(job: ExportJob) -> FileResponse:
    """The file of own_job(). Raises Http404 where it is not there, or gone by now."""
    if not job.file or not job.file.storage.exists(str(job.file)):
        raise Http404
    kind = {"csv": CSV, "xlsx": XLSX, "pdf": "application/pdf"}[job.format]
    name = f"{job.table or 'verkooporders'}-{timezone.localtime(job.created_at):%Y-%m-%d}"
    name = f"{job.title or name}.{job.format}"
    response = FileResponse(job.file.open("rb"), content_type=kind, as_attachment=job.format != "pdf", filename=name)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def own_job(request, pk) -> ExportJob:
    """A job is its maker's alone."""
    return get_object_or_404(ExportJob, pk=pk, employee=request.user)


def in_transaction(rows):
    """The rows, read by a cursor of the server in a transaction that lasts as long as they are sent."""
    with transaction.atomic():
        yield from rows


def table_answer(form: str, name: str, title: str, columns, rows):
    """The table as a file: CSV as it is read, XLSX when it is written."""
    if form == "csv":
        return attached(StreamingHttpResponse(sheets.csv_rows(columns, rows), content_type=CSV), f"{name}.csv")
    handle, path = tempfile.mkstemp(suffix=".xlsx")
    os.close(handle)
    try:
        sheets.write_xlsx(path, title, columns, rows)
        with open(path, "rb") as content:
            return attached(HttpResponse(content.read(), content_type=XLSX), f"{name}.xlsx")
    finally:
        os.unlink(path)


def attached(response, name: str):
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response
