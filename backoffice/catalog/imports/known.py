"""What is in the database already: which articles and variants of the plan are new, which change, what clashes."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.catalog import codes
from backoffice.catalog.imports import sizes
from backoffice.catalog.imports.plan import ArticlePlan, Plan, VariantPlan
from backoffice.catalog.models import Article, Barcode, StockLevel, Variant, VatRate
from backoffice.catalog.services.variants import bare, lacks, used
from backoffice.core.db import bulk
from backoffice.core.gtin import gtin
from backoffice.core.imports import values
from backoffice.core.imports.importer import Problems, Source
from backoffice.core.search import fold

VAT_WORDS = {"high": ("hoog", "high", "normaal", "standaard", "standard"), "low": ("laag", "low", "reduced"),
             "zero": ("nul", "zero", "geen", "none", "vrij", "vrijgesteld")}  # fmt: skip


def vat_codes() -> dict[str, str]:
    """{what a file may say: code} of the rates that are valid today."""
    today = timezone.localdate()
    found: dict[str, str] = {}
    for rate in VatRate.objects.filter(valid_from__lte=today).filter(Q(valid_to=None) | Q(valid_to__gte=today)):
        percent = f"{rate.percent.normalize():f}"
        names = (rate.code, rate.name, percent, *VAT_WORDS.get(rate.code, ()))
        for word in names:
            found.setdefault(fold(word).replace(" ", ""), rate.code)
    return found


def compare(plan: Plan, source: Source, problems: Problems, options: dict) -> None:
    """Mark in the plan what is known and what changes; problems takes what is missing or belongs to another."""
    _articles(plan)
    _variants(plan)
    rates = vat_codes()
    for article in plan.articles.values():
        _settle_article(article, plan, source, problems, rates)
    _refuse_used(plan, source, problems)
    _codes(plan, source, problems)
    if "stock" in source:
        _stock(plan, options.get("branch"))


def _articles(plan: Plan) -> None:
    names = ("id", "number", "name", "brand__name", "group__path", "vat_code", "size_range_id", "size_range__name",
             "sales_price", "active", "matrix", "stocked")  # fmt: skip
    for row in Article.objects.filter(bulk.any_of("number", list(plan.articles))).values(*names):
        article = plan.articles[row["number"]]
        article.known, article.id = row, row["id"]


def _variants(plan: Plan) -> None:
    ids = [one.id for one in plan.articles.values() if one.known]
    rows = Variant.objects.filter(bulk.any_of("article_id", ids)).values_list(
        "article_id", "id", "own_price", "active", "colour__label", "size__label", "size_id"
    )
    found: dict[int, dict] = defaultdict(dict)
    for article_id, *held, colour, size, size_id in rows:
        found[article_id][(values.folded(colour or ""), sizes.key(size or ""))] = (
            *held,
            colour or "",
            size or "",
            size_id,
        )
    plan.variants = dict(found)


def _settle_article(article: ArticlePlan, plan: Plan, source: Source, problems: Problems, rates) -> None:
    known, existing = article.known, plan.variants.get(article.id, {})
    only = article.variants.get(("", ""))
    if only is not None and known and known["matrix"] and ("", "") not in existing:
        # a row about the article as a whole; it says nothing of a variant
        if only.codes or only.stock is not None:
            problems.add(only.row, source.header("size", _("Maat")), article.number,
                         _("Dit artikel heeft kleuren of maten: vul in welke."))  # fmt: skip
        article.variants = {}
    if not known:
        if not article.name and "name" not in article.unread:
            problems.add(article.row, source.header("name", _("Omschrijving")), "", _("De omschrijving ontbreekt."))
        if article.price is None and "price" not in article.unread:
            problems.add(article.row, source.header("price", _("Verkoopprijs")), "", _("De verkoopprijs ontbreekt."))
        if not article.vat_code:
            article.vat_code = "high"
            if "vat" not in source and "high" not in rates.values():
                problems.add(article.row, _("BTW"), "", _("Er geldt nu geen hoog btw-tarief: vul het tarief in."))
    else:
        _price_of_known(article, existing)
    _variant_changes(article, existing, source)
    if known:
        article.outgrown = _outgrown(article, existing)
        article.changes = _changes(article, known, existing)


def _outgrown(article: ArticlePlan, existing: dict) -> list[int]:
    """The variants that are sold without the colour or size in which the file brings the article for the first time."""
    keys = [key for key in article.variants if key not in existing]
    colours, sizes_ = (any(key[axis] for key in keys) and not any(key[axis] for key in existing) for axis in (0, 1))
    return [
        held[0]
        for key, held in existing.items()
        if held[2] and key not in article.variants and lacks(*key, colours=colours, sizes=sizes_)
    ]


def _refuse_used(plan: Plan, source: Source, problems: Problems) -> None:
    """As on the screen: what is in stock or on an order without a size cannot get one."""
    held = used([pk for article in plan.articles.values() for pk in article.outgrown])
    field = "size" if "size" in source else "colour" if "colour" in source else "number"
    for article in plan.articles.values():
        stuck = [key for key, one in plan.variants.get(article.id, {}).items() if one[0] in held]
        if held.intersection(article.outgrown):
            problems.add(article.row, source.header(field, str(_("Maat"))), article.number, bare(*stuck[0]))


def _price_of_known(article: ArticlePlan, existing: dict) -> None:
    """The article's price follows the file only where the file is about all of its variants."""
    current = article.known["sales_price"]
    prices = [one.price for one in article.variants.values() if one.price is not None]
    whole = set(existing) <= set(article.variants) or (article.plain is not None and not article.variants)
    if article.price is None or current in prices or not whole:
        article.price = current


def _variant_changes(article: ArticlePlan, existing: dict, source: Source) -> None:
    for key, variant in article.variants.items():
        if (known := existing.get(key)) is not None:
            variant.id, variant.known = known[0], known[:3]
        variant.own_price = variant.known[1] if variant.known else None
        if variant.price is not None:
            variant.own_price = None if variant.price == article.price else variant.price
        variant.changes = bool(variant.known and variant.own_price != variant.known[1])


def _changes(article: ArticlePlan, known: dict, existing: dict) -> dict:
    """The attributes of a known article that get another value."""
    sized = any(size for _colour, size in (*article.variants, *existing))
    wanted = {
        "name": article.name or known["name"],
        "brand__name": _spelt(article.brand, known["brand__name"]),
        "group__path": _spelt(article.group, known["group__path"]),
        "vat_code": article.vat_code or known["vat_code"],
        "size_range__name": _spelt(article.size_range if sized else "", known["size_range__name"]),
        "sales_price": article.price,
        "active": known["active"] if article.active is None else article.active,
        "matrix": known["matrix"] or any(colour or size for colour, size in article.variants),
    }
    return {name: value for name, value in wanted.items() if value != known[name]}


def _spelt(wanted: str, known: str | None) -> str | None:
    """The name of a brand, group or range that the article gets; another spelling of the one it has is no other."""
    return known if not wanted or (known and values.folded(wanted) == values.folded(known)) else wanted


def _codes(plan: Plan, source: Source, problems: Problems) -> None:
    wanted: dict[str, tuple[ArticlePlan, VariantPlan]] = {}
    for article in plan.articles.values():
        for variant in article.variants.values():
            wanted.update((code, (article, variant)) for code in variant.codes)
    # as it is written, else by its GTIN (catalog.codes)
    taken: dict[str, tuple] = {}
    columns = ("gtin", "code", "variant_id", "variant__article__number", "article__number")
    for name, keys in (("gtin", [one for one in map(gtin, wanted) if one]), ("code", list(wanted))):
        for stored, code, *owner in Barcode.objects.filter(bulk.any_of(name, keys)).values_list(*columns):
            taken[stored if name == "gtin" else code] = tuple(owner)
    for code, (_article, variant) in wanted.items():
        found = taken.get(code) or taken.get(codes.key(code))
        if found is None:
            variant.new_codes.append(code)
            variant.changes = variant.changes or variant.known is not None
            continue
        variant_id, number, whole = found
        if not variant.id or variant_id != variant.id:
            problems.add(
                variant.row,
                source.header("ean", source.header("sku", "EAN")),
                code,
                _("Deze code hoort al bij artikel %(number)s.") % {"number": number or whole},
            )


def _stock(plan: Plan, branch_id: int | None) -> None:
    ids = [v.id for a in plan.articles.values() for v in a.variants.values() if v.id and v.stock is not None]
    levels = StockLevel.objects.filter(bulk.any_of("variant_id", ids), branch_id=branch_id or 0)
    on_hand = dict(levels.values_list("variant_id", "on_hand"))
    for article in plan.articles.values():
        if article.known and not article.known["stocked"]:
            continue
        for variant in article.variants.values():
            if variant.stock is not None:
                variant.stock_change = Decimal(variant.stock) - on_hand.get(variant.id, Decimal(0))
                variant.changes = variant.changes or bool(variant.known and variant.stock_change)
