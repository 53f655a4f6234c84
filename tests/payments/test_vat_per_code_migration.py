"""Keying VAT by code keeps every figure: what is sold, paid and came back stands after the migration as before."""

from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from backoffice.core.db.roles import as_owner
from tests.payments import shop as money
from tests.payments.test_deposit import pay as pay_at_desk
from tests.pos import test_return_as_sold
from tests.pos.test_return_as_sold import paid_back, sold_to
from tests.pos.test_returns import bring_back, sell

pytestmark = pytest.mark.django_db(transaction=True)
s = test_return_as_sold.s
BEFORE = [("payments", "0004_terminals"), ("sales", "0006_queue")]
AFTER = [("payments", "0005_vat_per_code"), ("sales", "0007_vat_per_code")]
ORDERS = "SELECT order_id, code, percent, net, vat, gross FROM sales_ordervat"
ENTRIES = "SELECT entry_id, code, percent, net, vat, gross FROM payments_entryvat"
LINES = "SELECT id, vat_code, vat_percent, line_total, return_net, return_vat FROM sales_orderline ORDER BY id"


def asked(statement) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def migrate(targets) -> None:
    MigrationExecutor(connection).migrate(targets)


def per_percent(rows) -> dict:
    """Whatever the code: {(order or entry, percentage): [net, VAT, gross]}."""
    found = defaultdict(lambda: [Decimal(0)] * 3)
    for of, _code, percent, *amounts in rows:
        found[of, percent] = [a + b for a, b in zip(found[of, percent], amounts, strict=True)]
    return dict(found)


def a_year(s) -> None:
    """Sales in three modes that came back in part, an order with a discount and a deposit over two rates."""
    bring_back(s, sell(s, [(s.coat, 3), (s.book, 1)], percent=7), 1, 1)
    paid_back(s, "-159.03")  # 337.59 / 3 + 46.50
    bring_back(s, sold_to(s, s.verlegd, [(s.coat, 1)], "100.00"), 1)
    paid_back(s, "-100.00")
    basket = bring_back(s, sold_to(s, s.exclusief, [(s.cap, 10)], "49.50"), 3)
    paid_back(s, basket.gross.amount)
    pay_at_desk(s, money.order(s, "100.00", ("33.33", "low"), discount="5"), ("bank", "47.11"))
    sold_to(s, s.geen, [(s.coat, 1)], "100.00")


def test_every_figure_and_every_code_is_there_again(s):
    a_year(s)
    with as_owner(), transaction.atomic():
        before = [sorted(asked(ORDERS)), sorted(asked(ENTRIES)), asked(LINES)]
        migrate(BEFORE)
        migrate(AFTER)
        after = [sorted(asked(ORDERS)), sorted(asked(ENTRIES)), asked(LINES)]
        transaction.set_rollback(True)
    assert after == before


def test_two_codes_of_one_percentage_that_stood_in_one_row_are_divided(s):
    """100.00 and 50.01 at 21 %, half of it paid: what was one row of 150.01 becomes two, and so does what is paid."""
    order = money.order(s, "100.00", "50.01")
    pay_at_desk(s, order, ("bank", "75.00"))
    second = order.lines.get(position=2).pk
    with as_owner(), transaction.atomic():
        migrate(BEFORE)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE sales_orderline SET vat_code = 'be21' WHERE id = %s", [second])
        migrate(AFTER)
        orders, entries = asked(ORDERS), asked(ENTRIES)
        transaction.set_rollback(True)
    of = order.pk
    assert sorted((code, str(gross)) for _o, code, _p, _n, _v, gross in orders) == [
        ("be21", "50.01"),
        ("high", "100.00"),
    ]
    assert per_percent(orders) == {(of, 21): [Decimal("123.98"), Decimal("26.03"), Decimal("150.01")]}
    # 75.00 x 50.01 / 150.01 = 25.003
    assert sorted((code, str(gross)) for _e, code, _p, _n, _v, gross in entries) == [
        ("be21", "25.00"),
        ("high", "50.00"),
    ]
    assert [amounts[2] for amounts in per_percent(entries).values()] == [Decimal("75.00")]
