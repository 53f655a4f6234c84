"""Debiteuren on the screen: list, page, forms and the dialog that other screens open."""

import json
import re
import uuid

import pytest
from django.urls import reverse

from backoffice.relations.models import Customer
from backoffice.relations.services import customers as service
from sales.services import drafts
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


def typed(**more):
    return {
        "key": str(uuid.uuid4()), "kind": "private", "first_name": "Zoë", "last_name": "Vermeer",
        "invoice-postcode": "3511ab", "invoice-house_number": "12", "invoice-city": "Utrecht", "invoice-country": "NL",
    } | more  # fmt: skip


def names(page):
    return re.findall(r'class="ref"[^>]*>([^<]+)<', page.content.decode())


def test_the_list_sorts_pages_and_filters_by_its_url(browser, django_assert_max_num_queries):
    for at in range(120):
        factories.customer(f"Klant {at:03d}", first_name="", blocked=at == 7, kind="business" if at == 8 else "private")
    url = reverse("relations:customers")
    with django_assert_max_num_queries(8):  # session, who, roles, branches, rows, addresses, count
        first = browser.get(url)
    assert names(first) == [f"Klant {at:03d}" for at in range(50)]
    assert "120 gevonden" in first.content.decode()
    second = browser.get(url, {"after": first.context["page"].after})
    assert names(second) == [f"Klant {at:03d}" for at in range(50, 100)]
    third = browser.get(url, {"after": second.context["page"].after})
    assert names(third) == [f"Klant {at:03d}" for at in range(100, 120)] and third.context["page"].after is None
    back = browser.get(url, {"before": third.context["page"].before})
    assert names(back) == names(second)
    assert browser.get(url, {"before": second.context["page"].before}).context["page"].before is None
    assert names(browser.get(url, {"sort": "-name"}))[:2] == ["Klant 119", "Klant 118"]
    assert names(browser.get(url, {"blocked": "yes"})) == ["Klant 007"]
    assert names(browser.get(url, {"kind": "business"})) == ["Klant 008"]
    factories.customer("Zilver", first_name="Anna")
    assert names(browser.get(url, {"q": "zilver anna"})) == ["Anna Zilver"]


def test_nonsense_in_the_url_of_the_list_is_ignored(browser):
    factories.customer()
    for query in (
        {"after": "x"},
        {"after": "9" * 40},
        {"before": "-1"},
        {"sort": "password"},
        {"kind": "x"},
        {"q": "%_\\"},
    ):
        assert browser.get(reverse("relations:customers"), query).status_code == 200


def test_a_new_customer_goes_to_its_page(browser):
    answer = browser.post(reverse("relations:customer_new"), typed(phone="06-12345678"))
    customer = Customer.objects.get()
    assert answer.url == reverse("relations:customer", args=[customer.pk])
    page = browser.get(answer.url).content.decode()
    assert "Zoë Vermeer" in page and "06 12345678" in page and "3511 AB Utrecht" in page and "10001" in page


def test_wrong_input_gives_the_form_back_as_it_was_typed(browser):
    answer = browser.post(
        reverse("relations:customer_new"),
        typed(phone="06", email="a@b", **{"invoice-postcode": "12", "note": "<b>stug</b>"}),
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and not Customer.objects.exists()
    assert 'value="06"' in page and 'value="a@b"' in page and 'value="12"' in page and "&lt;b&gt;stug" in page
    assert page.count('aria-invalid="true"') == 3
    assert "3 velden kloppen niet" in page


def test_a_likely_duplicate_is_offered_and_made_when_said_again(browser):
    browser.post(reverse("relations:customer_new"), typed())
    again = typed()
    asked = browser.post(reverse("relations:customer_new"), again)
    page = asked.content.decode()
    assert asked.status_code == 422 and "Toch nieuwe debiteur maken" in page and "Deze gebruiken" in page
    assert "10001 · Zoë Vermeer" in page
    browser.post(reverse("relations:customer_new"), again | {"confirmed": "1"})
    assert Customer.objects.count() == 2


def test_delivery_addresses_come_and_go_with_the_form(browser):
    row = browser.get(reverse("relations:customer_address_row")).content.decode()
    name = re.search(r'name="delivery" value="([0-9a-f]+)"', row)[1]
    delivery = {"delivery": name, f"delivery-{name}-city": "Amersfoort", f"delivery-{name}-country": "NL"}
    browser.post(reverse("relations:customer_new"), typed(**delivery))
    customer = Customer.objects.get()
    address = customer.addresses.get(kind="delivery")
    assert address.city == "Amersfoort"
    url = reverse("relations:customer_edit", args=[customer.pk])
    name = re.search(r'name="delivery" value="([0-9a-f]+)"', browser.get(url).content.decode())[1]
    dropped = {"delivery": name, f"delivery-{name}-id": address.pk, f"delivery-{name}-city": "Amersfoort",
               f"delivery-{name}-drop": "on"}  # fmt: skip
    assert browser.post(url, typed(revision=1, **dropped)).status_code == 302
    assert not customer.addresses.filter(kind="delivery").exists()


def test_two_people_at_one_form_the_second_sees_both_values(browser, office):
    browser.post(reverse("relations:customer_new"), typed(phone="0612345678"))
    customer = Customer.objects.get()
    url = reverse("relations:customer_edit", args=[customer.pk])
    assert browser.post(url, typed(revision=1, phone="0302314567")).status_code == 302
    stale = browser.post(url, typed(revision=1, phone="0611111111"))
    page = stale.content.decode()
    assert stale.status_code == 409
    assert "Sanne de Wit" in page and "030 231 4567" in page and "06 11111111" in page
    assert Customer.objects.get().phone == "+31302314567"
    assert browser.post(url, typed(revision=2, phone="0611111111")).status_code == 302
    assert Customer.objects.get().phone == "+31611111111"


def test_the_dialog_tells_the_screen_under_it_who_was_made(browser):
    assert 'id="dialog-title">Nieuwe debiteur' in compact(browser.get(reverse("relations:customer_dialog")))
    url = reverse("relations:customer_create_dialog")
    wrong = browser.post(url, typed(last_name=""), headers={"HX-Request": "true"})
    assert wrong.status_code == 422 and "<dialog" in wrong.content.decode()
    answer = browser.post(url, typed(), headers={"HX-Request": "true"})
    customer = Customer.objects.get()
    events = json.loads(answer.headers["HX-Trigger"])
    assert events["customer:chosen"] == {"id": customer.pk, "label": "10001 · Zoë Vermeer"}
    assert next(iter(events)) == "customer:chosen" and events["dialog:close"] is True
    chosen = browser.get(reverse("relations:customer_choose", args=[customer.pk]))
    assert json.loads(chosen.headers["HX-Trigger"])["customer:chosen"]["id"] == customer.pk


def test_the_combobox_gets_options(browser, office):
    customer = service.create(
        values={"kind": "private", "last_name": "Vermeer", "email": "anna@voorbeeld.nl", "blocked": True},
        employee=office,
    )
    page = browser.get(reverse("relations:customer_options"), {"q": "vermeer"}).content.decode()
    assert f'data-value="{customer.pk}" data-label="10001 · Vermeer"' in page
    assert "<small>anna@voorbeeld.nl</small>" in page and "Geblokkeerd" in page


def test_the_page_of_a_customer_lists_its_orders_in_my_branches_only(client, office):
    factories.order_type(), factories.delivery_method()
    zeist, customer = factories.branch("Zeist"), factories.customer()
    for branch in (office.home_branch, zeist):
        drafts.create(branch_id=branch.pk, customer_id=customer.pk, employee=office)
    url = reverse("sales:orders_of_customer", args=[customer.pk])
    client.force_login(factories.employee("seller", zeist))
    page = client.get(url).content.decode()
    assert page.count('class="ref"') == 1 and "Zeist" in page
    client.force_login(office)
    assert client.get(url).content.decode().count('class="ref"') == 2
    assert client.get(reverse("sales:orders_of_customer", args=[10**6])).status_code == 404
    assert client.get(f"/debiteuren/{10**30}/").status_code == 404


def test_a_phone_number_is_of_the_country_of_the_invoice_address(browser):
    berlin = {"invoice-country": "DE", "invoice-postcode": "10785", "invoice-city": "Berlin"}
    browser.post(reverse("relations:customer_new"), typed(phone="030 9984510", **berlin))
    customer = Customer.objects.get()
    assert customer.phone == "+49309984510"
    url = reverse("relations:customer_edit", args=[customer.pk])
    # who moves to Utrecht keeps the number: it is sent as it was shown
    shown = re.search(r'name="phone" value="([^"]*)"', browser.get(url).content.decode())[1]
    assert browser.post(url, typed(revision=1, phone=shown)).status_code == 302
    customer.refresh_from_db()
    assert (customer.phone, customer.addresses.get().country) == ("+49309984510", "NL")
    assert browser.post(url, typed(revision=2, phone="030 9984510")).status_code == 302
    customer.refresh_from_db()
    assert customer.phone == "+31309984510"


def test_a_dutch_number_of_who_moves_to_germany_stays_dutch(browser):
    browser.post(reverse("relations:customer_new"), typed(phone="06 12345678"))
    url = reverse("relations:customer_edit", args=[Customer.objects.get().pk])
    berlin = {"invoice-country": "DE", "invoice-postcode": "10785", "invoice-city": "Berlin"}
    assert browser.post(url, typed(revision=1, phone="06 12345678", **berlin)).status_code == 302
    assert Customer.objects.get().phone == "+31612345678"


def test_a_postcode_of_another_country_is_checked_by_its_form(browser):
    berlin = {"invoice-country": "DE", "invoice-postcode": "1067", "invoice-city": "Dresden"}
    refused = browser.post(reverse("relations:customer_new"), typed(**berlin))
    page = refused.content.decode()
    assert refused.status_code == 422 and not Customer.objects.exists()
    assert "“1067” is geen postcode in Duitsland. Die ziet eruit als 10115." in page
    browser.post(reverse("relations:customer_new"), typed(**berlin | {"invoice-postcode": "01067"}))
    assert Customer.objects.get().addresses.get().postcode == "01067"
