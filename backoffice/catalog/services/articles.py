"""Making and changing articles; making, pricing, coding and switching variants."""

from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.catalog import codes as lookup
from backoffice.catalog.models import Article, ArticleGroup, Brand, Colour, SizeRange, Variant, VatRate
from backoffice.catalog.prices import check_not_far
from backoffice.catalog.services import barcodes, naming, variants
from backoffice.core.errors import Refusal, Stale
from backoffice.core.formats import format_amount
from backoffice.core.keys import keyed
from backoffice.core.search import fold
from backoffice.relations.rights import access_of

VALUES = ("number", "name", "vat_code", "sales_price", "fractions", "stocked", "active", "image")


def search_text(number: str, name: str, brand: str) -> str:
    """What an article is found by, folded: number, description and brand."""
    return fold(f"{number} {name} {brand}")


@keyed("catalog.article.save")
def save(
    *,
    employee,
    values: dict,
    article_id: int | None = None,
    colour_ids: list[int] | None = None,
    revision: int | None = None,
    sure: bool = False,
) -> Article:
    """Make an article (article_id None) or change one. revision: of which the form was made; None asks nothing.

    values: number, name, brand (its name, made when new), group (its path, made when new), vat_code, size_range_id,
    sales_price (EUR including VAT), fractions, stocked, active, image; any may be left out of a change. colour_ids: the
    colours it comes in (see variants.generate). sure: a price far above the one before is meant. Raises Refusal with
    the field, and Stale.
    """
    _guard(employee)
    article = Article.objects.select_for_update().filter(pk=article_id).first() if article_id else Article()
    if article is None:
        raise Refusal("article.unknown", _("Dit artikel bestaat niet meer."))
    if revision is not None and revision != article.revision:
        raise _stale(article, values, colour_ids)
    before = article.sales_price.amount if article.pk else Decimal(0)
    for name in VALUES:
        if name in values:
            setattr(article, name, values[name])
    _check(article)
    check_not_far(article.sales_price.amount, before, sure=sure, field="sales_price")
    if "brand" in values:
        brand = " ".join(values["brand"].split())
        article.brand = Brand.objects.get(pk=naming.brand_ids([brand])[brand]) if brand else None
    if "group" in values:
        path = naming.tidied(values["group"])
        article.group = ArticleGroup.objects.get(pk=naming.group_ids([path])[path]) if path else None
    if "size_range_id" in values:
        _set_size_range(article, values["size_range_id"])
    article.search_text = search_text(article.number, article.name, article.brand.name if article.brand else "")
    article.revision += 1 if article.pk else 0
    article.changed_at, article.changed_by = timezone.now(), employee
    _write(article)
    variants.generate(article, colour_ids)
    return article


def _stale(article: Article, values: dict, colour_ids: list[int] | None) -> Stale:
    """Both values of every field in which the form differs from what is there now."""
    now = {name: getattr(article, name) for name in VALUES if name != "image"}
    now |= {"brand": article.brand.name if article.brand else "", "group": article.group.path if article.group else ""}
    now |= {"size_range": article.size_range, "sales_price": article.sales_price.amount}
    yours = dict(values)
    if "size_range_id" in values:
        yours["size_range"] = SizeRange.objects.filter(pk=values["size_range_id"]).first()
    fields = [
        (str(Article._meta.get_field(name).verbose_name), _shown(now[name]), _shown(yours[name]))
        for name in now
        if name in yours and now[name] != yours[name]
    ]
    if colour_ids is not None:
        here = Colour.objects.filter(pk__in=article.variants.filter(active=True).values("colour"))
        theirs, mine = (
            ", ".join(str(one) for one in found) for found in (here, Colour.objects.filter(pk__in=colour_ids))
        )
        fields += [(_("Kleuren"), theirs, mine)] if theirs != mine else []
    return Stale(
        _("Kijk wat er is gewijzigd. Slaat u toch op, dan gelden uw waarden."),
        who=str(article.changed_by or ""),
        at=article.changed_at,
        fields=fields,
    )


def _shown(value) -> str:
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if isinstance(value, Decimal):
        return format_amount(value)
    return "" if value is None else str(value)


def _check(article: Article) -> None:
    if not article.number or not article.name:
        field = "name" if article.number else "number"
        raise Refusal("article.missing", _("Vul artikelnummer en omschrijving in."), field)
    if article.sales_price is None or article.sales_price.amount < 0:
        raise Refusal("article.price", _("Vul een verkoopprijs van 0 of meer in."), "sales_price")
    if Article.objects.filter(number=article.number).exclude(pk=article.pk).exists():
        raise Refusal("article.number", _("Artikelnummer %s bestaat al.") % article.number, "number")
    if not VatRate.objects.filter(code=article.vat_code).exists():
        raise Refusal("article.vat", _("Kies een btw-tarief."), "vat_code")


def _write(article: Article) -> None:
    try:
        with transaction.atomic():
            article.save()
    except IntegrityError:
        _check(article)  # somebody was first with this number
        raise


def _set_size_range(article: Article, size_range_id: int | None) -> None:
    sized = Variant.objects.filter(article=article.pk, size__isnull=False, active=True)
    if article.pk and article.size_range_id != size_range_id and sized.exists():
        raise Refusal("article.size_range", _("De maatbalk ligt vast: er zijn varianten in deze maten."), "size_range")
    article.size_range = SizeRange.objects.get(pk=size_range_id) if size_range_id else None


@keyed("catalog.variant.set", result=("catalog.Variant", "variant_id"), reads=("codes",))
def set_variant(
    *, employee, variant_id: int, codes: list[str], own_price: Decimal | None, active: bool, sure: bool = False
) -> Variant:
    """Set the barcodes, the own price (EUR including VAT, None for the article's) and on or off of a variant.

    sure: an own price far above the present one is meant. Raises Refusal naming the article that has a code already.
    """
    _guard(employee)
    variants_of = Variant.objects.select_for_update(of=("self",)).select_related("article")
    variant = variants_of.filter(pk=variant_id).first()
    if variant is None:
        raise Refusal("variant.unknown", _("Deze variant bestaat niet meer."))
    if own_price is not None and own_price < 0:
        raise Refusal("variant.price", _("Vul een prijs van 0 of meer in."), "own_price")
    if own_price is not None and own_price != variant.price.amount:
        known = variant.price.amount or variant.article.sales_price.amount
        check_not_far(own_price, known, sure=sure, field="own_price")
    codes = lookup.distinct(codes)
    for code in codes:
        barcodes.check(code)
    barcodes.check_free(codes, variant)
    if variant.active != active:  # the form of the article shows its colours
        variants.changed(variant.article_id, employee)
    variant.own_price, variant.active = own_price, active
    variant.save(update_fields=["own_price", "currency", "active"])
    barcodes.drop(variant.barcodes.exclude(code__in=codes))
    barcodes.add(codes, variant)
    return variant


def _guard(employee) -> None:
    if not access_of(employee).can("catalog.edit"):
        raise Refusal("catalog.right", _("U mag geen artikelen wijzigen."))
