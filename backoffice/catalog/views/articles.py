"""Artikelen: the list, the page of one with its colours and sizes, Nieuw and Wijzigen."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.catalog import selectors
from backoffice.catalog.colour_pages import NO_COLOUR, colour_page
from backoffice.catalog.forms import ArticleForm
from backoffice.catalog.models import Article, ArticleGroup, Brand, Variant
from backoffice.catalog.services import articles as service
from backoffice.catalog.services import variants as variant_service
from backoffice.core import paging
from backoffice.core.errors import Refusal, Stale
from backoffice.core.forms import add_refusal
from backoffice.core.http import asked_int, filter_chip, posted_int, posted_key, stored_picture
from backoffice.core.input import InputError, parse_amount, whole
from backoffice.core.keys import new_key
from backoffice.relations.branch_tabs import branch_tabs
from backoffice.relations.models import Branch
from backoffice.relations.rights import right

# indexes: article_by_name, and the unique one of the number
SORTS = {"name": "sort_key", "-name": "-sort_key", "number": "number", "-number": "-number"}
MENU = 40  # choices in a filter's menu


@right("catalog.view")
@require_GET
def articles(request):
    asked = {
        name: request.GET.get(name, "").strip()[:300] for name in ("q", "group", "brand", "active", "stock", "doubled")
    }
    brand = (
        int(asked["brand"])
        if asked["brand"].isascii() and asked["brand"].isdigit() and len(asked["brand"]) < 18
        else None
    )
    rows, resembling = selectors.found_articles(
        asked["q"][:100], group=asked["group"], brand=brand, active={"yes": True, "no": False}.get(asked["active"]),
        in_stock_at=request.branch_id if asked["stock"] == "yes" else None, doubled=asked["doubled"] == "yes",
    )  # fmt: skip
    shown = selectors.with_names(rows)
    sort = request.GET.get("sort") if request.GET.get("sort") in SORTS else "name"
    if resembling:
        page = paging.Page(list(shown[: paging.SIZE]), None, None)
    else:
        page = paging.keyset(
            shown, field=SORTS[sort], after=asked_int(request, "after"), before=asked_int(request, "before")
        )
    selectors.give_figures(page.rows, request.branch_id)
    context = {
        "page": page, "text": asked["q"], "resembling": resembling and page.rows, "sort": "" if resembling else sort,
        "counted": str(len(page.rows)) if resembling else paging.counted(rows), "filters": _filters(request, asked),
        "may_edit": request.access.can("catalog.edit"), "may_import": request.access.can("catalog.import"),
    }  # fmt: skip
    return render(request, "catalog/articles.html", context)


def _filters(request, asked: dict) -> list[dict]:
    yes_no = [("yes", _("ja")), ("no", _("nee"))]
    doubled = []
    if asked["doubled"] == "yes" or selectors.doubled_codes().exists():
        doubled = [filter_chip(request, "doubled", _("Dubbele barcode"), asked["doubled"], yes_no[:1])]
    return [
        *doubled,
        filter_chip(request, "group", _("Artikelgroep"), asked["group"], [(p, p) for p in _top(ArticleGroup, "path")]),
        filter_chip(
            request, "brand", _("Merk"), asked["brand"], [(str(b.pk), b.name) for b in Brand.objects.all()[:MENU]]
        ),
        filter_chip(request, "active", _("Actief"), asked["active"], yes_no),
        filter_chip(request, "stock", _("Op voorraad"), asked["stock"], yes_no[:1]),
    ]


def _top(model, column: str) -> list[str]:
    return list(model.objects.values_list(column, flat=True)[:MENU])


@right("catalog.view")
@require_GET
def article(request, pk):
    row = Article.objects.select_related("brand", "group", "size_range").filter(pk=pk).first()
    if row is None:
        raise Http404
    branches = list(Branch.objects.filter(active=True))
    chosen = _chosen(request, branches)
    colours = colour_page(row, asked_int(request, "kleur"))
    cells = selectors.cells_of(row, chosen.pk if chosen else None, colours)
    context = {
        "article": row, "cells": cells, "colours": colours,
        "grid": selectors.grid(row, cells, chosen.pk if chosen else None, colours),
        "chosen": chosen, "tabs": branch_tabs(request, branches, chosen), "key": new_key(),
        "trail": _trail(row), "may_edit": request.access.can("catalog.edit"),
        "rate": next((c.offer.vat_percent for c in cells), None),
    }  # fmt: skip
    return render(request, "catalog/article.html", context)


def _chosen(request, branches) -> Branch | None:
    """The branch whose stock is shown: the one asked, else one's own; None for all of them."""
    asked = request.GET.get("branch", str(request.branch_id))
    return next((branch for branch in branches if str(branch.pk) == asked), None)


def _trail(article: Article) -> list[dict]:
    """Artikelen / Dames / Laarzen: each part of the group's path filters the list."""
    url, parts = reverse("catalog:articles"), article.group.path.split("/") if article.group else []
    paths = ["/".join(parts[: at + 1]) for at in range(len(parts))]
    steps = [{"label": path.split("/")[-1], "url": f"{url}?{urlencode({'group': path})}"} for path in paths]
    return [{"label": _("Artikelen"), "url": url}, *steps]


@right("catalog.view")
@require_GET
def image(request, pk):
    return stored_picture(get_object_or_404(Article, pk=pk).image)


@right("catalog.edit")
@require_http_methods(["GET", "POST"])
def article_new(request):
    return _form(request, None, _("Nieuw artikel"), reverse("catalog:articles"))


@right("catalog.edit")
@require_http_methods(["GET", "POST"])
def article_edit(request, pk):
    row = get_object_or_404(Article.objects.select_related("brand", "group"), pk=pk)  # type: ignore[var-annotated]
    return _form(request, row, row.name, reverse("catalog:article", args=[pk]))


def _form(request, row, title: str, back: str):
    form = ArticleForm(request.POST or None, request.FILES or None, instance=row)
    stale, ask_sure = None, False
    if request.method == "POST" and form.is_valid():
        try:
            made = service.save(
                values=form.values, colour_ids=form.colour_ids, article_id=row.pk if row else None,
                revision=(posted_int(request, "revision") or 0) if row else None,
                sure=_sure(request, "sales_price"), employee=request.user, key=posted_key(request),
            )  # fmt: skip
        except Stale as refusal:
            stale = refusal
        except Refusal as refusal:
            ask_sure = refusal.code == "price.far"
            add_refusal(form, refusal)
        else:
            messages.success(request, _("%(name)s is opgeslagen.") % {"name": made})
            return redirect("catalog:article", made.pk)
    context = {
        "form": form, "title": title, "back_url": back, "key": new_key(), "row": row,
        "trail": [{"label": _("Artikelen"), "url": reverse("catalog:articles")}],
        "brands": _top(Brand, "name"), "groups": _top(ArticleGroup, "path"), "stale": stale,
        "revision": row and row.revision, "ask_sure": ask_sure,
    }  # fmt: skip
    status = 200 if request.method == "GET" else 409 if stale else 422
    return render(request, "catalog/article_form.html", context, status=status)


def _sure(request, name: str) -> bool:
    """Whether this very price was asked about, and is meant."""
    return bool(request.POST.get("sure")) and request.POST["sure"] == request.POST.get(name)


@right("catalog.edit")
@require_POST
def variant_add(request, pk):
    """Maken in a hatched cell (place: "colour-size"): the colour exists in this size too."""
    colour, _dash, size = request.POST.get("place", "").partition("-")
    colour_id = whole(colour)
    variant_service.add(
        article_id=pk, colour_id=colour_id, size_id=whole(size), employee=request.user, key=posted_key(request)
    )
    back = {"branch": request.GET.get("branch", ""), "kleur": colour_id or NO_COLOUR}
    return redirect(f"{reverse('catalog:article', args=[pk])}?{urlencode(back)}")


@right("catalog.edit")
@require_POST
def variant(request, pk):
    """One row of the table of variants: barcodes, own price, on or off."""
    row = get_object_or_404(Variant.objects.select_related("article__size_range"), pk=pk)  # type: ignore[var-annotated]
    typed = {name: request.POST.get(name, "").strip() for name in ("codes", "own_price")}
    active, problem = request.POST.get("active") == "on", None
    try:
        own_price = parse_amount(typed["own_price"]) if typed["own_price"] else None
        codes = typed["codes"].replace(",", " ").split()
        service.set_variant(
            variant_id=pk,
            codes=codes,
            own_price=own_price,
            active=active,
            sure=_sure(request, "own_price"),
            employee=request.user,
            key=posted_key(request),
        )
    except InputError as error:
        problem = Refusal("variant.price", error.message, "own_price")
    except Refusal as refusal:
        problem = refusal
    chosen = _chosen(request, Branch.objects.filter(active=True))
    colours = colour_page(row.article, row.colour_id or NO_COLOUR)
    cells = selectors.cells_of(row.article, chosen.pk if chosen else None, colours)
    context = {
        "cell": next(c for c in cells if c.offer.variant_id == pk), "typed": typed if problem else None,
        "problem": problem, "key": new_key(), "may_edit": True, "chosen": chosen, "article": row.article,
        "grid": selectors.grid(row.article, cells, chosen.pk if chosen else None, colours),
    }  # fmt: skip
    return render(request, "catalog/_variant_answer.html", context, status=422 if problem else 200)
