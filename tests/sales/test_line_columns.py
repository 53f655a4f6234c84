"""Which columns a line has is said once, in the groups of the model; every list of columns is made of them."""

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F

from sales import totals
from sales.models import OrderLine
from sales.services import amending, confirming, lines, versions
from tests import factories
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db


def test_every_column_of_a_line_is_in_exactly_one_group():
    grouped = [name for group in OrderLine.GROUPS for name in group]
    assert sorted(grouped) == sorted(field.name for field in OrderLine._meta.concrete_fields)


def test_what_may_change_of_a_line_is_stored_and_what_it_is_made_of_is_not_written_again():
    changing = {*OrderLine.OFFERED, *OrderLine.AGREED, *OrderLine.ALLOWED, *OrderLine.DERIVED, *OrderLine.HAPPENED}
    assert changing < set(totals.UPDATED)
    assert not {*OrderLine.GOODS, *OrderLine.RETURN, "key", "id", "order"} & set(totals.UPDATED)


def test_a_version_keeps_all_of_a_line_but_its_row_and_what_was_allowed():
    kept = {field.name for field in versions.LINE}
    assert kept == {field.name for field in OrderLine._meta.concrete_fields} - {*OrderLine.ROW, *OrderLine.ALLOWED}


def full(line: OrderLine) -> dict:
    """Every column of the line that does not derive from others, or say what happened to the row."""
    line.refresh_from_db()
    groups = (OrderLine.PLACE, OrderLine.GOODS, OrderLine.OFFERED, OrderLine.AGREED, OrderLine.ALLOWED)
    return {name: getattr(line, name) for name in OrderLine.columns(*groups)}


def test_a_deleted_line_comes_back_with_every_column():
    s = shop()
    order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 3), (s.riem, 1)])
    line = order.lines.get(position=1)
    OrderLine.objects.filter(pk=line.pk).update(
        text="voor de bruiloft", brand="Kade", colour_hex="#ffffff", list_price=F("list_price") + 1,
        allowed_quantity=3, allowed_off=Decimal("2.5"), override_by=s.manager, override_reason="beurs",
    )  # fmt: skip
    before = full(line)
    gone = lines.delete(order_id=order.pk, line_ids=[line.pk], employee=s.manager)
    packed = json.loads(json.dumps(gone.deleted))
    lines.restore(order_id=order.pk, packed=packed, employee=s.manager)
    assert full(order.lines.get(key=line.key)) == before


def test_an_amendment_begins_with_every_column_and_gives_back_what_was_agreed():
    s = shop()
    order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 3)])
    order = confirming.confirm(order_id=order.pk, employee=s.office)
    line = order.lines.get()
    with connection.cursor() as cursor:  # as an order of long ago may have it
        cursor.execute("UPDATE sales_orderline SET brand = 'Kade', colour_hex = '#ffffff', stocked = false")
    before = full(line)
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    assert full(amendment.lines.get()) == before
    # each of the agreed columns, by the hand of whoever amends
    OrderLine.objects.filter(order=amendment).update(text="met naam", quantity=2)
    amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    assert full(line) == before | {"text": "met naam", "quantity": Decimal(2)}
