"""In a real browser: Nieuwe debiteur from another screen, the search everywhere, and a session that ends."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from backoffice.relations.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
OPEN = """htmx.ajax('GET', '/debiteuren/kiezen/nieuw/', {target: '#dialog-host', swap: 'innerHTML'})"""
LISTEN = """document.body.addEventListener('customer:chosen', (event) => {
    document.body.dataset.chosen = event.detail.id + ' = ' + event.detail.label; })"""


@pytest.fixture
def office():
    return factories.employee("office", factories.branch("Utrecht"))


@pytest.fixture
def desk(page, login, office):
    login(page, office)
    page.goto("/debiteuren/")
    return page


def test_a_customer_is_made_in_a_dialog_over_another_screen(desk):
    known = factories.customer("Vermeer", email="anna@voorbeeld.nl")
    desk.evaluate(LISTEN)
    desk.evaluate(OPEN)
    dialog = desk.get_by_role("dialog", name="Nieuwe debiteur")
    dialog.get_by_label("Achternaam").fill("Vermeer")
    dialog.get_by_label("E-mail").fill("geen adres")
    dialog.get_by_role("button", name="Opslaan").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Niet opgeslagen, 1 veld klopt niet")
    expect(dialog.get_by_label("E-mail")).to_be_focused()
    expect(dialog.get_by_label("Achternaam")).to_have_value("Vermeer")

    dialog.get_by_label("E-mail").fill("anna@voorbeeld.nl")
    desk.keyboard.press("Control+Enter")
    expect(dialog.get_by_text("Deze debiteur lijkt er al te zijn")).to_be_visible()
    dialog.get_by_role("button", name="Deze gebruiken").click()
    expect(dialog).to_have_count(0)
    expect(desk.locator("body")).to_have_attribute("data-chosen", f"{known.pk} = {known}")
    assert Customer.objects.count() == 1

    desk.evaluate(OPEN)
    dialog.get_by_label("Achternaam").fill("Hoekstra")
    desk.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    made = Customer.objects.get(last_name="Hoekstra")
    expect(desk.locator("body")).to_have_attribute("data-chosen", f"{made.pk} = 10001 · Hoekstra")
    expect(desk.locator("#toasts")).to_contain_text("10001 · Hoekstra is opgeslagen.")


def test_an_exact_number_and_enter_go_straight_there(desk):
    customer = factories.customer("Vermeer", number=20482)
    factories.customer("Hoekstra", number=20483)
    desk.keyboard.press("/")
    field = desk.get_by_role("combobox", name="Zoeken")
    expect(field).to_be_focused()
    field.press_sequentially("20482", delay=20)
    field.press("Enter")
    desk.wait_for_url(f"**/debiteuren/{customer.pk}/")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Anna Vermeer")


def test_a_session_that_ends_inside_a_fragment_comes_back_to_the_page(desk, office):
    desk.goto("/debiteuren/?sort=-name")
    Session.objects.all().delete()
    desk.evaluate(OPEN)
    desk.wait_for_url("**/inloggen/?next=/debiteuren/%3Fsort%3D-name")
    desk.get_by_label("E-mailadres").fill(office.email)
    desk.get_by_label("Wachtwoord").fill(factories.PASSWORD)
    desk.get_by_role("button", name="Inloggen").click()
    desk.wait_for_url("**/debiteuren/?sort=-name")


def test_a_delivery_address_is_added_to_the_form(desk):
    desk.goto("/debiteuren/nieuw/")
    desk.get_by_label("Achternaam").fill("Vermeer")
    rows = desk.get_by_role("group", name="Bezorgadres")
    for at, city in enumerate(("Amersfoort", "Zeist")):
        desk.get_by_role("button", name="Bezorgadres toevoegen").click()
        expect(rows).to_have_count(at + 1)
        rows.nth(at).get_by_label("Plaats").fill(city)
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Vermeer")
    assert list(Customer.objects.get().addresses.values_list("kind", "city")) == [
        ("delivery", "Amersfoort"), ("delivery", "Zeist"),
    ]  # fmt: skip
