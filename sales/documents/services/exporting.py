"""Exporteren: what leaves the house is in the journal; a large list, or many papers, is made by the worker."""

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import jobs, journal
from backoffice.core.errors import NotFound, Refusal
from backoffice.core.keys import keyed
from backoffice.relations.models import Branch
from backoffice.relations.rights import scoped
from sales import lists
from sales.documents import large
from sales.documents.models import ExportJob
from sales.documents.reading import locked_order
from sales.models import SalesOrder

AT_ONCE = 5_000  # rows that are sent as they are read; more is a job of the worker
MAX_PAPER_LINES = 20_000
EXPORTED = "documents.exported"
Status, Format = ExportJob.Status, ExportJob.Format


@keyed("documents.order.export", result=("sales.SalesOrder", "order_id"))
def export_order(*, order_id: int, form: str, employee) -> SalesOrder:
    """Record that the order leaves as a file; form: csv, xlsx or ubl. Raises NotFound, Refusal."""
    if form not in ("csv", "xlsx", "ubl"):
        raise Refusal("export.format", _("Kies CSV, XLSX of UBL."))
    order = locked_order(order_id, employee, "documents.view", "export")
    if form == "ubl" and not order.number:
        raise Refusal("export.draft", _("Een concept heeft nog geen nummer. Bevestig eerst de verkooporder."))
    journal.write(
        branch_id=order.branch_id,
        employee=employee,
        action=EXPORTED,
        about=order,
        version=order.version,
        data={"format": form},
    )
    return order


def matching(query: str, employee):
    """The orders that a list's URL asks, in its order, in the branches where the employee may export."""
    filters = lists.Filters.read(QueryDict(query))
    field = filters.field
    orders = scoped(lists.matching(filters, employee), employee, "documents.view")
    return orders.order_by(field, "-pk" if field.startswith("-") else "pk")


@keyed("documents.list.export")
def export_list(*, query: str, form: str, employee, branch_id: int | None) -> ExportJob:
    """Record that a list leaves as a file; form: csv or xlsx.

    Up to AT_ONCE rows the answer is DONE without a file, and the caller sends the rows; of more the worker makes a
    file, and the answer is WAITING. Raises Refusal.
    """
    if form not in (Format.CSV, Format.XLSX):
        raise Refusal("export.format", _("Kies CSV of XLSX."))
    query = query[:2000]
    rows = matching(query, employee).order_by().count()
    job = ExportJob(query=query, format=form, rows_total=rows, employee=employee)
    if rows <= AT_ONCE:
        job.status, job.rows_done, job.finished_at = Status.DONE, rows, timezone.now()
    return _started(job, branch_id, {"filters": lists.Filters.read(QueryDict(query)).values})


@keyed("documents.table.start")
def start_table(*, query: str, form: str, employee, branch_id: int | None) -> ExportJob:
    """Hand a table of a floor above to the worker; query: its name in making.TABLES, a space, and what is asked."""
    if form not in (Format.CSV, Format.XLSX):
        raise Refusal("export.format", _("Kies CSV of XLSX."))
    return _started(ExportJob(query=query, format=form, employee=employee), branch_id, {"table": query})


@keyed("documents.papers.start")
def start_papers(*, order_ids: list[int], employee, branch_id: int | None) -> ExportJob:
    """Hand the papers of many orders to the worker; each print was recorded before. Raises Refusal."""
    query = "&".join(f"order={pk}" for pk in order_ids)
    job = ExportJob(query=query, format=Format.PDF, rows_total=len(order_ids), employee=employee)
    return _started(job, branch_id, {})


@keyed("documents.paper.start")
def start_paper(*, query: str, employee, branch_id: int | None) -> ExportJob:
    """Hand one paper of many lines to the worker; query: as large.asked() reads it. Raises Refusal where it is not."""
    paper = large.asked(query, employee)
    job = ExportJob(query=query, title=paper.title[:120], format=Format.PDF, rows_total=paper.lines, employee=employee)
    return _started(job, branch_id, {"title": paper.title})


@keyed("documents.export.stop", result=("documents.ExportJob", "job_id"))
def stop_job(*, job_id: str, employee) -> ExportJob:
    """Stoppen: what one asked for oneself is not made any more. What is ready, failed or stopped stays so.

    The worker sees it at its next step and leaves no file. Raises Refusal for a job of somebody else.
    """
    mine = ExportJob.objects.filter(employee=employee)
    try:
        mine = mine.filter(pk=job_id)
    except ValidationError:  # no id at all
        mine = mine.none()
    mine.filter(status__in=(Status.WAITING, Status.RUNNING)).update(status=Status.STOPPED, finished_at=timezone.now())
    job = mine.first()
    if job is None:
        raise NotFound("export.unknown", _("Deze export is er niet, of is van iemand anders."))
    return job


def _started(job: ExportJob, branch_id: int | None, data: dict) -> ExportJob:
    job.save(force_insert=True)
    if job.status == Status.WAITING:
        jobs.defer("make_export", job_id=str(job.pk))
    branch_id = branch_id or Branch.objects.order_by("pk").values_list("pk", flat=True)[0]
    told = {"format": job.format, "rows": job.rows_total, **data}
    journal.write(branch_id=branch_id, employee=job.employee, action=EXPORTED, about=job, data=told)
    return job
