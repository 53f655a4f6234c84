"""Sizes stand in the order of the shelf, and else in that of the file."""

import datetime

import pytest

from backoffice.catalog.imports import sizes
from backoffice.catalog.models import Article, Size, SizeRange, Variant
from tests.imports.tables import bring_in, csv, problems, xlsx

HEADER = "artikelnummer;omschrijving;maat;verkoopprijs"


def of_shoe() -> list[str]:
    article = Article.objects.get(number="S1")
    return [size.label for size in article.size_range.sizes.all()]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["XL", "M", "XXL", "S", "XS", "L"], ["XS", "S", "M", "L", "XL", "XXL"]),
        (["3XL", "XXXS", "2XL", "XL"], ["XXXS", "XL", "2XL", "3XL"]),
        (["L/XL", "S/M"], ["S/M", "L/XL"]),
        (["40", "36,5", "36", "37½", "37"], ["36", "36,5", "37", "37½", "40"]),
        (["32/34", "32/32", "28/32", "W30/L32"], ["28/32", "W30/L32", "32/32", "32/34"]),
        (["80B", "75DD", "75C", "75D"], ["75C", "75D", "75DD", "80B"]),
        (["groot", "klein", "M"], ["M", "groot", "klein"]),
        (["38", "37 1/3", "36", "36 2/3", "37", "36 1/3"], ["36", "36 1/3", "36 2/3", "37", "37 1/3", "38"]),
        (["40", "38⅔", "39 1/3", "38", "40-2/3"], ["38", "38⅔", "39 1/3", "40", "40-2/3"]),
        (["EU 40", "EU 36 2/3", "38", "EU 36"], ["EU 36", "EU 36 2/3", "38", "EU 40"]),
        (["UK 10", "UK 4.5", "UK 4"], ["UK 4", "UK 4.5", "UK 10"]),
        (["10 US", "9 US", "9.5 US"], ["9 US", "9.5 US", "10 US"]),
        (["38 (UK 5)", "36 (UK 3.5)", "37,5 (UK 4.5)"], ["36 (UK 3.5)", "37,5 (UK 4.5)", "38 (UK 5)"]),
        (["W32/L34", "W30/L32", "W32/L32"], ["W30/L32", "W32/L32", "W32/L34"]),
        (["W32 L34", "W32L30", "32W 32L"], ["W32L30", "32W 32L", "W32 L34"]),
        (["98/104", "50/56", "86-92"], ["50/56", "86-92", "98/104"]),
        (["104 cm", "92 cm", "116"], ["92 cm", "104 cm", "116"]),
        (["2 jaar", "12-18 mnd", "0-3 mnd", "3-4 jaar"], ["0-3 mnd", "12-18 mnd", "2 jaar", "3-4 jaar"]),
        (["(54)", "(48)", "(50)"], ["(48)", "(50)", "(54)"]),
        (["XL (54)", "M (50)", "M (48)", "L (52)"], ["M (48)", "M (50)", "L (52)", "XL (54)"]),
        (["54 (XL)", "48 (M)"], ["48 (M)", "54 (XL)"]),
        (
            ["X-Large", "Small", "XX-Large", "Medium", "Extra Small"],
            ["Extra Small", "Small", "Medium", "X-Large", "XX-Large"],
        ),
        (["3XL", "XXS", "2XL", "XL"], ["XXS", "XL", "2XL", "3XL"]),
        (["L/34", "M/34", "M/32"], ["M/32", "M/34", "L/34"]),
        (["C70", "75AA", "B75"], ["C70", "75AA", "B75"]),
        (["One size"], ["One size"]),
        (["tweepersoons", "eenpersoons"], ["tweepersoons", "eenpersoons"]),
    ],
)
def test_sizes_stand_as_a_shop_lays_them_out(given, wanted):
    assert sizes.ordered(given) == wanted


def test_thirds_of_a_file_in_any_order_stand_on_the_shelf_of_their_article(shop):
    typed = ["38", "36 2/3", "37 1/3", "36"]
    bring_in(csv(*[f"S1;Schoen;{size};99,95" for size in typed], header=HEADER), shop)
    assert of_shoe() == ["36", "36 2/3", "37 1/3", "38"]
    # one more, written another way where it is there already
    found = bring_in(csv("S1;Schoen;36⅔;99,95", "S1;Schoen;37;99,95", header=HEADER), shop)
    assert (found["variants_new"], of_shoe()) == (1, ["36", "36 2/3", "37", "37 1/3", "38"])


def test_a_workbook_that_made_decimals_of_thirds_gives_thirds(shop):
    head = ["Artikelnummer", "Omschrijving", "Maat", "Verkoopprijs"]
    bring_in(
        xlsx(head, ["S1", "Schoen", 110 / 3, 99.95], ["S1", None, 112 / 3, 99.95], ["S1", None, 37.0, 99.95]), shop
    )
    assert of_shoe() == ["36 2/3", "37", "37 1/3"]
    again = bring_in(csv("S1;Schoen;36 2/3;99,95", "S1;;37.0;99,95", "S1;;37 1/3;99,95", header=HEADER), shop)
    assert (again["created"], again["updated"]) == (0, 0)


def test_a_size_that_a_spreadsheet_made_a_date_of_is_refused(shop):
    head = ["Artikelnummer", "Omschrijving", "Maat", "Verkoopprijs"]
    found = problems(xlsx(head, ["S1", "Broek", datetime.date(2026, 12, 10), 49.95]), shop)
    assert [(row, column) for row, column, _value, _words in found] == [(2, "Maat")]
    assert "een datum gemaakt" in found[0][3]
    assert (Article.objects.count(), Variant.objects.count()) == (0, 0)


def test_an_order_that_the_shop_made_itself_stays_and_new_sizes_come_behind_it(shop):
    own = SizeRange.objects.create(name="Bedden")
    for position, label in enumerate(["L", "S", "M"], 1):
        Size.objects.create(size_range=own, label=label, position=position)
    bring_in(csv("S1;Laken;XL;99,95;Bedden", "S1;;XS;;", header=HEADER + ";maatbalk"), shop)
    assert of_shoe() == ["L", "S", "M", "XS", "XL"]
