"""Barcodes as spreadsheets and web shops write them: the code that a scanner reads, or a sentence."""

import pytest

from backoffice.catalog.models import Article, Barcode
from tests.imports.tables import bring_in, csv, problems, xlsx

HEADER = "artikelnummer;omschrijving;ean;verkoopprijs"
EAN = "8717960466136"


@pytest.mark.parametrize(
    "typed",
    [
        "8717960466136.0",
        "8717960466136,00",
        "'8717960466136",
        "\u20198717960466136",
        "'8717960466136.0",
        "8,717960466136E+12",
        "8.717960466136e12",
        "8.717.960.466.136",
        "8,717,960,466,136.00",
        "8 717960 466136",
        "8717960\u00a0466136",
        "EAN: 8717960466136",
    ],
)
def test_what_a_spreadsheet_made_of_an_ean_is_the_ean(shop, typed):
    bring_in(csv(f"S1;Sandaal;{typed};49,95", header=HEADER), shop)
    assert list(Barcode.objects.values_list("code", flat=True)) == [EAN]
    again = bring_in(csv(f"S1;Sandaal;{typed};49,95", header=HEADER), shop)
    assert (again["created"], again["updated"]) == (0, 0)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("8.71796E+12", "Excel heeft deze EAN afgekort"),
        ("8,72E+12", "Excel heeft deze EAN afgekort"),
        ("8717960466136.5", "8, 12, 13 of 14 cijfers"),
        ("8717960466137.0", "controlecijfer"),
        ("871796046613", "controlecijfer"),
        ("8717960466136/2", "8, 12, 13 of 14 cijfers"),
        ("8717960466136, 8717960466143", "8, 12, 13 of 14 cijfers"),
        ("#N/B", "fout uit Excel"),
    ],
)
def test_what_is_no_code_any_more_is_refused_and_nothing_goes_in(shop, typed, words):
    found = problems(csv(f'S1;Sandaal;"{typed}";49,95', header=HEADER), shop)
    assert [(row, column, value) for row, column, value, _sentence in found] == [(2, "ean", typed)]
    assert words in found[0][3]
    assert (Article.objects.count(), Barcode.objects.count()) == (0, 0)


@pytest.mark.parametrize("typed", ["", "-", "n.v.t.", "NaN", "geen"])
def test_a_word_for_no_code_is_no_code(shop, typed):
    bring_in(csv(f"S1;Sandaal;{typed};49,95", f"S2;Sok;{typed};4,95", header=HEADER), shop)
    assert (Article.objects.count(), Barcode.objects.count()) == (2, 0)


def test_a_web_shop_export_with_apostrophes_before_its_barcodes(shop):
    header = (
        "Handle,Title,Vendor,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
        "Variant SKU,Variant Price,Variant Barcode,Status"
    )
    content = csv(
        "zomertop,Top Panter,Huis,true,Color,Panter,Size,XS,,88.00,'8717960466136,active",
        "zomertop,,,,,Panter,,S,'00412,88.00,'8717960466143,active",
        header=header,
    )
    bring_in(content, shop)
    assert set(Barcode.objects.values_list("code", flat=True)) == {EAN, "8717960466143", "00412"}
    again = bring_in(content, shop)
    assert (again["created"], again["updated"]) == (0, 0)


def test_a_sku_is_kept_as_it_is_but_for_a_number_that_was_spoilt(shop):
    header = "artikelnummer;omschrijving;SKU;verkoopprijs"
    bring_in(csv("S1;Sandaal;TZ-1.0;49,95", "S2;Sok;8717960466136.0;4,95", "S3;Riem;12345;9", header=header), shop)
    assert set(Barcode.objects.values_list("code", flat=True)) == {"TZ-1.0", EAN, "12345"}
    found = problems(csv("S4;Pet;8,71796E+12;49,95", header=header), shop)
    assert [(row, column) for row, column, _value, _words in found] == [(2, "SKU")]
    assert Article.objects.count() == 3


def test_number_cells_of_a_workbook_and_figures_behind_an_apostrophe(shop):
    bring_in(
        xlsx(
            ["Artikelnummer", "Omschrijving", "EAN", "Verkoopprijs"],
            ["'00123", "'t Rokje", 8717960466136.0, 49.95],
            [124, "Sok", "'8717960466143", 4.95],
        ),
        shop,
    )
    assert list(Article.objects.order_by("pk").values_list("number", "name")) == [("00123", "'t Rokje"), ("124", "Sok")]
    assert set(Barcode.objects.values_list("code", flat=True)) == {EAN, "8717960466143"}
