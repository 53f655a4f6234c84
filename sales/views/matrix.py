"""The Kleur-/maatvenster: opens for an article or from a line, saves what changed, tells what other branches have."""

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.catalog import colour_pages
from backoffice.catalog.models import Article
from backoffice.core import http
from backoffice.core.errors import Refusal, Refusals, Stale
from backoffice.core.formats import format_quantity
from backoffice.core.http import asked_int, posted_key
from backoffice.core.input import InputError, clean_text, parse_quantity
from backoffice.core.keys import new_key
from backoffice.relations.rights import right
from sales import grid, selectors, status
from sales.models import OrderLine
from sales.services import matrix as services
from sales.views import answers


@right("sales.edit")
@require_http_methods(["GET", "POST"])
def matrix(request, order_id, article_id=None):
    """GET: the window, by article, ?artikel= or ?regel= (a line). POST: the changed cells."""
    if request.method == "POST" and article_id:
        return _save(request, order_id, article_id)
    order = selectors.shown_order(request, order_id)
    status.guard(order, "edit")
    line_id = number(request.GET.get("regel"))
    if line_id:
        line = OrderLine.objects.filter(pk=line_id, order=order)
        article = grid.article_of(selectors.day_of_rates(order), variants__in=line.values("variant"))
    else:
        article = grid.article_of(selectors.day_of_rates(order), pk=article_id or number(request.GET.get("artikel")))
    return window(order, article, grid.grid(order, article, line_id=line_id), **_urls(order, article.pk))


def _urls(order, article_id: int) -> dict:
    return {
        "url": reverse("sales:matrix", args=[order.pk, article_id]),
        "elsewhere_url": reverse("sales:matrix_elsewhere", args=[order.pk, article_id]),
    }


def _save(request, order_id, article_id):
    typed, cells, refusals = read(request)
    try:
        wanted = [(cell.variant_id, cell.wanted) for cell in readable(cells, refusals)]
        ask = answers.ask_many(request, wanted, form="matrix-form")
        if ask:
            return ask
        order = services.save(
            order_id=order_id, article_id=article_id, cells=cells, employee=request.user,
            key=posted_key(request),
            reason=clean_text(request.POST.get("reason", ""), max_length=120),
        )  # fmt: skip
    except (InputError, Refusal) as error:
        refusal = error if isinstance(error, Refusal) else Refusal("price.reason", error.message, "reason")
        order, asks = selectors.shown_order(request, order_id), refusal.code == "price.reason"
        return refused(request, order, article_id, typed, refusal, **_urls(order, article_id), ask_reason=asks)
    answer = http.close_dialog(answers.lines_answer(request, order))
    answer.headers["HX-Reswap"] = "none"
    return answer


def read(request) -> tuple[dict[int, str], list[services.Cell], list[Refusal]]:
    """What was typed per variant, the cells it makes, and what cannot be read."""
    typed, cells, refusals = {}, [], []
    for name, text in request.POST.items():
        kind, _dash, variant = name.partition("-")
        if kind != "cell" or not number(variant):
            continue
        typed[int(variant)] = text
        try:
            cells.append(services.Cell(int(variant), _pieces(text), _pieces(request.POST.get(f"was-{variant}", ""))))
        except InputError as error:
            refusals.append(Refusal("matrix.unreadable", error.message, name))
    return typed, cells, refusals


def readable(cells: list[services.Cell], refusals: list[Refusal]) -> list[services.Cell]:
    """The cells, when all of them could be read. Raises Refusals."""
    if refusals:
        raise Refusals(refusals)
    return cells


def _pieces(text: str) -> Decimal:
    """Pieces in a cell; an empty one is 0. Whether the article goes in fractions is the service's to know."""
    return parse_quantity(text, fractions=True, minimum=Decimal(0)) if text.strip() else Decimal(0)


def refused(request, order, article_id, typed, refusal, **urls):
    """The window again, with what was typed; cells that are wrong are marked; after Stale, what is there now."""
    article = grid.article_of(selectors.day_of_rates(order), pk=article_id)
    shown = grid.grid(order, article, typed=typed)
    problems = []
    for each in getattr(refusal, "all", [refusal]):
        cell = shown.cells.get(number(each.field.removeprefix("cell-")) or 0)
        text = each.message
        if cell:
            cell.error = text
            text = f"{cell.title or article.name}: {text}" if each.code == "matrix.unreadable" else text
        problems.append({"text": text, "id": each.field if cell else ""})
    stale = refusal if isinstance(refusal, Stale) else None
    if not stale:
        for variant_id in typed.keys() & shown.cells.keys():
            shown.cells[variant_id].shown = request.POST.get(f"was-{variant_id}", "")
    more = {"problems": [] if stale else problems, "reason": request.POST.get("reason", ""), "request": request}
    return window(order, article, shown, status=refusal.status, stale=stale, **more, **urls)


def window(order, article, shown, status=200, **more):
    """The dialog. more: url (POST), elsewhere_url, and touch with save_label where it is drawn for fingers."""
    values = {
        "order": order,
        "article": article,
        "grid": shown,
        "key": new_key(),
        **table(shown),
        **more,
    }
    return fragment("sales/matrix.html", values, status)


def fragment(template: str, values: dict, status: int = 200) -> HttpResponse:
    """A part of the screen, without what the shell reads for every page."""
    return HttpResponse(render_to_string(template, values), status=status)


def table(shown: grid.Grid, *, prefix: str = "cell", name: str = "") -> dict:
    """What the table needs. prefix: of the id of each field; name: what stands before colour and size in its label."""
    return {
        "rows": shown.rows,
        "prefix": prefix,
        "name": name,
        "mode": "decimal" if shown.article.fractions else "numeric",
    }


@right("sales.edit")
@require_GET
def elsewhere(request, order_id, article_id):
    """Voorraad andere filialen: what is free there, by variant."""
    return elsewhere_of(request, selectors.shown_order(request, order_id), article_id)


def elsewhere_of(request, order, article_id):
    """The part with what other branches than the order's have, of a few colours; it asks the next ones itself.

    ?kleur=: the colour to go on with; ?al=: how many variants lie elsewhere of the colours before it.
    """
    article = get_object_or_404(Article, pk=article_id)
    colours = colour_pages.colour_page(article, asked_int(request, "kleur"), most=grid.VARIANTS)
    found = grid.elsewhere(order, article, colours)
    rows = [
        {"variant": variant_id, "sum": format_quantity(there.sum), "text": " · ".join(_named(there))}
        for variant_id, there in found.items()
    ]
    so_far = len(rows) + (asked_int(request, "al") or 0)
    more = f"{request.path}?{urlencode({'kleur': colours.after, 'al': so_far})}" if colours.after is not None else ""
    say = ngettext("%(n)s maat ligt ook elders.", "%(n)s maten liggen ook elders.", so_far) % {"n": so_far}
    none = _("In geen ander filiaal is hiervan voorraad.")
    values = {"rows": rows, "say": say if so_far else none, "more_url": more}
    return fragment("sales/_matrix_elsewhere.html", values)


def _named(there: grid.Elsewhere) -> list[str]:
    """The branches and what is free there, in words."""
    named = [f"{branch} {format_quantity(free)}" for branch, free in there.branches]
    more = ngettext("en nog %(n)s filiaal", "en nog %(n)s filialen", there.more) % {"n": there.more}
    return [*named, more] if there.more else named


def number(text) -> int | None:
    """A row's id, or None for what cannot be one."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
