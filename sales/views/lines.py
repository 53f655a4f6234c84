"""The lines of a draft: cells as they are typed, one article, a text, copy, move, delete and undo."""

from decimal import Decimal

from django.core import signing
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.core import http
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money
from backoffice.core.http import posted_int, posted_key
from backoffice.core.input import ASK_ABOVE, InputError, clean_text, whole
from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from sales import selectors
from sales.forms import CELLS, read_cell, read_reason
from sales.models import OrderLine
from sales.services import lines
from sales.views import answers

UNDO_SALT, UNDO_SECONDS = "sales.undo", 3600


@right("sales.edit")
@require_POST
def line(request, order_id, line_id):
    """Cells of one line: Aantal, Verkoopprijs, Korting, Tekst."""
    typed = {name: request.POST[name] for name in CELLS if name in request.POST}
    try:
        values = read_cells(request, order_id, line_id, typed)
        if values.get("quantity", 0) > ASK_ABOVE and "sure" not in request.POST:
            raise Refusal("line.many", answers.is_it_right(values["quantity"]), "quantity")
        order = lines.set_line(
            order_id=order_id,
            line_id=line_id,
            revision=posted_int(request, "revision"),
            values=values,
            employee=request.user,
            sure="sure" in request.POST,
            key=posted_key(request),
        )
    except Refusal as refusal:
        return _refused(request, order_id, line_id, typed, refusal)
    answer = answers.lines_answer(request, order, cells=tuple(typed))
    return http.close_dialog(answer) if {"reason", "sure"} & set(request.POST) else answer


def read_cells(request, order_id, line_id, typed) -> dict:
    """What was typed, as values. Raises Refusal with the field."""
    fractions = "quantity" in typed and OrderLine.objects.filter(pk=line_id, order=order_id, fractions=True).exists()
    values = {}
    for name, text in typed.items():
        try:
            values[name] = read_cell(name, text, fractions)
        except InputError as error:
            raise Refusal(f"line.{name}", error.message, name) from error
    if "reason" in request.POST:
        try:
            values["reason"] = read_reason(request.POST["reason"])
        except InputError as error:
            raise Refusal("price.reason", error.message, "reason") from error
    return values


def _refused(request, order_id, line_id, typed, refusal):
    order = selectors.shown_order(request, order_id)
    current = order.lines.filter(pk=line_id).first()
    if current is None:
        raise refusal
    return answers.cell_refused(request, order, current, typed, refusal)


@right("sales.edit")
@require_POST
def move(request, order_id, line_id):
    steps = {"up": -1, "down": 1}.get(request.POST.get("to", ""), 0)
    order = lines.move(order_id=order_id, line_id=line_id, steps=steps, employee=request.user, key=posted_key(request))
    return answers.lines_answer(request, order, whole=True)


@right("sales.edit")
@require_POST
def copy(request, order_id, line_id):
    order = lines.copy(order_id=order_id, line_id=line_id, employee=request.user, key=posted_key(request))
    return answers.lines_answer(request, order, whole=True)


@right("sales.edit")
@require_POST
def delete(request, order_id, line_id):
    order = lines.delete(order_id=order_id, line_ids=[line_id], employee=request.user, key=posted_key(request))
    packed = getattr(order, "deleted", [])
    if not packed:
        return answers.lines_answer(request, order, whole=True)
    text, undo = sign_undo(order_id, packed)
    toast = (text, "good", reverse("sales:restore", args=[order_id]), undo)
    return answers.lines_answer(request, order, whole=True, toast=toast)


def sign_undo(order_id: int, packed: list[dict]) -> tuple[str, dict]:
    """What the toast of a deletion says, and the signed values that its button posts."""
    undo = {"packed": signing.dumps([order_id, packed], salt=UNDO_SALT), "key": new_key()}
    return _("%(name)s is verwijderd.") % {"name": _name(packed[0])}, undo


def read_undo(request, order_id: int) -> list[dict]:
    """The lines that were signed into an undo button of this order. Raises Refusal."""
    try:
        signed_for, packed = signing.loads(request.POST.get("packed", ""), salt=UNDO_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        raise Refusal("undo.gone", _("Dit kan niet meer ongedaan worden gemaakt.")) from None
    if signed_for != order_id:
        raise Refusal("undo.gone", _("Dit kan niet meer ongedaan worden gemaakt."))
    return packed


def _name(packed: dict) -> str:
    parts = (packed["description"], packed["colour_label"], packed["size_label"])
    return " ".join(part for part in parts if part) or packed["text"]


@right("sales.edit")
@require_POST
def restore(request, order_id):
    """Ongedaan maken of a deletion; what comes back was signed when it left."""
    packed = read_undo(request, order_id)
    order = lines.restore(order_id=order_id, packed=packed, employee=request.user, key=posted_key(request))
    return answers.lines_answer(request, order, whole=True)


@right("sales.edit")
@require_http_methods(["GET", "POST"])
def add_text(request, order_id):
    """Tekstregel toevoegen."""
    values = {"order": selectors.shown_order(request, order_id), "key": request.POST.get("key") or new_key()}
    if request.method == "GET":
        return render(request, "sales/_add_text.html", values)
    typed = request.POST.get("text", "")
    try:
        order = lines.add_text(
            order_id=order_id, text=clean_text(typed), employee=request.user, key=posted_key(request)
        )
    except (InputError, Refusal) as refusal:
        values |= {"typed": typed, "error": refusal.message}
        return render(request, "sales/_add_text.html", values, status=422)
    return http.close_dialog(answers.lines_answer(request, order))


@right("sales.edit")
@require_http_methods(["GET", "POST"])
def add(request, order_id):
    """Artikel toevoegen: one article, searched as you type; a colour/size article opens its window."""
    if request.method == "GET":
        values = {"order": selectors.shown_order(request, order_id), "key": new_key()}
        return render(request, "sales/_add_article.html", values)
    kind, _dash, number = request.POST.get("choice", "").partition("-")
    if kind not in ("variant", "article") or whole(number) is None:
        raise Refusal("lines.none", _("Kies een artikel uit de lijst."), "choice")
    if kind == "article":
        order = selectors.shown_order(request, order_id)
        url = f"{reverse('sales:matrix', args=[order.pk])}?artikel={number}"
        return http.trigger(http.close_dialog(answers.HttpResponse(status=204)), "open-dialog", {"url": url})
    order = lines.add(
        order_id=order_id, items=[(int(number), Decimal(1))], employee=request.user, key=posted_key(request)
    )
    return http.close_dialog(answers.lines_answer(request, order))


@right("sales.edit")
@require_GET
def article_options(request):
    """Options of the article field."""
    options = []
    for article in selectors.article_options(request.GET.get("q", "")):
        variants = [variant for variant in article.variants.all() if variant.active]
        if not variants:
            continue
        one = not article.matrix and len(variants) == 1
        options.append(
            {
                "value": f"variant-{variants[0].pk}" if one else f"article-{article.pk}",
                "label": article.name,
                "code": article.number,
                "note": format_money(variants[0].price)
                if one
                else _("%(price)s · kleur en maat kiezen") % {"price": format_money(article.sales_price)},
            }
        )
    return render(request, "parts/options.html", {"options": options})
