"""A basket below zero: goods came back, and the money goes out of the till, to the cent."""

from decimal import Decimal

import pytest
from django.db import transaction

from backoffice.core.errors import Refusal
from payments.models import CreditAccount
from payments.selectors import session_figures
from payments.services import ledger
from payments.services.depositing import check_payable
from payments.services.ledger import Occasion, Tender
from payments.services.refunding import refund
from payments.services.terminals import book_approved
from sales.models import SalesOrder
from sales.services import confirming
from sales.services.editing import open_order
from tests.invariants import holds
from tests.payments import shop as money
from tests.payments.shop import accounts, owed, rows, shop, split
from tests.payments.test_terminals import ask, start

pytestmark = pytest.mark.django_db
D = Decimal


def brought_back(s, *prices, vat_mode=""):
    """A confirmed order; "-60.00" is an article that came back, ("-20.00", "low") at another rate."""
    plain = [(p if isinstance(p, tuple) else (p, "high")) for p in prices]
    order = money.order(s, *[(price.lstrip("-"), code) for price, code in plain], vat_mode=vat_mode, confirmed=False)
    with transaction.atomic():
        opened = open_order(order.pk, s.office, action="edit")
        for line, (price, _code) in zip(opened.lines, plain, strict=True):
            if price.startswith("-"):
                line.quantity = -line.quantity
                opened.touch(line)
        opened.write()
    confirming.confirm(order_id=order.pk, employee=s.office)
    return SalesOrder.objects.get(pk=order.pk)


def settle(s, order, session, *tenders, approved=()):
    with transaction.atomic():
        opened = open_order(order.pk, s.seller, action="pay", related=("branch",), right="payments.deposit")
        chosen = [Tender(getattr(s.method, word), D(amount)) for word, amount in tenders]
        occasion = Occasion(s.seller, s.branch, session)
        if approved:
            book_approved(opened.order, opened.lines, approved, occasion, tenders=chosen, kind="settlement")
        else:
            ledger.book(opened.order, opened.lines, chosen, occasion, kind="settlement")
    order.refresh_from_db()
    return order


def test_the_whole_return_goes_out_in_cash_and_rounds_the_other_way():
    s = shop()
    session = money.session(s)
    order = brought_back(s, "-41.33")
    assert (order.gross.amount, order.vat.amount) == (D("-41.33"), D("-7.17"))  # 41.33 x 21 / 121 = 7.17
    settle(s, order, session, ("contant", "-41.33"))
    assert rows(order) == [("settlement", "cash", D("-41.35")), ("rounding", "", D("0.02"))]
    assert (order.payment_state, split(order)) == ("paid", owed(order))
    assert accounts(order) == {"cash": "-41.35", "rounding": "0.02", "orders": "41.33"}
    assert session_figures(session).expected == D("58.65")
    holds(2, 3, 13)


def test_mixed_signs_that_end_below_zero_close_both_rates():
    s = shop()
    session = money.session(s)
    # 60.00 at 21 % came back, 20.05 at 9 % was bought: 39.95 goes out
    order = brought_back(s, "-60.00", ("20.05", "low"))
    assert order.gross.amount == D("-39.95")
    settle(s, order, session, ("contant", "-39.95"))
    assert rows(order) == [("settlement", "cash", D("-39.95"))]
    # -60 x 21 / 121 = -10.41; 20.05 x 9 / 109 = 1.66
    assert split(order) == {"21.00": ("-49.59", "-10.41", "-60.00"), "9.00": ("18.39", "1.66", "20.05")}
    assert split(order) == owed(order)
    holds(2, 3)


def test_an_exchange_of_equal_worth_moves_no_money():
    s = shop()
    order = brought_back(s, "-49.95", "49.95")
    assert (order.gross.amount, order.payment_state, rows(order)) == (0, "paid", [])
    with pytest.raises(Refusal) as refused:
        settle(s, order, money.session(s), ("contant", "1.00"))
    assert refused.value.code == "payments.too_much"


def test_an_exchange_with_a_rest_to_pay_is_settled_in_one_go():
    s = shop()
    session = money.session(s)
    order = brought_back(s, "-49.95", "70.00")
    settle(s, order, session, ("pin", "10.00"), ("contant", "10.05"))
    assert rows(order) == [("settlement", "terminal", D(10)), ("settlement", "cash", D("10.05"))]
    assert (order.gross.amount, order.payment_state, split(order)) == (D("20.05"), "paid", owed(order))


def test_a_return_goes_partly_to_the_card_partly_into_tegoed():
    s = shop()
    session = money.session(s)
    order = brought_back(s, "-100.00", ("-9.99", "low"))
    pinned = ask(s, start(s, order, session, "-60.00"))
    settle(s, order, session, ("tegoed", "-49.99"), approved=[pinned])
    assert rows(order) == [("settlement", "terminal", D(-60)), ("settlement", "credit", D("-49.99"))]
    pinned.refresh_from_db()
    assert pinned.entry.amount.amount == D(-60)
    assert CreditAccount.objects.get(customer=s.customer).balance.amount == D("49.99")
    assert (order.payment_state, split(order)) == ("paid", owed(order))
    assert accounts(order) == {"terminal": "-60.00", "credit": "-49.99", "orders": "109.99"}
    holds(2, 3, 11, 13)


@pytest.mark.parametrize(
    ("tenders", "code"),
    [
        ([("contant", "-41.40")], "payments.too_much"),
        ([("bank", "-41.34")], "payments.too_much"),
        ([("contant", "41.33")], "payments.not_positive"),
        ([("contant", "-20.02")], "payments.five_cents"),
    ],
)
def test_not_more_and_not_the_other_way_goes_out(tenders, code):
    s = shop()
    session = money.session(s)
    order = brought_back(s, "-41.33")
    with pytest.raises(Refusal) as refused:
        settle(s, order, session, *tenders)
    assert refused.value.code == code
    assert (rows(order), session_figures(session).expected) == ([], D(100))


def test_in_two_parts_the_last_closes_it():
    s = shop()
    session = money.session(s)
    order = brought_back(s, "-41.33", ("-10.00", "low"))
    settle(s, order, session, ("contant", "-20.00"))
    assert (order.payment_state, order.open_amount.amount) == ("part", D("-31.33"))
    settle(s, order, session, ("contant", "-31.33"))
    assert rows(order)[1:] == [("settlement", "cash", D("-31.35")), ("rounding", "", D("0.02"))]
    assert (order.payment_state, split(order)) == ("paid", owed(order))


def test_a_return_takes_no_deposit_and_has_nothing_to_give_back():
    s = shop()
    order = brought_back(s, "-41.33")
    with pytest.raises(Refusal) as refused:
        check_payable(order, list(order.lines.all()))
    assert refused.value.code == "payments.negative_line"
    with pytest.raises(Refusal) as refused:
        refund(order_id=order.pk, amounts=[(s.method.bank.pk, D(1))], reason="x", employee=s.office)
    assert refused.value.code == "payments.too_much_back"


def test_excluding_vat_the_return_mirrors_the_sale():
    s = shop()
    session = money.session(s)
    sold, back = (brought_back(s, price, vat_mode="exclusive") for price in ("41.33", "-41.33"))
    assert (sold.gross.amount, sold.vat.amount) == (-back.gross.amount, -back.vat.amount)
    settle(s, sold, session, ("contant", str(sold.gross.amount)))
    settle(s, back, session, ("contant", str(back.gross.amount)))
    assert [(kind, -amount) for kind, _method, amount in rows(back)] == [
        (kind, amount) for kind, _method, amount in rows(sold)
    ]
    assert session_figures(session).expected == D(100)
