"""A scan into the order, and the same field typed by hand."""

import re
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backoffice.catalog import offers
from backoffice.catalog.offers import ChooseSize
from backoffice.catalog.services import barcodes
from backoffice.core import http
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_quantity
from backoffice.core.http import posted_key
from backoffice.core.input import ASK_ABOVE, InputError
from backoffice.core.keys import new_key
from backoffice.relations.models import Customer
from backoffice.relations.rights import right
from sales import selectors
from sales.forms import read_reason
from sales.services import drafts, lines
from sales.views import answers

SCANNED = ("code", "quantity", "variant", "toets")  # what says what is scanned, and how often
TIMES = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)


@right("sales.edit")
@require_POST
def scan(request, order_id):
    """One scan. The answer says what it was (HX-Trigger "scanned") and brings the next key."""
    code = request.POST.get("code", "").strip()
    times = request.POST.get("quantity", "1")
    if not TIMES.fullmatch(times):
        return _unknown(Refusal("scan.quantity", _("Scan ten hoogste 99.999 stuks tegelijk."), "quantity"))
    quantity = Decimal(times)
    asked = ask(request, quantity, code)
    if asked:
        return asked
    try:
        order = lines.scan(
            order_id=order_id, code=code, quantity=quantity, employee=request.user, key=posted_key(request),
            reason=read_reason(request.POST["reason"]) if request.POST.get("reason") else "",
        )  # fmt: skip
    except InputError as error:
        return _unknown(Refusal("price.reason", error.message, "reason"))
    except ChooseSize as choose:
        return _answer(HttpResponse(status=200), "choose", choose.message, url=_matrix(order_id, choose.article_id))
    except Refusal as refusal:
        if refusal.code == "scan.unknown":
            return _other(request, order_id, code) or _unknown(refusal, code, _link(request, order_id, code, times))
        return _ask_reason(request, refusal) if refusal.code == "price.reason" else _unknown(refusal)
    answer = said(answers.lines_answer(request, order, cells=("quantity",)), order, quantity)
    return http.close_dialog(answer) if "reason" in request.POST else answer


def _ask_reason(request, refusal: Refusal) -> HttpResponse:
    """What is scanned falls under a discount beyond the own ceiling: who has the right gives a reason."""
    again = {name: request.POST[name] for name in (*SCANNED, "sure") if name in request.POST}
    values = {"refusal": refusal, "url": request.path, "key": new_key(), "typed": again}
    return _answer(render(request, "sales/_ask_reason.html", values), "choose", refusal.message)


def ask(request, quantity: Decimal, code: str, variant_id: int | None = None) -> HttpResponse | None:
    """Whether so many pieces are meant, of a code or of a variant; None when they are, or when the code is of nothing.

    Ja sends what was posted here once more.
    """
    if quantity <= ASK_ABOVE:
        return None
    try:
        variant_id = variant_id or offers.by_code(code, timezone.localdate()).variant_id
    except Refusal:
        return None
    fields = {name: request.POST[name] for name in SCANNED if name in request.POST}
    asked = answers.ask_many(request, [(variant_id, quantity)], url=request.path, key=new_key(), fields=fields)
    return asked and _answer(asked, "choose", answers.is_it_right(quantity))


def said(response, order, quantity: Decimal) -> HttpResponse:
    """Let the scan line say what was added."""
    return _answer(response, "known", *words_of(order, quantity))


def _answer(response, state: str, text: str, count: str = "", **more) -> HttpResponse:
    return http.trigger(response, "scanned", {"state": state, "text": text, "count": count, "key": new_key(), **more})


def words_of(order, quantity: Decimal) -> tuple[str, str]:
    """What was added, in words, and how many: "4 + 1"."""
    touched = [line for line in selectors.lines_of(order) if line.pk in getattr(order, "touched", ())]
    if not touched:
        return _("Al toegevoegd"), ""
    line = touched[0]
    before = line.quantity - quantity
    count = f"{format_quantity(before)} + {format_quantity(quantity)}" if before else f"+ {format_quantity(quantity)}"
    return line.title, count


def _unknown(refusal: Refusal, code: str = "", link: str = "") -> HttpResponse:
    text = refusal.message
    if refusal.code == "scan.unknown":
        text = _("Onbekende code %(code)s") % {"code": code[:64]}
    return _answer(HttpResponse(status=refusal.status), "unknown", text, code=refusal.code, link=link)


def _link(request, order_id: int, code: str, times: str) -> str:
    """Where the unknown code is linked to an article; empty without the right, or when it can be no barcode."""
    try:
        barcodes.check(code)
    except Refusal:
        return ""
    if not request.access.can("catalog.edit"):
        return ""
    return f"{reverse('sales:link_code', args=[order_id])}?{urlencode({'code': code, 'quantity': times})}"


def _matrix(order_id: int, article_id: int) -> str:
    url = answers.url_of("sales:matrix", order_id)
    return f"{url}?artikel={article_id}" if url else ""


def _other(request, order_id: int, code: str) -> HttpResponse | None:
    """The field also finds orders and customers by their code."""
    found = selectors.by_code(request, code)
    if found is None:
        return None
    if not isinstance(found, Customer):
        return _answer(HttpResponse(status=204), "known", str(found), go=reverse("sales:order", args=[found.pk]))
    order = drafts.set_header(
        order_id=order_id, revision=None, values={"customer": found.pk}, employee=request.user, key=posted_key(request)
    )
    answer = answers.consequences(request, order, ["customer", *drafts.ADDRESSES], True)
    return _answer(answer, "known", _("Debiteur %(name)s") % {"name": found.name})
