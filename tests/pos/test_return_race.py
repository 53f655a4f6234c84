"""One receipt at two tills at the same moment: a piece comes back once, whoever is first."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError

from backoffice.core.errors import Refusal
from payments.models import LedgerEntry
from sales.models import OrderLine
from sales.services import returning
from tests.invariants import broken, holds
from tests.pos import test_queue_race
from tests.pos.test_check_out import pay
from tests.pos.test_returns import bring_back, sell
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
s = test_queue_race.s
D = Decimal


def both(s, sold):
    return together(
        lambda: bring_back(s, sold, 1, till=s.till), lambda: bring_back(s, sold, 1, till=s.other, employee=s.office)
    )


def both_paid(s):
    cash = (s.method.contant, "-49.95")
    return together(
        lambda: pay(s, cash, employee=s.manager), lambda: pay(s, cash, employee=s.office, till_id=s.other.pk)
    )


def both_read_first(monkeypatch):
    """Without the lock on the order of the receipt: each till has looked before either writes."""
    meet, look = threading.Barrier(2), returning.returnable
    monkeypatch.setattr(returning, "hold", lambda order_ids: None)
    monkeypatch.setattr(returning, "returnable", lambda order: (look(order), meet.wait(timeout=20))[0])


def test_without_the_lock_both_baskets_would_get_it_and_the_database_still_pays_it_back_once(s, monkeypatch):
    sold = sell(s, [(s.wit40, 1)])
    both_read_first(monkeypatch)
    told = both(s, sold)
    assert not any(isinstance(answer, Exception) for answer in told), told
    assert OrderLine.objects.filter(returns=sold.lines.get()).count() == 2
    told = both_paid(s)
    assert sorted(type(answer) for answer in told if isinstance(answer, Exception)) in ([IntegrityError], [Refusal])
    assert LedgerEntry.objects.filter(kind="refund").count() == 1
    assert sold.lines.get().returned_quantity == 1


def test_without_counting_it_would_be_paid_back_twice(s, monkeypatch):
    sold = sell(s, [(s.wit40, 1)])
    both_read_first(monkeypatch)
    both(s, sold)
    monkeypatch.setattr(returning, "count_back", lambda draft: [])
    assert [type(answer).__name__ for answer in both_paid(s)] == ["Receipt", "Receipt"]
    assert any("came back" in breach for breach in broken(7)), broken(7)


def test_one_basket_gets_it_and_the_other_is_told(s):
    for _ in range(3):
        sold = sell(s, [(s.wit40, 1)])
        told = both(s, sold)
        (refused,) = [answer for answer in told if isinstance(answer, Exception)]
        assert isinstance(refused, Refusal) and "ligt al als retour op een bon" in refused.message
        till = s.till if told[1] is refused else s.other
        pay(s, (s.method.contant, "-49.95"), employee=s.manager, till_id=till.pk)
        assert sold.lines.get().returned_quantity == 1
    holds()
