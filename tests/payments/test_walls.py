"""What the database refuses by itself: each wall is provoked by a raw write."""

import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from payments.models import CreditAccount, EntryVat, LedgerEntry, PaymentMethod, Posting, TerminalPayment, TillSession
from payments.services import sessions
from tests.payments import shop as money
from tests.payments.shop import shop
from tests.payments.test_deposit import pay

pytestmark = pytest.mark.django_db
D = Decimal


def refused(name: str, work):
    """The write raises, and says which wall it was."""
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        work()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def entry(s, **fields):
    values = {
        "kind": "deposit", "branch": s.branch, "employee": s.office, "business_date": datetime.date(2026, 11, 24),
        "amount": D(10),
    }  # fmt: skip
    return LedgerEntry.objects.create(**values | fields)


def balanced(s, **fields):
    made = entry(s, **fields)
    Posting.objects.create(entry=made, account="bank", branch=s.branch, amount=made.amount)
    Posting.objects.create(entry=made, account="orders", branch=s.branch, amount=-made.amount)
    return made


def test_postings_that_do_not_add_up_to_zero():
    s = shop()
    made = balanced(s)
    refused("add up to 5.00", lambda: Posting.objects.create(entry=made, account="bank", branch=s.branch, amount=D(5)))


def test_an_entry_without_postings():
    s = shop()
    refused("add up to 0 in 0 rows", lambda: entry(s))


def test_a_re_split_needs_none_and_carries_nothing():
    s = shop()
    entry(s, kind="re_split", amount=D(0))
    refused("entry_re_split_is_zero", lambda: entry(s, kind="re_split", amount=D(1)))
    refused("entry_amount_not_zero", lambda: entry(s, amount=D(0)))


def test_a_posting_of_nothing():
    s = shop()
    made = balanced(s)
    refused("posting_not_zero", lambda: Posting.objects.create(entry=made, account="bank", branch=s.branch, amount=0))


@pytest.mark.parametrize("kind", ["cash", "terminal"])
def test_cash_and_cards_without_a_session(kind):
    s = shop()
    refused("entry_cash_has_session", lambda: balanced(s, method_kind=kind))


def test_a_deposit_below_zero_and_what_needs_a_reason():
    s = shop()
    refused("entry_deposit_positive", lambda: balanced(s, amount=D(-10)))
    for kind in ("reversal", "difference", "drop"):
        refused("entry_reason_given", lambda kind=kind: balanced(s, kind=kind))


def test_a_reversal_happens_once():
    s = shop()
    made = balanced(s)
    balanced(s, kind="reversal", amount=D(-10), reverses=made, reason="test")
    refused("reverses_id", lambda: balanced(s, kind="reversal", amount=D(-10), reverses=made, reason="test"))


def test_vat_that_is_not_net_plus_vat_or_stands_twice():
    s = shop()
    made = balanced(s)
    row = {"entry": made, "code": "high", "percent": D(21), "net": D("8.26"), "vat": D("1.74")}
    refused("entry_vat_net_plus_vat", lambda: EntryVat.objects.create(**row, gross=D("10.01")))
    EntryVat.objects.create(**row, gross=D(10))
    refused("entry_vat_once", lambda: EntryVat.objects.create(**row, gross=D(10)))


@pytest.mark.parametrize("table", ["payments_ledgerentry", "payments_posting", "payments_entryvat"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET currency = 'EUR'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_ledger_only_grows(table, verb):
    s = shop()
    pay(s, money.order(s, "100.00"), ("bank", "10.00"))
    with connection.cursor() as cursor:
        refused("permission denied|only grows", lambda: cursor.execute(verb.format(table)))
    assert LedgerEntry.objects.count() == 1


def test_a_closed_session_never_changes_and_never_goes():
    s = shop()
    session = money.session(s)
    sessions.close_session(session_id=session.pk, denominations={"100": 1}, employee=s.seller)
    rows = TillSession.objects.filter(pk=session.pk)
    for changed in ({"counted_cash": D(90)}, {"closed_at": timezone.now()}, {"closed_at": None, "z_number": ""}):
        refused("is closed: UPDATE is refused", lambda changed=changed: rows.update(**changed))
    other = money.session(s, "0.00")
    sessions.close_session(session_id=other.pk, denominations={}, employee=s.seller)
    refused("is closed: DELETE is refused", lambda: TillSession.objects.filter(pk=other.pk).delete())


def test_no_entry_lands_in_a_closed_session():
    s = shop()
    session = money.session(s)
    sessions.close_session(session_id=session.pk, denominations={"100": 1}, employee=s.seller)
    refused("no entry lands in it", lambda: balanced(s, session=session))
    refused("no entry lands in it", lambda: balanced(s, session=session, method_kind="cash"))


def test_a_till_is_open_once_and_closed_whole():
    s = shop()
    session = money.session(s)
    rows = TillSession.objects.filter(pk=session.pk)
    refused(
        "session_one_open",
        lambda: TillSession.objects.create(till=s.till, opened_by=s.seller, business_date=session.business_date),
    )
    refused("session_closed_whole", lambda: rows.update(closed_at=timezone.now()))
    refused("session_closed_whole", lambda: rows.update(z_number="Z1"))


def test_a_z_number_is_given_once():
    s = shop()
    first = money.session(s)
    closed = sessions.close_session(session_id=first.pk, denominations={"100": 1}, employee=s.seller)
    second = money.session(s)
    values = {
        "closed_at": timezone.now(), "closed_by": s.seller, "counted_cash": D(0), "expected_cash": D(0),
        "z_number": closed.z_number,
    }  # fmt: skip
    refused("session_z_once", lambda: TillSession.objects.filter(pk=second.pk).update(**values))


def test_tegoed_is_never_below_zero():
    s = shop()
    account = CreditAccount.objects.create(customer=s.customer, balance=D(10))
    refused("credit_not_negative", lambda: CreditAccount.objects.filter(pk=account.pk).update(balance=D("-0.01")))


def test_a_terminal_method_is_never_at_the_desk():
    s = shop()
    refused(
        "method_terminal_never_at_desk",
        lambda: PaymentMethod.objects.filter(pk=s.method.pin.pk).update(at_desk=True),
    )
    refused(
        "method_terminal_never_at_desk",
        lambda: PaymentMethod.objects.filter(pk=s.method.bank.pk).update(kind="terminal"),
    )


def test_a_terminal_payment_is_something_is_asked_once_and_booked_when_approved():
    s = shop()
    session = money.session(s)
    values = {"session": session, "order": money.order(s, "20.00"), "method": s.method.pin, "employee": s.seller}
    refused("terminal_amount_not_zero", lambda: TerminalPayment.objects.create(**values, amount=D(0)))
    made = TerminalPayment.objects.create(**values, amount=D(20))
    with pytest.raises(IntegrityError, match="request_id"), transaction.atomic():
        TerminalPayment.objects.create(**values, amount=D(20), request_id=made.request_id)
    booked = balanced(s)
    refused("terminal_entry_when_approved", lambda: TerminalPayment.objects.filter(pk=made.pk).update(entry=booked))


def test_paid_stays_between_zero_and_the_total():
    s = shop()
    order = money.order(s, "100.00")
    for amount in ("100.01", "-0.01"):
        refused(
            "order_paid_within_total",
            lambda amount=amount: type(order).objects.filter(pk=order.pk).update(paid_total=D(amount)),
        )
