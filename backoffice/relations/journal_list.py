"""The journal as the beheerder reads it: what the URL asks, and one page of it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from backoffice.core import days, paging
from backoffice.core.input import InputError, parse_date
from backoffice.core.models import JournalEntry
from backoffice.relations.journal_words import AREAS

DAYS = 31  # shown when no period is asked, so that no question reads the years before it


@dataclass(frozen=True)
class Asked:
    """Read forgivingly: what is no filter is no filter. Dates are days of the shop, both included."""

    branch: int | None
    employee: int | None
    area: str
    subject: tuple[str, str] | None
    first: date | None
    last: date | None

    @classmethod
    def read(cls, query: QueryDict) -> "Asked":
        kind, _, number = query.get("subject", "").partition(":")
        area = query.get("area", "")
        first, last = _day(query.get("from", "")), _day(query.get("to", ""))
        if not number and not first and not last:
            last = timezone.localdate()
            first = last - timedelta(days=DAYS)
        return cls(
            branch=_id(query.get("branch", "")),
            employee=_id(query.get("employee", "")),
            area=area if area in dict(AREAS) else "",
            subject=(kind[:60], number[:60]) if kind and number and "\0" not in kind + number else None,
            first=first,
            last=last,
        )


def _day(text: str) -> date | None:
    try:
        return parse_date(text, years_back=30, years_ahead=1, lean=days.THIS_YEAR)
    except InputError:
        return None


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def matching(asked: Asked) -> QuerySet:
    """Indexes: journal_by_moment, or journal_of_object where one object is asked."""
    rows = JournalEntry.objects.select_related("branch", "employee")
    zone = timezone.get_current_timezone()
    if asked.first:
        rows = rows.filter(at__gte=datetime.combine(asked.first, time.min, zone))
    if asked.last:
        rows = rows.filter(at__lt=datetime.combine(asked.last + timedelta(days=1), time.min, zone))
    if asked.branch:
        rows = rows.filter(branch_id=asked.branch)
    if asked.employee:
        rows = rows.filter(employee_id=asked.employee)
    if asked.area:
        rows = rows.filter(action__startswith=f"{asked.area}.")
    if asked.subject:
        rows = rows.filter(object_type=asked.subject[0], object_id=asked.subject[1])
    return rows


def page(asked: Asked, *, after: int | None, before: int | None) -> paging.Page:
    """One page, the newest first."""
    return paging.keyset(matching(asked), field="-at", after=after, before=before)
