"""Scanning as at the counter, in a real browser: in order, none lost, wherever the cursor is."""

import threading
import time
from decimal import Decimal

import pytest

from backoffice.catalog.models import Variant
from sales.views import scan as scan_view
from tests import factories
from tests.sales.order_shop import eventually, pieces, shop
from tests.scanner import scan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order_of(page, login):
    """order_of(shop): a draft of the office, open in the browser and ready to scan."""

    def make(s, **fields):
        order = factories.draft(employee=s.office, **fields)
        login(page, s.office)
        page.goto(f"/verkoop/verkooporders/{order.pk}/")
        page.wait_for_selector("html[data-scanning=ready]")
        return order

    return make


@pytest.fixture
def slow_server(monkeypatch):
    """Every scan takes the server 300 ms; some answers go wrong. slow_server(times, status) breaks the nth calls."""
    calls, broken = [], {}
    real = scan_view.lines.scan

    def scan(**kwargs):
        calls.append(kwargs["code"])
        time.sleep(0.3)
        if len(calls) in broken:
            raise broken[len(calls)]
        return real(**kwargs)

    monkeypatch.setattr(scan_view.lines, "scan", scan)
    return calls, broken


def codes_of_twenty():
    socks = factories.article("60001", "Sok", "9.95", colours=["Wit", "Zwart", "Navy", "Rood"], sizes=range(36, 41))
    variants = list(Variant.objects.filter(article=socks).select_related("colour", "size").order_by("?"))
    return [(f"{v.colour.label} {v.size.label}", factories.code_of(v)) for v in variants]


def test_twenty_scans_against_a_slow_server_give_twenty_in_order(page, order_of, slow_server):
    order = order_of(shop())
    twenty = codes_of_twenty()
    for _name, code in twenty:
        scan(page, code)
        page.wait_for_timeout(30)
    eventually(page, lambda: len(pieces(order)) == 20)
    assert pieces(order) == [(name, 1) for name, _code in twenty]
    eventually(page, lambda: page.evaluate("document.querySelectorAll('#lines-table tr[data-url]').length === 20"))
    shown = page.locator("#lines-table tr[data-url] .variant").all_inner_texts()
    assert ["".join(text.split()) for text in shown] == [name.replace(" ", "") for name, _code in twenty]
    page.get_by_text("Klaar om te scannen").wait_for()
    order.refresh_from_db()
    assert order.gross.amount == Decimal("199.00")


def test_an_error_and_an_unknown_code_stop_nothing(page, order_of, slow_server):
    order = order_of(shop())
    calls, broken = slow_server
    broken[3] = RuntimeError("the server stumbles")
    broken[4] = RuntimeError("and again")
    twenty = codes_of_twenty()
    for number, (_name, code) in enumerate(twenty):
        scan(page, code)
        if number == 9:
            scan(page, "8712345678906")
        page.wait_for_timeout(30)
    eventually(page, lambda: len(pieces(order)) == 19)
    assert pieces(order) == [(name, 1) for at, (name, _code) in enumerate(twenty) if at != 2]
    page.get_by_text("Klaar om te scannen").wait_for()
    assert len(calls) == 22  # twenty, the unknown one, and the broken one once more under its own key


def test_an_unknown_code_says_so_aloud_and_the_next_scan_works(page, order_of):
    s = shop()
    order = order_of(s)
    scan(page, "8712345678906")
    alert = page.locator("#scan-alert")
    eventually(page, lambda: "8712345678906" in alert.text_content())
    assert alert.get_attribute("role") == "alert"
    assert page.locator("#scan").get_attribute("data-state") == "unknown"
    assert pieces(order) == []
    scan(page, factories.code_of(s.wit40))
    eventually(page, lambda: pieces(order) == [("Wit 40", 1)])
    page.wait_for_selector("#scan[data-state=known]")
    page.wait_for_selector("#scan[data-state=armed]")


def test_a_scan_into_a_field_leaves_the_field_as_it_was(page, order_of):
    s = shop()
    order = order_of(s, items=[(s.riem, 1)])
    field = page.get_by_label("Betreft")
    field.fill("Bruiloft ")
    field.press("End")
    scan(page, factories.code_of(s.wit40))
    eventually(page, lambda: ("Wit 40", 1) in pieces(order))
    assert field.input_value() == "Bruiloft "
    assert field.evaluate("field => field === document.activeElement")
    text = page.get_by_label("Tekst Riem Tuig")
    text.click()
    page.keyboard.type("kort", delay=120)
    scan(page, factories.code_of(s.wit40), end="Tab")
    eventually(page, lambda: ("Wit 40", 2) in pieces(order))
    assert text.input_value() == "kort"
    assert text.evaluate("field => field === document.activeElement")
    quantity = page.get_by_label("Aantal Riem Tuig")
    quantity.click()
    scan(page, factories.code_of(s.wit42))
    eventually(page, lambda: ("Wit 42", 1) in pieces(order))
    assert quantity.input_value() == "1"
    order.refresh_from_db()
    assert (order.subject, order.lines.get(article_number="30001").text) == ("Bruiloft", "kort")


def test_a_scan_with_the_cursor_on_a_button_presses_nothing(page, order_of):
    s = shop()
    order = order_of(s)
    page.get_by_role("button", name="Concept verwijderen").focus()
    scan(page, factories.code_of(s.wit40))
    eventually(page, lambda: pieces(order) == [("Wit 40", 1)])
    assert page.locator("dialog[open]").count() == 0


def test_a_slow_scanner_with_nothing_focused_is_not_cut(page, order_of):
    s = shop()
    order = order_of(s)
    scan(page, factories.code_of(s.wit40), pause=0.15)
    eventually(page, lambda: pieces(order) == [("Wit 40", 1)])


def test_a_scanner_that_falters_in_the_scan_field_loses_no_figure(page, order_of):
    s = shop()
    order = order_of(s)
    field = page.get_by_label("Barcode of 5x")
    code = factories.code_of(s.wit40)
    for half_a_code, number in (("", 1), ("8712", 2)):  # what was left in the field is no part of the code
        field.fill(half_a_code)
        scan(page, code, falters=5)
        eventually(page, lambda number=number: pieces(order) == [("Wit 40", number)])
        assert field.input_value() == ""


def test_typing_by_hand_in_a_field_is_never_taken_for_a_scan(page, order_of):
    s = shop()
    order = order_of(s)
    field = page.get_by_label("Betreft")
    field.click()
    page.keyboard.type("90140", delay=90)
    page.keyboard.press("Enter")
    eventually(page, lambda: type(order).objects.get(pk=order.pk).subject == "90140")
    assert pieces(order) == []


def test_five_times_a_scan_by_scanner_and_by_hand(page, order_of):
    s = shop()
    order = order_of(s)
    page.keyboard.type("5x", delay=80)
    page.keyboard.press("Enter")
    page.get_by_text("5 keer: scan nu het artikel").wait_for()
    scan(page, factories.code_of(s.wit40))
    eventually(page, lambda: pieces(order) == [("Wit 40", 5)])
    field = page.get_by_label("Barcode of 5x")
    field.click()
    page.keyboard.type("3x", delay=80)
    scan(page, factories.code_of(s.wit40))
    eventually(page, lambda: pieces(order) == [("Wit 40", 8)])
    field.fill("90140")
    field.press("Enter")
    eventually(page, lambda: pieces(order) == [("Wit 40", 8), ("Broek inkorten", 1)])
    assert field.input_value() == ""


def test_scans_wait_while_the_network_is_gone_and_are_sent_once(page, order_of):
    s = shop()
    order = order_of(s)
    page.context.set_offline(True)
    for variant in (s.wit40, s.wit42, s.wit40):
        scan(page, factories.code_of(variant))
    page.get_by_text("3 scans wachten").wait_for()
    assert pieces(order) == []
    page.context.set_offline(False)
    eventually(page, lambda: pieces(order) == [("Wit 40", 2), ("Wit 42", 1)])


def test_a_lost_answer_is_asked_again_and_counts_once(page, order_of):
    s = shop()
    order = order_of(s)
    lost = threading.Event()

    def lose(route):
        if lost.is_set():
            return route.continue_()
        route.fetch()
        lost.set()
        return route.abort()

    page.route("**/scan/", lose)
    scan(page, factories.code_of(s.wit40))
    scan(page, factories.code_of(s.wit42))
    eventually(page, lambda: pieces(order) == [("Wit 40", 1), ("Wit 42", 1)])
    eventually(page, lambda: page.evaluate("document.querySelectorAll('#lines-table tr[data-url]').length === 2"))


def test_a_dialog_that_takes_no_scans_refuses_them_aloud(page, order_of):
    s = shop()
    order = order_of(s)
    page.get_by_role("button", name="Concept verwijderen").click()
    page.locator("dialog[open]").wait_for()
    scan(page, factories.code_of(s.wit40))
    page.get_by_text("Sluit eerst het venster: de scan is niet verwerkt").wait_for()
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    scan(page, factories.code_of(s.wit40))
    eventually(page, lambda: pieces(order) == [("Wit 40", 1)])


def test_the_scan_field_finds_a_customer_and_an_order_by_their_code(page, order_of):
    s = shop()
    order = order_of(s)
    scan(page, f"D{s.customer.number}")
    page.get_by_label("Debiteur *").wait_for()
    eventually(page, lambda: page.evaluate("document.getElementById('customer').value.includes('Anna Vermeer')"))
    order.refresh_from_db()
    assert order.customer == s.customer


def test_after_a_dialog_is_shut_with_the_mouse_the_caret_is_back_in_the_scan_field(page, order_of):
    s = shop()
    order_of(s)
    field = page.get_by_label("Barcode of 5x")
    field.fill("1500x")
    field.press("Enter")
    scan(page, factories.code_of(s.wit40))
    page.get_by_role("dialog", name="Oxford-overhemd Kade Wit 40").get_by_role("button", name="Ja").click()
    page.locator("dialog[open]").wait_for(state="detached")
    page.keyboard.type("5x", delay=80)
    assert field.input_value() == "5x"
