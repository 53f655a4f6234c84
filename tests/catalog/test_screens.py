"""Artikelen and the set-up of articles as an employee sees them."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from backoffice.catalog.models import Article, Barcode, Colour, Size, Variant, VatRate
from backoffice.core.keys import new_key
from tests import factories
from tests.core.test_pictures import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def utrecht():
    return factories.branch("Utrecht")


def as_(employee) -> Client:
    client = Client()
    client.force_login(employee, backend="backoffice.relations.backends.DeskBackend")
    return client


@pytest.fixture
def client(utrecht):
    factories.vat_rates()
    return as_(factories.employee("admin", home_branch=utrecht))


def numbers(client, **query) -> list[str]:
    response = client.get(reverse("catalog:articles"), query)
    assert response.status_code == 200
    return [article.number for article in response.context["page"].rows]


@pytest.fixture
def shop(utrecht):
    zwolle = factories.branch("Zwolle")
    factories.article("70402", "Chelsea boot Loods", colours=["Zwart", "Cognac"], sizes=[36, 37], brand="Stap",
                      group="Dames/Laarzen", stock={utrecht: 3, zwolle: 40})  # fmt: skip
    factories.article("80100", "Riem Leest", brand="Leest", group="Heren", stock={zwolle: 2})
    factories.article("90100", "Crêpe sjaal", brand="Stap", group="Dames", active=False)


@pytest.mark.parametrize(
    "text, found",
    [("boot", ["70402"]), ("BOOT loods", ["70402"]), ("stap", ["70402", "90100"]), ("crepe", ["90100"]),
     ("80100", ["80100"]),
     ("chelsey boot", ["70402"]), ("zeppelin", []), ("%", [])],
)  # fmt: skip
def test_articles_are_found_by_words_number_and_likeness(client, shop, text, found):
    assert numbers(client, q=text) == found


def test_an_article_is_found_by_the_barcode_of_a_variant_or_of_its_own(client, shop):
    assert numbers(client, q=Barcode.objects.filter(variant__article__number="70402").last().code) == ["70402"]
    Barcode.objects.create(code="4006381333931", article=Article.objects.get(number="80100"))
    assert numbers(client, q="4006381333931") == ["80100"]


@pytest.mark.parametrize(
    "query, found",
    [({"group": "Dames"}, ["70402", "90100"]), ({"group": "Dames/Laarzen"}, ["70402"]), ({"group": "Dam"}, []),
     ({"active": "no"}, ["90100"]), ({"active": "yes"}, ["70402", "80100"]), ({"stock": "yes"}, ["70402"]),
     ({"sort": "number"}, ["70402", "80100", "90100"]), ({"sort": "-number"}, ["90100", "80100", "70402"]),
     ({"sort": "-name"}, ["80100", "90100", "70402"]), ({"sort": "; drop"}, ["70402", "90100", "80100"]),
     ({"brand": "x", "after": "x"}, ["70402", "90100", "80100"])],
)  # fmt: skip
def test_articles_are_filtered_and_sorted(client, shop, query, found):
    assert numbers(client, **query) == found


def test_the_list_shows_variants_and_the_stock_of_ones_own_branch(client, shop):
    row = client.get(reverse("catalog:articles"), {"q": "70402"}).context["page"].rows[0]
    assert (row.variant_count, row.on_hand) == (4, 12)


def test_the_list_turns_its_pages_and_takes_as_many_statements_for_fifty_as_for_one(
    client, utrecht, django_assert_max_num_queries
):
    for number in range(1, 121):
        factories.article(f"{number:05d}", f"Hemd {number:03d}", brand="Vaart", group="Heren", stock={utrecht: 1})
    url = reverse("catalog:articles")
    client.get(url)
    with django_assert_max_num_queries(14):
        first = client.get(url).context["page"]
    second = client.get(url, {"after": first.after}).context["page"]
    third = client.get(url, {"after": second.after}).context["page"]
    assert [page.rows[0].number for page in (first, second, third)] == ["00001", "00051", "00101"]
    assert [len(page.rows) for page in (first, second, third)] == [50, 50, 20]
    assert third.after is None
    assert client.get(url, {"before": third.before}).context["page"].rows[0].number == "00051"


def test_the_article_page_shows_the_stock_of_the_chosen_branch_or_of_all(client, shop, utrecht):
    boot = Article.objects.get(number="70402")
    url = reverse("catalog:article", args=[boot.pk])
    assert client.get(url).context["grid"].total == 12
    assert client.get(url, {"branch": "all"}).context["grid"].total == 172
    rows = client.get(url).context["grid"].rows
    assert [(row.colour, row.total) for row in rows] == [("Zwart", 6), ("Cognac", 6)]
    assert client.get(reverse("catalog:article", args=[0])).status_code == 404


@pytest.mark.parametrize("sizes", [1, 40])
def test_the_article_page_takes_as_many_statements_for_forty_sizes_as_for_one(
    client, utrecht, django_assert_max_num_queries, sizes
):
    boot = factories.article("70402", colours=["Zwart", "Navy"], sizes=range(sizes), stock={utrecht: 1})
    with django_assert_max_num_queries(14):
        response = client.get(reverse("catalog:article", args=[boot.pk]))
    assert response.context["grid"].total == 2 * sizes


def test_a_cell_that_does_not_exist_is_hatched_and_can_be_made(client):
    boot = factories.article("70402", colours=["Zwart", "Taupe"], sizes=[36, 37])
    taupe = factories.variant(boot, "Taupe", "36")
    values = {"place": f"{taupe.colour_id}-{taupe.size_id}", "key": new_key()}
    taupe.delete()
    page = reverse("catalog:article", args=[boot.pk])
    assert 'Maken<span class="sr"> Taupe 36</span>' in client.get(page).content.decode()
    response = client.post(reverse("catalog:variant_add", args=[boot.pk]), values)
    assert (response.status_code, response.url.split("?")[0]) == (302, page)
    assert boot.variants.count() == 4


def article_form(**changes) -> dict:
    return {
        "number": "70402", "name": "Chelsea boot", "brand": "Stap", "group": "Dames", "sales_price": "149,95",
        "vat_code": "high", "active": "on", "stocked": "on", "key": new_key(),
    } | changes  # fmt: skip


def test_nieuw_artikel_makes_its_variants_and_opens_it(client):
    bar = factories.size_range("Schoenen", [36, 37])
    values = article_form(size_range=bar.pk, colours=[factories.colour("Zwart").pk, factories.colour("Navy").pk])
    response = client.post(reverse("catalog:article_new"), values)
    boot = Article.objects.get()
    assert (response.status_code, response.url) == (302, reverse("catalog:article", args=[boot.pk]))
    assert (boot.sales_price.amount, boot.variants.count(), boot.active, boot.fractions) == (
        Decimal("149.95"),
        4,
        True,
        False,
    )


@pytest.mark.parametrize(
    "changes, field",
    [({"sales_price": "-1"}, "sales_price"), ({"sales_price": "veel"}, "sales_price"), ({"name": ""}, "name"),
     ({"number": "80100"}, "number"), ({"vat_code": "half"}, "vat_code"), ({"size_range": "999999"}, "size_range")],
)  # fmt: skip
def test_a_wrong_form_comes_back_with_what_was_typed(client, changes, field):
    factories.article("80100")
    response = client.post(reverse("catalog:article_new"), article_form(**changes))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert 'value="Stap"' in response.content.decode()
    assert Article.objects.count() == 1


def test_unticking_a_colour_takes_it_away(client):
    boot = factories.article("70402", colours=["Zwart", "Navy"], sizes=[36], brand="Stap", group="Dames")
    page = client.get(reverse("catalog:article_edit", args=[boot.pk])).context["form"]
    assert [colour.label for colour in page.initial["colours"]] == ["Zwart", "Navy"]
    values = article_form(revision=1, size_range=boot.size_range_id, colours=[Colour.objects.get(label="Zwart").pk])
    assert client.post(reverse("catalog:article_edit", args=[boot.pk]), values).status_code == 302
    assert [variant.colour.label for variant in boot.variants.all()] == ["Zwart"]


def test_a_picture_is_kept_shown_and_taken_away(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    url, belt = reverse("catalog:article_new"), None
    assert client.post(url, article_form(image=SimpleUploadedFile("foto.png", picture()))).status_code == 302
    belt = Article.objects.get()
    shown = client.get(reverse("catalog:image", args=[belt.pk]))
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
    assert shown.getvalue()[:4] == b"\x89PNG"
    edit = reverse("catalog:article_edit", args=[belt.pk])
    client.post(edit, article_form(revision=1))
    assert Article.objects.get().image.name == belt.image.name
    client.post(edit, article_form(revision=2, **{"image-clear": "on"}))
    assert Article.objects.get().image.name == ""
    assert client.get(reverse("catalog:image", args=[belt.pk])).status_code == 404


def test_a_file_that_is_no_picture_is_refused_at_its_field(client):
    upload = SimpleUploadedFile("foto.png", b"<svg/>", content_type="image/png")
    response = client.post(reverse("catalog:article_new"), article_form(image=upload))
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["image"])
    assert Article.objects.count() == 0


def variant_post(client, variant, **values):
    values = {"codes": "", "own_price": "", "active": "on", "key": new_key()} | values
    values = {name: value for name, value in values.items() if value is not None}
    return client.post(reverse("catalog:variant", args=[variant.pk]), values, headers={"HX-Request": "true"})


def test_a_row_of_the_table_saves_codes_price_and_off(client):
    variant = factories.article("80100").variants.get()
    assert variant_post(client, variant, codes="4006381333931, X-1", own_price="12,50", active=None).status_code == 200
    variant.refresh_from_db()
    assert {b.code for b in variant.barcodes.all()} == {"4006381333931", "X-1"}
    assert (variant.own_price.amount, variant.active) == (Decimal("12.50"), False)


@pytest.mark.parametrize(
    "values, sentence",
    [({"codes": "4006381333932"}, "Het controlecijfer van 4006381333932 klopt niet."), ({"own_price": "-5"}, "-5")],
)
def test_a_wrong_row_comes_back_with_what_was_typed(client, values, sentence):
    variant = factories.article("80100").variants.get()
    code = factories.code_of(variant)
    response = variant_post(client, variant, **values)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert f'value="{next(iter(values.values()))}"' in response.content.decode()
    variant.refresh_from_db()
    assert (factories.code_of(variant), variant.own_price) == (code, None)


def test_a_row_keeps_showing_the_branch_that_was_chosen(client, utrecht):
    zwolle = factories.branch("Zwolle")
    variant = factories.article("80100", stock={utrecht: 3, zwolle: 41}).variants.get()
    url = f"{reverse('catalog:variant', args=[variant.pk])}?branch={zwolle.pk}"
    response = client.post(url, {"codes": "", "own_price": "", "active": "on", "key": new_key()})
    assert response.context["cell"].on_hand == 41


def test_a_seller_sees_articles_and_changes_nothing(utrecht):
    seller = as_(factories.employee("seller", utrecht))
    belt = factories.article("80100", "Riem")
    page = seller.get(reverse("catalog:article", args=[belt.pk]))
    assert page.status_code == 200
    assert "Wijzigen" not in page.content.decode()
    assert seller.get(reverse("catalog:article_new")).status_code == 403
    assert seller.post(reverse("catalog:article_edit", args=[belt.pk]), article_form()).status_code == 403
    assert variant_post(seller, belt.variants.get(), active=None).status_code == 403
    assert seller.post(reverse("catalog:variant_add", args=[belt.pk]), {"key": new_key()}).status_code == 403
    assert seller.get(reverse("catalog:colours")).status_code == 403
    assert (Article.objects.get().name, Variant.objects.get().active) == ("Riem", True)


@pytest.mark.parametrize("name", ["colours", "brands", "groups", "vat_rates", "size_ranges"])
def test_the_set_up_lists_open_with_what_they_hold(client, shop, name):
    response = client.get(reverse(f"catalog:{name}"))
    assert response.status_code == 200
    row = response.context["rows"][0]
    assert client.get(row["url"]).status_code == 200


def test_a_rate_that_ends_before_it_begins_is_refused_with_the_field_marked(client):
    values = {"code": "new", "name": "Nieuw", "percent": "5", "valid_from": "02-01-2027", "valid_to": "01-01-2027"}
    response = client.post(reverse("catalog:vat_rate_new"), values | {"key": new_key()})
    assert response.status_code == 422
    assert "Kies een latere datum" in str(response.context["form"].errors["valid_to"])
    days = {"valid_from": "2027-01-02", "valid_to": "2027-01-01"}
    in_admin = client.post(reverse("admin:catalog_vatrate_add"), values | days)
    assert in_admin.status_code == 200 and not VatRate.objects.filter(code="new").exists()


def test_a_rate_that_overlaps_another_is_refused_with_the_sentence(client):
    values = {"code": "high", "name": "Hoog 22 %", "percent": "22", "valid_from": "01-01-2027", "key": new_key()}
    response = client.post(reverse("catalog:vat_rate_new"), values)
    assert response.status_code == 422
    assert "De geldigheid overlapt die van een ander tarief met deze code." in response.content.decode()
    assert VatRate.objects.filter(code="high").count() == 1


def test_a_new_rate_follows_the_old_one(client):
    old = VatRate.objects.get(code="high")
    ends = {"code": "high", "name": "Hoog 21 %", "percent": "21", "valid_from": "01-01-2019", "valid_to": "31-12-2026"}
    assert client.post(reverse("catalog:vat_rate", args=[old.pk]), ends | {"key": new_key()}).status_code == 302
    values = {"code": "high", "name": "Hoog 22 %", "percent": "22", "valid_from": "01-01-2027", "key": new_key()}
    assert client.post(reverse("catalog:vat_rate_new"), values).status_code == 302
    assert VatRate.objects.filter(code="high").count() == 2


def test_a_change_of_a_rate_says_what_lines_of_earlier_orders_do(client):
    page = client.get(reverse("catalog:vat_rate_new")).content.decode()
    assert "Regels van eerdere orders die nog niet geleverd zijn" in page
    assert "nemen dit tarief bij hun levering" in page and "houden het tarief van hun order" in page
    values = {"code": "new", "name": "Nieuw 5 %", "percent": "5", "valid_from": "01-01-2027", "undelivered": "keep"}
    assert client.post(reverse("catalog:vat_rate_new"), values | {"key": new_key()}).status_code == 302
    rate = VatRate.objects.get(code="new")
    assert rate.undelivered == "keep"
    assert "houden het tarief van hun order" in client.get(reverse("catalog:vat_rates")).content.decode()
    del values["undelivered"]
    url = reverse("catalog:vat_rate", args=[rate.pk])
    assert client.post(url, values | {"percent": "6", "key": new_key()}).status_code == 302
    rate.refresh_from_db()
    assert (rate.percent, rate.undelivered) == (6, "keep")
    wrong = client.post(url, values | {"undelivered": "soms", "key": new_key()})
    assert wrong.status_code == 422 and VatRate.objects.get(code="new").undelivered == "keep"


def test_a_colour_has_a_code_of_six_digits(client):
    values = {"label": "Navy", "hex": "blauw", "key": new_key()}
    assert client.post(reverse("catalog:colour_new"), values).status_code == 422
    assert Colour.objects.count() == 0
    assert client.post(reverse("catalog:colour_new"), values | {"hex": "#1d2a4d"}).status_code == 302
    assert Colour.objects.get().hex == "#1d2a4d"


def test_a_size_range_keeps_the_order_typed_and_the_sizes_in_use(client):
    boot = factories.article("70402", colours=["Zwart"], sizes=["S", "M"])
    url = reverse("catalog:size_range", args=[boot.size_range_id])
    values = {"name": "Kleding", "sizes": "XS\nS\n\nM\nL", "key": new_key()}
    assert client.post(url, values).status_code == 302
    assert list(Size.objects.values_list("label", flat=True)) == ["XS", "S", "M", "L"]
    refused = client.post(url, {"name": "Kleding", "sizes": "XS\nM", "key": new_key()})
    assert refused.status_code == 422
    assert f"Maat S is in gebruik bij {boot}." in refused.content.decode()
    assert Size.objects.count() == 4
