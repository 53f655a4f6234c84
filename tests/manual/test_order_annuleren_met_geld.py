"""The manual's chapter "Order annuleren" on an order that holds money, and an amendment below what is paid."""

from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe

from sales.models import SalesOrder
from tests.payments import shop as money
from tests.payments.shop import rows, shop
from tests.payments.test_cancel import amended
from tests.payments.test_deposit import pay
from tests.sales.order_shop import eventually

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


@pytest.fixture
def opened(page, login):
    """opened(order, who): the order's page."""

    def make(order, who):
        login(page, who)
        page.goto(f"/verkoop/verkooporders/{order.pk}/")
        return page

    return make


def fresh(order):
    return SalesOrder.objects.get(pk=order.pk)


def test_order_annuleren_with_a_place_for_every_euro(opened):
    s = shop()
    order = money.order(s, "100.00", ("50.00", "low"))
    pay(s, order, ("bank", "60.00"))
    pay(s, order, ("ideal", "40.00"))
    page = opened(order, s.office)
    # 1. ... door de "Order annuleren" knop worden geklikt
    page.get_by_role("button", name="Order annuleren").click()
    # 2. Er verschijnt een pop-up met de melding of de order daadwerkelijk geannuleerd moet worden
    dialog = page.get_by_role("dialog", name=f"Order {order.number} annuleren?")
    dialog.wait_for()
    said = dialog.inner_text().replace("\u00a0", " ")
    for part in ("Gereserveerd", "Geleverd", "Betaald", "Waar gaat € 100,00 naartoe?", "zo betaald: € 60,00"):
        assert part in said, said
    # what came in goes back the same way, until somebody says otherwise
    assert dialog.get_by_label("Bank").input_value() == "60,00"
    assert dialog.get_by_label("iDEAL").input_value() == "40,00"
    eventually(page, lambda: page.evaluate("document.activeElement.textContent.trim()").startswith("Nee"))
    assert Axe().run(page).response["violations"] == []
    dialog.get_by_label("iDEAL").fill("")
    dialog.get_by_label("Tegoed").fill("39,99")
    dialog.get_by_role("button", name="Ja", exact=True).click()
    dialog.get_by_text("Verdeel precies dat bedrag").wait_for()
    assert (fresh(order).status, dialog.get_by_label("Tegoed").input_value()) == ("open", "39,99")
    assert Axe().run(page).response["violations"] == []
    dialog.get_by_label("Tegoed").fill("40")
    # 3. Druk op "Ja" om de order te annuleren
    dialog.get_by_role("button", name="Ja", exact=True).click()
    # 4. De order krijgt dan de status "Volledig geannuleerd"
    page.locator(".head .status", has_text="Volledig geannuleerd").wait_for()
    assert rows(order)[2:] == [("refund", "bank", D(-60)), ("credit", "credit", D(-40))]
    assert fresh(order).paid_total.amount == 0


def test_order_annuleren_straight_on(opened):
    s = shop()
    order = money.order(s, "100.00")
    pay(s, order, ("bank", "30.00"))
    page = opened(order, s.office)
    page.get_by_role("button", name="Order annuleren").click()
    page.get_by_role("dialog", name=f"Order {order.number} annuleren?").get_by_role("button", name="Ja").click()
    page.locator(".head .status", has_text="Volledig geannuleerd").wait_for()
    assert rows(order) == [("deposit", "bank", D(30)), ("refund", "bank", D(-30))]


def test_a_part_asks_for_what_is_then_paid_too_much(opened):
    s = shop()
    order = money.order(s, "60.00", "40.00")
    pay(s, order, ("bank", "90.00"))
    line = order.lines.order_by("position").last()
    page = opened(order, s.office)
    page.get_by_role("button", name="Order annuleren").click()
    dialog = page.get_by_role("dialog", name=f"Order {order.number} annuleren?")
    dialog.get_by_text("Alleen een deel annuleren").click()
    dialog.locator(f"#line-{line.pk}").fill("1")
    dialog.get_by_role("button", name="Deze aantallen annuleren").click()
    dialog.get_by_text("Waar gaat € 30,00 naartoe?".replace("€ ", "€\u00a0")).wait_for()
    assert dialog.get_by_label("Bank").input_value() == "30,00"
    dialog.get_by_role("button", name="Deze aantallen annuleren").click()
    page.locator(".head .second, .head .status", has_text="Gedeeltelijk geannuleerd").first.wait_for()
    assert (fresh(order).paid_total.amount, fresh(order).gross.amount) == (D(60), D(60))


def test_wijzigen_below_what_is_paid_asks_where_the_difference_goes(opened):
    s = shop()
    order = money.order(s, "60.00", ("40.00", "low"))
    pay(s, order, ("bank", "100.00"))
    amendment = amended(s, order, [1, 0])
    page = opened(amendment, s.office)
    page.get_by_role("button", name="bevestigen").click()
    dialog = page.get_by_role("dialog", name=f"€ 40,00 teruggeven op {order.number}?".replace("€ ", "€\u00a0"))
    dialog.wait_for()
    assert dialog.get_by_label("Bank").input_value() == "40,00"
    assert Axe().run(page).response["violations"] == []
    dialog.get_by_label("Bank").fill("")
    dialog.get_by_label("Tegoed").fill("40,00")
    dialog.get_by_label("Reden").fill("een minder")
    dialog.get_by_role("button", name="Ja", exact=True).click()
    page.wait_for_url(f"**/verkooporders/{order.pk}/")
    assert (fresh(order).gross.amount, rows(order)[1:]) == (D(60), [("credit", "credit", D(-40))])
