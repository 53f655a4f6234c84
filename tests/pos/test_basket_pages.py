"""A basket or order of many lines at the till is drawn a page at a time; its totals and what is booked are whole."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.core.keys import new_key
from payments.services import sessions
from pos.services import seats
from sales.services import confirming, lines
from tests import factories, grown
from tests.pos import counter
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def s(client):
    """An order of 160 variants of 49,95 lies on the counter of till 1."""
    made = shop()
    made.till = factories.till(made.branch)
    big = grown.article("G-180", 12, 15)
    made.variants = list(big.variants.order_by("colour__position", "size__position"))
    made.order = factories.draft(
        employee=made.office,
        branch=made.branch,
        customer=made.customer,
        items=[(one, 1) for one in made.variants[:160]],
    )
    confirming.confirm(order_id=made.order.pk, employee=made.office)
    sessions.open_session(till_id=made.till.pk, float_amount=Decimal(100), employee=made.manager)
    counter.sit(client, made.till, made.manager)
    seats.open_order(till_id=made.till.pk, order_id=made.order.pk, employee=made.manager)
    made.ids = list(made.order.lines.order_by("position").values_list("pk", flat=True))
    return made


def drawn(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<li class="bon-li" id="b(\d+)"', html)]


def test_the_counter_shows_the_last_page_and_the_way_to_the_others(client, s):
    html = client.get(reverse("pos:till")).content.decode()
    assert drawn(html) == s.ids[150:] and "Regels 151–160 van 160" in html
    assert "7.992,00" in html
    html = client.get(reverse("pos:basket_lines"), {"blad": 1}).content.decode()
    assert drawn(html) == s.ids[:75] and "Regels 1–75 van 160" in html


def test_a_change_shows_the_page_of_the_line_that_it_is_of(client, s):
    seats.put_away(till_id=s.till.pk, employee=s.manager)
    basket = seats.begin(till_id=s.till.pk, employee=s.manager).order
    lines.add(order_id=basket.pk, items=[(one.pk, Decimal(1)) for one in s.variants[:160]], employee=s.manager)
    first = basket.lines.order_by("position").first()
    values = {"key": str(new_key()), "quantity": "2", "revision": str(first.revision)}
    answer = client.post(reverse("pos:line", args=[first.pk]), values, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert answer.status_code == 200 and drawn(html)[0] == first.pk
    assert len(drawn(html)) == 75 and "Regels 1–75 van 160" in html and "8.041,95" in html


def test_all_lines_go_along_at_checkout_though_the_first_alone_are_drawn(client, s):
    html = client.get(reverse("pos:checkout")).content.decode()
    assert len(html) < 300_000
    taken = dict(re.findall(r'name="take-(\d+)" value="([^"]*)"', html))
    assert [int(pk) for pk in taken] == s.ids
    assert html.count('data-take-step="1"') == 75 and "En nog 85 regels" in html
    assert {Decimal(pieces) for pieces in taken.values()} <= {Decimal(0), Decimal(1)}
