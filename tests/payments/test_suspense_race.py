"""One amount in suspense that two people book on two orders at the same moment: it lands on one of them."""

import threading
from decimal import Decimal

import pytest

from backoffice.core.errors import Refusal
from payments.models import LedgerEntry
from payments.services import terminals
from payments.services.terminals import assign_suspense, return_suspense, to_suspense
from tests.invariants import broken, holds
from tests.payments import shop as money
from tests.payments.shop import accounts, rows, shop
from tests.payments.test_terminals import ask, basket, start
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


@pytest.fixture
def s():
    """60.00 of a card in suspense, and two orders of 60.00 that nobody paid."""
    made = shop()
    session = money.session(made)
    payment = ask(made, start(made, basket(made, "60.00"), session, "60.00"))
    payment = to_suspense(payment_id=payment.pk, employee=made.manager, reason="de bon was weg")
    made.entry, made.session = payment.entry, session
    made.first, made.second = money.order(made, "60.00"), money.order(made, "60.00")
    return made


def assign(s, order):
    return assign_suspense(entry_id=s.entry.pk, order_id=order.pk, employee=s.manager)


def both(s):
    return together(lambda: assign(s, s.first), lambda: assign(s, s.second))


def test_without_the_lock_on_its_payment_both_orders_would_be_paid_with_it(s, monkeypatch):
    meet, look = threading.Barrier(2), terminals.suspended
    monkeypatch.setattr(terminals, "hold_suspense", lambda entry_id, employee: LedgerEntry.objects.get(pk=entry_id))
    monkeypatch.setattr(terminals, "suspended", lambda entry: (look(entry), meet.wait(timeout=20))[0])
    assert not any(isinstance(answer, Exception) for answer in both(s))
    assert rows(s.first) == rows(s.second) == [("suspense", "", D(60))]
    assert any("120.00 went away" in breach for breach in broken(11)), broken(11)


def test_it_lands_on_one_order_and_the_other_is_refused(s):
    told = both(s)
    (refused,) = [answer for answer in told if isinstance(answer, Exception)]
    assert isinstance(refused, Refusal) and refused.code == "payments.too_much", refused
    winner, loser = (s.first, s.second) if told[1] is refused else (s.second, s.first)
    assert (rows(winner), rows(loser)) == ([("suspense", "", D(60))], [])
    assert "suspense" not in accounts()
    holds(2, 3, 11)


def test_it_is_booked_on_an_order_or_given_back_but_not_both(s):
    told = together(
        lambda: assign(s, s.first),
        lambda: return_suspense(
            entry_id=s.entry.pk, method_id=s.method.contant.pk, employee=s.manager, reason="klant was weg",
            session_id=s.session.pk,
        ),
    )  # fmt: skip
    (refused,) = [answer for answer in told if isinstance(answer, Exception)]
    assert isinstance(refused, Refusal) and refused.code in ("payments.too_much", "payments.suspense_gone"), refused
    assert "suspense" not in accounts()
    assert rows(s.first) == ([] if told[0] is refused else [("suspense", "", D(60))])
    holds(2, 3, 11)
