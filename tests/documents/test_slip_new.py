"""Pakbon aanmaken: the service."""

import uuid
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.catalog.models import Branch, StockMove
from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from sales.documents.models import PackingSlip
from sales.documents.services import packing
from sales.models import OrderLine
from tests import factories
from tests.racing import together
from tests.sales.delivery_shop import confirmed, consistent, level, line_of, receive, state, wanted
from tests.sales.order_shop import shop
from tests.sales.test_lines import own

pytestmark = pytest.mark.django_db


def create(s, order, *pairs, **values):
    return packing.create_slip(order_id=order.pk, quantities=wanted(order, *pairs), **{"employee": s.office} | values)


def refused(s, order, *pairs, **values) -> Refusal:
    before = (state(order), PackingSlip.objects.count())
    with pytest.raises(Refusal) as caught:
        create(s, order, *pairs, **values)
    assert (state(order), PackingSlip.objects.count()) == before
    return caught.value


@time_machine.travel("2026-11-24T10:00:00+01:00", tick=False)
def test_a_slip_delivers_takes_a_number_and_says_what_is_left():
    s = shop()
    receive(s.branch, s.office, (s.wit40, 10))
    order = confirmed(s, [(s.wit40, 4), (s.riem, 1)], text="Vrijdag voor 12 uur")
    OrderLine.objects.filter(order=order, variant=s.wit40).update(text="In papier")
    create(s, order, (s.wit40, 1))
    slip = create(s, order, (s.wit40, 2), note="Achterom")
    slip.refresh_from_db()
    assert (slip.number, slip.state, slip.copies, slip.note) == ("PB-2026-00002", "open", 0, "Achterom")
    assert (slip.delivery.kind, slip.delivery.branch, slip.delivery.order) == ("slip", s.branch, order)
    assert slip.address == {
        "name": "Anna Vermeer", "attention": "", "street": "Oudegracht 12", "city": "3511 AB Utrecht", "country": "NL",
    }  # fmt: skip
    shirt, belt, text = slip.rows
    assert [(row["description"], row["ordered"], row["before"], row["here"], row["open"]) for row in (shirt, belt)] == [
        ("Oxford-overhemd Kade", "4.000", "1.000", "2", "1.000"),
        ("Riem Tuig", "1.000", "0.000", "0", "1.000"),
    ]
    assert (shirt["colour"], shirt["size"], shirt["text"]) == ("Wit", "40", "In papier")
    assert text["text"] == "Vrijdag voor 12 uur" and "here" not in text
    order.refresh_from_db()
    assert (order.status, level(s.branch, s.wit40)) == ("part_delivered", (7, 1))
    assert list(StockMove.objects.filter(reason="delivery").order_by("id").values_list("quantity", "source")) == [
        (-1, "PB-2026-00001"), (-2, "PB-2026-00002"),
    ]  # fmt: skip
    entry = JournalEntry.objects.filter(action="sales.order.delivered").latest("sequence")
    assert (entry.data["slip"], entry.data["delivery"]) == ("PB-2026-00002", slip.delivery_id)
    assert consistent(order)


def test_a_refused_slip_takes_no_number():
    s = shop()
    order = confirmed(s, [(s.wit40, 4), (s.inkorten, 1)])
    Branch.objects.update(below_stock="block")
    assert refused(s, order, (s.wit40, 1)).code == "stock.absent"
    assert refused(s, order, (s.wit40, 5)).code == "delivery.quantity"
    assert refused(s, order).code == "delivery.nothing"
    assert create(s, order, (s.inkorten, 1)).number.endswith("-00001")


def test_it_goes_to_another_address_when_told():
    s = shop()
    order = confirmed(s, [(s.inkorten, 2)])
    other = {"name": "J. de Buurman", "street": "Kade 3", "city": "3512 AA  Utrecht", "country": "NL", "paid": "1"}
    slip = create(s, order, (s.inkorten, 1), address=other)
    assert slip.address == {
        "name": "J. de Buurman", "attention": "", "street": "Kade 3", "city": "3512 AA  Utrecht", "country": "NL",
    }  # fmt: skip
    refusal = refused(s, order, (s.inkorten, 1), address=other | {"street": " "})
    assert (refusal.code, refusal.field) == ("slip.address", "street")


def test_a_delivered_order_goes_to_its_delivery_address():
    s = shop()
    bring = factories.delivery_method("Bezorgen", kind="delivery")
    order = confirmed(s, [(s.inkorten, 2)], delivery_method=bring)
    assert create(s, order, (s.inkorten, 1)).address["city"] == "3511 AB Amersfoort"


def test_twice_with_one_key_is_one_slip():
    s = shop()
    order, key = confirmed(s, [(s.inkorten, 2)]), uuid.uuid4()
    first = create(s, order, (s.inkorten, 1), key=key)
    assert create(s, order, (s.inkorten, 1), key=key) == first
    assert (PackingSlip.objects.count(), line_of(order, s.inkorten).delivered_quantity) == (1, 1)


@pytest.mark.parametrize("number", [10, 100])
def test_statements_do_not_depend_on_the_number_of_lines(number):
    s = shop()
    sock = factories.article("60001", "Sok", "9.95", colours=["Wit", "Zwart", "Navy", "Rood", "Taupe"], sizes=range(20))
    order = confirmed(s, [(variant, 2) for variant in list(sock.variants.all())[:number]])
    quantities = {line.pk: Decimal(2) for line in order.lines.all()}
    with CaptureQueriesContext(connection) as captured:
        packing.create_slip(order_id=order.pk, quantities=quantities, employee=s.office, key=uuid.uuid4())
    assert len(own(captured)) <= 15, own(captured)


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_when_many_make_slips_at_once():
    s = shop()
    orders = [confirmed(s, [(s.inkorten, 1)]) for _ in range(6)]
    told = together(*[lambda o=o: create(s, o, (s.inkorten, 1)) for o in orders])
    assert sorted(slip.number[-5:] for slip in told) == [f"{n:05d}" for n in range(1, 7)]
