"""The till screen, and everything that goes onto its basket by scanner, quick key or search."""

from decimal import Decimal
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from backoffice.catalog import offers
from backoffice.catalog.offers import ChooseSize
from backoffice.core import http
from backoffice.core.errors import Refusal
from backoffice.core.http import posted_int, posted_key
from backoffice.core.keys import new_key
from pos import selectors
from pos.middleware import at_till
from pos.models import QuickKey, Receipt
from pos.services import amending, make_order, seats
from pos.views import answers, beside
from sales import grid
from sales import selectors as sales_selectors
from sales.models import SalesOrder
from sales.services import lines
from sales.views.scan import SCANNED, TIMES, ask
from sales.views.scan import words_of as said


@at_till("pos.use")
@require_GET
@gzip_page
def till(request):
    return render(request, "pos/till.html", answers.page_context(request))


@at_till("pos.use")
@require_GET
def quick_page(request, page_id):
    """The keys of one page, when it is shown."""
    page = selectors.page_of(request.till, page_id)
    if page is None:
        raise Http404
    return render(request, "pos/_quick_keys.html", {"page": selectors.with_stock(page, request.till)})


@at_till("pos.use")
@require_GET
def basket_lines(request):
    """Another page of a basket of many lines (?blad=)."""
    context = answers.bon_context(request, selectors.order_at(request.till), http.asked_int(request, "blad"))
    return render(request, "pos/_bon_lines.html", context)


def order_id_of(request, code: str = "") -> int:
    """What is changed on the counter: the basket, begun when there was none, or the amendment of the opened order.

    code: what was scanned; one that cannot be sold begins no amendment, and raises as the scan itself.
    """
    seat, who = request.till.seat, {"till_id": request.till.pk, "employee": request.user}
    if not seat.order_id:
        seat = seats.begin(**who)
    elif not selectors.changeable(request.till):
        if code:
            offers.by_code(code, request.till.day)
        seat = amending.amend(**who)
    return seat.order_id


@at_till("pos.use")
@require_POST
def scan(request):
    """A scan, a quick key (toets) or an article that was searched (variant): one list, in order, each once."""
    code = request.POST.get("code", "").strip()
    times = request.POST.get("quantity", "1")
    if not TIMES.fullmatch(times):
        return _unknown(Refusal("scan.quantity", _("Scan ten hoogste 99.999 stuks tegelijk."), "quantity"))
    quantity = Decimal(times)
    try:
        variant_id = posted_int(request, "variant") or _variant_of_key(posted_int(request, "toets"))
        asked = ask(request, quantity, code, variant_id)
        if asked:
            return asked
        order = _add(request, code, variant_id, quantity)
    except ChooseSize as choose:
        url = f"{reverse('pos:matrix')}?artikel={choose.article_id}"
        return _answer(HttpResponse(status=200), "choose", choose.message, url=url)
    except Refusal as refusal:
        if refusal.code in ("scan.unknown", "scan.check_digit") and code.isprintable():
            return _receipt(code) or _other(request, code) or _unknown(refusal, code)
        return _ask_beside(request, refusal) if beside.asks(request, refusal) else _unknown(refusal, code)
    answer = _answer(answers.bon(request, order), "known", *said(order, quantity))
    return http.close_dialog(answer) if "reason" in request.POST else answer


def _ask_beside(request, refusal: Refusal) -> HttpResponse:
    """What is scanned falls under a discount that somebody else allowed: a reason, and the manager beside."""
    again = {name: request.POST[name] for name in (*SCANNED, "sure") if name in request.POST}
    response = answers.line_refused(request, None, request.path, again, refusal)
    response.status_code = 200  # the list of scans draws it, and goes on with the next
    return _answer(response, "choose", refusal.message)


def _add(request, code: str, variant_id: int | None, quantity: Decimal) -> SalesOrder:
    order_id = order_id_of(request, "" if variant_id else code)
    values = {"order_id": order_id, "on": request.till.day, "employee": request.user, "key": posted_key(request)}
    values |= beside.allowing(request)
    if variant_id:
        return lines.add(items=[(variant_id, quantity)], **values)
    return lines.scan(code=code, quantity=quantity, **values)


def _variant_of_key(key_id: int | None) -> int | None:
    """What a quick key sells: its variant, or the only one of its article. Raises ChooseSize for more of them."""
    if not key_id:
        return None
    key = QuickKey.objects.select_related("article").filter(pk=key_id).first()
    if key is None:
        raise Refusal("key.gone", _("Deze snelknop is intussen gewijzigd. Ververs het scherm."))
    if key.variant_id or key.article is None:
        return key.variant_id
    found = [offer for offer in offers.offers(article_id=key.article_id) if offer.active]
    if not found:
        raise Refusal("article.inactive", _("%(name)s is niet meer te verkopen.") % {"name": key.article.name})
    if len(found) > 1 or key.article.matrix:
        raise ChooseSize(key.article.pk, key.article.name)
    return found[0].variant_id


def _answer(response, state: str, text: str, count: str = "", **more) -> HttpResponse:
    return http.trigger(response, "scanned", {"state": state, "text": text, "count": count, "key": new_key(), **more})


def _unknown(refusal: Refusal, code: str = "") -> HttpResponse:
    text = refusal.message
    if refusal.code == "scan.unknown":
        text = _("Onbekende code %(code)s") % {"code": code[:64]}
    return _answer(HttpResponse(status=refusal.status), "unknown", text, code=refusal.code)


def _receipt(code: str) -> HttpResponse | None:
    """A receipt is scanned: its goods come back (Retour of ruilen)."""
    number = code.upper()
    if not Receipt.objects.filter(number=number).exists():
        return None
    url = f"{reverse('pos:returns')}?{urlencode({'code': number})}"
    return _answer(HttpResponse(status=200), "choose", number, url=url)


def _other(request, code: str) -> HttpResponse | None:
    """The scan line also takes the card of a customer, and the code of an order: it opens."""
    found = sales_selectors.by_code(request, code)
    if found is None:
        return None
    who = {"till_id": request.till.pk, "employee": request.user, "key": posted_key(request)}
    try:
        if isinstance(found, SalesOrder):
            seats.open_order(order_id=found.pk, **who)
            return _answer(HttpResponse(status=200), "known", str(found), go=reverse("pos:till"))
        order = make_order.choose_customer(customer_id=found.pk, **who)
    except Refusal as refusal:
        return _unknown(refusal)
    return _answer(answers.bon(request, order), "known", title_of_customer(found))


def title_of_customer(customer) -> str:
    return _("Klant %(name)s") % {"name": customer.name}


@at_till("pos.use")
@require_GET
def search(request):
    """Zoeken: articles by number, name or barcode; a touch puts one on the basket, or opens its window."""
    text = request.GET.get("q", "")[:100]
    found = grid.results(selectors.order_or_blank(request.till), text)
    template = "pos/_search_results.html" if "q" in request.GET else "pos/search.html"
    return render(request, template, {"found": found, "text": text})
