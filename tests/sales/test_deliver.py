"""Leveren: goods of an order leave."""

import threading
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.catalog import stock
from backoffice.catalog.models import Branch, StockMove
from backoffice.core.errors import NotFound, Refusal, Refusals
from backoffice.core.models import JournalEntry
from backoffice.relations.models import EmployeeRole
from sales.models import Delivery, DeliveryLine, OrderLine, SalesOrder
from sales.services import delivering, editing
from tests import factories
from tests.racing import together, unlocked
from tests.sales.delivery_shop import confirmed, consistent, level, line_of, receive, state, wanted
from tests.sales.order_shop import shop
from tests.sales.test_lines import own

pytestmark = pytest.mark.django_db


def deliver(s, order, quantities, **values):
    values = {"kind": "hand_over", "branch_id": order.branch_id, "employee": s.office} | values
    return delivering.deliver(order_id=order.pk, quantities=quantities, **values)


def refused(s, order, quantities, **values) -> Refusal:
    """The refusal; nothing changed."""
    before = state(order)
    with pytest.raises(Refusal) as caught:
        deliver(s, order, quantities, **values)
    assert state(order) == before
    return caught.value


def test_a_part_leaves_and_the_rest_stays_reserved():
    s = shop()
    receive(s.branch, s.office, (s.wit40, 10), (s.riem, 1))
    order = confirmed(s, [(s.wit40, 4), (s.riem, 1)])
    delivery = deliver(s, order, wanted(order, (s.wit40, 3)))
    order.refresh_from_db()
    assert (order.status, order.delivery_state, order.gross.amount) == ("part_delivered", "part", Decimal("229.75"))
    assert (line_of(order, s.wit40).delivered_quantity, line_of(order, s.wit40).open_quantity) == (3, 1)
    assert (level(s.branch, s.wit40), level(s.branch, s.riem)) == ((7, 1), (1, 1))
    assert [(r.line.variant_id, r.quantity) for r in delivery.lines.all()] == [(s.wit40.pk, 3)]
    assert (delivery.kind, delivery.branch, delivery.employee, delivery.override_reason) == (
        "hand_over", s.branch, s.office, "",
    )  # fmt: skip
    move = StockMove.objects.get(reason="delivery")
    assert (move.quantity, move.source, move.employee, move.branch) == (-3, order.number, s.office, s.branch)
    entry = JournalEntry.objects.get(action="sales.order.delivered")
    assert (entry.object_id, entry.data["delivery"], entry.data["kind"]) == (str(order.pk), delivery.pk, "hand_over")
    assert entry.data["lines"] == {str(line_of(order, s.wit40).key): "3"}
    assert consistent(order)


def test_the_rest_makes_it_fully_delivered_and_a_text_asks_for_nothing():
    s = shop()
    receive(s.branch, s.office, (s.wit40, 4))
    order = confirmed(s, [(s.wit40, 4), (s.inkorten, 2)], text="Vrijdag voor 12 uur")
    deliver(s, order, wanted(order, (s.wit40, 3)))
    deliver(s, order, wanted(order, (s.wit40, 1), (s.inkorten, 2)))
    order.refresh_from_db()
    assert (order.status, order.delivery_state, order.cancel_state) == ("delivered", "all", "none")
    assert level(s.branch, s.wit40) == (0, 0)
    # a service moves no stock
    assert not StockMove.objects.filter(variant=s.inkorten).exists()
    assert [row.quantity for row in DeliveryLine.objects.order_by("id")] == [3, 1, 2]
    assert refused(s, order, wanted(order, (s.wit40, 1))).code == "order.status"


def test_a_text_may_go_along():
    s = shop()
    order = confirmed(s, [(s.inkorten, 1)], text="Vrijdag voor 12 uur")
    deliver(s, order, {line.pk: line.open_quantity for line in order.lines.all()})
    order.refresh_from_db()
    assert (order.status, [line.delivered_quantity for line in order.lines.all()]) == ("delivered", [1, 1])
    assert consistent(order)


def test_an_order_of_texts_alone_is_delivered_by_its_texts():
    s = shop()
    order = confirmed(s, [], text="Advies aan huis")
    deliver(s, order, {order.lines.get().pk: Decimal(1)})
    order.refresh_from_db()
    assert (order.status, order.delivery_state) == ("settled", "all")  # it costs nothing


def test_paid_and_delivered_is_settled():
    s = shop()
    order = confirmed(s, [(s.inkorten, 1)])
    SalesOrder.objects.filter(pk=order.pk).update(paid_total=order.gross.amount, payment_state="paid")
    deliver(s, order, wanted(order, (s.inkorten, 1)))
    order.refresh_from_db()
    assert (order.status, order.payment_state) == ("settled", "paid")


@pytest.mark.parametrize(
    "pieces, sentence",
    [
        ("5", "Van Oxford-overhemd Kade Wit 40 is nog 4 te leveren; ingevuld is 5."),
        ("0", "Het aantal moet hoger zijn dan nul."),
        ("-1", "Het aantal moet hoger zijn dan nul."),
        ("1.5", "Dit artikel gaat per heel stuk: vul een heel aantal in."),
    ],
)
def test_a_wrong_quantity_is_refused_and_named(pieces, sentence):
    s = shop()
    order = confirmed(s, [(s.wit40, 4), (s.riem, 1)])
    line = line_of(order, s.wit40)
    refusal = refused(s, order, wanted(order, (s.riem, 1), (s.wit40, pieces)))
    assert (refusal.code, refusal.field, refusal.message) == ("delivery.quantity", f"quantity-{line.pk}", sentence)


def test_every_wrong_line_is_named_at_once():
    s = shop()
    order = confirmed(s, [(s.wit40, 4), (s.riem, 1)])
    refusal = refused(s, order, wanted(order, (s.riem, 2), (s.wit40, 9)))
    assert isinstance(refusal, Refusals)
    assert [r.field for r in refusal.all] == [f"quantity-{line_of(order, v).pk}" for v in (s.riem, s.wit40)]


def test_nothing_chosen_and_a_line_of_another_order_are_refused():
    s = shop()
    order, other = confirmed(s, [(s.wit40, 4)]), confirmed(s, [(s.riem, 1)])
    assert refused(s, order, {}).code == "delivery.nothing"
    assert refused(s, order, wanted(other, (s.riem, 1))).code == "line.gone"


def test_an_article_that_sells_in_fractions_leaves_in_fractions():
    s = shop()
    cloth = factories.article("70001", "Stof", "12.00", fractions=True).variants.get()
    receive(s.branch, s.office, (cloth, 5))
    order = confirmed(s, [(cloth, "2.5")])
    deliver(s, order, wanted(order, (cloth, "1.25")))
    assert line_of(order, cloth).open_quantity == Decimal("1.25")
    assert level(s.branch, cloth) == (Decimal("3.75"), Decimal("1.25"))
    assert refused(s, order, wanted(order, (cloth, "0.0005"))).code == "delivery.quantity"


def test_what_was_cancelled_is_not_delivered():
    s = shop()
    order = confirmed(s, [(s.inkorten, 3)])
    OrderLine.objects.filter(order=order).update(cancelled_quantity=1)
    assert refused(s, order, wanted(order, (s.inkorten, 3))).code == "delivery.quantity"
    deliver(s, order, wanted(order, (s.inkorten, 2)))
    order.refresh_from_db()
    assert (order.delivery_state, order.cancel_state) == ("all", "part")


def test_a_draft_and_a_discarded_order_deliver_nothing():
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 1)])
    assert refused(s, order, wanted(order, (s.wit40, 1))).code == "order.status"
    SalesOrder.objects.filter(pk=order.pk).update(lifecycle="discarded")
    assert refused(s, order, wanted(order, (s.wit40, 1))).code == "order.discarded"


def test_a_return_line_brings_goods_in():
    s = shop()
    receive(s.branch, s.office, (s.wit40, 5), (s.riem, 5))
    order = confirmed(s, [(s.wit40, 1), (s.riem, 2)])
    # a return line, as the till makes it: confirming reserves nothing for it
    stock.change(s.branch, reserved=[(s.riem.pk, Decimal(-2))])
    OrderLine.objects.filter(order=order, variant=s.riem).update(quantity=-2)
    assert refused(s, order, wanted(order, (s.riem, 2))).message == "Het aantal moet hoger zijn dan nul."
    assert refused(s, order, wanted(order, (s.riem, -3))).code == "delivery.quantity"
    deliver(s, order, wanted(order, (s.riem, -2), (s.wit40, 1)))
    assert (level(s.branch, s.riem), level(s.branch, s.wit40)) == ((7, 0), (4, 0))
    assert list(StockMove.objects.exclude(reason="opening").values_list("reason", "quantity").order_by("reason")) == [
        ("delivery", -1), ("return", 2),
    ]  # fmt: skip
    order.refresh_from_db()
    assert order.delivery_state == "all" and consistent(order)


def test_below_stock_is_a_back_order_by_default_and_refused_where_the_branch_blocks():
    s = shop()
    receive(s.branch, s.office, (s.wit40, 2))
    order = confirmed(s, [(s.wit40, 4)])
    Branch.objects.update(below_stock="block")
    refusal = refused(s, order, wanted(order, (s.wit40, 3)))
    assert (refusal.code, refusal.message) == (
        "stock.absent",
        "Van Oxford-overhemd Kade Wit 40 is in Utrecht Oudegracht nog 2 aanwezig; gevraagd is 3.",
    )
    deliver(s, order, wanted(order, (s.wit40, 2)))
    assert level(s.branch, s.wit40) == (0, 2)
    Branch.objects.update(below_stock="allow")
    deliver(s, order, wanted(order, (s.wit40, 2)))
    assert level(s.branch, s.wit40) == (-2, 0)


def test_another_branch_hands_over_from_its_own_stock_and_takes_the_reservation_over():
    s = shop()
    zwolle = factories.branch("Zwolle")
    receive(s.branch, s.office, (s.wit40, 5))
    receive(zwolle, s.office, (s.wit40, 3))
    order = confirmed(s, [(s.wit40, 2)])
    delivery = deliver(s, order, wanted(order, (s.wit40, 2)), branch_id=zwolle.pk)
    assert (level(s.branch, s.wit40), level(zwolle, s.wit40)) == ((5, 0), (1, 0))
    order.refresh_from_db()
    assert (delivery.branch, order.branch, order.status) == (zwolle, s.branch, "delivered")
    assert StockMove.objects.get(reason="delivery").branch == zwolle
    entry = JournalEntry.objects.get(action="sales.order.delivered")
    assert (entry.branch_id, entry.data["branch"]) == (s.branch.pk, zwolle.pk)


def test_another_branch_that_blocks_keeps_what_it_has_promised_to_others():
    s = shop()
    zwolle = factories.branch("Zwolle", below_stock="block")
    receive(zwolle, s.office, (s.wit40, 3))
    stock.change(zwolle, reserved=[(s.wit40.pk, Decimal(2))])
    order = confirmed(s, [(s.wit40, 2)])
    refusal = refused(s, order, wanted(order, (s.wit40, 2)), branch_id=zwolle.pk)
    assert refusal.message == "Van Oxford-overhemd Kade Wit 40 is in Zwolle nog 1 vrij; gevraagd is 2."


def test_a_stranger_cannot_deliver_nor_one_without_the_right_at_the_branch():
    s = shop()
    zwolle = factories.branch("Zwolle")
    order = confirmed(s, [(s.inkorten, 1)])
    stranger = factories.employee("seller", zwolle)
    assert isinstance(refused(s, order, wanted(order, (s.inkorten, 1)), employee=stranger), NotFound)
    refusal = refused(s, order, wanted(order, (s.inkorten, 1)), employee=s.seller, branch_id=zwolle.pk)
    assert refusal.code == "delivery.branch"
    EmployeeRole.objects.create(employee=s.seller, branch=zwolle, role="seller")
    del s.seller._access
    assert deliver(s, order, wanted(order, (s.inkorten, 1)), employee=s.seller, branch_id=zwolle.pk).branch == zwolle


def test_delivery_waits_for_the_deposit_that_the_soort_asks():
    s = shop()
    furniture = factories.order_type("Maatwerk", deposit_percent=Decimal(30))
    order = confirmed(s, [(s.inkorten, 3)], order_type=furniture)  # 37,50; 30 % is 11,25
    quantities = wanted(order, (s.inkorten, 3))
    refusal = refused(s, order, quantities, employee=s.seller, override_reason="Vaste klant")
    assert (refusal.code, refusal.field) == ("delivery.deposit", "override_reason")
    assert refusal.message == (
        "Maatwerk vraagt een aanbetaling van €\u00a011,25 voor er wordt geleverd; betaald is €\u00a00,00. "
        "Neem eerst de aanbetaling aan, of vraag uw filiaalmanager."
    )
    assert refused(s, order, quantities, employee=s.manager, override_reason=" ").message.endswith(
        "Neem de aanbetaling aan, of geef een reden op."
    )
    SalesOrder.objects.filter(pk=order.pk).update(paid_total=Decimal("11.24"), payment_state="part")
    assert refused(s, order, quantities, employee=s.seller).code == "delivery.deposit"
    delivery = deliver(s, order, quantities, employee=s.manager, override_reason=" Vaste klant ")
    assert delivery.override_reason == "Vaste klant"
    assert JournalEntry.objects.get(action="sales.order.delivered").data["override_reason"] == "Vaste klant"


def test_with_the_deposit_paid_no_reason_is_kept():
    s = shop()
    order = confirmed(s, [(s.inkorten, 3)], order_type=factories.order_type("Maatwerk", deposit_percent=Decimal(30)))
    SalesOrder.objects.filter(pk=order.pk).update(paid_total=Decimal("11.25"), payment_state="part")
    delivery = deliver(s, order, wanted(order, (s.inkorten, 1)), employee=s.seller, override_reason="x")
    assert delivery.override_reason == ""


def test_twice_with_one_key_is_one_delivery():
    s = shop()
    order, key = confirmed(s, [(s.inkorten, 2)]), uuid.uuid4()
    first = deliver(s, order, wanted(order, (s.inkorten, 1)), key=key)
    assert deliver(s, order, wanted(order, (s.inkorten, 1)), key=key) == first
    assert (Delivery.objects.count(), line_of(order, s.inkorten).delivered_quantity) == (1, 1)


@pytest.mark.parametrize("number", [10, 100])
def test_statements_do_not_depend_on_the_number_of_lines(number):
    s = shop()
    sock = factories.article("60001", "Sok", "9.95", colours=["Wit", "Zwart", "Navy", "Rood", "Taupe"], sizes=range(20))
    order = confirmed(s, [(variant, 2) for variant in list(sock.variants.all())[:number]])
    quantities = {line.pk: Decimal(2) for line in order.lines.all()}
    with CaptureQueriesContext(connection) as captured:
        deliver(s, order, quantities, key=uuid.uuid4())
    assert len(own(captured)) <= 14, own(captured)
    assert StockMove.objects.filter(quantity=-2).count() == number


def last_piece(s):
    """Two orders of one belt each and one belt per order on hand; the first is delivered by two people at once."""
    receive(s.branch, s.office, (s.riem, 2))
    order, other = confirmed(s, [(s.riem, 1)]), confirmed(s, [(s.riem, 1)])
    quantities = wanted(order, (s.riem, 1))
    told = together(*[lambda p=p: deliver(s, order, quantities, employee=p) for p in (s.office, s.manager)])
    return order, other, told


@pytest.mark.django_db(transaction=True)
def test_two_people_deliver_the_last_piece_of_one_order():
    s = shop()
    order, _other, told = last_piece(s)
    assert sorted(type(answer).__name__ for answer in told) == ["Delivery", "Refusal"]
    assert next(a for a in told if isinstance(a, Refusal)).code == "order.status"
    assert (level(s.branch, s.riem), Delivery.objects.count()) == ((1, 1), 1)
    assert consistent(order)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_deliver_it(monkeypatch):
    monkeypatch.setattr(editing.locks, "take", unlocked)
    check, both = delivering._check_deposit, threading.Barrier(2, timeout=20)

    def seen(*given):
        both.wait()  # both have read the order by now
        return check(*given)

    monkeypatch.setattr(delivering, "_check_deposit", seen)
    s = shop()
    order, _other, told = last_piece(s)
    assert [type(answer).__name__ for answer in told] == ["Delivery", "Delivery"]
    # the other order's reservation is gone, and the rows say two where one was ordered
    assert (level(s.branch, s.riem), Delivery.objects.count()) == ((0, 0), 2)
    assert not consistent(order)
