"""Every rule that one catalogue table can hold is held by the database itself: raw writes that break it are refused."""

import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from backoffice.catalog.models import Article, ArticleGroup, Barcode, Brand, Colour, Size, StockLevel, Variant, VatRate
from tests import factories

pytestmark = pytest.mark.django_db


def refused(sql: str, *params) -> str:
    """Write past every service and say which constraint stood in the way."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    return caught.value.__cause__.diag.constraint_name


def again(row, **changes) -> tuple[str, list]:
    """An INSERT of the same row once more, with changes."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    values = {f.column: f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields} | changes
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join(["%s"] * len(values))
    return f"INSERT INTO {row._meta.db_table} ({names}) VALUES ({marks})", list(values.values())


def refused_again(row, **changes) -> str:
    sql, params = again(row, **changes)
    return refused(sql, *params)


def test_a_colour_and_size_of_an_article_exists_once():
    boot = factories.article("70402", colours=["Zwart"], sizes=[36])
    assert refused_again(boot.variants.get()) == "variant_once"
    assert boot.variants.count() == 1


def test_an_article_without_colours_and_sizes_has_one_variant_only():
    belt = factories.article("80100")
    assert refused_again(belt.variants.get()) == "variant_once"
    assert belt.variants.count() == 1


def test_a_colour_without_a_size_exists_once():
    scarf = factories.article("90100", colours=["Rood"])
    assert refused_again(scarf.variants.get()) == "variant_once"


@pytest.mark.parametrize("owners", ["nobody", "both"])
def test_a_barcode_is_of_a_variant_or_of_an_article_never_of_both_or_nobody(owners):
    belt = factories.article("80100")
    both = {"variant_id": belt.variants.get().pk, "article_id": belt.pk}
    values = both if owners == "both" else dict.fromkeys(both)
    assert refused_again(Barcode(), code="2900000000001", **values) == "barcode_of_exactly_one"
    assert Barcode.objects.count() == 1


def test_a_barcode_is_known_once():
    first, second = factories.article("80100"), factories.article("80101")
    code = factories.code_of(first.variants.get())
    name = refused_again(Barcode(), code=code, variant_id=second.variants.get().pk, article_id=None)
    assert name.startswith("catalog_barcode_code")
    assert Barcode.objects.get(code=code).variant == first.variants.get()


def test_a_branch_has_one_stock_row_per_variant():
    branch = factories.branch()
    variant = factories.article("80100", stock={branch: 4}).variants.get()
    assert refused_again(variant.stock.get()) == "stock_level_once"
    assert variant.stock.get().on_hand == 4


def test_reserved_stock_is_never_negative():
    branch = factories.branch()
    variant = factories.article("80100", stock={branch: 4}).variants.get()
    sql = "UPDATE catalog_stocklevel SET reserved = -1 WHERE variant_id = %s"
    assert refused(sql, variant.pk) == "stock_reserved_not_negative"
    assert variant.stock.get().reserved == 0


def test_a_stock_move_moves_something():
    branch, employee = factories.branch(), factories.employee()
    variant = factories.article("80100").variants.get()
    sql = (
        "INSERT INTO catalog_stockmove (branch_id, variant_id, quantity, reason, source, employee_id, at)"
        " VALUES (%s, %s, 0, 'count', '', %s, now())"
    )
    assert refused(sql, branch.pk, variant.pk, employee.pk) == "stock_move_not_zero"
    assert variant.moves.count() == 0


@pytest.mark.parametrize("sql", ["UPDATE catalog_stockmove SET quantity = 9", "DELETE FROM catalog_stockmove"])
def test_stock_moves_only_grow(sql):
    from backoffice.catalog import stock

    branch, variant = factories.branch(), factories.article("80100").variants.get()
    stock.move(branch, [(variant.pk, Decimal(3))], reason="opening", source="", employee=factories.employee())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert variant.moves.get().quantity == 3


@pytest.mark.parametrize(
    "from_, to",
    [("2026-06-01", None), ("2018-01-01", "2019-01-01"), ("2025-01-01", "2025-12-31"), ("2019-01-01", None)],
)
def test_two_rates_with_one_code_never_hold_on_the_same_day(from_, to):
    high = factories.vat_rates()["high"]  # from 01-01-2019, without an end
    assert refused_again(high, percent=22, valid_from=from_, valid_to=to) == "vat_rate_no_overlap"
    assert VatRate.objects.get(code="high").percent == 21


def test_a_rate_may_follow_on_the_day_after_the_last():
    high = factories.vat_rates()["high"]
    VatRate.objects.filter(pk=high.pk).update(valid_to=datetime.date(2026, 12, 31))
    VatRate.objects.create(code="high", name="Hoog 22 %", percent=22, valid_from=datetime.date(2027, 1, 1))
    assert VatRate.objects.filter(code="high").count() == 2


def test_another_code_may_hold_on_the_same_day():
    sql, params = again(factories.vat_rates()["high"], code="eco")
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
    assert VatRate.objects.filter(valid_from=factories.LONG_AGO, percent=21).count() == 2


@pytest.mark.parametrize("percent", ["-0.01", "100.01"])
def test_a_rate_lies_between_0_and_100_percent(percent):
    factories.vat_rates()
    sql = "UPDATE catalog_vatrate SET percent = %s WHERE code = 'low'"
    assert refused(sql, percent) == "vat_rate_percent"
    assert VatRate.objects.get(code="low").percent == 9


def test_an_article_price_is_not_negative():
    belt = factories.article("80100", price="49.95")
    assert refused("UPDATE catalog_article SET sales_price = -0.01") == "article_price_not_negative"
    belt.refresh_from_db()
    assert belt.sales_price.amount == Decimal("49.95")


def test_a_price_of_a_variant_is_not_negative_and_may_be_none_or_zero():
    variant = factories.article("80100").variants.get()
    assert refused("UPDATE catalog_variant SET own_price = -0.01") == "variant_price_not_negative"
    for allowed in (None, Decimal(0)):
        Variant.objects.filter(pk=variant.pk).update(own_price=allowed)
    assert Variant.objects.get().own_price.amount == 0


def test_a_size_stands_once_in_its_range_and_may_stand_in_another():
    bar = factories.size_range("Schoenen", [36, 37])
    assert refused_again(bar.sizes.first()) == "size_once_in_range"
    assert bar.sizes.count() == 2
    factories.size_range("Sokken", [36, 39])
    assert Size.objects.filter(label="36").count() == 2


@pytest.mark.parametrize(
    "make, constraint",
    [
        (lambda: factories.article("80100"), "catalog_article_number"),
        (lambda: factories.colour("Zwart"), "catalog_colour_label"),
        (lambda: factories.size_range("Schoenen"), "catalog_sizerange_name"),
        (lambda: Brand.objects.create(name="Stap"), "catalog_brand_name"),
        (lambda: ArticleGroup.objects.create(path="Dames/Laarzen"), "catalog_articlegroup_path"),
    ],
    ids=["article number", "colour", "size range", "brand", "group"],
)
def test_names_and_numbers_are_given_once(make, constraint):
    row = make()
    assert refused_again(row).startswith(constraint)
    assert type(row).objects.count() == 1


def test_what_is_used_is_not_deleted():
    branch = factories.branch()
    boot = factories.article("70402", colours=["Zwart"], sizes=[36], brand="Stap", group="Dames", stock={branch: 1})
    for row in (boot, boot.brand, boot.group, boot.size_range, Colour.objects.get(), Size.objects.get()):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE id = %s", [row.pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert (Article.objects.count(), Variant.objects.count(), StockLevel.objects.count()) == (1, 1, 1)
