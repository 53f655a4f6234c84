"""Barcodes: what a code may look like, whose it is, and linking one that was scanned to a variant."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.catalog import codes as lookup
from backoffice.catalog.models import Barcode, Variant
from backoffice.core.errors import Refusal
from backoffice.core.gtin import LENGTHS, gtin, is_misread
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
    """Make those codes the variant's that it has not yet, also not as another spelling of the same GTIN.

    Raises Refusal naming the article that has one meanwhile.
    """
    known = {lookup.key(code) for code in variant.barcodes.values_list("code", flat=True)}
    new = [code for code in lookup.distinct(codes) if lookup.key(code) not in known]
    try:
        with transaction.atomic():
            Barcode.objects.bulk_create(Barcode(code=code, variant=variant) for code in new)
    except IntegrityError:
        check_free(codes, variant)  # somebody was first with one of them
        raise


def check_free(codes: list[str], variant: Variant) -> None:
    """Raises Refusal naming the article that has one of the codes already, or another spelling of its GTIN."""
    own = set(variant.barcodes.values_list("code", flat=True))
    rows = Barcode.objects.exclude(variant=variant).select_related("variant__article", "article")
    for code, barcode in lookup.known([code for code in codes if code not in own], rows).items():
        holder = barcode.article or barcode.variant.article
        text = _("Barcode %(code)s is al van %(article)s.")
        if barcode.code != code:
            text = _("Barcode %(code)s is al van %(article)s, geschreven als %(written)s.")
        words = {"code": code, "article": holder, "written": barcode.code}
        raise Refusal("barcode.taken", text % words, "codes")


def drop(rows: QuerySet[Barcode]) -> None:
    """Delete barcodes; a GTIN that they held passes to the oldest other code that is the same one."""
    freed = [one for one in rows.values_list("gtin", flat=True) if one]
    rows.delete()
    for one in freed:
        spellings = [one[-length:] for length in LENGTHS if gtin(one[-length:]) == one]
        next_one = Barcode.objects.filter(gtin=None, code__in=spellings).order_by("pk").first()
        if next_one is not None:
            Barcode.objects.filter(pk=next_one.pk).update(gtin=one)


def check(code: str) -> None:
    """Raises Refusal for a barcode that no scanner could read: too long, or an EAN with a wrong check digit."""
    if not code or len(code) > 64 or not code.isascii() or not code.isprintable():
        raise Refusal("barcode.form", _("Een barcode heeft 1 tot 64 letters en cijfers."), "codes")
    if is_misread(code):
        raise Refusal("barcode.check_digit", _("Het controlecijfer van %s klopt niet.") % code, "codes")
