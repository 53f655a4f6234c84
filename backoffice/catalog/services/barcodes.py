"""Barcodes: what a code may look like, whose it is, and linking one that was scanned to a variant."""

import re

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from stdnum import ean

from backoffice.catalog.models import Barcode, Variant
from backoffice.catalog.offers import EAN_LENGTHS
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.rights import access_of


@keyed("catalog.barcode.link", result=("catalog.Variant", "variant_id"), reads=("code",))
def link(*, employee, variant_id: int, code: str) -> Variant:
    """Give a variant one more barcode, beside those that it has; linking it again changes nothing.

    Raises Refusal for a code that no scanner could read, an EAN with a wrong check digit, a code that is in use, and a
    variant that is not sold.
    """
    if not access_of(employee).can("catalog.edit"):
        raise Refusal("catalog.right", _("U mag geen artikelen wijzigen."))
    variant = Variant.objects.select_for_update(of=("self",)).select_related("article").filter(pk=variant_id).first()
    if variant is None:
        raise Refusal("variant.unknown", _("Deze variant bestaat niet meer."))
    if not (variant.active and variant.article.active):
        name = variant.article.name
        raise Refusal("article.inactive", _("%(name)s is niet meer te verkopen.") % {"name": name})
    check(code)
    check_free([code], variant)
    add([code], variant)
    return variant


def add(codes: list[str], variant: Variant) -> None:
    """Make those codes the variant's that it has not yet. Raises Refusal naming the article that has one meanwhile."""
    known = set(variant.barcodes.values_list("code", flat=True))
    try:
        with transaction.atomic():
            Barcode.objects.bulk_create(Barcode(code=code, variant=variant) for code in codes if code not in known)
    except IntegrityError:
        check_free(codes, variant)  # somebody was first with one of them
        raise


def check_free(codes: list[str], variant: Variant) -> None:
    """Raises Refusal naming the article that has one of the codes already."""
    taken = Barcode.objects.filter(code__in=codes).exclude(variant=variant)
    for barcode in taken.select_related("variant__article", "article"):
        holder = barcode.article or barcode.variant.article
        raise Refusal(
            "barcode.taken",
            _("Barcode %(code)s is al van %(article)s.") % {"code": barcode.code, "article": holder},
            "codes",
        )


def check(code: str) -> None:
    """Raises Refusal for a barcode that no scanner could read: too long, or an EAN with a wrong check digit."""
    if not code or len(code) > 64 or not code.isascii() or not code.isprintable():
        raise Refusal("barcode.form", _("Een barcode heeft 1 tot 64 letters en cijfers."), "codes")
    if re.fullmatch("[0-9]+", code) and len(code) in EAN_LENGTHS and not ean.is_valid(code):
        raise Refusal("barcode.check_digit", _("Het controlecijfer van %s klopt niet.") % code, "codes")
