"""The colours of an article in pages: one of a hundred colours is shown a few colours at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from backoffice.catalog.models import Article, Variant

MOST = 100  # variants on a page, or one colour
ROWS = 30  # colours on a page: each is a row of all sizes
NO_COLOUR = 0  # in the URL


@dataclass(frozen=True)
class Colour:
    """A colour of the article; id None: its variants have none."""

    id: int | None
    label: str
    number: int  # of variants
    active: bool  # whether one of them is sold

    @property
    def asked(self) -> int:
        """What stands for it in the URL."""
        return self.id or NO_COLOUR


@dataclass(frozen=True)
class ColourPage:
    """Which colours of an article are shown: those of one of its pages."""

    pages: Sequence[Sequence[Colour]]
    at: int

    @property
    def shown(self) -> Sequence[Colour]:
        return self.pages[self.at] if self.pages else ()

    @property
    def colours(self) -> list[Colour]:
        return [colour for page in self.pages for colour in page]

    @property
    def folded(self) -> bool:
        return len(self.pages) > 1

    @property
    def asked(self) -> int | None:
        """What stands for this page in the URL; None where all is on one."""
        return self.shown[0].asked if self.folded else None

    @property
    def before(self) -> int | None:
        return self.pages[self.at - 1][0].asked if self.at else None

    @property
    def after(self) -> int | None:
        return self.pages[self.at + 1][0].asked if self.at + 1 < len(self.pages) else None

    @property
    def none_sold(self) -> bool:
        return not any(colour.active for colour in self.colours)

    def sold(self, colours: Sequence[Colour]) -> list[Colour]:
        """Those of the colours that are sold; all of them where nothing of the article is."""
        return [colour for colour in colours if colour.active or self.none_sold]

    def of(self, variants: QuerySet[Variant]) -> QuerySet[Variant]:
        """The variants of the shown colours, of those of the article."""
        return variants.filter(among(self.shown)) if self.folded else variants


def among(colours: Sequence[Colour]) -> Q:
    """The condition that a variant has one of these colours."""
    ids = {colour.id for colour in colours}
    chosen = Q(colour__in=ids - {None})
    return chosen | Q(colour__isnull=True) if None in ids else chosen


def colour_page(article: Article, asked: int | None = None, *, most: int = MOST) -> ColourPage:
    """The page with the colour that is asked, else the first. One statement; index: variant_once."""
    rows = (
        Variant.objects.filter(article=article)
        .values_list("colour_id", "colour__label")
        .annotate(variants=Count("pk"), sold=Count("pk", filter=Q(active=True)))
        .order_by(F("colour__position").asc(nulls_first=True), "colour__label")
    )
    pages: list[list[Colour]] = []
    number, at = most, 0
    for pk, label, variants, active in rows:
        if number + variants > most or len(pages[-1]) == ROWS:
            pages.append([])
            number = 0
        number += variants
        pages[-1].append(Colour(pk, label or "", variants, bool(active)))
        if (pk or NO_COLOUR) == asked:
            at = len(pages) - 1
    return ColourPage(pages, at)
