"""Picklijst: the screen and the paper."""

from datetime import date

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from backoffice.core import days
from backoffice.core.formats import format_date
from backoffice.core.input import InputError, parse_date
from backoffice.relations.branch_tabs import branch_tabs
from backoffice.relations.models import Branch
from backoffice.relations.rights import right, scoped
from sales.documents import large
from sales.documents.picklist import Picklist, picklist
from sales.documents.views import papers


@right("documents.view")
@require_GET
def picklist_page(request):
    """What must leave one's branch today, or by another date."""
    typed, error = request.GET.get("date", ""), ""
    try:
        shown = _asked(request)
    except InputError as refused:
        error = refused.message
        shown = _picklist(request, timezone.localdate())
    branches = _branches(request)
    context = {
        "picklist": shown, "typed": typed if error else format_date(shown.by), "error": error,
        "tabs": branch_tabs(request, branches, shown.branch, every=False, date=shown.by.isoformat()),
    }  # fmt: skip
    return render(request, "documents/picklist_page.html", context, status=422 if error else 200)


@right("documents.view")
@require_GET
def picklist_paper(request):
    """The paper, shown in the browser; changes nothing."""
    try:
        asked = _asked(request)
    except InputError as refused:
        raise Http404 from refused
    query = f"picklist={asked.branch.pk}&by={asked.by.isoformat()}"
    return papers.answer(request, large.of_picklist(asked), query, f"Picklijst {asked.by.isoformat()}.pdf")


def _asked(request) -> Picklist:
    typed = request.GET.get("date", "")
    return _picklist(request, parse_date(typed, lean=days.NEAR) if typed else timezone.localdate())


def _branches(request) -> list[Branch]:
    return list(scoped(Branch.objects.filter(active=True), request.user, "documents.view", "pk"))


def _picklist(request, by: date) -> Picklist:
    branches = _branches(request)
    asked = request.GET.get("branch", str(request.branch_id))
    branch = next((b for b in branches if str(b.pk) == asked), None)
    if branch is None:
        raise Http404
    return picklist(branch, by)
