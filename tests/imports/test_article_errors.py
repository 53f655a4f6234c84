"""One wrong cell keeps the whole file out, and is named by row and column."""

import pytest

from backoffice.catalog.models import Article, Barcode, Brand, Colour, SizeRange, StockMove, Variant
from backoffice.core.errors import Refusal
from tests.imports.tables import HEADER, ONE, bring_in, csv, problems

GOOD = "TR9;Vest;Rood;S;2900000000025;10;21;1"
EVERYTHING = (Article, Variant, Barcode, Colour, Brand, SizeRange, StockMove)


@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        (";Trui;Zwart;M;;59,95;21;4", "artikelnummer", "", "artikelnummer ontbreekt"),
        ("TR1;;Zwart;M;;59,95;21;4", "omschrijving", "", "omschrijving ontbreekt"),
        ("TR1;Trui;Zwart;M;;;21;4", "verkoopprijs", "", "verkoopprijs ontbreekt"),
        ("TR1;Trui;Zwart;M;;gratis;21;4", "verkoopprijs", "gratis", "geen bedrag"),
        ("TR1;Trui;Zwart;M;;-5;21;4", "verkoopprijs", "-5", "onder nul"),
        ("TR1;Trui;Zwart;M;;59,955;21;4", "verkoopprijs", "59,955", "twee cijfers"),
        ("TR1;Trui;Zwart;M;;NaN;21;4", "verkoopprijs", "NaN", "geen bedrag"),
        ("TR1;Trui;Zwart;M;;59,95;19;4", "btw", "19", "btw-tarief is niet bekend"),
        ("TR1;Trui;Zwart;M;;59,95;veel;4", "btw", "veel", "btw-tarief is niet bekend"),
        ("TR1;Trui;Zwart;M;2900000000019;59,95;21;4", "ean", "2900000000019", "controlecijfer"),
        ("TR1;Trui;Zwart;M;12345;59,95;21;4", "ean", "12345", "8, 12, 13 of 14 cijfers"),
        ("TR1;Trui;Zwart;M;2,9E+12;59,95;21;4", "ean", "2,9E+12", "Excel heeft deze EAN afgekort"),
        ("TR1;Trui;Zwart;M;2900000000025;59,95;21;4", "ean", "2900000000025", "staat al op rij 2"),
        ("TR1;Trui;Zwart;M;;59,95;21;vier", "voorraad", "vier", "geen heel aantal"),
        ("TR1;Trui;Zwart;M;;59,95;21;-4", "voorraad", "-4", "onder nul"),
        ("TR1;Trui;Zwart;M;;59,95;21;1,5", "voorraad", "1,5", "geen heel aantal"),
        ("TR1;Trui;Zwart;M;;59,95;21;100000", "voorraad", "100000", "hoogstens 99.999"),
        (f"{'T' * 41};Trui;Zwart;M;;59,95;21;4", "artikelnummer", "T" * 41, "hoogstens 40"),
        (f"TR1;Trui;Zwart;{'X' * 21};;59,95;21;4", "maat", "X" * 21, "hoogstens 20"),
        ("TR9;Vest;rood;s;;10;21;1", "kleur", "rood s", "staan al op rij 2"),
        ("TR9;Vest;;;;10;21;1", "maat", "TR9", "Kleur en maat ontbreken"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_goes_in(shop, row, column, value, words):
    found = problems(csv(GOOD, row), shop)
    assert [(number, name, shown) for number, name, shown, _ in found] == [(3, column, value)]
    assert words in found[0][3]
    assert [model.objects.count() for model in EVERYTHING] == [0] * len(EVERYTHING)


def test_an_ean_of_another_variant_is_refused_and_its_own_is_not(shop):
    bring_in(csv(ONE), shop)
    assert bring_in(csv(ONE), shop)["created"] == 0
    found = problems(csv("TR2;Vest;Zwart;M;2900000000018;59,95;21;4"), shop)
    assert found == [(2, "ean", "2900000000018", "Deze code hoort al bij artikel TR1.")]
    assert Article.objects.count() == 1


def test_an_option_that_is_no_colour_or_size_is_named(shop):
    header = "artikelnummer;omschrijving;verkoopprijs;Option1 Name;Option1 Value"
    found = problems(csv("A1;Trui;10;Materiaal;Wol", header=header), shop)
    assert found == [(2, "Option1 Value", "Wol", "De optie “Materiaal” is geen kleur of maat.")]


def test_a_matrix_article_asks_which_variant_a_row_is_about(shop):
    bring_in(csv(ONE), shop)
    found = problems(csv("TR1;8", header="artikelnummer;voorraad"), shop)
    assert [(row, sentence) for row, _, _, sentence in found] == [
        (2, "Dit artikel heeft kleuren of maten: vul in welke.")
    ]


def test_every_error_is_counted_and_the_first_200_are_kept(shop):
    from backoffice.core.imports.job import Wrong

    with pytest.raises(Wrong) as wrong:
        bring_in(csv(*[f"A{n};Trui;;;;duur;21;1" for n in range(300)]), shop)
    assert (wrong.value.problems.total, len(wrong.value.problems.shown)) == (300, 200)
    assert Article.objects.count() == 0


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (HEADER.replace("artikelnummer", "iets"), "Kies de kolom voor Artikelnummer."),
        (HEADER, ""),
    ],
)
def test_the_column_of_the_number_must_be_chosen(shop, header, sentence):
    if not sentence:
        assert bring_in(csv(ONE, header=header), shop)["articles"] == 1
        return
    with pytest.raises(Refusal) as refused:
        bring_in(csv(ONE, header=header), shop)
    assert refused.value.message == sentence
    assert Article.objects.count() == 0


def test_figures_and_marks_without_end_are_told_as_any_other_mistake(shop):
    """A cell holds 20,000 characters: 15,000 figures are no number to Python, and marks take the square of them."""
    long, marks = "1" + ".000" * 4_000, "\u0301\u0316" * 9_000
    found = problems(csv(f"TR1;{marks};Zwart;M;;{long};21;{long}"), shop)
    assert [(row, column, sentence) for row, column, _value, sentence in found] == [
        (2, "omschrijving", "De tekst is 18.000 tekens lang, hoogstens 160 passen."),
        (2, "verkoopprijs", f"“{long[:29]}…” is geen bedrag. Typ bijvoorbeeld 1.234,56."),
        (2, "voorraad", "Dit is geen heel aantal."),
    ]
    assert {len(value) for _row, _column, value, _sentence in found} == {60}
