"""The start page: what waits, and how it goes; each figure a link to its list."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from sales import worklists


@right("shell")
@require_GET
def home(request):
    """Per role: the worklists for whoever sells, the weeks for whoever sees reports; both are loaded after the page."""
    context = {
        "may_sell": request.access.can("sales.view"),
        "may_make": request.access.can("sales.edit", request.branch_id),
        "may_report": request.access.can("payments.report"),
        "key": new_key(),
    }
    return render(request, "sales/start.html", context)


@right("sales.view")
@require_GET
def counts(request):
    """The worklists with their counts: as tabs over the list (?tabs=current name), or as figures on the start page."""
    found = worklists.counts(request.user, timezone.localdate())
    if "tabs" in request.GET:
        return render(request, "parts/tabs.html", tabs(request.GET["tabs"], found))
    shown = [tab for tab in tabs("", found)["tabs"] if tab["name"]]
    return render(
        request, "sales/_worklists.html", {"worklists": shown, "may_refund": request.access.can("payments.refund")}
    )


def tabs(current: str, found: dict[str, str] | None = None) -> dict:
    """All orders, the worklists and the picking list, as parts/tabs.html shows them; the counts come after the page."""
    shown: list[dict] = [{"name": "", "label": _("Alle orders"), "url": "?sort=-date", "count": None}]
    for name, worklist in worklists.WORKLISTS.items():
        url = f"{reverse('sales:orders')}?{urlencode({'work': name, 'sort': 'due'})}"
        count = found[name] if found else None
        shown.append({"name": name, "label": worklist.label, "url": url, "count": count, "icon": worklist.icon})
    known = current if current in worklists.WORKLISTS else ""
    shown = [tab | {"current": tab["name"] == known} for tab in shown]
    picklist = {
        "name": "",
        "label": _("Picklijst"),
        "url": reverse("documents:picklist"),
        "icon": "list",
        "count": None,
    }
    return {"label": _("Werklijsten"), "tabs": [*shown, picklist]}
