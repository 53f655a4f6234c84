"""The screens of an import, the same for every kind: choose a file, look at what is read, follow it, see the result.

The views of a kind (which state their right and hold the routes) pass themselves as a Screen.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.core import sorting, tabular
from backoffice.core.errors import Refusal
from backoffice.core.http import posted_int, posted_key
from backoffice.core.imports import job as service
from backoffice.core.imports.importer import importer_of
from backoffice.core.imports.preview import Preview
from backoffice.core.input import InputError, clean_text
from backoffice.core.keys import new_key
from backoffice.core.models import ImportJob, ImportMapping

RECENT = 8
Status = ImportJob.Status


@dataclass(frozen=True)
class Screen:
    """app: namespace of the routes import, import_job, import_columns, import_start, import_stop, import_progress."""

    kind: str
    app: str
    title: Any
    list_label: Any
    list_url: str
    asks: Any  # what the file holds, in a sentence
    branches: Callable[[Any], list[tuple[int, str]]] = lambda request: []

    def context(self, **more: Any) -> dict[str, Any]:
        trail = [{"label": self.list_label, "url": reverse(self.list_url)}]
        return {"screen": self, "trail": trail, "upload_url": reverse(f"{self.app}:import"), **more}

    def url(self, name: str, job: ImportJob) -> str:
        return reverse(f"{self.app}:{name}", args=[job.pk])


def upload(request, screen: Screen) -> HttpResponse:
    """Choose a file (GET), or send it (POST)."""
    error = ""
    if request.method == "POST":
        try:
            return redirect(screen.url("import_job", _received(request, screen)))
        except Refusal as refusal:
            error = refusal.message
    recent = ImportJob.objects.filter(kind=screen.kind).exclude(status__in=(Status.READING, Status.PREVIEW))
    rows = recent.defer("content", "errors").select_related("employee").order_by("-created_at")[:RECENT]
    jobs = [{"job": one, "url": screen.url("import_job", one), "said": said(one)} for one in rows]
    maximum = tabular.size_shown(settings.IMPORT_MAX_BYTES)
    context = screen.context(error=error, jobs=jobs, key=new_key(), maximum=maximum)
    return render(request, "imports/upload.html", context, status=422 if error else 200)


def _received(request, screen: Screen) -> ImportJob:
    file = request.FILES.get("file")
    if file is None:
        raise Refusal("import.file", _("Kies eerst een bestand."), "file")
    branches = dict(screen.branches(request))
    branch_id = request.branch_id if request.branch_id in branches else next(iter(branches), None)
    return service.upload(
        employee=request.user,
        kind=screen.kind,
        file_name=file.name or "",
        content=file.read(settings.IMPORT_MAX_BYTES + 1),
        size=file.size,
        branch_id=branch_id,
        key=posted_key(request),
    )


def page(request, screen: Screen, pk) -> HttpResponse:
    """A file: that it is being read, its preview, how far it is, or what came of it.

    For htmx, which asks until it was read, the same without the page around it.
    """
    job = _job(screen, pk)
    if not request.headers.get("HX-Request"):
        return _whole(request, screen, job)
    if job.status == Status.READING:
        return _waiting(request, screen, job)
    return render(request, "imports/_body.html", _context(request, screen, job))


def columns(request, screen: Screen, pk) -> HttpResponse:
    """Other columns, branch or name were chosen: the file is read again, and its preview follows."""
    job = _job(screen, pk)
    _chosen(request, screen, job)
    if not request.headers.get("HX-Request"):
        return redirect(screen.url("import_job", job))
    if job.status in (Status.READING, Status.PREVIEW):
        return _waiting(request, screen, job)
    return _go(screen.url("import_job", job))


def start(request, screen: Screen, pk) -> HttpResponse:
    """Importeren: hand the file to the worker, when nothing is wrong with it."""
    job = _job(screen, pk)
    _chosen(request, screen, job)
    try:
        service.start(employee=request.user, job_id=job.pk, key=posted_key(request))
    except Refusal:
        if job.status in (Status.READING, Status.PREVIEW):  # what stands in the way is on the page
            return _whole(request, screen, job, status=422)
        raise
    return redirect(screen.url("import_job", job))


def stop(request, screen: Screen, pk) -> HttpResponse:
    """Stoppen: nothing of the file goes in; where it is too late for that, the page says what came of it."""
    with suppress(Refusal):
        service.stop(employee=request.user, job_id=_job(screen, pk).pk, key=posted_key(request))
    return redirect(screen.url("import_job", _job(screen, pk)))


def progress(request, screen: Screen, pk) -> HttpResponse:
    """How far it is, asked every second; what came of it takes the place of the whole once it has ended."""
    context = _status_context(screen, _job(screen, pk))
    if context["running"]:
        return render(request, "imports/_running.html", context)
    response = render(request, "imports/_status.html", context)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#import-status", "outerHTML"
    return response


def said(job: ImportJob) -> str:
    """The result in a sentence: "147 artikelen, 1.847 varianten, 0 fouten"."""
    wrong = job.summary.get("errors", 0)
    errors = _("%(number)s fout") % {"number": wrong} if wrong == 1 else _("%(number)s fouten") % {"number": wrong}
    if job.status == ImportJob.Status.FAILED:
        return _("Niets ingelezen, %(errors)s") % {"errors": errors}
    if job.status == ImportJob.Status.DONE:
        return f"{importer_of(job.kind).sentence(job.summary['counts'])}, {errors}"
    return _("Gestopt, niets ingelezen") if job.status == Status.STOPPED else _("Bezig")


def _job(screen: Screen, pk) -> ImportJob:
    return get_object_or_404(ImportJob.objects.select_related("employee").defer("content"), pk=pk, kind=screen.kind)


def _go(url: str) -> HttpResponse:
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = url
    return response


def _chosen(request, screen: Screen, job: ImportJob) -> None:
    """Take the columns, the branch and the name from the form."""
    header = job.options.get("header", [])
    chosen = {name: request.POST.get(f"column-{place}", "") for place, name in enumerate(header)}
    branch_id = posted_int(request, "branch")
    try:
        name = clean_text(request.POST.get("mapping", ""), max_length=80)
    except InputError:
        name = ""
    allowed = dict(screen.branches(request))
    service.choose(
        job, columns=chosen, branch_id=branch_id if branch_id in allowed else None, mapping_name=name,
        doubtful=request.POST.get("doubtful", ""),
    )  # fmt: skip


def _whole(request, screen: Screen, job: ImportJob, status: int = 200) -> HttpResponse:
    return render(request, "imports/job.html", _context(request, screen, job), status=status)


def _waiting(request, screen: Screen, job: ImportJob) -> HttpResponse:
    """The line that asks again, in place of itself: what else stands on the screen stays as it is until then."""
    context = {"job": job, "job_url": screen.url("import_job", job), "waiting": True}
    response = render(request, "imports/_waiting.html", context)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#import-waiting", "outerHTML"
    return response


def _context(request, screen: Screen, job: ImportJob) -> dict[str, Any]:
    if job.status == Status.READING:
        urls = {"job_url": screen.url("import_job", job), "stop_url": screen.url("import_stop", job)}
        return screen.context(job=job, waiting=True, key=new_key(), **urls)
    if job.status == Status.PREVIEW:
        return _preview_context(request, screen, job)
    return _status_context(screen, job)


def _preview_context(request, screen: Screen, job: ImportJob) -> dict[str, Any]:
    return screen.context(
        job=job,
        preview=Preview.of(job.summary["preview"]),
        fields=importer_of(job.kind).fields,
        branches=screen.branches(request),
        mappings=sorting.by_name(ImportMapping.objects.filter(kind=job.kind), lambda row: row.name),
        columns_url=screen.url("import_columns", job),
        start_url=screen.url("import_start", job),
        stop_url=screen.url("import_stop", job),
        job_url=screen.url("import_job", job),
        key=new_key(),
    )


def _status_context(screen: Screen, job: ImportJob) -> dict[str, Any]:
    done = job.status == ImportJob.Status.DONE
    return screen.context(
        job=job,
        running=job.status == ImportJob.Status.RUNNING,
        done=done,
        stopped=job.status == Status.STOPPED,
        key=new_key(),
        stop_url=screen.url("import_stop", job),
        said=said(job),
        facts=importer_of(job.kind).facts(job.summary["counts"]) if done else [],
        total=job.summary.get("errors", 0),
        list_href=reverse(screen.list_url),
        progress_url=screen.url("import_progress", job),
    )
