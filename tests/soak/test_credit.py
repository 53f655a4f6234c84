"""Tegoed spent at two desks at once goes once; and whatever happens to an order, its money adds up per rate."""

import random
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backoffice.core.errors import Refusal
from backoffice.core.input import parse_amount
from payments.models import LedgerEntry
from payments.selectors import credit_of
from payments.services.cancelling import cancel, settle_amendment
from payments.services.refunding import refund
from sales.models import SalesOrder
from sales.services import amending, lines
from tests.invariants import holds
from tests.payments import shop as money
from tests.payments.shop import owed, split
from tests.payments.test_deposit import pay
from tests.racing import together
from tests.soak import count, report

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal
NONE = ("0.00", "0.00", "0.00")


def test_tegoed_is_spent_once_by_two_desks_at_once():
    s = money.shop()
    number, once, refused = count(500, 15), 0, 0
    for turn in range(number):
        source, first, second = (money.order(s, "50.00") for _ in range(3))
        pay(s, source, ("bank", "50.00"))
        refund(order_id=source.pk, amounts=[(s.method.tegoed.pk, D(50))], reason="tegoed", employee=s.office)
        spend = D(50) if turn % 2 else D(30)  # both in full, or two parts that do not fit together
        desks = ((first, s.office), (second, s.manager))
        told = together(*(partial(pay, s, order, ("tegoed", spend), employee=who) for order, who in desks))
        done = [answer for answer in told if isinstance(answer, SalesOrder)]
        no = [answer for answer in told if isinstance(answer, Refusal)]
        assert (len(done), len(no)) == (1, 1), told
        assert no[0].code == "payments.credit_short"
        assert credit_of(s.customer.pk) == 50 - spend
        once, refused = once + len(done), refused + len(no)
        if spend < 50:  # empty it for the next turn
            rest = money.order(s, "20.00")
            pay(s, rest, ("tegoed", "20.00"))
    report("tegoed at two desks at once", number=number, spent=once, refused=refused)
    holds(2, 3, 11)


PRICES = st.lists(
    st.tuples(st.integers(1, 20_000), st.sampled_from(["high", "low", "zero"])), min_size=1, max_size=4
)  # fmt: skip
MODES = st.sampled_from(["", "exclusive", "inclusive", "none"])
DISCOUNTS = st.sampled_from(["", "", "5", "33.33", "99"])


def test_money_adds_up_whatever_happens_to_an_order():
    s = money.shop()
    done = {"orders": 0, "steps": 0, "re-splits": 0}

    @settings(
        max_examples=count(200, 12), deadline=None, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(PRICES, MODES, DISCOUNTS, st.integers(0, 2**32))
    def live(prices, mode, discount, seed):
        order = money.order(
            s, *[(str(D(cents) / 100), code) for cents, code in prices], vat_mode=mode, discount=discount
        )  # fmt: skip
        chance = random.Random(seed)
        for _ in range(chance.randint(2, 7)):
            step(s, order, chance)
            order.refresh_from_db()
            adds_up(order)
            done["steps"] += 1
        while order.open_amount.amount > 0:  # in any split, to the end
            part = min(order.open_amount.amount, cents_of(chance, order.open_amount.amount))
            pay(s, order, (chance.choice(["bank", "ideal"]), part))
            order.refresh_from_db()
            adds_up(order)
        assert {k: v for k, v in split(order).items() if v != NONE} == {
            k: v for k, v in owed(order).items() if v != NONE
        }  # fmt: skip
        if order.paid_total.amount:
            refund(
                order_id=order.pk, amounts=[(s.method.bank.pk, order.paid_total.amount)], reason="alles terug",
                employee=s.office,
            )  # fmt: skip
        order.refresh_from_db()
        assert (order.paid_total.amount, set(split(order).values()) - {NONE}) == (0, set())
        done["orders"] += 1

    live()
    done["re-splits"] = LedgerEntry.objects.filter(kind="re_split").count()
    report("orders that live", **done)
    holds(2, 3, 11)


def adds_up(order) -> None:
    """Paid + rest = total per rate to the cent, and no rate holds less than nothing or more than its total."""
    paid, due = split(order), owed(order)
    for rate in paid.keys() | due.keys():
        got, of = (tuple(map(D, table.get(rate, NONE))) for table in (paid, due))
        assert got[0] + got[1] == got[2]
        assert 0 <= got[2] <= of[2], (rate, paid, due)
        assert 0 <= got[1] <= of[1] or of[1] == 0, (rate, paid, due)
    assert sum(D(part[2]) for part in paid.values()) == order.paid_total.amount
    assert 0 <= order.paid_total.amount <= order.gross.amount


def cents_of(chance, most: D) -> D:
    return D(chance.randint(1, max(int(most * 100), 1))) / 100


def step(s, order, chance) -> None:
    """Pay a part, give a part back, amend, or cancel a part."""
    paid, rest = order.paid_total.amount, order.open_amount.amount
    what = chance.choice(["pay", "pay", "refund", "amend", "cancel"])
    if what == "pay" and rest > 0:
        amount = cents_of(chance, rest)
        if amount > 1 and chance.random() < 0.3:
            pay(s, order, ("bank", D("0.50")), ("ideal", amount - D("0.50")))
        else:
            pay(s, order, ("bank", amount))
    elif what == "refund" and paid > 0:
        method = chance.choice([s.method.bank, s.method.tegoed])
        refund(order_id=order.pk, amounts=[(method.pk, cents_of(chance, paid))], reason="terug", employee=s.office)
    elif what == "amend" and order.status in ("open", "part_cancelled"):
        _amend(s, order, chance)
    elif what == "cancel" and order.status in ("open", "part_cancelled"):
        open_lines = [line for line in order.lines.all() if line.open_quantity]
        if len(open_lines) > 1:
            chosen = chance.choice(open_lines)
            _settled(
                s, order, lambda amounts: cancel(
                    order_id=order.pk, employee=s.office, quantities={chosen.pk: chosen.open_quantity}, amounts=amounts
                ), chance,
            )  # fmt: skip


def _amend(s, order, chance) -> None:
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    line = chance.choice(list(amendment.lines.all()))
    done = line.cancelled_quantity
    pieces = max(D(chance.randint(1, 4)), done)
    lines.set_line(
        order_id=amendment.pk, line_id=line.pk, revision=None, values={"quantity": pieces, "reason": "afspraak"},
        employee=s.office,
    )  # fmt: skip
    _settled(
        s, order, lambda amounts: settle_amendment(order_id=amendment.pk, employee=s.office, amounts=amounts), chance
    )


def _settled(s, order, work, chance) -> None:
    """Do it, and where it leaves money over put exactly that in its place."""
    try:
        work([])
    except Refusal as refusal:
        assert refusal.code == "payments.not_all", refusal
        said = refusal.message.split("€")[1].split(" een")[0]  # "Er moet € 12,34 een bestemming krijgen"
        method = chance.choice([s.method.bank, s.method.tegoed])
        work([(method.pk, parse_amount(said.replace("\u00a0", "").strip()))])
