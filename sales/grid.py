"""What the Kleur-/maatvenster and the picker read: few statements, however many colours, sizes and articles."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Count,
    DecimalField,
    Exists,
    F,
    FilteredRelation,
    Min,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Window,
)  # fmt: skip
from django.db.models.functions import Coalesce, RowNumber
from django.http import Http404

from backoffice.catalog.colour_pages import ColourPage
from backoffice.catalog.models import Article, ArticleGroup, Barcode, StockLevel, Variant, VatRate
from backoffice.catalog.selectors import exact_ids
from backoffice.core import search
from backoffice.core.formats import format_quantity
from backoffice.core.paging import keyset
from sales import pricing
from sales.models import OrderLine, SalesOrder

LOW = Decimal(2)  # up to so many pieces the stock is marked as low
WIDE = 12  # more sizes than this are drawn narrower
FEW = 3
NOTHING = Decimal(0)


@dataclass(slots=True)
class Cell:
    """One colour and size. free: pieces free at the branch, None where no stock is kept; price: EUR in the order's mode
    for one piece more; total: EUR, what the order's lines of it come to; shown and value: pieces as text."""

    variant_id: int
    title: str
    free: Decimal | None
    codes: list[str]
    price: Decimal
    held: Decimal = NOTHING
    total: Decimal = NOTHING
    estimated: bool = False
    shown: str = ""
    value: str = ""
    error: str = ""
    chosen: bool = False

    @property
    def stock(self) -> str:
        """over: more is held than is free; none, low: what is left; empty: enough, or no stock is kept."""
        if self.free is None:
            return ""
        if self.held > max(self.free, 0):  # type: ignore[operator]
            return "over"
        return "none" if self.free <= 0 else "low" if self.free <= LOW else ""


@dataclass(slots=True)
class Row:
    label: str
    hex: str
    cells: list[Cell | str]  # a string is the name of what does not exist
    held: Decimal = NOTHING


@dataclass
class Grid:
    """The window of one article: rows are colours, columns sizes, both in their own order."""

    article: Article
    sizes: list[str]
    rows: list[Row]
    cells: dict[int, Cell]
    prices: tuple[Decimal, Decimal] = (NOTHING, NOTHING)  # lowest and highest, EUR including VAT
    discount: Decimal = NOTHING  # percent, where all lines of the article have the same
    columns: list[Decimal] = field(default_factory=list)

    @property
    def held(self) -> Decimal:
        return sum((cell.held for cell in self.cells.values()), NOTHING)

    @property
    def total(self) -> Decimal:
        return sum((cell.total for cell in self.cells.values()), NOTHING)

    @property
    def breadth(self) -> str:
        """How the table is drawn: wide has narrow cells, few stays at the left."""
        return "wide" if len(self.sizes) > WIDE else "few" if len(self.sizes) <= FEW else ""


def article_of(on, **conditions) -> Article:
    """The article with its brand, size range and the VAT percentage on the date (`vat_percent`). Raises Http404."""
    rate = VatRate.objects.filter(code=OuterRef("vat_code"), valid_from__lte=on).exclude(valid_to__lt=on)
    percent = Subquery(rate.values("percent")[:1])
    articles = Article.objects.select_related("brand", "size_range").annotate(vat_percent=percent)
    article = articles.filter(**conditions).first()
    if article is None:
        raise Http404
    return article


def grid(
    order: SalesOrder,
    article: Article,
    *,
    typed: dict[int, str] | None = None,
    held: bool = True,
    line_id: int | None = None,
) -> Grid:
    """The window as it stands now, with what was typed (by variant id). Two statements.

    A cell exists for every variant that is sold, and for one that no longer is but is held or typed. held=False leaves
    out what the order holds (the picker adds). line_id: the line it was opened from, whose cell is chosen.
    """
    typed = typed or {}
    variants = _variants(article, order.branch_id)
    lines = _held(order, article) if held else {}
    cells: dict[tuple, Cell] = {}
    rows: dict[int | None, tuple] = {}
    columns: dict[int | None, tuple] = {}
    for row in variants:
        pk = row["pk"]
        if not (row["active"] and article.active) and pk not in lines and pk not in typed:
            continue
        colour, size = row["colour_id"], row["size_id"]
        rows.setdefault(colour, (row["colour__label"] or "", row["colour__hex"] or ""))
        columns.setdefault(size, (row["size__position"] or 0, row["size__label"] or ""))
        of_cell = lines.get(pk, [])
        cells[colour, size] = _cell(order, article, row, of_cell)
        cells[colour, size].chosen = any(line.pk == line_id for line in of_cell)
    _set_typed(cells.values(), typed)
    across = sorted(columns, key=lambda size: columns[size])
    drawn = [_row(label, hex_, colour, across, columns, cells) for colour, (label, hex_) in rows.items()]
    by_id = {cell.variant_id: cell for cell in cells.values()}
    prices = [row["price"] for row in variants if row["pk"] in by_id] or [article.sales_price.amount]
    percents = {line.discount_percent for held_lines in lines.values() for line in held_lines}
    return Grid(
        article,
        [columns[size][1] for size in across],
        drawn,
        by_id,
        (min(prices), max(prices)),
        percents.pop() if len(percents) == 1 else NOTHING,
        [_sum(column) for column in zip(*(row.cells for row in drawn), strict=True)],
    )


def _variants(article: Article, branch_id: int) -> list[dict]:
    """The variants with labels, price, free stock here and barcodes, sorted by colour (index: variant_once)."""
    # as a scan is compared with them (matrix.js): by GTIN where they have one
    codes = Barcode.objects.filter(variant=OuterRef("pk")).order_by("pk").values(key=Coalesce("gtin", "code"))
    rows = (
        Variant.objects.filter(article=article)
        .annotate(here=FilteredRelation("stock", condition=Q(stock__branch=branch_id)))
        .order_by(F("colour__position").asc(nulls_first=True), "colour__label", "pk")
        .values(
            "pk", "active", "colour_id", "colour__label", "colour__hex", "size_id", "size__label", "size__position",
            price=Coalesce("own_price", "article__sales_price", output_field=DecimalField()),
            free=F("here__on_hand") - F("here__reserved"),
            codes=ArraySubquery(codes),
        )
    )  # fmt: skip
    return list(rows)  # type: ignore[arg-type]


@dataclass(slots=True)
class _Held:
    """What a cell needs of a line; EUR in the order's mode."""

    pk: int
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    discount_amount: Decimal
    line_total: Decimal


def _held(order: SalesOrder, article: Article) -> dict[int, list[_Held]]:
    """The order's lines of the article's variants, the last one first: it takes further pieces."""
    lines = defaultdict(list)
    found = OrderLine.objects.filter(order=order, variant__article=article, quantity__gt=0).order_by("-position")
    columns = ("variant_id", "pk", "quantity", "unit_price", "discount_percent", "discount_amount", "line_total")
    for variant_id, *values in found.values_list(*columns):
        lines[variant_id].append(_Held(*values))
    return lines


def _cell(order, article, row, lines) -> Cell:
    title = " ".join(part for part in (row["colour__label"], row["size__label"]) if part)
    held = sum((line.quantity for line in lines), NOTHING)
    shown = plain_quantity(held)
    if lines:
        price = lines[0].unit_price * (100 - lines[0].discount_percent) / 100
    else:
        price = pricing.convert(row["price"], article.vat_percent or NOTHING, "inclusive", order.vat_mode)
    return Cell(
        variant_id=row["pk"],
        title=title,
        free=(row["free"] or NOTHING) if article.stocked else None,
        codes=row["codes"],
        price=price,
        held=held,
        total=sum((line.line_total for line in lines), NOTHING),
        estimated=len(lines) > 1 or bool(lines and lines[0].discount_amount),
        shown=shown,
        value=shown,
    )


def _set_typed(cells, typed: dict[int, str]) -> None:
    for cell in cells:
        cell.value = typed.get(cell.variant_id, cell.value)


def _row(label, hex_, colour, across, columns, cells) -> Row:
    drawn = [cells.get((colour, size)) or f"{label} {columns[size][1]}".strip() for size in across]
    return Row(label, hex_, drawn, _sum(drawn))


def _sum(cells) -> Decimal:
    return sum((cell.held for cell in cells if isinstance(cell, Cell)), NOTHING)


def plain_quantity(quantity: Decimal) -> str:
    """Pieces as they are typed: 1500 and 1,5; nothing for none."""
    return format_quantity(quantity).replace(".", "") if quantity else ""


@dataclass(slots=True)
class Elsewhere:
    """What is free of a variant in the other branches (pieces): the sum, those with most by name, how many more."""

    sum: Decimal
    branches: list[tuple[str, Decimal]]
    more: int


NAMED = 5  # branches that are named of each variant
VARIANTS = 50  # of which what is free elsewhere is read at once: at two hundred branches ten thousand stock rows


def elsewhere(order: SalesOrder, article: Article, colours: ColourPage) -> dict[int, Elsewhere]:
    """What is free of these colours in the other branches, by variant. Two statements (index: stock_level_once).

    The variants are named one by one: of a subquery PostgreSQL takes too many to be there, and reads all stock.
    """
    free, of_variant = F("on_hand") - F("reserved"), [F("variant")]
    variants = list(colours.of(article.variants.all()).order_by().values_list("pk", flat=True))
    levels = (
        StockLevel.objects.filter(variant__in=variants, branch__active=True, on_hand__gt=F("reserved"))
        .exclude(branch=order.branch_id)
        .annotate(
            there=free,
            sum=Window(Sum(free), partition_by=of_variant),
            number=Window(Count("pk"), partition_by=of_variant),
            rank=Window(RowNumber(), partition_by=of_variant, order_by=[free.desc(), "branch__sort_key"]),
        )
        .filter(rank__lte=NAMED)
        .order_by("branch__sort_key", "branch")
        .values_list("variant_id", "branch__name", "there", "sum", "number")
    )
    found: dict[int, Elsewhere] = {}
    for variant_id, branch, pieces, everywhere, number in levels:
        of = found.setdefault(variant_id, Elsewhere(everywhere, [], max(number - NAMED, 0)))
        of.branches.append((branch, pieces))
    return found


# ---- the picker -----------------------------------------------------------------------------------------------------


@dataclass
class Found:
    """One article in the picker. variant_id: its only variant, None where one must be chosen."""

    article: Article
    variant_id: int | None
    free: Decimal | None
    price: Decimal

    @property
    def stock(self) -> str:
        if self.free is None:
            return ""
        return "none" if self.free <= 0 else "low" if self.free <= LOW else ""


@dataclass
class Results:
    rows: list[Found]
    after: int | None  # cursor of what follows


def groups() -> list[ArticleGroup]:
    return list(ArticleGroup.objects.all())


def results(order, text: str, *, group: int | None = None, in_stock: bool = False, after: int | None = None) -> Results:
    """A page of articles that can be sold: the exact number or barcode first, then by name; else what resembles it.

    Index: article_search (trigram) with a text, article_by_name without. At most six statements.
    """
    sellable = _sellable(order, group, in_stock)
    text = text.strip()
    exact = _exact(sellable, text) if text else []
    matching = search.matching(sellable, text) if text else sellable
    page = keyset(matching.exclude(pk__in=[a.pk for a in exact]), field="sort_key", after=after)
    first = [] if after else exact
    articles = [*first, *page.rows]
    if not articles and text and not after:
        articles = list(search.resembling(sellable, text)[:12])
    return Results(_found(order, articles), page.after)


def _sellable(order, group, in_stock):
    articles = Article.objects.filter(active=True).select_related("brand")
    if group:
        path = ArticleGroup.objects.filter(pk=group).values_list("path", flat=True).first()
        articles = articles.filter(Q(group=group) | Q(group__path__startswith=f"{path}/"))
    if in_stock:
        level = StockLevel.objects.filter(
            variant__article=OuterRef("pk"), variant__active=True, branch=order.branch_id, on_hand__gt=F("reserved")
        )
        articles = articles.filter(Q(stocked=False) | Exists(level))
    return articles


def _exact(sellable, code: str) -> list[Article]:
    """The article with this number, or that of this barcode."""
    return list(sellable.filter(pk__in=exact_ids(code)))


def _found(order, articles) -> list[Found]:
    """The articles with their free stock at the order's branch; those without a variant to sell fall out."""
    here = FilteredRelation("stock", condition=Q(stock__branch=order.branch_id))
    rows = (
        Variant.objects.filter(article__in=articles, active=True)
        .annotate(here=here)
        .values("article_id")
        .annotate(
            number=Count("pk"),
            only=Min("pk"),
            lowest=Min("own_price", output_field=DecimalField()),
            free=Sum(F("here__on_hand") - F("here__reserved")),
        )
        .values_list("article_id", "number", "only", "lowest", "free")
    )
    known = {article_id: rest for article_id, *rest in rows}
    found = []
    for article in articles:
        if article.pk in known:
            number, only, price, free = known[article.pk]
            single = number == 1 and not article.matrix
            found.append(
                Found(
                    article,
                    only if single else None,
                    (free or NOTHING) if article.stocked else None,
                    price if single and price is not None else article.sales_price.amount,
                )
            )
    return found
