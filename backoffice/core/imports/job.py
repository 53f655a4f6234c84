"""One file on its way in: uploaded, read by the worker for its preview, mapped, started, and run as one transaction.

A web request never reads a file: what it asks of time and memory belongs to the worker, and to its ceilings
(core.tabular).
"""

from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import jobs, tabular
from backoffice.core.errors import Refusal
from backoffice.core.imports import mapping
from backoffice.core.imports.importer import Importer, Problems, Source, importer_of
from backoffice.core.imports.preview import Preview, checked, preview, undecided
from backoffice.core.keys import keyed
from backoffice.core.models import ImportJob
from backoffice.core.progress import Progress, Unwanted

Status = ImportJob.Status
CHECKING = 0.35  # of the whole, for the progress bar
ATTEMPTS = 3  # a file that ends the worker as often is given up
KEPT_DAYS = 7  # a file that was uploaded and never started
DOUBTFUL = ("update", "new", "skip")  # what becomes of rows that may be there already


class Wrong(Exception):
    """The file has problems, so that nothing of it goes in."""

    def __init__(self, problems: Problems):
        super().__init__(f"{problems.total} problems")
        self.problems = problems


@keyed("core.import.uploaded")
def upload(
    *, employee, kind: str, file_name: str, content: bytes, branch_id: int | None = None, size: int | None = None
) -> ImportJob:
    """Keep an uploaded file and let the worker read it. Raises Refusal for what its first bytes say is no table.

    size: of the whole file in bytes, where content is only its beginning because it is too large.
    """
    if kind not in settings.IMPORTERS:
        raise Refusal("import.kind", _("Kies wat er ingelezen wordt: artikelen of debiteuren."))
    tabular.recognised(content, settings.IMPORT_MAX_BYTES, size)
    job = ImportJob.objects.create(
        kind=kind,
        file_name=file_name[-200:],
        content=content,
        options={"branch": branch_id, "mapping": "", "turn": 1, "doubtful": ""},
        employee=employee,
    )
    _to_worker(job)
    return job


def choose(
    job: ImportJob, *, columns: dict[str, str], branch_id: int | None, mapping_name: str, doubtful: str = ""
) -> None:
    """Take over what was chosen on the screen; where it makes another preview, the worker reads the file again.

    doubtful: what becomes of rows that may be there already, one of DOUBTFUL or nothing.
    """
    with transaction.atomic():
        now = ImportJob.objects.select_for_update().defer("content").get(pk=job.pk)
        if now.status not in (Status.READING, Status.PREVIEW) or "header" not in now.options:
            return
        known = {one.name for one in importer_of(job.kind).fields}
        chosen = {name: columns[name] if columns[name] in known else "" for name in now.options["header"]}
        doubtful = doubtful if doubtful in DOUBTFUL else ""
        before = (now.columns, now.options["branch"], now.options.get("doubtful", ""))
        if before != (chosen, branch_id, doubtful):
            if now.status == Status.PREVIEW:
                _to_worker(now)
            now.status, now.columns = Status.READING, chosen
            now.rows_done = 0
            now.options |= {"branch": branch_id, "doubtful": doubtful, "turn": now.options["turn"] + 1}
        now.options |= {"mapping": mapping_name}
        now.save(update_fields=["status", "columns", "options", "rows_done"])
    job.status, job.columns, job.options = now.status, now.columns, now.options


def _to_worker(job: ImportJob) -> None:
    """One file at a time is read, so that large ones leave a hand free for mail."""
    jobs.defer("read_import", lock="import-read", job_id=str(job.pk))


def read(job_id: str, attempt: int = 0) -> None:
    """What the worker does first: read the file for its preview, again when other columns were chosen meanwhile."""
    job = ImportJob.objects.get(pk=job_id)
    if job.status != Status.READING:
        return
    if attempt >= ATTEMPTS:
        fail(job, [_("Het lezen is %(times)s keer afgebroken.") % {"times": attempt}])
        return
    try:
        while job.status == Status.READING and not _read(job):
            job = ImportJob.objects.get(pk=job_id)
    except Refusal as refusal:
        fail(job, [refusal.message])
    except OperationalError:
        raise  # the worker tries again
    except Exception:
        fail(job, [_("Er ging iets mis bij het lezen. Er is niets gewijzigd.")])
        raise


def _read(job: ImportJob) -> bool:
    """Read the file by the job's columns; False when it was stopped, or others were chosen, before it was done."""
    importer, wanted = importer_of(job.kind), _wanted(job)
    progress = Progress(job, wanted)
    try:
        table = tabular.open_table(bytes(job.content))
        job.rows_total = table.count
        wanted.update(rows_total=table.count, rows_done=0)
        if "header" not in job.options:
            job.columns, job.options["mapping"] = mapping.propose(importer, table.header)
            job.options["header"] = table.header
        shown = preview(importer, table, job.columns, job.options, progress.part)
    except Unwanted:
        return False
    finally:
        progress.close()
    return bool(
        wanted.update(
            status=Status.PREVIEW, columns=job.columns, options=job.options, rows_done=0,
            summary={"preview": shown.kept()},
        )
    )  # fmt: skip


def _wanted(job: ImportJob) -> QuerySet[ImportJob]:
    """The job, as long as nobody stopped it or had it read by other columns."""
    return ImportJob.objects.filter(pk=job.pk, status=job.status, options__turn=job.options["turn"])


def source_of(job: ImportJob) -> Source:
    """The rows of the job's file by its columns. Raises Refusal where a column is missing or chosen twice."""
    table = tabular.open_table(bytes(job.content))
    return Source(table, mapping.places(importer_of(job.kind), table.header, job.columns))


@keyed("core.import.started", result=("core.ImportJob", "job_id"))
def start(*, employee, job_id) -> ImportJob:
    """Hand the file to the worker; the mapping is kept under its name."""
    job = ImportJob.objects.select_for_update().get(pk=job_id)
    if job.status == Status.READING:
        raise Refusal("import.reading", _("Het bestand wordt nog gelezen. Wacht op het voorbeeld."))
    if job.status == Status.STOPPED:
        raise Refusal("import.stopped", _("Deze import is gestopt. Kies het bestand opnieuw."))
    if job.status != Status.PREVIEW:
        raise Refusal("import.started", _("Deze import is al gestart."))
    if not Preview.of(job.summary["preview"]).ready:
        raise Refusal("import.wrong", _("Zo kan het bestand niet naar binnen: kijk in het voorbeeld wat er mis is."))
    if job.options.get("mapping"):
        mapping.keep(importer_of(job.kind), job.options["mapping"], job.columns)
    job.status, job.employee, job.rows_done = Status.RUNNING, employee, 0
    job.save(update_fields=["status", "employee", "rows_done"])
    jobs.defer("run_import", lock=f"import-{job.kind}", job_id=str(job.pk))
    return job


@keyed("core.import.stopped", result=("core.ImportJob", "job_id"))
def stop(*, employee, job_id) -> ImportJob:
    """Stop a file that is being read or goes in: nothing of it goes in, and the worker leaves it where it is.

    Raises Refusal where it is too late.
    """
    job = ImportJob.objects.select_for_update().defer("content").get(pk=job_id)
    if job.status not in (Status.READING, Status.RUNNING, Status.STOPPED):
        raise Refusal("import.ended", _("Deze import is al klaar en kan niet meer worden gestopt."))
    finish(job, Status.STOPPED)
    job.status = Status.STOPPED
    return job


def run(job_id: str, attempt: int = 0) -> None:
    """What the worker does: everything or nothing. A file that was already done is passed over."""
    job = ImportJob.objects.select_related("employee").get(pk=job_id)
    if job.status != Status.RUNNING:
        return
    if attempt >= ATTEMPTS:
        fail(job, [_("Het inlezen is %(times)s keer afgebroken.") % {"times": attempt}])
        return
    progress = Progress(job, _wanted(job))
    try:
        importer = importer_of(job.kind)
        source = source_of(job)
        with transaction.atomic():
            counts = carry_out(importer, source, job.options, job.employee, job.file_name, progress.part)
            if not finish(job, Status.DONE, counts=counts):
                raise Unwanted
    except Unwanted:
        return
    except Wrong as wrong:
        fail(job, wrong.problems.sorted(), wrong.problems.total)
    except Refusal as refusal:
        fail(job, [refusal.message])
    except OperationalError:
        raise  # the worker tries again
    except Exception:
        fail(job, [_("Er ging iets mis bij het inlezen. Er is niets gewijzigd.")])
        raise
    finally:
        progress.close()


def carry_out(importer: Importer, source: Source, options, employee, file_name, progress) -> dict[str, int]:
    """Check and write the file inside the caller's transaction; one import of a kind at a time. Raises Wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"toonbank-import-{importer.kind}"])
    plan, problems = checked(importer, source, options, lambda done: progress(done * CHECKING))
    if problems:
        raise Wrong(problems)
    if importer.doubts(plan) and not options.get("doubtful"):  # one that came meanwhile
        raise undecided()
    counts = importer.counts(plan)
    importer.apply(
        plan,
        employee=employee,
        options=options,
        file_name=file_name,
        progress=lambda done: progress(CHECKING + done * (1 - CHECKING)),
    )
    return counts


def finish(job: ImportJob, status: str, *, counts: dict[str, int] | None = None, errors=(), total: int = 0) -> bool:
    """End a job that is read or runs; False where it has ended already, because somebody stopped it."""
    counts = counts or {}
    return bool(
        ImportJob.objects.filter(pk=job.pk, status__in=(Status.READING, Status.RUNNING)).update(
            status=status,
            content=b"",
            rows_done=job.rows_total if status == Status.DONE else 0,
            created=counts.get("created", 0),
            updated=counts.get("updated", 0),
            errors=list(errors),
            summary={"counts": counts, "errors": total},
            finished_at=timezone.now(),
        )
    )


def fail(job: ImportJob, errors: list, total: int | None = None) -> None:
    rows = [one if isinstance(one, dict) else {"row": "", "column": "", "value": "", "sentence": one} for one in errors]
    finish(job, Status.FAILED, errors=rows, total=len(rows) if total is None else total)


def sweep() -> None:
    """Forget the files that were uploaded and never started."""
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    ImportJob.objects.filter(status__in=(Status.READING, Status.PREVIEW), created_at__lt=old).delete()
