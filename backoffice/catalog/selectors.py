"""What the screens of articles read."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import LPad

from backoffice.catalog import codes, offers
from backoffice.catalog.colour_pages import ColourPage, among
from backoffice.catalog.models import FIGURES, Article, Barcode, StockLevel, StockMove, Variant
from backoffice.core import paging, search
from backoffice.core.formats import format_quantity
from backoffice.core.gtin import STORED
from backoffice.relations.models import Branch

ZERO = Decimal(0)
# what a cell shows of the variant itself, beside its offer
OWN = ("own_price", "active", "colour_id", "size_id")


def found_articles(
    text: str,
    *,
    group: str = "",
    brand: int | None = None,
    active: bool | None = None,
    in_stock_at: int | None = None,
    short_at: list[int] | None = None,
    doubled: bool = False,
) -> tuple[QuerySet, bool]:
    """Articles by exact number or barcode, else by every word, else by likeness. Says which: (rows, resembling).

    group: a path; its subgroups count too. in_stock_at: a branch id. short_at: branches where less is there than
    is reserved. doubled: with a barcode that another article has too (see doubled_codes). Indexes: barcode code unique,
    article number unique, article_search (trigram), article_by_name, stock_short.
    """
    articles = Article.objects.all()
    if group:
        articles = articles.filter(group__path=group) | articles.filter(group__path__startswith=f"{group}/")
    if brand is not None:
        articles = articles.filter(brand_id=brand)
    if active is not None:
        articles = articles.filter(active=active)
    if in_stock_at is not None:
        levels = StockLevel.objects.filter(variant__article=OuterRef("pk"), branch_id=in_stock_at, on_hand__gt=0)
        articles = articles.filter(Exists(levels))
    if short_at is not None:
        articles = articles.filter(pk__in=owed(short_at).values("variant__article"))
    if doubled:
        articles = articles.filter(pk__in=doubled_articles())
    text = text.strip()
    if not text:
        return articles, False
    exact = articles.filter(pk__in=exact_ids(text))
    if exact.exists():
        return exact, False
    words = search.matching(articles, text)
    if words.order_by().exists():
        return words, False
    return search.resembling(articles, text), True


def owed(branch_ids: list[int]) -> QuerySet[StockLevel]:
    """The stock rows of these branches of which less is there than is reserved. Index: stock_short.

    Said twice: the first leads to the index. Of the second PostgreSQL keeps how often it is so (the statistics
    stock_free); of the first alone it takes a third of all rows to be so, and then walks through every article.
    """
    rows = StockLevel.objects.filter(branch_id__in=branch_ids, on_hand__lt=F("reserved"))
    return rows.alias(left=F("on_hand") - F("reserved")).filter(left__lt=0)


def exact_ids(code: str) -> list[int]:
    """The articles with exactly this number or barcode."""
    ids = set(Article.objects.filter(number=code).values_list("pk", flat=True))
    return list(ids | {found for found in [codes.article_id_of(code)] if found})


def doubled_codes() -> QuerySet[Barcode]:
    """The barcodes that are the GTIN of another row, which holds it: from before GTINs were kept.

    A scan finds each of them as it is written, so the same label may give one article or the other.
    Indexes: barcode_without_gtin, barcode_one_gtin.
    """
    same = Barcode.objects.filter(gtin=LPad(OuterRef("code"), STORED, Value("0")))
    return Barcode.objects.filter(Exists(same), gtin=None, code__regex=FIGURES)


def doubled_articles() -> list[int]:
    """The articles of those barcodes, and of the ones that hold their GTIN: what somebody must look at."""
    found = list(doubled_codes())
    rows = [*found, *Barcode.objects.filter(gtin__in=[row.code.zfill(STORED) for row in found])]
    variants = Variant.objects.filter(pk__in=[row.variant_id for row in rows if row.variant_id])
    return [*variants.values_list("article", flat=True), *(row.article_id for row in rows if row.article_id)]


def with_names(articles: QuerySet) -> QuerySet:
    """The articles with the names that a list shows beside them."""
    return articles.select_related("brand", "group", "size_range")


def give_figures(articles: list[Article], branch_id: int | None) -> None:
    """Hang on each article of a page how many variants are sold, and what is on hand at the branch (pieces).

    One statement, of the articles of the page alone. Indexes: that of the article, stock_level_once.
    """
    here = FilteredRelation("stock", condition=Q(stock__branch=branch_id))
    rows = Variant.objects.filter(article__in=[row.pk for row in articles]).order_by().annotate(here=here)
    sums = rows.values_list("article").annotate(sold=Count("pk", filter=Q(active=True)), there=Sum("here__on_hand"))
    found = {pk: rest for pk, *rest in sums}
    for row in articles:
        row.variant_count, row.on_hand = found.get(row.pk, (0, None))


@dataclass
class Cell:
    """One variant on the article page; stock in pieces, at the chosen branch or at all."""

    offer: offers.Offer
    codes: list[str] = field(default_factory=list)
    own_price: Decimal | None = None
    active: bool = True
    colour_id: int | None = None
    size_id: int | None = None
    on_hand: Decimal = ZERO
    reserved: Decimal = ZERO
    # what was typed in it on the screen Telling, and what is wrong with that
    typed: str = ""
    error: str = ""

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved

    @property
    def mark(self) -> str:
        return "none" if self.free <= 0 else "low" if self.free <= 2 else ""


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of the grid; `cell` is None where there is no variant of this colour and size."""

    cell: Cell | None
    colour_id: int | None
    size_id: int | None
    size: str


@dataclass
class Row:
    """One colour of the grid."""

    colour: str
    hex: str
    places: list[Place]

    @property
    def total(self) -> Decimal:
        return sum((place.cell.on_hand for place in self.places if place.cell), ZERO)


def give_stock(articles: list[Article], branch_ids: list[int]) -> None:
    """Hang on each article of a page on_hand, reserved and free at these branches together (pieces).

    One statement, of the articles of the page alone: asked article by article PostgreSQL may read all stock for each.
    Indexes: that of the article, stock_level_once.
    """
    levels = StockLevel.objects.filter(variant__article__in=[row.pk for row in articles], branch__in=branch_ids)
    totals = levels.order_by().values_list("variant__article")
    found = {pk: rest for pk, *rest in totals.annotate(there=Sum("on_hand"), held=Sum("reserved"))}
    for row in articles:
        on_hand, row.reserved = found.get(row.pk, (ZERO, ZERO))
        row.on_hand, row.free = on_hand, on_hand - row.reserved


@dataclass
class Shelf:
    """A variant on the page Voorraad of its article: its stock at the branches shown and at all of them (pieces)."""

    variant: Variant
    places: list[tuple[Branch, StockLevel]]
    on_hand: Decimal
    reserved: Decimal

    @property
    def words(self) -> str:
        """Colour and size, and how many are there."""
        parts = " ".join(str(part) for part in (self.variant.colour, self.variant.size) if part)
        return f"{parts} ({format_quantity(self.on_hand)})" if parts else format_quantity(self.on_hand)

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved


def shelves(colours: ColourPage, article: Article, shown: list[Branch], every: list[Branch]) -> list[Shelf]:
    """The variants of these colours with their stock at the branches that are shown, and at all of them together.

    Sorted by colour and size; a variant that is not sold any more stands there where it has stock. Three statements.
    """
    order = (F("colour__position").asc(nulls_first=True), "colour__label", F("size__position").asc(nulls_first=True))
    variants = list(colours.of(article.variants.select_related("colour", "size")).order_by(*order, "pk"))
    levels = StockLevel.objects.filter(variant__in=[row.pk for row in variants])
    totals = levels.filter(branch__in=every).order_by().values_list("variant")
    sums = {pk: rest for pk, *rest in totals.annotate(there=Sum("on_hand"), held=Sum("reserved"))}
    known = {(level.variant_id, level.branch_id): level for level in levels.filter(branch__in=shown)}
    return [
        Shelf(
            row,
            [(b, known.get((row.pk, b.pk)) or StockLevel(branch=b, variant=row)) for b in shown],
            *sums.get(row.pk, (ZERO, ZERO)),
        )
        for row in variants
        if row.active or row.pk in sums
    ]


def card(variant: Variant, branch: Branch, page: paging.Page) -> list[StockMove]:
    """The moves of one page of the stock card, newest first, each with `balance`: on hand after it (pieces)."""
    if not page.rows:
        return []
    moves = StockMove.objects.filter(variant=variant, branch=branch)
    newer = moves.filter(pk__gt=page.rows[0].pk).aggregate(pieces=Sum("quantity"))["pieces"] or ZERO
    level = StockLevel.objects.filter(variant=variant, branch=branch).first()
    balance = (level.on_hand if level else ZERO) - newer
    for move in page.rows:
        move.balance = balance
        balance -= move.quantity
    return page.rows


def cells_of(article: Article, branch_id: int | None, colours: ColourPage) -> list[Cell]:
    """The variants of these colours in their own order, with codes, prices and stock: four statements."""
    own = {pk: values for pk, *values in colours.of(article.variants.all()).values_list("pk", *OWN)}
    cells = {offer.variant_id: Cell(offer) for offer in offers.offers(variants=list(own))}
    for pk, values in own.items():
        for name, value in zip(OWN, values, strict=True):
            setattr(cells[pk], name, value)
    codes = Barcode.objects.filter(variant__in=list(own)).order_by("pk")
    for variant_id, code in codes.values_list("variant", "code"):
        cells[variant_id].codes.append(code)
    levels = StockLevel.objects.filter(variant__in=list(own)).order_by()
    levels = levels if branch_id is None else levels.filter(branch=branch_id)
    for pk, on_hand, reserved in levels.values_list("variant").annotate(there=Sum("on_hand"), held=Sum("reserved")):
        cells[pk].on_hand, cells[pk].reserved = on_hand, reserved
    return list(cells.values())


@dataclass
class Grid:
    """Colours by sizes. totals: on hand per size, of all colours of the article, also those of other pages."""

    sizes: list[str]
    rows: list[Row]
    totals: list[Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.totals, ZERO)


def grid(article: Article, cells: list[Cell], branch_id: int | None, colours: ColourPage) -> Grid:
    """All sizes of the range, and what lies outside of it; a row for each shown colour that is sold. Two statements."""
    sizes = dict(article.size_range.sizes.values_list("pk", "label")) if article.size_range else {}
    totals = {}
    for pk, label, on_hand, sold in _by_size(article, branch_id, colours):
        if sold or colours.none_sold:
            sizes.setdefault(pk, label or "")
        totals[pk] = on_hand or ZERO
    known = {(cell.colour_id, cell.size_id): cell for cell in cells}
    hexes = {cell.colour_id: cell.offer.colour_hex for cell in cells}
    rows = [
        Row(
            colour.label,
            hexes[colour.id],
            [Place(known.get((colour.id, pk)), colour.id, pk, label) for pk, label in sizes.items()],
        )
        for colour in colours.sold(colours.shown)
    ]
    return Grid(list(sizes.values()), rows, [totals.get(pk, ZERO) for pk in sizes])


def _by_size(article: Article, branch_id: int | None, colours: ColourPage) -> QuerySet:
    """(size, its label, pieces on hand, how many variants are sold) of all colours that are sold. One statement."""
    levels = StockLevel.objects.filter(variant=OuterRef("pk")).order_by()
    levels = levels if branch_id is None else levels.filter(branch=branch_id)
    there = Subquery(levels.values("variant").annotate(sum=Sum("on_hand")).values("sum"))
    variants = Variant.objects.filter(article=article)
    sold = colours.sold(colours.colours)
    if len(sold) < len(colours.colours):
        variants = variants.filter(among(sold))
    sizes = variants.annotate(there=there).order_by(F("size__position").asc(nulls_first=True), "size")
    sums = sizes.values_list("size", "size__label")
    return sums.annotate(sum=Sum("there"), sold=Count("pk", filter=Q(active=True)))
