"""What a scanned or typed code stands for: exactly one variant, a choice of size, or a refusal that says why."""

import datetime
from decimal import Decimal

import pytest

from backoffice.catalog import offers
from backoffice.catalog.models import Article, Barcode, Variant, VatRate
from backoffice.core.errors import Refusal
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def boot():
    return factories.article("70402", "Chelsea boot Loods", "149.95", colours=["Cognac", "Zwart"], sizes=[36, 37])


def refusal_of(code: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        offers.by_code(code)
    return caught.value


def test_a_barcode_gives_its_colour_and_size(boot):
    variant = factories.variant(boot, "Zwart", "37")
    offer = offers.by_code(factories.code_of(variant))
    assert offer.variant_id == variant.pk
    assert (offer.number, offer.title) == ("70402", "Chelsea boot Loods Zwart 37")
    assert (offer.price, offer.vat_code, offer.vat_percent) == (Decimal("149.95"), "high", Decimal("21"))
    assert (offer.colour_hex, offer.matrix, offer.stocked, offer.fractions, offer.active) == (
        "#15151a", True, True, False, True,
    )  # fmt: skip


def test_spaces_around_a_code_do_not_matter(boot):
    variant = factories.variant(boot, "Zwart", "36")
    assert offers.by_code(f"  {factories.code_of(variant)}\t").variant_id == variant.pk


def test_a_variant_with_its_own_price_sells_for_that(boot):
    variant = factories.variant(boot, "Cognac", "36")
    Variant.objects.filter(pk=variant.pk).update(own_price=Decimal("159.95"))
    assert offers.by_code(factories.code_of(variant)).price == Decimal("159.95")


def test_an_own_price_of_zero_is_a_price(boot):
    variant = factories.variant(boot, "Cognac", "36")
    Variant.objects.filter(pk=variant.pk).update(own_price=Decimal(0))
    assert offers.by_code(factories.code_of(variant)).price == 0


def test_an_article_number_gives_the_only_variant():
    belt = factories.article("80100", "Riem Leest", "39.95", vat_code="low")
    offer = offers.by_code("80100")
    assert (offer.variant_id, offer.title, offer.price) == (belt.variants.get().pk, "Riem Leest", Decimal("39.95"))
    assert (offer.vat_code, offer.vat_percent) == ("low", Decimal(9))


def test_the_number_of_a_colour_and_size_article_asks_which(boot):
    refusal = refusal_of("70402")
    assert isinstance(refusal, offers.ChooseSize)
    assert (refusal.code, refusal.article_id) == ("scan.choose", boot.pk)
    assert refusal.message == "Kies kleur en maat van Chelsea boot Loods."


def test_a_barcode_of_the_article_as_a_whole_asks_which(boot):
    code = factories.barcode_number()
    Barcode.objects.create(code=code, article=boot)
    refusal = refusal_of(code)
    assert (type(refusal), refusal.article_id) == (offers.ChooseSize, boot.pk)


def test_a_barcode_goes_before_an_article_number():
    belt, scarf = factories.article("80100", "Riem"), factories.article("90100", "Sjaal")
    Barcode.objects.create(code="90100", variant=belt.variants.get())
    assert offers.by_code("90100").name == "Riem"
    assert scarf.variants.count() == 1


@pytest.mark.parametrize("digit", range(10))
def test_a_misread_digit_is_told_from_an_unknown_code(boot, digit):
    code = factories.code_of(factories.variant(boot, "Zwart", "36"))
    if int(code[-1]) == digit:
        assert offers.by_code(code).size == "36"
    else:
        wrong = f"{code[:-1]}{digit}"
        refusal = refusal_of(wrong)
        assert refusal.code == "scan.check_digit"
        assert refusal.message == f"{wrong} is niet goed gelezen: het controlecijfer klopt niet. Scan opnieuw."


@pytest.mark.parametrize("code", ["12345670", "036000291452", "4006381333931", "10012345678902"])
def test_codes_of_8_12_13_and_14_digits_are_read(code):
    belt = factories.article("80100")
    Barcode.objects.create(code=code, variant=belt.variants.get())
    assert offers.by_code(code).variant_id == belt.variants.get().pk


def test_a_shop_code_with_letters_is_read_as_it_stands():
    belt = factories.article("80100")
    Barcode.objects.create(code="RIEM-85/zw", variant=belt.variants.get())
    assert offers.by_code("RIEM-85/zw").number == "80100"
    assert refusal_of("riem-85/ZW").code == "scan.unknown"


def test_an_unknown_code_is_named_in_the_refusal():
    factories.article("80100")
    refusal = refusal_of("99999")
    assert (refusal.code, refusal.message) == ("scan.unknown", "Code 99999 is niet bekend. Er is niets toegevoegd.")


@pytest.mark.parametrize(
    "code",
    ["", "   ", "9" * 300, "80%", "%", "_____", "8010*", "80100\x0080100", "80100\r80101", "8010080101",
     "' OR 1=1 --", "８０１００"],
    ids=["empty", "blanks", "300 characters", "wildcard", "percent", "underscores", "star", "nul", "glued by enter",
         "glued", "injection", "wide digits"],
)  # fmt: skip
def test_a_code_that_is_no_code_finds_nothing(code):
    factories.article("80100")
    factories.article("80101")
    assert refusal_of(code).code == "scan.unknown"


def test_a_long_code_is_not_repeated_in_full():
    assert len(refusal_of("9" * 300).message) < 120


@pytest.mark.parametrize("what", ["article", "variant"])
def test_what_is_switched_off_is_not_sold_and_says_so(boot, what):
    variant = factories.variant(boot, "Zwart", "36")
    rows = Article.objects.filter(pk=boot.pk) if what == "article" else Variant.objects.filter(pk=variant.pk)
    rows.update(active=False)
    refusal = refusal_of(factories.code_of(variant))
    assert refusal.code == "article.inactive"
    assert refusal.message == "Chelsea boot Loods Zwart 36 is niet meer te verkopen."


def test_the_vat_percentage_is_that_of_the_day():
    belt = factories.article("80100")
    old = factories.vat_rates()["high"]
    VatRate.objects.filter(pk=old.pk).update(valid_to=datetime.date(2026, 12, 31))
    VatRate.objects.create(code="high", name="Hoog 22 %", percent=22, valid_from=datetime.date(2027, 1, 1))
    days = [datetime.date(2026, 12, 31), datetime.date(2027, 1, 1)]
    assert [offers.by_code("80100", on=day).vat_percent for day in days] == [21, 22]
    assert offers.by_ids([belt.variants.get().pk], on=days[1])[belt.variants.get().pk].vat_percent == 22


def test_an_article_without_a_rate_on_the_day_is_refused():
    factories.article("80100")
    with pytest.raises(Refusal) as caught:
        offers.by_code("80100", on=datetime.date(2018, 12, 31))
    assert caught.value.code == "vat.no_rate"


def test_offers_stand_in_the_own_order_of_colours_and_sizes():
    factories.colour("Zwart", position=2)
    factories.colour("Cognac", position=1)
    boot = factories.article("70402", colours=["Zwart", "Cognac"], sizes=["L", "S", "10"])
    shown = [(offer.colour, offer.size) for offer in offers.offers(article_id=boot.pk)]
    assert shown == [
        ("Cognac", "L"),
        ("Cognac", "S"),
        ("Cognac", "10"),
        ("Zwart", "L"),
        ("Zwart", "S"),
        ("Zwart", "10"),
    ]


def test_several_at_once_are_refused_as_a_whole_when_one_is_off(boot):
    variants = list(boot.variants.order_by("pk"))
    Variant.objects.filter(pk=variants[2].pk).update(active=False)
    with pytest.raises(Refusal) as caught:
        offers.by_ids([v.pk for v in variants])
    assert caught.value.code == "article.inactive"
    with pytest.raises(Refusal):
        offers.by_ids([variants[0].pk, 0])


@pytest.mark.parametrize("variants", [1, 60])
def test_offers_take_one_statement_however_many(django_assert_num_queries, variants):
    boot = factories.article("70402", colours=["Zwart"], sizes=range(variants))
    with django_assert_num_queries(1):
        assert len(offers.offers(article_id=boot.pk)) == variants
    code = factories.code_of(boot.variants.first())
    with django_assert_num_queries(1):
        offers.by_code(code)
