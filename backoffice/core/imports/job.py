"""One file on its way in: uploaded, mapped, started, and run by the worker as one transaction."""

import time

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import tabular
from backoffice.core.errors import Refusal
from backoffice.core.imports import mapping
from backoffice.core.imports.importer import Importer, Problems, Source, importer_of
from backoffice.core.keys import keyed
from backoffice.core.models import ImportJob

Status = ImportJob.Status
PREVIEW_ROWS = 20
CHECKING = 0.35  # of the whole, for the progress bar
ATTEMPTS = 3  # a file that ends the worker as often is given up


class Wrong(Exception):
    """The file has problems, so that nothing of it goes in."""

    def __init__(self, problems: Problems):
        super().__init__(f"{problems.total} problems")
        self.problems = problems


@keyed("core.import.uploaded")
def upload(*, employee, kind: str, file_name: str, content: bytes, branch_id: int | None = None) -> ImportJob:
    """Keep an uploaded file with a proposal for its columns. Raises Refusal for what is no readable table."""
    if kind not in settings.IMPORTERS:
        raise Refusal("import.kind", _("Kies wat er ingelezen wordt: artikelen of debiteuren."))
    importer = importer_of(kind)
    table = tabular.open_table(content, max_bytes=settings.IMPORT_MAX_BYTES)
    columns, name = mapping.propose(importer, table.header)
    return ImportJob.objects.create(
        kind=kind,
        file_name=file_name[-200:],
        content=content,
        columns=columns,
        options={"branch": branch_id, "mapping": name, "header": table.header},
        rows_total=table.count,
        employee=employee,
    )


def choose(job: ImportJob, *, columns: dict[str, str], branch_id: int | None, mapping_name: str) -> None:
    """Take over the columns that were chosen on the screen; nothing else happens yet."""
    known = {one.name for one in importer_of(job.kind).fields}
    job.columns = {name: target if target in known else "" for name, target in columns.items()}
    job.options |= {"branch": branch_id, "mapping": mapping_name}
    ImportJob.objects.filter(pk=job.pk, status=Status.PREVIEW).update(columns=job.columns, options=job.options)


def source_of(job: ImportJob) -> Source:
    """The rows of the job's file by its columns. Raises Refusal where a column is missing or chosen twice."""
    table = tabular.open_table(bytes(job.content))
    return Source(table, mapping.places(importer_of(job.kind), table.header, job.columns))


def checked(importer: Importer, source: Source, options: dict, progress=lambda done: None):
    """The plan for the whole file and what is wrong with it; writes nothing."""
    problems = Problems()
    if importer.stock_field and importer.stock_field in source and not options.get("branch"):
        raise Refusal("import.branch", _("Kies het filiaal waar de voorraad ligt."), "branch")
    return importer.check(source, problems, options, progress), problems


@keyed("core.import.started", result=("core.ImportJob", "job_id"))
def start(*, employee, job_id) -> ImportJob:
    """Hand the file to the worker; the mapping is kept under its name."""
    from backoffice.core.tasks import run_import

    job = ImportJob.objects.select_for_update().get(pk=job_id)
    if job.status != Status.PREVIEW:
        raise Refusal("import.started", _("Deze import is al gestart."))
    if job.options.get("mapping"):
        mapping.keep(importer_of(job.kind), job.options["mapping"], job.columns)
    job.status, job.employee = Status.RUNNING, employee
    job.save(update_fields=["status", "employee"])
    run_import.configure(lock=f"import-{job.kind}").defer(job_id=str(job.pk))
    return job


def run(job_id: str, attempt: int = 0) -> None:
    """What the worker does: everything or nothing. A file that was already done is passed over."""
    job = ImportJob.objects.select_related("employee").get(pk=job_id)
    if job.status != Status.RUNNING:
        return
    if attempt >= ATTEMPTS:
        fail(job, [_("Het inlezen is %(times)s keer afgebroken.") % {"times": attempt}])
        return
    progress = Progress(job)
    try:
        importer = importer_of(job.kind)
        source = source_of(job)
        with transaction.atomic():
            counts = carry_out(importer, source, job.options, job.employee, job.file_name, progress)
            finish(job, Status.DONE, counts=counts)
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
    counts = importer.counts(plan)
    importer.apply(
        plan,
        employee=employee,
        options=options,
        file_name=file_name,
        progress=lambda done: progress(CHECKING + done * (1 - CHECKING)),
    )
    return counts


def finish(job: ImportJob, status: str, *, counts: dict[str, int] | None = None, errors=(), total: int = 0) -> None:
    counts = counts or {}
    ImportJob.objects.filter(pk=job.pk).update(
        status=status,
        content=b"",
        rows_done=job.rows_total if status == Status.DONE else 0,
        created=counts.get("created", 0),
        updated=counts.get("updated", 0),
        errors=list(errors),
        summary={"counts": counts, "errors": total},
        finished_at=timezone.now(),
    )


def fail(job: ImportJob, errors: list, total: int | None = None) -> None:
    rows = [one if isinstance(one, dict) else {"row": "", "column": "", "value": "", "sentence": one} for one in errors]
    finish(job, Status.FAILED, errors=rows, total=len(rows) if total is None else total)


class Progress:
    """Tells how far a job is, on a connection of its own: the import's own transaction is seen only at its end."""

    EVERY = 0.4  # seconds

    def __init__(self, job: ImportJob):
        self.job, self.told = job, 0.0
        self.connection = connection.copy()

    def __call__(self, done: float) -> None:
        now = time.monotonic()
        if now - self.told < self.EVERY:
            return
        self.told = now
        with self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_importjob SET rows_done = %s WHERE id = %s",
                [int(self.job.rows_total * min(done, 1.0)), self.job.pk],
            )

    def close(self) -> None:
        self.connection.close()
