"""The one search everywhere: orders, customers, articles and barcodes; also the orders of one customer, by name."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from backoffice.core.formats import format_date
from backoffice.relations.models import Customer
from backoffice.relations.rights import right
from sales import search_everywhere
from sales.search_everywhere import Found


@right("shell")
@require_GET
def everywhere(request):
    """What the search box shows; without htmx a page of its own, or straight to the one thing that is exactly meant."""
    text = request.GET.get("q", "").strip()[:100]
    exact, groups = search_everywhere.search(text, request.user)
    if not request.headers.get("HX-Request") and len(exact) == 1:
        return redirect(_option(exact[0])["url"])
    options = [_option(found) for found in exact]
    for label, rows in (
        (_("Verkooporders"), groups.orders),
        (_("Debiteuren"), groups.customers),
        (_("Artikelen"), groups.articles),
    ):
        if rows:
            options += [{"group": label}, *(_option(found) for found in rows)]
    template = "parts/options.html" if request.headers.get("HX-Request") else "search/page.html"
    return render(request, template, {"options": options, "text": text})


def _option(found: Found) -> dict:
    """One row as parts/options.html shows it."""
    row = found.row
    if found.kind == "order":
        label = f"{row} · {row.customer_name}" if row.customer_name else str(row)
        note = " · ".join(
            p for p in (found.note, row.get_status_display(), format_date(row.order_date), row.subject) if p
        )
        url = reverse("sales:order", args=[row.pk])
    elif found.kind == "customer":
        label, note, url = str(row), found.note, reverse("relations:customer", args=[row.pk])
    else:
        label, note, url = str(row), found.note, reverse("catalog:article", args=[row.pk])
    return {"value": row.pk, "label": label, "note": note, "url": url}


@right("sales.view")
@require_GET
def orders_of_customer(request, pk):
    """The newest orders of one customer, for the customer's page (which lies a floor below and asks by name)."""
    customer = Customer.objects.filter(pk=pk).first()
    if customer is None:
        raise Http404
    orders = search_everywhere.orders_of(customer, request.user)
    return render(request, "search/_orders_of_customer.html", {"orders": orders, "customer": customer})
