"""Random legal and illegal actions on orders, against a small model of what an order is.

The model knows pieces ordered, delivered and cancelled per line, what is paid, and who has which amendment. Each
action is legal or not by the model; the house must agree, and after each step every row must follow from it.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from backoffice.catalog.models import StockLevel
from backoffice.core.errors import Refusal
from sales.models import SalesOrder
from sales.services import amending, cancelling, copying, delivering, lines
from tests.invariants import holds
from tests.sales.living import confirmed, everything, pay
from tests.sales.order_shop import shop

UNDELIVERED = {"open", "part_delivered", "part_cancelled"}
LIVE = UNDELIVERED | {"delivered"}
WHICH = st.integers(0, 5)
PIECES = st.integers(1, 6)
WHO = st.sampled_from(["office", "manager"])
TRIED: Counter = Counter()  # how many actions were done and refused, over all lives of a run
ANY = (1, 6, 7, 8, 9, 12, 15)


@dataclass
class Line:
    variant: int
    ordered: int
    delivered: int = 0
    cancelled: int = 0
    handled: bool = False  # a delivery row points at it

    @property
    def done(self) -> int:
        return self.delivered + self.cancelled

    @property
    def open(self) -> int:
        return self.ordered - self.done


@dataclass
class Amendment:
    pk: int
    who: str
    wanted: dict  # line key -> (variant, pieces)


@dataclass
class Order:
    pk: int
    lines: dict  # line key -> Line, by position
    paid: Decimal = Decimal(0)
    version: int = 1
    amendment: Amendment | None = None
    cancellations: list = field(default_factory=list)  # those that can be undone: [{line key: pieces}]
    deliveries: list = field(default_factory=list)  # (delivery id, line key, pieces)

    @property
    def status(self) -> str:
        of = self.lines.values()
        if all(line.cancelled == line.ordered for line in of):
            return "cancelled"
        if all(line.open == 0 for line in of):
            return "settled" if self.paid == self.gross() else "delivered"
        if any(line.delivered for line in of):
            return "part_delivered"
        return "part_cancelled" if any(line.cancelled for line in of) else "open"

    prices: dict = field(default_factory=dict)

    def gross(self) -> Decimal:
        return sum((self.prices[x.variant] * (x.ordered - x.cancelled) for x in self.lines.values()), Decimal(0))


class LifeOfOrders(RuleBasedStateMachine):
    """Everything happens in one transaction, that is rolled back at the end of the run."""

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.shop = s = shop()
        self.variants = {v.pk: v for v in (s.wit40, s.navy32, s.riem)}
        self.prices = {
            s.wit40.pk: Decimal("49.95"), s.navy32.pk: Decimal("69.95"), s.riem.pk: Decimal("29.95"),
        }  # fmt: skip
        self.orders: list[Order] = []

    def teardown(self):
        try:
            holds()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def who(self, name):
        return getattr(self.shop, name)

    def pick(self, which) -> Order:
        return self.orders[which % len(self.orders)]

    @staticmethod
    def key_of(rows: dict, which):
        return list(rows)[which % len(rows)]

    def attempt(self, legal: bool, action):
        """Do it; the house must agree with the model, and a refusal changes nothing. None when it was refused."""
        before = None if legal else everything()
        try:
            result = action()
        except Refusal as refusal:
            assert not legal, f"refused: {refusal.code} {refusal.message}"
            assert everything() == before
            TRIED["refused"] += 1
            return None
        assert legal, "it should have been refused"
        TRIED["done"] += 1
        return result

    @rule(pieces=st.lists(st.tuples(st.integers(0, 2), PIECES), min_size=1, max_size=3, unique_by=lambda x: x[0]))
    @precondition(lambda self: len(self.orders) < 4)
    def order(self, pieces):
        variants = list(self.variants.values())
        made = confirmed(self.shop, items=[(variants[at], quantity) for at, quantity in pieces])
        rows = {line.key: Line(line.variant_id, int(line.quantity)) for line in made.lines.all()}
        self.orders.append(Order(made.pk, rows, prices=self.prices))

    @rule(which=WHICH, at=WHICH, pieces=PIECES)
    @precondition(lambda self: self.orders)
    def deliver(self, which, at, pieces):
        order = self.pick(which)
        key = self.key_of(order.lines, at)
        line = order.lines[key]
        row = SalesOrder.objects.get(pk=order.pk).lines.get(key=key)
        legal = order.status in UNDELIVERED and pieces <= line.open
        delivery = self.attempt(
            legal,
            lambda: delivering.deliver(
                order_id=order.pk,
                quantities={row.pk: Decimal(pieces)},
                kind="hand_over",
                branch_id=self.shop.branch.pk,
                employee=self.shop.manager,
            ),
        )
        if delivery:
            line.delivered += pieces
            line.handled = True
            order.deliveries.append((delivery.pk, key, pieces))

    @rule(which=WHICH, at=WHICH)
    @precondition(lambda self: any(order.deliveries for order in self.orders))
    def take_back(self, which, at):
        order = self.pick(which)
        if not order.deliveries:
            return
        pk, key, pieces = order.deliveries.pop(at % len(order.deliveries))
        take = lambda: delivering.cancel_delivery(delivery_id=pk, employee=self.shop.manager)  # noqa: E731
        assert self.attempt(True, take)
        order.lines[key].delivered -= pieces
        self.attempt(False, take)

    @rule(which=WHICH, at=WHICH, pieces=PIECES, whole=st.booleans())
    @precondition(lambda self: self.orders)
    def cancel(self, which, at, pieces, whole):
        order = self.pick(which)
        key = self.key_of(order.lines, at)
        row = SalesOrder.objects.get(pk=order.pk).lines.get(key=key)
        chosen = {k: x.open for k, x in order.lines.items() if x.open} if whole else {key: pieces}
        legal = (
            order.status in UNDELIVERED
            and order.amendment is None
            and all(quantity <= order.lines[k].open for k, quantity in chosen.items())
            and order.gross() - sum(self.prices[order.lines[k].variant] * n for k, n in chosen.items()) >= order.paid
        )
        quantities = None if whole else {row.pk: Decimal(pieces)}
        if self.attempt(
            legal,
            lambda: cancelling.cancel(order_id=order.pk, quantities=quantities, employee=self.shop.office),
        ):
            for k, quantity in chosen.items():
                order.lines[k].cancelled += quantity
            order.cancellations.append(chosen)
            order.version += 1

    @rule(which=WHICH)
    @precondition(lambda self: self.orders)
    def undo_cancel(self, which):
        order = self.pick(which)
        legal = order.amendment is None and bool(order.cancellations)
        if self.attempt(legal, lambda: cancelling.undo_cancel(order_id=order.pk, employee=self.shop.office)):
            for key, quantity in order.cancellations.pop().items():
                order.lines[key].cancelled -= quantity
            order.version += 1

    @rule(which=WHICH, part=st.integers(1, 4))
    @precondition(lambda self: self.orders)
    def pay(self, which, part):
        order = self.pick(which)
        left = order.gross() - order.paid
        if order.status in LIVE and left > 0:
            order.paid += (left * part / 4).quantize(Decimal("0.01"))
            pay(SalesOrder.objects.get(pk=order.pk), order.paid)

    @rule(which=WHICH, who=WHO, take_over=st.booleans())
    @precondition(lambda self: self.orders)
    def amend(self, which, who, take_over):
        order = self.pick(which)
        legal = order.status in LIVE and (order.amendment is None or take_over or order.amendment.who == who)
        made = self.attempt(
            legal, lambda: amending.amend(order_id=order.pk, employee=self.who(who), take_over=take_over)
        )
        if made and order.amendment is None:
            wanted = {key: (line.variant, line.ordered) for key, line in order.lines.items()}
            order.amendment = Amendment(made.pk, who, wanted)
        elif made:
            order.amendment.who = who

    def amended(self, which) -> Order | None:
        found = [order for order in self.orders if order.amendment]
        return found[which % len(found)] if found else None

    @rule(which=WHICH, at=WHICH, pieces=PIECES, who=WHO)
    @precondition(lambda self: any(order.amendment for order in self.orders))
    def set_quantity(self, which, at, pieces, who):
        order = self.amended(which)
        amendment = order.amendment
        if not amendment.wanted:
            return
        key = self.key_of(amendment.wanted, at)
        row = SalesOrder.objects.get(pk=amendment.pk).lines.get(key=key)
        done = order.lines[key].done if key in order.lines else 0
        if self.attempt(
            amendment.who == who and pieces >= done,
            lambda: lines.set_line(
                order_id=amendment.pk,
                line_id=row.pk,
                revision=None,
                values={"quantity": Decimal(pieces)},
                employee=self.who(who),
            ),
        ):
            amendment.wanted[key] = (row.variant_id, pieces)

    @rule(which=WHICH, at=WHICH)
    @precondition(lambda self: any(order.amendment for order in self.orders))
    def delete_line(self, which, at):
        order = self.amended(which)
        amendment = order.amendment
        if not amendment.wanted:
            return
        key = self.key_of(amendment.wanted, at)
        row = SalesOrder.objects.get(pk=amendment.pk).lines.get(key=key)
        done = order.lines[key].done if key in order.lines else 0
        if self.attempt(
            done == 0,
            lambda: lines.delete(order_id=amendment.pk, line_ids=[row.pk], employee=self.who(amendment.who)),
        ):
            del amendment.wanted[key]

    @rule(which=WHICH, at=st.integers(0, 2), pieces=PIECES)
    @precondition(lambda self: any(order.amendment for order in self.orders))
    def add(self, which, at, pieces):
        amendment = self.amended(which).amendment
        variant = list(self.variants)[at]
        made = self.attempt(
            True,
            lambda: lines.add(
                order_id=amendment.pk, items=[(variant, Decimal(pieces))], employee=self.who(amendment.who)
            ),
        )
        joined = next((key for key, (of, _n) in amendment.wanted.items() if of == variant), None)
        if joined:
            amendment.wanted[joined] = (variant, amendment.wanted[joined][1] + pieces)
        else:
            amendment.wanted[made.all_lines[-1].key] = (variant, pieces)

    @rule(which=WHICH, who=WHO)
    @precondition(lambda self: any(order.amendment for order in self.orders))
    def confirm_amendment(self, which, who):
        order = self.amended(which)
        amendment = order.amendment
        wanted = amendment.wanted
        after = {
            key: Line(
                variant,
                pieces,
                *((order.lines[key].delivered, order.lines[key].cancelled) if key in order.lines else ()),
            )
            for key, (variant, pieces) in wanted.items()
        }
        gone = {key: line for key, line in order.lines.items() if key not in wanted}
        gross = sum((self.prices[x.variant] * (x.ordered - x.cancelled) for x in after.values()), Decimal(0))
        legal = (
            amendment.who == who
            and order.status in LIVE
            and bool(wanted)
            and all(line.open >= 0 for line in after.values())
            and all(line.done == 0 for line in gone.values())
            and gross >= order.paid
        )
        if not self.attempt(legal, lambda: amending.confirm_amendment(order_id=amendment.pk, employee=self.who(who))):
            return
        for key, line in after.items():
            line.handled = key in order.lines and order.lines[key].handled
        kept = {
            key: Line(line.variant, line.ordered, 0, line.ordered, True) for key, line in gone.items() if line.handled
        }
        changed = gone or {k: x.ordered for k, x in after.items()} != {k: x.ordered for k, x in order.lines.items()}
        order.lines, order.amendment = after | kept, None
        if changed:
            order.version += 1
            order.cancellations.clear()

    @rule(which=WHICH, who=WHO)
    @precondition(lambda self: any(order.amendment for order in self.orders))
    def discard_amendment(self, which, who):
        order = self.amended(which)
        if self.attempt(
            order.amendment.who == who,
            lambda: amending.discard_amendment(order_id=order.amendment.pk, employee=self.who(who)),
        ):
            order.amendment = None

    @rule(which=WHICH)
    @precondition(lambda self: self.orders)
    def convert(self, which):
        order = self.pick(which)
        self.attempt(False, lambda: copying.convert(order_id=order.pk, employee=self.shop.office))

    @invariant()
    def the_house_is_as_the_model_says(self):
        held: Counter = Counter()
        for order in self.orders:
            row = SalesOrder.objects.get(pk=order.pk)
            assert (row.status, row.version) == (order.status, order.version)
            assert (row.gross.amount, row.paid_total.amount) == (order.gross(), order.paid)
            stored = {
                line.key: (line.variant_id, line.quantity, line.delivered_quantity, line.cancelled_quantity)
                for line in row.lines.order_by("position")
            }
            mine = {k: (x.variant, x.ordered, x.delivered, x.cancelled) for k, x in order.lines.items()}
            assert list(stored.items()) == list(mine.items())
            for line in order.lines.values():
                held[line.variant] += line.open
        levels = StockLevel.objects.filter(branch=self.shop.branch).values_list("variant_id", "reserved")
        assert {pk: n for pk, n in levels if n} == {pk: n for pk, n in held.items() if n}
        holds(*ANY)


def run(examples: int, steps: int) -> Counter:
    """So many random lives of so many steps each; how many actions were done and refused."""
    TRIED.clear()
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        LifeOfOrders,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=checks,
            database=None,
        ),
    )
    return TRIED
