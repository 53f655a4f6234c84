"""Money of the demo shop: an open till at every counter, deposits and paid orders, through the same services."""

import random
from datetime import date, timedelta
from decimal import Decimal

from backoffice.core.money import HUNDRED, cents
from backoffice.relations.models import Branch, Employee, Till
from payments.models import PaymentMethod
from payments.selectors import required_deposit
from payments.services.depositing import deposit
from payments.services.sessions import open_session
from sales import status
from sales.models import SalesOrder

Kind = PaymentMethod.Kind
# name, kind, in the backoffice, at the till: what a new shop has; Contant in the backoffice too, to show the drawer
METHODS = [
    ("Contant", Kind.CASH, True, True),
    ("Pin", Kind.TERMINAL, False, True),
    ("Bank", Kind.BANK, True, True),
    ("iDEAL", Kind.ONLINE, True, False),
    ("Tegoed", Kind.CREDIT, True, True),
]
FLOAT = Decimal("150.00")
# per hundred orders: paid in full (of those that left: most), half, a quarter
PAID, PAID_WHEN_DELIVERED, HALF, QUARTER = 22, 88, 16, 10


def make(employees: dict[str, Employee], orders: list[SalesOrder], today: date) -> None:
    """Keep the methods, open every till, and take money on about half of the confirmed orders."""
    methods = _methods()
    for till in Till.objects.select_related("branch").order_by("pk"):
        open_session(till_id=till.pk, float_amount=FLOAT, employee=_seller(employees, till.branch), business_date=today)
    rng = random.Random(41)
    live = SalesOrder.objects.filter(pk__in=[order.pk for order in orders], status__in=status.LIVE)
    for order in live.select_related("order_type").order_by("pk"):
        _pay(rng, order, methods, employees["sanne"], today)


def _methods() -> dict[str, PaymentMethod]:
    for place, (name, kind, desk, till) in enumerate(METHODS, 1):
        values = {"kind": kind, "at_desk": desk, "at_till": till, "position": place}
        PaymentMethod.objects.update_or_create(name=name, defaults=values)
    return {method.name: method for method in PaymentMethod.objects.all()}


def _seller(employees: dict[str, Employee], branch: Branch) -> Employee:
    return next(
        e for e in employees.values() if e.home_branch_id == branch.pk and e.roles.filter(branch=branch).exists()
    )


def _pay(rng: random.Random, order: SalesOrder, methods, employee: Employee, today: date) -> None:
    """A deposit as the Soort asks it, a half, a quarter, everything in one or two parts, or nothing."""
    chance, gross = rng.randrange(100), order.gross.amount
    days = max((today - order.order_date).days, 0)
    day = order.order_date + timedelta(days=rng.randint(0, min(days, 6)))
    whole = PAID_WHEN_DELIVERED if order.status == SalesOrder.Status.DELIVERED else PAID
    by = methods[rng.choice(["Bank", "Bank", "iDEAL"])]
    if gross <= 0:
        return
    if required := required_deposit(order).due:
        parts = [required]
    elif chance < whole:
        first = cents(gross * rng.choice([25, 50]) / HUNDRED)
        parts = [first, gross - first] if chance < whole // 2 else [gross]
    elif chance < whole + HALF:
        parts = [cents(gross / 2)]
    elif chance < whole + HALF + QUARTER:
        parts = [cents(gross / 4)]
    else:
        parts = []
    for part in parts:
        if part:
            deposit(
                order_id=order.pk, tenders=[(by.pk, part)], employee=employee, business_date=min(day, today)
            )  # fmt: skip
            day += timedelta(days=1)
