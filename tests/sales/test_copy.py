"""Kopiëren: a new draft from any order."""

import datetime
from decimal import Decimal

import pytest
import time_machine

from sales.services import cancelling, confirming, copying, drafts, lines
from tests import factories
from tests.sales.living import confirmed, everything, line_of, refused
from tests.sales.order_shop import pieces, shop

pytestmark = pytest.mark.django_db


@time_machine.travel("2026-11-24T10:00:00+01:00")
def test_a_copy_has_todays_prices_and_the_same_quantities_and_texts():
    s = shop()
    draft = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 4), (s.riem, 1)])
    drafts.set_header(order_id=draft.pk, revision=None, values={"subject": "Kerst"}, employee=s.office)
    line = line_of(draft, s.wit40)
    values = {"text": "Strijken", "discount": ("percent", Decimal(5))}
    lines.set_line(order_id=draft.pk, line_id=line.pk, revision=None, values=values, employee=s.office)
    lines.add_text(order_id=draft.pk, text="Bel vooraf", employee=s.office)
    order = confirming.confirm(order_id=draft.pk, employee=s.office)
    s.shirt.sales_price = Decimal("59.95")
    s.shirt.save()
    s.belt.active = False
    s.belt.save()
    cancelling.cancel(order_id=order.pk, employee=s.office)
    with time_machine.travel("2026-12-01T10:00:00+01:00"):
        twin = copying.copy(order_id=order.pk, employee=s.seller)
    assert (twin.lifecycle, twin.number, twin.copied_from, twin.employee) == ("draft", "", order, s.seller)
    assert (twin.subject, twin.customer, twin.order_date) == ("Kerst", s.customer, datetime.date(2026, 12, 1))
    assert twin.expected_delivery_date == datetime.date(2026, 12, 8)
    assert pieces(twin) == [("Wit 40", 4), ("Bel vooraf", 1)]
    copied = line_of(twin, s.wit40)
    assert (copied.text, copied.discount_percent, copied.cancelled_quantity) == ("Strijken", 0, 0)
    assert (twin.gross.amount, twin.left_out) == (Decimal("239.80"), ["Riem Tuig"])


def test_an_order_of_another_branch_cannot_be_copied():
    s = shop()
    order = confirmed(s)
    stranger = factories.employee("seller", factories.branch("Zwolle"))
    refused("order.unknown", lambda: copying.copy(order_id=order.pk, employee=stranger))
    before = everything()
    copying.copy(order_id=order.pk, employee=s.office)
    assert everything()["SalesOrder"][:1] == before["SalesOrder"]


def test_a_draft_that_was_dropped_is_not_copied():
    s = shop()
    draft = factories.draft(employee=s.office, items=[(s.riem, 1)])
    drafts.discard(order_id=draft.pk, employee=s.office)
    refused("order.discarded", lambda: copying.copy(order_id=draft.pk, employee=s.office))
