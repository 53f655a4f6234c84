"""Printing a receipt: every print is in the journal; the paper itself is made afterwards."""

import uuid

from backoffice.core import journal
from backoffice.core.keys import keyed
from payments.papers import receipts
from sales.documents.reading import locked_order
from sales.models import SalesOrder


@keyed("payments.receipt.print", result=("sales.SalesOrder", "order_id"))
def print_receipt(*, order_id: int, group: uuid.UUID, employee) -> SalesOrder:
    """Record that the receipt of one payment (its group of entries) is printed; from the second time on it says KOPIE.

    Raises NotFound, Http404 for a payment that the order does not have, and Refusal for what has no paper yet.
    """
    order = locked_order(order_id, employee, "payments.view", "print")
    receipts.payment_of(order, group)
    journal.write(
        branch_id=order.branch_id, employee=employee, action=receipts.PRINTED, about=order, version=order.version,
        data={"group": str(group)},
    )  # fmt: skip
    return order
