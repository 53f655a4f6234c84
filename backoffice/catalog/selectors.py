"""What the screens of articles read."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, LPad

from backoffice.catalog import codes, offers
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
        owed = StockLevel.objects.filter(branch_id__in=short_at, on_hand__lt=F("reserved"))
        articles = articles.filter(pk__in=owed.values("variant__article"))
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


def with_figures(articles: QuerySet, branch_id: int | None) -> QuerySet:
    """The articles with brand, group, how many variants, and what stands at the branch (pieces on hand)."""
    variants = Variant.objects.filter(article=OuterRef("pk"), active=True).order_by().values("article")
    on_hand = StockLevel.objects.filter(variant__article=OuterRef("pk"), branch_id=branch_id).order_by()  # type: ignore[misc]
    return articles.select_related("brand", "group", "size_range").annotate(
        variant_count=Coalesce(Subquery(variants.annotate(n=Count("pk")).values("n")), 0),
        on_hand=Subquery(on_hand.values("variant__article").annotate(n=Sum("on_hand")).values("n")),
    )


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


def with_stock(articles: QuerySet, branch_ids: list[int]) -> QuerySet:
    """The articles that are kept in stock, with on_hand, reserved and free at these branches together (pieces)."""
    levels = StockLevel.objects.filter(variant__article=OuterRef("pk"), branch_id__in=branch_ids).order_by()

    def total(column: str) -> Coalesce:
        sums = levels.values("variant__article").annotate(pieces=Sum(column)).values("pieces")
        return Coalesce(Subquery(sums), ZERO)

    kept = articles.filter(stocked=True).select_related("brand", "group", "size_range")
    return kept.annotate(on_hand=total("on_hand"), reserved=total("reserved"), free=F("on_hand") - F("reserved"))


@dataclass
class Shelf:
    """A variant on the page Voorraad of its article: its stock at each branch (pieces), and what it sums to."""

    variant: Variant
    places: list[tuple[Branch, StockLevel]]

    @property
    def words(self) -> str:
        """Colour and size, and how many are there."""
        parts = " ".join(str(part) for part in (self.variant.colour, self.variant.size) if part)
        return f"{parts} ({format_quantity(self.on_hand)})" if parts else format_quantity(self.on_hand)

    @property
    def on_hand(self) -> Decimal:
        return sum((level.on_hand for _branch, level in self.places), ZERO)

    @property
    def reserved(self) -> Decimal:
        return sum((level.reserved for _branch, level in self.places), ZERO)

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved


def shelves(article: Article, branches: list[Branch]) -> list[Shelf]:
    """The variants of an article with their stock at these branches, by colour and size: three statements."""
    order = {offer.variant_id: at for at, offer in enumerate(offers.offers(article_id=article.pk))}
    variants = article.variants.select_related("colour", "size")
    levels = StockLevel.objects.filter(variant__article=article, branch__in=branches)
    known = {(level.variant_id, level.branch_id): level for level in levels}
    return [
        Shelf(row, [(b, known.get((row.pk, b.pk)) or StockLevel(branch=b, variant=row)) for b in branches])
        for row in sorted(variants, key=lambda row: order.get(row.pk, 0))
        if row.active or any((row.pk, branch.pk) in known for branch in branches)
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


def cells_of(article: Article, branch_id: int | None) -> list[Cell]:
    """The variants in their own order, with codes, prices and stock: four statements whatever their number."""
    cells = {offer.variant_id: Cell(offer) for offer in offers.offers(article_id=article.pk)}
    for pk, *own in Variant.objects.filter(article=article).values_list("pk", *OWN):
        for name, value in zip(OWN, own, strict=True):
            setattr(cells[pk], name, value)
    codes = Barcode.objects.filter(variant__article=article).order_by("pk")
    for variant_id, code in codes.values_list("variant", "code"):
        cells[variant_id].codes.append(code)
    levels = StockLevel.objects.filter(variant__article=article)
    for level in levels if branch_id is None else levels.filter(branch_id=branch_id):
        cells[level.variant_id].on_hand += level.on_hand
        cells[level.variant_id].reserved += level.reserved
    return list(cells.values())


def grid(article: Article, cells: list[Cell]) -> tuple[list[str], list[Row], list[Decimal]]:
    """(sizes, a row per colour, total on hand per size): all sizes of the range, and what lies outside of it."""
    sizes = dict(article.size_range.sizes.values_list("pk", "label")) if article.size_range else {}
    shown = [cell for cell in cells if cell.active] or cells
    sizes |= {cell.size_id: cell.offer.size for cell in shown if cell.size_id not in sizes}  # type: ignore[misc]
    known = {(cell.colour_id, cell.size_id): cell for cell in cells}
    rows = []
    for colour_id in dict.fromkeys(cell.colour_id for cell in shown):
        offer = next(cell.offer for cell in cells if cell.colour_id == colour_id)
        places = [Place(known.get((colour_id, pk)), colour_id, pk, label) for pk, label in sizes.items()]
        rows.append(Row(offer.colour, offer.colour_hex, places))
    totals = [sum((row.places[i].cell.on_hand for row in rows if row.places[i].cell), ZERO) for i in range(len(sizes))]
    return list(sizes.values()), rows, totals
