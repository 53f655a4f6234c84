"""The one search everywhere: what is exactly meant first, then orders, customers and articles by words."""

import re

import pytest
from django.urls import reverse

from sales.models import SalesOrder
from sales.services import confirming, drafts
from tests import factories
from tests.markup import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return factories.employee("office", factories.branch("Utrecht"))


@pytest.fixture
def browser(client, office):
    client.force_login(office)
    return client


@pytest.fixture
def order(office):
    """A confirmed order of Anna Vermeer for an Oxford shirt."""
    shirt = factories.article("48211", "Oxford-overhemd Kade", colours=["Wit"], sizes=["40"], brand="Wolff")
    draft = factories.draft(
        employee=office, customer=factories.customer("Vermeer"), items=[(factories.variant(shirt), 1)]
    )
    drafts.set_header(order_id=draft.pk, revision=None, values={"subject": "Trouwpak oxford"}, employee=office)
    return confirming.confirm(order_id=draft.pk, employee=office)


def found(browser, text):
    """(what stands in the list, where it goes) in order; a group's name goes nowhere."""
    page = compact(browser.get(reverse("search"), {"q": text}, headers={"HX-Request": "true"}))
    rows = re.findall(r'class="group"[^>]*>([^<]+)<|data-label="([^"]+)" data-href="([^"]+)"', page)
    return [group or (label, url) for group, label, url in rows]


def test_an_exact_number_or_barcode_stands_first_and_goes_straight_there(browser, order):
    shirt, customer = factories.Article.objects.get(), order.customer
    code = factories.code_of(factories.variant(shirt))
    exact = {
        order.number: reverse("sales:order", args=[order.pk]),
        order.number.lower(): reverse("sales:order", args=[order.pk]),
        "48211": reverse("catalog:article", args=[shirt.pk]),
        code: reverse("catalog:article", args=[shirt.pk]),
        str(customer.number): reverse("relations:customer", args=[customer.pk]),
    }
    for text, url in exact.items():
        assert found(browser, text)[0][1] == url, text
        assert browser.get(reverse("search"), {"q": text}).url == url, text


def test_words_find_orders_customers_and_articles_each_under_its_name(browser, order):
    labels = [row if isinstance(row, str) else row[0] for row in found(browser, "oxford")]
    assert labels == ["Verkooporders", f"{order.number} · Anna Vermeer", "Artikelen", "48211 · Oxford-overhemd Kade"]
    assert [row for row in found(browser, "vermeer anna") if isinstance(row, str)] == ["Verkooporders", "Debiteuren"]


def test_at_most_five_of_a_kind_in_few_statements_whatever_there_is(browser, django_assert_max_num_queries):
    for at in range(8):
        factories.customer(f"Vermeer {at}")
        factories.article(name=f"Vermeer jas {at}")
    with django_assert_max_num_queries(11):  # who and roles (3), four exact, three by words with their addresses
        rows = found(browser, "vermeer")
    assert [row for row in rows if isinstance(row, str)] == ["Debiteuren", "Artikelen"]
    assert len(rows) == 2 + 5 + 5


def test_an_order_of_another_branch_is_not_found(client, order):
    client.force_login(factories.employee("seller", factories.branch("Zeist")))
    assert not any("VO-" in str(row) for row in found(client, order.number) + found(client, "trouwpak"))
    assert SalesOrder.objects.get(pk=order.pk).search_text.count("trouwpak") == 1


def test_nothing_typed_or_nothing_found_is_an_empty_list(browser, order):
    for text in ("", "   ", "zzzzqqqq", "%", "\x00", "9" * 300):
        assert found(browser, text) == []
    assert "Niets gevonden" in browser.get(reverse("search"), {"q": "zzzzqqqq"}).content.decode()
