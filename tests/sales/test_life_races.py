"""Several people on one order at the same moment; each race is first shown with its guard off."""

import threading
from decimal import Decimal

import pytest

from backoffice.catalog import stock
from backoffice.catalog.models import StockLevel
from backoffice.core import locks
from backoffice.core.errors import Refusal, Stale
from backoffice.relations.models import Branch
from sales.models import SalesOrder
from sales.services import amending, cancelling, confirming, delivering, drafts, lines
from tests import factories
from tests.invariants import broken, holds
from tests.racing import together, unlocked
from tests.sales.living import confirmed, line_of, reserved
from tests.sales.order_shop import pieces, shop

pytestmark = pytest.mark.django_db(transaction=True)


def won(told) -> list:
    return [each for each in told if not isinstance(each, Exception)]


def lost(told) -> list:
    return [each for each in told if isinstance(each, Exception)]


def meeting(monkeypatch, module, name):
    """Two people who come to this function go on once both are there."""
    both, real = threading.Barrier(2, timeout=20), getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args, **kwargs: (both.wait(), real(*args, **kwargs))[1])


def amend_together(s, order):
    return together(
        lambda: amending.amend(order_id=order.pk, employee=s.office),
        lambda: amending.amend(order_id=order.pk, employee=s.manager),
    )


def test_two_people_amending_without_the_lock_meet_in_the_constraint(monkeypatch):
    s = shop()
    order = confirmed(s)
    with monkeypatch.context() as guard_off:
        guard_off.setattr(locks, "take", unlocked)
        meeting(guard_off, amending, "_start")
        told = amend_together(s, order)
    assert any("order_one_amendment" in str(each) for each in lost(told)), told  # an error, not an answer


def test_two_people_amending_one_gets_it_and_the_other_hears_who():
    s = shop()
    order = confirmed(s)
    told = amend_together(s, order)
    (amendment,), (refusal,) = won(told), lost(told)
    assert refusal.code == "order.claimed" and str(amendment.claimed_by) in refusal.message
    assert SalesOrder.objects.filter(amends=order).count() == 1


def amended_down_to(s, order, quantity):
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    lines.set_line(
        order_id=amendment.pk,
        line_id=line_of(amendment, s.wit40).pk,
        revision=None,
        values={"quantity": Decimal(quantity)},
        employee=s.office,
    )
    return amendment


def confirm_against_deliver(s, order, amendment, begin=lambda: None, done=lambda: None):
    """begin, done: what who delivers does before and after it."""
    line = line_of(order, s.wit40)

    def deliver():
        begin()
        delivered = delivering.deliver(
            order_id=order.pk,
            quantities={line.pk: Decimal(3)},
            kind="hand_over",
            branch_id=s.branch.pk,
            employee=s.manager,
        )
        done()
        return delivered

    return together(lambda: amending.confirm_amendment(order_id=amendment.pk, employee=s.office), deliver)


def test_confirming_against_delivering_without_the_lock_loses_a_delivery_or_its_stock(monkeypatch):
    """The amendment writes what it read before the delivery: the stored order no longer fits its rows."""
    s = shop()
    order = confirmed(s)
    amendment = amended_down_to(s, order, 3)
    read, delivered, change = threading.Event(), threading.Event(), stock.change
    with monkeypatch.context() as guard_off:
        guard_off.setattr(locks, "take", unlocked)
        guard_off.setattr(stock, "change", lambda *a, **k: (read.set(), delivered.wait(20), change(*a, **k))[2])
        told = confirm_against_deliver(s, order, amendment, lambda: read.wait(20), delivered.set)
    assert lost(told) == [], told
    assert broken(6, 7, 12), told


@pytest.mark.parametrize("wanted", [2, 3])
def test_confirming_against_delivering_never_undoes_a_delivery(wanted):
    s = shop()
    order = confirmed(s)
    amendment = amended_down_to(s, order, wanted)
    told = confirm_against_deliver(s, order, amendment)
    assert won(told), told
    assert all(isinstance(each, Refusal) for each in lost(told)), told
    line = line_of(order, s.wit40)
    if any(isinstance(each, Stale) for each in lost(told)):  # the delivery came first: the amendment is still there
        assert pieces(SalesOrder.objects.get(pk=amendment.pk))[0] == ("Wit 40", wanted)
        assert line.quantity == 4
    elif lost(told):  # the amendment came first: too few were left to deliver
        assert (line.quantity, line.delivered_quantity) == (wanted, 0)
    else:
        assert (line.quantity, line.delivered_quantity) == (3, 3)
    holds()


def test_cancelling_against_delivering_one_of_them_finds_nothing_open():
    s = shop()
    order = confirmed(s, items=[(s.wit40, 4)])
    line = line_of(order, s.wit40)
    told = together(
        lambda: cancelling.cancel(order_id=order.pk, employee=s.office),
        lambda: delivering.deliver(
            order_id=order.pk,
            quantities={line.pk: Decimal(4)},
            kind="hand_over",
            branch_id=s.branch.pk,
            employee=s.manager,
        ),
    )
    assert (len(won(told)), len(lost(told))) == (1, 1) and isinstance(lost(told)[0], Refusal), told
    holds()


def last_piece(s, count):
    """So many people confirm a draft with the last belt, each from a screen of their own."""
    made = [factories.draft(employee=s.office, customer=s.customer, items=[(s.riem, 1)]) for _ in range(count)]
    return made, together(*(lambda each=each: confirming.confirm(order_id=each.pk, employee=s.office) for each in made))


def one_left(s):
    stock.move(s.branch, [(s.riem.pk, Decimal(1))], reason="opening", source="begin", employee=s.office)
    Branch.objects.filter(pk=s.branch.pk).update(below_stock=Branch.BelowStock.BLOCK)


def test_the_last_piece_is_sold_twice_when_the_stock_is_only_looked_at(monkeypatch):
    s = shop()
    one_left(s)

    def look_then_take(places, *, names=None, short=False):
        """What a check before the statement comes to."""
        import time

        for branch, _hand, held in places:
            for variant_id, quantity in held:
                level = StockLevel.objects.get(branch=branch, variant=variant_id)
                if level.free < quantity:
                    raise Refusal("stock.short", "Te weinig.")
                time.sleep(0.2)
                StockLevel.objects.filter(pk=level.pk).update(reserved=level.reserved + quantity)
        return {}

    with monkeypatch.context() as guard_off:
        guard_off.setattr(stock, "change_at", look_then_take)
        _made, told = last_piece(s, 4)
    assert len(won(told)) > 1


def test_the_last_piece_under_twenty_threads_is_sold_once_and_the_others_keep_their_order():
    s = shop()
    one_left(s)
    made, told = last_piece(s, 20)
    assert len(won(told)) == 1, told
    assert {getattr(each, "code", str(each)) for each in lost(told)} == {"stock.short"}
    left = SalesOrder.objects.filter(pk__in=[each.pk for each in made], lifecycle="draft")
    assert left.count() == 19 and all(pieces(each) == [("Riem Tuig", 1)] for each in left)
    assert reserved(s.branch, s.riem) == 1
    holds()


def test_taking_over_while_the_other_types_one_of_them_is_told():
    s = shop()
    order = confirmed(s)
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    told = together(
        lambda: amending.amend(order_id=order.pk, employee=s.manager, take_over=True),
        lambda: drafts.set_header(order_id=amendment.pk, revision=None, values={"subject": "Spoed"}, employee=s.office),
    )
    assert not isinstance(told[0], Exception)
    if isinstance(told[1], Exception):
        assert told[1].code == "order.claimed" and "Joris van Dam" in told[1].message
    amendment.refresh_from_db()
    assert amendment.claimed_by == s.manager
