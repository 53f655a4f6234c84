"""The start page: what waits, and how it goes; each figure a link to its list."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from sales import figures, worklists


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
    everywhere = request.access.branch_ids("sales.view") is None
    found = worklists.counts(request.user, timezone.localdate())
    shown = [_shown(worklist, found[name]) for name, worklist in worklists.WORKLISTS.items()]
    if "tabs" not in request.GET:
        return render(request, "sales/_worklists.html", {"worklists": shown, "everywhere": everywhere})
    current = request.GET["tabs"]
    tabs = [{"label": _("Alle orders"), "url": "?sort=-date", "current": current not in found, "count": None}]
    tabs += [tab | {"current": tab["name"] == current} for tab in shown]
    picklist = {"label": _("Picklijst"), "url": reverse("documents:picklist"), "icon": "list"}
    return render(request, "parts/tabs.html", {"label": _("Werklijsten"), "tabs": [*tabs, picklist]})


def _shown(worklist, count: str) -> dict:
    url = f"{reverse('sales:orders')}?{urlencode({'work': worklist.name, 'sort': 'due'})}"
    return {"name": worklist.name, "label": worklist.label, "url": url, "count": count, "icon": worklist.icon}


@right("payments.report")
@require_GET
def weeks(request):
    """Turnover and orders of the last weeks per branch."""
    series = figures.last_weeks(request.user, timezone.localdate())
    return render(request, "sales/_weeks.html", {"series": series})
