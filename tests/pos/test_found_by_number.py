"""What has a number is found by it, in capitals or not: at the till, at the desk, and in the search everywhere."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.core.keys import new_key
from pos.models import Receipt, TillSeat
from sales.documents.models import PackingSlip
from sales.documents.services import packing
from sales.services import confirming
from tests import factories
from tests.pos import counter, test_returns
from tests.pos.test_returns import sell

pytestmark = pytest.mark.django_db(transaction=True)
s = test_returns.s
HTMX = {"HX-Request": "true"}


def an_order(s):
    draft = factories.draft(employee=s.office, branch=s.branch, customer=s.customer, items=[(s.riem, 1)])
    return confirming.confirm(order_id=draft.pk, employee=s.office)


def test_an_order_number_in_lower_case_opens_the_order_at_the_till(client, s):
    order = an_order(s)
    counter.sit(client, s.till, s.manager)
    answer = client.post(reverse("pos:scan"), {"key": new_key(), "code": order.number.lower()}, headers=HTMX)
    assert json.loads(answer.headers["HX-Trigger"])["scanned"]["go"] == reverse("pos:till")
    assert TillSeat.objects.get(till=s.till).order == order


def test_and_at_the_desk_and_in_kies_order(client, s):
    order = an_order(s)
    draft = factories.draft(employee=s.office, branch=s.branch)
    client.force_login(s.office)
    sent = {"key": new_key(), "code": order.number.lower()}
    answer = client.post(reverse("sales:scan", args=[draft.pk]), sent, headers=HTMX)
    assert json.loads(answer.headers["HX-Trigger"])["scanned"]["go"] == reverse("sales:order", args=[order.pk])
    counter.sit(client, s.till, s.manager)
    assert order.number in client.get(reverse("pos:choose_order"), {"q": order.number.lower()}).content.decode()


def test_a_receipt_number_in_the_search_everywhere_opens_what_was_sold(client, s):
    sale = sell(s, [(s.riem, 1)])
    number = Receipt.objects.get(order=sale).number
    client.force_login(s.office)
    for typed in (number, number.lower()):
        answer = client.get(reverse("search"), {"q": typed})
        assert (answer.status_code, answer.url) == (302, reverse("sales:order", args=[sale.pk]))
    assert client.get(answer.url).status_code == 200
    assert f"Kassabon {number}" in client.get(reverse("search"), {"q": number}, headers=HTMX).content.decode()


def test_the_number_of_a_packing_slip_opens_its_order(client, s):
    order = an_order(s)
    packing.create_slip(order_id=order.pk, quantities={order.lines.get().pk: Decimal(1)}, employee=s.office)
    number = PackingSlip.objects.get().number
    client.force_login(s.office)
    assert client.get(reverse("search"), {"q": number.lower()}).url == reverse("sales:order", args=[order.pk])


def test_a_receipt_of_another_branch_is_not_found_without_the_right(client, s):
    sale = sell(s, [(s.riem, 1)])
    number = Receipt.objects.get(order=sale).number
    stranger = factories.employee("manager", factories.branch("Amersfoort"), name="Ton Elders")
    client.force_login(stranger)
    answer = client.get(reverse("search"), {"q": number}, headers=HTMX)
    assert answer.status_code == 200 and number not in answer.content.decode()
