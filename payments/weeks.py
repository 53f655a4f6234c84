"""The last weeks per branch on the start page: orders, turnover and deposits, as charts and as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.core.charts import Bar, bars
from backoffice.core.formats import format_amount, format_date, format_money, format_quantity
from backoffice.core.money import ZERO
from backoffice.relations.models import Branch
from sales import figures
from sales.figures import Figure, Measure


@dataclass(frozen=True)
class BranchWeeks:
    """The weeks of one branch."""

    branch: Branch
    days: list[date]
    measures: list[Measure]

    @property
    def numbers(self) -> list[tuple[int, date]]:
        """(week number, its Monday)."""
        return [(day.isocalendar().week, day) for day in self.days]

    @property
    def charts(self) -> list[tuple[Measure, SafeString]]:
        return [(measure, self._chart(measure)) for measure in self.measures]

    def _chart(self, measure: Measure) -> SafeString:
        say = format_money if measure.money else format_quantity
        points = [
            Bar(
                str(number),
                figure.value,
                _("Week %(number)s, vanaf %(day)s: %(value)s")
                % {"number": number, "day": format_date(monday), "value": say(figure.value)},
                figure.url,
            )
            for (number, monday), figure in zip(self.numbers, measure.weeks, strict=True)
        ]
        return bars(points, format_amount if measure.money else format_quantity)


def last_weeks(employee, branches: Sequence[Branch], today: date) -> list[BranchWeeks]:
    """The weeks of each of these branches, in two statements whatever their number."""
    orders, paid = figures.last_weeks(employee, today), deposits([branch.pk for branch in branches], today)
    return [
        BranchWeeks(
            branch,
            figures.mondays(today),
            [*figures.measures(orders, branch.pk, today), _deposits_of(branch, paid, today)],
        )
        for branch in branches
    ]


def deposits(branch_ids: Sequence[int], today: date) -> dict[tuple[int, date], Decimal]:
    """{(branch, Monday): EUR received as deposits} of the last weeks. Index: entry_by_day."""
    first, *_between, last = figures.mondays(today)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT branch_id, date_trunc('week', business_date)::date, sum(amount) FROM payments_ledgerentry"
            " WHERE business_date BETWEEN %s AND %s AND branch_id = ANY(%s) AND kind = 'deposit' GROUP BY 1, 2",
            [first, last + timedelta(days=6), list(branch_ids)],
        )
        return {(branch, week): amount for branch, week, amount in cursor.fetchall()}


def _deposits_of(branch: Branch, paid: dict[tuple[int, date], Decimal], today: date) -> Measure:
    days = figures.mondays(today)
    weeks = [Figure(paid.get((branch.pk, monday), ZERO), _url(branch.pk, monday, monday)) for monday in days]
    total = Figure(sum((week.value for week in weeks), ZERO), _url(branch.pk, days[0], days[-1]))
    return Measure(_("Aanbetalingen"), True, weeks, total)


def _url(branch_id: int, first: date, last: date) -> str:
    """The overview of deposits from the first Monday to the end of the last week."""
    query: dict[str, str | int] = {
        "branch": branch_id,
        "first": format_date(first),
        "last": format_date(last + timedelta(days=6)),
    }
    return f"{reverse('payments:deposits_report')}?{urlencode(query)}"
