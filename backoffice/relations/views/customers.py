"""Debiteuren: the list, the page of one, Nieuw and Wijzigen."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.core import paging
from backoffice.core.errors import Refusal, Stale
from backoffice.core.formats import format_phone
from backoffice.core.forms import add_refusal
from backoffice.core.http import asked_int, filter_chip, posted_int, posted_key
from backoffice.core.keys import new_key
from backoffice.relations import selectors
from backoffice.relations.forms import CustomerForms, delivery_form
from backoffice.relations.models import Customer, CustomerAddress
from backoffice.relations.rights import right
from backoffice.relations.services import anonymising
from backoffice.relations.services import customers as service

# indexes: customer_by_name, and the unique one of the number
SORTS = {"name": "sort_key", "-name": "-sort_key", "number": "number", "-number": "-number"}


@right("customers.view")
@require_GET
def customers(request):
    text, kind, blocked = (request.GET.get(name, "").strip() for name in ("q", "kind", "blocked"))
    kind = kind if kind in Customer.Kind.values else ""
    held = {"yes": True, "no": False}.get(blocked)
    rows, resembling = selectors.found_customers(text[:100], kind=kind, blocked=held)
    sort = request.GET.get("sort") if request.GET.get("sort") in SORTS else "name"
    after, before = (asked_int(request, name) for name in ("after", "before"))
    if resembling:
        page = paging.Page(list(selectors.with_city(rows)[: paging.SIZE]), None, None)
    else:
        page = paging.keyset(selectors.with_city(rows), field=SORTS[sort], after=after, before=before)
    for row in page.rows:
        # what the columns beside the name do not show
        shown = (row.email, format_phone(row.phone), *(address.city_line for address in row.all_addresses[:1]))
        parts = selectors.matched(row, text[:100], row.all_addresses)
        row.matched = " · ".join(part for part in parts if part not in shown)
    context = {
        "page": page, "text": text, "resembling": resembling and page.rows, "sort": "" if resembling else sort,
        "counted": paging.counted(rows) if not resembling else str(len(page.rows)),
        "may_import": request.access.can("customers.import"),
        # named one by one: what else the address holds (items, keys) is no filter
        "kept": [(name, request.GET[name]) for name in ("kind", "blocked", "sort") if name in request.GET],
        "filters": [_kind_filter(request, kind), _blocked_filter(request, held)],
    }  # fmt: skip
    return render(request, "relations/customers.html", context)


def _kind_filter(request, kind: str) -> dict:
    options = [(value, str(label)) for value, label in Customer.Kind.choices]
    return filter_chip(request, "kind", _("Soort"), kind, options)


def _blocked_filter(request, held: bool | None) -> dict:
    value = "" if held is None else "yes" if held else "no"
    return filter_chip(request, "blocked", _("Geblokkeerd"), value, [("yes", _("ja")), ("no", _("nee"))])


@right("customers.view")
@require_GET
def customer(request, pk):
    row = _get(pk)
    addresses = list(row.addresses.all())
    context = {
        "customer": row,
        "invoice": [a for a in addresses if a.kind == CustomerAddress.Kind.INVOICE],
        "deliveries": [a for a in addresses if a.kind == CustomerAddress.Kind.DELIVERY],
        "trail": [{"label": _("Debiteuren"), "url": reverse("relations:customers")}],
        "may_edit": request.access.can("customers.edit") and not row.anonymised_at,
        "may_anonymise": request.access.can("customers.anonymise") and not row.anonymised_at,
    }
    return render(request, "relations/customer.html", context)


def _get(pk) -> Customer:
    found = Customer.objects.prefetch_related("addresses").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@right("customers.edit")
@require_http_methods(["GET", "POST"])
def customer_new(request):
    forms = CustomerForms(request.POST if request.method == "POST" else None)

    def save():
        return service.create(
            values=forms.values(), addresses=forms.addresses(), confirmed=bool(request.POST.get("confirmed")),
            employee=request.user, key=posted_key(request),
        )  # fmt: skip

    return _form(request, forms, save, title=_("Nieuwe debiteur"), back=reverse("relations:customers"))


@right("customers.edit")
@require_http_methods(["GET", "POST"])
def customer_edit(request, pk):
    row = _get(pk)
    if row.anonymised_at:
        raise Http404
    forms = CustomerForms(request.POST if request.method == "POST" else None, customer=row)

    def save():
        return service.change(
            customer_id=pk, revision=posted_int(request, "revision"), values=forms.values(),
            addresses=forms.addresses(), employee=request.user, key=posted_key(request),
        )  # fmt: skip

    return _form(
        request, forms, save, title=str(row), back=reverse("relations:customer", args=[pk]), revision=row.revision
    )


def _form(request, forms, save, *, title, back, **more):
    """The form of Nieuw and Wijzigen: GET shows it, a right POST saves; a refused one comes back as it was typed."""
    status, stale, duplicates = 200, None, []
    if request.method == "POST":
        status = 422
        if forms.is_valid():
            try:
                saved = save()
            except Stale as refusal:
                status, stale = 409, refusal
            except service.LikelyDuplicates as refusal:
                duplicates = refusal.customers
            except Refusal as refusal:
                add_refusal(forms.main, refusal)
            else:
                messages.success(request, _("%(name)s is opgeslagen.") % {"name": saved})
                return redirect("relations:customer", saved.pk)
    trail = [{"label": _("Debiteuren"), "url": reverse("relations:customers")}]
    context = {
        "forms": forms, "title": title, "back_url": back, "trail": trail, "key": new_key(), "stale": stale,
        "duplicates": duplicates, **more,
    }  # fmt: skip
    return render(request, "relations/customer_form.html", context, status=status)


@right("customers.edit")
@require_GET
def customer_address_row(request):
    """One more empty delivery address for the form; nothing is kept until the form is saved."""
    return render(request, "relations/_delivery.html", {"form": delivery_form(), "fresh": True})


@right("customers.anonymise")
@require_http_methods(["GET", "POST"])
def customer_anonymise(request, pk):
    """Anonimiseren: asks on GET, does it on POST."""
    row = _get(pk)
    if request.method == "GET":
        context = {
            "title": _("%(name)s anonimiseren?") % {"name": row},
            "text": _("Naam, adressen en contactgegevens verdwijnen voorgoed. Orders houden wat de wet vraagt."),
            "yes": _("Anonimiseren"), "url": request.path, "key": new_key(), "danger": True,
        }  # fmt: skip
        return render(request, "parts/ask.html", context)
    anonymising.anonymise(customer_id=pk, employee=request.user, key=posted_key(request))
    messages.success(request, _("De debiteur is geanonimiseerd."))
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = reverse("relations:customer", args=[pk])
    return response
