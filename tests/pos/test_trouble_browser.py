"""Trouble in the middle of a basket: a killed worker, a reload, another device, a card terminal that is difficult."""

import os
import signal
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from payments.models import SimulatedPayment, TerminalPayment
from pos.models import Receipt, TillSeat
from sales.models import SalesOrder
from tests import drills, factories
from tests.bench.servers import Server
from tests.invariants import holds
from tests.manual.kassa import TOUCH, ready, register, shop, start, total
from tests.pos import counter
from tests.pos.test_check_out import entries
from tests.pos.test_day_browser import pay_ready, tap, text, type_amount
from tests.sales.order_shop import eventually, pieces
from tests.scanner import scan

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def s(db):
    return shop()


@pytest.fixture
def server(monkeypatch):
    """Gunicorn with two workers, as in production, on the test's database."""
    monkeypatch.setenv("DATABASE_URL", drills.url(connection.settings_dict["NAME"]))
    made = Server("backoffice.settings")
    yield made
    made.stop()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0] > 0


def device(new_page, server, till, employee):
    """A browser that is registered as the till, with somebody on its seat, before the till screen."""
    page = new_page(base_url=f"http://localhost:{server.port}", **TOUCH)
    token = counter.register(till)
    seat = {"device_hash": till.device_token_hash, "employee": employee, "seen_at": timezone.now()}
    TillSeat.objects.update_or_create(till=till, defaults=seat)
    page.context.add_cookies([{"name": "till_device", "value": token, "domain": "localhost", "path": "/kassa/"}])
    page.goto(reverse("pos:till"))
    ready(page)
    return page


def test_a_killed_worker_a_reload_and_another_device_lose_nothing(new_page, s, server):
    page = device(new_page, server, s.till, s.seller)
    scan(page, factories.code_of(s.wit40))
    total(page, "€ 49,95")

    # every worker dies while a scan is being added and two more wait behind it
    before = server.workers()
    with transaction.atomic():
        SalesOrder.objects.select_for_update().get()
        for _ in range(3):
            scan(page, factories.code_of(s.wit40))
        eventually(page, somebody_waits)
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        eventually(page, lambda: len(set(server.workers()) - set(before)) == 2)
    total(page, "€ 199,80")
    page.wait_for_selector("html:not([data-offline])", state="attached")
    assert pieces(SalesOrder.objects.get()) == [("Wit 40", 4)]

    # the screen is loaded anew, and the same basket lies there
    page.reload()
    ready(page)
    total(page, "€ 199,80")

    # another device becomes this till: the basket is there, and the old one is no till any more
    page.route(f"**{reverse('pos:queue_count')}*", lambda route: route.fulfill(status=204))  # the scan is to find out
    other = device(new_page, server, s.till, s.manager)
    total(other, "€ 199,80")
    tap(other, "Riem Tuig")
    total(other, "€ 229,75")
    scan(page, factories.code_of(s.navy40))
    page.wait_for_url(f"**{reverse('pos:start')}*")
    assert pieces(SalesOrder.objects.get()) == [("Wit 40", 4), ("Riem Tuig", 1)]


def test_a_card_that_is_stopped_declined_late_or_unknown_is_charged_once(new_page, live_server, login, s):
    page = new_page(**TOUCH)
    register(page, live_server, login, s.manager, s.till)
    start(page, "Marieke de Wit")
    for variant in (s.wit40, s.wit40, s.riem):
        scan(page, factories.code_of(variant))
    total(page, "€ 129,85")
    tap(page, "Afrekenen", "link")

    def pin(digits):
        pay_ready(page)
        page.get_by_text("Pin", exact=True).tap()
        type_amount(page, digits)
        tap(page, "Betaling bevestigen")

    # nobody presents a card: the basket is frozen meanwhile, and can be paid again after breaking it off
    pin("10,03")
    page.get_by_text("Wacht op de klant bij de automaat.").wait_for()
    beside = page.context.new_page()
    beside.goto(reverse("pos:till"))
    beside.wait_for_selector("html[data-till=ready]")
    beside.locator(".bon-line").first.tap()
    tap(beside, "Regel verwijderen")
    beside.get_by_text("Deze order wacht op de pinautomaat").wait_for()
    beside.goto(reverse("pos:checkout"))
    beside.get_by_text("Wacht op de klant bij de automaat.").wait_for()
    beside.goto(reverse("pos:close"))
    tap(beside, "Dag afsluiten")
    beside.get_by_text("loopt nog een pinbetaling van € 10,03").wait_for()
    beside.close()
    assert pieces(SalesOrder.objects.get()) == [("Wit 40", 2), ("Riem Tuig", 1)]
    tap(page, "Afbreken")
    page.get_by_text("Pin afgebroken. Kies opnieuw.").wait_for()

    # the bank says no; the screen asks by itself
    pin("10,01")
    page.get_by_text("Pin geweigerd. Kies opnieuw.").wait_for()

    # late: asked until it is known
    pin("10,04")
    eventually(page, lambda: page.locator("html[data-pay=ready]").count() and "119,81" in text(page, "#due"))

    # the answer is lost, and that to the first question too: unknown, asked again, never charged again
    pin("20,07")
    page.get_by_text("Nog niet bevestigd, wordt nagevraagd.").wait_for()
    eventually(page, lambda: page.locator("html[data-pay=ready]").count() and "99,74" in text(page, "#due"))
    page.get_by_text("Contant", exact=True).tap()
    tap(page, "Betaling bevestigen")
    page.get_by_role("heading", name="Afgerekend").wait_for()
    assert entries(Receipt.objects.get().order) == [
        ("settlement", "terminal", D("10.04")), ("settlement", "terminal", D("20.07")),
        ("settlement", "cash", D("99.75")), ("rounding", "", D("-0.01")),
    ]  # fmt: skip
    states = TerminalPayment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["cancelled", "declined", "approved", "approved"]
    assert list(SimulatedPayment.objects.order_by("pk").values_list("charges", flat=True)) == [0, 0, 1, 1]
    holds()
