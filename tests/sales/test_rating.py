"""A VAT rate that changes between an order and its delivery: who follows, which price stays, and what was paid."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from payments.models import LedgerEntry, TerminalPayment
from payments.services.depositing import deposit
from payments.services.sessions import open_session
from sales.documents.models import PackingSlip
from sales.documents.services import packing
from sales.models import OrderVersion, SalesOrder
from sales.services import amending, cancelling, confirming, delivering, drafts, lines, matrix, rating, selling
from tests import factories
from tests.invariants import holds
from tests.payments import shop as money
from tests.payments.shop import split
from tests.sales.delivery_shop import state

pytestmark = pytest.mark.django_db
D = Decimal
NBSP = "\u00a0"
EVENING, MORNING = "2026-12-31T16:00:00+01:00", "2027-01-02T09:00:00+01:00"
YEAR_AFTER = "2028-01-03T09:00:00+01:00"


@pytest.fixture
def s():
    """It is New Year's Eve of 2026; the rate of 21 % is said to become 24 % by each test."""
    with time_machine.travel(EVENING):
        made = money.shop()
        for code in ("high", "low", "zero"):
            assert factories.vat_rates()[code].undelivered == "follow"
        yield made


def ordered(s, *prices, pieces=1, **more):
    """An order of New Year's Eve at 21 %; a line per price, EUR including VAT."""
    order = money.order(s, *prices, confirmed=False, **more)
    if pieces != 1:
        for line in order.lines.all():
            values = {"quantity": D(pieces)}
            lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values=values, employee=s.office)
    order = confirming.confirm(order_id=order.pk, employee=s.office)
    order.refresh_from_db()
    return order


def paid(s, order, amount):
    deposit(order_id=order.pk, tenders=[(s.method.bank.pk, D(amount))], employee=s.office)


def leave(s, order, *numbers, pieces=None, **answer):
    """A packing slip on the second of January for the lines with these numbers, all when none is named."""
    chosen = list(order.lines.order_by("position"))
    chosen = [chosen[number - 1] for number in numbers] if numbers else chosen
    quantities = {line.pk: D(pieces) if pieces else line.open_quantity for line in chosen}
    with time_machine.travel(answer.pop("at", MORNING)):
        slip = packing.create_slip(order_id=order.pk, quantities=quantities, employee=s.office, **answer)
    order.refresh_from_db()
    return slip


def asked(s, order, *numbers, **more) -> rating.Question:
    """What is asked at the delivery; nothing has changed then."""
    before = (*state(order), OrderVersion.objects.count(), LedgerEntry.objects.count())
    with pytest.raises(rating.RatesChanged) as question:
        leave(s, order, *numbers, **more)
    assert (*state(order), OrderVersion.objects.count(), LedgerEntry.objects.count()) == before
    return question.value.question


def figures(order) -> tuple:
    """(total, {percentage: (net, VAT, including)})."""
    order.refresh_from_db()
    return str(order.gross.amount), {percent: row for percent, row in money.owed(order).items() if row[2] != "0.00"}


def test_it_is_asked_at_the_delivery_whether_the_price_with_or_without_vat_stays(s):
    factories.change_of_rate("24")
    order = ordered(s, "121.00")
    question = asked(s, order)
    assert (question.old, question.inclusive, question.exclusive) == (D("121.00"), D("121.00"), D("124.00"))
    assert question.rates == [(D("21.00"), D("24.00"))] and question.said == f"21{NBSP}% wordt 24{NBSP}%"
    assert figures(order) == ("121.00", {"21.00": ("100.00", "21.00", "121.00")})


def test_the_price_with_vat_stays_and_what_was_paid_is_split_anew(s):
    factories.change_of_rate("24")
    order = ordered(s, "121.00")
    paid(s, order, "60.50")
    seen = SalesOrder.objects.get(pk=order.pk).revision
    leave(s, order, price_stays="inclusive")
    assert figures(order) == ("121.00", {"24.00": ("97.58", "23.42", "121.00")})
    assert split(order) == {"24.00": ("48.79", "11.71", "60.50"), "21.00": ("0.00", "0.00", "0.00")}
    assert money.rows(order) == [("deposit", "bank", D("60.50")), ("re_split", "", D("0.00"))]
    assert (order.version, order.delivery_state, order.open_amount.amount) == (2, "all", D("60.50"))
    assert order.revision == seen + 1
    version = OrderVersion.objects.get(order=order, version=2)
    assert (version.action, version.reason) == (
        "amended",
        f"Btw 21{NBSP}% wordt 24{NBSP}%; de prijs inclusief btw blijft",
    )
    assert [(c["label"], c["old"], c["new"]) for c in version.changes] == [("BTW", f"21{NBSP}%", f"24{NBSP}%")]
    written = JournalEntry.objects.filter(object_id=str(order.pk)).order_by("pk").values_list("action", flat=True)
    assert list(written)[-2:] == ["sales.order.amended", "sales.order.delivered"]
    holds()


def test_the_price_without_vat_stays_and_the_total_follows(s):
    factories.change_of_rate("24")
    order = ordered(s, "121.00")
    paid(s, order, "60.50")
    leave(s, order, price_stays="exclusive", seen_total=D("124.00"))
    assert figures(order) == ("124.00", {"24.00": ("100.00", "24.00", "124.00")})
    assert split(order)["24.00"] == ("48.79", "11.71", "60.50") and order.open_amount.amount == D("63.50")
    line = order.lines.get()
    assert (line.entered_price.amount, line.entered_mode, line.list_price.amount) == (D("100"), "exclusive", D("124"))
    paid(s, order, "63.50")
    assert split(order)["24.00"] == ("100.00", "24.00", "124.00")
    holds()


def test_an_order_that_is_priced_without_vat_is_asked_too(s):
    """100,00 excluding VAT; including it was 121,00, which at 24 % is 97,58 excluding."""
    factories.change_of_rate("24")
    kept = {}
    for stays in ("inclusive", "exclusive"):
        order = money.order(s, "1.00", vat_mode="exclusive", confirmed=False)
        values = {"price": D("100.00")}
        line = order.lines.get()
        lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values=values, sure=True, employee=s.office)
        order = confirming.confirm(order_id=order.pk, employee=s.office)
        question = asked(s, order)
        assert (question.inclusive, question.exclusive) == (D("121.00"), D("124.00"))
        leave(s, order, price_stays=stays)
        kept[stays] = figures(order)
    assert kept == {
        "inclusive": ("121.00", {"24.00": ("97.58", "23.42", "121.00")}),
        "exclusive": ("124.00", {"24.00": ("100.00", "24.00", "124.00")}),
    }
    holds()


def test_a_line_that_was_delivered_in_part_keeps_its_rate_and_is_never_split(s):
    factories.change_of_rate("24")
    order = ordered(s, "121.00", pieces=2)
    leave(s, order, pieces=1, at=EVENING)
    leave(s, order)
    assert (order.delivery_state, order.version) == ("all", 1)
    assert figures(order) == ("242.00", {"21.00": ("200.00", "42.00", "242.00")})
    holds()


def test_only_what_leaves_takes_the_new_rate(s):
    factories.change_of_rate("24")
    order = ordered(s, "121.00", "60.50")
    question = asked(s, order, 1)
    assert (question.old, question.inclusive, question.exclusive) == (D("181.50"), D("181.50"), D("184.50"))
    leave(s, order, 1, price_stays="exclusive")
    assert figures(order) == ("184.50", {"24.00": ("100.00", "24.00", "124.00"), "21.00": ("50.00", "10.50", "60.50")})
    question = asked(s, order, 2)
    assert (question.inclusive, question.exclusive) == (D("184.50"), D("186.00"))
    leave(s, order, 2, price_stays="inclusive")
    # 60,50 at 24 %: 48,79 and 11,71; together 148,79 and 35,71
    assert figures(order) == ("184.50", {"24.00": ("148.79", "35.71", "184.50")})
    holds()


def test_a_change_may_say_that_earlier_orders_keep_their_rate(s):
    factories.change_of_rate("24", undelivered="keep")
    order = ordered(s, "121.00")
    leave(s, order)
    assert (order.version, figures(order)) == (1, ("121.00", {"21.00": ("100.00", "21.00", "121.00")}))
    holds()


@pytest.mark.parametrize(
    ("first", "second", "percent"),
    [("follow", "follow", "25"), ("follow", "keep", "24"), ("keep", "follow", "25"), ("keep", "keep", "21")],
)
def test_of_two_changes_each_does_what_it_says(s, first, second, percent):
    factories.change_of_rate("24", undelivered=first)
    factories.change_of_rate("25", on=date(2028, 1, 1), undelivered=second)
    order = ordered(s, "121.00")
    leave(s, order, price_stays="inclusive", at=YEAR_AFTER)
    assert order.lines.get().vat_percent == D(percent) and order.gross.amount == D("121.00")
    holds()


def test_an_order_without_vat_is_not_asked(s):
    factories.change_of_rate("24")
    s.customer.vat_id = "DE129273398"
    s.customer.save()
    order = money.order(s, "121.00", confirmed=False)
    drafts.set_header(order_id=order.pk, revision=None, values={"customer": s.customer.pk}, employee=s.office)
    SalesOrder.objects.filter(pk=order.pk).update(vat_mode="reverse_charge")
    drafts.set_header(order_id=order.pk, revision=None, values={"subject": "x"}, employee=s.office)
    order = confirming.confirm(order_id=order.pk, employee=s.office)
    leave(s, order)
    assert (order.gross.amount, order.vat.amount, order.version) == (D("100.00"), D("0.00"), 1)
    holds()


def test_what_was_paid_beyond_the_new_total_is_told_with_the_way_out(s):
    """From 21 % to 9 %: excluding VAT kept, the order of 121,00 that was paid comes to 109,00."""
    factories.change_of_rate("9")
    order = ordered(s, "121.00")
    paid(s, order, "121.00")
    before = state(order)
    with pytest.raises(Refusal) as refused:
        leave(s, order, price_stays="exclusive")
    assert refused.value.code == "order.money_left"
    assert f"Betaal eerst €{NBSP}12,00 terug" in refused.value.message
    assert state(order) == before and order.version == 1
    leave(s, order, price_stays="inclusive")
    assert figures(order) == ("121.00", {"9.00": ("111.01", "9.99", "121.00")})
    assert split(order) == {"9.00": ("111.01", "9.99", "121.00"), "21.00": ("0.00", "0.00", "0.00")}
    assert order.status == "settled"
    holds()


def test_another_total_than_was_shown_is_asked_again(s):
    factories.change_of_rate("24")
    order = ordered(s, "121.00")
    assert asked(s, order, price_stays="exclusive", seen_total=D("123.00")).exclusive == D("124.00")
    assert asked(s, order, price_stays="anders").inclusive == D("121.00")


@pytest.mark.parametrize("kind", ["percent", "amount"])
def test_an_order_discount_is_kept_in_the_price_that_stays(s, kind):
    """10 %, or 12,10 including VAT, off 121,00: 90,00 excluding VAT, which at 24 % is 111,60."""
    factories.change_of_rate("24")
    order = money.order(s, "121.00", confirmed=False)
    off = {"percent": D("10")} if kind == "percent" else {"amount": D("12.10")}
    drafts.set_discount(order_id=order.pk, employee=s.admin, reason="vaste klant", **off)
    order = confirming.confirm(order_id=order.pk, employee=s.office)
    question = asked(s, order)
    assert (question.old, question.inclusive, question.exclusive) == (D("108.90"), D("108.90"), D("111.60"))
    leave(s, order, price_stays="exclusive")
    assert figures(order) == ("111.60", {"24.00": ("90.00", "21.60", "111.60")})
    holds()


def test_what_is_given_away_stays_free_when_a_piece_of_it_was_cancelled(s):
    factories.change_of_rate("24")
    order = money.order(s, "121.00", confirmed=False)
    line = order.lines.get()
    on = {"order_id": order.pk, "employee": s.admin}
    lines.set_line(**on, line_id=line.pk, revision=None, values={"quantity": D(2)})
    drafts.set_discount(**on, amount=D("242.00"), reason="relatiegeschenk")
    order = confirming.confirm(**on)
    cancelling.cancel(**on, quantities={line.pk: D(1)})
    leave(s, order, price_stays="exclusive")
    order.refresh_from_db()
    assert (order.gross.amount, order.discount_amount.amount, order.discount_mode) == (0, D("200.00"), "exclusive")
    holds()


@pytest.mark.parametrize(("off", "total"), [("12.10", "111.60"), ("121.00", "0.00")])
def test_a_discount_in_euro_on_a_line_is_kept_too_and_what_is_free_stays_free(s, off, total):
    factories.change_of_rate("24")
    order = money.order(s, "121.00", confirmed=False)
    values = {"discount": ("amount", D(off)), "reason": "beschadigd"}
    line = order.lines.get()
    lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values=values, employee=s.manager)
    order = confirming.confirm(order_id=order.pk, employee=s.office)
    assert asked(s, order).inclusive == D("121.00") - D(off)
    leave(s, order, price_stays="exclusive")
    assert str(order.gross.amount) == total
    holds()


def test_an_article_takes_the_rate_of_the_day_that_it_is_added(s):
    """Also in an order of before the change: scanned, in the Kleur-/maatvenster, as a copy; never onto an old line."""
    factories.change_of_rate("24")
    draft = factories.draft(employee=s.office, branch=s.branch, customer=s.customer, items=[(s.riem, 1), (s.wit40, 1)])
    order = confirming.confirm(order_id=draft.pk, employee=s.office)
    with time_machine.travel(MORNING):
        amendment = amending.amend(order_id=order.pk, employee=s.office)
        lines.scan(order_id=amendment.pk, code=factories.code_of(s.riem), employee=s.office)
        cell = matrix.Cell(s.wit40.pk, D(3), D(1))
        matrix.save(order_id=amendment.pk, article_id=s.shirt.pk, cells=[cell], employee=s.office)
        old = amendment.lines.get(variant=s.riem, vat_percent=21)
        lines.copy(order_id=amendment.pk, line_id=old.pk, employee=s.office)
        amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    found = [(line.article_number, line.quantity, line.vat_percent) for line in order.lines.order_by("position")]
    assert sorted(found) == [
        ("30001", 1, 21), ("30001", 1, 24), ("30001", 1, 24), ("48211", 1, 21), ("48211", 2, 24),
    ]  # fmt: skip
    holds()


@pytest.mark.parametrize(("undelivered", "delivered"), [("keep", 0), ("keep", 1), ("follow", 1)])
def test_more_pieces_of_a_line_that_keeps_its_rate_are_a_line_of_their_own(s, undelivered, delivered):
    factories.change_of_rate("24", undelivered=undelivered)
    order = ordered(s, "121.00", pieces=2)
    if delivered:
        leave(s, order, pieces=1, at=EVENING)
    with time_machine.travel(MORNING):
        amendment = amending.amend(order_id=order.pk, employee=s.office)
        line = amendment.lines.get()
        more = {"order_id": amendment.pk, "line_id": line.pk, "revision": None, "employee": s.office}
        for change in (
            lambda: lines.set_line(**more, values={"quantity": D(3)}),
            lambda: selling.step(order_id=amendment.pk, line_id=line.pk, steps=1, employee=s.office),
        ):
            with pytest.raises(Refusal) as refused:
                change()
            assert (refused.value.code, refused.value.field) == ("line.rate", "quantity")
        line.refresh_from_db()
        assert line.quantity == 2
        added = lines.add(order_id=amendment.pk, items=[(line.variant_id, D(1))], employee=s.office)
        assert [(row.quantity, row.vat_percent) for row in added.all_lines] == [(2, 21), (1, 24)]
        lines.set_line(**more, values={"quantity": D(1)})


def test_an_order_without_vat_takes_more_pieces_whatever_was_delivered(s):
    """2 x 100,00 verlegd, one of them delivered after 21 % became 24 %; a third is 100,00 too."""
    factories.change_of_rate("24")
    s.customer.vat_id, s.customer.vat_mode = "DE129273398", "reverse_charge"
    s.customer.save()
    order = ordered(s, "121.00", pieces=2)
    drawn = order.vat_mode, order.gross.amount
    leave(s, order, pieces=1)
    with time_machine.travel(MORNING):
        amendment = amending.amend(order_id=order.pk, employee=s.office)
        more = {"order_id": amendment.pk, "line_id": amendment.lines.get().pk, "revision": None, "employee": s.office}
        lines.set_line(**more, values={"quantity": D(3)})
        amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    assert (drawn, figures(order)[0]) == (("reverse_charge", D("200.00")), "300.00")
    holds()


def test_a_line_that_follows_at_its_delivery_takes_more_pieces(s):
    factories.change_of_rate("24")
    order = ordered(s, "121.00")
    with time_machine.travel(MORNING):
        amendment = amending.amend(order_id=order.pk, employee=s.office)
        line = amendment.lines.get()
        values = {"quantity": D(2)}
        lines.set_line(order_id=amendment.pk, line_id=line.pk, revision=None, values=values, employee=s.office)
        amending.confirm_amendment(order_id=amendment.pk, employee=s.office)
    leave(s, order, price_stays="inclusive")
    assert figures(order) == ("242.00", {"24.00": ("195.16", "46.84", "242.00")})
    holds()


def test_an_order_that_is_dated_ahead_takes_the_rates_of_its_date(s):
    factories.change_of_rate("24")
    order = factories.draft(employee=s.office, branch=s.branch, customer=s.customer, items=[(s.riem, 1)])
    drafts.set_header(order_id=order.pk, revision=None, values={"order_date": date(2027, 1, 4)}, employee=s.office)
    order = lines.add(order_id=order.pk, items=[(s.navy40.pk, D(1))], employee=s.office)
    assert {line.vat_percent for line in order.all_lines} == {D("24.00")}


def test_while_the_order_is_being_amended_the_delivery_waits_for_who_does(s):
    factories.change_of_rate("24")
    order = ordered(s, "121.00")
    amending.amend(order_id=order.pk, employee=s.manager)
    before = state(order)
    with pytest.raises(Refusal) as refused:
        leave(s, order, price_stays="inclusive")
    assert refused.value.code == "order.claimed" and s.manager.name in refused.value.message
    assert state(order) == before


def test_while_the_terminal_took_money_that_is_not_booked_the_total_stays(s):
    factories.change_of_rate("24")
    order = ordered(s, "121.00")
    session = open_session(till_id=s.till.pk, float_amount=D(0), employee=s.seller)
    TerminalPayment.objects.create(
        order=order, session=session, method=s.method.pin, employee=s.seller, amount=D("121.00"), state="approved"
    )
    before = state(order)
    with pytest.raises(Refusal) as refused:
        leave(s, order, price_stays="exclusive")
    assert refused.value.code == "payments.terminal_approved" and state(order) == before


def test_a_hand_over_asks_as_a_packing_slip_does(s):
    factories.change_of_rate("24")
    order = ordered(s, "121.00")
    given = {
        "order_id": order.pk, "quantities": {order.lines.get().pk: D(1)}, "kind": "hand_over",
        "branch_id": s.branch.pk, "employee": s.office,
    }  # fmt: skip
    with time_machine.travel(MORNING):
        with pytest.raises(rating.RatesChanged):
            delivering.deliver(**given)
        delivering.deliver(**given, price_stays="exclusive", seen_total=D("124.00"))
    assert figures(order) == ("124.00", {"24.00": ("100.00", "24.00", "124.00")})
    holds()


def test_the_screen_of_the_packing_slip_asks_with_both_totals_and_keeps_what_was_typed(s, client):
    factories.change_of_rate("24")
    order = ordered(s, "121.00")
    with time_machine.travel(MORNING):
        client.force_login(s.office)
        url = reverse("documents:slip_new", args=[order.pk])
        key = client.get(url).context["key"]
        sent = {f"quantity-{order.lines.get().pk}": "1", "note": "Voorzichtig"}
        page = client.post(url, sent | {"key": key})
        text = page.content.decode().replace("\u00a0", " ")
        assert page.status_code == 422 and not PackingSlip.objects.exists()
        assert "De prijs inclusief btw blijft: totaal € 121,00" in text
        assert "De prijs exclusief btw blijft: totaal € 124,00" in text
        assert "Voorzichtig" in text and "21 % wordt 24 %" in text
        (_inclusive, _words), (exclusive, _text) = page.context["form"].fields["price_stays"].choices
        answered = sent | {"key": page.context["key"], "price_stays": exclusive}
        assert client.post(url, answered).status_code == 303
    assert figures(order)[0] == "124.00" and PackingSlip.objects.get().note == "Voorzichtig"
    holds()


def test_where_no_rate_began_since_the_order_a_delivery_reads_none(s):
    order = ordered(s, "121.00")
    with CaptureQueriesContext(connection) as done:
        leave(s, order)
    assert order.delivery_state == "all"
    assert not [query["sql"] for query in done if query["sql"].startswith('SELECT "catalog_vatrate"')]
