"""What a variant sells for now: everything that a line copies at the moment of adding, in one statement."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.catalog import codes
from backoffice.catalog.models import Article
from backoffice.core.errors import Refusal
from backoffice.core.gtin import gtin, is_misread


@dataclass(frozen=True, slots=True)
class Offer:
    """One variant as offered on a date. price: EUR including VAT, per piece."""

    variant_id: int
    article_id: int
    number: str
    name: str
    colour: str
    colour_hex: str
    size: str
    price: Decimal
    vat_code: str
    vat_percent: Decimal
    stocked: bool
    fractions: bool
    matrix: bool
    brand: str
    active: bool

    @property
    def title(self) -> str:
        return " ".join(part for part in (self.name, self.colour, self.size) if part)


class ChooseSize(Refusal):
    """The code is of an article with colours and sizes: the Kleur-/maatvenster must choose."""

    def __init__(self, article_id: int, name: str):
        super().__init__("scan.choose", _("Kies kleur en maat van %(name)s.") % {"name": name})
        self.article_id = article_id


OFFERS = (
    "SELECT v.id, v.article_id, a.number, a.name, c.label, c.hex, s.label, coalesce(v.own_price, a.sales_price),"
    " a.vat_code, (SELECT r.percent FROM catalog_vatrate r WHERE r.code = a.vat_code AND r.valid_from <= %(on)s"
    " AND (r.valid_to IS NULL OR r.valid_to >= %(on)s) LIMIT 1),"
    " a.stocked, a.fractions, a.matrix, m.name, v.active, a.active"
    " FROM catalog_variant v JOIN catalog_article a ON a.id = v.article_id"
    " LEFT JOIN catalog_colour c ON c.id = v.colour_id LEFT JOIN catalog_size s ON s.id = v.size_id"
    " LEFT JOIN catalog_brand m ON m.id = a.brand_id WHERE {}"
    " ORDER BY c.position NULLS FIRST, c.label, s.position NULLS FIRST, v.id"
)
VARIANTS = "v.id = ANY(%(variants)s::bigint[])"
ARTICLE = "v.article_id = %(article)s"
CODE = f"v.id = ({codes.ROW.format('b.variant_id')})"


def offers(on=None, *, variants=None, article_id: int | None = None, code: str = "") -> list[Offer]:
    """The offers of these variants (ids), of an article, or of the variant with a barcode, sorted by colour and size.

    on: the date whose VAT percentage counts (today by default). By hand, because the ORM takes ten times as long to
    write this statement as PostgreSQL to answer it, at every scan.
    """
    where = VARIANTS if variants is not None else ARTICLE if article_id is not None else CODE
    values = {"on": on or timezone.localdate(), "article": article_id, "code": code, "gtin": gtin(code)}
    with connection.cursor() as cursor:
        cursor.execute(OFFERS.format(where), values | {"variants": list(variants or ())})
        return [_offer(row) for row in cursor.fetchall()]


def _offer(row) -> Offer:
    percent, code = row[9], row[8]
    if percent is None:
        raise Refusal("vat.no_rate", _("Voor btw-tarief %(code)s geldt vandaag geen percentage.") % {"code": code})
    *values, active, article_active = row
    # a variant without colour, size or brand has none of their labels
    given: list[Any] = ["" if value is None else value for value in values]
    return Offer(*given, active and article_active)  # type: ignore[call-arg]


def by_ids(variant_ids, on=None) -> dict[int, Offer]:
    """Offers by variant id. Raises Refusal when one of them is unknown or inactive."""
    found = {offer.variant_id: offer for offer in offers(on, variants=variant_ids)}
    for variant_id in variant_ids:
        offer = found.get(variant_id)
        if offer is None or not offer.active:
            name = offer.title if offer else _("Dit artikel")
            raise Refusal("article.inactive", _("%(name)s is niet meer te verkopen.") % {"name": name})
    return found


def by_code(code: str, on=None) -> Offer:
    """The offer of an exact barcode or article number.

    Raises Refusal for an unknown, inactive or mistyped code (nothing else may change then), and ChooseSize when
    the code is of a colour/size article as a whole.
    """
    code = code.strip()
    if not code or len(code) > 64 or not code.isprintable():
        raise unknown(code[:64])
    if is_misread(code):
        raise Refusal(
            "scan.check_digit",
            _("%(code)s is niet goed gelezen: het controlecijfer klopt niet. Scan opnieuw.") % {"code": code},
        )
    found = offers(on, code=code)
    if not found:
        article = article_of(code)
        found = offers(on, article_id=article.pk) if article else []
        if len(found) > 1:
            raise ChooseSize(article.pk, article.name)
    if not found:
        raise unknown(code)
    if not found[0].active:
        raise Refusal("article.inactive", _("%(name)s is niet meer te verkopen.") % {"name": found[0].title})
    return found[0]


def article_of(code: str) -> Article | None:
    """The article with this barcode, else with this number."""
    found = codes.article_id_of(code)
    articles = Article.objects.filter(pk=found) if found else Article.objects.filter(number=code)
    return articles.first()


def unknown(code: str) -> Refusal:
    return Refusal(
        "scan.unknown",
        _("Code %(code)s is niet bekend. Er is niets toegevoegd.") % {"code": code},
    )
