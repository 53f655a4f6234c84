"""Many orders that live: random lives against the model, and thousands that are amended, delivered and cancelled."""

import random
from decimal import Decimal

import pytest

from backoffice.catalog import stock
from backoffice.core.errors import Refusal
from sales.models import SalesOrder
from sales.services import amending, cancelling, delivering, lines
from tests import factories
from tests.invariants import broken
from tests.sales import life_machine
from tests.sales.living import confirmed
from tests.sales.order_shop import shop
from tests.soak import count, report


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(count(4, 1)))  # in full: four parts side by side, each with its own dice
def test_long_random_lives(part):
    lives = count(500, 2)
    tried = life_machine.run(lives, 50)
    report("random lives of 50 steps", lives=lives, **tried)


@pytest.mark.django_db(transaction=True)
def test_orders_that_are_amended_delivered_and_cancelled_leave_nothing_broken():
    s = shop()
    socks = factories.article("60001", "Sok", "9.95", colours=["Wit", "Zwart", "Navy"], sizes=range(36, 44))
    variants = [*socks.variants.all(), s.inkorten]
    stocked = [(variant.pk, Decimal(500)) for variant in variants[:-1]]
    stock.move(s.branch, stocked, reason="opening", source="begin", employee=s.office)
    dice, orders, done = random.Random(7), count(10_000, 40), {"amended": 0, "delivered": 0, "cancelled": 0}
    for _ in range(orders):
        chosen = dice.sample(variants, dice.randint(1, 8))
        order = confirmed(s, items=[(variant, dice.randint(1, 9)) for variant in chosen])
        for _step in range(dice.randint(0, 3)):
            name = dice.choice(list(done))
            try:
                STEPS[name](s, order, dice, variants)
                done[name] += 1
            except Refusal as refusal:  # what has nothing open any more
                assert refusal.code in ("order.status", "order.nothing_open", "line.done"), refusal.code
    report("orders that live", orders=orders, **done)
    assert all(done.values())
    assert broken() == []


def _some(order, dice) -> dict[int, Decimal]:
    """Some pieces of some open lines."""
    found = [line for line in order.lines.all() if line.open_quantity]
    chosen = dice.sample(found, dice.randint(1, len(found))) if found else []
    return {line.pk: Decimal(dice.randint(1, int(line.open_quantity))) for line in chosen}


def _amend(s, order, dice, variants) -> None:
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    try:
        line = dice.choice(list(amendment.lines.all()))
        lines.set_line(
            order_id=amendment.pk,
            line_id=line.pk,
            revision=None,
            values={"quantity": Decimal(dice.randint(1, 12))},
            employee=s.office,
        )
        if dice.random() < 0.5:
            lines.add(order_id=amendment.pk, items=[(dice.choice(variants).pk, Decimal(2))], employee=s.office)
        amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    except Refusal:
        amending.discard_amendment(order_id=amendment.pk, employee=s.office)
        raise


def _deliver(s, order, dice, variants) -> None:
    fresh = SalesOrder.objects.get(pk=order.pk)
    quantities = _some(fresh, dice)
    if not quantities:
        raise Refusal("order.nothing_open", "")
    delivering.deliver(
        order_id=order.pk, quantities=quantities, kind="hand_over", branch_id=s.branch.pk, employee=s.office
    )


def _cancel(s, order, dice, variants) -> None:
    fresh = SalesOrder.objects.get(pk=order.pk)
    quantities = None if dice.random() < 0.5 else _some(fresh, dice)
    cancelling.cancel(order_id=order.pk, quantities=quantities, employee=s.office, reason="proef")


STEPS = {"amended": _amend, "delivered": _deliver, "cancelled": _cancel}
