"""Two tills take the same order from the queue at the same moment, over and over: paid once, and the other is told."""

import time
from decimal import Decimal
from functools import partial

import pytest

from backoffice.core.errors import Refusal
from payments.models import LedgerEntry
from payments.services import sessions
from pos.models import Receipt, TillSeat
from pos.services import checking_out, seats
from sales.models import SalesOrder
from tests.invariants import holds
from tests.payments import shop as money
from tests.payments.shop import methods
from tests.pos import counter
from tests.racing import together
from tests.soak import count, report

pytestmark = pytest.mark.django_db(transaction=True)


def test_orders_that_two_tills_take_at_once_are_paid_once_and_the_other_is_told_by_whom():
    s = counter.shop()
    s.method = methods()
    people = {s.till: s.seller, s.other: s.manager}
    for till in people:
        TillSeat.objects.create(till=till, device_hash="")
        sessions.open_session(till_id=till.pk, float_amount=Decimal(100), employee=s.seller)
    number, told_after, won = count(500, 20), [], dict.fromkeys(people, 0)
    for _ in range(number):
        order = money.order(s, "41.35")
        answers = together(*(partial(take, s, order, till, who) for till, who in people.items()))
        (lost,) = [answer for answer in answers if isinstance(answer[0], Refusal)]
        (paid,) = [answer for answer in answers if isinstance(answer[0], Receipt)]
        winner = paid[0].till
        assert lost[0].code in ("order.claimed", "order.done"), lost
        assert people[winner].name in lost[0].message, lost[0].message
        assert LedgerEntry.objects.filter(order=order, kind="settlement").count() == 1
        won[winner] += 1
        told_after.append(lost[1])
    assert SalesOrder.objects.filter(status="settled").count() == number == Receipt.objects.count()
    report(
        "orders taken by two tills at once", orders=number, paid_once=number,
        won="/".join(map(str, won.values())), told_after_at_most=f"{max(told_after):.2f} s",
    )  # fmt: skip
    holds()


def take(s, order, till, employee) -> tuple[Receipt | Refusal, float]:
    """Open the order on the till and settle it: its receipt, or who was first; and the seconds until that was known."""
    since = time.perf_counter()
    try:
        seats.open_order(till_id=till.pk, order_id=order.pk, employee=employee)
    except Refusal as refusal:
        return refusal, time.perf_counter() - since
    tenders, line = [(s.method.contant.pk, order.gross.amount)], order.lines.get()
    receipt = checking_out.check_out(
        till_id=till.pk, tenders=tenders, take={line.pk: line.quantity}, employee=employee
    )  # fmt: skip
    return receipt, time.perf_counter() - since
