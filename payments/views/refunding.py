"""Terugbetalen, the worklist Terug te betalen, the statement of tegoed, and Storno."""

from django.conf import settings
from django.contrib import messages
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.core.errors import Refusal
from backoffice.core.http import posted_int, posted_key
from backoffice.core.keys import new_key
from backoffice.relations.models import Customer
from backoffice.relations.rights import right, scoped
from payments.dialogs import givebacks
from payments.models import LedgerEntry
from payments.selectors import credit_of, statements, suspense, unbooked_payments
from payments.services import refunding, reversing, terminals
from payments.views.approver import second_person
from payments.views.cancelling import money_context, seen
from sales import selectors, status
from sales.models import SalesOrder
from sales.services import returning
from sales.views import answers
from sales.views.cancelling import read_reason


@right("payments.refund")
@require_http_methods(["GET", "POST"])
def refund(request, order_id):
    """Terugbetalen: asks how much, by which method and why on GET; does it on POST."""
    order = selectors.shown_order(request, order_id)
    if request.method == "GET":
        status.guard(order, "refund")
        return _refund_dialog(request, order)
    try:
        amounts, session_id = givebacks.read(request, givebacks.sheet(order, None, request.POST))
        refunding.refund(
            order_id=order.pk, amounts=amounts, reason=read_reason(request), employee=request.user,
            session_id=session_id, seen_paid=seen(request), key=posted_key(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _refund_dialog(request, selectors.shown_order(request, order_id), refusal)
    messages.success(request, _("Het bedrag is teruggegeven op %(order)s.") % {"order": order})
    return answers.go(request, reverse("sales:order", args=[order.pk]))


def _refund_dialog(request, order, refusal: Refusal | None = None):
    typed = request.POST if request.method == "POST" else None
    back = returning.returned(order, order.lines.all())
    values = {"order": order, "returned": -back, "left": order.paid_total.amount - back}
    return _ask(request, "payments/refund.html", refusal, **values, **money_context(order, None, typed, refusal))


def _ask(request, template: str, refusal: Refusal | None = None, **values):
    """A dialog that asks a reason, with what was typed and what was refused."""
    refusals = getattr(refusal, "all", [refusal] if refusal else [])
    values |= {
        "url": request.path, "key": new_key(), "reason": request.POST.get("reason", ""),
        "problems": [each.message for each in refusals], "approver_email": request.POST.get("approver_email", ""),
    }  # fmt: skip
    return render(request, template, values, status=refusal.status if refusal else 200)


@right("payments.refund")
@require_GET
def to_refund(request):
    """The worklist Terug te betalen: amendments that wait for it, money in suspense, and PIN that is on no order."""
    waiting = SalesOrder.objects.filter(lifecycle="draft", amends__isnull=False, gross__lt=F("amends__paid_total"))
    waiting = scoped(waiting, request.user, "payments.refund").select_related("amends", "branch", "claimed_by")
    context = {
        "amendments": [
            (row, givebacks.over_after_amendment(row.amends, row)) for row in waiting.order_by("id")[:200]
        ],
        "suspense": scoped(suspense(), request.user, "payments.refund")[:200],
        "terminal": scoped(unbooked_payments(), request.user, "payments.refund", "session__till__branch")[:200],
        "trail": [{"label": _("Verkoop"), "url": reverse("sales:orders")}],
    }  # fmt: skip
    return render(request, "payments/to_refund.html", context)


@right("payments.view")
@require_GET
def credit_statement(request, pk):
    """Tegoed of one customer: what came, what went, and what is left."""
    customer = get_object_or_404(Customer, pk=pk)
    context = {
        "customer": customer,
        "balance": credit_of(customer.pk),
        "rows": statements.credit_rows(customer.pk, request.user),
        "trail": [
            {"label": _("Debiteuren"), "url": reverse("relations:customers")},
            {"label": customer.name, "url": reverse("relations:customer", args=[customer.pk])},
        ],
    }
    return render(request, "payments/credit_statement.html", context)


@right("payments.reverse")
@require_http_methods(["GET", "POST"])
def reverse_entry(request, pk):
    """Storno: takes one payment back by a new entry; above the ceiling with a second person's login."""
    entries = LedgerEntry.objects.select_related("order", "method").filter(order__isnull=False)
    entry = scoped(entries, request.user, "payments.reverse", "order__branch").filter(pk=pk).first()
    if entry is None:
        raise Http404
    values = {"entry": entry, "second": abs(entry.amount.amount) > settings.REVERSE_CEILING}
    if request.method == "GET":
        return _ask(request, "payments/reverse.html", **values)
    try:
        reversing.reverse(
            entry_id=entry.pk, reason=read_reason(request), employee=request.user, approver=second_person(request),
            key=posted_key(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _ask(request, "payments/reverse.html", refusal, **values)
    messages.success(request, _("De boeking is teruggedraaid."))
    return answers.go(request, reverse("sales:order", args=[entry.order_id]))


def _suspended(request, pk) -> LedgerEntry:
    found = scoped(suspense(), request.user, "payments.refund").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@right("payments.refund")
@require_http_methods(["GET", "POST"])
def suspense_assign(request, pk):
    """Op order boeken: money in suspense goes onto the order with this number."""
    entry = _suspended(request, pk)
    values = {"entry": entry, "number": request.POST.get("number", "")}
    if request.method == "GET":
        return _ask(request, "payments/suspense_assign.html", **values)
    try:
        orders = scoped(SalesOrder.objects.exclude(number=""), request.user, "payments.deposit")
        order = orders.filter(number__iexact=values["number"].strip()).first()
        if order is None:
            raise Refusal("order.unknown", _("Deze order is er niet, of hoort bij een ander filiaal."), "number")
        terminals.assign_suspense(entry_id=entry.pk, order_id=order.pk, employee=request.user, key=posted_key(request))
    except Refusal as refusal:
        return _ask(request, "payments/suspense_assign.html", refusal, **values)
    messages.success(request, _("Het bedrag is op %(order)s geboekt.") % {"order": order})
    return answers.go(request, reverse("payments:to_refund"))


@right("payments.refund")
@require_http_methods(["GET", "POST"])
def suspense_return(request, pk):
    """Teruggeven: money in suspense goes back by a method of the desk."""
    entry = _suspended(request, pk)
    values = {"entry": entry, "methods": statements.ways_back(entry.branch_id), "chosen": request.POST.get("method")}
    if request.method == "GET":
        return _ask(request, "payments/suspense_return.html", **values)
    try:
        method_id = posted_int(request, "method") or 0
        terminals.return_suspense(
            entry_id=entry.pk, method_id=method_id, employee=request.user, reason=read_reason(request),
            key=posted_key(request),
        )  # fmt: skip
    except Refusal as refusal:
        return _ask(request, "payments/suspense_return.html", refusal, **values)
    messages.success(request, _("Het bedrag is teruggegeven."))
    return answers.go(request, reverse("payments:to_refund"))


@right("payments.refund")
@require_http_methods(["GET", "POST"])
def terminal_suspense(request, pk):
    """Op tussenrekening: an approved PIN payment that cannot be booked on its order any more."""
    found = scoped(unbooked_payments(), request.user, "payments.refund", "session__till__branch")
    payment = found.filter(pk=pk, state="approved").first()
    if payment is None:
        raise Http404
    if request.method == "GET":
        return _ask(request, "payments/terminal_suspense.html", payment=payment)
    try:
        terminals.to_suspense(
            payment_id=payment.pk, employee=request.user, reason=read_reason(request), key=posted_key(request)
        )
    except Refusal as refusal:
        return _ask(request, "payments/terminal_suspense.html", refusal, payment=payment)
    messages.success(request, _("Het bedrag staat op de tussenrekening."))
    return answers.go(request, reverse("payments:to_refund"))
