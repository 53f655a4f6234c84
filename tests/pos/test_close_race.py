"""A receipt that is given out while somebody closes the day is counted in the Z report, or is of no day."""

import threading
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from backoffice.core.db.roles import as_owner
from backoffice.core.errors import Refusal
from payments.models import TillSession
from pos.models import DayReport, Receipt
from pos.services import checking_out, day_close, make_order, seats
from sales.services import drafts, lines
from tests.invariants import broken, holds
from tests.payments.test_deposit import pay as pay_at_desk
from tests.pos import test_check_out
from tests.pos.test_check_out import order_of
from tests.racing import together, unlocked

pytestmark = pytest.mark.django_db(transaction=True)
s = test_check_out.s


def placing(s):
    """Plaats order & Later afrekenen: nothing is paid, so no entry holds the session."""
    seat = seats.begin(till_id=s.till.pk, employee=s.seller)
    lines.add(order_id=seat.order_id, items=[(s.riem.pk, Decimal(1))], employee=s.seller)
    values = {"customer": s.customer.pk, "expected_delivery_date": timezone.localdate()}
    drafts.set_header(order_id=seat.order_id, revision=None, values=values, employee=s.seller)
    return lambda: make_order.place(till_id=s.till.pk, employee=s.seller)


def fetching(s):
    """What was paid at the desk is only handed over."""
    order = order_of(s, "41.35")
    pay_at_desk(s, order, ("bank", "41.35"))
    seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
    take = {order.lines.get().pk: order.lines.get().quantity}
    return lambda: checking_out.check_out(till_id=s.till.pk, tenders=[], take=take, employee=s.seller)


def meet(s, monkeypatch, act):
    """The act is about to give out its receipt when somebody closes the day; it goes on when the day is closed, or
    after a second."""
    there, closed = threading.Event(), threading.Event()
    facts = checking_out.receipts.slip.facts

    def late(*args):
        there.set()
        closed.wait(timeout=1)
        return facts(*args)

    monkeypatch.setattr(checking_out.receipts.slip, "facts", late)

    def close():
        there.wait(timeout=20)
        try:
            return day_close.close(session_id=s.session.pk, denominations={"100": 1}, employee=s.seller)
        finally:
            closed.set()

    told = together(act, close)
    assert isinstance(told[0], Receipt) and isinstance(told[1], TillSession), told


@pytest.mark.parametrize("kind", [placing, fetching])
def test_without_the_lock_the_report_misses_a_receipt(s, monkeypatch, kind):
    act = kind(s)
    monkeypatch.setattr(make_order, "locks", SimpleNamespace(take=unlocked))
    monkeypatch.setattr(checking_out.ledger, "hold_session", lambda session, branch: session)
    meet(s, monkeypatch, act)
    assert Receipt.objects.get().session == s.session
    assert DayReport.objects.get().paper["receipts"]["count"] == 0
    assert any("it says 0" in text and "its session has 1" in text for text in broken(17))


@pytest.mark.parametrize("kind", [placing, fetching])
def test_the_day_closes_after_the_receipt_and_counts_it(s, monkeypatch, kind):
    act = kind(s)
    meet(s, monkeypatch, act)
    receipt = Receipt.objects.get()
    assert receipt.session == s.session
    assert DayReport.objects.get().paper["receipts"] == {"count": 1, "first": receipt.number, "last": receipt.number}
    holds(17)


def test_after_the_close_a_placed_order_is_of_no_day_and_nothing_is_handed_over(s):
    place = placing(s)
    day_close.close(session_id=s.session.pk, denominations={"100": 1}, employee=s.seller)
    assert place().session is None
    holds(17)
    with pytest.raises(Refusal) as refused:
        fetching(s)()
    assert refused.value.code == "payments.session_none" and Receipt.objects.count() == 1


def test_a_report_that_counts_otherwise_is_reported(s):
    placing(s)()
    day_close.close(session_id=s.session.pk, denominations={"100": 1}, employee=s.seller)
    holds(17)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET toonbank.owner_override = 'on'")
        cursor.execute("UPDATE pos_dayreport SET paper = jsonb_set(paper, '{receipts,count}', '2')")
        cursor.execute("SET toonbank.owner_override = 'off'")
    assert any("it says 2" in text for text in broken(17))
