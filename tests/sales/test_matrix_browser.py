"""The Kleur-/maatvenster and the picker in a real browser: by keyboard, by scanner, by the labels that people see."""

import re
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from backoffice.catalog import stock
from backoffice.catalog.models import Barcode
from sales.models import SalesOrder
from tests import factories, grown
from tests.scanner import scan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(live_server):
    utrecht, zwolle = factories.branch("Utrecht"), factories.branch("Zwolle")
    sanne = factories.employee("office", utrecht)
    shirt = factories.article(
        "48211",
        "Overhemd Kade",
        "49.95",
        colours=["Wit", "Navy", "Zwart"],
        sizes=["40", "41", "42"],
        stock={utrecht: 5},
    )
    shirt.variants.filter(colour__label="Navy", size__label="41").update(active=False)
    stock.change(zwolle, on_hand=[(factories.variant(shirt, "Wit", "40").pk, Decimal(7))])
    belt = factories.article("R1", "Riem", "20.00", stock={utrecht: 3})
    order = factories.draft(employee=sanne)
    return {"sanne": sanne, "shirt": shirt, "belt": belt, "order": order}


def content(order: SalesOrder) -> list[tuple]:
    rows = order.lines.order_by("position")
    return [(line.description, line.colour_label, line.size_label, int(line.quantity)) for line in rows]


def window(page, shop):
    """The order screen with the window of the shirt open, as after choosing it."""
    page.goto(f"/verkoop/verkooporders/{shop['order'].pk}/")
    page.wait_for_function("document.documentElement.dataset.scanning === 'ready'")
    open_window(page, shop)
    return page.get_by_role("dialog", name="Overhemd Kade")


def open_window(page, shop):
    page.evaluate(
        "url => document.dispatchEvent(new CustomEvent('open-dialog', { detail: { url } }))",
        f"/verkoop/verkooporders/{shop['order'].pk}/maten/?artikel={shop['shirt'].pk}",
    )
    expect(page.get_by_role("dialog", name="Overhemd Kade")).to_be_visible()


def cell(dialog, name):
    return dialog.get_by_role("textbox", name=f"Aantal {name}", exact=True)


def violations(page) -> list:
    return [(v["id"], [node["html"] for node in v["nodes"]][:3]) for v in Axe().run(page).response["violations"]]


def test_the_window_works_as_a_spreadsheet_and_six_cells_go_into_the_order(page, login, shop):
    login(page, shop["sanne"])
    dialog = window(page, shop)
    expect(cell(dialog, "Wit 40")).to_be_focused()

    page.keyboard.type("4")
    page.keyboard.press("Tab")
    expect(cell(dialog, "Wit 41")).to_be_focused()
    page.keyboard.type("2")
    page.keyboard.press("ArrowDown")  # Navy 41 does not exist
    expect(cell(dialog, "Zwart 41")).to_be_focused()
    page.keyboard.type("9")
    page.keyboard.press("Delete")
    expect(cell(dialog, "Zwart 41")).to_have_value("")
    page.keyboard.type("1")
    page.keyboard.press("Enter")  # the bottom: on to the next column
    expect(cell(dialog, "Wit 42")).to_be_focused()
    page.keyboard.type("7")
    page.keyboard.press("Home")
    expect(cell(dialog, "Wit 40")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type("6")  # over the 7
    expect(cell(dialog, "Wit 42")).to_have_value("6")
    page.keyboard.press("Enter")
    page.keyboard.type("3")
    page.keyboard.press("ArrowLeft")
    expect(cell(dialog, "Navy 40")).to_be_focused()
    page.keyboard.type("1")

    expect(dialog.locator("[data-row-total]")).to_have_text(["12", "4", "1"])
    expect(dialog.locator("[data-column-total]")).to_have_text(["5", "3", "9"])
    expect(dialog.locator("[data-all-total]")).to_have_text("17")
    expect(dialog.locator("[data-amount]")).to_have_text("€ 849,15")
    expect(dialog.locator(".mx[data-stock=over] small")).to_have_text(["1 nalev."])  # 6 of Wit 42, 5 are free

    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#lines-table")).to_contain_text("Overhemd Kade")
    assert content(shop["order"]) == [
        ("Overhemd Kade", "Wit", "40", 4), ("Overhemd Kade", "Wit", "41", 2), ("Overhemd Kade", "Wit", "42", 6),
        ("Overhemd Kade", "Navy", "40", 1), ("Overhemd Kade", "Navy", "42", 3), ("Overhemd Kade", "Zwart", "41", 1),
    ]  # fmt: skip
    assert SalesOrder.objects.get(pk=shop["order"].pk).gross.amount == Decimal("849.15")


def test_it_opens_again_from_its_lines_and_sends_only_what_changed(page, login, shop):
    factories.lines.add(
        order_id=shop["order"].pk,
        items=[(factories.variant(shop["shirt"], "Wit", s).pk, Decimal(2)) for s in ("40", "42")],
        employee=shop["sanne"],
    )
    login(page, shop["sanne"])
    page.goto(f"/verkoop/verkooporders/{shop['order'].pk}/")
    page.get_by_role("button", name="Kleur-/maatvenster").first.click()
    dialog = page.get_by_role("dialog", name="Overhemd Kade")
    expect(cell(dialog, "Wit 40")).to_be_focused()
    expect(cell(dialog, "Wit 40")).to_have_value("2")
    cell(dialog, "Wit 42").fill("5")
    with page.expect_request(re.compile("/maten/")) as request:
        dialog.get_by_role("button", name="In order zetten").click()
    wit = factories.variant(shop["shirt"], "Wit", "42").pk
    sent = dict(pair.split("=") for pair in request.value.post_data.split("&"))
    assert sent.keys() - {"key", "shown"} == {f"cell-{wit}", f"was-{wit}"}
    assert (sent[f"cell-{wit}"], sent[f"was-{wit}"]) == ("5", "2")
    expect(dialog).to_be_hidden()
    assert content(shop["order"])[1] == ("Overhemd Kade", "Wit", "42", 5)


def test_a_scan_of_twelve_figures_goes_into_the_cell_whose_code_has_thirteen(page, login, shop):
    wit = factories.variant(shop["shirt"], "Wit", "42")
    Barcode.objects.create(code="0191169335949", variant=wit)
    login(page, shop["sanne"])
    dialog = window(page, shop)
    for code in ("191169335949", "0191169335949", "00191169335949"):
        scan(page, code)
    expect(cell(dialog, "Wit 42")).to_have_value("3")


def test_scans_go_into_their_cells_and_a_strange_code_changes_nothing(page, login, shop):
    login(page, shop["sanne"])
    dialog = window(page, shop)
    cell(dialog, "Navy 40").fill("3")
    wit, zwart = (factories.variant(shop["shirt"], c, "42") for c in ("Wit", "Zwart"))

    scan(page, factories.code_of(wit))
    scan(page, factories.code_of(wit))
    expect(dialog.locator("[data-matrix-scan]").get_by_role("status")).to_have_text("Wit 42 1 + 1")
    scan(page, factories.code_of(zwart))
    expect(cell(dialog, "Wit 42")).to_have_value("2")
    expect(cell(dialog, "Zwart 42")).to_have_value("1")
    expect(cell(dialog, "Navy 40")).to_have_value("3")  # the field that had the cursor keeps its value

    strange = factories.code_of(factories.variant(shop["belt"]))
    scan(page, strange)
    alert = f"Code {strange} hoort niet bij dit artikel. Er is niets gewijzigd."
    expect(dialog.locator("[data-matrix-scan] [role=alert]")).to_have_text(alert)
    expect(dialog.locator("[data-all-total]")).to_have_text("6")
    expect(dialog.locator("[data-matrix-scan]")).to_have_attribute("data-state", "armed")
    assert content(shop["order"]) == []


def test_a_block_is_pasted_and_what_does_not_fit_is_said(page, login, shop):
    login(page, shop["sanne"])
    dialog = window(page, shop)
    cell(dialog, "Wit 40").evaluate(
        """cell => { const data = new DataTransfer(); data.setData("text/plain", "1\\t2\\n3\\t4\\t5\\n");
        cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""
    )
    values = [cell(dialog, name).input_value() for name in ("Wit 40", "Wit 41", "Wit 42", "Navy 40", "Navy 42")]
    assert values == ["1", "2", "", "3", "5"]
    expect(dialog.locator("[data-matrix-scan] [role=alert]")).to_have_text("1 niet geplakt: bestaat niet")


def test_a_bad_cell_gives_the_window_back_and_the_mended_one_is_saved(page, login, shop):
    login(page, shop["sanne"])
    dialog = window(page, shop)
    cell(dialog, "Wit 40").fill("1,5")
    cell(dialog, "Zwart 42").fill("2")
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_role("alert").first).to_contain_text("Wit 40: Dit artikel gaat per heel stuk.")
    expect(cell(dialog, "Wit 40")).to_be_focused()
    expect(cell(dialog, "Wit 40")).to_have_attribute("aria-invalid", "true")
    expect(dialog.locator("[data-row-total]").last).to_have_text("2")
    assert violations(page) == []
    page.keyboard.type("1")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    assert content(shop["order"]) == [("Overhemd Kade", "Wit", "40", 1), ("Overhemd Kade", "Zwart", "42", 2)]


def test_other_branches_are_shown_on_request(page, login, shop):
    login(page, shop["sanne"])
    dialog = window(page, shop)
    page.keyboard.press("Alt+F")
    button = dialog.get_by_role("button", name="Voorraad andere filialen")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(dialog.locator(".else").first).to_have_text("+7")
    cell(dialog, "Wit 41").focus()
    cell(dialog, "Wit 40").focus()
    expect(dialog.locator("#matrix-where")).to_have_text("Wit 40 in andere filialen: Zwolle 7")
    button.click()
    expect(dialog.locator(".else").first).to_be_hidden()


def test_other_branches_of_many_colours_come_part_by_part_by_themselves(page, login, shop):
    zeist = factories.branch("Zeist")
    shop["shirt"] = grown.article("G-1", 10, 15, branch_ids=[zeist.pk])
    login(page, shop["sanne"])
    page.goto(f"/verkoop/verkooporders/{shop['order'].pk}/")
    page.evaluate(
        "url => document.dispatchEvent(new CustomEvent('open-dialog', { detail: { url } }))",
        f"/verkoop/verkooporders/{shop['order'].pk}/maten/?artikel={shop['shirt'].pk}",
    )
    dialog = page.get_by_role("dialog", name="Overhemd Groei G-1")
    dialog.get_by_role("button", name="Voorraad andere filialen").click()
    expect(dialog.locator(".else")).to_have_count(150)
    expect(dialog.locator("#matrix-where")).to_have_text("150 maten liggen ook elders.")
    cell(dialog, "Groei 009 44").focus()
    expect(dialog.locator("#matrix-where")).to_have_text("Groei 009 44 in andere filialen: Zeist 2")


def test_three_articles_are_picked_over_two_searches_and_added_at_once(page, login, shop):
    login(page, shop["sanne"])
    page.goto(f"/verkoop/verkooporders/{shop['order'].pk}/")
    page.get_by_role("button", name="Meerdere artikelen toevoegen").click()
    dialog = page.get_by_role("dialog", name="Meerdere artikelen toevoegen")
    expect(dialog.get_by_role("searchbox", name="Zoeken")).to_be_focused()
    dialog.get_by_role("textbox", name="Aantal Riem", exact=True).fill("2")
    expect(dialog.get_by_role("button", name="Toevoegen (1)")).to_be_visible()

    dialog.get_by_role("searchbox", name="Zoeken").fill("kade")
    expect(dialog.get_by_role("textbox", name="Aantal Riem", exact=True)).to_be_hidden()
    dialog.get_by_role("button", name="Overhemd Kade", exact=True).click()
    cell(dialog, "Overhemd Kade Wit 40").fill("3")
    cell(dialog, "Overhemd Kade Zwart 42").fill("1")
    expect(dialog.get_by_role("textbox", name="Gekozen aantal Overhemd Kade Wit 40")).to_have_value("3")
    dialog.get_by_role("searchbox", name="Zoeken").fill("")
    expect(dialog.get_by_role("textbox", name="Aantal Riem", exact=True)).to_have_value("2")
    assert violations(page) == []

    dialog.get_by_role("textbox", name="Gekozen aantal Riem").fill("veel")
    dialog.get_by_role("button", name="Toevoegen (3)").click()
    expect(dialog.get_by_role("textbox", name="Gekozen aantal Riem")).to_be_focused()
    expect(dialog).to_contain_text("“veel” is geen aantal.")
    dialog.get_by_role("textbox", name="Gekozen aantal Riem").fill("1")
    dialog.get_by_role("button", name="Weghalen Overhemd Kade Zwart 42").click()
    dialog.get_by_role("button", name="Toevoegen (2)").click()
    expect(dialog).to_be_hidden()
    assert content(shop["order"]) == [("Riem", "", "", 1), ("Overhemd Kade", "Wit", "40", 3)]


def test_the_window_has_no_faults_for_those_who_cannot_see_it(page, login, shop):
    login(page, shop["sanne"])
    window(page, shop)
    assert violations(page) == []


def test_leaving_with_unsaved_quantities_asks_first(page, login, shop):
    login(page, shop["sanne"])
    dialog = window(page, shop)
    page.keyboard.press("Escape")  # nothing was typed
    expect(dialog).to_be_hidden()
    question = page.get_by_text("Aantallen niet in de order gezet. Toch sluiten?")
    open_window(page, shop)
    for leave in ("Escape", "Sluiten", "Annuleren"):
        cell(dialog, "Wit 40").fill("4")
        if leave == "Escape":
            page.keyboard.press("Escape")
        else:
            dialog.get_by_role("button", name=leave).click()
        expect(question).to_be_visible()
        expect(page.get_by_role("button", name="Nee")).to_be_focused()
        page.keyboard.press("Escape")  # is Nee
        expect(question).to_be_hidden()
        expect(cell(dialog, "Wit 40")).to_have_value("4")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Ja").click()
    expect(dialog).to_be_hidden()
    assert content(shop["order"]) == []
    open_window(page, shop)
    expect(cell(dialog, "Wit 40")).to_have_value("")
    cell(dialog, "Wit 40").fill("4")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    open_window(page, shop)
    page.keyboard.press("Escape")  # what is shown is what the order holds
    expect(dialog).to_be_hidden()
    assert content(shop["order"]) == [("Overhemd Kade", "Wit", "40", 4)]
