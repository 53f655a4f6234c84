"""The day of a sale is that of the session it is paid in: its date, its VAT rates, its receipt and every overview."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from backoffice.core.errors import Stale
from payments.models import TerminalPayment, TillSession
from payments.selectors import reports, session_vat
from payments.services import sessions
from pos import roll
from pos.models import Receipt, TillSeat
from pos.services import checking_out, day_open, make_order, refunds, seats
from pos.slip import slip
from sales.models import SalesOrder
from sales.services import drafts, lines, returning
from tests import factories
from tests.invariants import broken, holds
from tests.payments.shop import methods
from tests.pos import counter

pytestmark = pytest.mark.django_db
D = Decimal
NEW_YEARS_EVE, SECOND = date(2026, 12, 31), date(2027, 1, 2)
EVENING, AFTER_MIDNIGHT = "2026-12-31T16:00:00+01:00", "2027-01-01T00:20:00+01:00"
MORNING = "2027-01-02T09:00:00+01:00"


@pytest.fixture
def s():
    """21 % until New Year's Eve of 2026 and 24 % from then on; a coat of 124,00 including VAT."""
    with time_machine.travel(EVENING):
        made = counter.shop()
        made.method = methods()
        for till in (made.till, made.other):
            counter.register(till)
            TillSeat.objects.create(till=till, device_hash="")
        factories.change_of_rate("24")
        made.coat = factories.article("40001", "Jas", "124.00", stocked=False).variants.get()
        yield made


@contextmanager
def at(moment: str):
    with time_machine.travel(moment):
        yield


def open_till(s, till=None) -> TillSession:
    return day_open.open_till(till_id=(till or s.till).pk, float_amount=D(0), employee=s.seller)


def close_till(session, s, cash: int = 0) -> TillSession:
    counted = {"1": cash} if cash else {}
    return sessions.close_session(session_id=session.pk, denominations=counted, employee=s.manager, reason="")


def basket(s, *variants) -> SalesOrder:
    seat = seats.begin(till_id=s.till.pk, employee=s.seller)
    items = [(variant.pk, D(1)) for variant in variants or (s.coat,)]
    return lines.add(order_id=seat.order_id, items=items, employee=s.seller)


def pay(s, amount="124", till=None, **more) -> Receipt:
    tenders = [(s.method.contant.pk, D(amount))]
    return checking_out.check_out(till_id=(till or s.till).pk, tenders=tenders, employee=s.seller, **more)


def vat_of(order) -> dict[str, tuple[str, str]]:
    """{percentage: (VAT, including)} of an order, EUR."""
    rows = order.vat_rows.all()
    return {f"{row.percent:f}": (str(row.vat.amount), str(row.gross.amount)) for row in rows if row.gross.amount}


def taken(session) -> list[tuple[str, str, str]]:
    """The VAT of a session: [(percentage, VAT, including)]."""
    return [(f"{part.percent:f}", str(part.vat), str(part.gross)) for part in session_vat(session)]


def overview(s, first: date, last: date) -> Decimal:
    """What the VAT overview of these days gives as VAT in all, EUR."""
    table = reports.vat(reports.Asked(first, last, [s.branch.pk]))
    return table.totals[-2]


def test_a_basket_that_waited_over_new_year_is_sold_on_the_day_and_at_the_rate_it_is_paid(s):
    first = open_till(s)
    order = basket(s)
    assert (order.order_date, vat_of(order)) == (NEW_YEARS_EVE, {"21.00": ("21.52", "124.00")})
    seats.park(till_id=s.till.pk, name="Tas", employee=s.seller)
    close_till(first, s)
    with at(MORNING):
        second = open_till(s)
        seats.resume(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
        order.refresh_from_db()
        assert (order.order_date, vat_of(order)) == (SECOND, {"24.00": ("24.00", "124.00")})
        receipt = pay(s)
    order.refresh_from_db()
    assert (receipt.order, order.order_date, order.status) == (order, SECOND, "settled")
    assert receipt.number == f"{s.branch.code}1-2027-000001"
    assert taken(second) == [("24.00", "24.00", "124.00")]
    assert (overview(s, NEW_YEARS_EVE, NEW_YEARS_EVE), overview(s, SECOND, SECOND)) == (0, D("24.00"))
    holds()


def test_a_basket_that_lay_on_the_counter_overnight_is_of_the_day_that_the_till_is_opened_for(s):
    first = open_till(s)
    order = basket(s)
    close_till(first, s)
    with at(MORNING):
        second = open_till(s)
        order.refresh_from_db()
        assert (order.order_date, vat_of(order)) == (SECOND, {"24.00": ("24.00", "124.00")})
        pay(s)
    assert taken(second) == [("24.00", "24.00", "124.00")] and taken(first) == []
    holds()


def test_at_checkout_a_basket_takes_the_day_of_the_session_whatever_it_was_before(s):
    """The session was opened by another door, which knows no counter; the total stays, so nobody is asked."""
    order = basket(s, s.coat, s.riem)
    with at(MORNING):
        session = sessions.open_session(till_id=s.till.pk, float_amount=D(0), employee=s.seller)
        pay(s, "153.95", seen_left=D("153.95"))
    order.refresh_from_db()
    # 153,95 including VAT at 24 %: 124,15 and 29,80
    assert (order.order_date, vat_of(order), order.version) == (SECOND, {"24.00": ("29.80", "153.95")}, 1)
    assert {line.vat_percent for line in order.lines.all()} == {24} and taken(session) == [("24.00", "29.80", "153.95")]
    assert order.versions.get().snapshot["header"]["order_date"] == "2027-01-02"
    holds()


def test_a_basket_is_of_the_day_of_the_till_that_takes_it_up(s):
    """The other till is still open from New Year's Eve: its day has not ended."""
    evening = open_till(s, s.other)
    with at(MORNING):
        open_till(s)
        order = basket(s)
        assert order.order_date == SECOND
        seats.park(till_id=s.till.pk, name="Tas", employee=s.seller)
        seats.resume(till_id=s.other.pk, order_id=order.pk, employee=s.seller)
        receipt = pay(s, till=s.other)
    order.refresh_from_db()
    assert (order.order_date, vat_of(order)) == (NEW_YEARS_EVE, {"21.00": ("21.52", "124.00")})
    assert receipt.number == f"{s.branch.code}2-2026-000001" and taken(evening) == [("21.00", "21.52", "124.00")]
    holds()


def test_a_session_that_runs_past_midnight_keeps_its_day_and_its_year(s, client):
    session = open_till(s)
    before = basket(s)
    with at(AFTER_MIDNIGHT):
        first = pay(s)
        counter.sit(client, s.till, s.seller)
        code = factories.code_of(s.coat)
        client.post(reverse("pos:scan"), {"code": code, "key": counter.key()}, headers={"HX-Request": "true"})
        after = SalesOrder.objects.exclude(pk=before.pk).get()
        assert (after.order_date, vat_of(after)) == (NEW_YEARS_EVE, {"21.00": ("21.52", "124.00")})
        second = pay(s)
        closed = close_till(session, s, 248)
    assert [each.number[-11:] for each in (first, second)] == ["2026-000001", "2026-000002"]
    paper = roll.rows(slip(second), 42)
    for told in ((second.number, "01-01-2027 00:20"), ("Kassadag", "31-12-2026")):
        assert roll.pair(*told, 42)[0] in paper
    assert "31-12-2026" in client.get(reverse("pos:receipt", args=[second.pk])).content.decode()
    assert closed.z_number == f"{s.branch.code}1-2026-Z00001"
    assert [order.order_date for order in SalesOrder.objects.filter(lifecycle="confirmed")] == [NEW_YEARS_EVE] * 2
    assert taken(session) == [("21.00", "43.04", "248.00")]
    assert overview(s, NEW_YEARS_EVE, NEW_YEARS_EVE) == D("43.04") and overview(s, date(2027, 1, 1), SECOND) == 0
    holds()


def test_what_comes_back_keeps_the_rate_it_was_sold_at_whatever_the_day(s):
    first = open_till(s)
    basket(s)
    sold = pay(s)
    back = basket(s, s.riem)  # 29,95
    coat = sold.order.lines.get()
    returning.take_back(
        order_id=back.pk, source_id=sold.order_id, pieces={coat.pk: D(1)}, reason="te klein", employee=s.seller
    )
    seats.park(till_id=s.till.pk, name="Ruil", employee=s.seller)
    close_till(first, s, 124)
    with at(MORNING):
        open_till(s)
        seats.resume(till_id=s.till.pk, order_id=back.pk, employee=s.seller)
    back.refresh_from_db()
    assert (back.order_date, back.gross.amount) == (SECOND, D("-94.05"))
    assert vat_of(back) == {"21.00": ("-21.52", "-124.00"), "24.00": ("5.80", "29.95")}


def test_a_price_without_vat_costs_what_the_day_asks_and_nobody_pays_an_amount_that_was_not_seen(s, client):
    """100,00 excluding VAT is 121,00 on New Year's Eve and 124,00 on the second of January."""
    order = priced_without_vat(s)
    with at(MORNING):
        open_till(s)
        SalesOrder.objects.filter(pk=order.pk).update(order_date=NEW_YEARS_EVE)  # as no door leaves it
        order.lines.update(vat_percent=21)
        drafts.set_header(order_id=order.pk, revision=None, values={"subject": "x"}, employee=s.seller)
        with pytest.raises(Stale):
            pay(s, "121", seen_left=D("121.00"))
        order.refresh_from_db()
        assert (order.order_date, order.gross.amount, order.lifecycle) == (NEW_YEARS_EVE, D("121.00"), "draft")
        counter.sit(client, s.till, s.seller)
        sent = {"key": counter.key(), "tender": f"{s.method.contant.pk}:121,00", "left": "121,00"}
        page = client.post(reverse("pos:checkout"), sent)
        assert page.status_code == 409 and "124,00" in page.content.decode()
        order.refresh_from_db()
        assert (order.order_date, order.gross.amount) == (SECOND, D("124.00"))
        assert pay(s, "124", seen_left=D("124.00")).order == order
    holds()


def priced_without_vat(s) -> SalesOrder:
    """A basket of 100,00 excluding VAT, of New Year's Eve, on the counter of a till that is closed."""
    business = factories.order_type("Verkooporder zakelijk")
    order = basket(s)
    drafts.set_header(order_id=order.pk, revision=None, values={"order_type": business.pk}, employee=s.seller)
    line = order.all_lines[0]
    values = {"price": D("100"), "reason": "afspraak"}
    order = lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values=values, employee=s.manager)
    assert (order.order_date, order.gross.amount) == (NEW_YEARS_EVE, D("121.00"))
    return order


def test_the_terminal_is_asked_for_what_the_basket_costs_on_the_day_of_the_session(s):
    order = priced_without_vat(s)
    with at(MORNING):
        session = sessions.open_session(till_id=s.till.pk, float_amount=D(0), employee=s.seller)
        asked = {"session_id": session.pk, "method_id": s.method.pin.pk, "on": SECOND, "employee": s.seller}
        with pytest.raises(Stale):
            refunds.start_pin(order=order, amount=D("121.00"), key=counter.key(), **asked)
        assert TerminalPayment.objects.count() == 0
        order.refresh_from_db()
        assert (order.order_date, order.gross.amount) == (SECOND, D("124.00"))
        payment = refunds.start_pin(order=order, amount=D("124.00"), key=counter.key(), **asked)
        assert payment.amount.amount == D("124.00")


def test_an_order_that_is_placed_from_a_basket_is_of_the_day_that_it_is_placed(s):
    order = basket(s)
    values = {"customer": s.customer.pk, "expected_delivery_date": date(2027, 1, 9)}
    drafts.set_header(order_id=order.pk, revision=None, values=values, employee=s.seller)
    with at(MORNING):
        placed = make_order.place(till_id=s.till.pk, employee=s.seller).order
    placed.refresh_from_db()
    assert (placed.order_date, placed.number, vat_of(placed)) == (
        SECOND, "VO-2027-00001", {"24.00": ("24.00", "124.00")},
    )  # fmt: skip
    holds()


def test_a_day_that_does_not_change_costs_no_statement(s):
    open_till(s)
    basket(s)
    with CaptureQueriesContext(connection) as done:
        seats.follow_day(till_id=s.till.pk, employee=s.seller)
    sql = [query["sql"] for query in done]
    assert not [text for text in sql if text.startswith(("UPDATE", "INSERT", "WITH", 'SELECT "catalog_vatrate"'))]


def test_a_sale_of_another_day_than_its_session_is_reported(s):
    open_till(s)
    basket(s)
    receipt = pay(s)
    assert broken(13) == []
    SalesOrder.objects.filter(pk=receipt.order_id).update(order_date="2026-12-30", changed_at=timezone.now())
    (breach,) = broken(13)
    assert f"receipt {receipt.number}: its sale is of 2026-12-30, its session of 2026-12-31" in breach
    with connection.cursor() as cursor:  # what the migration does to sales of before
        cursor.execute(import_module("pos.migrations.0003_day_of_sales").DAYS)
    assert broken(13) == []
