"""The screens of stock: the list, one article, the card."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.catalog import stock
from tests import factories
from tests.markup import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(client):
    utrecht, zwolle = factories.branch("Utrecht"), factories.branch("Zwolle")
    manager = factories.employee("manager", utrecht, name="Joris van Dam")
    client.force_login(manager)
    shirt = factories.article("48211", "Overhemd", colours=["Wit"], sizes=["40", "42"])
    factories.article("90140", "Inkorten", stocked=False)
    belt = factories.article("30001", "Riem").variants.get()
    small = factories.variant(shirt, "Wit", "40")
    for place, pieces in ((utrecht, 5), (zwolle, 2)):
        stock.move(place, [(small.pk, Decimal(pieces))], reason="opening", source="Begin", employee=manager)
    stock.change(utrecht, reserved=[(small.pk, Decimal(3)), (belt.pk, Decimal(1))])
    return utrecht, zwolle, manager, shirt, small, belt


def rows(page) -> list[tuple]:
    return [(a.name, a.on_hand, a.reserved, a.free) for a in page.context["page"].rows]


def test_the_list_shows_ones_own_branch_or_all_and_what_is_short(client, shop):
    url = reverse("catalog:stock")
    assert rows(client.get(url)) == [("Overhemd", 5, 3, 2), ("Riem", 0, 1, -1)]
    assert rows(client.get(url, {"branch": "all"})) == [("Overhemd", 7, 3, 4), ("Riem", 0, 1, -1)]
    assert rows(client.get(url, {"branch": shop[1].pk, "q": "overhemd"})) == [("Overhemd", 2, 0, 2)]
    assert rows(client.get(url, {"short": "yes"})) == [("Riem", 0, 1, -1)]
    assert rows(client.get(url, {"short": "yes", "branch": shop[1].pk})) == []


def test_an_article_shows_each_variant_at_each_branch(client, shop):
    _utrecht, zwolle, _manager, shirt, _small, _belt = shop
    page = client.get(reverse("catalog:stock_article", args=[shirt.pk]))
    found = [
        [(branch.name, level.on_hand, level.reserved, level.free) for branch, level in shelf.places]
        for shelf in page.context["shelves"]
    ]
    assert found == [[("Utrecht", 5, 3, 2), ("Zwolle", 2, 0, 2)], [("Utrecht", 0, 0, 0), ("Zwolle", 0, 0, 0)]]
    assert page.context["may_correct"] is True
    assert client.get(f"{page.request['PATH_INFO']}?branch={zwolle.pk}").context["may_correct"] is False


def test_the_menu_of_branches_to_work_in_is_the_same_on_a_page_with_branches_of_its_own(client, shop):
    _utrecht, _zwolle, _manager, shirt, _small, _belt = shop
    client.force_login(factories.employee("admin", _utrecht))
    for address in (reverse("catalog:stock"), reverse("catalog:stock_article", args=[shirt.pk])):
        menu = re.search(r'id="branch-menu".*?</section>', compact(client.get(address)), re.DOTALL)[0]
        assert re.findall(r'name="branch" value="\d+"[^>]*>([^<]+)</button>', menu) == ["Utrecht", "Zwolle"]


def test_the_card_says_what_was_there_after_each_move(client, shop):
    utrecht, _zwolle, manager, _shirt, small, _belt = shop
    for number in range(60):
        stock.move(utrecht, [(small.pk, Decimal(1 if number % 2 else -1))], reason="count", source="", employee=manager)
    url = reverse("catalog:stock_card", args=[small.pk])
    first = client.get(url)
    assert [(m.quantity, m.balance) for m in first.context["moves"][:3]] == [(1, 5), (-1, 4), (1, 5)]
    second = client.get(url, {"after": first.context["page"].after})
    assert len(second.context["moves"]) == 11
    assert (second.context["moves"][-1].quantity, second.context["moves"][-1].balance) == (5, 5)
    assert [m.balance for m in client.get(url, {"branch": shop[1].pk}).context["moves"]] == [2]


def test_statements_do_not_depend_on_the_number_of_rows(client, shop, django_assert_max_num_queries):
    for number in range(30):
        factories.article(f"7{number:04d}", f"Sok {number}", stock={shop[0]: 3})
    client.get(reverse("catalog:stock"))
    with django_assert_max_num_queries(12):
        assert len(client.get(reverse("catalog:stock")).context["page"].rows) == 32
