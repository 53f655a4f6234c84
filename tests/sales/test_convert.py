"""Offerte: agreed to nothing yet; and Omzetten in order."""

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction

from backoffice.core.models import JournalEntry
from backoffice.relations.models import Branch
from sales import lists
from sales.models import SalesOrder
from sales.services import amending, cancelling, confirming, copying, drafts, lines
from tests import factories
from tests.sales.living import confirmed, line_of, refused, reserved
from tests.sales.order_shop import pieces, shop

pytestmark = pytest.mark.django_db


def quotation(s, **fields) -> SalesOrder:
    kind = factories.order_type("Offerte", quotation=True, position=9)
    draft = factories.draft(**{"employee": s.office, "customer": s.customer, "items": [(s.wit40, 4)]} | fields)
    drafts.set_header(order_id=draft.pk, revision=None, values={"order_type": kind.pk}, employee=s.office)
    return confirming.confirm(order_id=draft.pk, employee=s.office)


@time_machine.travel("2026-11-24T10:00:00+01:00")
def test_an_offerte_has_a_number_of_its_own_and_reserves_nothing():
    s = shop()
    first, order, second = quotation(s), confirmed(s), quotation(s)
    assert [each.number for each in (first, order, second)] == ["OF-2026-00001", "VO-2026-00001", "OF-2026-00002"]
    assert (first.get_status_display(), first.quotation, first.owes) == ("Offerte", True, False)
    assert reserved(s.branch, s.wit40) == 4
    assert first.status not in lists.OPEN


def test_it_can_be_amended_and_cancelled_without_touching_stock():
    s = shop()
    offer = quotation(s)
    amendment = amending.amend(order_id=offer.pk, employee=s.office)
    line = line_of(amendment, s.wit40)
    lines.set_line(
        order_id=amendment.pk, line_id=line.pk, revision=None, values={"quantity": Decimal(9)}, employee=s.office
    )
    kind = factories.order_type("Verkooporder")
    refused(
        "order.type_quotation",
        lambda: drafts.set_header(
            order_id=amendment.pk, revision=None, values={"order_type": kind.pk}, employee=s.office
        ),
    )
    amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    offer.refresh_from_db()
    assert (offer.status, offer.version, pieces(offer)) == ("quotation", 2, [("Wit 40", 9)])
    part = {line_of(offer, s.wit40).pk: Decimal(1)}
    refused("order.quotation_part", lambda: cancelling.cancel(order_id=offer.pk, employee=s.office, quantities=part))
    cancelling.cancel(order_id=offer.pk, employee=s.office)
    cancelling.undo_cancel(order_id=offer.pk, employee=s.office)
    offer.refresh_from_db()
    assert (offer.status, reserved(s.branch, s.wit40)) == ("quotation", 0)


@time_machine.travel("2026-11-24T10:00:00+01:00")
def test_converting_makes_a_confirmed_order_with_the_agreed_prices():
    s = shop()
    offer = quotation(s)
    seen = SalesOrder.objects.get(pk=offer.pk).revision
    s.shirt.sales_price = Decimal("99.95")
    s.shirt.save()
    with time_machine.travel("2026-12-20T10:00:00+01:00"):
        order = copying.convert(order_id=offer.pk, employee=s.manager)
    order.refresh_from_db()
    offer.refresh_from_db()
    assert (order.number, order.status, order.quotation) == ("VO-2026-00001", "open", False)
    assert (order.gross.amount, order.order_type.name) == (Decimal("199.80"), "Verkooporder")
    assert (order.order_date, order.expected_delivery_date) == (
        datetime.date(2026, 12, 20), datetime.date(2026, 12, 27),
    )  # fmt: skip
    assert (order.confirmed_by, order.copied_from) == (s.manager, offer)
    assert reserved(s.branch, s.wit40) == 4
    assert (offer.status, offer.converted_to, offer.number) == ("settled", order, "OF-2026-00001")
    assert (offer.revision, offer.changed_by) == (seen + 1, s.manager)
    entry = JournalEntry.objects.latest("pk")
    assert (entry.action, entry.data["number"]) == ("sales.quotation.converted", "VO-2026-00001")


@pytest.mark.parametrize(("mode", "wanted"), [("inclusive", "Verkooporder"), ("exclusive", "Verkooporder zakelijk"),
                                              ("none", "Verkooporder")])  # fmt: skip
def test_the_order_is_of_the_first_soort_of_its_vat_mode_else_of_the_first(mode, wanted):
    s = shop()
    draft = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 4)])
    kind = factories.order_type("Offerte", quotation=True, position=9)
    drafts.set_header(order_id=draft.pk, revision=None, values={"order_type": kind.pk}, employee=s.office)
    SalesOrder.objects.filter(pk=draft.pk).update(vat_mode=mode)
    offer = confirming.confirm(order_id=draft.pk, employee=s.office)
    assert copying.convert(order_id=offer.pk, employee=s.office).order_type.name == wanted


def test_it_is_converted_once_and_then_stands_still():
    s = shop()
    offer = quotation(s)
    copying.convert(order_id=offer.pk, employee=s.office)
    for attempt in (
        lambda: copying.convert(order_id=offer.pk, employee=s.office),
        lambda: amending.amend(order_id=offer.pk, employee=s.office),
        lambda: cancelling.cancel(order_id=offer.pk, employee=s.office),
        lambda: _not_an_offerte(s),
    ):
        refused("order.status", attempt)


def _not_an_offerte(s):
    order = SalesOrder.objects.filter(quotation=False, lifecycle="confirmed").latest("pk")
    return copying.convert(order_id=order.pk, employee=s.office)


def test_what_keeps_an_order_from_being_confirmed_keeps_an_offerte_from_converting():
    s = shop()
    offer = quotation(s)
    s.branch.below_stock = Branch.BelowStock.BLOCK
    s.branch.save()
    refused("stock.short", lambda: copying.convert(order_id=offer.pk, employee=s.office))
    amending.amend(order_id=offer.pk, employee=s.manager)
    refused("order.claimed", lambda: copying.convert(order_id=offer.pk, employee=s.office))


def test_only_an_offerte_is_converted_says_the_database_too():
    s = shop()
    one, two = confirmed(s), confirmed(s)
    with pytest.raises(IntegrityError, match="order_converted_quotation"), transaction.atomic():
        SalesOrder.objects.filter(pk=one.pk).update(converted_to=two)
    offer, other = quotation(s), quotation(s)
    SalesOrder.objects.filter(pk=offer.pk).update(converted_to=two)
    with pytest.raises(IntegrityError), transaction.atomic():
        SalesOrder.objects.filter(pk=other.pk).update(converted_to=two)
