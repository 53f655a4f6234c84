"""What always holds for money: broken by hand, as only the owner of the database can, and reported."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from backoffice.core.db.roles import as_owner
from backoffice.core.invariants import REGISTRY
from payments.models import LedgerEntry
from payments.services import sessions
from payments.services.cancelling import cancel
from payments.services.terminals import to_suspense
from tests.core.test_invariants import by_hand
from tests.invariants import broken, holds
from tests.payments import shop as money
from tests.payments.shop import shop
from tests.payments.test_cancel import amounts
from tests.payments.test_deposit import pay
from tests.payments.test_refund import back, desk_cash
from tests.payments.test_terminals import ask, book, start

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


def lived() -> SimpleNamespace:
    """A day with cash, PIN, suspense, tegoed, a cancelled order and a day close with a difference."""
    s = shop()
    first = desk_cash(s)
    order = money.order(s, "100.00", ("41.33", "low"))
    pay(s, order, ("contant", "41.35"), session_id=first.pk)
    pay(s, order, ("bank", "50.00"))
    back(s, order, ("tegoed", "20.00"))
    gone = money.order(s, "41.33")
    pay(s, gone, ("contant", "41.33"), session_id=first.pk)
    cancel(order_id=gone.pk, employee=s.office, amounts=amounts(s, ("contant", "41.33")), session_id=first.pk)
    pinned = money.order(s, "60.00")
    book(s, pinned, first, ask(s, start(s, pinned, first, "60.00")))
    late = start(s, money.order(s, "25.00"), first, "25.00")
    sessions.close_session(
        session_id=first.pk, denominations={"100": 1, "20": 2}, employee=s.manager, reason="zoek", force=True
    )
    second = money.session(s)
    ask(s, late)
    lost = ask(s, start(s, money.order(s, "15.00"), second, "15.00"))
    to_suspense(payment_id=lost.pk, employee=s.manager, reason="weg")
    return SimpleNamespace(
        order=order.pk, gone=gone.pk, first=first.pk, second=second.pk, late=late.pk,
        entry=LedgerEntry.objects.get(order=order, method_kind="bank").pk, customer=s.customer.pk,
        suspense=LedgerEntry.objects.get(kind="suspense").pk,
    )  # fmt: skip


BROKEN = [
    (8, "UPDATE core_numberseries SET next_value = 9 WHERE kind = 'Z'", "the series gave 8, 1 stand"),
    (2, "UPDATE sales_salesorder SET paid_total = paid_total + 1 WHERE id = {order}", "the ledger says 71.35"),
    (
        2,
        "ALTER TABLE sales_salesorder DROP CONSTRAINT order_paid_within_total;"
        " UPDATE sales_salesorder SET paid_total = 142 WHERE id = {order}",
        "paid 142.00 of 141.33",
    ),
    (3, "UPDATE payments_posting SET amount = amount + 1 WHERE entry_id = {entry} AND amount > 0", "add up to 1.00"),
    (3, "DELETE FROM payments_posting WHERE entry_id = {entry}", "add up to 0"),
    (3, "DELETE FROM payments_entryvat WHERE entry_id = {entry} AND percent = 9", "VAT rows add up to"),
    (
        11,
        "ALTER TABLE sales_salesorder DROP CONSTRAINT order_paid_within_total;"
        " UPDATE sales_salesorder SET paid_total = 3 WHERE id = {gone}",
        "is cancelled and holds 3.00",
    ),
    (11, "UPDATE payments_ledgerentry SET amount = -51 WHERE refunds_id = {entry}", "can give back 50.00, 51.00 went"),
    (11, "UPDATE payments_creditaccount SET balance = 21 WHERE customer_id = {customer}", "the postings say 20.00"),
    (11, "UPDATE payments_posting SET account = 'bank' WHERE account = 'suspense'", "the worklist names 15.00"),
    (11, "UPDATE payments_terminalpayment SET entry_id = NULL, changed_at = '2020-01-01' WHERE id = {late}", "no list"),
    (
        13,
        "ALTER TABLE payments_ledgerentry DROP CONSTRAINT entry_cash_has_session;"
        " UPDATE payments_ledgerentry SET method_kind = 'cash' WHERE id = {entry}",
        "cash without a session",
    ),
    (
        13,
        "DROP INDEX session_one_open; INSERT INTO payments_tillsession (till_id, business_date, opened_at,"
        " opened_by_id, float_amount, currency, denominations, z_number) SELECT till_id, business_date, now(),"
        " opened_by_id, 0, 'EUR', '{{}}', '' FROM payments_tillsession WHERE id = {second}",
        "2 open sessions",
    ),
    (
        13,
        "UPDATE payments_tillsession SET closed_at = closed_at - interval '1 hour' WHERE id = {first}",
        "after its close",
    ),
    (13, "UPDATE payments_terminalpayment SET session_id = {second} WHERE session_id = {first}", "was booked in"),
    (
        13,
        "UPDATE core_journalentry SET data = data - 'forced_over' WHERE action = 'payments.session.closed'",
        "unforced",
    ),
    (14, "UPDATE payments_tillsession SET expected_cash = expected_cash + 1 WHERE id = {first}", "the postings say"),
    (14, "DELETE FROM payments_posting WHERE entry_id IN (SELECT id FROM payments_ledgerentry"
     " WHERE kind = 'difference')", "difference booked 0"),
]  # fmt: skip


def test_each_is_reported_when_it_is_broken():
    """One day, broken in each way and mended again: the database is put back by a savepoint of the owner's."""
    made = lived()
    holds()
    unseen = []
    for number, sql, said in BROKEN:
        with as_owner(), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL toonbank.owner_override = 'on'")
                cursor.execute(sql.format(**vars(made)))
                found = _broken_here(cursor, number)
            transaction.set_rollback(True)
        if not any(said in text for text in found):
            unseen.append((number, said, found))
    assert unseen == []
    holds()


def _broken_here(cursor, number: int) -> list[str]:
    return [text for at, _name, find in REGISTRY if at == number for text in find(cursor)]


def test_a_breach_is_one_of_the_run():
    made = lived()
    by_hand(f"UPDATE payments_creditaccount SET balance = 21 WHERE customer_id = {made.customer}")
    (said,) = broken(11)
    assert said.startswith("11 store credit") and "credit 21.00, the postings say 20.00" in said
