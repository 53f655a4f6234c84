"""Maak order: the screen, placing without payment, going on to the payment, and Annuleren."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.core.errors import Refusal, Stale
from backoffice.core.formats import format_date
from backoffice.core.forms import add_refusal
from backoffice.core.http import posted_key
from backoffice.core.keys import new_key
from backoffice.relations.forms import CustomerForms, delivery_form
from backoffice.relations.services.customers import LikelyDuplicates
from pos import selectors
from pos.forms import MakeOrderForm
from pos.middleware import at_till
from pos.services import make_order as service
from pos.services import seats
from pos.views.lines import here
from sales import selectors as sales_selectors
from sales.services import drafts, shown
from sales.views import answers

DAYS = (_("maandag"), _("dinsdag"), _("woensdag"), _("donderdag"), _("vrijdag"), _("zaterdag"), _("zondag"))


def see_other(name: str, *args):
    response = redirect(name, *args)
    response.status_code = 303
    return response


@at_till("pos.use")
@require_GET
def make_order(request):
    """The screen; what was chosen before stands in it."""
    order = selectors.order_at(request.till)
    if order is None or order.number or order.amends_id or not order.lines.exists():
        return redirect("pos:till")
    return _screen(request, order, MakeOrderForm(order=order), blank_customer())


def blank_customer() -> CustomerForms:
    """A new customer, with one delivery address beside its own."""
    made = CustomerForms(delivery=False)
    made.deliveries.append(delivery_form(name="1"))
    return made


def _screen(request, order, form, customer, *, duplicates=(), refusals=(), status=200):
    lines = sales_selectors.lines_of(order)
    values = {
        "order": order, "form": form, "forms": customer, "duplicates": duplicates, "refusals": refusals,
        "pieces": sum(abs(line.quantity) for line in lines if line.variant_id), "days": _days(), "key": new_key(),
        "shown": shown.mark(order, lines), "till": request.till, "idle_seconds": 0,
        "extra_open": _asks_extra(form, refusals),
    }  # fmt: skip
    return render(request, "pos/make_order.html", values, status=status)


def _asks_extra(form, refusals) -> bool:
    """Whether what is wrong stands at Extra gegevens."""
    named = [*form.errors, *(refusal.field for refusal in refusals)]
    return any(name in EXTRA or name.startswith("extra-") for name in named)


EXTRA = ("order_type", "subject", "reference", "employee", "note")


def _days() -> list[tuple[str, str]]:
    """Days that are often chosen: tomorrow, the day after, the coming Saturday and a week from now."""
    today = timezone.localdate()
    chosen = [today + timedelta(days=1), today + timedelta(days=2), today + timedelta(days=7)]
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 or 7)
    labels = {chosen[0]: _("Morgen"), chosen[2]: _("Over een week")}
    found = sorted({*chosen, saturday})
    return [(labels.get(day, DAYS[day.weekday()].capitalize()), format_date(day)) for day in found]


@at_till("pos.use")
@require_POST
def place(request):
    """Plaats order & Later afrekenen."""
    order = selectors.order_at(request.till)
    # with nothing on the counter it was sent before, and its answer was lost: the service answers again, or says no
    answer = _save(request, here(request)) if order else None
    if answer is not None:
        return answer
    try:
        seen = request.POST.get("shown", "")
        receipt = service.place(till_id=request.till.pk, employee=request.user, shown=seen, key=posted_key(request))
    except Refusal as refusal:
        if order is None:
            raise
        if isinstance(refusal, Stale):
            seats.follow_day(till_id=request.till.pk, employee=request.user)
        return _refused(request, refusal)
    messages.success(request, _("Order %(number)s is geplaatst.") % {"number": receipt.order.number})
    answers.tell_short(request, receipt.order)
    return see_other("pos:receipt", receipt.pk)


@at_till("pos.use")
@require_POST
def pay_and_place(request):
    """Afrekenen en plaats order: on to the payment; the order is placed with the money, in one go."""
    answer = _save(request, here(request))
    return see_other("pos:checkout") if answer is None else answer


def _save(request, order):
    """Keep everything that was typed on the basket; the screen again when something does not hold, else None."""
    key = posted_key(request)
    form, customer = MakeOrderForm(request.POST, order=order), CustomerForms(request.POST)
    wanted = order.customer_id is None
    valid = [form.is_valid(), not wanted or customer.is_valid()]
    if not all(valid):
        return _screen(request, order, form, customer, status=422)
    who = {"order_id": order.pk, "employee": request.user}
    try:
        drafts.set_header(revision=None, values=form.values(), key=uuid.uuid5(key, "header"), **who)
        if wanted:
            service.new_customer(
                values=customer.values(), addresses=customer.addresses(), key=uuid.uuid5(key, "customer"),
                confirmed=bool(request.POST.get("confirmed")), **who,
            )  # fmt: skip
    except LikelyDuplicates as refusal:
        return _screen(request, order, form, customer, duplicates=refusal.customers, status=422)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return _screen(request, order, form, customer, status=422)
    return None


def _refused(request, refusal: Refusal):
    order = here(request)
    form = MakeOrderForm(request.POST, order=order)
    form.full_clean()
    refusals = getattr(refusal, "all", [refusal])
    return _screen(request, order, form, blank_customer(), refusals=refusals, status=422)


@at_till("pos.use")
@require_http_methods(["GET", "POST"])
def cancel(request):
    """Annuleren: asks whether the whole order goes, or only back to the basket."""
    if request.method == "GET":
        return render(request, "pos/_cancel_order.html", {"key": new_key(), "other_key": new_key()})
    if request.POST.get("what") == "all":
        seats.empty(till_id=request.till.pk, employee=request.user, key=posted_key(request))
        messages.success(request, _("De order is geannuleerd."))
    else:
        service.back_to_basket(order_id=here(request).pk, employee=request.user, key=posted_key(request))
    return see_other("pos:till")
