"""Afrekenen en plaats order by card and cash: order and money are booked together, after the last approval."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from backoffice.core.errors import Refusal
from payments.models import LedgerEntry
from payments.services import sessions
from payments.services.terminals import ask_terminal, start_terminal
from pos.escpos import render
from pos.models import Receipt, TillSeat
from pos.services import checking_out, make_order, seats
from pos.slip import slip
from sales.models import SalesOrder
from sales.services import drafts, lines
from tests.invariants import holds
from tests.payments.shop import methods
from tests.pos import counter

pytestmark = pytest.mark.django_db


def test_order_and_money_are_booked_together_after_the_last_approval():
    s = counter.shop()
    s.method, who = methods(), {"employee": s.seller}
    TillSeat.objects.create(till=s.till, device_hash="")
    session = sessions.open_session(till_id=s.till.pk, float_amount=Decimal("100"), **who)
    basket = seats.begin(till_id=s.till.pk, **who).order
    lines.add(order_id=basket.pk, items=[(s.inkorten.pk, Decimal(4))], **who)  # 50.00
    make_order.choose_customer(till_id=s.till.pk, customer_id=s.customer.pk, **who)
    day = {"expected_delivery_date": timezone.localdate() + timedelta(days=2)}
    drafts.set_header(order_id=basket.pk, revision=None, values=day, **who)
    card = {"session_id": session.pk, "amount": Decimal(20), "method_id": s.method.pin.pk}
    payment = start_terminal(order_id=basket.pk, **card, **who)
    cash = [(s.method.contant.pk, Decimal(10))]
    with pytest.raises(Refusal) as waits:
        checking_out.check_out(till_id=s.till.pk, tenders=cash, **who)
    assert waits.value.code == "payments.terminal_pending"
    assert ask_terminal(payment_id=payment.pk, **who).state == "approved"
    assert not LedgerEntry.objects.filter(order=basket).exists()
    assert not SalesOrder.objects.filter(number__gt="").exists()

    receipt = checking_out.check_out(till_id=s.till.pk, tenders=cash, **who)
    order = SalesOrder.objects.get(number__gt="")
    assert (order.pk, order.status, order.payment_state, order.version) == (basket.pk, "open", "part", 1)
    entries = LedgerEntry.objects.filter(order=order).order_by("amount")
    assert [(e.kind, e.method_kind, e.amount.amount) for e in entries] == [
        ("deposit", "cash", Decimal(10)), ("deposit", "terminal", Decimal(20)),
    ]  # fmt: skip
    assert {e.group for e in entries} == {receipt.entry_group} and receipt.kind == Receipt.Kind.ORDER
    shown = slip(Receipt.objects.get(pk=receipt.pk))
    assert shown.code.text == order.number and order.number.encode() in render(shown, columns=42)
    holds()
