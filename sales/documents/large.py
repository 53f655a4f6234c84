"""One paper of so many lines that the worker makes it: which one it is, in the words of a job's query.

"order=5" is the paper of an order, "version=12" that of a version (by its id), "slip=7" a packing slip, and
"picklist=3&by=2026-12-01" what must leave branch 3 by that day.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.input import whole
from backoffice.relations.models import Branch
from backoffice.relations.rights import scoped
from sales import status
from sales.documents import confirmation, papers, picklist, reading
from sales.documents import slip as slips
from sales.models import OrderVersion


class Paper(NamedTuple):
    """A paper that is not made yet. title: as on the paper; lines: how many rows it has; html: its page."""

    title: str
    lines: int
    html: Callable[[], str]

    @property
    def is_large(self) -> bool:
        """Whether it takes longer than somebody waits for a page (docs/parts.md, PDF)."""
        return self.lines > papers.MAX_LINES_AT_ONCE


def asked(query: str, employee) -> Paper:
    """The paper of a query, in the branches of who asks. Raises Refusal where there is none."""
    values = QueryDict(query)
    for kind, find in FIND.items():
        if kind in values:
            paper = find(whole(values[kind]) or 0, values.get("by", ""), employee)
            if paper is not None:
                return paper
    raise Refusal("papers.none", _("Er is niets meer om af te drukken."))


def of_order(order, *, copy: bool = False) -> Paper:
    """The paper of an order of confirmation.orders() or of a rebuilt version."""
    return Paper(order.number, len(order.lines.all()), lambda: confirmation.confirmation_html(order, copy=copy))


def of_slip(slip) -> Paper:
    """The paper of a slip of slip.slips()."""
    along = sum(1 for row in slip.rows if Decimal(row.get("here", 0)))
    return Paper(slip.number, along, lambda: slips.slip_html(slip))


def of_picklist(shown: picklist.Picklist) -> Paper:
    lines = sum(len(place.orders) for group in shown.groups for place in group.places)
    return Paper(_("Picklijst %(branch)s") % {"branch": shown.branch}, lines, lambda: picklist.picklist_html(shown))


def _order(pk: int, _by: str, employee) -> Paper | None:
    order = scoped(confirmation.orders(), employee, "documents.view").filter(pk=pk).first()
    if order is None or not status.allowed(order, "print"):
        return None
    return of_order(order, copy=order.pk in reading.copies([order]))


def _version(pk: int, _by: str, employee) -> Paper | None:
    numbered = OrderVersion.objects.exclude(order__number="")  # a sale of a till has its receipt
    version = scoped(numbered, employee, "documents.view", "order__branch").filter(pk=pk).first()
    return of_order(papers.rebuilt(version)) if version else None


def _slip(pk: int, _by: str, employee) -> Paper | None:
    slip = scoped(slips.slips(), employee, "documents.view", "delivery__order__branch").filter(pk=pk).first()
    return of_slip(slip) if slip else None


def _picklist(pk: int, by: str, employee) -> Paper | None:
    branch = scoped(Branch.objects.filter(active=True), employee, "documents.view", "pk").filter(pk=pk).first()
    try:
        return of_picklist(picklist.picklist(branch, date.fromisoformat(by))) if branch else None
    except ValueError:
        return None


FIND: dict[str, Callable[[int, str, object], Paper | None]] = {
    "order": _order, "version": _version, "slip": _slip, "picklist": _picklist,
}  # fmt: skip
