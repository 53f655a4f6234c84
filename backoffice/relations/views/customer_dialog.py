"""A customer from within another screen: search as you type, and Nieuwe debiteur in a dialog."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backoffice.core.errors import Refusal
from backoffice.core.forms import add_refusal
from backoffice.core.http import close_dialog, posted_key, toast, trigger
from backoffice.core.keys import new_key
from backoffice.relations import selectors
from backoffice.relations.forms import CustomerForms
from backoffice.relations.models import Customer
from backoffice.relations.rights import right
from backoffice.relations.services import customers as service


@right("customers.view")
@require_GET
def customer_options(request):
    text = request.GET.get("q", "")[:100]
    options = [
        {
            "value": row.pk,
            "label": str(row),
            "code": _("Geblokkeerd") if row.blocked else "",
            "note": selectors.reason(row, text),
        }
        for row in selectors.customer_options(text)
    ]
    return render(request, "parts/options.html", {"options": options})


@right("customers.edit")
@require_GET
def customer_dialog(request):
    return _dialog(request, CustomerForms(delivery=False))


@right("customers.edit")
@require_POST
def customer_create_dialog(request):
    forms, duplicates = CustomerForms(request.POST), []
    if forms.is_valid():
        try:
            saved = service.create(
                values=forms.values(), addresses=forms.addresses(), confirmed=bool(request.POST.get("confirmed")),
                employee=request.user, key=posted_key(request),
            )  # fmt: skip
        except service.LikelyDuplicates as refusal:
            duplicates = refusal.customers
        except Refusal as refusal:
            add_refusal(forms.main, refusal)
        else:
            return toast(_chosen(saved), _("%(name)s is opgeslagen.") % {"name": saved})
    return _dialog(request, forms, duplicates, status=422)


@right("customers.view")
@require_GET
def customer_choose(request, pk):
    """Deze gebruiken: the dialog closes and the screen under it hears which customer was chosen."""
    return _chosen(get_object_or_404(Customer, pk=pk))


def _chosen(customer: Customer) -> HttpResponse:
    # 204: nothing is swapped; the order of the events counts, for the dialog takes its own elements with it
    response = trigger(HttpResponse(status=204), "customer:chosen", {"id": customer.pk, "label": str(customer)})
    return close_dialog(response)


def _dialog(request, forms, duplicates=(), status=200):
    context = {"forms": forms, "duplicates": duplicates, "key": new_key()}
    return render(request, "relations/customer_dialog.html", context, status=status)
