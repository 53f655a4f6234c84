"""Every rule that the sales tables hold themselves, broken by a raw write and refused by its name."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from sales.services import confirming
from tests import factories
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order():
    s = shop()
    made = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 4), (s.riem, 1)])
    return confirming.confirm(order_id=made.pk, employee=s.office)


def refused(name, sql, *values):
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    assert f'"{name}"' in str(error.value)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("order_till_with_channel", "channel = 'till'"),
        ("order_number_when_confirmed", "lifecycle = 'draft'"),
        ("order_number_when_confirmed", "version = 0"),
        ("order_paid_within_total", "paid_total = gross + 1"),
        ("order_paid_within_total", "paid_total = -1"),
        ("order_net_plus_vat", "vat = vat + 1"),
        ("order_discount_one_kind", "discount_percent = 101"),
        ("order_discount_one_kind", "discount_percent = 5, discount_amount = 5"),
        ("order_discount_one_kind", "discount_amount = -1"),
    ],
)
def test_orders(order, name, change):
    refused(name, f"UPDATE sales_salesorder SET {change} WHERE id = %s", order.pk)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("line_delivered_within_ordered", "quantity = 0"),  # of the two that hold this, the first by name
        ("line_variant_or_text", "variant_id = NULL, text = ''"),
        ("line_discount_one_kind", "discount_percent = 101"),
        ("line_discount_one_kind", "discount_percent = 5, discount_amount = 5"),
        ("line_discount_one_kind", "discount_amount = -1"),
        ("line_delivered_within_ordered", "delivered_quantity = 5"),
        ("line_delivered_within_ordered", "delivered_quantity = 3, cancelled_quantity = 2"),
        ("line_delivered_within_ordered", "cancelled_quantity = -1"),
        ("line_delivered_within_ordered", "quantity = -4, delivered_quantity = -5"),
        ("line_returned_within_delivered", "delivered_quantity = 2, returned_quantity = 3"),
        ("line_returned_within_delivered", "returned_quantity = -1"),
        ("line_price_not_negative", "unit_price = -1"),
        ("line_price_not_negative", "entered_price = -1"),
    ],
)
def test_lines(order, name, change):
    refused(name, f"UPDATE sales_orderline SET {change} WHERE order_id = %s AND position = 1", order.pk)


def test_a_number_a_position_and_a_key_are_given_once(order):
    items = [(order.lines.first().variant, 1)]
    other = factories.draft(employee=order.employee, branch=order.branch, customer=order.customer, items=items)
    other = confirming.confirm(order_id=other.pk, employee=order.employee)
    refused("order_number_once", "UPDATE sales_salesorder SET number = %s WHERE id = %s", order.number, other.pk)
    refused("line_position_once", "UPDATE sales_orderline SET position = 1 WHERE order_id = %s", order.pk)
    refused("line_key_once", "UPDATE sales_orderline SET key = %s WHERE order_id = %s", uuid.uuid4(), order.pk)


def test_an_order_has_one_amendment(order):
    first, second = (factories.draft(employee=order.employee, branch=order.branch) for _ in range(2))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sales_salesorder SET amends_id = %s WHERE id = %s", [order.pk, first.pk])
    refused("order_one_amendment", "UPDATE sales_salesorder SET amends_id = %s WHERE id = %s", order.pk, second.pk)


def test_vat_rows(order):
    refused("order_vat_net_plus_vat", "UPDATE sales_ordervat SET net = net + 1 WHERE order_id = %s", order.pk)
    refused(
        "order_vat_once",
        "INSERT INTO sales_ordervat (order_id, code, percent, net, vat, gross, currency)"
        " VALUES (%s, 'high', 21, 0, 0, 0, 'EUR')",
        order.pk,
    )


def test_versions_and_deliveries(order):
    refused(
        "order_version_once",
        "INSERT INTO sales_orderversion (order_id, version, action, reason, at, employee_id, changes, snapshot,"
        " personal) VALUES (%s, 1, 'confirmed', '', now(), %s, '[]', '{}', '{}')",
        order.pk,
        order.employee_id,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sales_delivery (order_id, branch_id, kind, employee_id, at, override_reason)"
            " VALUES (%s, %s, 'slip', %s, now(), '') RETURNING id",
            [order.pk, order.branch_id, order.employee_id],
        )
        delivery = cursor.fetchone()[0]
    refused(
        "delivery_quantity_not_zero",
        "INSERT INTO sales_deliveryline (delivery_id, line_id, quantity) VALUES (%s, %s, 0)",
        delivery,
        order.lines.first().pk,
    )


def test_soort():
    soort = factories.order_type()
    refused("order_type_deposit_percent", "UPDATE sales_ordertype SET deposit_percent = 101 WHERE id = %s", soort.pk)
    refused("order_type_deposit_percent", "UPDATE sales_ordertype SET deposit_percent = -1 WHERE id = %s", soort.pk)
