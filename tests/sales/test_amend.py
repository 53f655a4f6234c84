"""Wijzigen: an amendment is staged beside the order, and applied as a whole."""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.errors import Refusal, Refusals, Stale
from backoffice.core.models import JournalEntry
from backoffice.relations.models import Branch
from sales.models import OrderVersion, SalesOrder
from sales.services import amending, cancelling, confirming, delivering, drafts, lines, matrix
from tests import factories
from tests.sales.living import (
    amend,
    confirm_amendment,
    confirmed,
    everything,
    hand_over,
    line_of,
    refused,
    reserved,
    set_quantity,
)
from tests.sales.order_shop import pieces, shop
from tests.sales.test_lines import own

pytestmark = pytest.mark.django_db


def test_an_amendment_is_a_copy_that_nobody_counts():
    s = shop()
    order = confirmed(s)
    hand_over(order, s.wit40, 1, s.office)
    before = everything()
    amendment = amend(order, s.office)
    assert (amendment.number, amendment.lifecycle, amendment.listed) == ("", "draft", False)
    assert (amendment.amends_id, amendment.claimed_by) == (order.pk, s.office)
    assert pieces(amendment) == pieces(order)
    copied, original = line_of(amendment, s.wit40), line_of(order, s.wit40)
    assert (copied.key, copied.delivered_quantity) == (original.key, 1)
    assert amendment.gross == order.gross
    after = everything()
    assert after["StockLevel"] == before["StockLevel"]
    assert [row for row in after["SalesOrder"] if row["id"] == order.pk] == before["SalesOrder"]
    assert amend(order, s.office).pk == amendment.pk
    assert not s.customer.orders.filter(listed=True).exclude(pk=order.pk).exists()


def test_confirming_applies_the_difference_and_adds_a_version():
    s = shop()
    order = confirmed(s)
    amendment = amend(order, s.office)
    set_quantity(amendment, s.wit40, 6, s.office)
    lines.delete(order_id=amendment.pk, line_ids=[line_of(amendment, s.inkorten).pk], employee=s.office)
    lines.add(order_id=amendment.pk, items=[(s.riem.pk, Decimal(1))], employee=s.office)
    drafts.set_header(order_id=amendment.pk, revision=None, values={"subject": "Spoed"}, employee=s.office)
    assert reserved(s.branch, s.wit40) == 4
    key, seen = line_of(order, s.wit40).key, order.revision
    told = confirm_amendment(amendment, s.office)
    order.refresh_from_db()
    assert told == order
    assert pieces(order) == [("Wit 40", 6), ("Riem Tuig", 1)]
    assert line_of(order, s.wit40).key == key
    assert (order.number, order.version, order.subject, order.revision) == ("VO-2026-00001", 2, "Spoed", seen + 1)
    assert order.gross.amount == Decimal("329.65")
    assert sum(row.gross.amount for row in order.vat_rows.all()) == Decimal("329.65")
    assert (reserved(s.branch, s.wit40), reserved(s.branch, s.riem)) == (6, 1)
    amendment.refresh_from_db()
    assert amendment.lifecycle == "discarded"
    version = OrderVersion.objects.get(order=order, version=2)
    assert (version.action, version.employee) == ("amended", s.office)
    told = {(c.get("title", ""), c["label"]): (c["old"], c["new"]) for c in version.changes}
    assert told[("", "Betreft")] == ("", "Spoed")
    assert told[("Oxford-overhemd Kade Wit 40", "Aantal")] == ("4", "6")
    assert told[("Riem Tuig", "Regel toegevoegd")] == ("", "1 × 29,95")
    assert told[("Broek inkorten", "Regel vervallen")] == ("2 × 12,50", "")
    assert told[("", "Totaal")] == ("€\u00a0224,80", "€\u00a0329,65")
    entry = JournalEntry.objects.latest("pk")
    assert (entry.action, entry.version, entry.object_id) == ("sales.order.amended", 2, str(order.pk))


def test_confirming_without_a_change_writes_no_version():
    s = shop()
    order = confirmed(s)
    told = confirm_amendment(amend(order, s.office), s.office)
    order.refresh_from_db()
    assert (order.version, told.new_version) == (1, None)
    assert not SalesOrder.objects.filter(amends=order, lifecycle="draft").exists()


def test_a_discount_of_nothing_is_no_change_in_any_mode():
    s = shop()
    order = confirmed(s, customer=factories.customer("Zakelijk", vat_mode="exclusive"))
    amendment = amend(order, s.office)
    drafts.set_discount(order_id=amendment.pk, percent=Decimal(0), employee=s.office)
    who = {"order_id": amendment.pk, "line_id": line_of(amendment, s.wit40).pk, "revision": None, "employee": s.office}
    lines.set_line(values={"discount": ("percent", Decimal(0))}, **who)
    assert confirm_amendment(amendment, s.office).new_version is None
    assert SalesOrder.objects.get(pk=order.pk).version == 1


def test_a_discount_beyond_the_ceiling_that_is_taken_back_is_no_change():
    """35 % on the whole, with a reason, and 0 % again: nobody's reason is left on a line as a change."""
    s = shop()
    order = confirmed(s)
    amendment = amend(order, s.manager)
    drafts.set_discount(order_id=amendment.pk, percent=Decimal(35), reason="partij", employee=s.manager)
    drafts.set_discount(order_id=amendment.pk, percent=Decimal(0), employee=s.manager)
    assert confirm_amendment(amendment, s.manager).new_version is None
    assert SalesOrder.objects.get(pk=order.pk).version == 1


def test_a_discount_in_euros_that_is_taken_back_is_no_change_in_another_mode():
    """2,33 off the whole and off a line of an exclusive order, and nothing again: no mode of a discount is left."""
    s = shop()
    order = confirmed(s, customer=factories.customer("Zakelijk", vat_mode="exclusive"))
    amendment = amend(order, s.office)
    who = {"order_id": amendment.pk, "line_id": line_of(amendment, s.wit40).pk, "revision": None, "employee": s.office}
    for off in ("2.33", "0"):
        drafts.set_discount(order_id=amendment.pk, amount=Decimal(off), employee=s.office)
        lines.set_line(values={"discount": ("amount", Decimal(off))}, **who)
    assert confirm_amendment(amendment, s.office).new_version is None
    assert SalesOrder.objects.get(pk=order.pk).version == 1


def test_an_order_of_which_a_line_was_taken_off_before_it_was_confirmed_is_no_change():
    """Lines 1 and 3 are left of it; its amendment numbers them 1 and 2."""
    s = shop()
    order = factories.draft(
        employee=s.office, branch=s.branch, customer=s.customer, items=[(s.wit40, 4), (s.riem, 1), (s.inkorten, 2)]
    )
    lines.delete(order_id=order.pk, line_ids=[line_of(order, s.riem).pk], employee=s.office)
    order = confirming.confirm(order_id=order.pk, employee=s.office)
    assert confirm_amendment(amend(order, s.office), s.office).new_version is None
    assert SalesOrder.objects.get(pk=order.pk).version == 1


def test_discarding_leaves_the_order_as_it_was():
    s = shop()
    order = confirmed(s)
    before = everything()
    amendment = amend(order, s.office)
    set_quantity(amendment, s.wit40, 9, s.office)
    amending.discard_amendment(order_id=amendment.pk, employee=s.office)
    after = everything()
    assert after["SalesOrder"][:1] == before["SalesOrder"]
    assert (after["StockLevel"], after["OrderVersion"]) == (before["StockLevel"], before["OrderVersion"])
    assert JournalEntry.objects.latest("pk").action == "sales.amendment.discarded"
    assert amend(order, s.manager).pk != amendment.pk


def test_not_below_what_is_delivered_and_cancelled():
    s = shop()
    order = confirmed(s, items=[(s.wit40, 6), (s.inkorten, 2)])
    hand_over(order, s.wit40, 2, s.office)
    cancelling.cancel(order_id=order.pk, employee=s.office, quantities={line_of(order, s.wit40).pk: Decimal(1)})
    amendment = amend(order, s.office)
    line = line_of(amendment, s.wit40)
    refusal = refused("line.done", lambda: set_quantity(amendment, s.wit40, 2, s.office))
    assert refusal.message == "Hiervan is al 2 geleverd en 1 geannuleerd; vul 3 of meer in."
    refusal = refused("line.done", lambda: lines.delete(order_id=amendment.pk, line_ids=[line.pk], employee=s.office))
    assert "kan niet worden verwijderd" in refusal.message
    cells = [matrix.Cell(s.wit40.pk, Decimal(2), Decimal(6))]
    refusal = refused(
        "line.done",
        lambda: matrix.save(order_id=amendment.pk, article_id=s.shirt.pk, cells=cells, employee=s.office),
    )
    assert "Wit 40" in refusal.message and "vul 3 of meer in" in refusal.message
    set_quantity(amendment, s.wit40, 3, s.office)
    confirm_amendment(amendment, s.office)
    order.refresh_from_db()
    assert (line_of(order, s.wit40).open_quantity, reserved(s.branch, s.wit40)) == (0, 0)


def test_where_the_branch_blocks_more_than_is_free_is_refused():
    s = shop()
    order = confirmed(s)
    s.branch.below_stock = Branch.BelowStock.BLOCK
    s.branch.save()
    amendment = amend(order, s.office)
    set_quantity(amendment, s.wit40, 5, s.office)
    refused("stock.short", lambda: confirm_amendment(amendment, s.office))
    set_quantity(amendment, s.wit40, 3, s.office)
    confirm_amendment(amendment, s.office)
    assert reserved(s.branch, s.wit40) == 3


def test_another_branch_takes_the_reservation_along():
    s = shop()
    order = confirmed(s)
    hand_over(order, s.wit40, 1, s.office)
    zwolle = factories.branch("Zwolle")
    amendment = amend(order, s.office)
    drafts.set_header(order_id=amendment.pk, revision=None, values={"branch": zwolle.pk}, employee=s.office)
    confirm_amendment(amendment, s.office)
    order.refresh_from_db()
    assert (order.branch, reserved(s.branch, s.wit40), reserved(zwolle, s.wit40)) == (zwolle, 0, 3)


def test_a_customer_with_another_vat_mode_asks_first():
    s = shop()
    order = confirmed(s)
    amendment = amend(order, s.office)
    firm = factories.customer("Firma", company="Firma B.V.", vat_mode="exclusive")
    change = {"order_id": amendment.pk, "revision": None, "values": {"customer": firm.pk}, "employee": s.office}
    refusal = refused("order.repriced", lambda: drafts.set_header(**change))
    assert (refusal.old, refusal.mode) == (Decimal("224.80"), "Exclusief BTW")
    drafts.set_header(**change, sure=True)
    amendment.refresh_from_db()
    assert (amendment.customer, amendment.vat_mode) == (firm, "exclusive")
    assert refusal.new == amendment.gross.amount


def test_a_date_with_another_vat_rate_asks_first():
    s = shop()
    order = confirmed(s)
    high = factories.vat_rates()["high"]
    high.valid_to = datetime.date(2026, 12, 31)
    high.save()
    type(high).objects.create(code="high", name="Hoog", percent=Decimal(22), valid_from=datetime.date(2027, 1, 1))
    amendment = amend(order, s.office)
    values = {"order_date": datetime.date(2027, 1, 4), "expected_delivery_date": datetime.date(2027, 1, 5)}
    change = {"order_id": amendment.pk, "revision": None, "values": values, "employee": s.office}
    refused("order.repriced", lambda: drafts.set_header(**change))
    drafts.set_header(**change, sure=True)
    confirm_amendment(amendment, s.office)
    assert (line_of(order, s.wit40).vat_percent, line_of(order, s.inkorten).vat_percent) == (22, 9)


def test_a_line_that_was_delivered_and_taken_back_stays_as_cancelled():
    s = shop()
    order = confirmed(s, items=[(s.wit40, 4), (s.riem, 1)])
    delivery = hand_over(order, s.riem, 1, s.office)
    delivering.cancel_delivery(delivery_id=delivery.pk, employee=s.office)
    before = line_of(order, s.riem)
    amendment = amend(order, s.manager)
    lines.delete(order_id=amendment.pk, line_ids=[line_of(amendment, s.riem).pk], employee=s.manager)
    confirm_amendment(amendment, s.manager)
    line = line_of(order, s.riem)
    assert (line.quantity, line.cancelled_quantity, reserved(s.branch, s.riem)) == (1, 1, 0)
    assert (line.changed_by, line.revision) == (s.manager, before.revision + 1)
    order.refresh_from_db()
    assert (order.status, order.gross.amount) == ("part_cancelled", Decimal("199.80"))


def test_an_amendment_is_no_order_to_confirm_drop_or_cancel():
    s = shop()
    amendment, other = amend(confirmed(s), s.office), confirmed(s)
    for attempt in (
        lambda: confirming.confirm(order_id=amendment.pk, employee=s.office),
        lambda: drafts.discard(order_id=amendment.pk, employee=s.office),
        lambda: amend(amendment, s.office),
    ):
        before = everything()
        with pytest.raises(Refusal):
            attempt()
        assert everything() == before
    refused("order.unknown", lambda: confirm_amendment(other, s.office))


def test_an_emptied_amendment_names_what_is_missing():
    s = shop()
    order = confirmed(s)
    amendment = amend(order, s.office)
    gone = [line.pk for line in amendment.lines.all()]
    lines.delete(order_id=amendment.pk, line_ids=gone, employee=s.office)
    drafts.set_header(order_id=amendment.pk, revision=None, values={"customer": None}, employee=s.office, sure=True)
    before = everything()
    with pytest.raises(Refusals) as refusal:
        confirm_amendment(amendment, s.office)
    assert [r.field for r in refusal.value.all] == ["customer", "lines"]
    assert everything() == before


def test_a_stale_confirmation_and_one_key_twice():
    s = shop()
    order = confirmed(s)
    amendment = amend(order, s.office)
    first = amendment.revision
    drafts.set_header(order_id=amendment.pk, revision=None, values={"subject": "Anders"}, employee=s.office)
    with pytest.raises(Stale):
        confirm_amendment(amendment, s.office, revision=first)
    key = uuid.uuid4()
    told = [confirm_amendment(amendment, s.office, key=key) for _ in range(2)]
    assert told == [order, order]
    order.refresh_from_db()
    assert (order.version, order.versions.count()) == (2, 2)


def test_moving_lines_is_a_change_too():
    s = shop()
    order = confirmed(s)
    amendment = amend(order, s.office)
    lines.move(order_id=amendment.pk, line_id=line_of(amendment, s.inkorten).pk, steps=-1, employee=s.office)
    confirm_amendment(amendment, s.office)
    assert pieces(order) == [("Broek inkorten", 2), ("Wit 40", 4)]
    assert [c["label"] for c in order.versions.latest("version").changes] == ["Volgorde van de regels"]


@pytest.mark.parametrize("number", [10, 100])
def test_statements_do_not_depend_on_the_number_of_lines(number):
    s = shop()
    ten = factories.article("60001", "Sok", "9.95", colours=["Wit", "Zwart", "Navy", "Rood", "Taupe"], sizes=range(22))
    variants = list(ten.variants.all())
    order = confirmed(s, items=[(variant, 2) for variant in variants[:number]])
    amendment = amend(order, s.office)
    cells = [matrix.Cell(variant.pk, Decimal(3), Decimal(2)) for variant in variants[1:number]]
    cells += [matrix.Cell(variants[0].pk, Decimal(0), Decimal(2)), matrix.Cell(variants[-1].pk, Decimal(1), Decimal(0))]
    matrix.save(order_id=amendment.pk, article_id=ten.pk, cells=cells, employee=s.office)
    with CaptureQueriesContext(connection) as captured:
        confirm_amendment(amendment, s.office, key=uuid.uuid4())
    assert len(own(captured)) <= 15, own(captured)
    assert pieces(order) == pieces(amendment)
