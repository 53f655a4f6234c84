"""Overviews for the bookkeeper: on the screen, and with the same URL as CSV or XLSX."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backoffice.core.formats import format_date
from backoffice.relations.models import Branch
from backoffice.relations.rights import right
from payments import reports, weeks
from payments.forms_reports import ReportForm
from payments.reports import Asked
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
@require_GET
def outstanding(request):
    return _report(request, "outstanding")


@right("payments.report")
@require_GET
def deposits(request):
    return _report(request, "deposits")


@right("payments.report")
@require_GET
def methods(request):
    return _report(request, "methods")


@right("payments.report")
@require_GET
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
        table = reports.REPORTS[name](asked)
        if form_at in FILES:
            return table_answer(form_at, f"{name}-{asked.last:%Y-%m-%d}", title, table.columns, table.rows)
    context = {
        "title": title, "about": about, "form": form, "table": table, "tabs": _tabs(name), "more": _more(table),
    }  # fmt: skip
    return render(request, "payments/report.html", context, status=200 if table else 422)


def _branches(request) -> list[Branch]:
    allowed = request.access.branch_ids("payments.report")
    return [row for row in Branch.objects.order_by("name") if allowed is None or row.pk in allowed]


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
