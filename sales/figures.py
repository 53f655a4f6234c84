"""Turnover and orders of the last weeks per branch, for the start page."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Sum
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils.http import urlencode

from backoffice.relations.models import Branch
from backoffice.relations.rights import scoped
from sales.lists import CONFIRMED
from sales.models import SalesOrder

WEEKS = 8


@dataclass(frozen=True)
class Week:
    """A week from Monday to Sunday at one branch: orders confirmed, and what they come to (EUR incl. VAT)."""

    monday: date
    orders: int
    turnover: Decimal
    url: str

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week


@dataclass(frozen=True)
class Series:
    """The weeks of one branch, oldest first."""

    branch: Branch
    weeks: list[Week]

    @property
    def orders(self) -> int:
        return sum(week.orders for week in self.weeks)

    @property
    def turnover(self) -> Decimal:
        return sum((week.turnover for week in self.weeks), Decimal(0))


def last_weeks(employee, today: date) -> list[Series]:
    """A series per branch where the employee may see reports, by order date. One statement; index: order_list.

    Each week's url is the list Verkooporders with exactly the orders that it counts.
    """
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    last = this_monday + timedelta(days=6)
    orders = scoped(SalesOrder.objects.filter(listed=True), employee, "payments.report")
    rows = (
        orders.filter(status__in=CONFIRMED, order_date__gte=mondays[0], order_date__lte=last)
        .annotate(week=TruncWeek("order_date"))
        .values("branch", "week")
        .annotate(orders=Count("pk"), turnover=Sum("gross"))
    )
    found = {(row["branch"], row["week"]): row for row in rows.order_by()}
    branches = scoped(Branch.objects.filter(active=True), employee, "payments.report", "pk")
    return [Series(branch, [_week(found.get((branch.pk, at)), branch, at) for at in mondays]) for branch in branches]


def _week(row: dict | None, branch: Branch, monday: date) -> Week:
    query: dict[str, str | int] = {
        "status": "confirmed",
        "branch": branch.pk,
        "from": monday.isoformat(),
        "to": (monday + timedelta(days=6)).isoformat(),
        "sort": "-date",
    }
    url = f"{reverse('sales:orders')}?{urlencode(query)}"
    return Week(monday, row["orders"] if row else 0, row["turnover"] if row else Decimal(0), url)
