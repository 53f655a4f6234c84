"""Beheer: its index, and the screens of branches, tills and employees."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.core.http import asked_int, posted_key, stored_picture
from backoffice.core.keys import new_key
from backoffice.relations import selectors
from backoffice.relations.forms import BranchForm, EmployeeForm, TillForm
from backoffice.relations.models import Branch, Employee, Till
from backoffice.relations.rights import right
from backoffice.relations.services import employees as employee_service
from backoffice.relations.services import two_factor
from backoffice.relations.services.secrets import Secret
from backoffice.relations.views.pages import Rows, few, form_page, list_page, saver

# group, [(label, what it is for, icon, URL name)]; those of the floors above are reached by name alone
INDEX = [
    (
        gettext_lazy("Organisatie"),
        [
            (gettext_lazy("Filialen"), gettext_lazy("Adres, logo en voorraadregel"), "store", "relations:branches"),
            (gettext_lazy("Kassa's"), gettext_lazy("Per filiaal, met bonprinter"), "monitor", "relations:tills"),
            (gettext_lazy("Medewerkers"), gettext_lazy("Rollen, wachtwoord, pincode"), "user", "relations:employees"),
        ],
    ),
    (
        gettext_lazy("Verkoop"),
        [
            (gettext_lazy("Soorten"), gettext_lazy("BTW, annuleren, aanbetaling"), "receipt-euro", "sales:order_types"),
            (gettext_lazy("Leverwijzen"), gettext_lazy("Afhalen en bezorgen"), "truck", "sales:delivery_methods"),
            (
                gettext_lazy("Mailteksten"),
                gettext_lazy("Tekst per document"),
                "mail",
                "documents:mail_texts",
            ),
            (
                gettext_lazy("Betaalwijzen"),
                gettext_lazy("In de backoffice, aan de kassa"),
                "wallet",
                "payments:methods",
            ),
            (gettext_lazy("BTW-tarieven"), gettext_lazy("Met hun geldigheid"), "percent", "catalog:vat_rates"),
        ],
    ),
    (
        gettext_lazy("Artikelen"),
        [
            (gettext_lazy("Kleuren"), gettext_lazy("Volgorde en staal"), "contrast", "catalog:colours"),
            (gettext_lazy("Maatbalken"), gettext_lazy("Maten in hun volgorde"), "ruler", "catalog:size_ranges"),
            (gettext_lazy("Artikelgroepen"), gettext_lazy("De boom van groepen"), "folder", "catalog:groups"),
            (gettext_lazy("Merken"), gettext_lazy("Namen van merken"), "tag", "catalog:brands"),
        ],
    ),
    (
        gettext_lazy("Importeren"),
        [
            (gettext_lazy("Artikelen importeren"), gettext_lazy("CSV of XLSX"), "upload", "catalog:import"),
            (gettext_lazy("Debiteuren importeren"), gettext_lazy("CSV of XLSX"), "upload", "relations:import"),
        ],
    ),
    (
        gettext_lazy("Toezicht"),
        [
            (gettext_lazy("Journaal"), gettext_lazy("Wie deed wat, en wanneer"), "history", "relations:journal"),
            (gettext_lazy("Systeem"), gettext_lazy("Werker, berichten, imports"), "info", "relations:system"),
        ],
    ),
]


@right("setup")
@require_GET
def setup(request):
    groups = [
        (
            title,
            [{"label": label, "text": text, "icon": icon, "url": reverse(name)} for label, text, icon, name in rows],
        )
        for title, rows in INDEX
    ]
    return render(request, "setup/index.html", {"groups": groups})


@right("setup")
@require_GET
def branches(request):
    def row(b: Branch) -> dict:
        cells = [b.name, b.code, b.street_line, b.city, b.company]
        return {"url": reverse("relations:branch", args=[b.pk]), "cells": cells, "active": b.active}

    columns = [_("Naam"), _("Code"), _("Straat"), _("Plaats"), _("Bedrijfsnaam")]
    return list_page(
        request, title=_("Filialen"), columns=columns, rows=Rows(Branch.objects.all(), row),
        new_url=reverse("relations:branch_new"),
    )  # fmt: skip


@right("setup")
@require_http_methods(["GET", "POST"])
def branch(request, pk=None):
    row = get_object_or_404(Branch, pk=pk) if pk is not None else None
    form = BranchForm(request.POST or None, request.FILES or None, instance=row)
    return form_page(
        request, form=form, title=row.name if row else _("Nieuw filiaal"), template="setup/branch.html",
        back=(_("Filialen"), reverse("relations:branches")), save=saver(request, "relations.Branch", pk), row=row,
    )  # fmt: skip


@right("setup")
@require_GET
def branch_logo(request, pk):
    return stored_picture(get_object_or_404(Branch, pk=pk).logo)


@right("setup")
@require_GET
def tills(request):
    def row(t: Till) -> dict:
        cells = [t.name, str(t.number), t.branch.name, t.printer_host]
        return {"url": reverse("relations:till", args=[t.pk]), "cells": cells, "active": t.active}

    found = Till.objects.select_related("branch").order_by("branch__sort_key", "branch", "number")
    columns = [_("Naam"), _("Nummer"), _("Filiaal"), _("Printeradres")]
    return list_page(
        request, title=_("Kassa's"), columns=columns, rows=Rows(found, row), new_url=reverse("relations:till_new")
    )


@right("setup")
@require_http_methods(["GET", "POST"])
def till(request, pk=None):
    row = get_object_or_404(Till, pk=pk) if pk is not None else None
    initial = None if row else {"branch": request.branch_id}
    return form_page(
        request, form=TillForm(request.POST or None, instance=row, initial=initial),
        title=str(row) if row else _("Nieuwe kassa"), back=(_("Kassa's"), reverse("relations:tills")),
        save=saver(request, "relations.Till", pk),
    )  # fmt: skip


@right("setup")
@require_GET
def employees(request):
    def row(e: Employee) -> dict:
        roles = [f"{r.get_role_display()} ({r.branch or _('alle filialen')})" for r in e.roles.all()]
        cells = [e.name, e.number, e.email, str(e.home_branch or "")]
        return {
            "url": reverse("relations:employee", args=[e.pk]), "active": e.active,
            "cells": [*cells, few(roles)], "words": " ".join([*cells, *roles]),
        }  # fmt: skip

    columns = [_("Naam"), _("Nummer"), _("E-mailadres"), _("Eigen filiaal"), _("Rollen")]
    return list_page(
        request, title=_("Medewerkers"), columns=columns, rows=Rows(selectors.employees_with_roles(), row),
        new_url=reverse("relations:employee_new"),
    )  # fmt: skip


@right("setup")
@require_http_methods(["GET", "POST"])
def employee(request, pk=None):
    row = get_object_or_404(Employee, pk=pk) if pk is not None else None
    if request.htmx and request.method == "GET":
        return _roles(request, row)
    return form_page(
        request, form=EmployeeForm(request.POST or None, instance=row), template="setup/employee.html",
        title=row.name if row else _("Nieuwe medewerker"), back=(_("Medewerkers"), reverse("relations:employees")),
        save=lambda form, key: _save_employee(request, form, pk, key),
        second_step=bool(row and two_factor.of(row)), row=row,
    )  # fmt: skip


def _roles(request, row: Employee | None):
    """The roles as they are ticked on the page, with those of one more branch (?filiaal=)."""
    form = EmployeeForm(instance=row)
    data = request.GET.copy()
    more = next((branch for branch in form.others if branch.pk == asked_int(request, "filiaal")), None)
    if more is not None:
        data.appendlist("scope", str(more.pk))
        data.setlist(f"roles_{more.pk}", form.held_at(more))
    return render(request, "setup/_roles.html", {"form": EmployeeForm(data, instance=row)})


def _save_employee(request, form, pk, key):
    values = {name: form.cleaned_data[name] for name in ("number", "name", "email", "active")}
    home = form.cleaned_data["home_branch"]
    saved = employee_service.save(
        employee_id=pk, values=values | {"home_branch_id": home and home.pk}, grants=form.grants(),
        password=Secret(form.cleaned_data["password"]), pin=Secret(form.cleaned_data["pin"]),
        branch_id=request.branch_id, employee=request.user, key=key,
    )  # fmt: skip
    if saved.pk == request.user.pk:
        update_session_auth_hash(request, saved)  # one's own new password does not log out
    return saved


@right("setup")
@require_http_methods(["GET", "POST"])
def two_factor_reset(request, pk):
    """Tweede stap wissen: asks on GET, does it on POST."""
    row = get_object_or_404(Employee, pk=pk)
    if request.method == "GET":
        context = {
            "title": _("De tweede stap van %(name)s wissen?") % {"name": row},
            "text": _("Alleen als telefoon en herstelcodes kwijt zijn. Bij de volgende keer inloggen wordt hij opnieuw "
                      "ingesteld."),
            "url": request.path, "key": new_key(), "danger": True,
        }  # fmt: skip
        return render(request, "parts/ask.html", context)
    two_factor.reset(employee_id=pk, employee=request.user, key=posted_key(request))
    messages.success(request, _("De tweede stap van %(name)s is gewist.") % {"name": row})
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = reverse("relations:employee", args=[pk])
    return response
