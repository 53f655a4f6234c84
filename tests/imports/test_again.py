"""The same file again changes nothing, and says so; and what is there already is never spoilt by a file."""

from decimal import Decimal

import pytest

from backoffice.catalog.models import (
    Article,
    ArticleGroup,
    Barcode,
    Brand,
    Colour,
    Size,
    SizeRange,
    StockLevel,
    StockMove,
    Variant,
)
from tests import factories
from tests.imports.tables import bring_in, csv, problems

EVERYTHING = (Article, Variant, Barcode, Brand, Colour, ArticleGroup, SizeRange, Size, StockMove, StockLevel)
HEADER = "artikelnummer;omschrijving;merk;artikelgroep;maatbalk;kleur;maat;ean;verkoopprijs;btw;voorraad;actief"


def rows_of_everything() -> list:
    return [list(model.objects.order_by("pk").values()) for model in EVERYTHING]


@pytest.mark.parametrize(
    "rows",
    [
        # a brand, a group and a range, each in two spellings
        ["BR-1;Jas;Swimista;Dames/Jassen;Letters;;S;;59,95;;;", "BR-2;Rok;SWIMISTA;DAMES/Rokken;LETTERS;;M;;59,95;;;"],
        ["A;Jas;Élan;Heren > Jassen;;;;;59,95;;;", "B;Jas;elan;heren/jassen;;;;;59,95;;;"],
        ["A;Jas;L'Oréal;Heren / Jassen;;;;;59,95;;;", "B;Jas;L\u2019Oreal;Heren//Jassen/;;;;;59,95;;;"],
        # the same article told of in two ways: the first row counts
        ["A;Jas;Huis;Dames;;Rood;S;;59,95;21;;", "A;JAS;HUIS;Dames/Jassen;;ROOD;M;;59,95;21;;"],
        # a range that is named by an article without sizes, before and after one that has them
        ["A;Riem;;;Jeans;;;;19,95;;;", "B;Broek;;;jeans;;32;;79,95;;;", "C;Sjaal;;;JEANS;Rood;;;19,95;;;"],
        # a price of its own, a parent row with another price, pieces, off, and sizes in every spelling
        ["A;Jas;;;;;;;50;;;", "A;;;;;;S;;40;;3;", "A;;;;;;M;;45;;4;", "A;;;;;;36 2/3;;45;;;", "A;;;;;;37½;;45;;;"],
        ["A;Jas;;;;Écru;;2900000000018;50;laag;3;nee", "B;Bon;;;;;;2900000000025;10;0,21;;ja"],
        # a second range of the same sizes under another name
        ["A;Jas;;;Een;;S;;50;;;", "A;;;;;;M;;50;;;", "B;Jas;;;Twee;;M;;50;;;", "B;;;;;;S;;50;;;", "C;Vest;;;;;S;;9;;;"],
    ],
)
def test_a_file_of_any_shape_changes_nothing_the_second_time(shop, rows):
    content = csv(*rows, header=HEADER)
    bring_in(content, shop)
    before = rows_of_everything()
    again = bring_in(content, shop)
    told = {name: again[name] for name in ("created", "updated", "articles_changed", "variants_changed", "stock_moves")}
    assert (set(told.values()), rows_of_everything()) == ({0}, before)


def test_a_brand_and_a_group_in_two_spellings_are_one(shop):
    bring_in(
        csv(
            "BR-1;Jas;Swimista;Dames/Jassen;Letters;;S;;59,95;;;",
            "BR-2;Rok;SWIMISTA;DAMES/Rokken;LETTERS;;M;;59,95;;;",
            header=HEADER,
        ),
        shop,
    )
    assert list(Brand.objects.values_list("name", flat=True)) == ["Swimista"]
    assert list(ArticleGroup.objects.values_list("path", flat=True)) == ["Dames", "Dames/Jassen", "Dames/Rokken"]
    assert list(SizeRange.objects.values_list("name", flat=True)) == ["Letters"]
    assert [size.label for size in Size.objects.order_by("position")] == ["S", "M"]


def test_a_brand_that_is_there_twice_keeps_the_spelling_that_fits(shop):
    for name in ("Elan", "Élan"):
        Brand.objects.create(name=name)
    content = csv("A;Jas;Élan;;;;;;59,95;;;", "B;Jas;ELAN;;;;;;59,95;;;", header=HEADER)
    bring_in(content, shop)
    assert list(Article.objects.order_by("number").values_list("brand__name", flat=True)) == ["Élan", "Elan"]
    again = bring_in(content, shop)
    assert (again["created"], again["updated"]) == (0, 0)


def test_another_brand_and_another_group_are_a_change_once(shop):
    bring_in(csv("A;Jas;Swimista;Dames;;;;;59,95;;;", header=HEADER), shop)
    other = csv("A;Jas;Noordzij;Dames/Jassen;;;;;59,95;;;", header=HEADER)
    assert [bring_in(other, shop)["articles_changed"] for _ in range(2)] == [1, 0]
    article = Article.objects.get()
    assert (article.brand.name, article.group.path, article.search_text) == (
        "Noordzij",
        "Dames/Jassen",
        "a jas noordzij",
    )


SIZES = "artikelnummer;maat;ean;voorraad"


def belt(shop, pieces: int) -> Article:
    """An article without colours and sizes, with a barcode and as many in stock."""
    made = factories.article("80100", stock={shop: pieces} if pieces else None)
    Barcode.objects.filter(variant__article=made).update(code="2900000000018", gtin="02900000000018")
    return made


def test_sizes_for_an_article_that_has_stock_without_them_are_refused_as_on_the_screen(shop):
    made = belt(shop, 5)
    before = rows_of_everything()
    found = problems(csv("80100;S;2900000000025;5", "80100;M;2900000000032;5", header=SIZES), shop)
    assert found == [
        (2, "maat", "80100", "Dit artikel is al gebruikt zonder kleur en maat; maak er een nieuw artikel voor.")
    ]
    assert rows_of_everything() == before
    assert (StockLevel.objects.get().on_hand, Barcode.objects.get().variant.article) == (Decimal(5), made)


def test_sizes_for_an_article_that_was_never_used_go_in_and_its_code_stays_its_own(shop):
    made = belt(shop, 0)
    content = csv("80100;S;2900000000025;5", "80100;M;2900000000032;5", header=SIZES)
    bring_in(content, shop)
    assert [v.size.label for v in Variant.objects.order_by("size__position")] == ["S", "M"]
    assert Barcode.objects.get(code="2900000000018").article == made
    again = bring_in(content, shop)
    assert (again["created"], again["updated"]) == (0, 0)


def test_colours_for_an_article_that_is_on_an_order_without_them_are_refused(shop):
    made = belt(shop, 0)
    factories.draft(branch=shop, employee=shop.admin, items=[(made.variants.get(), 1)])
    found = problems(csv("80100;Zwart", header="artikelnummer;kleur"), shop)
    assert [(row, column) for row, column, _value, _words in found] == [(2, "kleur")]
    assert Variant.objects.get().active


def test_sizes_for_a_colour_that_has_stock_without_them_are_refused(shop):
    factories.article("80200", colours=["Zwart", "Navy"], stock={shop: 2})
    before = rows_of_everything()
    found = problems(csv("80200;Zwart;S", header="artikelnummer;kleur;maat"), shop)
    assert [words for _row, _column, _value, words in found] == [
        "Dit artikel is al gebruikt zonder maat; maak er een nieuw artikel voor."
    ]
    assert rows_of_everything() == before
