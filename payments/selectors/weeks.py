"""The last weeks per branch on the start page: orders, turnover and deposits, as charts and as a table."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.core.drawings import Bar, bars
from backoffice.core.formats import format_amount, format_date, format_money, format_quantity
from backoffice.core.money import ZERO
from backoffice.relations.models import Branch
from sales import figures
from sales.figures import Figure, Measure

MOST = 10  # branches that are drawn one by one


@dataclass(frozen=True)
class BranchWeeks:
    """The weeks of one branch, or of those together that are not drawn one by one (branch None)."""

    branch: Branch | None
    title: str
    days: list[date]
    measures: list[Measure]
    drawn: list[Measure]  # of which a chart is drawn

    @property
    def numbers(self) -> list[tuple[int, date]]:
        """(week number, its Monday)."""
        return [(day.isocalendar().week, day) for day in self.days]

    @property
    def charts(self) -> list[tuple[Measure, SafeString]]:
        return [(measure, self._chart(measure)) for measure in self.drawn]

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
    """The weeks of each of these branches, in two statements whatever their number.

    Of more than MOST those with the largest turnover, and last the others as one; of each the turnover alone is drawn
    then, for a chart takes 5 ms.
    """
    orders, paid = figures.last_weeks(employee, today), deposits([branch.pk for branch in branches], today)
    shown, others = _largest(branches, orders)
    days, weeks = figures.mondays(today), []
    for branch in shown:
        measures = [*figures.measures(orders, branch.pk, today), _deposits_of(branch.pk, paid, today)]
        weeks.append(BranchWeeks(branch, branch.name, days, measures, measures[1:2] if others else measures))
    return [*weeks, _together(others, orders, paid, today)] if others else weeks


def _largest(branches: Sequence[Branch], orders: dict) -> tuple[list[Branch], list[Branch]]:
    """(the branches that are drawn one by one, in their own order; the others)."""
    if len(branches) <= MOST:
        return list(branches), []
    turnover: dict[int, Decimal] = defaultdict(Decimal)
    for (branch_id, _week), (_orders, gross) in orders.items():
        turnover[branch_id] += gross
    ranked = sorted(branches, key=lambda branch: -turnover[branch.pk])
    drawn = {branch.pk for branch in ranked[:MOST]}
    return [b for b in branches if b.pk in drawn], [b for b in branches if b.pk not in drawn]


def _together(branches: Sequence[Branch], orders: dict, paid: dict, today: date) -> BranchWeeks:
    """These branches as one. No list shows just them, so their figures lead nowhere."""
    ids, days = {branch.pk for branch in branches}, figures.mondays(today)
    counted: dict[date, tuple[int, Decimal]] = {
        monday: (
            sum(orders.get((pk, monday), (0, ZERO))[0] for pk in ids),
            sum((orders.get((pk, monday), (0, ZERO))[1] for pk in ids), ZERO),
        )
        for monday in days
    }
    received = {monday: sum((paid.get((pk, monday), ZERO) for pk in ids), ZERO) for monday in days}
    measures = [
        *figures.measures({(0, monday): both for monday, both in counted.items()}, 0, today),
        _deposits_of(0, {(0, monday): amount for monday, amount in received.items()}, today),
    ]
    title = _("Overige %(number)s filialen") % {"number": len(branches)}
    plain = [measure.without_links() for measure in measures]
    return BranchWeeks(None, title, days, plain, plain[1:2])


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


def _deposits_of(branch_id: int, paid: dict[tuple[int, date], Decimal], today: date) -> Measure:
    days = figures.mondays(today)
    weeks = [Figure(paid.get((branch_id, monday), ZERO), _url(branch_id, monday, monday)) for monday in days]
    total = Figure(sum((week.value for week in weeks), ZERO), _url(branch_id, days[0], days[-1]))
    return Measure(_("Aanbetalingen"), True, weeks, total)


def _url(branch_id: int, first: date, last: date) -> str:
    """The overview of deposits from the first Monday to the end of the last week."""
    query: dict[str, str | int] = {
        "branch": branch_id,
        "first": format_date(first),
        "last": format_date(last + timedelta(days=6)),
    }
    return f"{reverse('payments:deposits_report')}?{urlencode(query)}"
