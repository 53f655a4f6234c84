"""Statements of store credit and of money in suspense. EUR."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from backoffice.core.money import ZERO
from payments import methods
from payments.models import LedgerEntry, PaymentMethod


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One movement of tegoed: what came (positive) or went (negative), and what was left after it."""

    entry: LedgerEntry
    at: datetime
    amount: Decimal
    after: Decimal


def credit_rows(customer_id: int) -> list[CreditRow]:
    """The movements of a customer's tegoed, newest first; the last `after` is the balance. Index: entry_of_customer."""
    entries = LedgerEntry.objects.filter(customer=customer_id, method_kind=PaymentMethod.Kind.CREDIT)
    after, rows = ZERO, []
    for entry in entries.select_related("order", "employee", "branch").order_by("id"):
        after -= entry.amount.amount
        rows.append(CreditRow(entry, entry.at, -entry.amount.amount, after))
    return rows[::-1]


def ways_back(branch_id: int) -> list[PaymentMethod]:
    """The methods of the desk that money in suspense can go back by: without a drawer, and never tegoed."""
    kinds = (PaymentMethod.Kind.BANK, PaymentMethod.Kind.ONLINE)
    return [method for method in methods.offered(methods.DESK, branch_id) if method.kind in kinds]
