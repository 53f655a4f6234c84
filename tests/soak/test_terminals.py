"""500 terminal payments with lost answers, asked again from two sides at once: no double charge, nothing unrecorded."""

import random
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Q, Sum

from payments.models import LedgerEntry, SimulatedPayment, TerminalPayment
from payments.services.ledger import Occasion
from payments.services.terminals import ask_terminal, book_approved, cancel_terminal, start_terminal
from sales.services.editing import open_order
from tests.payments import shop as money
from tests.racing import together
from tests.soak import count, report

pytestmark = pytest.mark.django_db(transaction=True)
PARTS = ["lost", "lost", "lost_twice", "late", "crossing", "never_arrived", "declined", "approved"]


def test_lost_answers_never_charge_twice_and_nothing_is_unrecorded(settings):
    s = money.shop()
    session = money.session(s)
    chance = random.Random(4)
    orders = [money.order(s, "60.00") for _ in range(5)]
    number, lost = count(500, 30), 0
    for turn in range(number):
        settings.TERMINAL_PLAY = chance.choice(PARTS)
        amount = Decimal(chance.randint(1, 9)) / 100
        payment = _known(s, session, orders[turn % 5], amount, chance)
        lost += settings.TERMINAL_PLAY in ("lost", "lost_twice", "never_arrived")
        if payment.state == "approved":
            with transaction.atomic():
                opened = open_order(
                    payment.order_id, s.seller, action="pay", related=("branch",), right="payments.deposit"
                )
                book_approved(
                    opened.order, opened.lines, [payment], Occasion(s.seller, s.branch, session), kind="deposit"
                )
    charged = SimulatedPayment.objects.aggregate(total=Sum("amount", filter=Q(charges__gt=0)), n=Sum("charges"))
    booked = LedgerEntry.objects.filter(method_kind="terminal").aggregate(total=Sum("amount"))["total"]
    approved = TerminalPayment.objects.filter(state="approved")
    report("terminal payments", number=number, lost=lost, charged=charged["n"], approved=approved.count())
    assert not SimulatedPayment.objects.filter(charges__gt=1).exists()
    assert (charged["n"], charged["total"]) == (approved.count(), booked)
    assert not approved.filter(entry=None).exists()
    assert TerminalPayment.objects.count() == number
    assert not TerminalPayment.objects.filter(state__in=TerminalPayment.PENDING).exists()


def _known(s, session, order, amount, chance) -> TerminalPayment:
    """One payment until it is known; now and then the form is sent twice at once, or asked by two screens at once."""
    key = f"00000000-0000-4000-8000-{chance.getrandbits(48):012x}"

    def start():
        return start_terminal(
            order_id=order.pk, session_id=session.pk, amount=amount, method_id=s.method.pin.pk, employee=s.seller,
            key=key,
        )  # fmt: skip

    told = together(start, start) if chance.random() < 0.3 else [start()]
    payment = next(answer for answer in told if isinstance(answer, TerminalPayment))
    assert all(isinstance(answer, TerminalPayment) and answer.pk == payment.pk for answer in told), told
    for attempt in range(8):
        payment.refresh_from_db()
        if payment.state not in TerminalPayment.PENDING:
            return payment

        def ask(pk=payment.pk):
            return ask_terminal(payment_id=pk, employee=s.seller)

        if attempt == 6:
            cancel_terminal(payment_id=payment.pk, employee=s.seller)
        elif chance.random() < 0.3:
            assert [a.pk for a in together(ask, ask)] == [payment.pk] * 2
        else:
            ask()
    return payment
