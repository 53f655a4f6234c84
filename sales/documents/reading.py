"""Orders in the branches of who asks for their papers, and what was printed of them."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from backoffice.core import locks
from backoffice.core.models import JournalEntry
from backoffice.relations.rights import access_of, scoped
from sales import status
from sales.models import OrderLine, SalesOrder
from sales.services.editing import unknown_order

PRINTED = "documents.order.printed"
MAX_MANY = 200  # ticked orders that are taken at once


def own_order(queryset: QuerySet[SalesOrder], order_id: int, employee, right: str, action: str) -> SalesOrder:
    """One order of a branch where the right is held. Raises NotFound, and Refusal when the action is not legal."""
    order = scoped(queryset, employee, right).filter(pk=order_id).first()
    return _guarded(order, action)


def locked_order(order_id: int, employee, right: str, action: str) -> SalesOrder:
    """The same for a service: the row is locked first."""
    found = locks.take("order", SalesOrder.objects.filter(pk=order_id).select_related("branch"))
    held = found and access_of(employee).can(right, found[0].branch_id)
    return _guarded(found[0] if held else None, action)


def _guarded(order: SalesOrder | None, action: str) -> SalesOrder:
    if order is None:
        raise unknown_order()
    status.guard(order, action)
    return order


def kind_of(order: SalesOrder) -> str:
    """Which paper the order has: "quotation" or "confirmation"."""
    return "quotation" if order.quotation else "confirmation"


def copies(orders: Iterable[SalesOrder]) -> set[int]:
    """The ids of those whose present version was printed more than once: their paper says KOPIE.

    Index: journal_of_object.
    """
    versions = {order.pk: order.version for order in orders}
    printed = (
        JournalEntry.objects.filter(
            object_type=SalesOrder._meta.label, object_id__in=[str(pk) for pk in versions], action=PRINTED
        )
        .values("object_id", "version")
        .annotate(times=Count("pk"))
    )
    return {
        int(row["object_id"])
        for row in printed
        if row["times"] > 1 and row["version"] == versions[int(row["object_id"])]
    }


def lines_of(order_ids: Iterable[int]) -> int:
    """How many lines these orders have together."""
    return OrderLine.objects.filter(order__in=list(order_ids)).count()
