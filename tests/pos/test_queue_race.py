"""Two tills take one order from the queue at the same moment: one gets it, the other is told by whom."""

import threading
from decimal import Decimal

import pytest
from django.db import transaction

from backoffice.core import locks
from payments.models import LedgerEntry
from payments.services import sessions
from pos.models import TillSeat
from pos.services import checking_out, seats
from sales.models import SalesOrder
from sales.services import selling
from sales.services.selling import Claimed
from tests.payments.shop import methods
from tests.payments.shop import order as order_of
from tests.pos import counter
from tests.racing import together, unlocked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def s():
    made = counter.shop()
    made.method = methods()
    for till in (made.till, made.other):
        TillSeat.objects.create(till=till, device_hash="")
        sessions.open_session(till_id=till.pk, float_amount=Decimal("100"), employee=made.seller)
    return made


def take(s, order, till, employee):
    """Open the order on the till and settle it; gives the receipt."""
    seats.open_order(till_id=till.pk, order_id=order.pk, employee=employee)
    line = order.lines.get()
    return checking_out.check_out(
        till_id=till.pk, tenders=[(s.method.contant.pk, order.gross.amount)], take={line.pk: line.quantity},
        employee=employee,
    )  # fmt: skip


def both_open(s, order):
    return together(
        lambda: seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller),
        lambda: seats.open_order(till_id=s.other.pk, order_id=order.pk, employee=s.manager),
    )


def test_without_the_lock_both_tills_would_open_it(s, monkeypatch):
    """The race is there: reading the order without locking it lets two tills see it free."""
    both = threading.Barrier(2)

    def read(rank, rows, *values):
        found = unlocked(rank, rows, *values)
        if rank == "order":
            both.wait(timeout=10)  # each has read before either writes
        return found

    order = order_of(s, "41.35")
    monkeypatch.setattr(selling.locks, "take", read)
    told = both_open(s, order)
    # both believed that it was theirs; only the one key on the seat stands between them
    assert not any(isinstance(answer, Claimed) for answer in told), told


def test_one_till_gets_it_and_the_other_is_told_by_whom(s):
    assert locks.RANKS[0] == "order"
    for _ in range(5):
        order = order_of(s, "41.35")
        told = both_open(s, order)
        refused = [answer for answer in told if isinstance(answer, Claimed)]
        assert len(refused) == 1, told
        winner = TillSeat.objects.select_related("till").get(order=order)
        name = "Marieke de Wit" if winner.till == s.till else "Joris van Dam"
        assert f"geopend op {winner.till.name} door {name}" in refused[0].message
        seats.put_away(till_id=winner.pk, employee=s.seller)


def test_it_is_paid_once(s):
    for _ in range(3):
        order = order_of(s, "41.35")
        told = together(
            lambda order=order: take(s, order, s.till, s.seller), lambda order=order: take(s, order, s.other, s.manager)
        )
        order.refresh_from_db()
        assert [type(answer).__name__ for answer in told].count("Receipt") == 1
        assert (order.status, order.paid_total) == ("settled", order.gross)
        assert LedgerEntry.objects.filter(order=order, kind="settlement").count() == 1
        TillSeat.objects.update(order=None)


def test_the_second_is_told_while_the_first_one_still_holds_the_order(s):
    order = order_of(s, "41.35")
    seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
    held, told = threading.Event(), threading.Event()

    def settling():
        with transaction.atomic():
            SalesOrder.objects.select_for_update().get(pk=order.pk)
            held.set()
            told.wait(timeout=20)

    def second():
        held.wait(timeout=20)
        try:
            seats.open_order(till_id=s.other.pk, order_id=order.pk, employee=s.manager)
        finally:
            told.set()

    _first, refused = together(settling, second)
    assert isinstance(refused, Claimed) and "Kassa 1 door Marieke de Wit" in refused.message
