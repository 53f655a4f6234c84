"""Afdrukken: every print of an order is in the journal; the paper itself is made afterwards."""

from backoffice.core import journal
from backoffice.core.keys import keyed
from sales.documents.reading import PRINTED, kind_of, locked_order
from sales.models import SalesOrder


@keyed("documents.order.print", result=("sales.SalesOrder", "order_id"))
def print_order(*, order_id: int, employee) -> SalesOrder:
    """Record that the order's paper is printed, at its version; from the second time on it says KOPIE.

    Raises NotFound, and Refusal for what has no paper yet.
    """
    order = locked_order(order_id, employee, "documents.view", "print")
    journal.write(
        branch_id=order.branch_id,
        employee=employee,
        action=PRINTED,
        about=order,
        version=order.version,
        data={"document": kind_of(order)},
    )
    return order
