"""What happens to an order while somebody amends it: taken over, delivered, taken back, paid, settled."""

from decimal import Decimal

import pytest
import time_machine
from django.db import transaction

from backoffice.core.models import JournalEntry
from sales import totals
from sales.models import SalesOrder
from sales.services import amending, cancelling, delivering, lines
from tests.sales.living import (
    amend,
    confirm_amendment,
    confirmed,
    hand_over,
    line_of,
    pay,
    refused,
    reserved,
    set_quantity,
)
from tests.sales.order_shop import pieces, shop

pytestmark = pytest.mark.django_db


def test_what_is_settled_meanwhile_is_not_amended_any_more_and_the_amendment_is_dropped():
    s = shop()
    order = confirmed(s)
    amendment = amend(order, s.office)
    set_quantity(amendment, s.wit40, 9, s.office)
    pay(order, order.gross.amount)
    hand_over(order, s.wit40, 4, s.office)
    hand_over(order, s.inkorten, 2, s.office)
    refused("order.status", lambda: confirm_amendment(amendment, s.office))
    amending.discard_amendment(order_id=amendment.pk, employee=s.office)
    order.refresh_from_db()
    assert (order.status, order.version) == ("settled", 1)
    assert not SalesOrder.objects.filter(amends=order, lifecycle="draft").exists()


@time_machine.travel("2026-11-24T14:02:00+01:00", tick=False)
def test_a_second_person_sees_who_has_it_since_when_and_may_take_over():
    s = shop()
    order = confirmed(s)
    amendment = amend(order, s.office)
    refusal = refused("order.claimed", lambda: amend(order, s.manager))
    assert refusal.message == "Sanne Bakker wijzigt deze order sinds 14:02."
    assert (refusal.who, refusal.status) == ("Sanne Bakker", 409)
    for attempt in (
        lambda: set_quantity(amendment, s.wit40, 5, s.manager),
        lambda: confirm_amendment(amendment, s.manager),
        lambda: amending.discard_amendment(order_id=amendment.pk, employee=s.manager),
        lambda: cancelling.cancel(order_id=order.pk, employee=s.manager),
    ):
        refused("order.claimed", attempt)
    taken = amend(order, s.manager, take_over=True)
    assert (taken.pk, taken.claimed_by) == (amendment.pk, s.manager)
    entry = JournalEntry.objects.latest("pk")
    assert (entry.action, entry.data) == ("sales.amendment.taken_over", {"from": s.office.pk})
    refusal = refused("order.claimed", lambda: set_quantity(amendment, s.wit40, 5, s.office))
    assert refusal.who == "Joris van Dam"


def test_what_is_delivered_while_the_amendment_is_open_counts_at_once():
    s = shop()
    order = confirmed(s)
    amendment = amend(order, s.office)
    hand_over(order, s.wit40, 3, s.manager)
    refused("line.done", lambda: set_quantity(amendment, s.wit40, 2, s.office))
    set_quantity(amendment, s.wit40, 5, s.office)
    confirm_amendment(amendment, s.office)
    line = line_of(order, s.wit40)
    assert (line.quantity, line.delivered_quantity, reserved(s.branch, s.wit40)) == (5, 3, 2)


def test_more_delivered_meanwhile_than_is_still_wanted_is_shown_per_line():
    s = shop()
    order = confirmed(s, items=[(s.wit40, 4), (s.riem, 2)])
    amendment = amend(order, s.office)
    set_quantity(amendment, s.wit40, 2, s.office)
    lines.delete(order_id=amendment.pk, line_ids=[line_of(amendment, s.riem).pk], employee=s.office)
    hand_over(order, s.wit40, 3, s.manager)
    hand_over(order, s.riem, 1, s.manager)
    refusal = refused("stale", lambda: confirm_amendment(amendment, s.office))
    assert refusal.fields == [
        ("Oxford-overhemd Kade Wit 40", "3 geleverd", "2"),
        ("Riem Tuig", "1 geleverd", "verwijderd"),
    ]
    taken = amending.take_delivered(order_id=amendment.pk, employee=s.office)
    assert pieces(taken) == [("Wit 40", 3), ("Riem Tuig", 1)]
    confirm_amendment(amendment, s.office)
    order.refresh_from_db()
    assert (order.status, order.delivery_state) == ("delivered", "all")
    assert pieces(order) == [("Wit 40", 3), ("Riem Tuig", 1)]


def test_a_line_of_which_a_part_was_cancelled_says_as_much_delivered_as_it_has_left():
    s = shop()
    order = confirmed(s, items=[(s.wit40, 4)])
    of_wit40 = {line_of(order, s.wit40).pk: Decimal(1)}
    cancelling.cancel(order_id=order.pk, quantities=of_wit40, employee=s.manager)
    amendment = amend(order, s.office)
    set_quantity(amendment, s.wit40, 2, s.office)
    hand_over(order, s.wit40, 3, s.manager)
    line = line_of(amendment, s.wit40)
    lines.set_line(
        order_id=amendment.pk, line_id=line.pk, revision=None, values={"text": "Mouw inkorten"}, employee=s.office
    )
    line.refresh_from_db()
    assert (line.quantity, line.cancelled_quantity, line.delivered_quantity) == (2, 1, 1)


def test_what_is_taken_back_meanwhile_may_be_ordered_no_more():
    s = shop()
    order = confirmed(s, items=[(s.wit40, 4)])
    delivery = hand_over(order, s.wit40, 3, s.manager)
    amendment = amend(order, s.office)
    delivering.cancel_delivery(delivery_id=delivery.pk, employee=s.manager)
    set_quantity(amendment, s.wit40, 2, s.office)
    assert line_of(amendment, s.wit40).delivered_quantity == 0
    confirm_amendment(amendment, s.office)
    order.refresh_from_db()
    assert (pieces(order), reserved(s.branch, s.wit40)) == ([("Wit 40", 2)], 2)


def test_what_is_paid_meanwhile_stays_and_may_not_be_too_much():
    s = shop()
    order = confirmed(s)
    amendment = amend(order, s.office)
    pay(order, "150.00")
    set_quantity(amendment, s.wit40, 5, s.office)
    confirm_amendment(amendment, s.office)
    order.refresh_from_db()
    assert (order.paid_total.amount, order.gross.amount, order.payment_state) == (150, Decimal("274.75"), "part")
    second = amend(order, s.office)
    set_quantity(second, s.wit40, 2, s.office)
    refusal = refused("order.money_left", lambda: confirm_amendment(second, s.office))
    assert "€\u00a0150,00 betaald" in refusal.message and "€\u00a0124,90" in refusal.message


def test_settle_books_what_is_too_much_in_the_same_transaction():
    s = shop()
    order = confirmed(s)
    pay(order, "200.00")
    amendment = amend(order, s.office)
    set_quantity(amendment, s.wit40, 2, s.office)
    seen = []

    def settle(shown, all_lines, old_gross):
        seen.append((old_gross, shown.gross.amount))
        totals.write_paid(shown, all_lines, shown.gross.amount, employee=s.office)
        return lambda: seen.append("last")

    with transaction.atomic():
        opened, amended = amending.open_amendment(amendment.pk, s.office)
        amending.apply_amendment(opened, amended, settle)
    order.refresh_from_db()
    assert seen == [(Decimal("224.80"), Decimal("124.90")), "last"]
    assert (order.paid_total, order.payment_state) == (order.gross, "paid")


def test_delivered_and_cancelled_together_are_what_an_amendment_may_not_go_below():
    s = shop()
    order = confirmed(s, items=[(s.wit40, 6)])
    cancelling.cancel(order_id=order.pk, quantities={line_of(order, s.wit40).pk: Decimal(2)}, employee=s.office)
    amendment = amend(order, s.office)
    set_quantity(amendment, s.wit40, 4, s.office)  # two cancelled, two left
    hand_over(order, s.wit40, 3, s.manager)  # neither 3 delivered nor 2 cancelled is more than 4; 5 is
    refusal = refused("stale", lambda: confirm_amendment(amendment, s.office))
    assert refusal.fields == [("Oxford-overhemd Kade Wit 40", "3 geleverd, 2 geannuleerd", "4")]
    refused("line.done", lambda: set_quantity(amendment, s.wit40, 4, s.office))
    amending.take_delivered(order_id=amendment.pk, employee=s.office)
    confirm_amendment(amendment, s.office)
    line = line_of(order, s.wit40)
    assert (line.quantity, line.delivered_quantity, line.cancelled_quantity) == (5, 3, 2)
    assert reserved(s.branch, s.wit40) == 0


def test_as_many_as_delivered_and_cancelled_may_be_ordered():
    s = shop()
    order = confirmed(s, items=[(s.wit40, 6)])
    cancelling.cancel(order_id=order.pk, quantities={line_of(order, s.wit40).pk: Decimal(2)}, employee=s.office)
    amendment = amend(order, s.office)
    set_quantity(amendment, s.wit40, 5, s.office)
    hand_over(order, s.wit40, 3, s.manager)
    confirm_amendment(amendment, s.office)
    line = line_of(order, s.wit40)
    assert (line.quantity, line.open_quantity, reserved(s.branch, s.wit40)) == (5, 0, 0)
