"""A VAT rate changed since the order: the question as it is answered at the desk and at the till."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from pos.services import seats
from sales.documents.models import PackingSlip
from sales.models import SalesOrder
from tests import factories
from tests.invariants import holds
from tests.manual.kassa import TOUCH, ready, register, shop, start
from tests.payments.shop import order as order_of
from tests.pos.test_day_browser import pay_ready, tap, text
from tests.sales.order_shop import eventually

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
ASKED = "Btw 21 % wordt 24 %: welke prijs blijft?"


def ordered_before_the_change(s) -> SalesOrder:
    """An order of 121,00 of three days ago at 21 %; today the rate has become 24 %."""
    order = order_of(s, "121.00")
    today = timezone.localdate()
    SalesOrder.objects.filter(pk=order.pk).update(order_date=today - timedelta(days=3))
    factories.change_of_rate("24", on=today)
    return order


def test_at_the_till_the_question_stands_above_what_goes_along(new_page, live_server, login):
    s = shop()
    order = ordered_before_the_change(s)
    page = new_page(**TOUCH)
    register(page, live_server, login, s.manager, s.till)
    start(page, "Marieke de Wit")
    seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
    page.goto(reverse("pos:till"))
    ready(page)
    tap(page, "Afrekenen", role="link")
    pay_ready(page)
    page.get_by_text(ASKED).wait_for()
    assert text(page, "#due") == "€ 121,00"
    tap(page, "De prijs exclusief btw blijft: totaal € 124,00")
    eventually(page, lambda: text(page, "#due") == "€ 124,00")
    pay_ready(page)
    assert page.get_by_text(ASKED).count() == 0
    page.get_by_text("Contant", exact=True).tap()
    tap(page, "Betaling bevestigen")
    page.wait_for_url("**/bonnen/**")
    order.refresh_from_db()
    assert (order.status, order.gross.amount, order.vat.amount) == ("settled", D("124.00"), D("24.00"))
    holds()


def test_at_the_desk_the_packing_slip_asks_and_goes_on_with_the_answer(new_page, live_server, login):
    s = shop()
    order = ordered_before_the_change(s)
    page = new_page()
    login(page, s.office)
    page.goto(reverse("documents:slip_new", args=[order.pk]))
    page.get_by_label("Opmerking op de pakbon").fill("Bel eerst")
    tap_ = page.get_by_role("button", name="Pakbon aanmaken")
    tap_.click()
    page.get_by_role("group", name="Welke prijs blijft?").wait_for()
    assert page.get_by_text("klopt niet").count() == 0
    assert PackingSlip.objects.count() == 0
    page.get_by_label("De prijs inclusief btw blijft: totaal € 121,00").check()
    tap_.click()
    eventually(page, lambda: PackingSlip.objects.exists())
    order.refresh_from_db()
    assert (order.status, order.gross.amount, order.vat.amount) == ("delivered", D("121.00"), D("23.42"))
    assert PackingSlip.objects.get().note == "Bel eerst"
    holds()
