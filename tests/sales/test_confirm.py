"""Verkooporder bevestigen."""

import datetime
import uuid
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.catalog.models import Branch, StockLevel
from backoffice.core.errors import Refusal, Refusals, Stale
from backoffice.core.models import JournalEntry, NumberSeries
from sales.models import OrderVersion, SalesOrder
from sales.services import confirming, drafts, lines
from tests import factories
from tests.sales.order_shop import shop
from tests.sales.test_lines import own

pytestmark = pytest.mark.django_db


def ready(s, **fields):
    values = {"employee": s.office, "customer": s.customer, "items": [(s.wit40, 4), (s.inkorten, 2)]}
    return factories.draft(**values | fields)


def nothing_happened(order):
    order.refresh_from_db()
    return (
        (order.number, order.lifecycle, order.version) == ("", "draft", 0)
        and not JournalEntry.objects.exists()
        and not OrderVersion.objects.exists()
        and not StockLevel.objects.filter(reserved__gt=0).exists()
        and not NumberSeries.objects.filter(next_value__gt=1).exists()
    )


@time_machine.travel("2026-11-24T10:00:00+01:00", tick=False)
def test_confirming_numbers_reserves_and_writes_history():
    s = shop()
    order = confirming.confirm(order_id=ready(s).pk, revision=1, employee=s.office)
    order.refresh_from_db()
    assert (order.number, order.status, order.lifecycle, order.version) == ("VO-2026-00001", "open", "confirmed", 1)
    assert (order.confirmed_by, order.payment_state, order.gross.amount) == (s.office, "none", Decimal("224.80"))
    assert order.search_text.startswith("vo-2026-00001")
    held = StockLevel.objects.get(variant=s.wit40, branch=s.branch)
    assert (held.reserved, held.on_hand) == (4, 0)
    assert not StockLevel.objects.filter(variant=s.inkorten).exists()
    version = OrderVersion.objects.get(order=order)
    assert (version.version, version.snapshot["header"]["gross"]) == (1, "224.80")
    assert [row["title"] for row in version.snapshot["lines"]] == ["Oxford-overhemd Kade Wit 40", "Broek inkorten"]
    assert version.personal["customer_name"] == "Anna Vermeer"
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.version, entry.data["gross"]) == ("sales.order.confirmed", 1, "224.80")
    second = confirming.confirm(order_id=ready(s).pk, employee=s.office)
    assert second.number == "VO-2026-00002"


def test_an_empty_order_names_everything_that_is_missing():
    s = shop()
    order = factories.draft(employee=s.office)
    with pytest.raises(Refusals) as refused:
        confirming.confirm(order_id=order.pk, employee=s.office)
    assert [r.field for r in refused.value.all] == ["customer", "lines"]
    assert nothing_happened(order)


def test_delivery_before_the_order_and_bezorgen_without_an_address_are_refused():
    s = shop()
    nameless = factories.customer("Zonderadres")
    nameless.addresses.all().delete()
    order = ready(s, customer=nameless)
    values = {
        "delivery_method": factories.delivery_method("Bezorgen").pk,
        "expected_delivery_date": order.order_date - datetime.timedelta(days=1),
    }
    drafts.set_header(order_id=order.pk, revision=None, values=values, employee=s.office)
    with pytest.raises(Refusals) as refused:
        confirming.confirm(order_id=order.pk, employee=s.office)
    assert [r.field for r in refused.value.all] == ["expected_delivery_date", "delivery_address"]
    assert nothing_happened(order)


def test_reverse_charge_asks_a_vat_id():
    s = shop()
    order = ready(s)
    SalesOrder.objects.filter(pk=order.pk).update(vat_mode="reverse_charge")
    with pytest.raises(Refusals) as refused:
        confirming.confirm(order_id=order.pk, employee=s.office)
    assert refused.value.code == "order.vat_id_missing"
    assert nothing_happened(order)


def test_a_customer_blocked_meanwhile_is_refused():
    s = shop()
    order = ready(s)
    s.customer.blocked = True
    s.customer.save()
    with pytest.raises(Refusals) as refused:
        confirming.confirm(order_id=order.pk, employee=s.office)
    assert refused.value.code == "order.customer_blocked"
    assert nothing_happened(order)


def test_where_the_branch_blocks_selling_below_stock_nothing_is_confirmed():
    s = shop()
    s.branch.below_stock = Branch.BelowStock.BLOCK
    s.branch.save()
    order = ready(s)
    with pytest.raises(Refusal) as refused:
        confirming.confirm(order_id=order.pk, employee=s.office)
    assert refused.value.code == "stock.short"
    assert "Oxford-overhemd Kade Wit 40" in refused.value.message
    assert nothing_happened(order)


def test_twice_with_one_key_is_one_confirmation_and_twice_without_is_refused():
    s = shop()
    order, key = ready(s), uuid.uuid4()
    first = confirming.confirm(order_id=order.pk, revision=1, employee=s.office, key=key)
    again = confirming.confirm(order_id=order.pk, revision=1, employee=s.office, key=key)
    assert first.number == again.number
    with pytest.raises(Refusal) as refused:
        confirming.confirm(order_id=order.pk, employee=s.office)
    assert refused.value.code == "order.status"
    assert (OrderVersion.objects.count(), JournalEntry.objects.count()) == (1, 1)


def test_a_stale_confirmation_is_refused():
    s = shop()
    order = ready(s)
    drafts.set_header(order_id=order.pk, revision=None, values={"subject": "Ander"}, employee=s.manager)
    with pytest.raises(Stale):
        confirming.confirm(order_id=order.pk, revision=1, employee=s.office)
    assert nothing_happened(order)


def test_a_confirmed_order_takes_no_more_lines():
    s = shop()
    order = confirming.confirm(order_id=ready(s).pk, employee=s.office)
    before = order.gross.amount
    for attempt in (
        lambda: lines.scan(order_id=order.pk, code=factories.code_of(s.wit40), employee=s.office),
        lambda: lines.add_text(order_id=order.pk, text="x", employee=s.office),
        lambda: drafts.set_vat_mode(order_id=order.pk, vat_mode="exclusive", employee=s.office),
        lambda: drafts.set_discount(order_id=order.pk, percent=Decimal(5), employee=s.office),
        lambda: drafts.set_header(order_id=order.pk, revision=None, values={"subject": "x"}, employee=s.office),
    ):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.code == "order.status"
    order.refresh_from_db()
    assert (order.gross.amount, order.lines.count()) == (before, 2)


@pytest.mark.parametrize("number", [10, 100])
def test_statements_do_not_depend_on_the_number_of_lines(number):
    s = shop()
    ten = factories.article("60001", "Sok", "9.95", colours=["Wit", "Zwart", "Navy", "Rood", "Taupe"], sizes=range(20))
    variants = list(ten.variants.all())[:number]
    order = ready(s, items=[(variant, 2) for variant in variants])
    confirming.confirm(order_id=ready(s).pk, employee=s.office)  # the series and the journal exist already
    with CaptureQueriesContext(connection) as captured:
        confirming.confirm(order_id=order.pk, revision=1, employee=s.office, key=uuid.uuid4())
    assert len(own(captured)) <= 13, own(captured)
    assert StockLevel.objects.filter(reserved=2).count() == number


def test_a_screen_of_before_the_confirmation_is_stale():
    s = shop()
    order = ready(s)
    seen = order.revision
    confirming.confirm(order_id=order.pk, employee=s.office)
    assert SalesOrder.objects.get(pk=order.pk).revision == seen + 1
