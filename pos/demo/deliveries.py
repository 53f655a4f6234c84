"""What became of the orders: most of the past ones left, some in part, a few were cancelled; always the same."""

import random
from datetime import date, timedelta
from decimal import Decimal

from backoffice.relations.models import EmployeeRole
from sales.documents import picking
from sales.documents.services import packing
from sales.models import Delivery, SalesOrder
from sales.services import cancelling, delivering

NOTES = ["", "", "", "Achterom bezorgen", "Bellen voor bezorging", "Graag bij de buren op 14"]
REASON = "Klant ziet ervan af"
SOLD_OUT, WAITS = "Niet meer leverbaar", timedelta(days=21)
# of a hundred orders that were due: so many left as a whole, in part, on two slips, or were cancelled (all, the rest)
FATES = {"all": 66, "part": 12, "twice": 8, "cancelled": 5, "rest": 4, "waits": 5}


def make(orders: list[SalesOrder], employees, today: date) -> None:
    """Deliver, by slip or over the counter, what should have left by now and lies there; oldest order first."""
    rng = random.Random(29)
    managers = {
        e.home_branch_id: e
        for e in employees.values()
        if any(r.role == EmployeeRole.Role.MANAGER for r in e.roles.all())
    }
    for order in orders:
        fate = rng.choices(list(FATES), list(FATES.values()))[0]
        early = rng.random() < 0.1
        due = order.expected_delivery_date or today
        if order.status != SalesOrder.Status.OPEN or not (early or due < today):
            continue
        if order.order_type.deposit_percent:
            continue  # it waits for its deposit
        manager = managers[order.branch_id]
        if fate == "cancelled":
            cancelling.cancel(order_id=order.pk, employee=manager, reason=REASON)
        elif fate != "waits":
            _deliver(rng, order, manager, fate)
            if due < today - WAITS and fate != "part":
                _give_up(order, manager)


def _deliver(rng, order: SalesOrder, employee, fate: str) -> None:
    present = _present(order)
    if not present:
        return
    if fate in ("part", "twice", "rest"):
        some = {pk: max(Decimal(int(pieces / 2)), Decimal(1)) for pk, pieces in list(present.items())[:2]}
        _hand_out(rng, order, employee, some)
        order = SalesOrder.objects.get(pk=order.pk)
        present = _present(order)
    if fate in ("all", "twice") and present:
        _hand_out(rng, order, employee, present)
    elif fate == "rest" and order.status == SalesOrder.Status.PART_DELIVERED:
        cancelling.cancel(order_id=order.pk, employee=employee, reason=REASON)


def _give_up(order: SalesOrder, employee) -> None:
    """Cancel what did not lie there when the rest left, weeks ago."""
    order = SalesOrder.objects.get(pk=order.pk)
    if order.status in (SalesOrder.Status.OPEN, SalesOrder.Status.PART_DELIVERED):
        cancelling.cancel(order_id=order.pk, employee=employee, reason=SOLD_OUT)


def _present(order: SalesOrder) -> dict[int, Decimal]:
    """{line id: pieces} of what is open and lies there."""
    return {pick.line.pk: pick.filled for pick in picking.picks(order) if pick.filled}


def _hand_out(rng, order: SalesOrder, employee, quantities: dict[int, Decimal]) -> None:
    if order.delivery_method.kind == "pickup" and rng.random() < 0.5:
        delivering.deliver(
            order_id=order.pk, quantities=quantities, kind=Delivery.Kind.HAND_OVER, branch_id=order.branch_id,
            employee=employee,
        )  # fmt: skip
        return
    slip = packing.create_slip(order_id=order.pk, quantities=quantities, employee=employee, note=rng.choice(NOTES))
    packing.print_slip(slip_id=slip.pk, employee=employee)
    if rng.random() < 0.04:
        packing.cancel_slip(slip_id=slip.pk, employee=employee)
