"""Afrekenen: basket or order, money, goods and receipt in one go, or nothing of it."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from backoffice.catalog.models import StockLevel
from backoffice.core.errors import Refusal
from payments.models import LedgerEntry
from payments.services import sessions
from pos.models import Receipt, TillSeat
from pos.services import checking_out, make_order, seats
from sales.models import Delivery, SalesOrder
from sales.services import drafts
from tests import factories
from tests.payments.shop import methods
from tests.payments.shop import order as order_of
from tests.pos import counter

pytestmark = pytest.mark.django_db


@pytest.fixture
def s():
    made = counter.shop()
    made.method = methods()
    for till in (made.till, made.other):
        counter.register(till)
        TillSeat.objects.create(till=till, device_hash="")
    made.session = sessions.open_session(till_id=made.till.pk, float_amount=Decimal("100"), employee=made.seller)
    return made


@pytest.fixture
def basket(s):
    """A belt of 29.95 and two shirts of 49.95 on the counter: 129.85; five of each in stock."""
    from backoffice.catalog import stock

    stock.change(s.branch, on_hand=[(s.riem.pk, Decimal(5)), (s.wit40.pk, Decimal(5))])
    seat = seats.begin(till_id=s.till.pk, employee=s.seller)
    from sales.services import lines

    return lines.add(
        order_id=seat.order_id, items=[(s.riem.pk, Decimal(1)), (s.wit40.pk, Decimal(2))], employee=s.seller
    )


def pay(s, *tenders, **more):
    pairs = [(method.pk, Decimal(amount)) for method, amount in tenders]
    return checking_out.check_out(**{"till_id": s.till.pk, "tenders": pairs, "employee": s.seller} | more)


def entries(order):
    return [(e.kind, e.method_kind, e.amount.amount) for e in LedgerEntry.objects.filter(order=order).order_by("pk")]


def on_hand(s):
    return [
        (level.on_hand, level.reserved)
        for level in StockLevel.objects.filter(branch=s.branch, variant__in=[s.riem, s.wit40]).order_by("variant")
    ]


def test_a_sale_in_cash_gives_change_rounds_and_is_handed_over(s, basket):
    receipt = pay(s, (s.method.contant, "150"))
    order = SalesOrder.objects.get(pk=basket.pk)
    assert receipt.number == f"{s.branch.code}1-{receipt.at.year}-000001" and receipt.kind == Receipt.Kind.SALE
    assert (order.number, order.status, order.payment_state, order.version) == ("", "settled", "paid", 1)
    assert order.listed is False and order.paid_total == order.gross
    assert entries(order) == [("settlement", "cash", Decimal("150")), ("change", "cash", Decimal("-20.15"))]
    assert Delivery.objects.get(order=order).kind == Delivery.Kind.HAND_OVER
    assert sorted(on_hand(s)) == [(3, 0), (4, 0)]
    assert TillSeat.objects.get(till=s.till).order is None
    assert {e.session for e in LedgerEntry.objects.filter(order=order)} == {s.session}


def test_a_mixed_payment_with_cash_rounding(s, basket):
    s.method.bank.at_till = True
    s.method.bank.save()
    receipt = pay(s, (s.method.bank, "100.02"), (s.method.contant, "29.83"))
    assert entries(receipt.order) == [
        ("settlement", "bank", Decimal("100.02")),
        ("settlement", "cash", Decimal("29.85")),
        ("rounding", "", Decimal("-0.02")),
    ]


def test_a_sale_that_is_not_paid_in_full_is_refused_and_nothing_happened(s, basket):
    with pytest.raises(Refusal) as refused:
        pay(s, (s.method.contant, "100"))
    assert refused.value.code == "basket.not_paid"
    assert entries(basket) == [] and Receipt.objects.count() == 0 and on_hand(s) == [(5, 0), (5, 0)]
    assert SalesOrder.objects.get(pk=basket.pk).lifecycle == "draft"
    assert TillSeat.objects.get(till=s.till).order == basket


def test_without_an_open_till_nothing_is_sold(s, basket):
    seats.park(till_id=s.till.pk, name="x", employee=s.seller)
    seats.resume(till_id=s.other.pk, order_id=basket.pk, employee=s.seller)
    with pytest.raises(Refusal) as refused:
        pay(s, (s.method.contant, "150"), till_id=s.other.pk)
    assert refused.value.code == "payments.session_none" and entries(basket) == []


def test_the_same_key_twice_is_one_sale(s, basket):
    key = counter.key()
    first = pay(s, (s.method.contant, "129.85"), key=key)
    again = pay(s, (s.method.contant, "129.85"), key=key)
    assert first == again and Receipt.objects.count() == 1 and len(entries(basket)) == 1


def test_a_payment_that_is_sent_again_because_its_answer_was_lost_shows_the_same_receipt(client, s, basket):
    counter.sit(client, s.till, s.seller)
    order = order_of(s, "41.33")
    line = order.lines.get()
    sold = {"key": counter.key(), "tender": f"{s.method.contant.pk}:129,85", "left": "129,85"}
    opened = {"key": counter.key(), "tender": f"{s.method.contant.pk}:41,35", "left": "41,33", f"take-{line.pk}": "1"}
    first = [client.post(reverse("pos:checkout"), sold).url for _ in range(2)]
    seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
    second = [client.post(reverse("pos:checkout"), opened).url for _ in range(2)]
    receipts = list(Receipt.objects.order_by("pk"))
    assert [first, second] == [[reverse("pos:receipt", args=[row.pk])] * 2 for row in receipts]
    assert [row.order for row in receipts] == [basket, order] and len(entries(order)) == 2
    other = client.post(reverse("pos:checkout"), sold | {"key": counter.key()}, headers={"HX-Request": "true"})
    assert other.status_code == 422 and Receipt.objects.count() == 2


def test_an_order_that_is_placed_again_because_its_answer_was_lost_shows_the_same_receipt(client, s, basket):
    values = {"customer": s.customer.pk, "expected_delivery_date": timezone.localdate()}
    drafts.set_header(order_id=basket.pk, revision=None, values=values, employee=s.seller)
    counter.sit(client, s.till, s.seller)
    key = counter.key()
    receipt = make_order.place(till_id=s.till.pk, employee=s.seller, shown="", key=key)
    assert client.post(reverse("pos:place"), {"key": key}).url == reverse("pos:receipt", args=[receipt.pk])
    other = client.post(reverse("pos:place"), {"key": counter.key()}, headers={"HX-Request": "true"})
    assert other.status_code == 422 and Receipt.objects.count() == 1


def test_an_order_from_the_queue_is_paid_and_partly_handed_over(s):
    order = order_of(s, "41.33", "12.50")
    seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
    first = order.lines.first()
    receipt = pay(s, (s.method.contant, "20"), take={first.pk: Decimal(1)})
    order.refresh_from_db()
    assert receipt.kind == Receipt.Kind.PAYMENT and receipt.order == order
    assert (order.status, order.payment_state, order.open_amount.amount) == ("part_delivered", "part", Decimal("33.83"))
    assert order.claimed_till is None and TillSeat.objects.get(till=s.till).order is None
    seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
    rest = order.lines.last()
    pay(s, (s.method.contant, "33.83"), take={rest.pk: Decimal(1)})
    order.refresh_from_db()
    assert (order.status, order.payment_state) == ("settled", "paid")
    assert entries(order) == [
        ("deposit", "cash", Decimal("20")),
        ("settlement", "cash", Decimal("33.85")),
        ("rounding", "", Decimal("-0.02")),
    ]  # fmt: skip


def test_what_comes_back_asks_no_deposit_and_its_money_leaves_the_drawer(s, basket):
    from sales.services.editing import open_order

    opened = open_order(basket.pk, s.seller, action="edit")
    for line in opened.lines:
        line.quantity = -line.quantity
        opened.touch(line)
    opened.write()
    receipt = pay(s, (s.method.contant, "-129.85"), employee=s.manager)
    assert (receipt.order.status, entries(basket)) == ("settled", [("refund", "cash", Decimal("-129.85"))])
    assert sorted(on_hand(s)) == [(6, 0), (7, 0)]


def test_what_is_delivered_goes_on_a_packing_slip_and_the_rest_stays_open(client, s):
    from backoffice.catalog import stock
    from sales.documents.models import PackingSlip
    from sales.models import DeliveryMethod
    from sales.services import confirming

    stock.change(s.branch, on_hand=[(s.riem.pk, Decimal(5))])
    draft = factories.draft(employee=s.office, branch=s.branch, customer=s.customer, items=[(s.riem, 3)])
    draft.delivery_method = DeliveryMethod.objects.get(kind="delivery")
    draft.save()
    order = confirming.confirm(order_id=draft.pk, employee=s.office)
    counter.sit(client, s.till, s.seller)
    seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
    assert "Nu bezorgen, met een pakbon" in client.get(reverse("pos:checkout")).content.decode()
    receipt = pay(s, take={order.lines.get().pk: Decimal(2)})
    slip = PackingSlip.objects.get(delivery__order=order)
    assert (slip.number[:3], slip.address["city"]) == ("PB-", order.delivery_address["city"])
    assert [(row["ordered"], row["here"], row["open"]) for row in slip.rows] == [("3.000", "2", "1.000")]
    order.refresh_from_db()
    assert (order.status, order.payment_state) == ("part_delivered", "none")
    assert StockLevel.objects.get(branch=s.branch, variant=s.riem).on_hand == 3
    page = client.get(reverse("pos:receipt", args=[receipt.pk])).content.decode()
    assert "Pakbon afdrukken" in page and "nog te leveren: 1" in page and "89,85" in page
    printed = client.post(reverse("pos:slip_print", args=[slip.pk]), {"key": counter.key()}, follow=True)
    slip.refresh_from_db()
    assert (slip.copies, printed.headers["Content-Type"]) == (1, "application/pdf")


def test_somebody_paid_meanwhile_is_told_and_nothing_is_booked(s):
    order = order_of(s, "41.33")
    seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
    with pytest.raises(Refusal) as stale:
        pay(s, (s.method.contant, "41.35"), seen_left=Decimal("50"))
    assert stale.value.status == 409 and entries(order) == []
    assert stale.value.fields == [("Nog te betalen", "€\u00a041,33", "€\u00a050,00")]


def test_an_order_that_is_open_on_another_till_is_told_by_whom_and_can_be_taken_over(s):
    order = order_of(s, "41.33")
    seats.open_order(till_id=s.other.pk, order_id=order.pk, employee=s.manager)
    with pytest.raises(Refusal) as refused:
        seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
    assert "geopend op Kassa 2 door Joris van Dam" in refused.value.message
    assert TillSeat.objects.get(till=s.till).order is None
    seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller, take_over=True)
    assert TillSeat.objects.get(till=s.till).order == order and TillSeat.objects.get(till=s.other).order is None


def test_the_screen_proposes_notes_and_sends_to_opening_the_till_first(client, s, basket):
    counter.sit(client, s.till, s.seller)
    page = client.get(reverse("pos:checkout"))
    assert [amount for amount, _cents in page.context["cash"]] == [
        Decimal("129.85"), Decimal(130), Decimal(140), Decimal(150), Decimal(200),
    ]  # fmt: skip
    counter.sit(client, s.other, s.seller)
    seats.begin(till_id=s.other.pk, employee=s.seller)
    client.post(reverse("pos:scan"), {"key": counter.key(), "code": factories.code_of(s.riem)})
    assert client.get(reverse("pos:checkout")).url == reverse("pos:open")
