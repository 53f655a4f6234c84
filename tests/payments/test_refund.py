"""Terugbetalen and tegoed: never more than was paid, against what it gives back, mirrored to the cent."""

import uuid
from decimal import Decimal

import pytest

from backoffice.core.errors import Refusal, Stale
from backoffice.core.models import JournalEntry
from payments.models import CreditAccount, LedgerEntry, TerminalPayment
from payments.papers.receipts import payments_of
from payments.selectors import session_figures
from payments.services import sessions, terminals
from payments.services.depositing import deposit
from payments.services.refunding import ceiling_of, refund, sources
from payments.services.reversing import reverse
from tests import factories
from tests.payments import shop as money
from tests.payments.shop import accounts, owed, rows, shop, split
from tests.payments.test_deposit import pay

pytestmark = pytest.mark.django_db
D = Decimal


def back(s, order, *amounts, employee=None, reason="klant ziet ervan af", **more):
    pairs = [(getattr(s.method, word).pk, D(amount)) for word, amount in amounts]
    return refund(order_id=order.pk, amounts=pairs, reason=reason, employee=employee or s.office, **more)


def desk_cash(s):
    s.method.contant.at_desk = True
    s.method.contant.save()
    return money.session(s)


def given(order) -> list[tuple]:
    """[(kind, method, amount, what it gives back)] of what went out."""
    out = order.entries.filter(refunds__isnull=False).order_by("id")
    return [(e.kind, e.method_kind, e.amount.amount, e.refunds.amount.amount) for e in out]


def unchanged(order, before) -> bool:
    order.refresh_from_db()
    return rows(order) == before and not JournalEntry.objects.filter(action="payments.refund.registered").exists()


def test_a_full_refund_restores_zero_per_rate():
    s = shop()
    order = money.order(s, "100.00", ("49.99", "low"), ("0.02", "zero"))
    for amount in ("33.33", "33.33", "83.35"):
        pay(s, order, ("bank", amount))
    assert split(order) == owed(order)
    back(s, order, ("bank", "150.01"), seen_paid=D("150.01"))
    order.refresh_from_db()
    assert (order.paid_total.amount, order.payment_state) == (0, "none")
    assert set(split(order).values()) == {("0.00", "0.00", "0.00")}
    assert (accounts(), sources(order)) == ({}, [])
    # newest first
    assert given(order) == [
        ("refund", "bank", D("-83.35"), D("83.35")), ("refund", "bank", D("-33.33"), D("33.33")),
        ("refund", "bank", D("-33.33"), D("33.33")),
    ]  # fmt: skip


def test_a_part_goes_back_by_the_same_method_first():
    s = shop()
    order = money.order(s, "100.00")
    pay(s, order, ("bank", "40.00"))
    pay(s, order, ("ideal", "60.00"))
    back(s, order, ("bank", "50.00"))
    assert given(order) == [("refund", "bank", D(-40), D(40)), ("refund", "bank", D(-10), D(60))]
    assert [(source.entry.method_kind, source.left) for source in sources(order)] == [("online", D(50))]
    # 50.00 is left: 50 x 21 / 121 = 8.68
    assert split(order) == {"21.00": ("41.32", "8.68", "50.00")}
    entry = JournalEntry.objects.get(action="payments.refund.registered")
    assert (entry.data["paid"], entry.data["reason"]) == ("50.00", "klant ziet ervan af")


def test_a_refund_into_tegoed_is_a_debt_to_the_customer_and_can_be_spent():
    s = shop()
    order, other = money.order(s, "100.00"), money.order(s, "30.00")
    pay(s, order, ("bank", "100.00"))
    back(s, order, ("tegoed", "70.00"), ("bank", "30.00"))
    assert rows(order)[1:] == [("credit", "credit", D(-70)), ("refund", "bank", D(-30))]
    assert CreditAccount.objects.get(customer=s.customer).balance.amount == D(70)
    assert accounts() == {"bank": "70.00", "credit": "-70.00"}
    pay(s, other, ("tegoed", "30.00"))
    assert CreditAccount.objects.get().balance.amount == D(40)
    back(s, other, ("tegoed", "30.00"))
    assert CreditAccount.objects.get().balance.amount == D(70)
    assert accounts() == {"bank": "70.00", "credit": "-70.00"}


@pytest.mark.parametrize(
    ("paid", "asked", "out", "rounding"),
    [
        ("41.33", "41.33", "-41.35", "0.02"),  # came in as 41.35 with -0.02: goes out the same
        ("41.32", "41.32", "-41.30", "-0.02"),
        ("41.35", "41.35", "-41.35", None),
        ("41.34", "20.00", "-20.00", None),
        ("41.34", "0.02", None, "-0.02"),  # rounds to nothing
    ],
)
def test_cash_goes_back_rounded_as_it_came_in(paid, asked, out, rounding):
    s = shop()
    drawer = desk_cash(s)
    order = money.order(s, paid)
    pay(s, order, ("contant", paid), session_id=drawer.pk)
    came = [row[2] for row in rows(order)]
    back(s, order, ("contant", asked), session_id=drawer.pk)
    wanted = [("refund", "cash", D(out))] if out else []
    wanted += [("rounding", "", D(rounding))] if rounding else []
    assert rows(order)[len(came) :] == wanted
    order.refresh_from_db()
    assert order.paid_total.amount == D(paid) - D(asked)
    if asked == paid:
        assert accounts(order) == {}
        assert sum(came) + sum(row[2] for row in wanted) == 0


def test_cash_rounding_never_leaves_a_cent_that_cannot_go_back():
    s = shop()
    drawer = desk_cash(s)
    order = money.order(s, "41.33")
    pay(s, order, ("bank", "41.33"))
    back(s, order, ("contant", "20.03"), session_id=drawer.pk)
    assert rows(order)[1:] == [("refund", "cash", D("-20.05")), ("rounding", "", D("0.02"))]
    back(s, order, ("bank", "21.30"))
    order.refresh_from_db()
    assert (order.paid_total.amount, sources(order)) == (0, [])
    assert accounts(order) == {"bank": "20.03", "cash": "-20.05", "rounding": "0.02"}


@pytest.mark.parametrize(
    ("amounts", "code"),
    [
        ([("bank", "100.01")], "payments.too_much_back"),
        ([("bank", "60.00"), ("ideal", "40.01")], "payments.too_much_back"),
        ([("bank", "0.00")], "payments.not_positive"),
        ([("bank", "-1.00")], "payments.not_positive"),
        ([("bank", "1.001")], "payments.not_positive"),
        ([], "payments.nothing"),
        ([("pin", "10.00")], "payments.method_till_only"),
        ([("contant", "10.00")], "payments.method_till_only"),
    ],
)
def test_what_is_refused_writes_nothing(amounts, code):
    s = shop()
    order = money.order(s, "120.00")
    pay(s, order, ("bank", "100.00"))
    before = rows(order)
    with pytest.raises(Refusal) as refused:
        back(s, order, *amounts)
    assert refused.value.code == code
    assert unchanged(order, before)


def test_a_reason_a_drawer_with_enough_in_it_and_what_was_seen_are_asked():
    s = shop()
    drawer = desk_cash(s)
    order = money.order(s, "120.00")
    pay(s, order, ("bank", "120.00"))
    before = rows(order)
    for amounts, more, code in (
        ([("bank", "10.00")], {"reason": "  "}, "payments.reason"),
        ([("contant", "10.00")], {}, "payments.drawer"),
        ([("contant", "100.05")], {"session_id": drawer.pk}, "payments.drawer_short"),
        ([("bank", "10.00")], {"seen_paid": D(60)}, "stale"),
    ):
        with pytest.raises(Refusal) as refused:
            back(s, order, *amounts, **more)
        assert refused.value.code == code
        assert isinstance(refused.value, Stale) == (code == "stale")
    assert unchanged(order, before)


def test_all_that_lies_in_the_chosen_drawer_may_go_back_and_none_of_another_branchs():
    s = shop()
    first = desk_cash(s)
    second = money.session(s, "50.00", till=factories.till(s.branch, 2))
    zeist = factories.branch("Zeist")
    elsewhere = sessions.open_session(till_id=factories.till(zeist).pk, float_amount=D(900), employee=s.admin)
    order = money.order(s, "120.00")
    pay(s, order, ("bank", "120.00"))
    with pytest.raises(Refusal) as refused:
        back(s, order, ("contant", "10.00"), session_id=elsewhere.pk)
    assert refused.value.code == "payments.drawer"
    with pytest.raises(Refusal, match=r"hoort €.50,00 in deze lade"):
        back(s, order, ("contant", "50.05"), session_id=second.pk)
    back(s, order, ("contant", "50.00"), session_id=second.pk)
    assert order.entries.get(kind="refund").session == second
    assert [session_figures(session).expected for session in (first, second)] == [D(100), 0]


def test_a_seller_gives_cash_to_fifty_euro_with_a_managers_login(settings):
    s = shop()
    drawer = desk_cash(s)
    order = money.order(s, "120.00")
    pay(s, order, ("contant", "120.00"), session_id=drawer.pk)
    before = rows(order)
    stranger = factories.employee("manager", factories.branch("Zeist"))
    for amounts, approver, code in (
        ([("contant", "50.00")], None, "payments.refund_right"),
        ([("contant", "50.05")], s.manager, "payments.refund_right"),
        ([("bank", "10.00")], s.manager, "payments.refund_right"),
        ([("contant", "50.00")], s.seller, "payments.second_person"),
        ([("contant", "50.00")], stranger, "payments.second_person"),
    ):
        with pytest.raises(Refusal) as refused:
            back(s, order, *amounts, employee=s.seller, approver=approver, session_id=drawer.pk)
        assert refused.value.code == code
    assert unchanged(order, before)
    back(s, order, ("contant", "50.00"), employee=s.seller, approver=s.manager, session_id=drawer.pk)
    entry = LedgerEntry.objects.get(kind="refund")
    assert (entry.employee, entry.approved_by, entry.amount.amount) == (s.seller, s.manager, D(-50))
    settings.REFUND_CEILINGS = {"seller": 10}
    with pytest.raises(Refusal, match="10,00"):
        back(s, order, ("contant", "50.00"), employee=s.seller, approver=s.manager, session_id=drawer.pk)


def test_the_same_key_gives_back_once():
    s = shop()
    order = money.order(s, "100.00")
    pay(s, order, ("bank", "100.00"))
    key = uuid.uuid4()
    for _ in range(3):
        back(s, order, ("bank", "30.00"), key=key)
    order.refresh_from_db()
    assert order.paid_total.amount == D(70)


def test_the_card_takes_money_back_at_the_till_and_it_is_booked_once():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    pay(s, order, ("bank", "60.00"))
    with pytest.raises(Refusal) as refused:
        terminals.start_terminal(
            order_id=order.pk, session_id=session.pk, amount=D(-20), method_id=s.method.pin.pk, employee=s.seller
        )
    assert refused.value.code == "payments.refund_right"
    payment = terminals.start_terminal(
        order_id=order.pk, session_id=session.pk, amount=D(-20), method_id=s.method.pin.pk, employee=s.manager
    )
    more = {"channel": "till", "session_id": session.pk, "employee": s.manager}
    with pytest.raises(Refusal) as refused:
        back(s, order, ("pin", "20.00"), **more)
    assert refused.value.code in ("payments.terminal_pending", "payments.not_approved")
    terminals.ask_terminal(payment_id=payment.pk, employee=s.manager)
    with pytest.raises(Refusal) as refused:
        back(s, order, ("pin", "25.00"), approved_ids=[payment.pk], **more)
    assert refused.value.code == "payments.not_approved"
    back(s, order, ("pin", "20.00"), approved_ids=[payment.pk], **more)
    payment.refresh_from_db()
    assert (payment.entry.amount.amount, payment.entry.kind) == (D(-20), "refund")
    order.refresh_from_db()
    assert order.paid_total.amount == D(40)
    assert not TerminalPayment.objects.filter(state="approved", entry=None).exists()


@pytest.mark.parametrize(("paid", "said"), [("60.00", "60,00"), (None, "0,00")])
def test_a_refusal_says_in_euros_what_is_paid(paid, said):
    s = shop()
    order = money.order(s, "100.00")
    if paid:
        pay(s, order, ("bank", paid))
    with pytest.raises(Refusal) as refused:
        back(s, order, ("bank", "60.01"))
    assert refused.value.message == f"Er is €\xa0{said} betaald; meer teruggeven kan niet."


def test_what_one_may_give_back_beside_a_manager_is_that_of_ones_role_here():
    s = shop()
    elsewhere = factories.branch("Zeist").pk
    assert [ceiling_of(who, s.branch.pk) for who in (s.seller, s.manager, factories.employee(""))] == [50, 0, 0]
    assert ceiling_of(s.seller, elsewhere) == 0
    assert ceiling_of(factories.employee("seller"), elsewhere) == 50  # at every branch


def test_an_entry_is_reversed_by_a_new_one_with_its_rounding():
    s = shop()
    drawer = desk_cash(s)
    order = money.order(s, "41.33")
    pay(s, order, ("contant", "41.33"), session_id=drawer.pk)
    entry = LedgerEntry.objects.get(order=order, kind="deposit")
    reverse(entry_id=entry.pk, reason="verkeerde order", employee=s.manager)
    order.refresh_from_db()
    assert rows(order)[2:] == [("reversal", "cash", D("-41.35")), ("reversal", "", D("0.02"))]
    assert (order.paid_total.amount, accounts(order), sources(order)) == (0, {}, [])
    assert set(split(order).values()) == {("0.00", "0.00", "0.00")}
    with pytest.raises(Refusal) as refused:
        reverse(entry_id=entry.pk, reason="nog eens", employee=s.manager)
    assert refused.value.code == "payments.reversed"


def test_a_reversed_refund_can_be_given_back_again():
    s = shop()
    order = money.order(s, "100.00")
    pay(s, order, ("bank", "100.00"))
    back(s, order, ("bank", "40.00"))
    deposited, refunded = order.entries.order_by("id")
    with pytest.raises(Refusal) as refused:
        reverse(entry_id=deposited.pk, reason="fout", employee=s.manager)
    assert refused.value.code == "payments.refunded"
    reverse(entry_id=refunded.pk, reason="kwam terug", employee=s.manager)
    order.refresh_from_db()
    assert (order.paid_total.amount, [source.left for source in sources(order)]) == (D(100), [D(100)])
    reverse(entry_id=deposited.pk, reason="fout", employee=s.manager)
    order.refresh_from_db()
    assert (order.paid_total.amount, accounts()) == (0, {})


def test_change_and_what_came_back_already_are_no_payments_to_take_back():
    s = shop()
    drawer = desk_cash(s)
    order = money.order(s, "41.33")
    pay(s, order, ("contant", "41.33"), session_id=drawer.pk)
    rounding = order.entries.get(kind="rounding")
    reverse(entry_id=order.entries.get(kind="deposit").pk, reason="fout", employee=s.manager)
    before = rows(order)
    put_in = LedgerEntry.objects.get(kind="float")
    for entry in (rounding, *order.entries.filter(kind="reversal"), put_in):
        with pytest.raises(Refusal) as refused:
            reverse(entry_id=entry.pk, reason="fout", employee=s.manager)
        assert refused.value.code == "payments.entry_unknown"
    assert rows(order) == before


def test_to_the_ceiling_a_manager_takes_back_alone():
    s = shop()
    order = money.order(s, "250.00")
    pay(s, order, ("bank", "250.00"))
    reverse(entry_id=order.entries.get().pk, reason="fout", employee=s.manager)
    assert LedgerEntry.objects.get(kind="reversal").approved_by is None


def test_above_the_ceiling_a_second_person_logs_in():
    s = shop()
    order = money.order(s, "300.00")
    pay(s, order, ("bank", "250.01"))
    entry = LedgerEntry.objects.get()
    for approver in (None, s.manager, s.office):
        with pytest.raises(Refusal) as refused:
            reverse(entry_id=entry.pk, reason="fout", employee=s.manager, approver=approver)
        assert refused.value.code == "payments.second_person"
    with pytest.raises(Refusal) as refused:
        reverse(entry_id=entry.pk, reason=" ", employee=s.manager, approver=s.admin)
    assert refused.value.code == "payments.reason"
    with pytest.raises(Refusal):
        reverse(entry_id=entry.pk, reason="fout", employee=s.seller, approver=s.admin)
    reverse(entry_id=entry.pk, reason="fout", employee=s.manager, approver=s.admin)
    assert LedgerEntry.objects.get(kind="reversal").approved_by == s.admin


def test_spent_tegoed_is_not_taken_back():
    s = shop()
    order, other = money.order(s, "100.00"), money.order(s, "80.00")
    pay(s, order, ("bank", "100.00"))
    back(s, order, ("tegoed", "100.00"))
    pay(s, other, ("tegoed", "80.00"))
    entry = LedgerEntry.objects.get(kind="credit")
    with pytest.raises(Refusal) as refused:
        reverse(entry_id=entry.pk, reason="fout", employee=s.manager)
    assert refused.value.code == "payments.credit_short"
    assert CreditAccount.objects.get().balance.amount == D(20)


def test_a_draft_has_nothing_to_give_back():
    s = shop()
    with pytest.raises(Refusal) as refused:
        back(s, money.order(s, "10.00", confirmed=False), ("bank", "1.00"))
    assert refused.value.code == "order.status"
    with pytest.raises(Refusal) as refused:
        back(s, money.order(s, "10.00"), ("bank", "1.00"))
    assert refused.value.code == "payments.too_much_back"


def test_deposit_after_a_refund_closes_the_order_again():
    s = shop()
    order = money.order(s, "100.00", ("50.00", "low"))
    pay(s, order, ("bank", "150.00"))
    back(s, order, ("bank", "33.34"))
    deposit(order_id=order.pk, tenders=[(s.method.ideal.pk, D("33.34"))], employee=s.office)
    order.refresh_from_db()
    assert (order.payment_state, split(order)) == ("paid", owed(order))


def test_a_card_that_was_declined_gave_nothing_back():
    s = shop()
    session, order = money.session(s), money.order(s, "60.00")
    pay(s, order, ("bank", "60.00"))
    values = {"order_id": order.pk, "session_id": session.pk, "method_id": s.method.pin.pk, "employee": s.manager}
    declined = terminals.start_terminal(amount=D("-20.01"), **values)
    terminals.ask_terminal(payment_id=declined.pk, employee=s.manager)
    declined.refresh_from_db()
    assert declined.state == "declined"
    before = rows(order)
    with pytest.raises(Refusal) as refused:
        back(
            s, order, ("pin", "20.01"), approved_ids=[declined.pk], channel="till", session_id=session.pk,
            employee=s.manager,
        )  # fmt: skip
    assert (refused.value.code, unchanged(order, before)) == ("payments.not_approved", True)


def test_what_the_card_took_back_counts_once_and_on_its_own_order():
    s = shop()
    session = money.session(s)
    order, other = money.order(s, "60.00"), money.order(s, "60.00")
    values = {"session_id": session.pk, "method_id": s.method.pin.pk, "employee": s.manager, "amount": D("-20.00")}
    taken = []
    for one in (order, other):
        pay(s, one, ("bank", "60.00"))
        taken.append(terminals.start_terminal(order_id=one.pk, **values))
        terminals.ask_terminal(payment_id=taken[-1].pk, employee=s.manager)
    mine, theirs = taken
    more = {"channel": "till", "session_id": session.pk, "employee": s.manager}

    def not_approved(*ids):
        before = rows(order)
        with pytest.raises(Refusal) as refused:
            back(s, order, ("pin", "20.00"), approved_ids=ids, **more)
        assert (refused.value.code, rows(order)) == ("payments.not_approved", before)

    not_approved(theirs.pk)
    back(s, order, ("pin", "20.00"), approved_ids=[mine.pk], **more)
    not_approved(mine.pk)
    theirs.refresh_from_db()
    assert theirs.entry_id is None


def test_less_than_one_euro_is_paid_and_goes_back_as_more():
    s = shop()
    order = money.order(s, "0.90")
    pay(s, order, ("bank", "0.40"))
    pay(s, order, ("ideal", "0.50"))
    assert [payment.has_receipt for payment in payments_of(order)] == [True, True]
    back(s, order, ("bank", "0.60"))
    assert given(order) == [("refund", "bank", D("-0.40"), D("0.40")), ("refund", "bank", D("-0.20"), D("0.50"))]
    assert [(source.entry.method_kind, source.left) for source in sources(order)] == [("online", D("0.30"))]
    first, *_others, gone = payments_of(order)
    assert (first.employee, first.reason, gone.reason) == ("Sanne Bakker", "", "klant ziet ervan af")
    assert first.reversible == first.entries == [order.entries.earliest("pk")]
    reverse(entry_id=gone.entries[0].pk, reason="fout", employee=s.manager)
    assert [len(payment.reversible) for payment in payments_of(order)] == [1, 1, 1, 0]
