"""Statements of store credit and of money in suspense. EUR."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from backoffice.core.money import ZERO
from backoffice.relations.rights import access_of
from payments.models import LedgerEntry, PaymentMethod
from payments.selectors import methods


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One movement of tegoed: what came (positive) or went (negative), and what was left after it.

    entry: None for a movement at a branch where the reader may not look; the amounts are the customer's own.
    """

    entry: LedgerEntry | None
    at: datetime
    amount: Decimal
    after: Decimal

    @property
    def gone(self) -> Decimal:
        """What went, without a sign."""
        return -self.amount


def credit_rows(customer_id: int, employee) -> list[CreditRow]:
    """The movements of a customer's tegoed, newest first; the first `after` is the balance. Index: entry_of_customer.

    Of those at branches where the employee may not see payments only day and amount are told.
    """
    allowed = access_of(employee).branch_ids("payments.view")
    entries = LedgerEntry.objects.filter(customer=customer_id, method_kind=PaymentMethod.Kind.CREDIT)
    after, rows = ZERO, []
    for entry in entries.select_related("order", "employee", "branch").order_by("id"):
        after -= entry.amount.amount
        where = {entry.branch_id, entry.order.branch_id if entry.order else entry.branch_id}
        shown = entry if allowed is None or where <= allowed else None
        rows.append(CreditRow(shown, entry.at, -entry.amount.amount, after))
    return rows[::-1]


def ways_back(branch_id: int) -> list[PaymentMethod]:
    """The methods of the desk that money in suspense can go back by: without a drawer, and never tegoed."""
    kinds = (PaymentMethod.Kind.BANK, PaymentMethod.Kind.ONLINE)
    return [method for method in methods.offered(methods.DESK, branch_id) if method.kind in kinds]
