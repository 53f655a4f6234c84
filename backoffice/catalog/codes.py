"""The one way in which a barcode is looked up, wherever it is scanned, typed or imported.

A code is found as it was written, else by its GTIN: "191169335949" (12 figures) finds what is stored as "0191169335949"
(13), and the other way round.
"""

from collections.abc import Iterable

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from backoffice.catalog.models import Barcode
from backoffice.core.gtin import gtin

# the row of a code in SQL, with %(code)s and %(gtin)s; indexes: both unique
ROW = (
    "SELECT {} FROM catalog_barcode b WHERE b.code = %(code)s OR b.gtin = %(gtin)s ORDER BY b.code <> %(code)s LIMIT 1"
)


def of_code(code: str) -> QuerySet[Barcode]:
    """The barcode that is written like this, else the one of the same GTIN: none or one row."""
    as_written = Case(When(code=code, then=Value(0)), default=Value(1), output_field=IntegerField())
    return Barcode.objects.filter(_condition([code])).order_by(as_written, "pk")[:1]


def article_id_of(code: str) -> int | None:
    """The article that has this barcode, or a variant with it."""
    for of_article, of_variant in of_code(code).values_list("article_id", "variant__article_id"):
        return of_article or of_variant
    return None


def known(codes: Iterable[str], rows: QuerySet[Barcode] | None = None) -> dict[str, Barcode]:
    """{code: the barcode that it finds} of those codes that find one. rows: Barcode.objects with what is read along."""
    wanted = list(dict.fromkeys(codes))
    found = list((Barcode.objects.all() if rows is None else rows).filter(_condition(wanted)))
    by_gtin = {row.gtin: row for row in found if row.gtin}
    by_code = {row.code: row for row in found}
    pairs = ((code, by_code.get(code) or by_gtin.get(gtin(code) or "")) for code in wanted)
    return {code: row for code, row in pairs if row is not None}


def distinct(codes: Iterable[str]) -> list[str]:
    """The codes without those that find the same as one before them."""
    found: dict[str, str] = {}
    for code in codes:
        found.setdefault(key(code), code)
    return list(found.values())


def key(code: str) -> str:
    """What two codes have in common that find the same: the GTIN, else the code itself."""
    return gtin(code) or code


def _condition(codes: list[str]) -> Q:
    return Q(code__in=codes) | Q(gtin__in=[one for one in map(gtin, codes) if one])
