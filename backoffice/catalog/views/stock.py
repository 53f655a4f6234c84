"""Voorraad: per article and branch, the card of one variant, Telling and Correctie."""

import re
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from backoffice.catalog import colour_pages, selectors
from backoffice.catalog.forms import CorrectionForm, read_signed
from backoffice.catalog.models import Article, ArticleGroup, StockMove, Variant
from backoffice.catalog.services import counting
from backoffice.core import paging
from backoffice.core.errors import Refusal, Refusals, Stale
from backoffice.core.forms import add_refusal
from backoffice.core.http import asked_int, filter_chip, posted_key
from backoffice.core.input import InputError, parse_quantity
from backoffice.core.keys import new_key
from backoffice.relations.branch_tabs import branch_page, branch_tabs
from backoffice.relations.models import Branch
from backoffice.relations.rights import right

CELL = re.compile(r"cell-[0-9]{1,17}", re.ASCII)
SORTS = {"name": "sort_key", "-name": "-sort_key", "number": "number", "-number": "-number"}
VARIANTS = 60  # on the page of an article, each with its stock at the branches beside it


def _branches(request, name: str = "stock.view") -> list[Branch]:
    """The branches whose stock this employee may see (all of them: goods are looked for elsewhere too) or correct."""
    rows = list(Branch.objects.filter(active=True))
    return rows if name == "stock.view" else [b for b in rows if request.access.can(name, b.pk)]


def _chosen(request, branches: list[Branch]) -> Branch | None:
    """The branch that the URL asks, else one's own; None for all of them."""
    asked = request.GET.get("branch", str(request.branch_id))
    return next((branch for branch in branches if str(branch.pk) == asked), None)


@right("stock.view")
@require_GET
def stock(request):
    """The articles with what is on hand, reserved and free at one branch or at all."""
    branches = _branches(request)
    chosen = _chosen(request, branches)
    ids = [chosen.pk] if chosen else [branch.pk for branch in branches]
    asked = {name: request.GET.get(name, "").strip()[:300] for name in ("q", "group", "short")}
    rows, resembling = selectors.found_articles(
        asked["q"][:100], group=asked["group"], short_at=ids if asked["short"] == "yes" else None
    )
    shown = selectors.with_names(rows.filter(stocked=True))
    sort = request.GET.get("sort") if request.GET.get("sort") in SORTS else "name"
    if resembling:
        page = paging.Page(list(shown[: paging.SIZE]), None, None)
    else:
        page = paging.keyset(
            shown, field=SORTS[sort], after=asked_int(request, "after"), before=asked_int(request, "before")
        )
    selectors.give_stock(page.rows, ids)
    groups = [(path, path) for path in ArticleGroup.objects.values_list("path", flat=True)[:40]]
    context = {
        "page": page, "text": asked["q"], "sort": sort, "chosen": chosen,
        "tabs": branch_tabs(request, branches, chosen), "counted": paging.counted(rows.filter(stocked=True)),
        "filters": [
            filter_chip(request, "group", _("Artikelgroep"), asked["group"], groups),
            filter_chip(request, "short", _("Tekort"), asked["short"], [("yes", _("ja"))]),
        ],
    }  # fmt: skip
    return render(request, "catalog/stock.html", context)


def _article(pk: int) -> Article:
    return get_object_or_404(Article.objects.select_related("group", "size_range"), pk=pk, stocked=True)


@right("stock.view")
@require_GET
def article(request, pk):
    """Each variant at each branch."""
    row, branches = _article(pk), _branches(request)
    may = {branch.pk for branch in _branches(request, "stock.correct")}
    here, colours = _chosen(request, branches), _colours(request, row, most=VARIANTS)
    shown = branch_page(branches, here, asked_int(request, "vanaf") or 0)
    context = {
        "article": row, "branches": shown, "here": here, "colours": colours,
        "tabs": branch_tabs(request, branches, here),
        "shelves": selectors.shelves(colours, row, shown.rows, branches),
        "may_correct": here is not None and here.pk in may,
    }  # fmt: skip
    return render(request, "catalog/stock_article.html", context)


@right("stock.view")
@require_GET
def card(request, variant_id):
    """The moves of one variant at one branch, newest first, with the balance after each."""
    variant = get_object_or_404(Variant.objects.select_related("article", "colour", "size"), pk=variant_id)  # type: ignore[var-annotated]
    branches = _branches(request)
    branch = _chosen(request, branches)
    if branch is None:
        raise Http404
    moves = StockMove.objects.filter(variant=variant, branch=branch).select_related("employee")
    page = paging.keyset(moves, field="-pk", after=asked_int(request, "after"), before=asked_int(request, "before"))
    context = {
        "variant": variant, "branch": branch, "page": page, "moves": selectors.card(variant, branch, page),
        "tabs": branch_tabs(request, branches, branch, every=False),
        "level": next(iter(variant.stock.filter(branch=branch)), None),
    }  # fmt: skip
    return render(request, "catalog/stock_card.html", context)


def _colours(request, article: Article, most: int = colour_pages.MOST) -> colour_pages.ColourPage:
    return colour_pages.colour_page(article, asked_int(request, "kleur"), most=most)


def _countable(request, pk: int) -> tuple[Article, Branch]:
    row = _article(pk)
    branch = _chosen(request, _branches(request, "stock.correct"))
    if branch is None:
        raise Http404
    return row, branch


def _back(article: Article, branch: Branch, colours: colour_pages.ColourPage) -> str:
    return f"{reverse('catalog:stock_article', args=[article.pk])}?{urlencode(_where(branch, colours))}"


def _where(branch: Branch, colours: colour_pages.ColourPage) -> dict:
    """What stands in the URL of a screen about these colours at this branch."""
    return {"branch": branch.pk} | ({"kleur": colours.asked} if colours.folded else {})


@right("stock.correct")
@require_http_methods(["GET", "POST"])
def count(request, pk):
    """Telling: what was counted is typed per cell; an empty cell was not counted."""
    row, branch = _countable(request, pk)
    if request.method == "GET":
        return _count_page(request, row, branch, {})
    typed = {int(name[5:]): text.strip() for name, text in request.POST.items() if CELL.fullmatch(name)}
    typed = {variant_id: text for variant_id, text in typed.items() if text}
    try:
        counting.count(
            article_id=pk,
            branch_id=branch.pk,
            counted=_read(typed, lambda text: parse_quantity(text, fractions=row.fractions, minimum=Decimal(0))),
            seen=_read({v: request.POST.get(f"seen-{v}", "0") for v in typed}, lambda text: read_signed(text, True)),
            employee=request.user,
            key=posted_key(request),
        )
    except Refusal as refusal:
        return _count_page(request, row, branch, typed, refusal)
    messages.success(request, _("De telling van %(name)s is geboekt.") % {"name": row.name})
    return HttpResponseRedirect(_back(row, branch, _colours(request, row)), status=303)


def _count_page(request, row: Article, branch: Branch, typed: dict[int, str], refusal: Refusal | None = None):
    colours = _colours(request, row)
    cells = selectors.cells_of(row, branch.pk, colours)
    errors = {one.field: one.message for one in getattr(refusal, "all", [refusal]) if one}
    for cell in cells:
        cell.typed = typed.get(cell.offer.variant_id, "")
        cell.error = errors.get(f"cell-{cell.offer.variant_id}", "")
    context = {
        "article": row, "branch": branch, "colours": colours, "key": new_key(),
        "where": urlencode(_where(branch, colours)), "grid": selectors.grid(row, cells, branch.pk, colours),
        "stale": refusal if isinstance(refusal, Stale) else None, "refusal": refusal,
        "back_url": _back(row, branch, colours),
    }  # fmt: skip
    return render(request, "catalog/stock_count.html", context, status=refusal.status if refusal else 200)


def _read(typed: dict[int, str], read) -> dict[int, Decimal]:
    """The cells as pieces. Raises Refusals with every cell that cannot be read."""
    pieces, wrong = {}, []
    for variant_id, text in typed.items():
        try:
            pieces[variant_id] = read(text)
        except InputError as error:
            wrong.append(Refusal("stock.quantity", error.message, f"cell-{variant_id}"))
    if wrong:
        raise Refusals(wrong)
    return pieces


@right("stock.correct")
@require_http_methods(["GET", "POST"])
def correct(request, pk):
    """Correctie: a dialog over the page of the article."""
    row, branch = _countable(request, pk)
    colours = _colours(request, row, most=VARIANTS)
    shelves = selectors.shelves(colours, row, [branch], [branch])
    form = CorrectionForm(request.POST or None, article=row, shelves=shelves)
    if request.method == "POST" and form.is_valid():
        try:
            counting.correct(
                article_id=pk, branch_id=branch.pk, variant_id=int(form.cleaned_data["variant"]),
                quantity=form.cleaned_data["quantity"], reason=form.cleaned_data["reason"], employee=request.user,
                key=posted_key(request),
            )  # fmt: skip
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("De correctie van %(name)s is geboekt.") % {"name": row.name})
            response = HttpResponse(status=204)
            response.headers["HX-Redirect"] = _back(row, branch, colours)
            return response
    where = urlencode(_where(branch, colours))
    context = {"form": form, "article": row, "branch": branch, "where": where, "key": new_key()}
    return render(request, "catalog/_stock_correct.html", context, status=422 if request.method == "POST" else 200)
