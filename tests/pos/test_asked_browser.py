"""What the till asks in between, in a real browser: the manager beside, and what was typed that may be a slip."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from pos.models import TillSeat
from sales.services import drafts, lines
from tests import factories
from tests.manual.kassa import TOUCH, ready, shop
from tests.pos import counter
from tests.sales.order_shop import eventually, pieces

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


@pytest.fixture
def s(db):
    return shop()


@pytest.fixture
def page(new_page, live_server, s):
    """The till's browser, unlocked by a seller, with one shirt on the basket."""
    jar = SimpleNamespace(cookies={})
    counter.sit(jar, s.till, s.seller)
    page = new_page(**TOUCH)
    page.context.add_cookies([{"name": "till_device", "value": jar.cookies["till_device"], "url": live_server.url}])
    page.goto(reverse("pos:till"))
    ready(page)
    scan(page, s.wit40)
    eventually(page, lambda: on_basket(s) == [("Wit 40", 1)])
    return page


def basket(s):
    return TillSeat.objects.get(till=s.till).order


def on_basket(s):
    order = basket(s)
    return pieces(order) if order else []


def scan(page, variant):
    field = page.get_by_label("Barcode, artikelnummer of 5x")
    field.fill(factories.code_of(variant))
    field.press("Enter")


def test_a_scan_under_a_discount_that_a_manager_allowed_asks_the_manager_beside(page, s):
    drafts.set_discount(order_id=basket(s).pk, percent=D(50), reason="beschadigd", employee=s.manager)
    scan(page, s.riem)
    asked = page.get_by_role("dialog", name="Reden")
    asked.get_by_label("Reden").fill("hele set")
    asked.get_by_label("Filiaalmanager erbij").select_option(label=s.manager.name)
    asked.get_by_label("Pincode").fill("0000")
    asked.get_by_role("button", name="Opslaan").click()
    asked.get_by_text("Deze pincode klopt niet").wait_for()
    assert asked.get_by_label("Reden").input_value() == "hele set"
    assert on_basket(s) == [("Wit 40", 1)]
    asked.get_by_label("Pincode").fill(counter.PIN)
    asked.get_by_role("button", name="Opslaan").click()
    asked.wait_for(state="detached")
    assert on_basket(s) == [("Wit 40", 1), ("Riem Tuig", 1)]
    lines.set_line(
        order_id=basket(s).pk, line_id=basket(s).lines.last().pk, revision=None, values={"discount": ("percent", D(0))},
        employee=s.seller,
    )  # fmt: skip
    assert basket(s).gross.amount == D("39.95")


def test_the_keys_korting_say_which_of_the_two_a_figure_is(page, s):
    """2,5 under Korting % is a percentage, under Korting € an amount."""
    for key, percent, amount in (("Korting %", "2.5", "0"), ("Korting €", "0", "2.5")):
        page.get_by_label("Barcode, artikelnummer of 5x").fill("2,5")
        page.get_by_role("button", name=key, exact=True).tap()
        right = (D(percent), D(amount))
        eventually(page, lambda right=right: _discount(s) == right)


def _discount(s):
    line = basket(s).lines.get()
    return line.discount_percent, line.discount_amount.amount
