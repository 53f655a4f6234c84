"""The worker's part of an export: the file, with progress, in memory that does not grow with it; and the sweep."""

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from django.core.files import File
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.progress import Progress, Unwanted
from backoffice.relations.rights import scoped
from sales import status
from sales.documents import confirmation, large, papers, reading, sheets, tables
from sales.documents.models import ExportJob
from sales.documents.services.exporting import MAX_PAPER_LINES, Format, Status, matching

Made = tuple[str, Sequence[sheets.Column], Iterable[list]]
# tables of a floor above, by name: from a job its title, columns and rows
TABLES: dict[str, Callable[[ExportJob], Made]] = {}
ATTEMPTS = 3  # an export that ends the worker as often is given up
KEPT, REMEMBERED = timedelta(days=1), timedelta(days=30)


def run(job_id: str, attempt: int = 0) -> None:
    """Make the job's file. A job that is done is passed over; one that was begun by a killed worker begins again."""
    job = ExportJob.objects.select_related("employee").get(pk=job_id)
    if job.status not in (Status.WAITING, Status.RUNNING):
        return None
    if attempt >= ATTEMPTS:
        return _failed(job, _("Het maken is %(times)s keer afgebroken.") % {"times": attempt})
    if not _unstopped(job).update(status=Status.RUNNING, rows_done=0):
        return None
    progress = Progress(job, _unstopped(job))
    handle, path = tempfile.mkstemp(suffix=f".{job.format}")
    os.close(handle)
    try:
        make(job, path, progress)
        with open(path, "rb") as content:
            job.file.save(f"{job.pk}.{job.format}", File(content), save=False)
        values = {"status": Status.DONE, "file": job.file.name, "rows_done": progress.done}
        if not _unstopped(job).update(finished_at=timezone.now(), **values):
            job.file.delete(save=False)
    except Unwanted:
        pass  # who asked for it does not want it any more
    except Refusal as refusal:
        _failed(job, refusal.message)
    except OperationalError:
        raise  # the worker tries again
    except Exception:
        _failed(job, _("Er ging iets mis bij het maken van het bestand."))
        raise
    finally:
        progress.close()
        os.unlink(path)
    return None


def make(job: ExportJob, path: str, progress: Progress) -> None:
    """Write the job's content to the path. Raises Refusal for what is too much."""
    if job.format == Format.PDF:
        with open(path, "wb") as out:
            out.write(_papers(job, progress))
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        title, columns, rows = TABLES.get(job.table, _orders)(job)
        rows = progress.watch(rows)
        if job.format == Format.XLSX:
            if job.rows_total > sheets.MAX_XLSX:
                raise Refusal("export.rows", _("Een XLSX kan niet zoveel rijen hebben. Kies CSV."))
            sheets.write_xlsx(path, title, columns, rows)
        else:
            with open(path, "w", encoding="utf-8", newline="") as out:
                out.writelines(sheets.csv_rows(columns, rows))


def _orders(job: ExportJob) -> Made:
    return _("Verkooporders"), tables.order_columns(), tables.order_rows(matching(job.query, job.employee))


def _papers(job: ExportJob, progress: Progress) -> bytes:
    if job.title:
        paper = large.asked(job.query, job.employee)
        if paper.lines > MAX_PAPER_LINES:
            raise Refusal("papers.many", _("Dit papier heeft te veel regels. Exporteer de regels als CSV of XLSX."))
        return papers.one(paper.html(), paper.lines, progress)
    ids = [int(pk) for pk in QueryDict(job.query).getlist("order")]
    if reading.lines_of(ids) > MAX_PAPER_LINES:
        raise Refusal("papers.many", _("Dit zijn te veel regels voor één bestand. Kies minder orders."))
    found = scoped(confirmation.orders().filter(pk__in=ids), job.employee, "documents.view")
    orders = [order for order in found.order_by("order_date", "pk") if status.allowed(order, "print")]
    if not orders:
        raise Refusal("papers.none", _("Er is niets meer om af te drukken."))
    return papers.papers(orders, reading.copies(orders), progress)


def sweep() -> int:
    """Forget the files that are older than a day, and jobs older than a month; gives how many files went."""
    now, swept = timezone.now(), 0
    for job in ExportJob.objects.filter(created_at__lt=now - KEPT).exclude(file="").iterator(chunk_size=500):
        job.file.delete(save=False)
        swept += ExportJob.objects.filter(pk=job.pk).update(file="")
    ExportJob.objects.filter(created_at__lt=now - REMEMBERED, file="").exclude(status=Status.RUNNING).delete()
    return swept


def _unstopped(job: ExportJob) -> QuerySet[ExportJob]:
    return ExportJob.objects.filter(pk=job.pk, status__in=(Status.WAITING, Status.RUNNING))


def _failed(job: ExportJob, reason: str) -> None:
    _unstopped(job).update(status=Status.FAILED, error=reason[:300], finished_at=timezone.now())
