"""The plan written in bulk: COPY for what is new, one UPDATE per kind for what changes, stock by its differences."""

from django.db.models import F
from django.utils import timezone

from backoffice.catalog import stock
from backoffice.catalog.imports.colours import hex_of
from backoffice.catalog.imports.plan import ArticlePlan, Plan, VariantPlan
from backoffice.catalog.imports.ranges import Ranges
from backoffice.catalog.models import Article, Barcode, Colour, StockMove, Variant
from backoffice.catalog.services import naming
from backoffice.catalog.services.articles import search_text
from backoffice.catalog.services.variants import codes_to_article
from backoffice.core.db import bulk
from backoffice.core.gtin import gtin
from backoffice.core.imports.importer import Progress
from backoffice.core.search import fold
from backoffice.core.sorting import sort_key
from backoffice.relations.models import Branch

STOCK_CHUNK = 10_000
# how the work is spread, for the progress bar
ARTICLES, VARIANTS, CODES = 0.25, 0.5, 0.65


def apply(plan: Plan, *, employee, options: dict, file_name: str, progress: Progress) -> None:
    """Write everything that the plan asks for, inside the caller's transaction."""
    articles = list(plan.articles.values())
    _write_articles(articles, plan, employee)
    progress(ARTICLES)
    variants = [variant for article in articles for variant in article.variants.values()]
    _write_variants(articles, plan)
    progress(VARIANTS)
    codes = ((code, gtin(code), variant.id) for variant in variants for code in variant.new_codes)
    bulk.copy(Barcode, ["code", "gtin", "variant_id"], codes)
    progress(CODES)
    _move_stock(variants, employee, options, file_name, progress)


def _write_articles(articles: list[ArticlePlan], plan: Plan, employee) -> None:
    # those of articles that change otherwise are there, and found by their own spelling
    brands = naming.brand_ids(_named(articles, "brand", "brand__name"))
    groups = naming.group_ids(_named(articles, "group", "group__path"))
    ranges = Ranges(plan)
    new = [one for one in articles if not one.known]
    for article, made in zip(new, bulk.reserve_ids(Article, len(new)), strict=True):
        article.id = made
    range_ids = {one.number: ranges.of(one) for one in articles}
    ranges.write()
    bulk.copy(
        Article,
        ["id", "number", "name", "brand_id", "group_id", "vat_code", "size_range_id", "sales_price", "active", "matrix",
         "search_text", "sort_key"],
        (
            (one.id, one.number, one.name, brands.get(one.brand), groups.get(one.group), one.vat_code,
             range_ids[one.number], one.price, one.active is not False,
             any(colour or size for colour, size in one.variants), search_text(one.number, one.name, one.brand),
             sort_key(one.name))
            for one in new
        ),
    )  # fmt: skip
    changed = [
        one for one in articles if one.known and (one.changes or range_ids[one.number] != one.known["size_range_id"])
    ]
    bulk.update(
        Article,
        ["name", "brand_id", "group_id", "vat_code", "size_range_id", "sales_price", "active", "matrix", "search_text",
         "sort_key"],
        (_changed(one, brands, groups, range_ids) for one in changed),
    )  # fmt: skip
    Article.objects.filter(pk__in=[one.id for one in changed]).update(
        revision=F("revision") + 1, changed_at=timezone.now(), changed_by=employee
    )
    ranges.repoint()


def _named(articles: list[ArticlePlan], name: str, held: str) -> dict[str, None]:
    """The names in the order of the file, and those that the articles have."""
    given = dict.fromkeys(getattr(one, name) for one in articles)
    names = given | dict.fromkeys((one.known or {}).get(held) or "" for one in articles)
    return {one: None for one in names if one}


def _changed(article: ArticlePlan, brands: dict, groups: dict, range_ids: dict) -> tuple:
    now = article.known | article.changes
    brand, group = now["brand__name"] or "", now["group__path"]
    return (
        article.id,
        now["name"],
        brands.get(brand),
        groups.get(group),
        now["vat_code"],
        range_ids[article.number],
        now["sales_price"],
        now["active"],
        now["matrix"],
        search_text(article.number, now["name"], brand),
        sort_key(now["name"]),
    )


def _colours(labels: dict[str, str]) -> dict[str, int]:
    """{folded label: id} of all colours, with these made where they are missing, behind the others."""
    known = {
        fold(label): (pk, position) for pk, label, position in Colour.objects.values_list("pk", "label", "position")
    }
    last = max((position for _pk, position in known.values()), default=0)
    missing = [label for key, label in labels.items() if key not in known]
    made = Colour.objects.bulk_create(
        Colour(label=label, position=last + place, hex=hex_of(label)) for place, label in enumerate(missing, 1)
    )
    return {key: pk for key, (pk, _position) in known.items()} | {fold(one.label): one.pk for one in made}


def _write_variants(articles: list[ArticlePlan], plan: Plan) -> None:
    pairs = [(article, key, variant) for article in articles for key, variant in article.variants.items()]
    labels: dict[str, str] = {}
    for _article, key, variant in pairs:
        if variant.colour:
            labels.setdefault(key[0], variant.colour)
    colours = _colours(labels)
    new = [pair for pair in pairs if not pair[2].known]
    for (_article, _key, variant), made in zip(new, bulk.reserve_ids(Variant, len(new)), strict=True):
        variant.id = made
    bulk.copy(
        Variant,
        ["id", "article_id", "colour_id", "size_id", "own_price", "active"],
        (
            (variant.id, article.id, colours.get(key[0]), article.size_ids.get(key[1]), variant.own_price, True)
            for article, key, variant in new
        ),
    )
    changed = [v for _article, _key, v in pairs if v.known and v.own_price != v.known[1]]
    bulk.update(Variant, ["own_price"], ((one.id, one.own_price) for one in changed))
    outgrown = [pk for article in articles for pk in article.outgrown]
    codes_to_article(outgrown)
    Variant.objects.filter(pk__in=outgrown).delete()


def _move_stock(variants: list[VariantPlan], employee, options: dict, file_name: str, progress: Progress) -> None:
    moves = [(one.id, one.stock_change) for one in variants if one.stock_change]
    if not moves:
        return
    branch = Branch.objects.get(pk=options["branch"])
    reason, source = StockMove.Reason.IMPORT, f"import {file_name}"[:80]
    for at in range(0, len(moves), STOCK_CHUNK):
        chunk = moves[at : at + STOCK_CHUNK]
        # what stock.move does, with COPY for the moves
        stock.change(branch, on_hand=chunk)
        rows = ((branch.pk, variant_id, quantity, reason, source, employee.pk) for variant_id, quantity in chunk)
        bulk.copy(StockMove, ["branch_id", "variant_id", "quantity", "reason", "source", "employee_id"], rows)
        progress(CODES + (1 - CODES) * (at + STOCK_CHUNK) / len(moves))
