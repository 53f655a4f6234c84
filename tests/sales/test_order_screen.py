"""The order screen in a real browser, in the words of the manual."""

import datetime
import time
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe

from sales.models import SalesOrder
from sales.services import confirming, lines
from tests import factories
from tests.sales.order_shop import eventually, pieces, shop
from tests.settled import settled

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(order):
    return SalesOrder.objects.get(pk=order.pk)


@pytest.fixture
def opened(page, login):
    """opened(shop, who, **draft): a draft, open in the browser."""

    def make(s, who=None, **fields):
        who = who or s.office
        order = factories.draft(employee=who, branch=s.branch, **fields)
        login(page, who)
        page.goto(f"/verkoop/verkooporders/{order.pk}/")
        page.wait_for_selector("html[data-scanning=ready]")
        return order

    return make


def choose(page, label, text):
    field = page.get_by_label(label)
    field.fill(text)
    page.get_by_role("option", name=text).first.click()


def test_the_eight_fields_are_saved_as_they_are_typed(page, opened):
    s = shop()
    order = opened(s)
    choose(page, "Soort *", "Verkooporder zakelijk")
    page.get_by_role("radio", name="Exclusief BTW", checked=True).wait_for()
    choose(page, "Debiteur *", "Vermeer")
    choose(page, "Medewerker *", "Joris van Dam")
    choose(page, "Leverwijze *", "Bezorgen")
    texts = {"Betreft": "Bedrijfskleding", "Verwachte leverdatum": "4-12-26", "Datum *": "24/11/2026"}
    for label, typed in texts.items():
        page.get_by_label(label).fill(typed)
        page.get_by_label(label).press("Tab")
    eventually(page, lambda: page.evaluate("document.getElementById('expected_delivery_date').value === '04-12-2026'"))
    eventually(page, lambda: page.evaluate("document.getElementById('order_date').value === '24-11-2026'"))
    saved = fresh(order)
    assert (saved.order_type.name, saved.customer, saved.employee) == ("Verkooporder zakelijk", s.customer, s.manager)
    assert (saved.subject, saved.delivery_method.name) == ("Bedrijfskleding", "Bezorgen")
    assert saved.expected_delivery_date == datetime.date(2026, 12, 4)
    assert page.locator("#order-saved").inner_text().startswith("Opgeslagen ")


def test_a_date_that_does_not_exist_is_marked_where_it_stands(page, opened):
    order = opened(shop())
    before = fresh(order).expected_delivery_date
    field = page.get_by_label("Verwachte leverdatum")
    field.fill("31-11-2026")
    field.press("Tab")
    page.get_by_text("31-11-2026 bestaat niet. Bedoelt u 30-11-2026?").wait_for()
    assert field.input_value() == "31-11-2026"
    assert field.get_attribute("aria-invalid") == "true"
    assert fresh(order).expected_delivery_date == before
    field.fill("30-11-2026")
    field.press("Tab")
    eventually(page, lambda: fresh(order).expected_delivery_date == datetime.date(2026, 11, 30))
    page.wait_for_selector("#expected_delivery_date:not([aria-invalid])")


def test_addresses_reference_and_note_stand_in_the_folded_row(page, opened):
    s = shop()
    order = opened(s, customer=s.customer)
    page.get_by_text("Meer gegevens").click()
    page.get_by_label("Referentie klant").fill("PO 77")
    page.get_by_label("Interne notitie").fill("Belt vooraf\nniet op maandag")
    page.get_by_label("Bezorgadres").fill("Receptie\nKade 5\n1234 AB Leiden")
    page.get_by_label("Tijdvak").fill("9-12")
    page.get_by_label("Tijdvak").press("Tab")
    eventually(page, lambda: fresh(order).time_window == "9-12")
    saved = fresh(order)
    assert (saved.reference, saved.note) == ("PO 77", "Belt vooraf\nniet op maandag")
    assert saved.delivery_address == {
        "attention": "", "above": "Receptie", "street": "Kade 5", "city": "1234 AB Leiden", "country": "NL"
    }  # fmt: skip


def test_cells_are_saved_and_the_totals_follow(page, opened):
    s = shop()
    order = opened(s, items=[(s.wit40, 1), (s.wit42, 1), (s.inkorten, 1)])
    page.get_by_label("Aantal Oxford-overhemd Kade Wit 40").fill("3")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Aantal Oxford-overhemd Kade Wit 42"
    page.get_by_label("Verkoopprijs Oxford-overhemd Kade Wit 42").fill("45")
    page.get_by_label("Korting Oxford-overhemd Kade Wit 42").fill("5")
    page.get_by_label("Tekst Broek inkorten").fill("Binnenbeen 78 cm")
    page.keyboard.press("Tab")
    # 149,85 + 42,75 + 12,50
    page.locator("#order-settle .due", has_text="€ 205,10").wait_for()
    eventually(page, lambda: fresh(order).lines.order_by("position").last().text == "Binnenbeen 78 cm")
    assert page.get_by_label("Verkoopprijs Oxford-overhemd Kade Wit 42").input_value() == "45,00"
    assert page.get_by_label("Korting Oxford-overhemd Kade Wit 42").input_value() == "5\u00a0%"
    assert page.locator("tr.group .sum").inner_text() == "192,60"
    saved = list(fresh(order).lines.order_by("position"))
    assert [line.line_total.amount for line in saved] == [Decimal("149.85"), Decimal("42.75"), Decimal("12.50")]


def test_two_cells_of_a_line_typed_quickly_are_both_saved(page, opened, monkeypatch):
    s = shop()
    order = opened(s, items=[(s.wit40, 1)])
    real = lines.set_line
    monkeypatch.setattr(lines, "set_line", lambda **kwargs: (time.sleep(0.4), real(**kwargs))[1])
    page.get_by_label("Aantal Oxford-overhemd Kade Wit 40").fill("2")
    page.get_by_label("Verkoopprijs Oxford-overhemd Kade Wit 40").fill("46,00")
    page.get_by_label("Korting Oxford-overhemd Kade Wit 40").fill("€ 2,00")
    page.get_by_label("Tekst Oxford-overhemd Kade Wit 40").fill("Initialen")
    page.keyboard.press("Tab")
    eventually(page, lambda: fresh(order).lines.get().text == "Initialen")
    line = fresh(order).lines.get()
    assert (line.quantity, line.unit_price.amount, line.discount_amount.amount) == (2, Decimal(46), Decimal(2))
    page.locator("#order-settle .due", has_text="€ 90,00").wait_for()


def test_a_wrong_cell_keeps_what_was_typed_and_holds_back_confirming(page, opened):
    s = shop()
    order = opened(s, customer=s.customer, items=[(s.wit40, 1)])
    cell = page.get_by_label("Aantal Oxford-overhemd Kade Wit 40")
    wrong = {"0": "hoger zijn dan nul", "1,5": "per heel stuk", "8712345678906": "lijkt op een barcode"}
    for typed, sentence in wrong.items():
        cell.fill(typed)
        page.keyboard.press("Tab")
        page.locator(".cell-error", has_text=sentence).wait_for()
        assert cell.input_value() == typed
    page.keyboard.press("Control+Enter")
    page.get_by_text("Verbeter eerst het gemarkeerde veld.").wait_for()
    assert fresh(order).lifecycle == "draft"
    assert pieces(order) == [("Wit 40", 1)]


def test_more_than_999_pieces_are_asked_about(page, opened):
    s = shop()
    order = opened(s, items=[(s.wit40, 1)])
    cell = page.get_by_label("Aantal Oxford-overhemd Kade Wit 40")
    for typed in ("1500", "1.200"):
        cell.fill(typed)
        page.keyboard.press("Tab")
        dialog = page.get_by_role("dialog", name="Oxford-overhemd Kade Wit 40")
        dialog.get_by_text({"1500": "1.500", "1.200": "1.200"}[typed] + " stuks, klopt dat?").wait_for()
        assert dialog.get_by_role("button", name="Nee").evaluate("button => button === document.activeElement")
        assert pieces(order) == [("Wit 40", 1)]
        if typed == "1500":
            dialog.get_by_role("button", name="Nee").click()
            assert cell.input_value() == "1500"
            assert (pieces(order), page.locator("[data-unsaved]").count()) == ([("Wit 40", 1)], 1)
    page.get_by_role("button", name="Ja").click()
    page.locator("#order-settle .due", has_text="€ 59.940,00").wait_for()
    assert page.locator("[data-unsaved]").count() == 0


def test_a_discount_beyond_the_ceiling_asks_the_manager_a_reason(page, opened):
    s = shop()
    order = opened(s, s.manager, items=[(s.wit40, 1)])
    page.get_by_label("Korting Oxford-overhemd Kade Wit 40").fill("40 %")
    page.keyboard.press("Tab")
    page.get_by_role("dialog", name="Reden").wait_for()
    page.get_by_role("textbox", name="Reden").fill("beschadigd")
    page.get_by_role("button", name="Opslaan").click()
    page.locator("#order-settle .due", has_text="€ 29,97").wait_for()
    assert page.locator("dialog[open]").count() == 0
    line = fresh(order).lines.get()
    assert (line.discount_percent, line.override_reason) == (Decimal(40), "beschadigd")


def test_a_seller_is_told_to_ask_the_manager(page, opened):
    s = shop()
    order = opened(s, s.seller, items=[(s.wit40, 1)])
    page.get_by_label("Korting Oxford-overhemd Kade Wit 40").fill("40 %")
    page.keyboard.press("Tab")
    page.locator(".cell-error", has_text="Vraag uw filiaalmanager").wait_for()
    assert fresh(order).gross.amount == Decimal("49.95")


def test_a_line_that_somebody_else_changed_shows_both_values(page, opened):
    s = shop()
    order = opened(s, items=[(s.wit40, 1)])
    line = order.all_lines[0]
    values = {"quantity": Decimal(4)}
    lines.set_line(order_id=order.pk, line_id=line.pk, revision=1, values=values, employee=s.manager)
    page.get_by_label("Aantal Oxford-overhemd Kade Wit 40").fill("2")
    page.keyboard.press("Tab")
    conflict = page.locator("#conflict")
    conflict.wait_for()
    assert "Joris van Dam" in conflict.inner_text()
    assert conflict.locator("td").all_inner_texts() == ["4", "2"]
    assert pieces(order) == [("Wit 40", 4)]


def test_lines_are_moved_copied_deleted_and_put_back(page, opened):
    s = shop()
    order = opened(s, items=[(s.wit40, 1), (s.riem, 1)])
    page.get_by_role("button", name="Meer acties met regel Riem Tuig").click()
    page.get_by_role("menuitem", name="Omhoog").click()
    eventually(page, lambda: pieces(order) == [("Riem Tuig", 1), ("Wit 40", 1)])
    page.get_by_role("button", name="Meer acties met regel Riem Tuig").click()
    page.get_by_role("menuitem", name="Kopiëren").click()
    eventually(page, lambda: pieces(order) == [("Riem Tuig", 1), ("Riem Tuig", 1), ("Wit 40", 1)])
    page.get_by_role("button", name="Regel Oxford-overhemd Kade Wit 40 verwijderen").click()
    page.get_by_text("Oxford-overhemd Kade Wit 40 is verwijderd.").wait_for()
    assert pieces(order) == [("Riem Tuig", 1), ("Riem Tuig", 1)]
    page.get_by_role("button", name="Ongedaan maken").click()
    eventually(page, lambda: pieces(order) == [("Riem Tuig", 1), ("Riem Tuig", 1), ("Wit 40", 1)])
    page.get_by_label("Aantal Oxford-overhemd Kade Wit 40").wait_for()


def test_artikel_and_tekstregel_toevoegen(page, opened):
    s = shop()
    order = opened(s)
    page.get_by_role("button", name="Artikel toevoegen", exact=True).click()
    page.get_by_role("combobox", name="Artikel").fill("tuig")
    page.get_by_role("option", name="Riem Tuig").click()
    page.get_by_label("Aantal Riem Tuig").wait_for()
    assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("Alt+t")
    page.get_by_role("textbox", name="Tekst", exact=True).fill("Graag als cadeau inpakken")
    page.keyboard.press("Enter")
    eventually(page, lambda: pieces(order) == [("Riem Tuig", 1), ("Graag als cadeau inpakken", 1)])
    assert page.locator("#order-totals tbody tr").count() == 1


def test_switching_vat_asks_with_both_totals_only_when_they_differ(page, opened):
    s = shop()
    items = [(s.wit40, 1), (s.wit42, 1), (s.navy40, 1), (s.navy32, 1), (s.riem, 1)]
    order = opened(s, items=items)
    page.get_by_text("Exclusief BTW", exact=True).click()
    dialog = page.get_by_role("dialog", name="Overgaan op Exclusief BTW?")
    dialog.wait_for()
    assert "Het totaal gaat van € 249,75 naar € 249,74." in dialog.inner_text().replace("\u00a0", " ")
    page.get_by_role("button", name="Nee").click()
    assert page.get_by_role("radio", name="Inclusief BTW").is_checked()
    assert fresh(order).vat_mode == "inclusive"
    page.get_by_text("Exclusief BTW", exact=True).click()
    page.get_by_role("button", name="Ja").click()
    page.locator("#order-settle .due", has_text="€ 249,74").wait_for()
    page.get_by_role("columnheader", name="Bedrag excl.").wait_for()
    assert page.get_by_label("Verkoopprijs Riem Tuig").input_value() == "24,7521"
    page.get_by_text("Inclusief BTW").click()
    page.get_by_role("button", name="Ja").click()
    page.locator("#order-settle .due", has_text="€ 249,75").wait_for()


def test_the_order_discount_stands_on_its_own_row(page, opened):
    s = shop()
    order = opened(s, items=[(s.wit40, 2)])
    page.get_by_label("Korting op de order").fill("10")
    page.keyboard.press("Tab")
    page.locator("#order-settle", has_text="− € 9,99").wait_for()
    assert page.get_by_label("Korting op de order").input_value() == "10\u00a0%"
    page.get_by_label("Korting op de order").fill("abc")
    page.keyboard.press("Tab")
    page.locator("#order-discount-error").wait_for()
    assert page.get_by_label("Korting op de order").input_value() == "abc"
    assert fresh(order).gross.amount == Decimal("89.91")


def test_confirming_says_what_is_missing_and_then_gives_the_number(page, opened):
    s = shop()
    order = opened(s)
    page.keyboard.press("Control+Enter")
    summary = page.locator("#error-summary")
    summary.wait_for()
    assert summary.get_by_role("link").all_inner_texts() == [
        "Debiteur: Kies een debiteur.",
        "Orderregels: Voeg ten minste één regel toe.",
    ]
    assert page.get_by_label("Debiteur *").get_attribute("aria-invalid") == "true"
    summary.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.id") == "customer"
    choose(page, "Debiteur *", "Vermeer")
    page.wait_for_selector("#customer:not([aria-invalid])")
    page.get_by_label("Barcode of 5x").fill("90140")
    page.keyboard.press("Enter")
    page.get_by_label("Aantal Broek inkorten").fill("5")
    page.keyboard.press("Control+Enter")  # with the cursor still in the cell: it is saved first
    page.get_by_role("heading", name="VO-").wait_for()
    saved = fresh(order)
    assert (saved.status, saved.gross.amount) == ("open", Decimal("62.50"))
    page.get_by_text(f"Verkooporder {saved.number} is bevestigd.").wait_for()
    assert page.locator("input:not([type=hidden]):not([type=search]):visible").count() == 0
    page.get_by_text("Bevestigd, versie 1").wait_for()


def test_concept_verwijderen_asks_first(page, opened):
    s = shop()
    order = opened(s, items=[(s.wit40, 1)])
    page.get_by_role("button", name="Concept verwijderen").click()
    page.get_by_role("dialog", name="Dit concept verwijderen?").wait_for()
    assert page.evaluate("document.activeElement.textContent.trim().startsWith('Nee')")
    page.keyboard.press("Escape")
    assert fresh(order).lifecycle == "draft"
    page.get_by_role("button", name="Concept verwijderen").click()
    page.get_by_role("button", name="Ja").click()
    page.get_by_text("Het concept is verwijderd.").wait_for()
    assert fresh(order).lifecycle == "discarded"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_screen_is_accessible_and_fits(new_page, login, scheme):
    s = shop()
    order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 4), (s.navy32, 2), (s.riem, 1)])
    empty = factories.draft(employee=s.office)
    done = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 4), (s.inkorten, 1)])
    confirming.confirm(order_id=done.pk, employee=s.office)
    page = new_page(color_scheme=scheme)
    login(page, s.office)
    for shown in (order, empty, done):
        page.goto(f"/verkoop/verkooporders/{shown.pk}/")
        settled(page)
        found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
        assert found.violations_count == 0, found.generate_report()
        size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert size == [1366, 768]
