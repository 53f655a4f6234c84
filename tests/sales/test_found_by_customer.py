"""Orders are found by what one knows of the customer, customers by their street, and a person before a company."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from backoffice.core.db.roles import as_owner
from backoffice.relations import selectors
from backoffice.relations.models import Customer
from backoffice.relations.services import anonymising, customers
from sales import lists
from sales.models import SalesOrder
from sales.services import amending, confirming, drafts, lines
from tests import factories

pytestmark = pytest.mark.django_db
HOME = {
    "kind": "invoice", "street": "Kerkstraat", "house_number": "112", "addition": "B", "postcode": "3511 AB",
    "city": "Utrecht", "country": "NL",
}  # fmt: skip


@pytest.fixture
def office():
    made = factories.employee("office", factories.branch())
    factories.vat_rates()
    factories.order_type()
    factories.delivery_method()
    return made


def person(office, last_name="Vermeer", addresses=(HOME,), **values):
    values = {"first_name": "Hester", "last_name": last_name} | values
    return customers.create(values=values, addresses=list(addresses), confirmed=True, employee=office)


def order_of(office, customer) -> SalesOrder:
    made = drafts.create(branch_id=office.home_branch_id, customer_id=customer.pk, employee=office)
    return SalesOrder.objects.get(pk=made.pk)


def found(office, text: str) -> list[SalesOrder]:
    return list(lists.matching(lists.Filters({}, text, lists.DEFAULT_SORT), office))


@pytest.fixture
def order(office):
    other = person(office, "Bakker", first_name="Jan", phone="0612345678", addresses=[HOME | {"street": "Singel"}])
    order_of(office, other)
    vermeer = person(office, email="hester@voorbeeld.nl", phone="030 231 0001")
    return order_of(office, vermeer)


BY = [
    "0302310001",
    "31302310001",
    "2310001",
    "hester@voorbeeld.nl",
    "Kerkstraat 112",
    "kerkstraat vermeer",
    "112 hester",
]


@pytest.mark.parametrize("text", BY)
def test_an_order_is_found_by_phone_e_mail_and_street_of_its_customer(client, office, order, text):
    assert found(office, text) == [order]
    client.force_login(office)
    page = client.get(reverse("sales:orders"), {"q": text}).content.decode()
    assert "Hester Vermeer" in page and "Jan Bakker" not in page


@pytest.mark.parametrize("typed", ["030 231 0001", "030-2310001", "+31 30 231 0001", "0031302310001"])
def test_a_phone_number_is_typed_in_any_way(client, office, order, typed):
    client.force_login(office)
    for address in ("sales:orders", "relations:customers"):
        page = client.get(reverse(address), {"q": typed}).content.decode()
        assert "Hester Vermeer" in page and "Jan Bakker" not in page, address
    page = client.get(reverse("search"), {"q": typed}, headers={"HX-Request": "true"}).content.decode()
    assert page.count("<span>10002 · Hester Vermeer</span>") == page.count("<span>Concept · Hester Vermeer</span>") == 1
    assert "Jan Bakker" not in page


@pytest.mark.parametrize("typed", ["2026 00001", "2026-00001", "vo-2026-00001", "00001"])
def test_a_number_of_an_order_is_no_phone_number(office, order, typed):
    coat = factories.article().variants.get()
    drafts.set_header(order_id=order.pk, revision=None, values={"order_date": date(2026, 11, 30)}, employee=office)
    lines.add(order_id=order.pk, items=[(coat.pk, Decimal(1))], employee=office)
    assert confirming.confirm(order_id=order.pk, employee=office).number == "VO-2026-00001"
    assert order in found(office, typed)


def test_a_foreign_number_is_found_as_it_is_dialled_there(office):
    berlin = person(office, "Schulz", phone="+49 30 901820")
    assert selectors.first_customers("030 901820", 5) == [berlin]
    assert selectors.first_customers("+49 30 901820", 5) == [berlin]


def test_an_order_follows_the_phone_and_the_e_mail_of_its_customer_and_keeps_the_address_it_went_to(office, order):
    customer = order.customer
    values = {"first_name": "Hester", "last_name": "Vermeer", "email": "nieuw@voorbeeld.nl", "phone": "0687654321"}
    moved = HOME | {"street": "Nieuwegracht", "id": customer.addresses.get().pk}
    customers.change(customer_id=customer.pk, revision=1, values=values, addresses=[moved], employee=office)
    for text in ("0687654321", "nieuw@voorbeeld.nl", "hester@voorbeeld.nl", "kerkstraat"):
        assert found(office, text) == [order], text
    assert found(office, "0302310001") == []
    order.refresh_from_db()
    assert order.revision == 1  # nobody who has it open is told that it changed


def test_an_order_that_is_confirmed_amended_and_placed_again_is_found_all_the_same(office, order):
    coat = factories.article().variants.get()
    order = factories.draft(employee=office, branch=office.home_branch, customer=order.customer, items=[(coat, 1)])
    confirming.confirm(order_id=order.pk, employee=office)
    amendment = amending.amend(order_id=order.pk, employee=office)
    drafts.set_header(order_id=amendment.pk, revision=None, values={"reference": "Bouw 7"}, employee=office)
    amending.confirm_amendment(order_id=amendment.pk, employee=office)
    order.refresh_from_db()
    assert order in found(office, "0302310001") and found(office, "bouw kerkstraat") == [order]
    assert order.customer_sort == order.customer.sort_key == "vermeer\x1f\x1fhester"


def test_an_anonymised_customer_is_found_by_nothing_of_it(office, order):
    customer = order.customer
    drafts.discard(order_id=order.pk, employee=office)
    anonymising.anonymise(customer_id=customer.pk, employee=office)
    order.refresh_from_db()
    customer.refresh_from_db()
    assert not re.search("2310001|voorbeeld.nl", order.search_text)
    assert customer.search_text == "" and customer.sort_key == "geanonimiseerd"


@pytest.mark.parametrize("text", ["kerkstraat", "Kerkstraat 112", "kerkstraat 112 utrecht"])
def test_a_customer_is_found_by_street_and_it_is_shown(client, office, order, text):
    client.force_login(office)
    page = client.get(reverse("relations:customers"), {"q": text}).content.decode()
    assert "Hester Vermeer" in page and "Kerkstraat 112 B, 3511 AB Utrecht" in page and "Jan Bakker" not in page
    assert selectors.reason(order.customer, text).endswith("Kerkstraat 112 B, 3511 AB Utrecht")


def test_a_person_stands_before_the_company_that_has_one_of_that_name_and_the_contact_is_shown(client, office):
    values = {"kind": "business", "company": "Atelier Aalders", "first_name": "Hester", "last_name": "Vink"}
    atelier = customers.create(values=values, confirmed=True, employee=office)
    vermeer, vrolijk = person(office), person(office, "Vrolijk")
    chester = person(office, "Vos", first_name="Chester")
    # who begins with the words, then who has them, then whose contact has them; each by name
    assert selectors.customer_options("hester v") == [vermeer, vrolijk, chester, atelier]
    client.force_login(office)
    rows = client.get(reverse("relations:customer_options"), {"q": "hester v"}).content.decode()
    assert re.findall(r'data-value="(\d+)"', rows)[0] == str(vermeer.pk)
    assert rows.count("Hester Vink") == 1 and rows.index("Hester Vink") > rows.index("Atelier Aalders")
    page = client.get(reverse("search"), {"q": "hester v"}, headers={"HX-Request": "true"}).content.decode()
    assert page.index("Hester Vermeer") < page.index("Atelier Aalders") and "Hester Vink" in page


def test_as_many_as_are_asked_for_come_and_each_once(office):
    everybody = [person(office, f"Jansen {letter}") for letter in "edcba"]
    names = [row.name for row in selectors.first_customers("jansen", 3)]
    assert names == ["Hester Jansen a", "Hester Jansen b", "Hester Jansen c"]
    assert selectors.first_customers("jansen", 9) == everybody[::-1]
    assert selectors.first_customers("jansn", 9)  # a typing error
    assert selectors.first_customers("(", 9) == selectors.first_customers("[", 9) == []


def migrate(**targets: str) -> None:
    MigrationExecutor(connection).migrate([tuple(target) for target in targets.items()])


@pytest.mark.django_db(transaction=True)
def test_the_migrations_write_what_the_services_write_and_may_be_begun_again(office, order):
    anonymous = person(office, "Weg")
    anonymising.anonymise(customer_id=anonymous.pk, employee=office)
    customer_columns, order_columns = ("pk", "sort_key", "search_text"), ("pk", "customer_sort", "search_text")

    def stands():
        return (
            sorted(Customer.objects.values_list(*customer_columns)),
            sorted(SalesOrder.objects.values_list(*order_columns)),
        )

    right = stands()
    old = "UPDATE {} SET search_text = 'oud', {} = ''"
    try:
        with as_owner():
            migrate(sales="0009_customer_sort")
            migrate(relations="0007_sort_key")
            with connection.cursor() as cursor:
                cursor.execute(old.format("relations_customer", "sort_key"))
                # as if it was stopped after some of the orders
                cursor.execute(old.format("sales_salesorder", "customer_sort") + " WHERE id = %s", [order.pk])
            assert stands() != right
            migrate(relations="0008_fill_sort_key", sales="0010_fill_customer_sort")
        assert stands() == right
    finally:
        with as_owner():
            MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
