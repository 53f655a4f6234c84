"""What people in a shop do all day, each by the services that their screens call."""

import random
import uuid
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from time import perf_counter

from django.db import transaction
from django.utils import timezone

from backoffice.core.errors import Busy, Refusal
from payments.dialogs.givebacks import over_after_cancel
from payments.selectors import open_session_of, session_figures
from payments.services import sessions
from payments.services.cancelling import cancel
from payments.services.depositing import deposit
from pos import selectors
from pos.models import TillSeat
from pos.services import amending as at_till
from pos.services import checking_out, make_order, seats
from sales.models import SalesOrder
from sales.services import amending, confirming, drafts, lines
from sales.services.editing import open_order

D = Decimal
# somebody else was first, and was named
POLITE = {
    "order.claimed", "order.done", "order.status", "stale", "payments.not_all", "payments.over", "order.money_left",
    "order.nothing_open", "order.discarded",
}  # fmt: skip


class Person:
    """Somebody at a till or a desk, with dice of their own; `figures` are the seconds per kind of work."""

    def __init__(self, s, employee, branch, seed: int, till=None):
        self.s, self.employee, self.branch, self.till = s, employee, branch, till
        self.dice = random.Random(seed)
        self.figures: dict[str, list[float]] = {}
        self.refused: Counter[str] = Counter()

    def do(self, name: str) -> None:
        since = perf_counter()
        try:
            getattr(self, name)()
        except Refusal as refusal:
            if refusal.code not in POLITE:
                raise
            self.refused[refusal.code] += 1
            self.tidy()
        self.figures.setdefault(name, []).append(perf_counter() - since)

    def ask(self, service, **values):
        """Ask again with the same key what is still being worked on, as a screen does."""
        for _ in range(20):
            try:
                return service(**values)
            except Busy:
                self.refused["asked again"] += 1
        raise TimeoutError(service)

    def tidy(self) -> None:
        """Put away what somebody else has dealt with meanwhile."""
        for amendment in SalesOrder.objects.filter(claimed_by=self.employee, lifecycle="draft", amends__isnull=False):
            self.ask(amending.discard_amendment, order_id=amendment.pk, employee=self.employee)
        if self.till:
            self.ask(seats.put_away, till_id=self.till.pk, employee=self.employee)

    # ---- what both do --------------------------------------------------------------------------------------------
    def some(self) -> list[tuple[int, Decimal]]:
        chosen = self.dice.sample(self.s.variants, self.dice.randint(1, 4))
        return [(variant.pk, D(self.dice.randint(1, 3))) for variant in chosen]

    def waiting(self) -> SalesOrder:
        """An order of the branch that waits; one is made where none does."""
        orders = SalesOrder.objects.filter(selectors.WAITING, branch=self.branch.pk, claimed_till=None)
        found = list(orders.order_by("-pk")[:20])
        return self.dice.choice(found) if found else self.desk_order()

    # ---- at a desk -------------------------------------------------------------------------------------------------
    def desk_order(self) -> SalesOrder:
        who = {"employee": self.employee}
        draft = self.ask(
            drafts.create, branch_id=self.branch.pk, customer_id=self.s.customer.pk, key=uuid.uuid4(), **who
        )
        self.ask(lines.add, order_id=draft.pk, items=self.some(), key=uuid.uuid4(), **who)
        order = self.ask(confirming.confirm, order_id=draft.pk, key=uuid.uuid4(), **who)
        if self.dice.random() < 0.5:
            tenders = [(self.s.method.bank.pk, D(5))]
            order = self.ask(deposit, order_id=order.pk, tenders=tenders, key=uuid.uuid4(), **who)
        return order

    def desk_amendment(self) -> None:
        who = {"employee": self.employee}
        amendment = self.ask(amending.amend, order_id=self.waiting().pk, key=uuid.uuid4(), **who)
        self.ask(lines.add, order_id=amendment.pk, items=self.some(), key=uuid.uuid4(), **who)
        self.ask(amending.confirm_amendment, order_id=amendment.pk, key=uuid.uuid4(), **who)

    def cancelling(self) -> None:
        order = self.waiting()
        over = over_after_cancel(order, list(order.lines.all()))
        amounts = [(self.s.method.tegoed.pk, over)] if over else []
        self.ask(
            cancel, order_id=order.pk, amounts=amounts, reason="bedacht zich", employee=self.employee, key=uuid.uuid4()
        )

    # ---- at a till -------------------------------------------------------------------------------------------------
    def basket(self) -> SalesOrder:
        order_id = self.ask(seats.begin, till_id=self.till.pk, employee=self.employee).order_id
        return self.ask(lines.add, order_id=order_id, items=self.some(), employee=self.employee, key=uuid.uuid4())

    def check_out(self, amount: Decimal, **more) -> None:
        tenders = [(self.s.method.contant.pk, amount)] if amount else []
        who = {"till_id": self.till.pk, "employee": self.employee}
        self.ask(checking_out.check_out, tenders=tenders, key=uuid.uuid4(), **who, **more)

    def sale(self) -> None:
        self.check_out((self.basket().gross.amount // 5 + 1) * 5)

    def till_order(self) -> None:
        basket, who = self.basket(), {"employee": self.employee}
        self.ask(make_order.choose_customer, till_id=self.till.pk, customer_id=self.s.customer.pk, **who)
        day = {"expected_delivery_date": timezone.localdate() + timedelta(days=3)}
        self.ask(drafts.set_header, order_id=basket.pk, revision=None, values=day, **who)
        if self.dice.random() < 0.5:
            return self.check_out(D(5))
        self.ask(make_order.place, till_id=self.till.pk, key=uuid.uuid4(), **who)
        return None

    def till_amendment(self) -> None:
        """An order is taken from the queue, gets more articles, and is paid and handed over."""
        who = {"till_id": self.till.pk, "employee": self.employee}
        order = self.waiting()
        self.ask(seats.open_order, order_id=order.pk, key=uuid.uuid4(), **who)
        amendment = self.ask(at_till.amend, key=uuid.uuid4(), **who).order
        self.ask(lines.add, order_id=amendment.pk, items=self.some(), employee=self.employee, key=uuid.uuid4())
        order = self.ask(at_till.confirm, key=uuid.uuid4(), **who).order
        left = order.open_amount.amount
        take = {line.pk: line.open_quantity for line in order.lines.all() if line.open_quantity}
        self.check_out((left // 5 + 1) * 5 if left else D(0), take=take, seen_left=left)

    def bring_back(self) -> None:
        """A free-standing return: one article comes in, its price goes out of the drawer."""
        order_id = self.ask(seats.begin, till_id=self.till.pk, employee=self.employee).order_id
        one = [(self.dice.choice(self.s.variants).pk, D(1))]
        self.ask(lines.add, order_id=order_id, items=one, employee=self.employee)
        with transaction.atomic():
            opened = open_order(order_id, self.employee, action="edit")
            opened.lines[0].quantity = D(-1)
            opened.touch(opened.lines[0])
            back = opened.write().gross.amount
        self.check_out(back)

    def close(self) -> None:
        session = open_session_of(self.till)
        counted, left = {}, session_figures(session).expected
        for value in sessions.DENOMINATIONS:
            counted[str(value)], left = int(left // value), left % value
        self.ask(
            sessions.close_session,
            session_id=session.pk,
            denominations=counted,
            employee=self.employee,
            key=uuid.uuid4(),
        )
        self.open()

    def open(self) -> None:
        TillSeat.objects.get_or_create(till=self.till, defaults={"device_hash": ""})
        self.ask(sessions.open_session, till_id=self.till.pk, float_amount=D(200), employee=self.employee)
