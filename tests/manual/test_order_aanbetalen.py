"""The manual's chapter "Order Aanbetalen", step by step, as somebody does it in a browser."""

from decimal import Decimal

import pytest

from payments.models import LedgerEntry
from tests.payments import shop as money
from tests.payments.shop import rows, shop

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


@pytest.fixture
def s(db):
    return shop()


def test_order_aanbetalen(page, login, s):
    order = money.order(s, "100.00", ("50.00", "low"), "24.95")
    login(page, s.office)

    # 1. Open de order die aanbetaald moet worden
    page.goto("/verkoop/verkooporders/")
    page.get_by_role("link", name=order.number).click()
    page.get_by_role("heading", name=order.number).wait_for()
    settle(page, "€ 174,95", "€ 0,00", "€ 174,95")

    # 2. Klik op de knop "Aanbetalen"
    page.get_by_role("button", name="Aanbetalen").click()
    dialog = page.get_by_role("dialog", name=f"Aanbetalen op {order.number}")

    # 3. Afhankelijk van welke betaalwijzen zijn ingesteld worden de betaalwijzen getoond; pin kan alleen via de kassa
    dialog.get_by_role("checkbox", name="Bank").wait_for()
    shown = [words(key) for key in dialog.locator("label.pay-key").all()]
    assert shown == ["Bank overboeking", "iDEAL online betaald", "Tegoed geen tegoed"]
    assert "Pin" not in words(dialog)

    # 4. Selecteer een betaalwijze: het hele bedrag wordt ingevoerd; wijzigen door op het veld te klikken
    choose(dialog, "Bank")
    amount = dialog.get_by_label("Bedrag Bank")
    amount.wait_for()
    assert amount.input_value() == "174,95"
    after(dialog, "€ 0,00")
    amount.click()
    page.keyboard.type("70")
    after(dialog, "€ 104,95")

    # 5. "Betaling bevestigen"
    dialog.get_by_role("button", name="Betaling bevestigen").click()

    # 6. Er verschijnt een pop-up dat er een bedrag wordt aanbetaald: "JA"
    ask = page.get_by_role("dialog", name=f"€ 70,00 aanbetalen op {order.number}?")
    ask.wait_for()
    assert "Betaalwijze Bank, Anna Vermeer" in words(ask)
    assert "Daarna nog te betalen € 104,95" in words(ask)
    no = ask.get_by_role("button", name="Nee")
    assert no.evaluate("button => button === document.activeElement")
    assert not LedgerEntry.objects.exists()
    ask.get_by_role("button", name="JA", exact=True).click()

    # 7. De aanbetaling is geregistreerd
    page.get_by_text("De aanbetaling is geregistreerd").wait_for()
    settle(page, "€ 174,95", "€ 70,00", "€ 104,95")
    page.get_by_text("Aanbetaald", exact=True).first.wait_for()
    assert rows(order) == [("deposit", "bank", D(70))]


def test_nee_registreert_niets_en_bewaart_wat_er_stond(page, login, s):
    order = money.order(s, "100.00")
    dialog = open_dialog(page, login, s, order)
    choose(dialog, "iDEAL")
    dialog.get_by_role("button", name="50 % van totaal").click()
    after(dialog, "€ 50,00")
    dialog.get_by_role("button", name="Betaling bevestigen").click()
    page.get_by_role("dialog", name="€ 50,00 aanbetalen").get_by_role("button", name="Nee").click()
    page.get_by_role("dialog", name="€ 50,00 aanbetalen").wait_for(state="detached")
    assert dialog.get_by_label("Bedrag iDEAL").input_value() == "50,00"
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert not LedgerEntry.objects.exists()


def test_meer_betaalwijzen_in_een_aanbetaling(page, login, s):
    order = money.order(s, "100.00")
    dialog = open_dialog(page, login, s, order)
    choose(dialog, "Bank")
    dialog.get_by_label("Bedrag Bank").fill("60")
    after(dialog, "€ 40,00")
    choose(dialog, "iDEAL")
    dialog.get_by_label("Bedrag iDEAL").wait_for()
    assert dialog.get_by_label("Bedrag iDEAL").input_value() == "40,00"
    after(dialog, "€ 0,00")
    dialog.get_by_role("button", name="Betaling bevestigen").click()
    ask = page.get_by_role("dialog", name="€ 100,00 aanbetalen")
    assert "Betaalwijzen Bank € 60,00, iDEAL € 40,00" in words(ask)
    ask.get_by_role("button", name="JA", exact=True).click()
    page.get_by_text("De aanbetaling is geregistreerd").wait_for()
    settle(page, "€ 100,00", "€ 100,00", "€ 0,00")
    assert rows(order) == [("deposit", "bank", D(60)), ("deposit", "online", D(40))]
    assert page.get_by_role("button", name="Aanbetalen").count() == 0


def test_te_veel_merkt_het_veld_en_bewaart_het_bedrag(page, login, s):
    order = money.order(s, "100.00")
    dialog = open_dialog(page, login, s, order)
    choose(dialog, "Bank")
    dialog.get_by_label("Bedrag Bank").fill("100,01")
    dialog.get_by_role("button", name="Betaling bevestigen").click()
    dialog.get_by_text("Er is nog € 100,00 te betalen; meer aannemen kan niet.").first.wait_for()
    field = dialog.get_by_label("Bedrag Bank")
    assert (field.input_value(), field.get_attribute("aria-invalid")) == ("100,01", "true")
    assert not LedgerEntry.objects.exists()
    field.fill("40")
    dialog.get_by_role("button", name="Betaling bevestigen").click()
    page.get_by_role("dialog", name="€ 40,00 aanbetalen").get_by_role("button", name="JA", exact=True).click()
    page.get_by_text("De aanbetaling is geregistreerd").wait_for()
    assert rows(order) == [("deposit", "bank", D(40))]


# ---- what a person does and reads --------------------------------------------------------------------------------
def open_dialog(page, login, s, order):
    login(page, s.office)
    page.goto(f"/verkoop/verkooporders/{order.pk}/")
    page.get_by_role("button", name="Aanbetalen").click()
    dialog = page.get_by_role("dialog", name=f"Aanbetalen op {order.number}")
    dialog.wait_for()
    return dialog


def choose(dialog, method: str) -> None:
    dialog.get_by_role("checkbox", name=method).click()


def words(place) -> str:
    """The visible text, with plain spaces."""
    return " ".join(place.inner_text().split())


def settle(page, total: str, paid: str, rest: str) -> None:
    page.get_by_text(rest).first.wait_for()
    assert words(page.locator("#order-settle")) == f"Totaal {total} Aanbetaald {paid} Nog te betalen {rest}"


def after(dialog, euros: str) -> None:
    """Wait until the foot of the dialog says what remains."""
    dialog.get_by_text(f"Daarna nog te betalen {euros}").wait_for()
