"""Koppelen aan artikel: a barcode more for a variant, and what is refused."""

import pytest

from backoffice.catalog.models import Barcode
from backoffice.catalog.services import barcodes
from backoffice.core.errors import Refusal
from backoffice.core.keys import new_key
from tests import factories

pytestmark = pytest.mark.django_db
CODE = "8712345678906"


def link(variant, employee, code=CODE, **more):
    return barcodes.link(variant_id=variant.pk, code=code, employee=employee, **more)


def refused(variant, employee, code=CODE) -> Refusal:
    before = list(Barcode.objects.order_by("pk").values_list("code", "variant"))
    with pytest.raises(Refusal) as caught:
        link(variant, employee, code)
    assert list(Barcode.objects.order_by("pk").values_list("code", "variant")) == before
    return caught.value


def test_the_code_stands_beside_those_that_the_variant_had():
    belt = factories.article("30001").variants.get()
    own, key, office = factories.code_of(belt), new_key(), factories.employee()
    for _twice in range(2):
        link(belt, office, key=key)
    link(belt, office)
    assert sorted(belt.barcodes.values_list("code", flat=True)) == sorted([own, CODE])


@pytest.mark.parametrize(
    ("code", "why"), [("8712345678907", "barcode.check_digit"), ("", "barcode.form"), ("é" * 8, "barcode.form"),
                      ("7" * 65, "barcode.form")]
)  # fmt: skip
def test_what_no_scanner_could_read_is_refused(code, why):
    assert refused(factories.article().variants.get(), factories.employee(), code).code == why


def test_a_code_in_use_is_refused_and_says_whose_it_is():
    belt, boot = factories.article("30001", "Riem"), factories.article("70402", "Laars")
    taken = factories.code_of(boot.variants.get())
    refusal = refused(belt.variants.get(), factories.employee(), taken)
    assert (refusal.code, refusal.message) == ("barcode.taken", f"Barcode {taken} is al van 70402 · Laars.")


def test_without_the_right_and_for_what_is_not_sold_it_is_refused():
    belt = factories.article("30001").variants.get()
    assert refused(belt, factories.employee("seller", factories.branch())).code == "catalog.right"
    belt.article.active = False
    belt.article.save()
    assert refused(belt, factories.employee()).code == "article.inactive"
