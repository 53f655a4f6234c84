"""Orders and turnover of the last weeks per branch, for the start page; payments adds the deposits."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Sum
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from backoffice.relations.rights import scoped
from sales.lists import CONFIRMED
from sales.models import SalesOrder

WEEKS = 8


@dataclass(frozen=True)
class Figure:
    """A number of orders, or EUR; url is the list of exactly what it counts, empty where there is none."""

    value: int | Decimal
    url: str


@dataclass(frozen=True)
class Measure:
    """One figure per week at one branch, oldest first, and what they come to."""

    label: str
    money: bool
    weeks: list[Figure]
    total: Figure

    def without_links(self) -> "Measure":
        """The same figures, of which no list shows what they count."""
        return replace(self, weeks=[replace(week, url="") for week in self.weeks], total=replace(self.total, url=""))


def mondays(today: date) -> list[date]:
    """The first days of this week and those before it, oldest first."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def last_weeks(employee, today: date) -> dict[tuple[int, date], tuple[int, Decimal]]:
    """{(branch, Monday): (orders confirmed, EUR incl. VAT)} by order date, where the employee may see reports.

    One statement, which reads the orders of these weeks alone; index: order_list.
    """
    first, *_between, last = mondays(today)
    orders = scoped(SalesOrder.objects.filter(listed=True), employee, "payments.report")
    rows = (
        orders.filter(status__in=CONFIRMED, order_date__gte=first, order_date__lte=last + timedelta(days=6))
        .annotate(week=TruncWeek("order_date"))
        .values_list("branch", "week")
        .annotate(Count("pk"), Sum("gross"))
    )
    return {(branch, week): (orders, turnover) for branch, week, orders, turnover in rows.order_by()}


def measures(found: dict[tuple[int, date], tuple[int, Decimal]], branch_id: int, today: date) -> list[Measure]:
    """Orders and turnover of one branch, out of last_weeks."""
    days = mondays(today)
    rows = [found.get((branch_id, monday), (0, Decimal(0))) for monday in days]
    urls = [_orders_url(branch_id, monday, monday) for monday in days]
    all_weeks = _orders_url(branch_id, days[0], days[-1])
    named = ((_("Orders"), False), (_("Orderomzet incl. BTW"), True))
    return [
        Measure(
            label,
            money,
            [Figure(row[at], url) for row, url in zip(rows, urls, strict=True)],
            Figure(sum((row[at] for row in rows), Decimal(0)), all_weeks),
        )
        for at, (label, money) in enumerate(named)
    ]


def _orders_url(branch_id: int, first: date, last: date) -> str:
    """The list Verkooporders from the first Monday to the end of the last week."""
    query: dict[str, str | int] = {
        "status": "confirmed",
        "branch": branch_id,
        "from": first.isoformat(),
        "to": (last + timedelta(days=6)).isoformat(),
        "sort": "-date",
    }
    return f"{reverse('sales:orders')}?{urlencode(query)}"
