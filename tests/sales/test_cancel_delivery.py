"""Een levering annuleren: goods come back and are reserved again."""

import threading
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from backoffice.catalog.models import Branch, StockMove
from backoffice.core.errors import NotFound, Refusal
from backoffice.core.models import JournalEntry
from sales.models import Delivery, DeliveryLine, OrderLine, SalesOrder
from sales.services import delivering, editing
from tests import factories
from tests.racing import together, unlocked
from tests.sales.delivery_shop import confirmed, consistent, level, line_of, receive, state, wanted
from tests.sales.order_shop import shop
from tests.sales.test_deliver import deliver

pytestmark = pytest.mark.django_db


def cancel(s, delivery, **values):
    return delivering.cancel_delivery(delivery_id=delivery.pk, **{"employee": s.office} | values)


def refused(s, order, delivery, **values) -> Refusal:
    before = state(order)
    with pytest.raises(Refusal) as caught:
        cancel(s, delivery, **values)
    assert state(order) == before
    return caught.value


def test_goods_come_back_and_are_reserved_again():
    s = shop()
    receive(s.branch, s.office, (s.wit40, 5))
    order = confirmed(s, [(s.wit40, 4), (s.inkorten, 1)])
    first = deliver(s, order, wanted(order, (s.wit40, 1)))
    second = deliver(s, order, wanted(order, (s.wit40, 3), (s.inkorten, 1)))
    reverse = cancel(s, second)
    assert (reverse.reverses, reverse.kind, reverse.branch) == (second, "hand_over", s.branch)
    assert [row.quantity for row in reverse.lines.order_by("id")] == [-3, -1]
    order.refresh_from_db()
    assert (order.status, line_of(order, s.wit40).delivered_quantity) == ("part_delivered", 1)
    assert level(s.branch, s.wit40) == (4, 3)
    cancel(s, first)
    order.refresh_from_db()
    assert (order.status, order.delivery_state, level(s.branch, s.wit40)) == ("open", "none", (5, 4))
    assert list(StockMove.objects.filter(reason="delivery").order_by("id").values_list("quantity", "source")) == [
        (-1, order.number), (-3, order.number), (3, order.number), (1, order.number),
    ]  # fmt: skip
    entries = JournalEntry.objects.filter(action="sales.order.delivery_cancelled").order_by("sequence")
    assert [entry.data["reverses"] for entry in entries] == [second.pk, first.pk]
    assert consistent(order)


def test_what_was_handed_over_elsewhere_comes_back_there():
    s = shop()
    zwolle = factories.branch("Zwolle", below_stock="block")
    receive(s.branch, s.office, (s.wit40, 2))
    receive(zwolle, s.office, (s.wit40, 2))
    order = confirmed(s, [(s.wit40, 2)])
    delivery = deliver(s, order, wanted(order, (s.wit40, 2)), branch_id=zwolle.pk)
    # meanwhile the order's own branch sold what it had, and blocks: the order comes back all the same
    confirmed(s, [(s.wit40, 2)])
    Branch.objects.update(below_stock="block")
    cancel(s, delivery)
    assert (level(s.branch, s.wit40), level(zwolle, s.wit40)) == ((2, 4), (2, 0))
    assert consistent(order)


def test_a_return_that_came_in_goes_out_again_when_it_is_still_there():
    s = shop()
    order = confirmed(s, [(s.riem, 2), (s.wit40, 1)])
    OrderLine.objects.filter(order=order, variant=s.riem).update(quantity=-2)
    delivery = deliver(s, order, wanted(order, (s.riem, -2)))
    Branch.objects.update(below_stock="block")
    receive(s.branch, s.office, (s.riem, -1))  # one of them was sold
    assert refused(s, order, delivery).code == "stock.absent"
    receive(s.branch, s.office, (s.riem, 1))
    cancel(s, delivery)
    assert level(s.branch, s.riem) == (0, 2)  # what confirming a line of two had reserved
    assert consistent(order)


def test_it_is_cancelled_once_only():
    s = shop()
    order = confirmed(s, [(s.inkorten, 3)])
    delivery = deliver(s, order, wanted(order, (s.inkorten, 1)))
    deliver(s, order, wanted(order, (s.inkorten, 1)))
    key = uuid.uuid4()
    reverse = cancel(s, delivery, key=key)
    assert cancel(s, delivery, key=key) == reverse
    assert refused(s, order, delivery).code == "delivery.reversed"
    assert refused(s, order, reverse).code == "delivery.is_reversal"
    with pytest.raises(IntegrityError, match="reverses_id"), transaction.atomic():
        Delivery.objects.create(order=order, branch=s.branch, kind="hand_over", employee=s.office, reverses=delivery)


def test_pieces_that_were_returned_meanwhile_hold_it():
    s = shop()
    order = confirmed(s, [(s.inkorten, 3)])
    first = deliver(s, order, wanted(order, (s.inkorten, 2)))
    second = deliver(s, order, wanted(order, (s.inkorten, 1)))
    OrderLine.objects.filter(order=order).update(returned_quantity=1)
    cancel(s, second)
    refusal = refused(s, order, first)
    assert (refusal.code, refusal.message) == (
        "delivery.returned",
        "Van Broek inkorten is al 1 geretourneerd; deze levering kan niet meer worden geannuleerd.",
    )


def test_a_delivery_on_a_slip_goes_by_its_slip():
    s = shop()
    order = confirmed(s, [(s.inkorten, 1)])
    delivery = deliver(s, order, wanted(order, (s.inkorten, 1)), kind="slip")
    assert refused(s, order, delivery).code == "delivery.on_slip"


def test_strangers_and_numbers_that_are_not_there_are_told_the_same():
    s = shop()
    order = confirmed(s, [(s.inkorten, 1)])
    delivery = deliver(s, order, wanted(order, (s.inkorten, 1)))
    assert isinstance(refused(s, order, delivery, employee=factories.employee("seller", factories.branch())), NotFound)
    with pytest.raises(NotFound):
        delivering.cancel_delivery(delivery_id=delivery.pk + 999, employee=s.office)


def test_a_settled_order_is_open_again():
    s = shop()
    order = confirmed(s, [(s.inkorten, 1)])
    SalesOrder.objects.filter(pk=order.pk).update(paid_total=order.gross.amount)
    delivery = deliver(s, order, wanted(order, (s.inkorten, 1)))
    order.refresh_from_db()
    assert order.status == "settled"
    cancel(s, delivery)
    order.refresh_from_db()
    assert (order.status, order.payment_state) == ("open", "paid")


@pytest.mark.parametrize("field", ["delivered_quantity", "reverses"])
def test_rows_of_deliveries_never_change(field):
    s = shop()
    order = confirmed(s, [(s.inkorten, 1)])
    deliver(s, order, wanted(order, (s.inkorten, 1)))
    with pytest.raises(Exception, match=r"permission denied|only grows"), transaction.atomic():
        if field == "reverses":
            Delivery.objects.update(kind="slip")
        else:
            DeliveryLine.objects.update(quantity=2)
    with pytest.raises(IntegrityError, match="delivery_quantity_not_zero"), transaction.atomic():
        DeliveryLine.objects.create(delivery=Delivery.objects.get(), line=order.lines.get(), quantity=Decimal(0))


def deliver_against_cancel(s):
    """An order of two belts, one of them handed over: at once the second is delivered and the first taken back."""
    receive(s.branch, s.office, (s.riem, 3))
    order = confirmed(s, [(s.riem, 2)])
    delivery = deliver(s, order, wanted(order, (s.riem, 1)))
    quantities = wanted(order, (s.riem, 1))
    told = together(
        lambda: deliver(s, order, quantities, employee=s.manager), lambda: cancel(s, delivery, employee=s.seller)
    )
    order.refresh_from_db()
    return order, told


@pytest.mark.django_db(transaction=True)
def test_delivering_while_the_first_delivery_is_cancelled_keeps_both():
    s = shop()
    order, told = deliver_against_cancel(s)
    assert [type(answer).__name__ for answer in told] == ["Delivery", "Delivery"]
    assert (order.status, line_of(order, s.riem).delivered_quantity) == ("part_delivered", 1)
    assert level(s.branch, s.riem) == (2, 1)
    assert consistent(order)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_of_them_would_be_lost(monkeypatch):
    monkeypatch.setattr(editing.locks, "take", unlocked)
    book, both = delivering._book, threading.Barrier(2, timeout=20)
    turn = threading.local()

    def seen(*given):
        if racing and not hasattr(turn, "done"):
            turn.done = True
            both.wait()  # both have read the order by now
        return book(*given)

    racing = False
    monkeypatch.setattr(delivering, "_book", seen)
    s = shop()
    receive(s.branch, s.office, (s.riem, 3))
    order = confirmed(s, [(s.riem, 2)])
    delivery = deliver(s, order, wanted(order, (s.riem, 1)))
    racing = True
    quantities = wanted(order, (s.riem, 1))
    told = together(
        lambda: deliver(s, order, quantities, employee=s.manager), lambda: cancel(s, delivery, employee=s.seller)
    )
    assert [type(answer).__name__ for answer in told] == ["Delivery", "Delivery"]
    # the line says 0 or 2 delivered, whoever wrote last; the rows say 1
    assert line_of(order, s.riem).delivered_quantity in (0, 2)
    assert not consistent(order)
