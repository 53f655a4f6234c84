"""Deposits under fire: one request sent many times at once, two desks on one order, an answer that never arrived."""

import random
import threading
import uuid
from contextlib import contextmanager
from decimal import Decimal
from unittest import mock

import pytest
from django.db import connection
from django.db.models import Sum

from backoffice.core import keys, locks
from backoffice.core.errors import Refusal, Stale
from payments.models import CreditAccount, LedgerEntry
from payments.services import depositing
from payments.services.depositing import deposit
from payments.services.refunding import refund
from sales.models import SalesOrder
from tests.invariants import holds
from tests.payments import shop as money
from tests.payments.shop import shop
from tests.racing import together, unlocked
from tests.soak import count, report

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


def pay(s, order, amount, **more):
    tenders = [(s.method.bank.pk, D(amount))]
    return lambda: deposit(order_id=order.pk, tenders=tenders, employee=s.office, **more)


def booked(order) -> Decimal:
    """What the ledger holds for the order, EUR."""
    return LedgerEntry.objects.filter(order=order).aggregate(total=Sum("amount"))["total"] or D(0)


def whole(order) -> None:
    """Stored and booked agree, within the total; every entry's postings add up to zero."""
    order.refresh_from_db()
    assert order.paid_total.amount == booked(order)
    assert 0 <= order.paid_total.amount <= order.gross.amount
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM payments_posting GROUP BY 1 HAVING sum(amount) <> 0")
        assert cursor.fetchall() == []


@contextmanager
def no_keys():
    """The guard off: request keys are not looked at."""
    with mock.patch.object(keys, "_claim", return_value=None), mock.patch.object(keys, "_remember"):
        yield


@contextmanager
def no_locks():
    """The guard off: rows are read without locking them, and each reads before another writes."""

    with mock.patch.object(locks, "take", unlocked):
        yield


def test_without_the_key_one_request_sent_four_times_is_four_payments():
    s = shop()
    order = money.order(s, "100.00")
    with no_keys():
        together(*[pay(s, order, "1.00", key=uuid.uuid4())] * 4)
    assert booked(order) == D(4)


def test_one_request_sent_four_times_at_once_is_one_payment():
    s = shop()
    number, orders = count(1000, 25), []
    for turn in range(number):
        if turn % 50 == 0:
            order = money.order(s, "1000.00")
            orders.append(order)
        key = uuid.uuid4()
        told = together(*[pay(s, order, "1.00", key=key)] * 4)
        assert all(isinstance(answer, SalesOrder) for answer in told), told
    report("one key four times at once", requests=number * 4, payments=LedgerEntry.objects.count())
    assert LedgerEntry.objects.filter(kind="deposit").count() == number
    assert sum(booked(order) for order in orders) == number
    for order in orders:
        whole(order)
    holds()


def test_without_the_lock_two_desks_take_more_than_there_is_to_pay():
    s = shop()
    order = money.order(s, "100.00")
    held = depositing._check

    def slow(order, *rest):
        found = held(order, *rest)
        barrier.wait(timeout=20)
        return found

    barrier = threading.Barrier(2)
    with no_locks(), mock.patch.object(depositing, "_check", slow):
        together(pay(s, order, "100.00"), pay(s, order, "100.00"))
    assert booked(order) == D(200)


def test_two_desks_on_one_order_never_take_more_than_there_is_to_pay():
    s = shop()
    number, refused = count(500, 15), 0
    chance = random.Random(18)
    for _ in range(number):
        order = money.order(s, "100.00", ("50.00", "low"))
        one, two = (D(chance.randint(2000, 12000)) / 100 for _ in range(2))
        told = together(pay(s, order, one), pay(s, order, two))
        wrong = [answer for answer in told if not isinstance(answer, SalesOrder)]
        assert all(isinstance(answer, Refusal) for answer in wrong), told
        assert len(wrong) == (1 if one + two > 150 else 0), (one, two, told)
        refused += len(wrong)
        whole(order)
    report("two desks on one order", races=number, refused=refused)
    assert 0 < refused < number
    holds()


def test_two_desks_that_saw_nothing_paid_book_once_and_the_other_is_told_who():
    s = shop()
    for _ in range(count(100, 5)):
        order = money.order(s, "100.00")
        told = together(pay(s, order, "40.00", seen_paid=D(0)), pay(s, order, "40.00", seen_paid=D(0)))
        (stale,) = [answer for answer in told if not isinstance(answer, SalesOrder)]
        assert isinstance(stale, Stale)
        assert stale.who == "Sanne Bakker"
        assert booked(order) == D(40)


def test_an_answer_that_was_dropped_after_commit_is_one_payment_when_sent_again():
    s = shop()
    number = count(200, 10)
    order = money.order(s, "1000.00")
    for turn in range(1, number + 1):
        key = uuid.uuid4()
        with pytest.raises(ConnectionError):
            drop(pay(s, order, "1.00", key=key))
        answer = pay(s, order, "1.00", key=key)()
        assert answer.paid_total.amount == turn
    report("answers dropped after commit", requests=number * 2, payments=LedgerEntry.objects.count())
    assert LedgerEntry.objects.count() == number
    whole(order)
    holds()


def drop(work) -> None:
    """The work is done and committed; its answer never arrives."""
    work()
    raise ConnectionError


def test_tegoed_is_spent_once_at_two_desks():
    s = shop()
    number = count(200, 8)
    for _ in range(number):
        give_credit(s, "75.00")
        one, two = money.order(s, "75.00"), money.order(s, "75.00")
        works = [
            lambda order=order: deposit(order_id=order.pk, tenders=[(s.method.tegoed.pk, D(75))], employee=s.office)
            for order in (one, two)
        ]
        told = together(*works)
        (refused,) = [answer for answer in told if not isinstance(answer, SalesOrder)]
        assert refused.code == "payments.credit_short"
        assert CreditAccount.objects.get(customer=s.customer).balance.amount == 0
        assert booked(one) + booked(two) == D(75)
    report("tegoed at two desks", races=number)
    holds()


def give_credit(s, amount) -> None:
    """Tegoed as a customer gets it: paid on an order, and kept for another."""
    order = money.order(s, amount)
    pay(s, order, amount)()
    tegoed = [(s.method.tegoed.pk, D(amount))]
    refund(order_id=order.pk, amounts=tegoed, reason="bewaren voor later", employee=s.manager)
