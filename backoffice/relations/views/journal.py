"""Journaal: what happened, for the beheerder to read. Nobody changes it, here or anywhere."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backoffice.core import paging
from backoffice.core.formats import format_date
from backoffice.core.http import asked_int, filter_chip, period_menu
from backoffice.relations import journal_list, journal_rows, journal_words
from backoffice.relations.models import Branch, Employee
from backoffice.relations.rights import right
from backoffice.relations.views.pages import trail


@right("journal.view")
@require_GET
def journal(request):
    asked = journal_list.Asked.read(request.GET)
    page = journal_list.page(asked, after=asked_int(request, "after"), before=asked_int(request, "before"))
    context = {
        "page": page, "drawn": journal_rows.drawn(page.rows), "trail": trail(), "filters": _chips(request, asked),
        "counted": paging.counted(journal_list.matching(asked)),
    }  # fmt: skip
    return render(request, "relations/journal.html", context)


def _chips(request, asked: journal_list.Asked) -> list[dict]:
    branches = [(str(pk), name) for pk, name in Branch.objects.values_list("pk", "name")]
    people = [(str(pk), name) for pk, name in Employee.objects.values_list("pk", "name")]
    areas = [(value, str(label)) for value, label in journal_words.AREAS]
    chips = [
        _period(request, asked),
        filter_chip(request, "branch", _("Filiaal"), str(asked.branch or ""), branches),
        filter_chip(request, "employee", _("Medewerker"), str(asked.employee or ""), people),
        filter_chip(request, "area", _("Onderdeel"), asked.area, areas),
    ]
    if asked.subject:
        value = ":".join(asked.subject)
        label, _url = journal_rows.named(asked.subject, journal_rows.objects([asked.subject]))
        chips.append(filter_chip(request, "subject", _("Onderwerp"), value, [(value, label)]))
    return chips


def _period(request, asked: journal_list.Asked) -> dict:
    """The period always stands there; its menu is a form with two days."""
    chip = filter_chip(request, "from", _("Periode"), "", [])
    parts = [format_date(day) for day in (asked.first, asked.last) if day]
    label = _("Periode: %(days)s") % {"days": " t/m ".join(parts)} if parts else _("Periode")
    return chip | {"label": label} | period_menu(request, asked.first, asked.last)
