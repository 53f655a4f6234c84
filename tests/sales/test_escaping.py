"""What is typed into a name stays text: on the order screen, in what is redrawn of it, and in the list of orders."""

from decimal import Decimal
from html import escape
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from backoffice.core.keys import new_key
from sales.models import DeliveryMethod, OrderLine, SalesOrder
from sales.services import confirming, lines
from tests import factories
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db


def evil(word: str) -> str:
    """A value that would become an element, or end an attribute, wherever it is not escaped."""
    return f"<b1>{word}</b1>\"'&"


class Elements(HTMLParser):
    """Whether a page has an element <b1>, which no template of ours makes."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "b1":
            self.found.append(self.get_starttag_text())


def stays_text(page: str, *words: str) -> None:
    """Each of these is on the page, escaped; none of them is an element."""
    for word in words:
        assert f"<b1>{word}" not in page, word
        assert escape(f"<b1>{word}</b1>") in page, word
    assert Elements(page).found == []


@pytest.fixture
def desk(client):
    s = shop()
    client.force_login(s.office, backend="backoffice.relations.backends.DeskBackend")
    s.client = client
    return s


def test_the_lines_of_an_order(desk):
    s = desk
    dress = factories.article("50001", "Jurk", colours=[evil("kleur")], sizes=[evil("maat")])
    belt = factories.article(evil("nummer"), evil("naam"), brand=evil("merk"))
    order = factories.draft(
        employee=s.office, branch=s.branch, items=[(dress.variants.get(), 1), (belt.variants.get(), 1)]
    )
    lines.add_text(order_id=order.pk, text=evil("tekstregel"), employee=s.office)
    first = order.lines.order_by("position").first()
    values = {"text": evil("toelichting")}
    lines.set_line(order_id=order.pk, line_id=first.pk, revision=None, values=values, employee=s.office)
    page = s.client.get(reverse("sales:order", args=[order.pk])).content.decode()
    stays_text(page, "kleur", "maat", "nummer", "naam", "merk", "tekstregel", "toelichting")
    window = s.client.get(reverse("sales:matrix", args=[order.pk, dress.pk])).content.decode()
    stays_text(window, "kleur", "maat")


def test_a_cell_that_is_refused_shows_what_was_typed_as_text(desk):
    s = desk
    order = factories.draft(employee=s.office, branch=s.branch, items=[(s.riem, 1)])
    line = order.lines.get()
    sent = {"key": new_key(), "revision": line.revision, "quantity": evil("aantal")}
    answer = s.client.post(reverse("sales:line", args=[order.pk, line.pk]), sent, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    stays_text(answer.content.decode(), "aantal")
    assert OrderLine.objects.get(pk=line.pk).quantity == 1


def test_a_cell_that_is_saved_shows_it_as_text(desk):
    s = desk
    order = factories.draft(employee=s.office, branch=s.branch, items=[(s.riem, 1)])
    line = order.lines.get()
    sent = {"key": new_key(), "revision": line.revision, "text": evil("toelichting")}
    answer = s.client.post(reverse("sales:line", args=[order.pk, line.pk]), sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    page = s.client.get(reverse("sales:order", args=[order.pk])).content.decode()
    stays_text(answer.content.decode() + page, "toelichting")


def test_an_order_that_is_read(desk):
    s = desk
    belt = factories.article(evil("nummer"), evil("naam"), brand=evil("merk"))
    customer = factories.customer(evil("achternaam"))
    order = factories.draft(
        employee=s.office, branch=s.branch, customer=customer, items=[(belt.variants.get(), Decimal(1))]
    )
    lines.add_text(order_id=order.pk, text=evil("tekstregel"), employee=s.office)
    confirming.confirm(order_id=order.pk, employee=s.office)
    page = s.client.get(reverse("sales:order", args=[order.pk])).content.decode()
    stays_text(page, "nummer", "naam", "achternaam", "tekstregel")


@pytest.mark.parametrize("number", ["", "VO-2026-00001"])
def test_the_list_of_orders(desk, number):
    s = desk
    order = factories.draft(employee=s.office, branch=s.branch, customer=s.customer, items=[(s.riem, 1)])
    method = DeliveryMethod.objects.create(name=evil("leverwijze"))
    s.office.name = evil("medewerker")
    s.office.save()
    SalesOrder.objects.filter(pk=order.pk).update(
        customer_name=evil("debiteur"), subject=evil("betreft"), delivery_method=method
    )
    page = s.client.get(reverse("sales:orders") + "?status=").content.decode()
    stays_text(page, "leverwijze", "medewerker", "debiteur", "betreft")
