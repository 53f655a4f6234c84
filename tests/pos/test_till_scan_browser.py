"""Scanning at the till in a real browser, wherever the cursor is, and with the line to the server gone."""

import threading
from functools import partial
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from payments.models import LedgerEntry
from pos.models import Receipt, TillSeat
from sales.services import lines
from tests import factories
from tests.manual.kassa import TOUCH, ready, shop, total
from tests.pos import counter
from tests.sales.order_shop import eventually, pieces
from tests.sales.test_scan_browser import codes_of_twenty
from tests.scanner import scan as by_scanner

pytestmark = pytest.mark.django_db(transaction=True)
scan = partial(by_scanner, prefix="F9")


@pytest.fixture
def s(db):
    """The scanner of this till sends F9 first: a machine under load cuts no scan then."""
    made = shop()
    made.till.scan_prefix = "F9"
    made.till.save()
    return made


@pytest.fixture
def page(new_page, live_server, s):
    """The till's browser, unlocked, with an empty basket."""
    jar = SimpleNamespace(cookies={})
    counter.sit(jar, s.till, s.seller)
    page = new_page(**TOUCH)
    page.context.add_cookies([{"name": "till_device", "value": jar.cookies["till_device"], "url": live_server.url}])
    page.goto(reverse("pos:till"))
    ready(page)
    return page


def on_basket(s):
    order = TillSeat.objects.get(till=s.till).order
    return pieces(order) if order else []


def holds(page, s, *expected):
    eventually(page, lambda: on_basket(s) == list(expected))


def test_quick_scans_against_a_slow_server_wait_in_sight_and_come_in_order(page, s, monkeypatch):
    real, goes_on = lines.scan, threading.Event()

    def slow(**values):
        goes_on.wait(20)
        return real(**values)

    monkeypatch.setattr(lines, "scan", slow)
    ten = codes_of_twenty()[:10]
    for _name, code in ten:
        scan(page, code)
    expect(page.locator(".bon-wait")).to_have_count(10)
    assert page.locator(".bon-wait").last.inner_text().split() == ["1", ten[-1][1]]
    goes_on.set()
    eventually(page, lambda: page.locator(".bon-li").count() == 10)
    assert on_basket(s) == [(name, 1) for name, _code in ten]
    assert page.locator(".bon-wait").count() == 0
    shown = page.locator(".bon-line small").all_inner_texts()
    assert [text.replace(" · ", " ") for text in shown] == [name for name, _code in ten]


def test_a_scan_counts_wherever_the_cursor_is_and_presses_nothing(page, s):
    belt, white, navy = (factories.code_of(one) for one in (s.riem, s.wit40, s.navy40))
    # nothing focused, and Tab as its end
    scan(page, belt, "Tab")
    holds(page, s, ("Riem Tuig", 1))
    # on a quick key, and on the button that adds a piece: Enter presses neither
    page.locator(".quick-key", has_text="Riem Tuig").focus()
    scan(page, white)
    holds(page, s, ("Riem Tuig", 1), ("Wit 40", 1))
    page.get_by_role("button", name="Eén meer").focus()
    scan(page, navy)
    holds(page, s, ("Riem Tuig", 1), ("Wit 40", 1), ("Navy 40", 1))
    # "5x" by the keypad, then by hand in the field
    for name in ("5", "5x: aantal voor het volgende artikel"):
        page.get_by_role("button", name=name, exact=True).tap()
    scan(page, belt)
    holds(page, s, ("Riem Tuig", 6), ("Wit 40", 1), ("Navy 40", 1))
    page.get_by_label("Barcode, artikelnummer of 5x").press_sequentially("2x", delay=120)
    page.wait_for_timeout(120)  # the hand that reaches for the scanner
    scan(page, belt)
    holds(page, s, ("Riem Tuig", 8), ("Wit 40", 1), ("Navy 40", 1))
    assert page.get_by_label("Barcode, artikelnummer of 5x").input_value() == ""
    page.evaluate("document.activeElement.blur()")
    # a dialog with a field: what was typed stays, the article comes
    page.get_by_role("button", name="Zoeken").tap()
    field = page.get_by_label("Nummer, omschrijving, merk of barcode")
    field.press_sequentially("chi", delay=120)
    page.wait_for_timeout(120)
    scan(page, belt)
    holds(page, s, ("Riem Tuig", 9), ("Wit 40", 1), ("Navy 40", 1))
    page.keyboard.press("Escape")
    # a dialog that takes none refuses aloud
    page.get_by_role("button", name="Bonkorting").tap()
    page.get_by_label("Korting op de hele bon").wait_for()
    scan(page, belt)
    page.get_by_role("alert").filter(has_text="Sluit eerst het venster").wait_for()
    page.keyboard.press("Escape")
    # the window of colours and sizes shows what is there: a scan adds to its cell
    page.locator(".quick-key", has_text="Oxford-overhemd Kade").tap()
    window = page.get_by_role("dialog", name="Oxford-overhemd Kade")
    window.wait_for()
    scan(page, white)
    eventually(page, lambda: window.get_by_label("Aantal Wit 40").input_value() == "2")
    window.get_by_role("button", name="Op de bon").tap()
    holds(page, s, ("Riem Tuig", 9), ("Wit 40", 2), ("Navy 40", 1))
    # an unknown code, and one that was misread: said with the code, nothing added, the next one works
    for wrong in ("8712345678906", belt[:-1] + str((int(belt[-1]) + 1) % 10)):
        scan(page, wrong)
        page.locator("#scan-alert").filter(has_text=wrong).wait_for(state="attached")
    scan(page, navy)
    holds(page, s, ("Riem Tuig", 9), ("Wit 40", 2), ("Navy 40", 2))


def test_without_a_line_scans_wait_paying_is_off_and_nothing_happens_twice(page, s):
    belt, white = factories.code_of(s.riem), factories.code_of(s.wit40)
    scan(page, belt)
    total(page, "€ 29,95")
    page.context.set_offline(True)
    scan(page, white)
    scan(page, belt)
    page.locator("#offline").get_by_text("Geen verbinding").wait_for()
    eventually(page, lambda: page.locator(".bon-wait, [data-wait]").count() == 2)
    page.get_by_role("link", name="Afrekenen").tap()
    page.get_by_text("Zodra die er weer is, kunt u verder.").wait_for()
    assert on_basket(s) == [("Riem Tuig", 1)] and page.url.endswith(reverse("pos:till"))
    page.context.set_offline(False)
    holds(page, s, ("Riem Tuig", 2), ("Wit 40", 1))
    page.locator("#offline").wait_for(state="hidden")

    # the answer to the payment is lost, and asked for again with the same key
    page.get_by_role("link", name="Afrekenen").tap()
    page.wait_for_selector("html[data-pay=ready]")
    page.get_by_text("Contant", exact=True).tap()
    lost = []

    def lose(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            return route.abort()
        return route.continue_()

    page.route("**" + reverse("pos:checkout"), lose)
    page.get_by_role("button", name="Betaling bevestigen").tap()
    page.locator("#offline").get_by_text("nog niet bevestigd").wait_for()
    page.get_by_role("heading", name="Afgerekend").wait_for()
    assert lost == [303] and Receipt.objects.count() == 1
    paid = LedgerEntry.objects.get(kind="settlement").amount
    assert paid == Receipt.objects.get().order.gross


def test_1500_times_is_asked_and_after_it_the_caret_is_back_in_the_field(page, s):
    field = page.get_by_label("Barcode, artikelnummer of 5x")
    for answer in ("Nee", "Ja"):
        field.press_sequentially("1500x", delay=80)
        field.press("Enter")
        page.get_by_text("1500 keer").wait_for()
        scan(page, factories.code_of(s.wit40))
        dialog = page.get_by_role("dialog", name="Oxford-overhemd Kade Wit 40")
        dialog.get_by_text("1.500 stuks, klopt dat?").wait_for()
        assert on_basket(s) == []
        dialog.get_by_role("button", name=answer).tap()
        dialog.wait_for(state="detached")
    holds(page, s, ("Wit 40", 1500))
    page.keyboard.type("2x", delay=80)
    assert field.input_value() == "2x"
    page.get_by_role("button", name="Oxford-overhemd Kade 49,95").tap()
    window = page.get_by_role("dialog", name="Oxford-overhemd Kade")
    window.get_by_label("Aantal Navy 40").fill("2000")
    window.get_by_role("button", name="Op de bon").tap()
    page.get_by_text("2.000 stuks, klopt dat?").wait_for()
    page.get_by_role("button", name="Ja", exact=True).tap()
    holds(page, s, ("Wit 40", 1500), ("Navy 40", 2000))
    assert page.locator(".bon-line .q").first.evaluate("number => number.scrollWidth <= number.clientWidth")
