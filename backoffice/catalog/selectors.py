"""What the screens of articles read."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from backoffice.catalog import offers
from backoffice.catalog.models import Article, Barcode, StockLevel, Variant
from backoffice.core import search

ZERO = Decimal(0)


def found_articles(
    text: str, *, group: str = "", brand: int | None = None, active: bool | None = None, in_stock_at: int | None = None
) -> tuple[QuerySet, bool]:
    """Articles by exact number or barcode, else by every word, else by likeness. Says which: (rows, resembling).

    group: a path; its subgroups count too. in_stock_at: a branch id. Indexes: barcode code unique, article number
    unique, article_search (trigram), article_by_name.
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
    for of_variant, of_article in Barcode.objects.filter(code=code).values_list("variant__article_id", "article_id"):
        ids.add(of_variant or of_article)
    return list(ids)


def with_figures(articles: QuerySet, branch_id: int | None) -> QuerySet:
    """The articles with brand, group, how many variants, and what stands at the branch (pieces on hand)."""
    variants = Variant.objects.filter(article=OuterRef("pk"), active=True).order_by().values("article")
    on_hand = StockLevel.objects.filter(variant__article=OuterRef("pk"), branch_id=branch_id).order_by()
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
    on_hand: Decimal = ZERO
    reserved: Decimal = ZERO

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved

    @property
    def mark(self) -> str:
        return "none" if self.free <= 0 else "low" if self.free <= 2 else ""


@dataclass
class Row:
    """One colour of the grid; a cell is None where there is no variant."""

    colour: str
    hex: str
    cells: list[Cell | None]

    @property
    def total(self) -> Decimal:
        return sum((cell.on_hand for cell in self.cells if cell), ZERO)


def cells_of(article: Article, branch_id: int | None) -> list[Cell]:
    """The variants in their own order, with codes, prices and stock: four statements whatever their number."""
    cells = {offer.variant_id: Cell(offer) for offer in offers.offers(article=article)}
    for pk, own_price, active in Variant.objects.filter(article=article).values_list("pk", "own_price", "active"):
        cells[pk].own_price, cells[pk].active = own_price, active
    for variant_id, code in Barcode.objects.filter(variant__article=article).order_by("pk").values_list("variant", "code"):
        cells[variant_id].codes.append(code)
    levels = StockLevel.objects.filter(variant__article=article)
    for level in levels if branch_id is None else levels.filter(branch_id=branch_id):
        cells[level.variant_id].on_hand += level.on_hand
        cells[level.variant_id].reserved += level.reserved
    return list(cells.values())


def grid(article: Article, cells: list[Cell]) -> tuple[list[str], list[Row], list[Decimal]]:
    """(sizes, a row per colour, total on hand per size) in the order of colours and sizes."""
    used = {cell.offer.size for cell in cells}
    labels = list(article.size_range.sizes.order_by("position", "pk").values_list("label", flat=True)) if article.size_range else []
    sizes = [label for label in labels if label in used] + sorted(used - set(labels))
    rows: dict[str, Row] = {}
    for cell in cells:
        row = rows.setdefault(cell.offer.colour, Row(cell.offer.colour, cell.offer.colour_hex, [None] * len(sizes)))
        row.cells[sizes.index(cell.offer.size)] = cell
    totals = [sum((row.cells[i].on_hand for row in rows.values() if row.cells[i]), ZERO) for i in range(len(sizes))]
    return sizes, list(rows.values()), totals
