"""The list Verkooporders: what it shows, to whom, in which order, and at what cost."""

import re
import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sales import lists
from sales.models import SalesOrder
from sales.services import confirming, drafts, lines
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


@pytest.fixture
def shop():
    """Two branches, one article of 49,95, and a backoffice employee."""
    factories.vat_rates()
    factories.order_type()
    factories.delivery_method()

    class Shop:
        utrecht, zeist = factories.branch("Utrecht"), factories.branch("Zeist")
        office = factories.employee("office", utrecht)
        anna, hotel = factories.customer("Vermeer"), factories.customer("Zwaan")
        shirt = factories.article("48211", "Overhemd Kade", price="49.95")

        def order(self, day=DAY, *, customer=None, branch=None, pieces=1, confirm=True, **values):
            order = drafts.create(branch_id=(branch or self.utrecht).pk, employee=self.office)
            values = {"customer": (customer or self.anna).pk, "order_date": day, **values}
            values.setdefault("expected_delivery_date", day + timedelta(days=7))
            drafts.set_header(order_id=order.pk, revision=None, values=values, employee=self.office)
            variant = self.shirt.variants.get()
            order = lines.add(order_id=order.pk, items=[(variant.pk, Decimal(pieces))], employee=self.office)
            return confirming.confirm(order_id=order.pk, employee=self.office) if confirm else order

    return Shop()


def client(employee) -> Client:
    client = Client()
    client.force_login(employee, backend="backoffice.relations.backends.DeskBackend")
    return client


def shown(answer) -> list[str]:
    return [str(order) for order in answer.context["page"].rows]


def url(query: str = "sort=-date") -> str:
    return f"{reverse('sales:orders')}?{query}"


def test_the_newest_order_comes_first_and_a_draft_is_listed_as_concept(shop):
    first = shop.order(DAY)
    second = shop.order(DAY + timedelta(days=1))
    shop.order(DAY + timedelta(days=2), confirm=False)
    answer = client(shop.office).get(url())
    assert shown(answer) == ["Concept", second.number, first.number]
    assert "99,90" not in answer.content.decode()
    assert answer.content.decode().count("49,95") == 5  # three totals, two still to pay; a draft owes nothing


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [("total", "213"), ("-total", "312"), ("due", "321"), ("-due", "123"), ("number", "123"), ("-number", "321")],
)
def test_it_sorts_by_its_heads(shop, sort, numbers):
    for pieces, days in ((2, 30), (1, 20), (3, 10)):
        shop.order(pieces=pieces, expected_delivery_date=DAY + timedelta(days=days))
    answer = client(shop.office).get(url(f"sort={sort}"))
    assert [number[-1] for number in shown(answer)] == list(numbers)


def test_an_order_without_a_delivery_date_comes_after_all_others(shop):
    without = shop.order(expected_delivery_date=None)
    dated = shop.order(expected_delivery_date=DAY)
    assert shown(client(shop.office).get(url("sort=due"))) == [dated.number, without.number]


def test_filters_narrow_the_list_and_can_be_combined(shop):
    hotel = shop.order(DAY, customer=shop.hotel, subject="Bedrijfskleding")
    anna = shop.order(DAY + timedelta(days=3), branch=shop.zeist)
    shop.order(DAY, confirm=False)
    office = client(shop.office)
    assert shown(office.get(url("status=draft"))) == ["Concept"]
    assert shown(office.get(url("status=open"))) == [anna.number, hotel.number]
    assert shown(office.get(url(f"branch={shop.zeist.pk}"))) == [anna.number]
    assert shown(office.get(url(f"customer={shop.hotel.pk}&status=open"))) == [hotel.number]
    assert shown(office.get(url("from=04-11-2026&to=06-11-2026"))) == [anna.number]
    assert shown(office.get(url("payment=none"))) == [anna.number, hotel.number]
    assert shown(office.get(url("payment=paid"))) == []
    assert shown(office.get(url("q=bedrijfsk"))) == [hotel.number]
    assert shown(office.get(url(f"q={anna.number.lower()}"))) == [anna.number]


def test_a_period_is_chosen_beside_the_other_filters(shop):
    """The form of the period carries what else is asked, but for the page."""
    page = client(shop.office).get(url("status=open&q=vermeer&sort=total&after=12")).content.decode()
    form = re.search(r'id="filter-period" popover>(.*?)</form>', page, re.DOTALL)[1]
    kept = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    assert sorted(kept) == [("q", "vermeer"), ("sort", "total"), ("status", "open")]


def test_nonsense_in_the_url_is_no_filter(shop):
    order = shop.order()
    nonsense = "branch=x&status=nee&from=31-02-2026&sort=haar&payment=;--&customer=9999999999999999999999"
    assert shown(client(shop.office).get(url(nonsense))) == [order.number]


def test_pages_follow_each_other_and_come_back(shop, monkeypatch):
    monkeypatch.setattr(lists.paging.keyset, "__kwdefaults__", {**lists.paging.keyset.__kwdefaults__, "size": 2})
    numbers = [shop.order(DAY).number for _ in range(5)][::-1]
    office = client(shop.office)
    first = office.get(url())
    second = office.get(url(f"after={first.context['page'].after}"))
    third = office.get(url(f"after={second.context['page'].after}"))
    assert shown(first) + shown(second) + shown(third) == numbers
    assert third.context["page"].after is None
    assert shown(office.get(url(f"before={third.context['page'].before}"))) == numbers[2:4]


def test_a_seller_sees_only_the_orders_of_her_own_branch(shop):
    shop.order(branch=shop.utrecht)
    own = shop.order(branch=shop.zeist)
    seller = factories.employee("seller", shop.zeist)
    assert shown(client(seller).get(url())) == [own.number]


def test_filters_are_remembered_until_they_are_cleared(shop):
    office = client(shop.office)
    office.post(reverse("sales:orders_remember"), {"query": f"branch={shop.zeist.pk}&sort=-date&after=3"})
    answer = office.get(reverse("sales:orders"))
    assert answer.status_code == 302
    assert answer.url == url(f"branch={shop.zeist.pk}&sort=-date")
    assert office.get(url("sort=-date")).context["filters"].values == {}


def test_the_sums_say_what_is_open_late_and_left_to_pay(shop):
    shop.order(date(2026, 11, 2), pieces=2)
    shop.order(date(2099, 1, 1) - timedelta(days=26_000), expected_delivery_date=date(2099, 1, 1))
    shop.order(confirm=False)
    answer = client(shop.office).get(reverse("sales:orders_sums"))
    text = " ".join(answer.content.decode().split())
    assert "3 orders" in text
    assert "2 openstaand" in text
    assert "149,85 nog te betalen" in text.replace("\xa0", " ")


def test_the_list_costs_the_same_however_many_orders_it_shows(shop):
    office = client(shop.office)
    office.get(url())
    counts = []
    for orders in (1, 12):
        for _ in range(orders):
            shop.order()
        with CaptureQueriesContext(connection) as queries:
            office.get(url())
        counts.append(len([q for q in queries if "sales_" in q["sql"]]))
    assert counts == [1, 1]


def test_ticked_drafts_are_confirmed_one_by_one_with_a_result_per_row(shop):
    good = shop.order(confirm=False)
    empty = drafts.create(branch_id=shop.utrecht.pk, employee=shop.office, customer_id=shop.anna.pk)
    ticked = {"key": str(uuid.uuid4()), "order": [good.pk, empty.pk]}
    office = client(shop.office)
    for _twice in range(2):
        text = office.post(reverse("sales:confirm_many"), ticked).content.decode()
        assert "is bevestigd" in text
        assert "Voeg ten minste één regel toe." in text
        good.refresh_from_db()
        empty.refresh_from_db()
        assert (good.lifecycle, good.version, empty.lifecycle, empty.number) == ("confirmed", 1, "draft", "")
    assert SalesOrder.objects.filter(number__gt="").count() == 1
