"""What always holds of returns and exchanges, each broken with raw SQL and seen."""

import pytest
from django.db import connection, transaction

from backoffice.core.db.roles import as_owner
from backoffice.core.invariants import REGISTRY
from pos.services import seats
from sales.services import lines, returning
from tests.invariants import holds
from tests.pos import test_return_as_sold
from tests.pos.test_check_out import pay
from tests.pos.test_return_as_sold import D, paid_back
from tests.pos.test_returns import bring_back, sell

pytestmark = pytest.mark.django_db(transaction=True)
s = test_return_as_sold.s
FREE = "ALTER TABLE sales_orderline DROP CONSTRAINT line_return_as_sold;"
BROKEN = [
    (11, "UPDATE sales_orderline SET return_net = return_net - 30 WHERE returns_id IS NOT NULL", "went back 49.80"),
    (11, "UPDATE sales_orderline SET return_net = return_net - 1 WHERE returns_id IS NOT NULL", "came back for 20.80"),
    (11, "UPDATE sales_salesorder SET paid_total = 15, gross = 15, net = 15, vat = 0 WHERE id = {sold}", "paid 15.00"),
    (1, FREE + "UPDATE sales_orderline SET return_vat = return_vat + 1 WHERE returns_id IS NOT NULL", "VAT rows"),
    (3, "UPDATE payments_entryvat SET code = 'low' WHERE entry_id IN (SELECT id FROM payments_ledgerentry"
        " WHERE order_id = {sold})", "the ledger says"),
    (3, "DELETE FROM payments_entryvat WHERE entry_id IN (SELECT id FROM payments_ledgerentry"
        " WHERE order_id = {even})", "the ledger says 0"),
]  # fmt: skip


def test_each_is_reported_when_it_is_broken(s):
    sold = sell(s, [(s.cap, 10)])  # 49.50
    basket = bring_back(s, sold, 4)
    paid_back(s, basket.gross.amount)  # 19.80
    scarf = sell(s, [(s.scarf, 1)])
    even = bring_back(s, scarf, 1)
    lines.add(order_id=even.pk, items=[(s.book.pk, D(1))], employee=s.manager)
    pay(s, employee=s.manager)
    holds()
    unseen = []
    for number, sql, said in BROKEN:
        with as_owner(), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL toonbank.owner_override = 'on'")
                cursor.execute(sql.format(sold=sold.pk, even=even.pk))
                found = [text for at, _name, find in REGISTRY if at == number for text in find(cursor)]
            transaction.set_rollback(True)
        if not any(said in text for text in found):
            unseen.append((number, said, found))
    assert unseen == []
    holds()


def test_what_was_taken_in_an_exchange_may_come_back_too(s):
    scarf = sell(s, [(s.scarf, 1)])
    even = bring_back(s, scarf, 1)
    lines.add(order_id=even.pk, items=[(s.book.pk, D(1))], employee=s.manager)
    taken = pay(s, employee=s.manager).order  # a book of 50,00 for a scarf of 50,00: nothing is paid
    book = taken.lines.get(variant=s.book)
    who = {"employee": s.manager}
    empty = seats.begin(till_id=s.till.pk, **who).order_id
    basket = returning.take_back(order_id=empty, source_id=taken.pk, pieces={book.pk: D(1)}, reason="Dubbel", **who)
    assert basket.gross.amount == -50
    paid_back(s, basket.gross.amount)
    holds()
