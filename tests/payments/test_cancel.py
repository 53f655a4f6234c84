"""Order annuleren where the order holds money: every euro gets a place, or nothing happens (docs/decisions.md, 8)."""

import uuid
from decimal import Decimal

import pytest

from backoffice.core.errors import Refusal, Stale
from backoffice.core.models import JournalEntry
from payments.models import CreditAccount, LedgerEntry
from payments.services.cancelling import cancel, settle_amendment
from sales.models import OrderVersion
from sales.services import amending, lines
from sales.services.delivering import deliver
from tests.payments import shop as money
from tests.payments.shop import accounts, owed, rows, shop, split
from tests.payments.test_deposit import pay
from tests.payments.test_refund import desk_cash
from tests.sales.living import everything

pytestmark = pytest.mark.django_db
D = Decimal


def amounts(s, *pairs):
    return [(getattr(s.method, word).pk, D(amount)) for word, amount in pairs]


def paid_order(s, *prices, paid):
    order = money.order(s, *prices)
    for word, amount in paid:
        pay(s, order, (word, amount))
    return order


def test_every_euro_goes_back_and_the_order_holds_nothing():
    s = shop()
    order = paid_order(s, "100.00", ("50.00", "low"), paid=[("bank", "60.00"), ("ideal", "40.00")])
    cancel(
        order_id=order.pk, employee=s.office, amounts=amounts(s, ("bank", "60.00"), ("tegoed", "40.00")),
        reason="verhuisd", seen_paid=D(100),
    )  # fmt: skip
    order.refresh_from_db()
    assert (order.get_status_display(), order.gross.amount, order.paid_total.amount) == ("Volledig geannuleerd", 0, 0)
    assert rows(order)[2:] == [("refund", "bank", D(-60)), ("credit", "credit", D(-40))]
    assert set(split(order).values()) == {("0.00", "0.00", "0.00")}
    assert accounts() == {"online": "40.00", "credit": "-40.00"}
    assert CreditAccount.objects.get().balance.amount == D(40)
    assert {e.reason for e in LedgerEntry.objects.filter(refunds__isnull=False)} == {"verhuisd"}
    assert OrderVersion.objects.get(order=order, version=2).reason == "verhuisd"
    told = list(JournalEntry.objects.order_by("pk").values_list("action", flat=True))[-2:]
    assert told == ["sales.order.cancelled", "payments.refund.registered"]


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([], "0,00"),
        ([("bank", "99.99")], "99,99"),
        ([("bank", "60.00"), ("tegoed", "40.01")], "100,01"),
        ([("bank", "100.00"), ("ideal", "0.01")], "100,01"),
    ],
)
def test_a_cent_without_a_place_cancels_nothing(pairs, said):
    s = shop()
    order = paid_order(s, "100.00", ("50.00", "low"), paid=[("bank", "100.00")])
    before = everything()
    with pytest.raises(Refusal, match="precies dat bedrag") as refused:
        cancel(order_id=order.pk, employee=s.office, amounts=amounts(s, *pairs))
    assert refused.value.code == "payments.not_all"
    told = refused.value.message.replace("\xa0", " ")
    assert told.startswith(f"Er moet € 100,00 een bestemming krijgen; hier staat € {said}.")
    assert (everything(), rows(order)) == (before, [("deposit", "bank", D(100))])


def test_what_is_delivered_stays_paid_and_only_the_rest_goes_back():
    s = shop()
    order = paid_order(s, "60.00", ("40.00", "low"), paid=[("bank", "100.00")])
    first = order.lines.order_by("position").first()
    deliver(order_id=order.pk, quantities={first.pk: D(1)}, kind="slip", branch_id=s.branch.pk, employee=s.office)
    cancel(order_id=order.pk, employee=s.office, amounts=amounts(s, ("bank", "40.00")))
    order.refresh_from_db()
    assert (order.get_status_display(), order.gross.amount, order.payment_state) == ("Afgehandeld", D(60), "paid")
    assert split(order) == owed(order)


def test_a_part_that_leaves_more_than_is_paid_asks_for_nothing():
    s = shop()
    order = paid_order(s, "60.00", "40.00", paid=[("bank", "50.00")])
    last = order.lines.order_by("position").last()
    cancel(order_id=order.pk, employee=s.office, quantities={last.pk: D(1)})
    order.refresh_from_db()
    assert (order.gross.amount, order.paid_total.amount, rows(order)) == (D(60), D(50), [("deposit", "bank", D(50))])


def test_cash_out_of_a_drawer_mirrors_its_rounding():
    s = shop()
    drawer = desk_cash(s)
    order = money.order(s, "41.33")
    pay(s, order, ("contant", "41.33"), session_id=drawer.pk)
    cancel(order_id=order.pk, employee=s.office, amounts=amounts(s, ("contant", "41.33")), session_id=drawer.pk)
    order.refresh_from_db()
    assert rows(order)[2:] == [("refund", "cash", D("-41.35")), ("rounding", "", D("0.02"))]
    assert (order.get_status_display(), accounts(order)) == ("Volledig geannuleerd", {})


def test_the_same_key_cancels_and_gives_back_once_and_a_stale_form_not_at_all():
    s = shop()
    order = paid_order(s, "100.00", paid=[("bank", "30.00")])
    with pytest.raises(Stale):
        cancel(order_id=order.pk, employee=s.office, amounts=amounts(s, ("bank", "30.00")), seen_paid=D(0))
    key = uuid.uuid4()
    for _ in range(3):
        cancel(order_id=order.pk, employee=s.office, amounts=amounts(s, ("bank", "30.00")), key=key)
    assert rows(order) == [("deposit", "bank", D(30)), ("refund", "bank", D(-30))]


def test_a_seller_cancels_no_order_with_money():
    s = shop()
    order = paid_order(s, "100.00", paid=[("bank", "30.00")])
    with pytest.raises(Refusal) as refused:
        cancel(order_id=order.pk, employee=s.seller, amounts=amounts(s, ("bank", "30.00")))
    assert refused.value.code == "order.cancel_right"


def test_without_money_it_cancels_as_sales_does():
    s = shop()
    order = money.order(s, "100.00")
    cancel(order_id=order.pk, employee=s.office)
    order.refresh_from_db()
    assert (order.get_status_display(), rows(order)) == ("Volledig geannuleerd", [])


def amended(s, order, wanted):
    """An amendment of the order with these pieces per place."""
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    for line, pieces in zip(amendment.lines.order_by("position"), wanted, strict=True):
        if pieces:
            lines.set_line(
                order_id=amendment.pk, line_id=line.pk, revision=None, values={"quantity": D(pieces)}, employee=s.office
            )
        else:
            lines.delete(order_id=amendment.pk, line_ids=[line.pk], employee=s.office)
    return amendment


def test_an_amendment_below_what_is_paid_gives_the_difference_back():
    s = shop()
    order = paid_order(s, "60.00", ("40.00", "low"), paid=[("bank", "100.00")])
    amendment = amended(s, order, [1, 0])
    with pytest.raises(Refusal) as refused:
        amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    assert refused.value.code == "order.money_left"
    settle_amendment(order_id=amendment.pk, employee=s.office, amounts=amounts(s, ("tegoed", "40.00")), reason="minder")
    order.refresh_from_db()
    assert (order.gross.amount, order.paid_total.amount, order.payment_state) == (D(60), D(60), "paid")
    assert {rate: part for rate, part in split(order).items() if part[2] != "0.00"} == owed(order)
    assert rows(order) == [("deposit", "bank", D(100)), ("credit", "credit", D(-40))]


def test_an_amendment_that_moves_totals_between_rates_writes_an_entry_of_zero():
    s = shop()
    order = paid_order(s, "60.00", ("40.00", "low"), paid=[("bank", "90.00")])
    assert split(order) == {"21.00": ("44.63", "9.37", "54.00"), "9.00": ("33.03", "2.97", "36.00")}
    # one of 60.00 at 21 % and one of 40.00 at 9 % become three of 40.00 at 9 %
    amendment = amended(s, order, [0, 3])
    amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    order.refresh_from_db()
    assert rows(order) == [("deposit", "bank", D(90)), ("re_split", "", D(0))]
    # 90.00 at 9 %: 90 x 9 / 109 = 7.43
    assert split(order) == {"21.00": ("0.00", "0.00", "0.00"), "9.00": ("82.57", "7.43", "90.00")}
    pay(s, order, ("bank", "30.00"))
    order.refresh_from_db()
    assert {rate: part for rate, part in split(order).items() if part[2] != "0.00"} == owed(order)


def test_an_amendment_that_fits_moves_nothing():
    s = shop()
    order = paid_order(s, "60.00", ("40.00", "low"), paid=[("bank", "50.00")])
    amending.confirm_amendment(order_id=amended(s, order, [2, 1]).pk, employee=s.office)
    assert rows(order) == [("deposit", "bank", D(50))]
