"""Overviews for the bookkeeper: on the screen, and with the same URL as CSV or XLSX."""

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.core.formats import format_date
from backoffice.core.http import posted_key
from backoffice.relations.models import Branch
from backoffice.relations.rights import right
from payments.forms_reports import ReportForm
from payments.selectors import reports, weeks
from payments.selectors.reports import Asked
from sales.documents.services import exporting
from sales.documents.views.exports import table_answer

URLS = {"outstanding": "outstanding", "deposits": "deposits_report", "methods": "methods_report", "vat": "vat_report"}
FILES = ("csv", "xlsx")
WITHOUT = {"outstanding": ("first", "per"), "deposits": ("per",)}  # fields that say nothing to an overview
ROWS_OF_ORDERS = ("outstanding", "deposits")
SHOWN = 300  # rows on the screen; a file holds all of them


def _titles() -> dict[str, tuple[str, str]]:
    """Per overview its title and what it says, in words."""
    return {
        "outstanding": (
            _("Openstaande aanbetalingen"),
            _("Betaald op orders die op die datum niet helemaal waren geleverd."),
        ),
        "deposits": (_("Ontvangen aanbetalingen"), _("Elke aanbetaling, in het filiaal waar die is ontvangen.")),
        "methods": (
            _("Betalingen per betaalwijze"),
            _("Wat is ontvangen en terugbetaald, in het filiaal waar dat gebeurde."),
        ),
        "vat": (_("Ontvangen BTW"), _("De BTW in wat is ontvangen, aanbetalingen inbegrepen.")),
    }


@right("payments.report")
@require_http_methods(["GET", "POST"])
def outstanding(request):
    return _report(request, "outstanding")


@right("payments.report")
@require_http_methods(["GET", "POST"])
def deposits(request):
    return _report(request, "deposits")


@right("payments.report")
@require_http_methods(["GET", "POST"])
def methods(request):
    return _report(request, "methods")


@right("payments.report")
@require_http_methods(["GET", "POST"])
def vat(request):
    return _report(request, "vat")


def _report(request, name: str):
    branches = _branches(request)
    today = timezone.localdate()
    standard = {"first": format_date(today.replace(day=1)), "last": format_date(today), "branch": ""}
    standard["per"] = "month" if name == "vat" else "day"
    data = standard | {key: request.GET[key] for key in standard if key in request.GET}
    form = ReportForm(data, branches=branches, without=WITHOUT.get(name, ()))
    form_at = request.GET.get("format", "")
    title, about = _titles()[name]
    context = {"title": title, "about": about, "form": form, "tabs": _tabs(name), "url": request.get_full_path()}
    table = None
    if form.is_valid():
        values = form.cleaned_data
        asked = Asked(
            first=values.get("first") or values["last"],
            last=values["last"],
            branches=[values["branch"]] if values["branch"] else [row.pk for row in branches],
            per=values.get("per") or "day",
            limit=SHOWN if name in ROWS_OF_ORDERS and form_at not in FILES else None,
        )
        if request.method == "POST":
            return _by_the_worker(request, reports.query_of(name, asked))
        if reports.is_large(name, asked):
            return render(request, "payments/report.html", context | {"large": True})
        table = reports.REPORTS[name](asked)
        if form_at in FILES:
            return table_answer(form_at, f"{name}-{asked.last:%Y-%m-%d}", title, table.columns, table.rows)
    context |= {"table": table, "more": _more(table)}
    return render(request, "payments/report.html", context, status=200 if table else 422)


def _by_the_worker(request, query: str) -> HttpResponseRedirect:
    """A file that is made in the background; the page that is answered shows how far it is."""
    job = exporting.start_table(
        query=query, form=request.POST.get("format", ""), employee=request.user, branch_id=request.branch_id,
        key=posted_key(request),
    )  # fmt: skip
    response = HttpResponseRedirect(reverse("documents:export_job", args=[job.pk]))
    response.status_code = 303
    return response


def _branches(request) -> list[Branch]:
    allowed = request.access.branch_ids("payments.report")
    return [row for row in Branch.objects.all() if allowed is None or row.pk in allowed]


def _tabs(name: str) -> list[dict]:
    return [
        {"url": reverse(f"payments:{URLS[key]}"), "label": title, "current": key == name}
        for key, (title, _about) in _titles().items()
    ]


def _more(table) -> int:
    return table.count - len(table.rows) if table else 0


@right("payments.report")
@require_GET
def last_weeks(request):
    """Orders, turnover and deposits per branch, for the start page; loaded after it."""
    branches = [row for row in _branches(request) if row.active]
    shown = weeks.last_weeks(request.user, branches, timezone.localdate())
    return render(request, "payments/_weeks.html", {"shown": shown})
