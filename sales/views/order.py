"""The order as a whole: Nieuw, its screen, the header, the foot, confirming and dropping."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.core import http
from backoffice.core.errors import Busy, Refusal, Stale
from backoffice.core.formats import format_money
from backoffice.core.http import asked_int, posted_int, posted_key
from backoffice.core.input import InputError
from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from sales import history, selectors, status
from sales.forms import HeaderForm, read_discount, read_reason
from sales.services import amending, confirming, drafts
from sales.services.shown import ChangedMeanwhile
from sales.views import actions, answers

CHANGED = "gewijzigd"  # in the URL: the version that was just confirmed


@right("sales.edit")
@require_POST
def create(request):
    order = drafts.create(branch_id=request.branch_id, employee=request.user, key=posted_key(request))
    response = HttpResponseRedirect(reverse("sales:order", args=[order.pk]))
    response.status_code = 303
    return response


@right("sales.view")
@require_GET
def order(request, order_id):
    try:
        shown = selectors.whole_order(request, order_id)
    except Http404:
        if amended := selectors.amended_order(request, order_id):
            return redirect("sales:order", amended)
        raise
    values = answers.page_context(request, shown)
    if version := asked_int(request, CHANGED):
        values["changed"] = shown.versions.filter(version=version, version__gt=1).first()
        values["mail_url"] = answers.url_of("documents:mail", shown.pk)
    return render(request, "sales/order.html", values)


@right("sales.edit")
@require_POST
def header(request, order_id):
    """One field, or more, as they are typed."""
    current = selectors.shown_order(request, order_id)
    form = HeaderForm(request.POST, instance=current, user=request.user)
    names = [name for name in request.POST if name in form.fields]
    form.is_valid()
    if any(name in form.errors for name in names):
        return answers.head_answer(request, current, names, form, 422)
    values = form.changed | _chosen_address(request, current)
    mode = current.vat_mode
    try:
        saved = drafts.set_header(
            order_id=order_id,
            revision=posted_int(request, "revision"),
            values=values,
            employee=request.user,
            sure=bool(request.POST.get("sure")),
            key=posted_key(request),
        )
    except drafts.Repriced as repriced:
        return _ask_to_reprice(request, current, names, repriced)
    except Stale as stale:
        return answers.notices(request, current, stale)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return answers.head_answer(request, current, names or [refusal.field], form, refusal.status)
    lines = getattr(saved, "all_lines", None)  # None: sent again, and the first answer is not known any more
    other_prices = lines is None or saved.vat_mode != mode or any(getattr(line, "rated", False) for line in lines)
    if other_prices or {"customer", "order_type"} & set(values):
        answer = answers.consequences(request, saved, [*names, *drafts.ADDRESSES], other_prices)
        return http.close_dialog(answer) if request.POST.get("sure") else answer
    return answers.head_answer(request, saved, names or values)


def _ask_to_reprice(request, order, names, repriced: drafts.Repriced):
    """What was chosen on an amendment changes its prices: both totals, and the fields as they were for Nee."""
    words = {"old": format_money(repriced.old), "new": format_money(repriced.new), "mode": repriced.mode}
    text = _("Het totaal gaat van %(old)s naar %(new)s (%(mode)s).")
    if repriced.old == repriced.new:
        text = _("Prijzen: %(mode)s. Het totaal blijft %(new)s.")
    form = HeaderForm(instance=order, user=request.user)
    ask = {
        "title": _("Prijzen van de order wijzigen?"),
        "text": text % words,
        "url": request.path,
        "key": new_key(),
        "fields": {name: request.POST[name] for name in [*names, "revision"] if name in request.POST} | {"sure": "1"},
        "swap": "none",
    }
    values = answers.context(request, order, **answers.header_context(request, order, form), **ask)
    values["fields_shown"] = [form[name] for name in names]
    response = render(request, "sales/_ask_reprice.html", values)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#dialog-host", "innerHTML"
    return response


def _chosen_address(request, order) -> dict:
    """The delivery address that was chosen from those of the customer."""
    chosen = posted_int(request, "address")
    address = order.customer.addresses.filter(pk=chosen).first() if chosen and order.customer else None
    return {"delivery_address": drafts.postal(address)} if address else {}


@right("sales.edit")
@require_http_methods(["GET", "POST"])
def discard(request, order_id):
    """Concept verwijderen: asks on GET, does it on POST."""
    shown = selectors.shown_order(request, order_id)
    if request.method == "GET":
        return render(
            request,
            "parts/ask.html",
            {
                "title": _("Dit concept verwijderen?"),
                "text": _("De regels en de ingevulde gegevens gaan verloren."),
                "url": request.path,
                "key": new_key(),
                "danger": True,
            },
        )
    drafts.discard(order_id=shown.pk, employee=request.user, key=posted_key(request))
    messages.success(request, _("Het concept is verwijderd."))
    return answers.go(request, reverse("sales:orders"))


@right("sales.edit")
@require_POST
def vat_mode(request, order_id):
    """Inclusief of exclusief BTW: asked first, with both totals, where the total would change."""
    current = selectors.shown_order(request, order_id)
    mode = request.POST.get("vat_mode", "")
    status.guard(current, "edit")
    try:
        asks = drafts.asks_reason(current, mode, request.user)
        reason = read_reason(request.POST.get("reason", "")) if asks and request.POST.get("sure") else ""
        if not request.POST.get("sure"):
            new = drafts.totals_in(current, mode).gross
            if asks or new != current.gross.amount:
                return _ask_vat_mode(request, current, mode, new, asks=asks)
        order = drafts.set_vat_mode(
            order_id=order_id, vat_mode=mode, reason=reason, employee=request.user, key=posted_key(request)
        )
    except (InputError, Refusal) as error:
        return _mode_refused(request, current, error)
    return http.close_dialog(answers.lines_answer(request, order, whole=True, parts=("sales/_foot.html",)))


def _mode_refused(request, order, error):
    """Why the mode cannot be chosen; the one that the order has is marked again."""
    values = answers.context(request, order, **answers.foot_context(order), oob=True)
    answer = render(request, "sales/_modes.html", values, status=422)
    answer.headers["HX-Reswap"] = "none"
    return http.toast(answer, error.message, "bad")


def _ask_vat_mode(request, order, mode, new, *, asks: bool):
    label = dict(order._meta.get_field("vat_mode").choices)[mode]
    ask = {
        "title": _("Overgaan op %(mode)s?") % {"mode": label},
        "text": _("Het totaal gaat van %(old)s naar %(new)s.")
        % {"old": format_money(order.gross), "new": format_money(new)},
        "url": request.path,
        "key": new_key(),
        "fields": {"vat_mode": mode, "sure": "1"},
        "swap": "none",
        "asks": asks,
    }
    values = answers.context(request, order, **answers.foot_context(order), **ask)
    return render(request, "sales/_ask_vat_mode.html", values)


@right("sales.edit")
@require_POST
def discount(request, order_id):
    """Korting op de order, a percentage or euros."""
    current = selectors.shown_order(request, order_id)
    typed = request.POST.get("discount", "")
    try:
        kind, value = read_discount(typed)
        reason = read_reason(request.POST["reason"]) if "reason" in request.POST else ""
        order = drafts.set_discount(
            order_id=order_id, employee=request.user, key=posted_key(request), reason=reason, **{kind: value}
        )
    except InputError as error:
        return _discount_refused(request, current, typed, Refusal("order.discount", error.message, "discount"))
    except Refusal as refusal:
        return _discount_refused(request, current, typed, refusal)
    answer = answers.lines_answer(request, order, parts=("sales/_foot.html",))
    return http.close_dialog(answer) if "reason" in request.POST else answer


def _discount_refused(request, order, typed, refusal):
    values = answers.context(request, order, **answers.foot_context(order), refusal=refusal, typed=typed)
    values |= {"discount": typed, "discount_error": refusal.message}
    return render(request, "sales/_discount_refused.html", values, status=refusal.status)


@right("sales.edit")
@require_POST
def confirm(request, order_id):
    """Verkooporder bevestigen: of a draft, or of an amendment."""
    amends = selectors.amended_order(request, order_id)
    service = amending.confirm_amendment if amends else confirming.confirm
    try:
        order = service(
            order_id=order_id,
            employee=request.user,
            revision=posted_int(request, "revision"),
            shown=request.POST.get("shown", ""),
            key=posted_key(request),
        )
    except Busy:
        raise  # nobody knows yet whether it is confirmed: not to be told that it is not
    except ChangedMeanwhile as changed:
        return answers.ask_changed(request, selectors.shown_order(request, order_id), changed, request.path)
    except Refusal as refusal:
        if refusal.code == "order.money_left" and (settle := answers.url_of("payments:settle_amendment", order_id)):
            return answers.ask_on(request, settle)
        return answers.notices(request, selectors.shown_order(request, order_id, discarded=True), refusal)
    url = reverse("sales:order", args=[order.pk])
    answers.tell_short(request, order)
    if not amends:
        messages.success(request, _("Verkooporder %(number)s is bevestigd.") % {"number": order.number})
    elif getattr(order, "new_version", order):
        url += f"?{CHANGED}={order.version}"
    else:
        messages.info(request, _("Er is niets gewijzigd aan %(number)s.") % {"number": order.number})
    return answers.go(request, url)


@right("sales.view")
@require_GET
def side(request, order_id):
    """The panel beside the lines: facts about the customer, and the history. Loaded after the page."""
    order = selectors.shown_order(request, order_id)
    values: dict[str, Any] = {"order": order, "panels": actions.panels(order)}
    if order.customer:
        values |= {
            "open_amount": selectors.open_amount_of(order.customer, request.user),
            "last_orders": selectors.last_orders_of(order.customer, order, request.user),
        }
    if order.number:
        values["events"] = history.shortly(order)
    return render(request, "sales/_side.html", values)
