"""More than 999 pieces are asked about wherever they are typed; Nee keeps what was typed and saves nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from backoffice.core.keys import new_key
from tests import factories
from tests.sales.order_shop import eventually, pieces, shop
from tests.scanner import scan


@pytest.fixture
def opened(page, login):
    s = shop()
    order = factories.draft(employee=s.office, branch=s.branch)
    login(page, s.office)
    page.goto(f"/verkoop/verkooporders/{order.pk}/")
    page.wait_for_selector("html[data-scanning=ready]")
    return s, order


def question(page, name, number):
    dialog = page.get_by_role("dialog", name=name)
    dialog.get_by_text(f"{number} stuks, klopt dat?").wait_for()
    assert dialog.get_by_role("button", name="Nee").evaluate("button => button === document.activeElement")
    return dialog


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "asked"), [("999", False), ("1.000", True), ("1000", True)])
def test_the_picker_and_the_window_ask_from_1000_on(client, typed, asked):
    s = shop()
    client.force_login(s.office)
    for url, field in (("picker", "item"), ("matrix", "cell")):
        order = factories.draft(employee=s.office, branch=s.branch)
        address = reverse(f"sales:{url}", args=[order.pk, *([s.shirt.pk] if url == "matrix" else [])])
        values = {"key": new_key(), f"{field}-{s.wit40.pk}": typed}
        answer = client.post(address, values)
        assert ("1.000 stuks, klopt dat?" in answer.content.decode()) == asked, url
        assert len(pieces(order)) == (not asked)
        client.post(address, values | {"sure": "1"})
        assert pieces(order) == [("Wit 40", 1000 if asked else 999)]


@pytest.mark.django_db
def test_a_barcode_in_the_window_is_no_quantity(client):
    s = shop()
    client.force_login(s.office)
    order = factories.draft(employee=s.office, branch=s.branch)
    url = reverse("sales:matrix", args=[order.pk, s.shirt.pk])
    answer = client.post(url, {"key": new_key(), f"cell-{s.wit40.pk}": "8712345678906", "sure": "1"})
    assert answer.status_code == 422
    assert "lijkt op een barcode" in answer.content.decode()
    assert pieces(order) == []


@pytest.mark.django_db(transaction=True)
def test_the_picker_asks_over_its_list(page, opened):
    _s, order = opened
    page.get_by_role("button", name="Meerdere artikelen toevoegen").click()
    picker = page.get_by_role("dialog", name="Meerdere artikelen toevoegen")
    picker.get_by_label("Aantal Riem Tuig").fill("1500")
    picker.get_by_label("Aantal Broek inkorten").fill("2.000")
    page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="Kloppen deze aantallen?")
    dialog.get_by_text("1.500 stuks, klopt dat?").wait_for()
    dialog.get_by_text("Riem Tuig").wait_for()
    assert Axe().run(page).response["violations"] == []
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert picker.get_by_label("Gekozen aantal Riem Tuig").input_value() == "1500"
    assert pieces(order) == []
    picker.get_by_label("Gekozen aantal Broek inkorten").fill("2")
    page.keyboard.press("Control+Enter")
    question(page, "Riem Tuig", "1.500").get_by_role("button", name="Ja").click()
    eventually(page, lambda: sorted(pieces(order)) == [("Broek inkorten", 2), ("Riem Tuig", 1500)])
    expect(page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.django_db(transaction=True)
def test_the_window_asks_over_its_cells(page, opened):
    _s, order = opened
    scan(page, "48211")
    window = page.get_by_role("dialog", name="Oxford-overhemd Kade")
    window.get_by_label("Aantal Wit 40").fill("1500")
    window.get_by_label("Aantal Navy 40").fill("3")
    page.keyboard.press("Control+Enter")
    question(page, "Oxford-overhemd Kade Wit 40", "1.500").get_by_role("button", name="Nee").click()
    assert window.get_by_label("Aantal Wit 40").input_value() == "1500"
    assert pieces(order) == []
    page.keyboard.press("Control+Enter")
    question(page, "Oxford-overhemd Kade Wit 40", "1.500").get_by_role("button", name="Ja").click()
    eventually(page, lambda: sorted(pieces(order)) == [("Navy 40", 3), ("Wit 40", 1500)])
    expect(page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.django_db(transaction=True)
def test_a_scan_of_so_many_times_asks_and_the_next_scan_works(page, opened):
    s, order = opened
    for answer in ("Nee", "Ja"):
        # by hand into the field: with nothing focused, keys more than 0.4 s apart are not of one code
        page.get_by_label("Barcode of 5x").press_sequentially("1500x", delay=80)
        page.keyboard.press("Enter")
        page.get_by_text("1500 keer: scan nu het artikel").wait_for()
        scan(page, factories.code_of(s.wit40))
        dialog = question(page, "Oxford-overhemd Kade Wit 40", "1.500")
        assert pieces(order) == []
        dialog.get_by_role("button", name=answer).click()
        page.locator("dialog[open]").wait_for(state="detached")
    eventually(page, lambda: pieces(order) == [("Wit 40", 1500)])
    page.wait_for_selector("#scan[data-state=known]")
    scan(page, factories.code_of(s.wit40))
    eventually(page, lambda: pieces(order) == [("Wit 40", 1501)])
