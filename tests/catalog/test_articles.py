"""Nieuw artikel and Wijzigen: what the services make, keep, switch off and refuse."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from backoffice.catalog import stock
from backoffice.catalog.models import Article, Barcode, Brand, Colour, Size, Variant
from backoffice.catalog.services import articles, barcodes, variants
from backoffice.core.errors import Refusal
from backoffice.core.keys import new_key
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    factories.vat_rates()
    return factories.employee()


def boot_values(**changes) -> dict:
    return {
        "number": "70402", "name": "Chelsea boot Loods", "brand": "Stap", "group": "Dames/Laarzen", "vat_code": "high",
        "sales_price": Decimal("149.95"),
    } | changes  # fmt: skip


def colour_ids(*labels: str) -> list[int]:
    return [factories.colour(label).pk for label in labels]


def cells(article: Article, **conditions) -> list[str]:
    rows = article.variants.filter(**conditions).order_by("colour__position", "size__position", "pk")
    return [f"{row.colour or '-'} {row.size or '-'}" for row in rows]


def refusal(call, **arguments) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(**arguments)
    return caught.value


def test_a_new_article_gets_a_variant_for_every_colour_and_size(office):
    bar = factories.size_range("Schoenen", [36, 37])
    boot = articles.save(
        values=boot_values(size_range_id=bar.pk),
        colour_ids=colour_ids("Zwart", "Cognac"),
        employee=office,
        key=new_key(),
    )
    assert cells(boot) == ["Zwart 36", "Zwart 37", "Cognac 36", "Cognac 37"]
    assert (boot.brand.name, boot.group.path, boot.matrix, boot.sales_price.amount) == (
        "Stap", "Dames/Laarzen", True, Decimal("149.95"),
    )  # fmt: skip
    assert boot.search_text == "70402 chelsea boot loods stap"


def test_a_new_article_without_colours_and_sizes_has_its_one_variant(office):
    belt = articles.save(values=boot_values(number="80100", name="Riem", brand="", group=""), employee=office)
    assert cells(belt) == ["- -"]
    assert (belt.matrix, belt.brand, belt.group) == (False, None, None)


def test_a_second_click_makes_no_second_article(office):
    key = new_key()
    made = [articles.save(values=boot_values(), employee=office, key=key).pk for _ in range(2)]
    assert made[0] == made[1]
    assert Article.objects.count() == 1


def test_a_brand_and_a_group_are_found_whatever_their_capitals_and_spaces(office):
    first = articles.save(values=boot_values(), employee=office)
    values = boot_values(number="2", brand=" stap ", group="dames / laarzen/")
    second = articles.save(values=values, employee=office)
    assert (second.brand, second.group) == (first.brand, first.group)
    assert Brand.objects.count() == 1


@pytest.mark.parametrize(
    "changes, code, field",
    [
        ({"number": ""}, "article.missing", "number"),
        ({"name": ""}, "article.missing", "name"),
        ({"sales_price": Decimal("-0.01")}, "article.price", "sales_price"),
        ({"vat_code": "half"}, "article.vat", "vat_code"),
    ],
)
def test_an_article_that_misses_something_is_not_made(office, changes, code, field):
    refused = refusal(articles.save, values=boot_values(**changes), employee=office)
    assert (refused.code, refused.field) == (code, field)
    assert (Article.objects.count(), Brand.objects.count(), Variant.objects.count()) == (0, 0, 0)


def test_a_number_is_given_once(office):
    articles.save(values=boot_values(), employee=office)
    refused = refusal(articles.save, values=boot_values(name="Laars"), employee=office)
    assert (refused.code, refused.field, refused.message) == (
        "article.number",
        "number",
        "Artikelnummer 70402 bestaat al.",
    )
    assert Article.objects.get().name == "Chelsea boot Loods"


def test_a_seller_does_not_change_articles(office):
    seller = factories.employee("seller", factories.branch())
    assert refusal(articles.save, values=boot_values(), employee=seller).code == "catalog.right"
    belt = factories.article("80100")
    arguments = {"variant_id": belt.variants.get().pk, "codes": [], "own_price": None, "active": False}
    assert refusal(articles.set_variant, employee=seller, **arguments).code == "catalog.right"
    assert (
        refusal(variants.add, article_id=belt.pk, colour_id=None, size_id=None, employee=seller).code == "catalog.right"
    )
    assert (Article.objects.count(), belt.variants.get().active, belt.variants.get().barcodes.count()) == (1, True, 1)


def test_renaming_leaves_the_cells_that_do_not_exist_as_they_are(office):
    boot = factories.article("70402", colours=["Zwart", "Taupe"], sizes=[36, 37])
    factories.variant(boot, "Taupe", "36").delete()
    Variant.objects.filter(pk=factories.variant(boot, "Zwart", "37").pk).update(active=False)
    articles.save(
        article_id=boot.pk, values={"name": "Laars"}, colour_ids=colour_ids("Zwart", "Taupe"), employee=office
    )
    assert cells(boot) == ["Zwart 36", "Zwart 37", "Taupe 37"]
    assert cells(boot, active=False) == ["Zwart 37"]


def test_a_colour_that_is_added_comes_in_the_sizes_that_the_article_has(office):
    boot = factories.article("70402", colours=["Zwart"], sizes=[36, 37, 38])
    factories.variant(boot, "Zwart", "38").delete()
    articles.save(article_id=boot.pk, values={}, colour_ids=colour_ids("Zwart", "Navy"), employee=office)
    assert cells(boot) == ["Zwart 36", "Zwart 37", "Navy 36", "Navy 37"]


def test_a_colour_that_is_taken_away_is_deleted_where_unused_and_else_switched_off(office):
    branch = factories.branch()
    boot = factories.article("70402", colours=["Zwart", "Navy"], sizes=[36, 37])
    order = factories.draft(branch=branch, employee=office, items=[(factories.variant(boot, "Navy", "36"), 1)])
    articles.save(article_id=boot.pk, values={}, colour_ids=colour_ids("Zwart"), employee=office)
    assert cells(boot) == ["Zwart 36", "Zwart 37", "Navy 36"]
    assert cells(boot, active=False) == ["Navy 36"]
    assert order.lines.get().colour_label == "Navy"


def test_a_variant_with_stock_is_switched_off_and_comes_back_with_its_stock(office):
    branch = factories.branch()
    boot = factories.article("70402", colours=["Zwart", "Navy"], sizes=[36], stock={branch: 3})
    navy = factories.variant(boot, "Navy", "36")
    articles.save(article_id=boot.pk, values={}, colour_ids=colour_ids("Zwart"), employee=office)
    assert cells(boot, active=True) == ["Zwart 36"]
    articles.save(article_id=boot.pk, values={}, colour_ids=colour_ids("Zwart", "Navy"), employee=office)
    assert cells(boot, active=True) == ["Zwart 36", "Navy 36"]
    assert stock.levels([navy.pk])[0].on_hand == 3


def test_an_article_that_gets_colours_keeps_its_barcode_as_a_whole(office):
    belt = factories.article("80100")
    code = factories.code_of(belt.variants.get())
    articles.save(article_id=belt.pk, values={}, colour_ids=colour_ids("Zwart", "Cognac"), employee=office)
    assert cells(belt) == ["Zwart -", "Cognac -"]
    assert Barcode.objects.get(code=code).article == belt
    articles.save(article_id=belt.pk, values={}, colour_ids=[], employee=office)
    assert cells(belt) == ["- -"]
    assert Barcode.objects.get(code=code).variant == belt.variants.get()
    assert Article.objects.get().matrix is False


def test_an_article_that_was_sold_without_colours_does_not_get_them(office):
    branch = factories.branch()
    belt = factories.article("80100")
    factories.draft(branch=branch, employee=office, items=[(belt.variants.get(), 1)])
    refused = refusal(articles.save, article_id=belt.pk, values={}, colour_ids=colour_ids("Zwart"), employee=office)
    assert refused.code == "article.bare"
    assert (cells(belt), belt.variants.get().barcodes.count()) == (["- -"], 1)


def test_a_size_range_stays_while_its_sizes_are_sold(office):
    boot = factories.article("70402", colours=["Zwart"], sizes=[36])
    other = factories.size_range("Kleding", ["S", "M"])
    refused = refusal(articles.save, article_id=boot.pk, values={"size_range_id": other.pk}, employee=office)
    assert (refused.code, refused.field) == ("article.size_range", "size_range")
    assert cells(boot) == ["Zwart 36"]


def test_an_article_gets_its_size_range_later(office):
    scarf = factories.article("90100", colours=["Rood"])
    bar = factories.size_range("Kleding", ["S", "M"])
    articles.save(article_id=scarf.pk, values={"size_range_id": bar.pk}, employee=office)
    assert cells(scarf) == ["Rood S", "Rood M"]


def test_one_cell_is_made_and_put_back(office):
    boot = factories.article("70402", colours=["Zwart", "Taupe"], sizes=[36, 37])
    taupe = factories.variant(boot, "Taupe", "36")
    cell = {"article_id": boot.pk, "colour_id": taupe.colour_id, "size_id": taupe.size_id}
    Variant.objects.filter(pk=taupe.pk).update(active=False)
    variants.add(**cell, employee=office)
    assert cells(boot, active=True) == ["Zwart 36", "Zwart 37", "Taupe 36", "Taupe 37"]
    taupe.delete()
    variants.add(**cell, employee=office)
    assert cells(boot) == ["Zwart 36", "Zwart 37", "Taupe 36", "Taupe 37"]


def test_a_cell_of_a_foreign_colour_or_size_is_not_made(office):
    boot = factories.article("70402", colours=["Zwart"], sizes=[36])
    foreign = factories.size_range("Kleding", ["S"]).sizes.get()
    zwart = Colour.objects.get(label="Zwart")
    for colour_id, size_id in [
        (zwart.pk, foreign.pk),
        (factories.colour("Wit").pk, Size.objects.first().pk),
        (None, None),
    ]:
        refused = refusal(variants.add, article_id=boot.pk, colour_id=colour_id, size_id=size_id, employee=office)
        assert refused.code == "variant.cell"
    assert cells(boot) == ["Zwart 36"]


def set_variant(office, variant, **changes):
    arguments = {"codes": [], "own_price": None, "active": True} | changes
    return articles.set_variant(variant_id=variant.pk, employee=office, **arguments)


def test_a_variant_gets_barcodes_an_own_price_and_is_switched_off(office):
    variant = factories.article("80100").variants.get()
    set_variant(office, variant, codes=["4006381333931", "RIEM-85", "RIEM-85"], own_price=Decimal("0"), active=False)
    variant.refresh_from_db()
    assert sorted(b.code for b in variant.barcodes.all()) == ["4006381333931", "RIEM-85"]
    assert (variant.own_price.amount, variant.active) == (0, False)


@pytest.mark.parametrize("code", ["4006381333932", "12345671", "036000291453", "10012345678903"])
def test_a_barcode_with_a_wrong_check_digit_is_refused(office, code):
    variant = factories.article("80100").variants.get()
    before = factories.code_of(variant)
    refused = refusal(set_variant, office=office, variant=variant, codes=[before, code])
    assert (refused.code, refused.field) == ("barcode.check_digit", "codes")
    assert refused.message == f"Het controlecijfer van {code} klopt niet."
    assert factories.code_of(variant) == before


@pytest.mark.parametrize("code", ["9" * 65, "80\x00", "８０", ""])
def test_a_barcode_that_no_scanner_reads_is_refused(office, code):
    variant = factories.article("80100").variants.get()
    assert refusal(set_variant, office=office, variant=variant, codes=[code]).code == "barcode.form"
    assert variant.barcodes.count() == 1


def test_a_barcode_of_another_article_is_refused_with_its_name(office):
    boot = factories.article("70402", "Chelsea boot", colours=["Zwart"], sizes=[36])
    belt = factories.article("80100", "Riem").variants.get()
    code = factories.code_of(boot.variants.get())
    refused = refusal(set_variant, office=office, variant=belt, codes=[code])
    assert (refused.code, refused.field) == ("barcode.taken", "codes")
    assert refused.message == f"Barcode {code} is al van 70402 · Chelsea boot."
    assert belt.barcodes.count() == 1


def test_a_variant_price_below_zero_is_refused(office):
    variant = factories.article("80100").variants.get()
    assert refusal(set_variant, office=office, variant=variant, own_price=Decimal("-1")).code == "variant.price"
    assert Variant.objects.get().own_price is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["article number", "barcode"])
def test_of_two_who_give_the_same_number_or_barcode_at_once_one_hears_who_was_first(what, monkeypatch):
    factories.vat_rates()
    office = factories.employee()
    first, second = (factories.article(number, barcodes=False).variants.get() for number in ("80100", "90100"))
    both, told = threading.Barrier(2), []
    module, name = (articles, "_check") if what == "article number" else (barcodes, "check_free")
    checked = getattr(module, name)
    waited = threading.local()

    def wait_once(*arguments):
        checked(*arguments)
        if not getattr(waited, "done", False):
            waited.done = True
            both.wait(timeout=10)

    monkeypatch.setattr(module, name, wait_once)

    def run(variant):
        try:
            if what == "barcode":
                set_variant(office, variant, codes=["4006381333931"])
            else:
                articles.save(values=boot_values(brand="", group=""), employee=office)
            told.append("done")
        except Refusal as refused:
            told.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(variant,)) for variant in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(told) == sorted(["done", "barcode.taken" if what == "barcode" else "article.number"])
    assert Barcode.objects.count() == (what == "barcode")
    assert Article.objects.filter(number="70402").count() == (what == "article number")
