"""Pakbon annuleren: the service."""

import pytest

from backoffice.catalog.models import StockMove
from backoffice.core.errors import NotFound, Refusal
from backoffice.core.models import JournalEntry
from sales.documents.models import PackingSlip
from sales.documents.services import packing
from tests import factories
from tests.documents.test_slip_new import create
from tests.racing import together
from tests.sales.delivery_shop import confirmed, consistent, level, line_of, receive, state
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db


def refused(slip, employee) -> Refusal:
    order = slip.delivery.order
    before = (state(order), list(PackingSlip.objects.values()))
    with pytest.raises(Refusal) as caught:
        packing.cancel_slip(slip_id=slip.pk, employee=employee)
    assert (state(order), list(PackingSlip.objects.values())) == before
    return caught.value


def test_a_cancelled_slip_keeps_its_number_and_gives_the_goods_back():
    s = shop()
    receive(s.branch, s.office, (s.wit40, 4))
    order = confirmed(s, [(s.wit40, 4)])
    slip = create(s, order, (s.wit40, 3))
    packing.cancel_slip(slip_id=slip.pk, employee=s.manager)
    slip.refresh_from_db()
    order.refresh_from_db()
    assert (slip.state, slip.number[-5:], slip.delivery.reversed_by.employee) == ("cancelled", "00001", s.manager)
    assert (order.status, level(s.branch, s.wit40)) == ("open", (4, 4))
    assert list(StockMove.objects.filter(reason="delivery").order_by("id").values_list("quantity", "source")) == [
        (-3, slip.number), (3, slip.number),
    ]  # fmt: skip
    entry = JournalEntry.objects.get(action="sales.order.delivery_cancelled")
    assert (entry.data["slip"], entry.data["reverses"]) == (slip.number, slip.delivery_id)
    assert create(s, order, (s.wit40, 4)).number[-5:] == "00002"
    assert consistent(order)


def test_it_is_cancelled_once_only():
    s = shop()
    order = confirmed(s, [(s.inkorten, 2)])
    slip = create(s, order, (s.inkorten, 1))
    create(s, order, (s.inkorten, 1))
    packing.cancel_slip(slip_id=slip.pk, employee=s.office)
    assert refused(slip, s.office).code == "delivery.reversed"


def test_a_stranger_is_told_that_it_is_not_there():
    s = shop()
    slip = create(s, confirmed(s, [(s.inkorten, 1)]), (s.inkorten, 1))
    assert isinstance(refused(slip, factories.employee("seller", factories.branch())), NotFound)
    with pytest.raises(NotFound):
        packing.cancel_slip(slip_id=slip.pk + 1, employee=s.office)


@pytest.mark.django_db(transaction=True)
def test_two_people_cancel_one_slip_at_once():
    s = shop()
    receive(s.branch, s.office, (s.wit40, 2))
    order = confirmed(s, [(s.wit40, 2)])
    create(s, order, (s.wit40, 1))
    slip = create(s, order, (s.wit40, 1))
    told = together(
        *[lambda p=p: packing.cancel_slip(slip_id=slip.pk, employee=p) for p in (s.office, s.manager, s.seller)]
    )
    codes = sorted(getattr(answer, "code", "cancelled") for answer in told)
    assert codes == ["cancelled", "delivery.reversed", "delivery.reversed"]
    assert (level(s.branch, s.wit40), line_of(order, s.wit40).delivered_quantity) == ((1, 1), 1)
