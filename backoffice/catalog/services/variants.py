"""The colours and sizes of an article: made, put back, deleted where nothing ever used them, else switched off."""

from django.db.models import PROTECT, F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.catalog.models import Article, Barcode, Colour, Size, Variant
from backoffice.catalog.services import barcodes
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.rights import access_of

MOST = 2000


def generate(article: Article, colour_ids: list[int] | None) -> None:
    """Make the article come in these colours, in the sizes of its range; without either it has one bare variant.

    colour_ids: None leaves the colours. Made are the cells of a new colour (in the sizes that the article has) or of a
    new size range; a cell that was left out or switched off stays so. What is no longer chosen is deleted, or switched
    off where something used it.
    """
    known = {(v.colour_id, v.size_id): v for v in article.variants.select_for_update().order_by("pk")}
    on = [cell for cell, variant in known.items() if variant.active]
    if colour_ids is None or (known and not on and not colour_ids):
        chosen = [*dict.fromkeys(c for c, _s in known if c)] or [None]  # type: ignore[list-item]
        on = [*known]
    else:
        chosen = list(Colour.objects.filter(pk__in=colour_ids).values_list("pk", flat=True)) or [None]  # type: ignore[list-item]
    in_range = list(Size.objects.filter(size_range=article.size_range_id).values_list("pk", flat=True)) or [None]  # type: ignore[list-item]
    held = {c for c, s in on if s in in_range}
    sizes = [s for s in in_range if any(size == s for _c, size in on)] or in_range
    if len(chosen) * len(sizes) > MOST:
        raise Refusal("variants.many", _("Een artikel heeft hooguit 2.000 kleuren maal maten."), "colours")
    new = [(c, s) for c in chosen if c not in held for s in sizes]
    Variant.objects.filter(pk__in=[known[cell].pk for cell in new if cell in known]).update(active=True)
    Variant.objects.bulk_create(Variant(article=article, colour_id=c, size_id=s) for c, s in new if (c, s) not in known)
    matrix = chosen != [None] or in_range != [None]
    gone = [variant for (c, s), variant in known.items() if c not in chosen or s not in in_range]
    coloured, sized = chosen != [None], in_range != [None]
    outgrown = [v for v in gone if v.active and lacks(v.colour_id, v.size_id, colours=coloured, sizes=sized)]
    if used([v.pk for v in outgrown]):
        raise Refusal("article.bare", bare(outgrown[0].colour_id, outgrown[0].size_id), "size_range")
    codes_to_article([v.pk for v in outgrown])
    if not matrix:
        variant = article.variants.get(colour=None, size=None)
        Barcode.objects.filter(article=article).update(variant=variant, article=None)
    _drop(gone)
    if article.matrix != matrix:
        article.matrix = matrix
        article.save(update_fields=["matrix"])


@keyed("catalog.variant.add", result=("catalog.Article", "article_id"))
def add(*, employee, article_id: int, colour_id: int | None, size_id: int | None) -> Article:
    """Make, or put back, one cell of the grid: a colour of the article in a size of its range."""
    if not access_of(employee).can("catalog.edit"):
        raise Refusal("catalog.right", _("U mag geen artikelen wijzigen."))
    article = Article.objects.select_for_update().filter(pk=article_id, matrix=True).first()
    if article is None:
        raise Refusal("article.unknown", _("Dit artikel bestaat niet meer."))
    colours = {None, *article.variants.values_list("colour", flat=True)}
    sizes = {None, *Size.objects.filter(size_range=article.size_range_id).values_list("pk", flat=True)}
    if colour_id not in colours or size_id not in sizes or not (colour_id or size_id):
        raise Refusal("variant.cell", _("Kies een kleur en een maat van dit artikel."))
    Variant.objects.update_or_create(article=article, colour_id=colour_id, size_id=size_id, defaults={"active": True})  # type: ignore[misc]
    changed(article.pk, employee)
    return article


def changed(article_id: int, employee) -> None:
    """Raise the article's revision: its variants are another set than a form that is open shows."""
    Article.objects.filter(pk=article_id).update(
        revision=F("revision") + 1, changed_at=timezone.now(), changed_by=employee
    )


def lacks(colour, size, *, colours: bool, sizes: bool) -> bool:
    """Whether a variant has no colour or size where its article comes in them: it cannot be sold any more."""
    return (colours and not colour) or (sizes and not size)


def bare(colour, size) -> str:
    """Why an article that is used without colour or size cannot get them: its stock and orders would have neither."""
    if colour:
        return _("Dit artikel is al gebruikt zonder maat; maak er een nieuw artikel voor.")
    if size:
        return _("Dit artikel is al gebruikt zonder kleur; maak er een nieuw artikel voor.")
    return _("Dit artikel is al gebruikt zonder kleur en maat; maak er een nieuw artikel voor.")


def used(ids: list[int]) -> set[int]:
    """Those of these variants that anything holds on to: an order line, a stock row or a stock move."""
    found: set[int] = set()
    for relation in Variant._meta.get_fields(include_hidden=True) if ids else ():
        if getattr(relation, "on_delete", None) is PROTECT and relation.auto_created:
            name = relation.field.attname
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": ids})
            found.update(rows.order_by().values_list(name, flat=True).distinct())
    return found


def codes_to_article(ids: list[int]) -> None:
    """The codes of variants that go because their article got colours or sizes stay its own: the size is asked then."""
    article = Variant.objects.filter(pk=OuterRef("variant")).values("article")
    Barcode.objects.filter(variant__in=ids).update(article=Subquery(article), variant=None)


def _drop(variants: list[Variant]) -> None:
    held = used([v.pk for v in variants])
    Variant.objects.filter(pk__in=held).update(active=False)
    gone = [v.pk for v in variants if v.pk not in held]
    barcodes.drop(Barcode.objects.filter(variant__in=gone))
    Variant.objects.filter(pk__in=gone).delete()
