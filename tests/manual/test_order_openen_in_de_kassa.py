"""The manual's chapter "Order openen in de kassa", both ways, by touch at 1024 x 768."""

from decimal import Decimal

import pytest

from backoffice.catalog.models import StockLevel
from payments.models import LedgerEntry
from pos.models import Receipt
from sales.services import confirming
from tests import factories
from tests.manual.kassa import TOUCH, ready, register, shop, start, total

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def s(db):
    return shop()


@pytest.fixture
def order(s):
    """Two white shirts and a belt, ordered at the desk: 129.85."""
    draft = factories.draft(
        employee=s.office, branch=s.branch, customer=s.customer, items=[(s.wit40, 2), (s.riem, 1)]
    )  # fmt: skip
    return confirming.confirm(order_id=draft.pk, employee=s.office)


@pytest.fixture
def open_pos(new_page, live_server, login, s):
    def make(till, name):
        # 1. Ga in de backoffice naar "POS"  2. Het kassascherm wordt geopend
        page = new_page(**TOUCH)
        register(page, live_server, login, s.manager, till)
        start(page, name)
        return page

    return make


def settle(page, order, s):
    """Wanneer de order afgehandeld moet worden kies dan voor afrekenen."""
    page.get_by_role("link", name="Afrekenen").tap()
    page.wait_for_selector("html[data-pay=ready]")
    page.get_by_role("button", name="gepast").tap()
    page.get_by_role("button", name="Betaling bevestigen").tap()
    page.get_by_role("heading", name="Afgerekend").wait_for()
    order.refresh_from_db()
    assert (order.status, order.payment_state, order.open_amount.amount) == ("settled", "paid", Decimal(0))
    level = StockLevel.objects.get(branch=s.branch, variant=s.wit40)
    assert (level.on_hand, level.reserved) == (8, 0)
    assert [(e.kind, e.amount.amount) for e in LedgerEntry.objects.filter(order=order)] == [
        ("settlement", Decimal("129.85"))
    ]
    assert Receipt.objects.get().order == order


def test_by_the_button_kies_order(open_pos, s, order):
    page = open_pos(s.till, "Marieke de Wit")
    # Klik op de knop "Kies Order": het orderoverzicht wordt getoond
    page.get_by_role("link", name="Kies Order").tap()
    page.get_by_role("heading", name="Kies Order").wait_for()
    ready(page)
    # Kies bij Status voor openstaand: zo staat het er al
    assert "Openstaand" in page.get_by_role("group", name="Filters").inner_text()
    # Door middel van de andere filters kan er specifieker worden gezocht
    page.get_by_label("Zoek of scan een order").fill(order.number)
    page.keyboard.press("Enter")
    ready(page)
    # Selecteer een order, en klik op "Selectie bevestigen"
    page.get_by_label(f"Kies {order.number}").check()
    page.get_by_role("button", name="Selectie bevestigen").tap()
    page.get_by_role("heading", name=order.number).wait_for()
    ready(page)
    total(page, "€ 129,85")
    settle(page, order, s)


def test_from_the_queue_with_two_tills_and_a_desk(open_pos, s, order, new_page, login):
    first = open_pos(s.till, "Marieke de Wit")
    second = open_pos(s.other, "Joris van Dam")
    # Ga in de kassa naar de orderwachtrij
    for page in (first, second):
        page.get_by_role("link", name="Orderwachtrij 1").tap()
        page.get_by_role("heading", name="Orderwachtrij").wait_for()
        ready(page)
    # what is placed at the desk appears by itself within seconds
    draft = factories.draft(
        employee=s.office, branch=s.branch, customer=factories.customer("Blom"), items=[(s.riem, 1)]
    )
    confirming.confirm(order_id=draft.pk, employee=s.office)
    second.get_by_role("button", name="Anna Blom").wait_for(timeout=10_000)
    # Selecteer een order: de order wordt geopend in het kassascherm
    first.get_by_role("button", name="Anna Vermeer").tap()
    first.get_by_role("heading", name=order.number).wait_for()
    ready(first)
    # the other till sees where it is open, and is asked before it takes over
    second.get_by_text("geopend op Kassa 1").wait_for(timeout=10_000)
    second.get_by_role("button", name="Anna Vermeer").tap()
    dialog = second.get_by_role("dialog", name="Order overnemen?")
    assert "geopend op Kassa 1 door Marieke de Wit" in dialog.inner_text()
    dialog.get_by_role("button", name="Nee").tap()
    settle(first, order, s)
    # paid: it is gone from the queue of the other till
    second.get_by_role("button", name="Anna Vermeer").wait_for(state="detached", timeout=10_000)
