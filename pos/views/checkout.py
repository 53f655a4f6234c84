"""Afrekenen: methods, mixed payments, change, and what of an order is taken along."""

from decimal import Decimal
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.core import http
from backoffice.core.errors import Busy, Refusal, Stale
from backoffice.core.formats import format_quantity
from backoffice.core.http import asked_int, posted_int, posted_key
from backoffice.core.input import InputError, parse_amount, parse_quantity
from backoffice.core.keys import new_key
from backoffice.core.money import CENT, ZERO
from payments.models import PaymentMethod, TerminalPayment
from payments.selectors import credit_of, methods, open_session_of, required_deposit, unbooked
from payments.services import terminals
from payments.totals.tendering import to_five
from pos import selectors
from pos.middleware import at_till
from pos.models import Receipt
from pos.services import checking_out, printing, rates, refunds, seats
from pos.slip import slip
from pos.views import answers, beside
from pos.views.make_order import see_other
from sales import selectors as sales_selectors
from sales.documents.slip import slips_of
from sales.line_pages import MOST
from sales.models import SalesOrder
from sales.services import rating, selling

NOTES = (Decimal(5), Decimal(10), Decimal(20), Decimal(50), Decimal(100))
FAILED = (TerminalPayment.State.DECLINED, TerminalPayment.State.CANCELLED)
ICONS = {"cash": "banknote", "terminal": "credit-card", "bank": "landmark", "online": "monitor", "credit": "wallet"}


@at_till("pos.use")
@require_http_methods(["GET", "POST"])
def checkout(request):
    if request.method == "GET":
        order = selectors.order_at(request.till)
        if order is None or order.amends_id or not sales_selectors.lines_of(order):
            return redirect("pos:till")
        if open_session_of(request.till) is None:
            return redirect("pos:open")
        return _screen(request, order, told=_told_of_pin(request, order))
    try:
        receipt = checking_out.check_out(
            till_id=request.till.pk, tenders=_tenders(request), take=_taken(request),
            seen_left=parse_amount(request.POST.get("left"), minimum=None), employee=request.user,
            override_reason=request.POST.get("reason", "")[:120], key=posted_key(request),
            approver=beside.approver(request),
        )  # fmt: skip
    except InputError as error:
        return _again(request, Refusal("checkout.input", error.message))
    except Busy:
        raise  # nobody knows yet whether it is booked
    except Refusal as refusal:
        return _again(request, refusal)
    return see_other("pos:receipt", receipt.pk)


def _again(request, refusal: Refusal):
    """The payment screen as it is now, with why it was refused; a basket of another day takes that of the till."""
    if isinstance(refusal, Stale):
        seats.follow_day(till_id=request.till.pk, employee=request.user)
    order = selectors.order_at(request.till)
    if order is None:
        raise refusal
    return _screen(request, order, refusal=refusal)


def _tenders(request) -> list[tuple[int, Decimal]]:
    """[(method, EUR)] out of the form's "method:amount"; the same method twice is added up."""
    found: dict[int, Decimal] = {}
    for text in request.POST.getlist("tender"):
        method, _sep, amount = text.partition(":")
        if not (method.isascii() and method.isdigit()):
            raise Refusal("payments.method_unknown", _("Kies een betaalwijze uit de lijst."), "method")
        found[int(method)] = found.get(int(method), ZERO) + parse_amount(amount, minimum=None)
    return list(found.items())


def _taken(request) -> dict[int, Decimal]:
    """What of an opened order leaves now, by line; of a basket everything does."""
    typed = {line: text.strip() for line, text in _typed(request.POST).items()}
    return {line: parse_quantity(text, fractions=True) for line, text in typed.items() if text not in ("", "0")}


def _typed(fields) -> dict[int, str]:
    """What was typed for each line as what leaves now."""
    found = {name.removeprefix("take-"): text for name, text in fields.items() if name.startswith("take-")}
    return {int(line): text for line, text in found.items() if line.isascii() and line.isdigit() and len(line) < 18}


def _leaving(lines, typed: dict[int, str]) -> list:
    """The lines that leave now as the screen stands; where none does yet, those that could."""
    open_ones = [line for line in lines if line.open_quantity]
    return [line for line in open_ones if typed.get(line.pk, "").strip() not in ("", "0")] or open_ones


@at_till("pos.use")
@require_POST
def rate(request):
    """Which price stays, where a VAT rate changed since the order; the payment screen again, with its new total."""
    order = selectors.order_at(request.till)
    if order is None:
        raise Refusal("basket.gone", _("Deze bon ligt niet meer op de kassa. Ververs het scherm."))
    stays, seen = rating.read_answer(request.POST.get("price_stays", ""))
    typed = _typed(request.POST)
    rates.rate(
        till_id=request.till.pk, price_stays=stays, seen_total=seen, employee=request.user, key=posted_key(request),
        line_ids=[line.pk for line in _leaving(sales_selectors.lines_of(order), typed)],
    )  # fmt: skip
    response = HttpResponse(status=204)
    query = urlencode({f"take-{line}": text for line, text in typed.items()})
    response.headers["HX-Redirect"] = f"{reverse('pos:checkout')}?{query}"
    return response


def _told_of_pin(request, order: SalesOrder) -> str:
    """What became of the card payment that one comes back from (?pin=): it did not go through; else nothing."""
    payment = order.terminal_payments.filter(pk=asked_int(request, "pin") or 0, state__in=FAILED).first()
    return _("Pin %(state)s. Kies opnieuw.") % {"state": payment.get_state_display()} if payment else ""


def _screen(request, order: SalesOrder, refusal: Refusal | None = None, told: str = ""):
    lines = sales_selectors.lines_of(order)
    placing, confirmed = selling.ordered(order), order.lifecycle == SalesOrder.Lifecycle.CONFIRMED
    held = unbooked(order)
    if waiting := next((row for row in held if row.state in TerminalPayment.PENDING), None):
        return render(request, "pos/pin.html", {"payment": waiting, "key": new_key(), **answers.bar_context(request)})
    pinned = sum((row.amount.amount for row in held), ZERO)
    left = order.open_amount.amount - pinned
    deposit = required_deposit(order).due if placing or confirmed else ZERO
    credit = credit_of(order.customer_id)
    pickup = order.delivery_method.kind == "pickup"
    typed = _typed(request.POST if request.method == "POST" else request.GET)
    for line in lines:
        line.take = typed.get(line.pk, format_quantity(line.open_quantity) if pickup else "0")
    back = left < 0
    values = {
        "order": order, "shown_lines": lines[:MOST], "more_lines": lines[MOST:],
        "placing": placing, "confirmed": confirmed, "left": left,
        "deposit": deposit, "methods": _methods(request, credit, order), "back": back, "due": abs(left),
        "beside": beside.people(request, "payments.refund") if back else [], "told": told,
        "cash": [(amount, _cents(amount)) for amount in cash_keys(left, request.till.branch)],
        "open": order.open_amount.amount,
        "pinned": held,
        "left_cents": _cents(left),
        "deposit_cents": _cents(deposit),
        "cash_due": to_five(left) if request.till.branch.cash_rounding else left,
        "pieces": sum(abs(line.quantity) for line in lines if line.variant_id), "key": new_key(), "refusal": refusal,
        "stale": refusal if isinstance(refusal, Stale) else None,  **answers.bar_context(request),
        "ask_reason": refusal is not None and refusal.code == "delivery.deposit",
        "question": _question(request, order, lines) if confirmed else None,
        "figures": sales_selectors.figures(order), "part": placing or confirmed,
    }  # fmt: skip
    return render(request, "pos/checkout.html", values, status=refusal.status if refusal else 200)


def _question(request, order: SalesOrder, lines) -> rating.Question | None:
    """Which price stays, where a VAT rate changed since the order of what leaves now."""
    leaving = _leaving(lines, {line.pk: line.take for line in lines})
    return rating.asked(order, lines, leaving, request.till.day or timezone.localdate())


def _cents(amount: Decimal) -> int:
    """For scripts, which count in whole cents."""
    return int(amount * 100)


def _methods(request, credit: Decimal, order: SalesOrder) -> list[dict]:
    """The methods of this till as its keys show them; one that cannot be used says why."""
    shown = []
    back = order.gross.amount < 0
    ways = refunds.ways_back(sales_selectors.lines_of(order), request.till.branch_id) if back else None
    for method in methods.offered(methods.TILL, request.till.branch_id):
        note, off = "", False
        if ways is not None and method.kind not in ways:
            note, off = _("niet zo betaald"), True
        elif method.kind == PaymentMethod.Kind.CREDIT:
            off = order.customer_id is None or (credit <= 0 and not back)
            note = "" if not off else _("geen tegoed") if order.customer_id else _("geen klant")
        most = credit if method.kind == PaymentMethod.Kind.CREDIT and not back else None
        shown.append({"row": method, "icon": ICONS[method.kind], "note": note, "off": off, "most": most})
    return shown


def cash_keys(left: Decimal, branch) -> list[Decimal]:
    """What a customer is likely to hand over: the amount itself, and the next round amounts and notes above it."""
    due = to_five(left) if branch.cash_rounding else left
    if due <= 0:
        return [-due] if due else []
    found = {due}
    for note in NOTES:
        found.add((due + note - CENT) // note * note)
    return sorted(found)[:5]


@at_till("pos.use")
@require_GET
def receipt(request, receipt_id):
    """The receipt of what was just done: change in large figures, and on to the next customer."""
    found = selectors.receipt_at(request.till, receipt_id)
    if found is None:
        raise Http404
    papers = slips_of(found.order)[:1] if found.kind == Receipt.Kind.PAYMENT else []
    shown = slip(found)
    values = {
        "receipt": found, "order": found.order, "slip": shown, "copy": found.copies > 0, "slips": papers,
        "logo": reverse("pos:logo", args=[found.pk]) if shown.branch.logo else "",
    }  # fmt: skip
    return render(request, "pos/receipt.html", {**answers.bar_context(request), **values})


@at_till("pos.use")
@require_GET
def logo(request, receipt_id):
    """What stands above the shop's name on a receipt."""
    found = selectors.receipt_at(request.till, receipt_id)
    if found is None:
        raise Http404
    return http.stored_picture(found.paper["branch"]["logo"])


@at_till("pos.use")
@require_POST
def reprint(request, receipt_id):
    """Kopie afdrukken: the receipt again, as a copy."""
    if selectors.receipt_at(request.till, receipt_id) is None:
        raise Http404
    printing.reprint(receipt_id=receipt_id, employee=request.user, key=posted_key(request))
    return see_other("pos:receipt", receipt_id)


@at_till("pos.use")
@require_POST
def pin(request):
    """Pin: the amount goes to the terminal; the screen waits until it is known."""
    session, order = open_session_of(request.till), selectors.order_at(request.till)
    if session is None or order is None:
        raise Refusal("basket.gone", _("Deze bon ligt niet meer op de kassa. Ververs het scherm."))
    try:
        payment = refunds.start_pin(
            order=order, session_id=session.pk, amount=parse_amount(request.POST.get("amount"), minimum=None),
            method_id=posted_int(request, "method") or 0, employee=request.user, key=posted_key(request),
            on=session.business_date,
        )  # fmt: skip
    except InputError as error:
        return _again(request, Refusal("checkout.input", error.message))
    except Refusal as refusal:
        return _again(request, refusal)
    return _known(request, payment)


@at_till("pos.use")
@require_POST
def pin_ask(request, payment_id):
    """How it stands; the terminal never charges again by being asked. POST cancel breaks it off."""
    act = terminals.cancel_terminal if "cancel" in request.POST else terminals.ask_terminal
    return _known(request, act(payment_id=payment_id, employee=request.user))


def _known(request, payment: TerminalPayment):
    """Back to the payment screen; a payment that did not go through says so there."""
    response = see_other("pos:checkout")
    if payment.state in FAILED:
        response["Location"] += f"?pin={payment.pk}"
    return response
