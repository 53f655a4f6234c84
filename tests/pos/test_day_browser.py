"""A day at the till by touch: open, sell, pay mixed, take back, exchange, X, blind count, Z, and every figure of it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.catalog.models import StockLevel
from payments.models import LedgerEntry, TillSession
from pos.models import Receipt
from tests import factories
from tests.invariants import holds
from tests.manual.kassa import TOUCH, ready, register, shop, start, total
from tests.payments.shop import split
from tests.pos import counter
from tests.pos.test_check_out import entries
from tests.sales.order_shop import eventually
from tests.scanner import scan

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


def text(page, selector: str) -> str:
    return " ".join(page.locator(selector).first.inner_text().replace("\u00a0", " ").split())


def tap(page, name: str, role: str = "button", **how) -> None:
    page.get_by_role(role, name=name, **how).first.tap()


def type_amount(page, digits: str) -> None:
    for digit in digits:
        page.locator(".pay-keys").get_by_role("button", name=digit, exact=True).tap()


def figure(page, label: str) -> str:
    """What stands beside a label of the X or Z report."""
    return text(page, f".sums div:has(dt:text-is('{label}')) dd")


def pay_ready(page) -> None:
    page.wait_for_selector("html[data-pay=ready]")
    ready(page)


def test_a_day_with_a_sale_a_return_and_an_exchange_closes_to_the_cent(new_page, live_server, login):
    s = shop(opened=False)
    page = new_page(**TOUCH)
    register(page, live_server, login, s.manager, s.till)
    start(page, "Marieke de Wit")

    # the till is opened with a float
    page.goto(reverse("pos:open"))
    page.get_by_label("Wisselgeld").fill("150,00")
    tap(page, "Kassa openen")
    page.get_by_text("De kassa is open.").wait_for()

    # a mixed basket: two shirts, a belt with 10 % off, a service at 9 %
    ready(page)
    scan(page, factories.code_of(s.wit40))
    scan(page, factories.code_of(s.wit40))
    scan(page, factories.code_of(s.inkorten))
    total(page, "€ 112,40")
    tap(page, "Riem Tuig")
    total(page, "€ 142,35")
    for name in ("1", "0", "Korting %"):
        page.get_by_role("button", name=name, exact=True).tap()
    total(page, "€ 139,36")  # 29.95 less 10 % is 26.96

    # 100.00 by card, the rest in cash: 39.36 is 39.35, and 50.00 gives 10.65 back
    tap(page, "Afrekenen", "link")
    pay_ready(page)
    page.get_by_text("Pin", exact=True).tap()
    type_amount(page, "100")
    tap(page, "Betaling bevestigen")
    eventually(page, lambda: page.locator("html[data-pay=ready]").count() and text(page, "#due") == "€ 39,36")
    page.get_by_text("Contant", exact=True).tap()
    type_amount(page, "50")
    assert text(page, "#change b") == "€ 10,65"
    tap(page, "Betaling bevestigen")
    page.get_by_role("heading", name="Afgerekend").wait_for()
    sold = Receipt.objects.get()
    assert entries(sold.order) == [
        ("settlement", "terminal", D(100)), ("settlement", "cash", D(50)), ("change", "cash", D("-10.65")),
        ("rounding", "", D("0.01")),
    ]  # fmt: skip
    tap(page, "Volgende klant", "link")
    ready(page)

    # the receipt is scanned: its lines, and one shirt comes back; a manager stands beside for the cash
    scan(page, sold.number)
    dialog = page.get_by_role("dialog", name="Retour of ruilen")
    dialog.get_by_role("button", name="Eén meer: Oxford-overhemd Kade Wit 40").tap()
    dialog.get_by_role("button", name="Te klein").tap()
    dialog.get_by_role("button", name="Retour op de bon").tap()
    total(page, "− € 49,95")
    tap(page, "Afrekenen", "link")
    pay_ready(page)
    assert text(page, "#due-label") == "Terug te geven" and text(page, "#due") == "€ 49,95"
    page.get_by_text("Contant", exact=True).tap()
    tap(page, "Betaling bevestigen")
    page.get_by_text("met de inlog van een filiaalmanager").wait_for()
    pay_ready(page)
    page.get_by_text("Contant", exact=True).tap()
    page.get_by_label("Filiaalmanager erbij").select_option(label="Joris van Dam")
    page.get_by_label("Pincode").fill(counter.PIN)
    tap(page, "Betaling bevestigen")
    page.get_by_role("heading", name="Afgerekend").wait_for()
    assert text(page, "p.change") == "Contant terug € 49,95"
    assert "Retour Oxford-overhemd Kade" in text(page, ".slip")
    back = Receipt.objects.latest("pk").order
    assert entries(back) == [("refund", "cash", D("-49.95"))]
    assert split(back) == {"21.00": ("-41.28", "-8.67", "-49.95")}
    tap(page, "Volgende klant", "link")
    ready(page)

    # the belt is exchanged for a shirt, from the menu: 49.95 less the 26.96 that was paid
    tap(page, "Menu van de kassa")
    tap(page, "Retour of ruilen")
    dialog.get_by_label("Nummer van de bon").fill(sold.number.lower())
    dialog.get_by_role("button", name="Zoeken").tap()
    dialog.get_by_text("1 al terug").wait_for()
    dialog.get_by_role("button", name="Eén meer: Riem Tuig").tap()
    dialog.get_by_label("Reden").fill("toch te breed")
    dialog.get_by_role("button", name="Retour op de bon").tap()
    total(page, "− € 26,96")
    dialog.wait_for(state="hidden")
    scan(page, factories.code_of(s.navy40))
    total(page, "€ 22,99")
    tap(page, "Afrekenen", "link")
    pay_ready(page)
    page.get_by_text("Contant", exact=True).tap()
    type_amount(page, "25")
    assert text(page, "#change b") == "€ 2,00"
    tap(page, "Betaling bevestigen")
    page.get_by_role("heading", name="Afgerekend").wait_for()
    swapped = Receipt.objects.latest("pk").order
    assert entries(swapped) == [
        ("settlement", "cash", D(25)), ("change", "cash", D(-2)), ("rounding", "", D("-0.01")),
    ]  # fmt: skip
    stock = dict(StockLevel.objects.filter(branch=s.branch).values_list("variant", "on_hand"))
    assert (stock[s.wit40.pk], stock[s.riem.pk], stock[s.navy40.pk]) == (9, 10, 9)
    tap(page, "Volgende klant", "link")
    ready(page)

    # X: 162.35 turnover (139.36 + 22.99), 49.95 given back, in the drawer 150 + 39.35 - 49.95 + 23
    tap(page, "Menu van de kassa")
    tap(page, "Tussenstand (X)", "link")
    page.get_by_role("heading", name="Tussenstand (X)").wait_for()
    seen = {label: figure(page, label) for label in ("Omzet", "Terugbetaald", "Aanbetalingen ontvangen")}
    assert seen == {"Omzet": "162,35", "Terugbetaald": "−49,95", "Aanbetalingen ontvangen": "0,00"}
    rows = [" ".join(row.split()) for row in page.locator("tbody tr").all_inner_texts()]
    # 21 %: 99.90 + 26.96 - 49.95 + 22.99 = 99.90; 9 %: 12.50
    assert rows == [
        "Contant 75,00 −62,60 5", "Pin 100,00 0,00 1", "21 % 82,56 17,34 99,90", "9 % 11,47 1,03 12,50",
    ]  # fmt: skip
    assert figure(page, "Teruggenomen artikelen (2)") == "−76,91"

    # Z: counted blind, 5 cents short, which asks why
    tap(page, "Dagafsluiting (Z)", "link")
    page.get_by_role("heading", name="Dagafsluiting (Z)").wait_for()
    assert "162,40" not in page.content()
    for label in ("€ 100", "€ 50", "€ 10", "€ 2", "20 cent", "10 cent", "5 cent"):
        page.get_by_label(label, exact=True).fill("1")
    assert text(page, "[data-counted]") == "€ 162,35"
    tap(page, "Dag afsluiten")
    page.get_by_text("Het getelde bedrag wijkt af").wait_for()
    assert TillSession.objects.get().open
    page.get_by_label("Reden van het verschil").fill("muntje kwijt")
    tap(page, "Dag afsluiten")
    page.get_by_role("heading", name="Dag afgesloten").wait_for()
    labels = ("Omzet", "Terugbetaald", "Verwacht in de lade", "Geteld", "Kasverschil", "Wisselgeld in de lade")
    assert [figure(page, label) for label in labels] == ["162,35", "−49,95", "162,40", "162,35", "−0,05", "150,00"]
    session = TillSession.objects.get()
    assert (session.expected_cash.amount, session.counted_cash.amount) == (D("162.40"), D("162.35"))
    assert session.z_number in page.locator("header .meta").inner_text()
    assert LedgerEntry.objects.get(kind="difference").amount.amount == D("-0.05")
    holds()
