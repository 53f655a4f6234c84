"""Articles come in whole, whatever the file looks like, and importing again doubles nothing."""

import os
from decimal import Decimal
from pathlib import Path

from backoffice.catalog.models import (
    Article,
    ArticleGroup,
    Barcode,
    Brand,
    Colour,
    SizeRange,
    StockLevel,
    StockMove,
    Variant,
)  # fmt: skip
from backoffice.core.imports import mapping
from backoffice.core.imports.importer import importer_of
from tests import factories
from tests.imports.tables import ONE, bring_in, csv, xlsx

STAND_IN = Path(__file__).parent.parent / "data" / "articles.csv"
# file, articles, variants, size ranges, pieces
CATALOGUE = (
    (Path(os.environ["TOONBANK_CATALOGUE"]), 147, 1847, 5, 184_700)
    if os.environ.get("TOONBANK_CATALOGUE")
    else (STAND_IN, 5, 30, 3, 100)
)
EVERYTHING = (Article, Variant, Barcode, Brand, Colour, ArticleGroup, SizeRange, StockMove, StockLevel)


def sizes_of(article: Article) -> list[str]:
    return [size.label for size in article.size_range.sizes.all()]


def variants(number: str) -> list[tuple[str, str]]:
    rows = Variant.objects.filter(article__number=number).order_by("colour__position", "size__position")
    return [(c or "", s or "") for c, s in rows.values_list("colour__label", "size__label")]


def test_a_catalogue_goes_in_whole_and_again_changes_nothing(shop):
    path, articles, pieces, ranges, stock = CATALOGUE
    first = bring_in(path.read_bytes(), shop)
    assert (first["articles"], first["articles_new"]) == (articles, articles)
    assert (first["variants"], first["variants_new"]) == (pieces, pieces)
    assert (Article.objects.count(), Variant.objects.count(), Barcode.objects.count()) == (articles, pieces, pieces)
    assert SizeRange.objects.count() == ranges
    assert sum(StockLevel.objects.values_list("on_hand", flat=True)) == stock
    before = [list(model.objects.order_by("pk").values()) for model in EVERYTHING]
    again = bring_in(path.read_bytes(), shop)
    assert (again["articles"], again["variants"]) == (articles, pieces)
    assert (again["created"], again["updated"], again["stock_moves"]) == (0, 0, 0)
    assert [list(model.objects.order_by("pk").values()) for model in EVERYTHING] == before


def test_the_stand_in_is_read_to_the_last_detail(shop):
    bring_in(STAND_IN.read_bytes(), shop)
    trui = Article.objects.get(number="TR100")
    assert (trui.name, trui.brand.name, trui.group.path, trui.vat_code) == (
        "Trui Élise",
        "Noordzij",
        "Dames/Truien",
        "high",
    )
    assert (trui.sales_price.amount, trui.matrix, trui.active) == (Decimal("59.95"), True, True)
    assert trui.search_text.startswith("tr100 trui elise noordzij")
    assert sizes_of(trui) == ["XS", "S", "M", "L", "XL"]
    assert sizes_of(Article.objects.get(number="BR200")) == ["28/32", "30/32", "32/32", "32/34"]
    laars = Article.objects.get(number="SC300")
    assert (sizes_of(laars), laars.sales_price.amount) == (["36", "36,5", "37", "38"], Decimal("1149.95"))
    assert variants("SJ400") == [("Rood", ""), ("Groen", "")]
    gift = Article.objects.get(number="CB500")
    assert (variants("CB500"), gift.matrix, gift.vat_code, gift.brand) == ([("", "")], False, "low", None)
    assert Colour.objects.get(label="Navy").hex == "#1d2a4d"
    assert set(ArticleGroup.objects.values_list("path", flat=True)) >= {"Dames", "Dames/Truien", "Heren", "Schoenen"}
    moves = StockMove.objects.filter(reason="import", branch=shop, employee=shop.admin)
    assert sum(moves.values_list("quantity", flat=True)) == 100
    assert Barcode.objects.get(code="2900000000018").variant.article == trui


def test_windows_1252_with_commas_and_decimal_points(shop):
    content = csv(
        "TR1,Trui Zoë,Écru,M,2900000000018,1299.50,21,4",
        "TR1,Trui Zoë,Écru,L,2900000000025,1299.50,21.00,3",
        header="artikelnummer,omschrijving,kleur,maat,ean,verkoopprijs,btw,voorraad",
        encoding="cp1252",
    )
    bring_in(content, shop)
    article = Article.objects.get()
    assert (article.name, article.sales_price.amount) == ("Trui Zoë", Decimal("1299.50"))
    assert variants("TR1") == [("Écru", "M"), ("Écru", "L")]


def test_a_workbook_with_real_figures(shop):
    header = ["Artikelnummer", "Omschrijving", "Maat", "EAN", "Verkoopprijs", "BTW", "Voorraad"]
    bring_in(
        xlsx(header, ["S1", "Sneaker", 36.5, 2900000000018, 99.95, 0.21, 3], ["S1", None, 36, "", 99.95, 0.21, 2]), shop
    )
    article = Article.objects.get()
    assert (sizes_of(article), article.sales_price.amount, article.vat_code) == (
        ["36", "36,5"],
        Decimal("99.95"),
        "high",
    )
    assert sorted(StockLevel.objects.values_list("on_hand", flat=True)) == [2, 3]


def test_a_web_shop_export_with_option_columns_and_first_row_names(shop):
    header = ("Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
              "Variant SKU,Variant Inventory Qty,Variant Price,Variant Barcode,Image Src,Status")  # fmt: skip
    content = csv(
        'trui-zoe,Trui Zoë,"<p>Wol, zacht</p>",Noordzij,Truien,'
        "Color,Zwart,Size,XL,TZ-ZW-XL,4,59.95,2900000000018,a.jpg,active",
        "trui-zoe,,,,,,Zwart,,S,TZ-ZW-S,2,59.95,2900000000025,,",
        "trui-zoe,,,,,,Écru,,S,TZ-EC-S,1,64.95,,,",
        "trui-zoe,,,,,,,,,,,,,b.jpg,",
        "sjaal,Sjaal,,Van Wijk,Accessoires,Title,Default Title,,,SJ-1,9,24.50,,,draft",
        header=header,
    )
    found = bring_in(content, shop)
    assert (found["articles"], found["variants"]) == (2, 4)
    trui, sjaal = Article.objects.get(number="trui-zoe"), Article.objects.get(number="sjaal")
    assert (trui.name, trui.brand.name, trui.group.path) == ("Trui Zoë", "Noordzij", "Truien")
    assert variants("trui-zoe") == [("Zwart", "S"), ("Zwart", "XL"), ("Écru", "S")]
    dear = Variant.objects.get(article=trui, colour__label="Écru")
    assert (trui.sales_price.amount, dear.own_price.amount) == (Decimal("59.95"), Decimal("64.95"))
    assert set(Barcode.objects.filter(variant__article=trui).values_list("code", flat=True)) == {
        "2900000000018", "2900000000025", "TZ-ZW-XL", "TZ-ZW-S", "TZ-EC-S",
    }  # fmt: skip
    assert (variants("sjaal"), sjaal.active, sjaal.matrix) == ([("", "")], False, False)
    again = bring_in(content, shop)
    assert (again["created"], again["updated"]) == (0, 0)


def test_size_may_be_the_first_option_and_names_dutch(shop):
    header = "Artikelnummer;Naam;Prijs;Optie 1: naam;Optie 1: waarde;Optie 2: naam;Optie 2: waarde"
    bring_in(csv("A1;Broek;79,95;Maat;32;Kleur;Navy", "A1;;;;30;;Navy", header=header), shop)
    assert variants("A1") == [("Navy", "30"), ("Navy", "32")]
    assert Article.objects.get().sales_price.amount == Decimal("79.95")


def test_any_column_can_feed_any_field_and_the_mapping_is_proposed_for_the_same_header(shop):
    importer = importer_of("articles")
    content = csv("A1;Broek;79,95", header="Code X;Wat;Kost")
    assert set(mapping.recognise(importer, ["Code X", "Wat", "Kost"]).values()) == {""}
    columns = {"Code X": "number", "Wat": "name", "Kost": "price"}
    bring_in(content, shop, columns=columns)
    assert Article.objects.get().name == "Broek"
    mapping.keep(importer, "Leverancier X", columns)
    assert mapping.propose(importer, ["Kost", "Code X", "Wat"]) == (columns, "Leverancier X")
    assert mapping.propose(importer, ["Kost", "Code X"])[1] == ""


def test_a_second_file_updates_price_stock_and_name_only_where_they_differ(shop):
    bring_in(csv(ONE, "TR1;Trui;Zwart;L;2900000000025;59,95;21;3"), shop)
    other = factories.branch("Amersfoort")
    found = bring_in(
        csv("TR1;Trui Zoë;Zwart;M;2900000000018;49,95;21;1", "TR1;;Zwart;L;2900000000025;49,95;21;3"), shop
    )
    assert (found["created"], found["articles_changed"], found["variants_changed"], found["stock_moves"]) == (
        0,
        1,
        1,
        1,
    )
    article = Article.objects.get()
    assert (article.name, article.sales_price.amount) == ("Trui Zoë", Decimal("49.95"))
    assert article.search_text.startswith("tr1 trui zoe")
    assert StockMove.objects.order_by("-pk")[0].quantity == -3
    assert not StockLevel.objects.filter(branch=other).exists()


def test_a_file_about_stock_alone_leaves_the_rest(shop):
    bring_in(csv(ONE), shop)
    found = bring_in(csv("TR1;zwart;m;7", header="artikelnummer;kleur;maat;voorraad"), shop)
    assert (found["created"], found["articles_changed"], found["stock_moves"]) == (0, 0, 1)
    assert StockLevel.objects.get().on_hand == 7
    assert Article.objects.get().sales_price.amount == Decimal("59.95")


def test_an_article_that_gets_another_size_moves_to_a_range_that_has_it(shop):
    bring_in(csv(ONE, "TR2;Vest;Zwart;M;;59,95;21;0"), shop)
    bring_in(csv("TR1;Trui;Zwart;XS;;59,95;21;0"), shop)
    first, second = Article.objects.get(number="TR1"), Article.objects.get(number="TR2")
    assert (sizes_of(first), sizes_of(second)) == (["XS", "M"], ["M"])
    assert variants("TR1") == [("Zwart", "XS"), ("Zwart", "M")]
    assert set(Variant.objects.filter(article=first).values_list("size__size_range", flat=True)) == {
        first.size_range_id
    }
    assert Barcode.objects.get(code="2900000000018").variant.article == first


def test_a_named_range_is_used_and_grows_in_order(shop):
    header = "artikelnummer;omschrijving;maat;verkoopprijs;maatbalk"
    bring_in(csv("A;Broek;32;10;Jeans", "A;;28;;", "B;Broek 2;30;10;jeans", header=header), shop)
    assert [s.label for s in SizeRange.objects.get(name="Jeans").sizes.all()] == ["28", "30", "32"]
    assert SizeRange.objects.count() == 1
