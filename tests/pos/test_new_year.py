"""The night of New Year: the number of a receipt is of the year of its session, that of the next day of the next."""

from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from payments.services import sessions
from pos.services import day_close, make_order, seats
from sales.services import drafts, lines
from tests.invariants import holds
from tests.pos import test_check_out
from tests.pos.test_returns import sell

pytestmark = pytest.mark.django_db


s = test_check_out.s


@pytest.fixture(autouse=True)
def afternoon():
    """The till is opened in the afternoon of the last day of 2026."""
    with time_machine.travel("2026-12-31T16:00:00+01:00"):
        yield


def test_a_session_over_new_year_numbers_its_receipts_in_the_year_it_was_opened(s):
    code = f"{s.branch.code}1"
    assert s.session.business_date.isoformat() == "2026-12-31"
    last = sell(s, [(s.riem, 1)]).receipts.get()
    assert last.number == f"{code}-2026-000001"
    with time_machine.travel("2027-01-01T00:20:00+01:00"):
        after = sell(s, [(s.riem, 1)]).receipts.get()
        assert (after.number, after.session) == (f"{code}-2026-000002", s.session)
        closed = day_close.close(session_id=s.session.pk, denominations={"100": 1, "50": 1, "5": 1, "2": 2, "0.50": 1,
                                 "0.20": 2}, employee=s.seller)  # fmt: skip  # 100 + 2 x 29,95
        assert closed.z_number.split("-")[1] == "2026"
    with time_machine.travel("2027-01-01T10:00:00+01:00"):
        sessions.open_session(till_id=s.till.pk, float_amount=Decimal(100), employee=s.seller)
        first = sell(s, [(s.riem, 1)]).receipts.get()
        assert first.number == f"{code}-2027-000001"
    holds()


def test_an_order_that_is_placed_after_midnight_has_the_receipt_of_the_session_too(s):
    with time_machine.travel("2027-01-01T00:20:00+01:00"):
        order_id = seats.begin(till_id=s.till.pk, employee=s.seller).order_id
        lines.add(order_id=order_id, items=[(s.riem.pk, Decimal(1))], employee=s.seller)
        values = {"customer": s.customer.pk, "expected_delivery_date": timezone.localdate()}
        drafts.set_header(order_id=order_id, revision=None, values=values, employee=s.seller)
        receipt = make_order.place(till_id=s.till.pk, employee=s.seller)
    assert receipt.number == f"{s.branch.code}1-2026-000001"
    assert receipt.order.order_date == s.session.business_date
    holds()
