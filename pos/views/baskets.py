"""The basket as a whole: its customer, empty it, put it aside and take it back."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.core import http
from backoffice.core.errors import Refusal
from backoffice.core.forms import add_refusal
from backoffice.core.http import posted_int, posted_key
from backoffice.core.input import InputError, clean_text, parse_barcode
from backoffice.core.keys import new_key
from backoffice.relations import selectors as relations
from backoffice.relations.forms import CustomerForms
from backoffice.relations.models import Customer
from backoffice.relations.services.customers import LikelyDuplicates
from pos import selectors
from pos.middleware import at_till
from pos.services import make_order, seats
from pos.views import answers
from pos.views.make_order import blank_customer
from pos.views.till import order_id_of, title_of_customer
from sales.selectors import by_code


def whole(request, name: str = "pos:till") -> HttpResponse:
    """The till screen anew, after the counter was cleared or filled; or another one."""
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = reverse(name)
    return response


@at_till("pos.use")
@require_http_methods(["GET", "POST"])
def empty(request):
    """Bon leegmaken: asks on GET."""
    if request.method == "GET":
        values = {
            "title": _("Deze bon leegmaken?"), "text": _("Alle regels gaan van de bon."), "url": request.path,
            "key": new_key(), "danger": True,
        }  # fmt: skip
        return render(request, "parts/ask.html", values)
    seats.empty(till_id=request.till.pk, employee=request.user, key=posted_key(request))
    return http.close_dialog(answers.bon(request, None))


@at_till("pos.use")
@require_http_methods(["GET", "POST"])
def park(request):
    """Bon in de wacht: what waits at this branch, and a name to put this one aside under."""
    error, name = "", request.POST.get("name", "")
    if request.method == "POST":
        try:
            name = clean_text(name, max_length=60)
            seats.park(till_id=request.till.pk, name=name, employee=request.user, key=posted_key(request))
        except (InputError, Refusal) as refusal:
            error = refusal.message
        else:
            return whole(request)
    order = selectors.order_at(request.till)
    values = {"parked": selectors.parked(request.till), "order": order, "key": new_key(), "error": error, "typed": name}
    values["may_park"] = order is not None and order.lifecycle == order.Lifecycle.DRAFT and order.lines.exists()
    return render(request, "pos/parked.html", values, status=422 if error else 200)


@at_till("pos.use")
@require_POST
def resume(request, order_id):
    """Go on with a parked basket on this till."""
    if not any(row.pk == order_id for row in selectors.parked(request.till)):
        raise Refusal("basket.taken", _("Deze bon is al verder geholpen."))
    seats.resume(till_id=request.till.pk, order_id=order_id, employee=request.user, key=posted_key(request))
    return whole(request)


@at_till("pos.use")
@require_http_methods(["GET", "POST"])
def customer(request):
    """Kies klant: search, the latest, or none; POST chooses, also by the scan of a card (q)."""
    if request.method == "GET":
        return _customers(request)
    chosen = posted_int(request, "customer")
    if text := request.POST.get("q", "").strip():
        chosen = chosen or _of_card(request, text)
        if chosen is None:
            error = _("%(code)s is geen klantkaart. Kies een klant uit de lijst.") % {"code": text[:64]}
            return http.toast(HttpResponse(status=422), error, "bad")
    order = make_order.choose_customer(
        till_id=request.till.pk, customer_id=chosen, employee=request.user, key=posted_key(request)
    )
    text = title_of_customer(order.customer) if order.customer else _("De bon heeft geen klant meer.")
    if request.POST.get("bij") == "order":
        return http.close_dialog(_order_customer(request, order, text))
    return http.close_dialog(answers.bon(request, order, toast=(text, "good")))


def _of_card(request, code: str) -> int | None:
    """The customer whose card was scanned into the search."""
    try:
        found = by_code(request, parse_barcode(code))
    except InputError:
        return None
    return found.pk if isinstance(found, Customer) else None


def _customers(request) -> HttpResponse:
    text = request.GET.get("q", "")[:100]
    recent = [] if text else selectors.recent_customers(request.till)
    rows = recent or relations.customer_options(text, 12)
    values = {
        "found": [{"row": row, "note": relations.reason(row, text)} for row in rows], "text": text, "recent": recent,
        "order": selectors.order_at(request.till), "key": new_key(),
        "at": "order" if request.GET.get("bij") == "order" else "",
    }  # fmt: skip
    return render(request, "pos/_customer_results.html" if "q" in request.GET else "pos/customer.html", values)


def _order_customer(request, order, text: str) -> HttpResponse:
    """The customer's part of the screen Maak order; what else was typed there stays."""
    values = {"order": order, "forms": blank_customer(), "oob": True}
    return http.toast(render(request, "pos/_order_customer.html", values), text)


@at_till("customers.edit")
@require_http_methods(["GET", "POST"])
def customer_new(request):
    """Nieuwe klant, with a look at likely duplicates; the basket gets the customer at once."""
    if request.method == "GET":
        return _customer_dialog(request, CustomerForms(delivery=False))
    forms = CustomerForms(request.POST)
    if not forms.is_valid():
        return _customer_dialog(request, forms, status=422)
    try:
        saved = make_order.new_customer(
            order_id=order_id_of(request), values=forms.values(), addresses=forms.addresses(),
            confirmed=bool(request.POST.get("confirmed")), employee=request.user, key=posted_key(request),
        )  # fmt: skip
    except LikelyDuplicates as refusal:
        return _customer_dialog(request, forms, refusal.customers, status=422)
    except Refusal as refusal:
        add_refusal(forms.main, refusal)
        return _customer_dialog(request, forms, status=422)
    return http.close_dialog(answers.bon(request, saved, toast=(title_of_customer(saved.customer), "good")))


def _customer_dialog(request, forms, duplicates=(), status=200):
    values = {"forms": forms, "duplicates": duplicates, "key": new_key()}
    return render(request, "pos/customer_new.html", values, status=status)
