"""What a dialog proposes that asks where money goes back: as it came in, the newest first, and the rest as tegoed."""

from decimal import Decimal

import pytest

from payments.dialogs.givebacks import over_after_cancel, sheet
from payments.models import PaymentMethod
from sales.models import SalesOrder
from sales.selectors import lines_of
from tests.payments import shop as money
from tests.payments.shop import shop
from tests.payments.test_deposit import pay
from tests.payments.test_refund import desk_cash

pytestmark = pytest.mark.django_db
D = Decimal


def proposed(order, over) -> dict[str, str]:
    return {place.method.name: place.typed for place in sheet(order, D(over)).places if place.typed}


def paid_by_two(s):
    order = money.order(s, "100.00")
    pay(s, order, ("bank", "60.00"))
    pay(s, order, ("ideal", "40.00"))
    return SalesOrder.objects.get(pk=order.pk)


@pytest.mark.parametrize(
    ("over", "wanted"),
    [
        ("100", {"iDEAL": "40,00", "Bank": "60,00"}),
        ("70", {"iDEAL": "40,00", "Bank": "30,00"}),
        ("40", {"iDEAL": "40,00"}),
        ("0", {}),
    ],
)
def test_it_goes_back_as_it_came_the_newest_first(over, wanted):
    assert proposed(paid_by_two(shop()), over) == wanted


def test_what_cannot_go_back_as_it_came_stays_of_the_customer_else_goes_by_bank_else_by_the_first_method():
    s = shop()
    drawer, order = desk_cash(s), money.order(s, "100.00")
    pay(s, order, ("contant", "60.00"), session_id=drawer.pk)
    order.refresh_from_db()
    assert proposed(order, "60") == {"Contant": "60,00"}
    s.method.contant.at_desk = False
    s.method.contant.save()
    assert proposed(order, "60") == {"Tegoed": "60,00"}
    order.customer = None
    assert proposed(order, "60") == {"Bank": "60,00"}
    PaymentMethod.objects.filter(pk=s.method.bank.pk).update(at_desk=False)
    PaymentMethod.objects.create(name="Cadeaukaart", kind="online", at_desk=True, position=9)
    assert proposed(order, "60") == {"iDEAL": "60,00"}


def test_what_was_typed_stands_there_again():
    s = shop()
    order = paid_by_two(s)
    typed = {f"back_{s.method.bank.pk}": "12,5x"}
    assert [(p.method.name, p.typed) for p in sheet(order, D(100), typed).places if p.typed] == [("Bank", "12,5x")]


def test_what_is_left_over_when_all_or_a_part_is_cancelled():
    s = shop()
    order = money.order(s, "100.00", ("50.00", "low"))
    pay(s, order, ("bank", "110.00"))
    order.refresh_from_db()
    lines = lines_of(order)
    coat, hem = lines
    assert over_after_cancel(order, lines) == 110
    assert over_after_cancel(order, lines, {coat.pk: D(1)}) == 60  # 50.00 stays
    assert over_after_cancel(order, lines, {hem.pk: D(1)}) == 10  # 100.00 stays
    assert over_after_cancel(order, lines, {}) == 0
    assert [line.cancelled_quantity for line in lines] == [0, 0]  # it only asked
