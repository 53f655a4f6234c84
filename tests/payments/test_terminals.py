"""PIN at the till: asked until known, never charged twice, booked once, never lost (docs/decisions.md, 7)."""

import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backoffice.core.errors import KeyReused, Refusal
from backoffice.core.models import JournalEntry
from payments import selectors
from payments.models import LedgerEntry, SimulatedPayment, TerminalPayment
from payments.services import sessions
from payments.services.depositing import deposit
from payments.services.ledger import Occasion, Tender
from payments.services.terminals import (
    ask_terminal,
    assign_suspense,
    book_approved,
    cancel_terminal,
    return_suspense,
    start_terminal,
    suspended,
    to_suspense,
)
from sales.models import SalesOrder
from sales.services import amending, cancelling, lines
from sales.services.editing import open_order
from tests import factories
from tests.payments import shop as money
from tests.payments.shop import accounts, owed, rows, shop, split

pytestmark = pytest.mark.django_db
D = Decimal


def start(s, order, session, amount, **more):
    values = {"method_id": s.method.pin.pk, "employee": s.seller} | more
    return start_terminal(order_id=order.pk, session_id=session.pk, amount=D(amount), **values)


def ask(s, payment):
    return ask_terminal(payment_id=payment.pk, employee=s.seller)


def charged() -> list[int]:
    return list(SimulatedPayment.objects.order_by("id").values_list("charges", flat=True))


def book(s, order, session, *approved, tenders=(), kind="settlement"):
    """What the till does after the last approval, in one transaction."""
    with transaction.atomic():
        opened = open_order(order.pk, s.seller, action="pay", related=("branch",), right="payments.deposit")
        occasion = Occasion(s.seller, s.branch, session, action="payments.till.paid")
        written = book_approved(opened.order, opened.lines, approved, occasion, tenders=tenders, kind=kind)
    order.refresh_from_db()
    return written


def basket(s, *prices):
    """A till basket: a draft order of the till."""
    order = money.order(s, *prices, confirmed=False)
    SalesOrder.objects.filter(pk=order.pk).update(channel="till", till=s.till)
    order.refresh_from_db()
    return order


def test_an_approval_is_booked_once_with_its_entry():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    payment = start(s, order, session, "60.00")
    assert (payment.state, payment.entry_id, payment.attempts) == ("waiting", None, 1)
    assert rows(order) == []
    payment = ask(s, payment)
    assert (payment.state, payment.brand, len(payment.last_four)) == ("approved", "Maestro", 4)
    (entry,) = book(s, order, session, payment)
    payment.refresh_from_db()
    assert (payment.entry, entry.reference) == (entry, payment.reference)
    assert rows(order) == [("settlement", "terminal", D(60))]
    assert (order.payment_state, split(order), charged()) == ("paid", owed(order), [1])
    with pytest.raises(Refusal) as refused:
        book(s, order, session, payment)
    assert refused.value.code == "payments.not_approved"
    assert len(rows(order)) == 1
    assert JournalEntry.objects.filter(action="payments.terminal.approved").count() == 1


def test_two_cards_and_cash_are_one_booking_after_the_last_approval():
    s = shop()
    session, order = money.session(s), money.order(s, "60.02", ("20.00", "low"))
    first = ask(s, start(s, order, session, "30.00"))
    with pytest.raises(Refusal) as refused:
        start(s, order, session, "50.03")  # 80.02 - 30.00 is left
    assert refused.value.code == "payments.too_much"
    second = ask(s, start(s, order, session, "25.00"))
    book(s, order, session, first, second, tenders=[Tender(s.method.contant, D("25.00"))])
    assert rows(order) == [
        ("settlement", "terminal", D(30)), ("settlement", "terminal", D(25)), ("settlement", "cash", D(25)),
        ("rounding", "", D("0.02")),
    ]  # fmt: skip
    assert [p.entry.amount.amount for p in TerminalPayment.objects.order_by("id")] == [D(30), D(25)]
    assert (order.payment_state, split(order)) == ("paid", owed(order))


@pytest.mark.parametrize(("amount", "state"), [("20.01", "declined"), ("20.02", "cancelled")])
def test_what_is_not_approved_is_not_booked_and_frees_the_order(amount, state):
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    payment = ask(s, start(s, order, session, amount))
    assert (payment.state, selectors.pending(order), charged()) == (state, False, [0])
    with pytest.raises(Refusal) as refused:
        book(s, order, session, payment)
    assert refused.value.code == "payments.not_approved"
    again = ask(s, start(s, order, session, "60.00"))
    assert (again.state, rows(order)) == ("approved", [])


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("20.04", ["waiting", "waiting", "waiting", "approved"]),
        ("20.06", ["unknown", "approved"]),
        ("20.07", ["unknown", "unknown", "approved"]),
    ],
)
def test_late_and_lost_answers_are_asked_until_known_and_charge_once(amount, told):
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    payment = start(s, order, session, amount)
    heard = [payment.state]
    while payment.state in ("waiting", "unknown") and len(heard) < 5:
        payment = ask(s, payment)
        heard.append(payment.state)
    assert (heard, charged()) == (told, [1])
    for _ in range(2):
        assert ask(s, payment).state == "approved"
    assert charged() == [1]


def test_the_same_key_asks_the_card_once_and_the_second_answer_is_the_first():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    key = uuid.uuid4()
    first = start(s, order, session, "20.06", key=key)
    second = start(s, order, session, "20.06", key=key)
    assert (first.state, second.pk, second.state) == ("unknown", first.pk, "approved")
    with pytest.raises(KeyReused):
        start(s, order, session, "30.00", key=key)
    assert (charged(), TerminalPayment.objects.count()) == ([1], 1)


def test_a_silent_terminal_is_broken_off_and_an_approval_that_crosses_counts():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    silent = start(s, order, session, "20.03")
    assert [ask(s, silent).state for _ in range(3)] == ["waiting"] * 3
    assert cancel_terminal(payment_id=silent.pk, employee=s.seller).state == "cancelled"
    crossing = start(s, order, session, "20.08")
    assert cancel_terminal(payment_id=crossing.pk, employee=s.seller).state == "approved"
    assert cancel_terminal(payment_id=crossing.pk, employee=s.seller).state == "approved"
    assert charged() == [0, 1]


def test_a_request_that_never_arrived_stays_unknown_until_it_is_broken_off():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    payment = start(s, order, session, "20.09")
    assert (payment.state, ask(s, payment).state) == ("unknown", "unknown")
    assert cancel_terminal(payment_id=payment.pk, employee=s.seller).state == "cancelled"
    assert charged() == [0]


def test_a_driver_that_fails_leaves_the_payment_unknown(monkeypatch):
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")

    def fail(*_args):
        raise ConnectionResetError

    with monkeypatch.context() as patched:
        patched.setattr("payments.terminals.simulator.Simulator.start", fail)
        payment = start(s, order, session, "60.00")
    assert payment.state == "unknown"
    assert ask(s, payment).state == "unknown"  # the terminal never heard of it


@pytest.mark.parametrize("amount", ["0.00", "-10.00", "10.001"])
def test_an_amount_that_cannot_be_asked(amount):
    s = shop()
    with pytest.raises(Refusal) as refused:
        start(s, money.order(s, "60.00"), money.session(s), amount)
    assert refused.value.code == "payments.not_positive"
    assert not TerminalPayment.objects.exists()


def test_who_and_what_may_not_use_the_terminal(settings):
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    desk = money.order(s, "60.00", confirmed=False)
    stranger = factories.employee("seller", factories.branch("Zeist"))
    paid = money.order(s, "60.00")
    deposit(order_id=paid.pk, tenders=[(s.method.bank.pk, D(60))], employee=s.office)
    for wrong, more, code in (
        (desk, {}, "order.status"),
        (paid, {}, "payments.not_positive"),
        (order, {"employee": stranger}, "order.unknown"),
        (order, {"method_id": s.method.contant.pk}, "payments.method_unknown"),
        (order, {"method_id": s.method.bank.pk}, "payments.method_desk_only"),
    ):
        with pytest.raises(Refusal) as refused:
            start(s, wrong, session, "10.00", **more)
        assert refused.value.code == code
    settings.TERMINAL_DRIVER = "none"
    with pytest.raises(Refusal) as refused:
        start(s, order, session, "10.00")
    assert refused.value.code == "payments.no_terminal"
    assert not TerminalPayment.objects.exists()


def test_a_basket_is_frozen_from_the_start_until_it_is_booked():
    s = shop()
    session, order = money.session(s), basket(s, "60.00")

    def edit():
        lines.add(order_id=order.pk, items=[(s.riem.pk, D(1))], employee=s.seller)

    payment = start(s, order, session, "60.00")
    with pytest.raises(Refusal, match="wacht op de pinautomaat") as refused:
        edit()
    assert refused.value.code == "payments.terminal_pending"
    with pytest.raises(Refusal) as refused:
        start(s, order, session, "60.00")
    assert refused.value.code == "payments.terminal_pending"
    ask(s, payment)
    with pytest.raises(Refusal, match="al € 60,00 gepind".replace(" 60", "\u00a060")) as refused:
        edit()
    assert refused.value.code == "payments.terminal_approved"
    order.refresh_from_db()
    assert (order.gross.amount, order.lines.count()) == (D(60), 1)
    to_suspense(payment_id=payment.pk, employee=s.seller, reason="klant is weg")
    edit()
    assert order.lines.count() == 2


def test_an_order_on_the_terminal_is_not_amended_cancelled_or_paid_at_the_desk():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    payment = start(s, order, session, "30.03")
    for work in (
        lambda: amending.confirm_amendment(order_id=amendment.pk, employee=s.office),
        lambda: amending.amend(order_id=order.pk, employee=s.office),
        lambda: cancelling.cancel(order_id=order.pk, employee=s.office),
        lambda: deposit(order_id=order.pk, tenders=[(s.method.bank.pk, D(60))], employee=s.office),
    ):
        with pytest.raises(Refusal) as refused:
            work()
        assert refused.value.code == "payments.terminal_pending"
    order.refresh_from_db()
    assert (order.paid_total.amount, order.cancel_state) == (0, "none")
    cancel_terminal(payment_id=payment.pk, employee=s.seller)
    amending.confirm_amendment(order_id=amendment.pk, employee=s.office)


def test_the_hold_costs_no_statement():
    s = shop()
    desk = money.order(s, "60.00")
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        open_order(desk.pk, s.office, action="amend")
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == 2  # the order, its lines


def test_what_is_approved_after_a_forced_close_is_booked_in_the_next_session():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    payment = start(s, order, session, "60.00")
    sessions.close_session(session_id=session.pk, denominations={"100": 1}, employee=s.manager, force=True)
    assert ask(s, payment).state == "approved"
    assert (rows(order), list(selectors.late_approvals(s.till))) == ([], [payment])
    following = money.session(s)  # opening the till takes what was approved meanwhile
    payment.refresh_from_db()
    assert (payment.entry.kind, payment.entry.session, payment.entry.amount.amount) == ("suspense", following, D(60))
    assert accounts()["suspense"] == "-60.00"
    (waiting,) = selectors.suspense()
    assert (waiting, waiting.left) == (payment.entry, D(60))
    assign_suspense(entry_id=waiting.pk, order_id=order.pk, employee=s.seller)
    order.refresh_from_db()
    assert (order.payment_state, rows(order)) == ("paid", [("suspense", "", D(60))])
    assert split(order) == owed(order)
    assert "suspense" not in accounts()
    assert not selectors.suspense().exists()
    with pytest.raises(Refusal):
        assign_suspense(entry_id=waiting.pk, order_id=money.order(s, "60.00").pk, employee=s.seller)


def test_an_approval_in_the_time_of_the_next_session_goes_straight_onto_its_order():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    payment = start(s, order, session, "60.00")
    sessions.close_session(session_id=session.pk, denominations={"100": 1}, employee=s.manager, force=True)
    following = money.session(s)
    payment = ask(s, payment)
    assert (payment.entry.kind, payment.entry.session, payment.entry.order) == ("deposit", following, order)
    order.refresh_from_db()
    assert (order.payment_state, rows(order)) == ("paid", [("deposit", "terminal", D(60))])


def test_an_approval_that_does_not_fit_its_order_any_more_goes_to_suspense_and_can_be_given_back():
    s = shop()
    session, order = money.session(s), basket(s, "60.00")
    payment = start(s, order, session, "60.00")
    sessions.close_session(session_id=session.pk, denominations={"100": 1}, employee=s.manager, force=True)
    following = money.session(s)
    payment = ask(s, payment)  # a basket takes no deposit: it was never placed
    assert (payment.entry.kind, payment.entry.session, payment.entry.order) == ("suspense", following, None)
    s.method.bank.at_desk = True
    with pytest.raises(Refusal) as refused:
        return_suspense(entry_id=payment.entry_id, method_id=s.method.bank.pk, employee=s.seller, reason="weg")
    assert refused.value.code == "payments.suspense_gone"
    with pytest.raises(Refusal) as refused:
        return_suspense(entry_id=payment.entry_id, method_id=s.method.bank.pk, employee=s.manager, reason=" ")
    assert refused.value.code == "payments.reason"
    return_suspense(entry_id=payment.entry_id, method_id=s.method.bank.pk, employee=s.manager, reason="klant was weg")
    assert {k: v for k, v in accounts().items() if k in ("suspense", "terminal", "bank")} == {
        "terminal": "60.00", "bank": "-60.00",
    }  # fmt: skip
    assert not selectors.suspense().exists()
    with pytest.raises(Refusal) as refused:
        return_suspense(entry_id=payment.entry_id, method_id=s.method.bank.pk, employee=s.manager, reason="nog eens")
    assert refused.value.code == "payments.suspense_gone"


def test_only_an_approval_that_is_not_booked_goes_to_suspense_and_no_other_goes_along():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    booked = ask(s, start(s, order, session, "60.00"))
    book(s, order, session, booked)
    waiting = start(s, money.order(s, "25.00"), session, "25.00")
    lost, other = (ask(s, start(s, money.order(s, amount), session, amount)) for amount in ("15.00", "16.00"))
    for payment in (booked, waiting):
        with pytest.raises(Refusal) as refused:
            to_suspense(payment_id=payment.pk, employee=s.manager, reason="weg")
        assert refused.value.code == "payments.not_approved"
    to_suspense(payment_id=lost.pk, employee=s.manager, reason="weg")
    assert [(entry.amount.amount, entry.reference) for entry in selectors.suspense()] == [(D(15), lost.reference)]
    other.refresh_from_db()
    assert (other.state, other.entry_id) == ("approved", None)


def test_an_approval_of_a_closed_till_waits_until_it_is_opened():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    payment = start(s, order, session, "60.00")
    sessions.close_session(session_id=session.pk, denominations={"100": 1}, employee=s.manager, force=True)
    payment = ask(s, payment)
    assert (payment.state, payment.entry_id, rows(order)) == ("approved", None, [])
    with pytest.raises(Refusal) as refused:
        to_suspense(payment_id=payment.pk, employee=s.manager, reason="weg")
    assert refused.value.code == "payments.session_closed"
    following = money.session(s)
    payment.refresh_from_db()
    assert payment.entry.session == following


def test_less_than_one_euro_on_the_card_is_asked_and_can_be_put_on_another_order():
    s = shop()
    session, order, other = money.session(s), money.order(s, "0.60"), money.order(s, "0.50")
    lost = ask(s, start(s, order, session, "0.60"))
    assert (lost.state, lost.attempts) == ("approved", 1)
    to_suspense(payment_id=lost.pk, employee=s.manager, reason="verkeerde klant")
    lost.refresh_from_db()
    with pytest.raises(Refusal, match=r"nog €.0,50 te betalen; €.0,60 past daar niet op"):
        assign_suspense(entry_id=lost.entry_id, order_id=other.pk, employee=s.manager)
    order.refresh_from_db()
    assign_suspense(entry_id=lost.entry_id, order_id=order.pk, employee=s.manager)
    order.refresh_from_db()
    assert (order.payment_state, selectors.suspense().exists()) == ("paid", False)
    with pytest.raises(Refusal, match=r"€.0,00 past daar niet op"):
        assign_suspense(entry_id=lost.entry_id, order_id=other.pk, employee=s.manager)


def test_money_that_the_card_gave_back_for_nothing_is_suspense_below_zero():
    s = shop()
    session, order = money.session(s), basket(s, "60.00")
    SalesOrder.objects.filter(pk=order.pk).update(net=D("-49.59"), vat=D("-10.41"), gross=D(-60))
    payment = ask(s, start(s, order, session, "-60.00"))
    payment = to_suspense(payment_id=payment.pk, employee=s.manager, reason="retour verwijderd")
    entry = payment.entry
    assert (entry.kind, entry.amount.amount, suspended(entry)) == ("suspense", D(-60), D(-60))
    return_suspense(entry_id=entry.pk, method_id=s.method.bank.pk, employee=s.manager, reason="maakte hij over")
    assert (suspended(entry), accounts()["bank"]) == (0, "60.00")


def test_a_session_does_not_close_over_an_approval_that_is_not_booked():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    payment = ask(s, start(s, order, session, "60.00"))
    with pytest.raises(Refusal, match=order.number) as refused:
        sessions.close_session(session_id=session.pk, denominations={"100": 1}, employee=s.seller)
    assert refused.value.code == "payments.session_pending"
    book(s, order, session, payment)
    assert not sessions.close_session(session_id=session.pk, denominations={"100": 1}, employee=s.seller).open


def test_money_back_to_the_card_on_a_return():
    s = shop()
    session, order = money.session(s), basket(s, "60.00")
    SalesOrder.objects.filter(pk=order.pk).update(net=D("-49.59"), vat=D("-10.41"), gross=D(-60))
    with pytest.raises(Refusal):
        start(s, order, session, "60.00")
    payment = ask(s, start(s, order, session, "-60.00"))
    assert (payment.state, payment.amount.amount) == ("approved", D(-60))


def test_a_payment_is_of_its_own_branch_only():
    s = shop()
    payment = start(s, money.order(s, "60.00"), money.session(s), "60.00")
    stranger = factories.employee("seller", factories.branch("Zeist"))
    for work in (ask_terminal, cancel_terminal):
        with pytest.raises(Refusal) as refused:
            work(payment_id=payment.pk, employee=stranger)
        assert refused.value.status == 404


def test_an_entry_belongs_to_one_terminal_payment():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    payment = ask(s, start(s, order, session, "30.00"))
    book(s, order, session, payment)
    with pytest.raises(IntegrityError, match="entry_id"), transaction.atomic():
        TerminalPayment.objects.create(
            session=session, order=order, method=s.method.pin, employee=s.seller, amount=D(30), state="approved",
            entry=LedgerEntry.objects.get(order=order),
        )  # fmt: skip


def test_one_part_can_be_played_by_every_payment(settings):
    settings.TERMINAL_PLAY = "declined"
    s = shop()
    assert ask(s, start(s, money.order(s, "60.00"), money.session(s), "60.00")).state == "declined"
