"""The manual's chapter "Order annuleren", and what belongs to it: a part of it, and taking it back."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from sales.models import SalesOrder
from tests.sales.living import confirmed, hand_over, line_of, pay, reserved
from tests.sales.order_shop import eventually, shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened(page, login):
    """opened(order, who): the order's page."""

    def make(order, who):
        login(page, who)
        page.goto(f"/verkoop/verkooporders/{order.pk}/")
        page.get_by_role("heading", name=order.number, exact=True).wait_for()
        return page

    return make


def fresh(order):
    return SalesOrder.objects.get(pk=order.pk)


def test_order_annuleren(opened):
    s = shop()
    order = confirmed(s)
    page = opened(order, s.office)
    # 1. ... door de "Order annuleren" knop worden geklikt
    page.get_by_role("button", name="Order annuleren").click()
    # 2. Er verschijnt een pop-up met de melding of de order daadwerkelijk geannuleerd moet worden
    dialog = page.get_by_role("dialog", name=f"Order {order.number} annuleren?")
    dialog.wait_for()
    said = dialog.inner_text().replace("\u00a0", " ")
    for part in ("Gereserveerd", "4 st.", "Geleverd", "0 st.", "Betaald", "€ 0,00"):
        assert part in said, said
    eventually(page, lambda: page.evaluate("document.activeElement.textContent.trim()").startswith("Nee"))
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    assert fresh(order).status == "open"
    page.get_by_role("button", name="Order annuleren").click()
    dialog.get_by_label("Reden").fill("Klant ziet ervan af")
    # 3. Druk op "Ja" om de order te annuleren
    dialog.get_by_role("button", name="Ja", exact=True).click()
    # 4. De order krijgt dan de status "Volledig geannuleerd"
    page.locator(".head .status", has_text="Volledig geannuleerd").wait_for()
    saved = fresh(order)
    assert (saved.get_status_display(), saved.gross.amount) == ("Volledig geannuleerd", 0)
    assert (reserved(s.branch, s.wit40), saved.versions.get(version=2).reason) == (0, "Klant ziet ervan af")
    # and back, on the same day
    page.get_by_role("button", name="Annulering terugdraaien").click()
    page.get_by_role("dialog").get_by_role("button", name="Ja").click()
    page.locator(".head .status", has_text="Openstaand").wait_for()
    assert reserved(s.branch, s.wit40) == 4


def test_alleen_een_deel_annuleren(opened):
    s = shop()
    order = confirmed(s)
    hand_over(order, s.wit40, 1, s.office)
    page = opened(order, s.office)
    page.get_by_role("button", name="Order annuleren").click()
    dialog = page.get_by_role("dialog", name=f"Order {order.number} annuleren?")
    dialog.get_by_text("Alleen een deel annuleren").click()
    cell = dialog.get_by_label("Annuleren van Oxford-overhemd Kade Wit 40")
    cell.fill("5")
    dialog.get_by_role("button", name="Deze aantallen annuleren").click()
    dialog.get_by_text("hiervan is nog 3 te annuleren").wait_for()
    assert cell.input_value() == "5"
    assert Axe().run(page).response["violations"] == []
    cell.fill("2")
    dialog.get_by_role("button", name="Deze aantallen annuleren").click()
    page.locator(".head .second", has_text="Gedeeltelijk geannuleerd").wait_for()
    page.locator(".head .status", has_text="Gedeeltelijk geleverd").wait_for()
    assert (line_of(order, s.wit40).cancelled_quantity, reserved(s.branch, s.wit40)) == (2, 1)
    assert page.get_by_text("2 geannuleerd").is_visible()


def test_money_keeps_an_order_from_being_cancelled_here(opened):
    s = shop()
    order = confirmed(s)
    pay(order, "50.00")
    page = opened(order, s.office)
    page.goto(f"/verkoop/verkooporders/{order.pk}/")
    page.evaluate(f"htmx.ajax('GET', '/verkoop/verkooporders/{order.pk}/annuleren/', '#dialog-host')")
    dialog = page.get_by_role("dialog", name=f"Order {order.number} annuleren?")
    dialog.get_by_role("button", name="Ja", exact=True).click()
    dialog.get_by_text("Betaal eerst € 50,00 terug").wait_for()
    assert fresh(order).status == "open"
