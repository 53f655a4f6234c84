"""Terugbetalen, Storno, Terug te betalen and the statement of tegoed, in the browser."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from payments.models import LedgerEntry
from payments.services import sessions, terminals
from sales.models import SalesOrder
from tests import factories
from tests.payments import shop as money
from tests.payments.shop import rows, shop
from tests.payments.test_cancel import amended
from tests.payments.test_deposit import pay
from tests.payments.test_refund import back
from tests.payments.test_terminals import ask, start

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
NBSP = "\u00a0"


def look(page, name: str) -> None:
    """Axe finds nothing, and with LOOK=folder a picture is taken."""
    assert Axe().run(page).response["violations"] == []
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_deposit_is_given_back_from_the_order(page, login):
    s = shop()
    order = money.order(s, "100.00")
    pay(s, order, ("bank", "60.00"))
    login(page, s.office)
    page.goto(f"/verkoop/verkooporders/{order.pk}/")
    page.get_by_role("button", name="Terugbetalen").click()
    dialog = page.get_by_role("dialog", name=f"Terugbetalen op {order.number}?")
    assert dialog.get_by_label("Pin").count() == 0
    dialog.get_by_label("Bank").fill("60,01")
    dialog.get_by_label("Reden").fill("te veel betaald")
    dialog.get_by_role("button", name="Ja", exact=True).click()
    dialog.get_by_text(f"Er is €{NBSP}60,00 betaald; meer teruggeven kan niet.").wait_for()
    assert dialog.get_by_label("Reden").input_value() == "te veel betaald"
    look(page, "refund")
    dialog.get_by_label("Bank").fill("10")
    dialog.get_by_label("Tegoed").fill("20")
    dialog.get_by_role("button", name="Ja", exact=True).click()
    page.get_by_text("Het bedrag is teruggegeven").wait_for()
    assert rows(order)[1:] == [("refund", "bank", D(-10)), ("credit", "credit", D(-20))]


def test_the_statement_of_tegoed_follows_every_movement(page, login):
    s = shop()
    login(page, s.office)
    page.goto(f"/debiteuren/{s.customer.pk}/")
    page.get_by_role("link", name="Tegoed").click()
    page.get_by_text("Nog geen tegoed").wait_for()
    order, other = money.order(s, "100.00"), money.order(s, "30.00")
    pay(s, order, ("bank", "100.00"))
    back(s, order, ("tegoed", "70.00"))
    pay(s, other, ("tegoed", "30.00"))
    page.reload()
    said = [row.split("\t") for row in page.locator("tbody tr").all_inner_texts()]
    assert [row[1:3] + row[5:] for row in said] == [
        ["Betaald met tegoed", other.number, "", "30,00", "40,00"],
        ["Teruggekregen als tegoed", order.number, "70,00", "", "70,00"],
    ]
    assert page.get_by_text(f"Saldo €{NBSP}40,00").is_visible()
    look(page, "credit")


def test_the_worklist_names_what_waits_and_puts_it_in_its_place(page, login):
    s = shop()
    session, order, other = money.session(s), money.order(s, "60.00"), money.order(s, "45.00")
    lost = money.order(s, "25.00")
    login(page, s.manager)
    page.goto("/betalingen/terug-te-betalen/")
    page.get_by_text("Niets terug te betalen").wait_for()
    look(page, "worklist-empty")
    pay(s, lost, ("bank", "25.00"))
    amended(s, lost, [1])
    SalesOrder.objects.filter(amends=lost).update(net=D("16.53"), vat=D("3.47"), gross=D(20))
    late = start(s, order, session, "60.00")
    sessions.close_session(session_id=session.pk, denominations={"100": 1}, employee=s.manager, force=True)
    ask(s, late)
    second = ask(s, start(s, other, money.session(s), "45.00"))
    page.reload()
    for name in ("Wijzigingen die wachten op terugbetaling", "Tussenrekening", "Pin die nog niet is geboekt"):
        page.get_by_role("heading", name=name).wait_for()
    look(page, "worklist")
    page.get_by_role("button", name="Op order boeken").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nummer van de order").fill("VO-2026-99999")
    dialog.get_by_role("button", name="Ja", exact=True).click()
    dialog.get_by_text("Deze order is er niet").wait_for()
    dialog.get_by_label("Nummer van de order").fill(order.number.lower())
    look(page, "assign")
    dialog.get_by_role("button", name="Ja", exact=True).click()
    page.get_by_text(f"Het bedrag is op {order.number} geboekt.").wait_for()
    page.get_by_role("button", name="Op tussenrekening").click()
    page.get_by_role("dialog").get_by_label("Reden").fill("klant is weg")
    page.get_by_role("dialog").get_by_role("button", name="Ja", exact=True).click()
    page.get_by_role("button", name="Teruggeven").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Betaalwijze").select_option(label="Bank")
    dialog.get_by_label("Reden").fill("overgemaakt")
    look(page, "return")
    dialog.get_by_role("button", name="Ja", exact=True).click()
    page.get_by_text("Het bedrag is teruggegeven.").wait_for()
    assert page.get_by_role("heading", name="Tussenrekening").count() == 0
    second.refresh_from_db()
    assert (rows(order), second.entry.kind) == ([("suspense", "", D(60))], "suspense")


def test_storno_asks_a_second_login_above_the_ceiling(page, login):
    s = shop()
    order = money.order(s, "300.00")
    pay(s, order, ("bank", "260.00"))
    second = factories.employee("manager", s.branch, name="Tweede Manager")
    login(page, s.manager)
    page.goto(f"/verkoop/verkooporders/{order.pk}/")
    page.get_by_role("button", name="Terugdraaien").click()
    dialog = page.get_by_role("dialog", name=f"€{NBSP}260,00 op {order.number} terugdraaien?")
    dialog.get_by_label("Reden").fill("verkeerde order")
    dialog.get_by_role("button", name="Ja", exact=True).click()
    dialog.get_by_text("moet een tweede persoon inloggen").wait_for()
    assert dialog.get_by_label("Code van de tweede stap").is_visible()
    dialog.get_by_label("E-mailadres").fill(second.email)
    dialog.get_by_label("Wachtwoord").fill("fout")
    dialog.get_by_role("button", name="Ja", exact=True).click()
    dialog.get_by_text("Deze inlog klopt niet").wait_for()
    look(page, "storno")
    dialog.get_by_label("Wachtwoord").fill(factories.PASSWORD)
    dialog.get_by_role("button", name="Ja", exact=True).click()
    page.get_by_text("De boeking is teruggedraaid").wait_for()
    entry = LedgerEntry.objects.get(kind="reversal")
    assert (entry.approved_by, entry.employee) == (second, s.manager)
    assert page.get_by_role("button", name="Terugdraaien").count() == 0


def test_the_dialogs_in_the_dark(new_page, login):
    s = shop()
    order = money.order(s, "100.00", ("50.00", "low"))
    pay(s, order, ("bank", "60.00"))
    page = new_page(color_scheme="dark")
    login(page, s.office)
    page.goto(f"/verkoop/verkooporders/{order.pk}/")
    page.get_by_role("button", name="Order annuleren").click()
    page.get_by_role("dialog").get_by_label("Bank").wait_for()
    look(page, "cancel-dark")
    page.goto("/betalingen/terug-te-betalen/")
    look(page, "worklist-dark")


def test_a_payment_of_another_till_is_not_found(client):
    s = shop()
    payment = ask(s, start(s, money.order(s, "60.00"), money.session(s), "60.00"))
    client.force_login(factories.employee("manager", factories.branch("Zeist")))
    assert client.get(f"/betalingen/pin/{payment.pk}/tussenrekening/").status_code == 404
    terminals.to_suspense(payment_id=payment.pk, employee=s.manager, reason="weg")
    entry = LedgerEntry.objects.get(kind="suspense")
    for path in ("op-order", "teruggeven"):
        assert client.get(f"/betalingen/tussenrekening/{entry.pk}/{path}/").status_code == 404
