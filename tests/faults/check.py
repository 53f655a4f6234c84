"""What came of it: what was promised and is not there, what stands twice, which numbers are missing, what breaks."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Sum

from backoffice.core import invariants
from backoffice.core.models import JournalEntry, NumberSeries
from payments.models import LedgerEntry
from sales.models import OrderLine, SalesOrder


@dataclass
class Promised:
    """What the server said yes to: the figures that must stand, by order."""

    confirmed: set[int] = field(default_factory=set)
    pieces: dict[int, int] = field(default_factory=dict)  # order -> pieces that were scanned
    paid: dict[int, Decimal] = field(default_factory=dict)  # order -> EUR
    orders: int = 0  # made, with those that were there before


@dataclass
class Outcome:
    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    away: list[str] = field(default_factory=list)  # a service that was gone, or for too long
    unanswered: list[str] = field(default_factory=list)

    @property
    def harm(self) -> bool:
        """Something is not as it was promised."""
        return bool(self.lost or self.double or self.gaps or self.breaches or self.away)

    @property
    def clean(self) -> bool:
        return not (self.harm or self.unanswered)

    def __str__(self) -> str:
        named = {name: getattr(self, name) for name in ("lost", "double", "gaps", "breaches", "away", "unanswered")}
        told = ", ".join(f"{len(found)} {name}" for name, found in named.items())
        return "\n  ".join([told, *(f"{name}: {one}" for name, found in named.items() for one in found[:8])])


def outcome(promised: Promised, unanswered=()) -> Outcome:
    """Look at everything, in the database alone."""
    found = Outcome(unanswered=list(unanswered))
    standing = dict(SalesOrder.objects.filter(lifecycle="confirmed").values_list("pk", "number"))
    found.lost += [f"order {pk} is not confirmed" for pk in sorted(promised.confirmed - set(standing))]
    found.double += [f"order {pk} was confirmed by nobody" for pk in sorted(set(standing) - promised.confirmed)]
    made = SalesOrder.objects.count()
    if made != promised.orders:
        (found.double if made > promised.orders else found.lost).append(f"{promised.orders} orders asked, {made} stand")
    pieces = dict(OrderLine.objects.values_list("order").annotate(Sum("quantity")))
    paid = dict(LedgerEntry.objects.filter(order__isnull=False).values_list("order").annotate(Sum("amount")))
    for what, asked, there in (("pieces", promised.pieces, pieces), ("paid", promised.paid, paid)):
        for pk in sorted({*asked, *(there if what == "paid" else ())}):
            wanted, stands = asked.get(pk, 0), there.get(pk, 0)
            if wanted != stands:
                (found.double if stands > wanted else found.lost).append(f"order {pk}: {what} {stands}, not {wanted}")
    found.double += _journalled_twice()
    found.gaps += _gaps(standing)
    found.breaches += [str(breach) for breach in invariants.run(full=True)]
    return found


def _journalled_twice() -> list[str]:
    rows = JournalEntry.objects.filter(action="sales.order.confirmed").values_list("object_id")
    return [f"order {pk} was confirmed {times} times" for pk, times in rows.annotate(n=Count("id")).filter(n__gt=1)]


def _gaps(standing: dict[int, str]) -> list[str]:
    """Numbers that the series gave and that no order has."""
    found = []
    for year, after in NumberSeries.objects.filter(till=None, kind="VO").values_list("year", "next_value"):
        given = {int(number[8:]) for number in standing.values() if number.startswith(f"VO-{year}-")}
        found += [f"VO-{year}-{number:05d} is missing" for number in sorted(set(range(1, after)) - given)]
    return found
