"""Order annuleren, in whole and in part, and taking it back."""

import datetime
import uuid
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from backoffice.core.errors import Refusals
from backoffice.core.models import JournalEntry
from backoffice.relations.models import Branch
from sales import status, totals
from sales.models import OrderVersion
from sales.services import amending, cancelling, confirming, drafts, lines
from tests import factories
from tests.sales.living import confirmed, everything, hand_over, line_of, pay, refused, reserved
from tests.sales.order_shop import shop
from tests.sales.test_lines import own

pytestmark = pytest.mark.django_db


def cancel(order, employee, **more):
    return cancelling.cancel(order_id=order.pk, employee=employee, **more)


def undo(order, employee):
    return cancelling.undo_cancel(order_id=order.pk, employee=employee)


def test_the_whole_order_is_cancelled_and_holds_nothing_any_more():
    s = shop()
    order = confirmed(s)
    seen = order.revision
    cancel(order, s.office, reason="Klant ziet ervan af")
    order.refresh_from_db()
    assert (order.get_status_display(), order.cancel_state) == ("Volledig geannuleerd", "all")
    assert (order.gross.amount, order.version, order.number) == (0, 2, "VO-2026-00001")
    assert order.revision == seen + 1  # a form of before is told
    assert reserved(s.branch, s.wit40) == 0
    version = OrderVersion.objects.get(order=order, version=2)
    assert (version.action, version.reason) == ("cancelled", "Klant ziet ervan af")
    told = {(c.get("title", ""), c["label"]): (c["old"], c["new"]) for c in version.changes}
    assert told == {
        ("", "Totaal"): ("€\u00a0224,80", "€\u00a00,00"),
        ("Oxford-overhemd Kade Wit 40", "Geannuleerd"): ("0", "4"),
        ("Broek inkorten", "Geannuleerd"): ("0", "2"),
    }
    entry = JournalEntry.objects.latest("pk")
    assert (entry.action, entry.version, entry.data["reason"]) == ("sales.order.cancelled", 2, "Klant ziet ervan af")
    refused("order.status", lambda: cancel(order, s.office))


def test_pieces_of_a_line_make_it_partly_cancelled():
    s = shop()
    order = confirmed(s)
    cancel(order, s.office, quantities={line_of(order, s.wit40).pk: Decimal(3)})
    order.refresh_from_db()
    assert (order.get_status_display(), order.gross.amount) == ("Gedeeltelijk geannuleerd", Decimal("74.95"))
    assert (line_of(order, s.wit40).cancelled_quantity, reserved(s.branch, s.wit40)) == (3, 1)


def test_what_is_delivered_stays_and_the_rest_is_cancelled():
    s = shop()
    order = confirmed(s)
    hand_over(order, s.wit40, 1, s.office)
    cancel(order, s.office)
    order.refresh_from_db()
    assert (order.get_status_display(), order.second_mark) == ("Volledig geleverd", "Gedeeltelijk geannuleerd")
    assert (order.gross.amount, reserved(s.branch, s.wit40)) == (Decimal("49.95"), 0)


def test_texts_go_along_with_the_last_of_the_goods():
    s = shop()
    draft = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 2)])
    lines.add_text(order_id=draft.pk, text="Bel vooraf", employee=s.office)
    order = confirming.confirm(order_id=draft.pk, employee=s.office)
    cancel(order, s.office, quantities={line_of(order, s.wit40).pk: Decimal(2)})
    order.refresh_from_db()
    assert order.status == "cancelled"


def test_wrong_pieces_are_named_per_line():
    s = shop()
    order = confirmed(s)
    shirts, shortening = line_of(order, s.wit40), line_of(order, s.inkorten)
    hand_over(order, s.wit40, 1, s.office)
    before = everything()
    for wrong in (Decimal(4), Decimal(0), Decimal("1.5"), Decimal(-1)):
        with pytest.raises(Refusals) as refusal:
            cancel(order, s.office, quantities={shirts.pk: wrong, shortening.pk: Decimal(3), 0: Decimal(1)})
        fields = [f"line-{shirts.pk}", f"line-{shortening.pk}", "line-0"]
        assert [r.field for r in refusal.value.all] == fields
    assert everything() == before
    refused("order.nothing_open", lambda: cancel(order, s.office, quantities={}))


def test_a_soort_may_forbid_it():
    s = shop()
    order = confirmed(s)
    order.order_type.may_cancel = False
    order.order_type.save()
    refused("order.type_keeps", lambda: cancel(order, s.admin))


@time_machine.travel("2026-11-24T10:00:00+01:00")
def test_a_seller_cancels_an_own_order_of_the_day_without_money():
    s = shop()
    theirs, mine, paid = confirmed(s), confirmed(s, employee=s.seller), confirmed(s, employee=s.seller)
    pay(paid, "10.00")
    refused("order.cancel_right", lambda: cancel(theirs, s.seller))
    refused("order.cancel_right", lambda: cancel(paid, s.seller))
    with time_machine.travel("2026-11-25T10:00:00+01:00"):
        refused("order.cancel_right", lambda: cancel(mine, s.seller))
    cancel(mine, s.seller)
    mine.refresh_from_db()
    assert mine.status == "cancelled"
    stranger = factories.employee("manager", factories.branch("Zwolle"))
    refused("order.unknown", lambda: cancel(theirs, stranger))
    refused("order.unknown", lambda: undo(mine, s.seller))


def name_oneself(order, person, **who) -> None:
    """Write the person at Medewerker of the order, by an amendment that the same person confirms."""
    amendment = amending.amend(order_id=order.pk, employee=person)
    values = {"employee": person.pk, **who}
    drafts.set_header(order_id=amendment.pk, revision=None, values=values, employee=person)
    amending.confirm_amendment(order_id=amendment.pk, employee=person)


def test_an_order_is_ones_own_by_entering_or_confirming_it_not_by_the_name_at_medewerker():
    s = shop()
    theirs = confirmed(s)
    name_oneself(theirs, s.seller)
    theirs.refresh_from_db()
    assert (theirs.employee, theirs.entered_by, theirs.confirmed_by) == (s.seller, s.office, s.office)
    refused("order.cancel_right", lambda: cancel(theirs, s.seller))

    draft = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 1)])
    drafts.set_header(order_id=draft.pk, revision=None, values={"employee": s.seller.pk}, employee=s.seller)
    given = confirming.confirm(order_id=draft.pk, employee=s.office)
    refused("order.cancel_right", lambda: cancel(given, s.seller))


def test_an_order_that_one_confirmed_is_ones_own_whoever_entered_it_or_stands_at_medewerker():
    s = shop()
    draft = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 1)])
    order = confirming.confirm(order_id=draft.pk, employee=s.seller)
    assert (order.entered_by, order.employee) == (s.office, s.office)
    cancel(order, s.seller)
    order.refresh_from_db()
    assert order.status == "cancelled"

    mine = confirmed(s, employee=s.seller)
    name_oneself(mine, s.office)
    cancel(mine, s.seller)
    mine.refresh_from_db()
    assert mine.status == "cancelled"


def test_money_that_would_be_left_over_is_refused_unless_it_is_settled():
    s = shop()
    order = confirmed(s)
    pay(order, "50.00")
    refusal = refused("order.money_left", lambda: cancel(order, s.office))
    assert "Betaal eerst €\u00a050,00 terug" in refusal.message

    def settle(shown, lines, old_gross):
        totals.write_paid(shown, lines, Decimal(0), employee=s.office)

    with transaction.atomic():
        cancelling.apply_cancel(cancelling.open_to_cancel(order.pk, s.office), settle=settle)
    order.refresh_from_db()
    assert (order.status, order.paid_total.amount) == ("cancelled", 0)


def test_undone_on_the_same_day_it_is_reserved_again():
    s = shop()
    order = confirmed(s)
    assert not status.allowed(order, "undo_cancel")
    with time_machine.travel(order.confirmed_at + datetime.timedelta(seconds=1)):
        cancel(order, s.office)
        order.refresh_from_db()
        assert status.allowed(order, "undo_cancel")
        undo(order, s.manager)
    order.refresh_from_db()
    assert (order.get_status_display(), order.gross.amount, order.version) == ("Openstaand", Decimal("224.80"), 3)
    assert reserved(s.branch, s.wit40) == 4
    assert order.versions.get(version=3).action == "restored"
    assert JournalEntry.objects.latest("pk").action == "sales.order.cancel_undone"
    refused("order.not_cancelled", lambda: undo(order, s.manager))


def test_cancellations_are_undone_one_by_one_the_last_one_first():
    s = shop()
    order = confirmed(s)
    line = line_of(order, s.wit40)
    cancel(order, s.office, quantities={line.pk: Decimal(1)})
    cancel(order, s.office, quantities={line.pk: Decimal(2)})
    held = []
    for _ in range(2):
        undo(order, s.office)
        held.append(reserved(s.branch, s.wit40))
    assert held == [3, 4]


def test_it_cannot_be_undone_on_another_day_or_after_an_amendment():
    s = shop()
    order = confirmed(s)
    cancel(order, s.office, quantities={line_of(order, s.wit40).pk: Decimal(1)})
    tomorrow = order.confirmed_at + datetime.timedelta(days=1)
    with time_machine.travel(tomorrow):
        refused("order.cancel_final", lambda: undo(order, s.office))
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    refused("order.claimed", lambda: undo(order, s.office))
    from sales.services import drafts

    drafts.set_header(order_id=amendment.pk, revision=None, values={"subject": "Nieuw"}, employee=s.office)
    amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    refused("order.cancel_final", lambda: undo(order, s.office))


def test_undoing_asks_the_stock_that_a_blocking_branch_has():
    s = shop()
    order = confirmed(s)
    cancel(order, s.office)
    s.branch.below_stock = Branch.BelowStock.BLOCK
    s.branch.save()
    refused("stock.short", lambda: undo(order, s.office))


@pytest.mark.parametrize("number", [10, 100])
def test_statements_do_not_depend_on_the_number_of_lines(number):
    s = shop()
    ten = factories.article("60001", "Sok", "9.95", colours=["Wit", "Zwart", "Navy", "Rood", "Taupe"], sizes=range(20))
    order = confirmed(s, items=[(variant, 2) for variant in list(ten.variants.all())[:number]])
    with CaptureQueriesContext(connection) as captured:
        cancel(order, s.office, key=uuid.uuid4())
    assert len(own(captured)) <= 13, own(captured)
    with CaptureQueriesContext(connection) as captured:
        undo(order, s.office)
    assert len(own(captured)) <= 13, own(captured)
