"""What waits for somebody: to deliver today, late, to be picked up; views on the list of orders, with their counts."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backoffice.core.formats import format_quantity
from backoffice.relations.rights import access_of
from sales.models import DeliveryMethod, SalesOrder

Status = SalesOrder.Status
# something is left to deliver
TO_DELIVER = (Status.OPEN, Status.PART_DELIVERED, Status.PART_CANCELLED)
WAITING = "o.listed AND o.status IN ('open', 'part_delivered', 'part_cancelled')"
COUNTED = 1000


@dataclass(frozen=True)
class Worklist:
    """One worklist: its name in the URL (?work=), its label, and the condition in SQL on o (sales_salesorder)."""

    name: str
    label: Promise
    icon: str
    sql: str


TODAY = Worklist("today", _("Vandaag te leveren"), "truck", "o.expected_delivery_date = %(today)s")
LATE = Worklist("late", _("Te laat"), "triangle-alert", "o.expected_delivery_date < %(today)s")
PICKUP = Worklist(
    "pickup", _("Af te halen"), "shopping-bag",
    "o.expected_delivery_date <= %(today)s AND o.delivery_method_id IN"
    " (SELECT id FROM sales_deliverymethod WHERE kind = 'pickup')",
)  # fmt: skip
WORKLISTS = {worklist.name: worklist for worklist in (TODAY, LATE, PICKUP)}


def condition(name: str, today: date) -> Q:
    """The same as Worklist.sql, for the list. Index: order_to_deliver."""
    waiting = Q(status__in=TO_DELIVER, listed=True)
    if name == TODAY.name:
        return waiting & Q(expected_delivery_date=today)
    if name == LATE.name:
        return waiting & Q(expected_delivery_date__lt=today)
    pickups = DeliveryMethod.objects.filter(kind=DeliveryMethod.Kind.PICKUP)
    return waiting & Q(expected_delivery_date__lte=today, delivery_method__in=pickups)


def counts(employee, today: date, branch_id: int | None = None) -> dict[str, str]:
    """How many orders wait per worklist, in the branches of the employee or at one of them: "12", or "1.000+".

    One statement, which reads at most 1.001 entries of the index order_to_deliver per worklist.
    """
    mine = access_of(employee).branch_ids("sales.view")
    where = [WAITING]
    if mine is not None:
        where.append("o.branch_id = ANY(%(mine)s)")
    if branch_id is not None:
        where.append("o.branch_id = %(branch)s")
    columns = ", ".join(
        f"(SELECT count(*) FROM (SELECT FROM sales_salesorder o WHERE {' AND '.join([*where, worklist.sql])}"  # noqa: S608
        f" LIMIT {COUNTED + 1}) AS {name})"
        for name, worklist in WORKLISTS.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", {"today": today, "mine": sorted(mine or ()), "branch": branch_id})
        found = cursor.fetchone()
    return {name: _shown(number) for name, number in zip(WORKLISTS, found, strict=True)}


def _shown(number: int) -> str:
    return "1.000+" if number > COUNTED else format_quantity(number)
