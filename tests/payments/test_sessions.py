"""Till sessions: opening, cash movements, X figures and the day close."""

import datetime
import uuid
from decimal import Decimal

import pytest
import time_machine

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from backoffice.relations.models import Till
from payments.models import LedgerEntry, TerminalPayment, TillSession
from payments.selectors import open_session_of, session_figures
from payments.services import ledger, sessions
from payments.services.ledger import Occasion, Tender
from payments.services.reversing import reverse
from sales.services.editing import open_order
from tests import factories
from tests.payments import shop as money
from tests.payments.shop import accounts, rows, shop

pytestmark = pytest.mark.django_db
D = Decimal


def settle(s, order, session, *tenders, kind="settlement", change=True):
    """What the till books at Afrekenen."""
    opened = open_order(order.pk, s.seller, action="pay", related=("branch",), right="payments.deposit")
    chosen = [Tender(getattr(s.method, word), D(amount)) for word, amount in tenders]
    occasion = Occasion(s.seller, s.branch, session, action="payments.till.paid")
    ledger.book(opened.order, opened.lines, chosen, occasion, kind=kind, change=change)
    order.refresh_from_db()
    return order


@time_machine.travel("2026-11-24T09:00:00+01:00", tick=False)
def test_opening_puts_the_float_in_the_drawer():
    s = shop()
    session = money.session(s, "150.00")
    assert (session.open, session.business_date, session.opened_by) == (True, datetime.date(2026, 11, 24), s.seller)
    assert open_session_of(s.till) == session
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.amount.amount, entry.session, entry.order) == ("float", D(150), session, None)
    assert accounts() == {"cash": "150.00", "safe": "-150.00"}
    assert JournalEntry.objects.get().action == "payments.session.opened"


def test_a_till_is_open_once_and_the_second_is_told_by_whom():
    s = shop()
    money.session(s)
    with pytest.raises(Refusal, match="al geopend door Marieke de Wit") as refused:
        money.session(s)
    assert refused.value.code == "payments.session_open"
    with pytest.raises(Refusal) as refused:
        sessions.open_session(
            till_id=factories.till(factories.branch("Zeist")).pk, float_amount=D(0), employee=s.seller
        )
    assert refused.value.code == "payments.till_unknown"
    assert TillSession.objects.count() == 1


def test_change_is_a_row_of_its_own_and_the_drawer_holds_the_difference():
    s = shop()
    session = money.session(s)
    order = settle(s, money.order(s, "41.33"), session, ("contant", "50.00"))
    assert rows(order) == [
        ("settlement", "cash", D("50.00")), ("change", "cash", D("-8.65")), ("rounding", "", D("-0.02")),
    ]  # fmt: skip
    assert order.payment_state == "paid"
    assert session_figures(session).expected == D("141.35")


def test_the_x_report_keeps_turnover_deposits_and_set_off_apart():
    s = shop()
    session = money.session(s)
    waiting = settle(s, money.order(s, "80.00"), session, ("contant", "20.00"), kind="deposit")
    settle(s, money.order(s, "30.00"), session, ("pin", "30.00"))
    settle(s, waiting, session, ("pin", "60.00"))
    settle(s, money.order(s, "50.00"), session, ("contant", "10.00"), kind="deposit")
    sessions.move_cash(session_id=session.pk, amount=D("25.00"), employee=s.seller, reason="naar de bank")
    shown = session_figures(session)
    assert (shown.turnover, shown.deposits, shown.set_off, shown.refunded) == (D(110), D(30), D(20), 0)
    assert (shown.float_amount, shown.drops, shown.expected) == (D(100), D(-25), D(105))
    assert shown.methods == [("Contant", "cash", D(30), 0, 2), ("Pin", "terminal", D(90), 0, 2)]


@pytest.mark.parametrize(("kind", "of"), [("settlement", "turnover"), ("deposit", "deposits")])
def test_a_payment_that_is_taken_back_leaves_nothing_of_its_change_and_rounding_in_the_x_report(kind, of):
    """41,33 paid with 50,00: 8,65 change and 0,02 rounded off; reversed they are all gone from their figures."""
    s = shop()
    session = money.session(s)
    order = settle(s, money.order(s, "41.33"), session, ("contant", "50.00"), kind=kind)
    before = session_figures(session)
    assert (getattr(before, of), before.rounding, before.expected) == (D("41.33"), D("-0.02"), D("141.35"))
    reverse(entry_id=order.entries.get(kind=kind).pk, reason="verkeerde order", employee=s.manager)
    shown = session_figures(session)
    assert (shown.turnover, shown.deposits, shown.refunded, shown.rounding) == (0, 0, 0, 0)
    assert shown.expected == D(100)


def test_more_than_lies_in_the_drawer_is_not_dropped_and_a_reason_is_asked():
    s = shop()
    session = money.session(s)
    for amount, reason, code in (
        ("100.01", "bank", "payments.drawer_short"),
        ("10.00", " ", "payments.reason"),
        ("0.00", "bank", "payments.not_positive"),
        ("-1.00", "bank", "payments.not_positive"),
    ):
        with pytest.raises(Refusal) as refused:
            sessions.move_cash(session_id=session.pk, amount=D(amount), employee=s.seller, reason=reason)
        assert refused.value.code == code
    assert session_figures(session).expected == D(100)


def test_all_that_lies_in_the_drawer_may_go_to_the_safe_and_change_comes_back():
    s = shop()
    session = money.session(s)
    sessions.move_cash(session_id=session.pk, amount=D("100.00"), employee=s.seller, reason=" naar de kluis ")
    assert session_figures(session).expected == 0
    sessions.move_cash(session_id=session.pk, amount=D("0.50"), employee=s.seller, reason="rol munten", kind="float")
    assert session_figures(session).expected == D("0.50")
    moved = LedgerEntry.objects.order_by("id")
    assert [(entry.kind, entry.amount.amount, entry.reason) for entry in moved] == [
        ("float", D(100), ""), ("drop", D(-100), "naar de kluis"), ("float", D("0.50"), "rol munten"),
    ]  # fmt: skip
    told = JournalEntry.objects.filter(object_id=str(session.pk)).order_by("sequence")
    assert [(entry.action, entry.data) for entry in told] == [
        ("payments.session.opened", {"float": "100.00"}),
        ("payments.session.drop", {"amount": "-100.00", "reason": "naar de kluis"}),
        ("payments.session.float", {"amount": "0.50", "reason": "rol munten"}),
    ]


@pytest.mark.parametrize("wrong", ["100.005", "-0.01"])
def test_a_float_is_no_part_of_a_cent_and_not_below_nothing(wrong):
    s = shop()
    with pytest.raises(Refusal) as refused:
        money.session(s, wrong)
    assert (refused.value.code, refused.value.field) == ("payments.not_positive", "float_amount")
    assert not TillSession.objects.exists()


@time_machine.travel("2026-11-24T18:00:00+01:00", tick=False)
def test_closing_counts_and_numbers_and_empties_the_drawer():
    s = shop()
    session = money.session(s)
    settle(s, money.order(s, "41.33"), session, ("contant", "50.00"))
    closed = sessions.close_session(
        session_id=session.pk, denominations={"100": 1, "20": 2, "1": 1, "0.20": 1, "0.10": 1, "0.05": 1},
        employee=s.seller, key=uuid.uuid4(),
    )  # fmt: skip
    assert (closed.expected_cash.amount, closed.counted_cash.amount) == (D("141.35"), D("141.35"))
    assert closed.z_number == f"{s.branch.code}1-2026-Z00001"
    assert closed.denominations == {"100.00": 1, "20.00": 2, "1.00": 1, "0.20": 1, "0.10": 1, "0.05": 1}
    assert not LedgerEntry.objects.filter(kind="difference").exists()
    assert accounts() == {"safe": "41.35", "rounding": "-0.02", "orders": "-41.33"}
    assert session_figures(closed).expected == D("141.35")
    assert JournalEntry.objects.filter(action="payments.session.closed").count() == 1
    again = money.session(s)
    second = sessions.close_session(session_id=again.pk, denominations={"100": 1}, employee=s.seller)
    assert second.z_number == f"{s.branch.code}1-2026-Z00002"


def test_a_difference_is_its_own_entry_with_a_reason_and_beyond_ten_euro_a_managers():
    s = shop()
    session = money.session(s)
    with pytest.raises(Refusal) as refused:
        sessions.close_session(session_id=session.pk, denominations={"50": 1, "20": 2}, employee=s.seller)
    assert refused.value.code == "payments.difference_reason"
    with pytest.raises(Refusal) as refused:
        sessions.close_session(
            session_id=session.pk, denominations={"50": 1, "20": 1, "10": 1, "5": 1}, employee=s.seller, reason="zoek"
        )
    assert refused.value.code == "payments.difference_right"
    assert refused.value.message == "Het kasverschil is meer dan €\u00a010,00. Laat een filiaalmanager sluiten."
    for too_far in ({"50": 1, "20": 1, "10": 1, "5": 1, "2": 2, "0.50": 1, "0.20": 2, "0.05": 1, "0.02": 2},
                    {"100": 1, "10": 1, "0.01": 1}):  # fmt: skip
        assert abs(100 - sessions.count(too_far)) == D("10.01")
        with pytest.raises(Refusal) as refused:
            sessions.close_session(session_id=session.pk, denominations=too_far, employee=s.seller, reason="zoek")
        assert refused.value.code == "payments.difference_right"
    assert TillSession.objects.get().open
    assert not LedgerEntry.objects.filter(kind__in=["difference", "drop"]).exists()
    sessions.close_session(
        session_id=session.pk, denominations={"50": 1, "20": 2}, employee=s.seller, reason="wisselfout"
    )
    entry = LedgerEntry.objects.get(kind="difference")
    assert (entry.amount.amount, entry.reason) == (D(-10), "wisselfout")
    assert accounts() == {"difference": "10.00", "safe": "-10.00"}


def test_a_waiting_terminal_payment_keeps_the_day_open_unless_forced_by_a_manager():
    s = shop()
    session = money.session(s)
    order = money.order(s, "55.00")
    TerminalPayment.objects.create(session=session, order=order, method=s.method.pin, employee=s.seller, amount=D(55))
    for who, force in ((s.seller, False), (s.seller, True), (s.manager, False)):
        with pytest.raises(Refusal, match=order.number) as refused:
            sessions.close_session(session_id=session.pk, denominations={"100": 1}, employee=who, force=force)
        assert refused.value.code == "payments.session_pending"
    closed = sessions.close_session(session_id=session.pk, denominations={"100": 1}, employee=s.manager, force=True)
    assert not closed.open
    assert len(JournalEntry.objects.get(action="payments.session.closed").data["forced_over"]) == 1


def test_nothing_is_booked_in_a_closed_session():
    s = shop()
    session = money.session(s)
    sessions.close_session(session_id=session.pk, denominations={"100": 1}, employee=s.seller)
    order = money.order(s, "20.00")
    with pytest.raises(Refusal) as refused:
        settle(s, order, session, ("contant", "20.00"))
    assert refused.value.code == "payments.session_closed"
    with pytest.raises(Refusal):
        sessions.move_cash(session_id=session.pk, amount=D(5), employee=s.seller, reason="bank")
    with pytest.raises(Refusal):
        sessions.close_session(session_id=session.pk, denominations={}, employee=s.seller)
    assert rows(order) == []


@pytest.mark.parametrize("wrong", [{"3": 1}, {"50": -1}, {"50": 100_000}])
def test_a_count_takes_notes_and_coins_only(wrong):
    with pytest.raises(Refusal) as refused:
        sessions.count(wrong)
    assert refused.value.code == "payments.count"
    assert sessions.count({"0.01": 99_999, "50": 0}) == D("999.99")


def test_another_branchs_money_moves_in_between():
    """Zeist's order is paid at Utrecht's till: turnover stays in Zeist, the cash lies in Utrecht."""
    s = shop()
    zeist = factories.branch("Zeist")
    order = money.order(s, "40.00", employee=s.admin, branch=zeist)
    session = money.session(s)
    opened = open_order(order.pk, s.admin, action="pay", related=("branch",), right="payments.deposit")
    occasion = Occasion(s.admin, s.branch, session)
    ledger.book(opened.order, opened.lines, [Tender(s.method.contant, D(40))], occasion, kind="settlement")
    sides = [
        (p.account, p.branch_id, p.amount.amount) for p in LedgerEntry.objects.get(order=order).postings.order_by("id")
    ]
    assert sides == [
        ("cash", s.branch.pk, D(40)), ("inter_branch", s.branch.pk, D(-40)), ("inter_branch", zeist.pk, D(40)),
        ("orders", zeist.pk, D(-40)),
    ]  # fmt: skip


def test_a_till_that_is_switched_off_is_not_opened():
    s = shop()
    Till.objects.filter(pk=s.till.pk).update(active=False)
    with pytest.raises(Refusal) as refused:
        sessions.open_session(till_id=s.till.pk, float_amount=D("100.00"), employee=s.seller)
    assert refused.value.code == "payments.till_unknown" and not TillSession.objects.exists()
