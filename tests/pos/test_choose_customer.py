"""Kies klant: search, whom the branch helped last, the scan of a card; and Annuleren and the deposit at Maak order."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backoffice.core.formats import format_date
from backoffice.relations.models import Customer
from pos.models import TillSeat
from sales.models import OrderType, SalesOrder
from tests import factories
from tests.payments import shop as money
from tests.payments.shop import methods
from tests.pos import counter

pytestmark = pytest.mark.django_db


@pytest.fixture
def s(client):
    made = counter.shop()
    made.method = methods()
    counter.sit(client, made.till, made.seller)
    client.post(reverse("pos:scan"), {"key": counter.key(), "code": factories.code_of(made.riem)})
    return made


def choose(client, **values):
    return client.post(reverse("pos:customer"), {"key": counter.key()} | values, headers={"HX-Request": "true"})


def basket(s):
    return TillSeat.objects.select_related("order__customer").get(till=s.till).order


def test_a_card_that_is_scanned_into_the_search_chooses_its_customer(client, s):
    answer = choose(client, q=f"D{s.customer.number}", bij="order")
    assert answer.status_code == 200 and "order-customer" in answer.content.decode()
    assert basket(s).customer == s.customer
    refused = choose(client, q="D999999999", bij="order")
    assert refused.status_code == 422 and "D999999999 is geen klantkaart" in refused.headers["HX-Trigger"]
    assert choose(client, q="D1\x00").status_code == 422 and choose(client, q="x" * 300).status_code == 422
    assert basket(s).customer == s.customer
    other = factories.customer("Blom")
    choose(client, q=f"D{s.customer.number}", customer=other.pk)  # a row of the list was touched
    assert basket(s).customer == other
    choose(client, customer="")
    assert basket(s).customer is None


def test_whom_the_branch_helped_last_stands_first(client, s):
    page = client.get(reverse("pos:customer")).content.decode()
    assert "Laatst toegevoegd" in page and "Anna Vermeer" in page
    late, early = factories.customer("Laat"), factories.customer("Vroeg")
    for customer in (early, s.customer, early, late):
        money.order(s, "10.00", customer=customer)
    client.get(reverse("pos:customer"))
    found = client.get(reverse("pos:customer"))
    assert "Laatst geholpen" in found.content.decode()
    assert [item["row"] for item in found.context["found"]] == [late, early, s.customer]


def test_a_new_customer_who_may_exist_is_shown_first_and_the_existing_one_can_be_chosen(client, s):
    known = Customer.objects.get(pk=s.customer.pk)
    typed = {
        "kind": "private", "first_name": known.first_name, "last_name": known.last_name, "email": known.email,
        "delivery_method": basket(s).delivery_method_id, "order_type": basket(s).order_type_id,
        "employee": s.seller.pk, "expected_delivery_date": format_date(timezone.localdate() + timedelta(days=1)),
        "invoice-postcode": "3511 AB", "invoice-house_number": "12", "invoice-street": "Oudegracht",
        "invoice-city": "Utrecht",
    }  # fmt: skip
    page = client.post(reverse("pos:place"), typed | {"key": counter.key()})
    assert page.status_code == 422 and "Bestaat deze klant al?" in page.content.decode()
    assert Customer.objects.count() == 1 and not SalesOrder.objects.filter(number__gt="").exists()
    assert client.post(reverse("pos:place"), typed | {"key": counter.key(), "confirmed": "1"}).status_code == 303
    assert Customer.objects.count() == 2 and SalesOrder.objects.get(number__gt="").customer != known


def test_the_deposit_that_the_soort_requires_is_proposed(client, s):
    from decimal import Decimal

    from payments.services import sessions

    sessions.open_session(till_id=s.till.pk, float_amount=Decimal("100"), employee=s.seller)
    OrderType.objects.update(deposit_percent=Decimal(40))
    choose(client, customer=s.customer.pk)
    typed = {
        "delivery_method": basket(s).delivery_method_id, "order_type": basket(s).order_type_id,
        "employee": s.seller.pk, "expected_delivery_date": format_date(timezone.localdate() + timedelta(days=1)),
    }  # fmt: skip
    assert client.post(reverse("pos:pay_and_place"), typed | {"key": counter.key()}).url == reverse("pos:checkout")
    page = client.get(reverse("pos:checkout"))
    assert page.context["deposit"] == Decimal("11.98")  # 40 % of 29.95
    assert 'value="11,98"' in page.content.decode() and 'data-proposed="1198"' in page.content.decode()
