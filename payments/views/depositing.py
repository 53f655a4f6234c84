"""Aanbetalen from the order: the dialog with its keys, the question, and the booking."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backoffice.core.errors import Busy, KeyReused, NotFound, Refusal, Stale
from backoffice.core.http import posted_int, posted_key
from backoffice.core.input import InputError, parse_amount
from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from payments.dialogs.deposits import Sheet, sheet
from payments.forms import DepositForm
from payments.services import depositing
from sales import selectors, status
from sales.models import SalesOrder


@right("payments.deposit")
@require_http_methods(["GET", "POST"])
def deposit(request, order_id):
    """GET: the dialog, with what was just chosen filled in. POST: the question; with "sure" the booking."""
    if request.method == "POST" and request.POST.get("sure"):
        return _book(request, order_id)
    order = selectors.shown_order(request, order_id)
    if request.method == "POST":
        return _ask(request, order)
    status.guard(order, "pay")
    depositing.check_payable(order, selectors.lines_of(order))
    shown = sheet(order, request.GET, request.GET.getlist("method"))
    return _dialog(request, shown, DepositForm(shown, initial=_typed(request.GET)))


def _book(request, order_id: int) -> HttpResponse:
    """JA: nothing is read but what the service reads; where it refuses, the dialog comes back as it was typed."""
    try:
        tenders = [(_whole(one), parse_amount(request.POST.get(f"amount_{one}"))) for one in _methods(request)]
        depositing.deposit(
            order_id=order_id, tenders=tenders, session_id=posted_int(request, "session"), **_seen(request),
            employee=request.user, key=posted_key(request),
        )  # fmt: skip
    except (NotFound, Busy):
        raise  # of Busy nobody knows yet whether it is booked
    except InputError:
        return _ask(request, selectors.shown_order(request, order_id))
    except Refusal as refusal:
        return _refused(request, *_bound(request, selectors.shown_order(request, order_id)), refusal)
    messages.success(request, _("De aanbetaling is geregistreerd"))
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = reverse("sales:order", args=[order_id])
    return response


def _ask(request, order: SalesOrder) -> HttpResponse:
    """Betaling bevestigen: what the deposit would do, as a question; or the dialog with what is wrong."""
    shown, form = _bound(request, order)
    if not form.is_valid():
        return _dialog(request, shown, form, code=422)
    try:
        preview = depositing.preview(
            order=order, tenders=_tenders(request, form), session_id=form.session_id, **_seen(request)
        )
    except Refusal as refusal:
        return _refused(request, shown, form, refusal)
    return _question(request, shown, preview)


def _bound(request, order: SalesOrder) -> tuple[Sheet, DepositForm]:
    shown = sheet(order, request.POST, _methods(request))
    return shown, DepositForm(shown, request.POST)


def _refused(request, shown: Sheet, form: DepositForm, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, Stale):
        return _dialog(request, shown, form, code=409, stale=refusal)
    form.is_valid()
    form.refuse(refusal)
    return _dialog(request, shown, form, code=refusal.status, fresh=isinstance(refusal, KeyReused))


def _methods(request) -> list[str]:
    return [one for one in request.POST.getlist("method") if _whole(one)]


def _tenders(request, form: DepositForm) -> list[tuple[int, Decimal]]:
    """What was typed; a method that has no key here is passed on, so that the service says why not."""
    known = {str(key.method.pk) for key in form.sheet.keys}
    return form.tenders + [(_whole(one), Decimal(0)) for one in _methods(request) if one not in known]


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _seen(request) -> dict[str, Decimal | None]:
    """What the form showed as paid and as the total; None where that is not said, or cannot be read."""
    seen: dict[str, Decimal | None] = {}
    for argument, name in (("seen_paid", "seen"), ("seen_total", "seen_total")):
        try:
            seen[argument] = parse_amount(request.POST.get(name), minimum=None)
        except InputError:
            seen[argument] = None
    return seen


def _typed(values) -> dict:
    return {"session": values.get("session", "")}


def _dialog(
    request, shown: Sheet, form: DepositForm, *, code: int = 200, stale: Stale | None = None, fresh: bool = False
) -> HttpResponse:
    order: SalesOrder = shown.order
    # a refusal leaves no key behind, so that the mended form may use its own again; fresh: that one is spent
    key = new_key() if fresh else request.POST.get("key") or new_key()
    context = {
        "order": order, "sheet": shown, "form": form, "stale": stale, "key": key,
        "may_set_up": request.access.can("setup"),
    }  # fmt: skip
    response = render(request, "payments/deposit.html", context, status=code)
    if request.method == "POST":
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#dialog-host", "innerHTML"
    return response


def _question(request, shown: Sheet, preview: depositing.Preview) -> HttpResponse:
    fields = {"sure": "1"} | {name: request.POST.get(name, "") for name in ("seen", "seen_total", "session")}
    drawers = {str(row.pk): row for row in shown.drawers} if shown.cash else {}
    context = {
        "order": shown.order, "preview": preview, "url": request.path, "key": posted_key(request),
        "fields": fields | {key.name: key.typed for key in shown.chosen},
        "methods": [key.method.pk for key in shown.chosen],
        "drawer": drawers.get(fields["session"]),
    }  # fmt: skip
    return render(request, "payments/deposit_ask.html", context)
