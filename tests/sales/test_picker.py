"""Meerdere artikelen toevoegen: searching, and adding everything that was chosen at once, all or none."""

import re
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.catalog.models import ArticleGroup, Barcode
from sales.models import SalesOrder
from tests import factories
from tests.markup import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def utrecht():
    return factories.branch("Utrecht")


@pytest.fixture
def sanne(utrecht):
    return factories.employee("office", utrecht)


@pytest.fixture
def order(sanne):
    return factories.draft(employee=sanne)


@pytest.fixture
def desk(client, sanne):
    client.force_login(sanne)
    return client


def search(desk, order, **asked) -> str:
    return compact(desk.get(reverse("sales:picker_results", args=[order.pk]), asked))


def names(page: str) -> list[str]:
    """The articles found, in order."""
    return re.findall(r'(?:class="name">|data-unfold>.*?</svg>)([^<]+)<', page)


def add(desk, order, items: dict):
    values = {"key": uuid.uuid4()} | {f"item-{variant.pk}": text for variant, text in items.items()}
    return desk.post(reverse("sales:picker", args=[order.pk]), values, headers={"HX-Request": "true"})


def content(order) -> list[tuple]:
    rows = order.lines.order_by("position")
    return [(line.description, line.size_label, line.quantity, line.line_total.amount) for line in rows]


def test_three_articles_are_added_at_once(desk, order):
    belt, scarf = factories.article("R1", "Riem", "20.00"), factories.article("S1", "Sjaal", "35.50")
    shirt = factories.article("48211", "Overhemd Kade", "49.95", colours=["Wit"], sizes=["40", "42"])
    items = {factories.variant(belt): "1", factories.variant(scarf): "2", factories.variant(shirt, "Wit", "42"): "3"}

    response = add(desk, order, items)

    assert response.status_code == 200
    assert "dialog:close" in response.headers["HX-Trigger"]
    assert content(order) == [
        ("Riem", "", 1, Decimal("20.00")),
        ("Sjaal", "", 2, Decimal("71.00")),
        ("Overhemd Kade", "42", 3, Decimal("149.85")),
    ]
    assert SalesOrder.objects.get(pk=order.pk).gross.amount == Decimal("240.85")


def test_one_that_is_no_longer_sold_refuses_all_names_it_and_keeps_what_was_chosen(desk, order):
    belt, scarf = factories.article("R1", "Riem"), factories.article("S1", "Sjaal")
    chosen = {factories.variant(belt): "1", factories.variant(scarf): "2"}
    type(scarf).objects.filter(pk=scarf.pk).update(active=False)

    response = add(desk, order, chosen)

    page = compact(response)
    assert response.status_code == 422
    assert "Sjaal: dit artikel is niet meer te verkopen." in page
    assert re.findall(r'name="item-\d+"[^>]* value="(\d)"', page) == ["1", "2"]
    assert re.findall(r'aria-label="Gekozen aantal (\w+)" aria-invalid="true"', page) == ["Sjaal"]
    assert content(order) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("veel", "“veel” is geen aantal."),
        ("0", "Het aantal moet hoger zijn dan nul."),
        ("1,5", "Riem: Dit artikel gaat per heel stuk."),
        ("8711234567890", "lijkt op een barcode"),
    ],
)
def test_a_quantity_that_cannot_be_is_marked_at_its_article(desk, order, typed, sentence):
    belt = factories.variant(factories.article("R1", "Riem"))
    response = add(desk, order, {belt: typed})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert f'value="{typed}"' in response.content.decode()
    assert content(order) == []


def test_nothing_chosen_is_refused_in_words(desk, order):
    response = add(desk, order, {})
    assert response.status_code == 422
    assert "Kies ten minste één artikel en een aantal." in response.content.decode()


def test_an_article_of_nobody_is_refused_and_nothing_is_added(desk, order):
    belt = factories.variant(factories.article("R1", "Riem"))
    response = desk.post(
        reverse("sales:picker", args=[order.pk]), {"key": uuid.uuid4(), f"item-{belt.pk}": "1", "item-999999": "1"}
    )
    assert response.status_code == 422
    assert "Onbekend artikel" in response.content.decode()
    assert content(order) == []


def test_search_finds_words_then_what_resembles_them(desk, order):
    factories.article("R1", "Leren riem")
    factories.article("R2", "Riem van stof")
    factories.article("S1", "Sjaal")
    assert names(search(desk, order, q="riem")) == ["Leren riem", "Riem van stof"]
    assert names(search(desk, order, q="sjaall")) == ["Sjaal"]
    assert names(search(desk, order, q="fiets")) == []
    assert "Niets gevonden" in search(desk, order, q="fiets")


def test_the_exact_number_and_the_barcode_of_a_size_come_first(desk, order):
    shirt = factories.article("48211", "Overhemd", colours=["Wit"], sizes=["40"])
    factories.article("99", "Armband 48211")
    Barcode.objects.create(code="WINKEL-7", article=factories.article("S1", "Sjaal"))
    assert names(search(desk, order, q="48211")) == ["Overhemd", "Armband 48211"]
    assert names(search(desk, order, q=factories.code_of(factories.variant(shirt, "Wit", "40")))) == ["Overhemd"]
    assert names(search(desk, order, q="WINKEL-7")) == ["Sjaal"]


def test_the_group_filter_takes_the_groups_below_it_and_stock_is_that_of_the_branch(desk, order, utrecht):
    ladies = ArticleGroup.objects.create(path="Dames")
    zwolle = factories.branch("Zwolle")
    factories.article("D1", "Broek", group="Dames/Broeken", stock={utrecht: 2})
    factories.article("D2", "Jurk", group="Dames", stock={zwolle: 5})
    factories.article("H1", "Das", group="Heren", stock={utrecht: 5})
    factories.article("D3", "Zoom inkorten", group="Dames", stocked=False)
    inactive = factories.article("D4", "Hoed", group="Dames", stock={utrecht: 5})
    type(inactive).objects.filter(pk=inactive.pk).update(active=False)
    assert names(search(desk, order, groep=ladies.pk)) == ["Broek", "Jurk", "Zoom inkorten"]
    page = search(desk, order, groep=ladies.pk, voorraad="1")
    assert names(page) == ["Broek", "Zoom inkorten"]
    assert re.findall(r'class="num free"[^>]*>([^<]+)<', page) == ["2", "–"]


def test_fifty_at_a_time_and_further_on_from_the_last_in_few_statements(
    desk, order, utrecht, django_assert_max_num_queries
):
    for n in range(60):
        factories.article(f"N{n:03}", f"Artikel {n:03}", stock={utrecht: 1})
    with django_assert_max_num_queries(3 + 1 + 2):  # who it is, the order, the articles, their variants and stock
        first = search(desk, order)
    assert names(first) == [f"Artikel {n:03}" for n in range(50)]
    after = re.search(r'"na": "(\d+)"', first)[1]
    with django_assert_max_num_queries(3 + 1 + 3):  # and the row to go on from
        second = search(desk, order, na=after)
    assert names(second) == [f"Artikel {n:03}" for n in range(50, 60)]
    assert "Meer artikelen" not in second


def test_a_colour_and_size_article_unfolds_what_is_sold_with_its_free_stock(desk, order, utrecht):
    shirt = factories.article("48211", "Overhemd", colours=["Wit", "Navy"], sizes=["40", "42"], stock={utrecht: 4})
    shirt.variants.filter(colour__label="Navy", size__label="42").update(active=False)
    page = compact(desk.get(reverse("sales:picker_variants", args=[order.pk, shirt.pk])))
    assert re.findall(r'aria-label="([^"]+)"[^>]* value=""[^>]* data-free="4"', page) == [
        "Aantal Overhemd Wit 40", "Aantal Overhemd Wit 42", "Aantal Overhemd Navy 40",
    ]  # fmt: skip
    assert "Navy 42 bestaat niet" in page


def test_the_dialog_is_not_there_for_another_branch(client, order):
    client.force_login(factories.employee("seller", factories.branch("Zwolle")))
    assert client.get(reverse("sales:picker", args=[order.pk])).status_code == 404
