"""Aanbetalen: the deposit service, its rows, its refusals, its key."""

import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.errors import KeyReused, Refusal, Stale
from backoffice.core.models import JournalEntry
from payments.models import CreditAccount, EntryVat, LedgerEntry, Posting, TerminalPayment
from payments.services.depositing import deposit
from tests import factories
from tests.payments import shop as money
from tests.payments.shop import accounts, owed, rows, shop, split

pytestmark = pytest.mark.django_db
D = Decimal


def pay(s, order, *tenders, employee=None, **more):
    pairs = [(getattr(s.method, word).pk, D(amount)) for word, amount in tenders]
    return deposit(order_id=order.pk, tenders=pairs, employee=employee or s.office, **more)


def nothing_written(order) -> bool:
    order.refresh_from_db()
    return (
        order.paid_total.amount == 0
        and not LedgerEntry.objects.filter(order=order).exists()
        and not JournalEntry.objects.filter(action__startswith="payments.deposit").exists()
    )


def test_a_deposit_is_booked_with_its_vat_and_leaves_the_rest_open():
    s = shop()
    order = money.order(s, "100.00", ("50.00", "low"))
    answer = pay(s, order, ("bank", "60.00"))
    order.refresh_from_db()
    assert (order.paid_total.amount, order.payment_state, order.open_amount.amount) == (D(60), "part", D(90))
    assert (answer.pk, answer.paid_total.amount) == (order.pk, D(60))
    assert rows(order) == [("deposit", "bank", D(60))]
    # 60.00 over 100.00 and 50.00 is 40.00 and 20.00; VAT 40 x 21/121 = 6.94, 20 x 9/109 = 1.65
    assert split(order) == {"21.00": ("33.06", "6.94", "40.00"), "9.00": ("18.35", "1.65", "20.00")}
    assert accounts() == {"bank": "60.00", "orders": "-60.00"}
    entry = JournalEntry.objects.get(action="payments.deposit.registered")
    booked = LedgerEntry.objects.get()
    assert (entry.object_id, entry.data["entries"], entry.data["paid"]) == (str(order.pk), [booked.pk], "60.00")
    assert entry.data["rows"] == [
        {"kind": "deposit", "method": s.method.bank.pk, "method_kind": "bank", "amount": "60.00"}
    ]
    assert (booked.employee, booked.branch, booked.session) == (s.office, s.branch, None)


def test_the_last_deposit_closes_every_rate_exactly():
    s = shop()
    order = money.order(s, "100.00", ("49.99", "low"), ("0.02", "zero"))
    for amount in ("33.33", "33.33", "83.35"):
        pay(s, order, ("bank", amount))
    order.refresh_from_db()
    assert (order.payment_state, order.open_amount.amount) == ("paid", 0)
    assert split(order) == owed(order)


def test_several_methods_in_one_deposit_are_one_group():
    s = shop()
    order = money.order(s, "100.00", ("50.00", "low"))
    CreditAccount.objects.create(customer=s.customer, balance=D(75))
    pay(s, order, ("bank", "60.00"), ("tegoed", "40.00"), ("ideal", "50.00"))
    order.refresh_from_db()
    assert rows(order) == [("deposit", "bank", D(60)), ("deposit", "credit", D(40)), ("deposit", "online", D(50))]
    assert LedgerEntry.objects.values("group").distinct().count() == 1
    assert split(order) == owed(order)
    assert CreditAccount.objects.get().balance.amount == D(35)
    assert LedgerEntry.objects.get(method_kind="credit").customer == s.customer
    assert accounts() == {"bank": "60.00", "online": "50.00", "credit": "40.00", "orders": "-150.00"}


def test_tegoed_beyond_the_balance_is_refused():
    s = shop()
    order = money.order(s, "100.00")
    CreditAccount.objects.create(customer=s.customer, balance=D("39.99"))
    with pytest.raises(Refusal) as refused:
        pay(s, order, ("tegoed", "40.00"))
    assert refused.value.code == "payments.credit_short"
    assert "€\u00a039,99" in refused.value.message
    assert nothing_written(order)


@pytest.mark.parametrize(
    ("tenders", "code"),
    [
        ([], "payments.nothing"),
        ([("bank", "100.01")], "payments.too_much"),
        ([("bank", "60.00"), ("ideal", "40.01")], "payments.too_much"),
        ([("bank", "0.00")], "payments.not_positive"),
        ([("bank", "-5.00")], "payments.not_positive"),
        ([("bank", "5.001")], "payments.cents"),
        ([("pin", "10.00")], "payments.method_till_only"),
        ([("contant", "10.00")], "payments.method_till_only"),
    ],
)
def test_what_the_rules_refuse_writes_nothing(tenders, code):
    s = shop()
    order = money.order(s, "100.00")
    with pytest.raises(Refusal) as refused:
        pay(s, order, *tenders)
    assert refused.value.code == code
    assert nothing_written(order)


def test_a_method_that_is_off_or_of_another_branch_is_refused_with_the_reason():
    s = shop()
    order = money.order(s, "100.00")
    s.method.bank.branches.add(factories.branch("Zeist"))
    with pytest.raises(Refusal, match="niet voor dit filiaal") as refused:
        pay(s, order, ("bank", "10.00"))
    assert refused.value.code == "payments.method_branch"
    s.method.bank.branches.add(s.branch)
    s.method.bank.active = False
    s.method.bank.save()
    with pytest.raises(Refusal) as refused:
        pay(s, order, ("bank", "10.00"))
    assert refused.value.code == "payments.method_off"
    with pytest.raises(Refusal) as refused:
        deposit(order_id=order.pk, tenders=[(10**9, D(1))], employee=s.office)
    assert refused.value.code == "payments.method_unknown"
    assert nothing_written(order)


def test_a_draft_a_paid_order_and_another_branchs_order_take_no_deposit():
    s = shop()
    draft = money.order(s, "100.00", confirmed=False)
    with pytest.raises(Refusal) as refused:
        pay(s, draft, ("bank", "10.00"))
    assert refused.value.code == "order.status"
    paid = money.order(s, "100.00")
    pay(s, paid, ("bank", "100.00"))
    with pytest.raises(Refusal) as refused:
        pay(s, paid, ("bank", "0.01"))
    assert refused.value.code == "payments.paid"
    stranger = factories.employee("seller", factories.branch("Zeist"))
    with pytest.raises(Refusal) as refused:
        pay(s, money.order(s, "100.00"), ("bank", "10.00"), employee=stranger)
    assert (refused.value.code, refused.value.status) == ("order.unknown", 404)


def test_cash_at_the_desk_goes_into_an_open_drawer_of_the_branch():
    s = shop()
    s.method.contant.at_desk = True
    s.method.contant.save()
    order = money.order(s, "41.33")
    with pytest.raises(Refusal) as refused:
        pay(s, order, ("contant", "20.00"))
    assert refused.value.code == "payments.drawer"
    elsewhere = factories.till(factories.branch("Zeist"))
    other = money.sessions.open_session(till_id=elsewhere.pk, float_amount=D(0), employee=s.admin)
    with pytest.raises(Refusal) as refused:
        pay(s, order, ("contant", "20.00"), session_id=other.pk)
    assert refused.value.code == "payments.session_branch"
    assert nothing_written(order)
    drawer = money.session(s)
    with pytest.raises(Refusal) as refused:
        pay(s, order, ("contant", "20.02"), session_id=drawer.pk)
    assert refused.value.code == "payments.five_cents"
    pay(s, order, ("contant", "20.00"), session_id=drawer.pk)
    # 21.33 is left: in cash 21.35, and the rounding of two cents has a row of its own
    pay(s, order, ("contant", "21.33"), session_id=drawer.pk)
    order.refresh_from_db()
    assert rows(order) == [
        ("deposit", "cash", D("20.00")),
        ("deposit", "cash", D("21.35")),
        ("rounding", "", D("-0.02")),
    ]
    assert (order.payment_state, split(order)) == ("paid", owed(order))
    assert accounts(order) == {"cash": "41.35", "rounding": "-0.02", "orders": "-41.33"}
    assert {e.session_id for e in LedgerEntry.objects.filter(order=order)} == {drawer.pk}


def test_a_rest_that_rounds_to_zero_closes_with_the_rounding_alone():
    s = shop()
    s.method.contant.at_desk = True
    s.method.contant.save()
    drawer = money.session(s)
    order = money.order(s, "41.32")
    pay(s, order, ("bank", "41.30"))
    pay(s, order, ("contant", "0.02"), session_id=drawer.pk)
    order.refresh_from_db()
    assert rows(order) == [("deposit", "bank", D("41.30")), ("rounding", "", D("0.02"))]
    assert (order.payment_state, split(order)) == ("paid", owed(order))


def test_the_same_key_is_one_payment_and_with_other_data_refused():
    s = shop()
    order = money.order(s, "100.00")
    key = uuid.uuid4()
    for _ in range(3):
        answer = pay(s, order, ("bank", "30.00"), key=key)
        assert answer.paid_total.amount == D(30)
    with pytest.raises(KeyReused):
        pay(s, order, ("bank", "31.00"), key=key)
    assert rows(order) == [("deposit", "bank", D(30))]


def test_somebody_who_paid_meanwhile_is_named_with_both_values():
    s = shop()
    order = money.order(s, "100.00")
    pay(s, order, ("bank", "30.00"), employee=s.manager, seen_paid=D(0))
    with pytest.raises(Stale) as stale:
        pay(s, order, ("bank", "100.00"), seen_paid=D(0))
    assert (stale.value.who, stale.value.status) == ("Joris van Dam", 409)
    assert stale.value.fields == [
        ("Aanbetaald", "€\u00a030,00", "€\u00a00,00"), ("Nog te betalen", "€\u00a070,00", "€\u00a0100,00"),
    ]  # fmt: skip
    order.refresh_from_db()
    assert order.paid_total.amount == D(30)


def test_an_order_with_a_waiting_terminal_payment_is_frozen():
    s = shop()
    order = money.order(s, "100.00")
    TerminalPayment.objects.create(
        session=money.session(s), order=order, method=s.method.pin, employee=s.seller, amount=D(50)
    )
    with pytest.raises(Refusal) as refused:
        pay(s, order, ("bank", "10.00"))
    assert refused.value.code == "payments.terminal_pending"
    assert nothing_written(order)


def test_statements_depend_on_neither_lines_nor_methods_and_are_at_most_nine():
    s = shop()
    CreditAccount.objects.create(customer=s.customer, balance=D(75))

    def counted(order, *tenders):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            pay(s, order, *tenders, key=uuid.uuid4())
        return len([q for q in queries if "SAVEPOINT" not in q["sql"]])

    few = counted(money.order(s, "100.00"), ("bank", "10.00"))
    many = counted(money.order(s, *["10.00"] * 12, ("5.00", "low")), ("bank", "10.00"), ("ideal", "10.00"))
    credit = counted(money.order(s, "100.00"), ("bank", "10.00"), ("tegoed", "10.00"))
    assert (few, many, credit) == (9, 9, 11)


def test_every_entry_balances_and_its_vat_is_its_amount():
    s = shop()
    order = money.order(s, "100.00", ("33.33", "low"), vat_mode="exclusive", discount="7.5")
    pay(s, order, ("bank", "17.77"), ("ideal", "3.01"))
    for entry in LedgerEntry.objects.all():
        assert sum(p.amount.amount for p in Posting.objects.filter(entry=entry)) == 0
        assert sum(v.gross.amount for v in EntryVat.objects.filter(entry=entry)) == entry.amount.amount
