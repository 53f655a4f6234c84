"""The manual's chapter "Order openen in de kassa", both ways, by touch at 1024 x 768, with two tills and a desk."""

from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.catalog.models import StockLevel
from payments.models import LedgerEntry
from payments.selectors import open_session_of, session_figures
from payments.services.depositing import deposit
from pos.models import Receipt
from sales.documents import confirmation
from sales.models import OrderVersion, SalesOrder
from tests import factories
from tests.invariants import holds
from tests.manual.kassa import TOUCH, ready, register, shop, start, total
from tests.scanner import scan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def s(db):
    return shop()


@pytest.fixture
def open_pos(new_page, live_server, login, s):
    def make(till, name):
        # 1. Ga in de backoffice naar "POS"  2. Het kassascherm wordt geopend
        page = new_page(**TOUCH)
        register(page, live_server, login, s.manager, till)
        start(page, name)
        return page

    return make


def to_queue(page):
    page.get_by_role("link", name="Orderwachtrij").tap()
    page.get_by_role("heading", name="Orderwachtrij").wait_for()
    ready(page)


def pay(page):
    page.wait_for_selector("html[data-pay=ready]")
    page.get_by_role("button", name="gepast").tap()
    page.get_by_role("button", name="Betaling bevestigen").tap()
    page.get_by_role("heading", name="Afgerekend").wait_for()


def levels(s, *variants):
    found = {level.variant_id: level for level in StockLevel.objects.filter(branch=s.branch)}
    return [(found[v.pk].on_hand, found[v.pk].reserved) for v in variants]


def test_an_order_is_opened_both_ways_with_two_tills_and_a_desk(open_pos, s, new_page, login):
    desk = new_page()
    login(desk, s.office)
    draft = factories.draft(
        employee=s.office, branch=s.branch, customer=s.customer, items=[(s.wit40, 2), (s.navy40, 1)]
    )  # fmt: skip
    first, second = open_pos(s.till, "Marieke de Wit"), open_pos(s.other, "Joris van Dam")
    # Voorbeeld 2: ga in de kassa naar de orderwachtrij
    for page in (first, second):
        to_queue(page)
        page.get_by_text("Er wacht geen order").wait_for()
    # what the desk confirms appears at both tills by itself
    desk.goto(reverse("sales:order", args=[draft.pk]))
    desk.get_by_role("button", name="Verkooporder bevestigen").click()
    desk.get_by_role("heading", name="VO-").wait_for()
    order = SalesOrder.objects.get(pk=draft.pk)
    deposit(order_id=order.pk, tenders=[(s.method.bank.pk, Decimal(50))], employee=s.office)
    for page in (first, second):
        page.get_by_role("button", name="Anna Vermeer").get_by_text("Aanbetaald").wait_for(timeout=15_000)
    # Selecteer een order: de order wordt geopend in het kassascherm
    first.get_by_role("button", name="Anna Vermeer").tap()
    first.get_by_role("heading", name=order.number).wait_for()
    ready(first)
    total(first, "€ 99,85")
    # the other till sees where it is open, and is asked before it takes over
    second.get_by_text("geopend op Kassa 1").wait_for(timeout=15_000)
    second.get_by_role("button", name="Anna Vermeer").tap()
    dialog = second.get_by_role("dialog", name="Order overnemen?")
    assert "geopend op Kassa 1 door Marieke de Wit" in dialog.inner_text()
    dialog.get_by_role("button", name="Nee").tap()
    # a belt on the spot: a change of the order, that the desk sees being made
    scan(first, factories.code_of(s.riem))
    first.get_by_text("nog niet bevestigd").wait_for()
    total(first, "€ 129,80")
    desk.reload()
    desk.get_by_role("button", name="Wijzigen").or_(desk.get_by_role("link", name="Wijzigen")).first.click()
    desk.get_by_text("Marieke de Wit wijzigt deze order sinds").first.wait_for()
    assert levels(s, s.wit40, s.navy40, s.riem) == [(10, 2), (10, 1), (10, 0)]
    # Wanneer de order afgehandeld moet worden kies dan voor afrekenen: all is paid, one shirt is taken later
    first.get_by_role("button", name="Afrekenen").tap()
    first.wait_for_selector("html[data-pay=ready]")
    first.get_by_role("listitem").filter(has_text="Wit 40").get_by_role("button", name="Eén minder").tap()
    pay(first)
    slip = first.get_by_role("article", name="Kassabon").inner_text()
    assert all(text in slip for text in (order.number, "Aanbetaling", "50,00", "129,80", "nog te leveren: 1"))
    order.refresh_from_db()
    assert (order.status, order.payment_state, order.version) == ("part_delivered", "paid", 2)
    assert levels(s, s.wit40, s.navy40, s.riem) == [(9, 1), (9, 0), (9, 0)]
    # Voorbeeld 1: klik op de knop "Kies Order": het orderoverzicht wordt getoond
    second.goto(reverse("pos:till"))
    ready(second)
    second.get_by_role("link", name="Kies Order").tap()
    second.get_by_role("heading", name="Kies Order").wait_for()
    ready(second)
    # Kies bij Status voor openstaand: zo staat het er al; met de andere filters kan specifieker worden gezocht
    assert "Openstaand" in second.get_by_role("group", name="Filters").inner_text()
    second.get_by_label("Zoek of scan een order").fill(order.number)
    second.keyboard.press("Enter")
    ready(second)
    # Selecteer een order, en klik op "Selectie bevestigen"
    second.get_by_label(f"Kies {order.number}").check()
    second.get_by_role("button", name="Selectie bevestigen").tap()
    second.get_by_role("heading", name=order.number).wait_for()
    ready(second)
    second.get_by_role("link", name="Afrekenen").tap()
    second.wait_for_selector("html[data-pay=ready]")
    second.get_by_role("button", name="Betaling bevestigen").tap()
    second.get_by_role("heading", name="Afgerekend").wait_for()
    # it is gone from the queue, and the desk sees what became of it
    to_queue_of(first)
    first.get_by_text("Er wacht geen order").wait_for()
    desk.goto(reverse("sales:order", args=[order.pk]))
    desk.get_by_text("Afgehandeld").first.wait_for()
    order.refresh_from_db()
    assert (order.status, order.open_amount.amount) == ("settled", 0)
    assert levels(s, s.wit40, s.navy40, s.riem) == [(8, 0), (9, 0), (9, 0)]
    entries = LedgerEntry.objects.filter(order=order).order_by("pk")
    assert [(e.kind, e.method_kind, e.amount.amount) for e in entries] == [
        ("deposit", "bank", Decimal("50.00")), ("deposit", "cash", Decimal("129.80")),
    ]  # fmt: skip
    assert session_figures(open_session_of(s.till)).expected == Decimal("229.80")
    assert session_figures(open_session_of(s.other)).expected == Decimal("100.00")
    assert [(r.till, r.kind) for r in Receipt.objects.order_by("pk")] == [(s.till, "payment"), (s.other, "payment")]
    assert OrderVersion.objects.get(order=order, version=2).employee == s.seller
    paper = confirmation.confirmation_html(confirmation.orders().get(pk=order.pk))
    assert "179,80" in paper and "Riem Tuig" in paper
    holds()


def to_queue_of(page):
    page.get_by_role("link", name="Volgende klant").tap()
    ready(page)
    to_queue(page)
