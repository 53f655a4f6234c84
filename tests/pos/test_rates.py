"""A VAT rate changed since the order on the counter: the till asks which price stays before it is paid."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from backoffice.core.errors import Refusal
from payments.models import LedgerEntry
from payments.selectors import session_vat
from payments.services.depositing import deposit
from payments.services.sessions import open_session
from payments.services.terminals import start_terminal
from pos.models import Receipt, TillSeat
from pos.services import checking_out, rates, seats
from sales.documents.models import PackingSlip
from sales.models import DeliveryMethod, OrderVersion, SalesOrder
from sales.services.rating import RatesChanged
from tests import factories
from tests.invariants import holds
from tests.payments.shop import methods, owed
from tests.payments.shop import order as order_of
from tests.pos import counter
from tests.sales.delivery_shop import state

pytestmark = pytest.mark.django_db
D = Decimal
EVENING, AFTER_MIDNIGHT = "2026-12-31T16:00:00+01:00", "2027-01-01T00:20:00+01:00"
MORNING = "2027-01-02T09:00:00+01:00"


@pytest.fixture
def s():
    """An order of 121,00 of New Year's Eve at 21 %, of which 60,50 is paid; from New Year's Day it is 24 %."""
    with time_machine.travel(EVENING):
        made = counter.shop()
        made.method = methods()
        for till in (made.till, made.other):
            counter.register(till)
            TillSeat.objects.create(till=till, device_hash="")
        factories.change_of_rate("24")
        made.order = order_of(made, "121.00")
        deposit(order_id=made.order.pk, tenders=[(made.method.bank.pk, D("60.50"))], employee=made.office)
        yield made


def opened(s, order=None):
    """The till is open on this day, and the order lies on its counter."""
    session = open_session(till_id=s.till.pk, float_amount=D(100), employee=s.seller)
    seats.open_order(till_id=s.till.pk, order_id=(order or s.order).pk, employee=s.seller)
    return session


def everything(s, order=None) -> dict[int, Decimal]:
    return {line.pk: line.open_quantity for line in (order or s.order).lines.all()}


def pay(s, amount, **more) -> Receipt:
    values = {"tenders": [(s.method.contant.pk, D(amount))], "take": everything(s), "employee": s.seller} | more
    return checking_out.check_out(till_id=s.till.pk, **values)


def rate(s, stays, **more):
    values = {"line_ids": list(everything(s)), "price_stays": stays, "employee": s.seller} | more
    return rates.rate(till_id=s.till.pk, **values)


def taken(session) -> list[tuple[str, str, str]]:
    return [(f"{part.percent:f}", str(part.vat), str(part.gross)) for part in session_vat(session)]


def test_nothing_is_booked_before_the_question_is_answered(s):
    with time_machine.travel(MORNING):
        opened(s)
        before = (*state(s.order), LedgerEntry.objects.count(), OrderVersion.objects.count())
        with pytest.raises(RatesChanged) as asked:
            pay(s, "60.50")
        assert (*state(s.order), LedgerEntry.objects.count(), OrderVersion.objects.count()) == before
    question = asked.value.question
    assert (question.old, question.inclusive, question.exclusive) == (D("121.00"), D("121.00"), D("124.00"))


def test_the_price_excluding_vat_stays_and_the_session_shows_what_moved_between_the_rates(s):
    with time_machine.travel(MORNING):
        session = opened(s)
        rate(s, "exclusive", seen_total=D("124.00"))
        s.order.refresh_from_db()
        assert (s.order.gross.amount, s.order.open_amount.amount, s.order.version) == (D("124.00"), D("63.50"), 2)
        moved = LedgerEntry.objects.get(order=s.order, kind="re_split")
        assert (moved.session, str(moved.business_date)) == (session, "2027-01-02")
        receipt = pay(s, "63.50", seen_left=D("63.50"))
    s.order.refresh_from_db()
    assert (receipt.kind, s.order.status) == ("payment", "settled")
    assert owed(s.order)["24.00"] == ("100.00", "24.00", "124.00")
    # 60,50 of the deposit moves from 21 % (10,50) to 24 %, where the last payment closes 24,00
    assert taken(session) == [("24.00", "24.00", "124.00"), ("21.00", "-10.50", "-60.50")]
    holds()


def test_the_price_including_vat_stays_and_so_does_what_is_left_to_pay(s):
    with time_machine.travel(MORNING):
        opened(s)
        rate(s, "inclusive")
        pay(s, "60.50", seen_left=D("60.50"))
    s.order.refresh_from_db()
    assert (s.order.status, s.order.gross.amount) == ("settled", D("121.00"))
    assert owed(s.order)["24.00"] == ("97.58", "23.42", "121.00")
    holds()


def test_in_a_session_that_runs_past_midnight_the_day_before_goes_on(s):
    session = opened(s)
    with time_machine.travel(AFTER_MIDNIGHT):
        receipt = pay(s, "60.50")
    s.order.refresh_from_db()
    assert (s.order.status, s.order.version, receipt.number[-11:]) == ("settled", 1, "2026-000001")
    assert taken(session) == [("21.00", "10.50", "60.50")]
    holds()


def test_what_is_only_paid_asks_nothing(s):
    with time_machine.travel(MORNING):
        opened(s)
        pay(s, "20", take={})
    s.order.refresh_from_db()
    assert (s.order.version, s.order.paid_total.amount) == (1, D("80.50"))
    assert owed(s.order)["21.00"] == ("100.00", "21.00", "121.00")
    holds()


def test_a_closed_till_an_empty_counter_and_a_basket_have_nothing_to_rate(s):
    with time_machine.travel(MORNING):
        for prepare in (lambda: None, lambda: open_session(till_id=s.till.pk, float_amount=D(0), employee=s.seller),
                        lambda: seats.begin(till_id=s.till.pk, employee=s.seller)):  # fmt: skip
            prepare()
            before = state(s.order)
            with pytest.raises(Refusal):
                rate(s, "inclusive")
            assert state(s.order) == before


def test_while_the_terminal_is_asked_the_total_stays(s):
    with time_machine.travel(MORNING):
        session = opened(s)
        start_terminal(
            order_id=s.order.pk, session_id=session.pk, amount=D("60.50"), method_id=s.method.pin.pk, employee=s.seller
        )
        before = state(s.order)
        with pytest.raises(Refusal):
            rate(s, "exclusive")
        assert state(s.order) == before


def test_the_payment_screen_asks_before_anything_is_paid_and_shows_the_new_amount(s, client):
    with time_machine.travel(MORNING):
        opened(s)
        counter.sit(client, s.till, s.seller)
        page = client.get(reverse("pos:checkout"))
        text = page.content.decode().replace("\u00a0", " ")
        assert "Btw 21 % wordt 24 %: welke prijs blijft?" in text
        assert "De prijs inclusief btw blijft: totaal € 121,00" in text
        assert "De prijs exclusief btw blijft: totaal € 124,00" in text
        line = s.order.lines.get()
        sent = {"key": counter.key(), "price_stays": "exclusive:124.00", f"take-{line.pk}": "1"}
        answer = client.post(reverse("pos:rate"), sent, headers={"HX-Request": "true"})
        assert answer.status_code == 204
        page = client.get(answer.headers["HX-Redirect"])
        text = page.content.decode().replace("\u00a0", " ")
        assert "welke prijs blijft" not in text and page.context["left"] == D("63.50")
        assert page.context["shown_lines"][0].take == "1"


def test_a_payment_that_comes_before_the_answer_is_asked_and_keeps_what_was_to_go_along(s, client):
    """Of two coats one is to be delivered, with a packing slip: the question is of that one."""
    order = order_of(s, "121.00", "60.50")
    method = DeliveryMethod.objects.get(kind="delivery")
    SalesOrder.objects.filter(pk=order.pk).update(delivery_method=method)
    first, second = order.lines.order_by("position")
    with time_machine.travel(MORNING):
        opened(s, order)
        counter.sit(client, s.till, s.seller)
        sent = {"key": counter.key(), "left": "181,50", f"take-{first.pk}": "1", f"take-{second.pk}": "0"}
        page = client.post(reverse("pos:checkout"), sent)
        assert page.status_code == 422 and page.context["question"].exclusive == D("184.50")
        assert [line.take for line in page.context["shown_lines"]] == ["1", "0"]
        answered = sent | {"key": counter.key(), "price_stays": "exclusive:184.50"}
        client.post(reverse("pos:rate"), answered, headers={"HX-Request": "true"})
        done = client.post(reverse("pos:checkout"), sent | {"key": counter.key(), "left": "184,50"})
        assert done.status_code == 303
    order.refresh_from_db()
    assert (order.gross.amount, order.delivery_state, PackingSlip.objects.count()) == (D("184.50"), "part", 1)
    assert [line.vat_percent for line in order.lines.order_by("position")] == [24, 21]
    holds()
