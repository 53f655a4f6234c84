"""Scanning what goes on a slip: the answer is the line with one more; nothing is stored until the slip is made."""

import re
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backoffice.catalog import offers
from backoffice.core import http
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_quantity
from backoffice.core.http import posted_int
from backoffice.core.input import InputError, parse_quantity
from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from sales import selectors, status
from sales.documents import picking
from sales.documents.forms_slips import SlipForm
from sales.documents.picking import Pick
from sales.documents.views.slips import lines_context
from sales.line_pages import LinePage, line_page

TIMES = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)


@right("sales.deliver")
@require_POST
def slip_scan(request, order_id):
    """One scan. The first takes what was filled in of stocked articles back to zero; from then on scans are counted."""
    order = selectors.shown_order(request, order_id)
    picks = picking.picks(order)
    counting = request.POST.get("counting") == "1"
    try:
        status.guard(order, "deliver")
        pick, pieces = _scanned(request, picks, counting)
    except Refusal as refusal:
        return _answer(HttpResponse(status=422), "unknown", refusal.message)
    changed = {pick.name: format_quantity(pieces)}
    if not counting:
        changed = {p.name: "0" for p in picks if p.packable and p.on_hand is not None} | changed
    asked = posted_int(request, "blad")
    page = line_page(len(picks), asked, with_one_of=[picks.index(pick)])
    if page.folded and not (counting and page.at == (asked or 1)):
        answer = _lines(request, order, picks, page, request.POST.dict() | changed, counting="1")
    else:
        form = SlipForm(changed, [p for p in picks if p.name in changed], ask_reason=False)
        answer = render(request, "documents/_slip_scanned.html", {"boxes": [form[name] for name in changed]})
    count = _("%(picked)s van %(open)s") % {"picked": format_quantity(pieces), "open": format_quantity(pick.open)}
    return _answer(answer, "known", pick.line.title, count)


@right("sales.deliver")
@require_POST
def slip_lines(request, order_id):
    """Another page of the lines (naar); what stands in the fields goes along. Nothing is stored."""
    order = selectors.shown_order(request, order_id)
    picks = picking.picks(order)
    return _lines(request, order, picks, line_page(len(picks), posted_int(request, "naar")), request.POST.dict())


def _lines(request, order, picks: list[Pick], page: LinePage, data: dict, counting: str = "") -> HttpResponse:
    """The lines of a page with what is typed in all of them; counting: a scan began to count."""
    form = SlipForm(data, page.cut(picks), ask_reason=False)
    context = {
        "order": order,
        "counting": counting,
        "brought": bool(counting),
        **lines_context(picks, page, form, data),
    }
    return render(request, "documents/_slip_page.html", context)


def _answer(response, state: str, text: str, count: str = "") -> HttpResponse:
    return http.trigger(response, "scanned", {"state": state, "text": text, "count": count, "key": new_key()})


def _scanned(request, picks: list[Pick], counting: bool) -> tuple[Pick, Decimal]:
    """The line that the code belongs to, and how many of it are picked now. Raises Refusal."""
    times = request.POST.get("quantity", "1")
    if not TIMES.fullmatch(times):
        raise Refusal("scan.quantity", _("Scan ten hoogste 999 stuks tegelijk."))
    found = _of_code(request.POST.get("code", ""), picks)
    for pick in found:
        before = _filled(request, pick) if counting else Decimal(0)
        if before + int(times) <= pick.open:
            return pick, before + int(times)
    raise Refusal(
        "scan.too_many",
        _("Van %(name)s is nog %(open)s te leveren.")
        % {"name": found[0].line.title, "open": format_quantity(sum(pick.open for pick in found))},
    )


def _of_code(code: str, picks: list[Pick]) -> list[Pick]:
    """The lines of the order that the code may stand for, which have something open. Raises Refusal."""
    code = code.strip()
    found, name = offers.offers(code=code) if len(code) <= 64 else [], code
    if found:
        lines = [pick for pick in picks if pick.line.variant_id == found[0].variant_id]
        name = found[0].title
    elif article := offers.article_of(code):
        lines = [pick for pick in picks if pick.line.article_number == article.number]
        name = article.name
        if len({pick.line.variant_id for pick in lines}) > 1:
            raise Refusal("scan.size", _("Scan van %(name)s de barcode van de maat.") % {"name": name})
    else:
        raise _unknown(code)
    if not lines:
        raise Refusal("scan.elsewhere", _("%(name)s hoort niet bij deze order.") % {"name": name})
    still = [pick for pick in lines if pick.packable]
    if not still:
        raise Refusal("scan.complete", _("%(name)s is al geleverd.") % {"name": name})
    return still


def _unknown(code: str) -> Refusal:
    try:
        offers.by_code(code)
    except Refusal as refusal:
        if refusal.code == "scan.check_digit":
            return refusal
    return Refusal("scan.unknown", _("Onbekende code %(code)s") % {"code": code[:64]})


def _filled(request, pick: Pick) -> Decimal:
    """What stands in the line's field. Raises Refusal when it cannot be read."""
    typed = request.POST.get(pick.name, "").strip()
    try:
        return parse_quantity(typed, fractions=pick.line.fractions, minimum=Decimal(0)) if typed else Decimal(0)
    except InputError as error:
        raise Refusal("scan.field", f"{pick.line.title}: {error.message}") from error
