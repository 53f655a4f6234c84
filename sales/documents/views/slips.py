"""Pakbon aanmaken, and what is done with a slip afterwards."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.core.errors import Refusal
from backoffice.core.formats import format_quantity
from backoffice.core.forms import add_refusal
from backoffice.core.http import posted_int, posted_key
from backoffice.core.keys import new_key
from backoffice.relations.rights import right, scoped
from sales import selectors, status
from sales.documents import large, picking
from sales.documents import slip as slips
from sales.documents.forms_slips import PostedSlip, SlipForm
from sales.documents.models import PackingSlip
from sales.documents.services import packing
from sales.documents.views import papers
from sales.line_pages import LinePage, line_page
from sales.services import delivering, rating


@right("sales.deliver")
@require_http_methods(["GET", "POST"])
def slip_new(request, order_id):
    """The screen on GET; on POST the slip is made, or the screen comes back with what was wrong marked."""
    if request.method == "GET":
        return _slip_screen(request, order_id)
    form, refusal = PostedSlip(request.POST), None
    if form.is_valid():
        price_stays, seen_total = form.answer
        try:
            made = packing.create_slip(
                order_id=order_id,
                quantities=form.quantities,
                employee=request.user,
                address=form.address,
                note=form.cleaned_data["note"],
                override_reason=form.cleaned_data["override_reason"],
                price_stays=price_stays,
                seen_total=seen_total,
                key=posted_key(request),
            )
        except Refusal as refused:
            if refused.status != 422:
                raise
            refusal = refused
        else:
            messages.success(request, _("Pakbon %(number)s is gemaakt.") % {"number": made.number})
            return _see(reverse("documents:slip", args=[made.pk]))
    return _slip_screen(request, order_id, form, refusal)


def _slip_screen(
    request, order_id: int, sent: PostedSlip | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    order = selectors.shown_order(request, order_id)
    if request.method == "GET":
        status.guard(order, "deliver")
    picks = picking.picks(order)
    page = line_page(len(picks), posted_int(request, "blad"), with_one_of=_refused(picks, sent, refusal))
    unpaid = order.paid_total.amount < delivering.required_deposit(order)
    may_override = unpaid and request.access.can("sales.deliver_unpaid", order.branch_id)
    question = _question(order, sent) if sent and sent.is_valid() else None
    data = request.POST if sent else None
    form = SlipForm(data, page.cut(picks), ask_reason=may_override, question=question)
    if refusal and not isinstance(refusal, rating.RatesChanged):  # which is a question of its own
        form.full_clean()
        add_refusal(form, refusal)
    context = {
        "order": order, "form": form, "key": new_key(), "scan_key": new_key(), **lines_context(picks, page, form, data),
        "address": packing.agreed_address(order), "deposit": delivering.required_deposit(order) if unpaid else None,
    }  # fmt: skip
    return render(request, "documents/slip_new.html", context, status=422 if request.method == "POST" else 200)


def _question(order, sent: PostedSlip) -> rating.Question | None:
    """Which price stays, where a VAT rate changed since the order of what goes along."""
    lines, going = selectors.lines_of(order), sent.quantities
    return rating.asked(order, lines, [line for line in lines if line.pk in going], timezone.localdate())


def _refused(picks, sent: PostedSlip | None, refusal: Refusal | None) -> list[int]:
    """The places of the lines whose number was not taken."""
    named = set(sent.errors) if sent else set()
    named |= {one.field for one in getattr(refusal, "all", [refusal]) if one}
    return [at for at, pick in enumerate(picks) if pick.name in named]


def lines_context(picks, page: LinePage, form, data=None) -> dict:
    """The page of lines with their fields, and what goes along of the others: {rows, kept, line_page}.

    data: what was sent, which then stands in the fields of all lines.
    """
    shown = {pick.name for pick in page.cut(picks)}
    values = {pick.name: format_quantity(pick.filled) for pick in picks if pick.packable and pick.name not in shown}
    kept = [(name, value if data is None else data.get(name, "")) for name, value in values.items()]
    return {"rows": _rows(picks, page, form), "kept": kept, "line_page": page}


def _rows(picks, page: LinePage, form) -> list[dict]:
    """The lines as the screen shows them: a head per colour/size article, then its lines with their fields."""
    by_line = {pick.line.pk: pick for pick in picks}
    rows: list[dict] = []
    for group in selectors.on_page(selectors.grouped([pick.line for pick in picks]), page):
        if group.head:
            rows.append({"head": group})
        for line in group.drawn:
            pick = by_line[line.pk]
            rows.append({"line": line, "pick": pick, "bound": form[pick.name] if pick.packable else None})
    return rows


def _see(url: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def found(request, slip_id: int, name: str = "documents.view") -> PackingSlip:
    """The slip, in the branches of who asks. Raises Http404."""
    slip = scoped(slips.slips(), request.user, name, "delivery__order__branch").filter(pk=slip_id).first()
    if slip is None:
        raise Http404
    return slip


@right("documents.view")
@require_GET
def slip(request, slip_id):
    shown = found(request, slip_id)
    order = shown.delivery.order
    context = slips.content(shown) | {
        "key": new_key(),
        "may_cancel": _may_cancel(request, shown),
        "mark": "void" if shown.state == PackingSlip.State.CANCELLED else "full",
        "may_deliver": status.allowed(order, "deliver") and request.access.can("sales.deliver", order.branch_id),
    }
    return render(request, "documents/slip_page.html", context)


def _may_cancel(request, slip: PackingSlip) -> bool:
    order = slip.delivery.order
    return (
        slip.state == PackingSlip.State.OPEN
        and status.allowed(order, "cancel_delivery")
        and request.access.can("sales.deliver", order.branch_id)
    )


@right("documents.view")
@require_GET
def slips_of_order(request, order_id):
    """The slips of an order, for the panel beside its lines; loaded after the page."""
    order = selectors.shown_order(request, order_id)
    shown = slips.slips_of(order)
    for slip in shown:
        slip.delivery.order = order
        slip.may_cancel = _may_cancel(request, slip)
    return render(request, "documents/_slips.html", {"slips": shown})


@right("documents.view")
@require_GET
def slip_pdf(request, slip_id):
    """The paper, shown in the browser; from the second print on it says KOPIE. Changes nothing."""
    slip = found(request, slip_id)
    return papers.answer(request, large.of_slip(slip), f"slip={slip.pk}", f"{slip.number}.pdf")


def paper(slip: PackingSlip) -> HttpResponse:
    """A slip of found() as a PDF."""
    name, content = slips.slip_pdf(slip)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@right("documents.view")
@require_POST
def slip_print(request, slip_id):
    """Afdrukken: counted, then the paper, or the job that makes it."""
    shown, key = found(request, slip_id), posted_key(request)
    packing.print_slip(slip_id=slip_id, employee=request.user, key=key)
    if large.of_slip(shown).is_large:
        return papers.see_job(request, f"slip={slip_id}", uuid.uuid5(key, "paper"))
    return _see(reverse("documents:slip_pdf", args=[slip_id]))


@right("sales.deliver")
@require_http_methods(["GET", "POST"])
def slip_cancel(request, slip_id):
    """Pakbon annuleren: asks on GET, does it on POST."""
    shown = found(request, slip_id, "sales.deliver")
    if request.method == "GET":
        context = {
            "title": _("Pakbon %(number)s annuleren?") % {"number": shown.number},
            "text": _("De artikelen gaan terug naar de voorraad van %(branch)s en blijven gereserveerd voor %(order)s.")
            % {"branch": shown.delivery.branch, "order": shown.delivery.order},
            "url": request.path,
            "key": new_key(),
            "danger": True,
        }
        return render(request, "parts/ask.html", context)
    packing.cancel_slip(slip_id=slip_id, employee=request.user, key=posted_key(request))
    messages.success(request, _("Pakbon %(number)s is geannuleerd.") % {"number": shown.number})
    response = HttpResponse(status=204)
    response.headers["HX-Refresh"] = "true"
    return response
