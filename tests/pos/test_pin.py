"""PIN at the till: the basket waits for the terminal, and is sold by what it approved."""

from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.core.errors import Refusal
from payments.models import LedgerEntry, TerminalPayment
from pos.models import Receipt
from tests.pos import counter, test_check_out
from tests.pos.test_check_out import pay

pytestmark = pytest.mark.django_db
s, basket = test_check_out.s, test_check_out.basket


def payment(order, s, state, amount="129.85"):
    return TerminalPayment.objects.create(
        order=order, session=s.session, method=s.method.pin, employee=s.seller, amount=Decimal(amount), state=state,
        reference="T1" if state == "approved" else "",
    )  # fmt: skip


def test_pin_is_never_booked_without_the_terminal(s, basket):
    with pytest.raises(Refusal) as refused:
        pay(s, (s.method.pin, "129.85"))
    assert refused.value.code == "payments.terminal_first" and not LedgerEntry.objects.filter(order=basket).exists()


def test_what_was_approved_sells_the_basket_with_cash_for_the_rest(s, basket):
    approved = payment(basket, s, "approved", "100")
    receipt = pay(s, (s.method.contant, "30"))
    approved.refresh_from_db()
    entries = LedgerEntry.objects.filter(order=basket).order_by("pk")
    assert [(e.method_kind, e.kind, e.amount.amount) for e in entries] == [
        ("terminal", "settlement", Decimal("100")), ("cash", "settlement", Decimal("30")),
        ("cash", "change", Decimal("-0.15")),
    ]  # fmt: skip
    assert approved.entry is not None and receipt.kind == Receipt.Kind.SALE


def test_while_it_waits_the_basket_is_frozen_and_the_screen_waits(client, s, basket):
    counter.sit(client, s.till, s.seller)
    payment(basket, s, "waiting")
    with pytest.raises(Refusal) as refused:
        pay(s, (s.method.contant, "129.85"))
    assert refused.value.code == "payments.terminal_pending"
    page = client.get(reverse("pos:checkout")).content.decode()
    assert "Wacht op de klant bij de automaat." in page
    line = basket.lines.first()
    assert client.post(reverse("pos:line", args=[line.pk]), {"key": counter.key(), "step": "1"}).status_code == 422
