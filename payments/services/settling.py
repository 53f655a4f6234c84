"""What money does when an order's total changes: it must stay explained, euro by euro (docs/decisions.md, 6 and 8)."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money
from backoffice.core.money import ZERO
from payments.services import ledger, refunding
from sales.models import OrderLine, SalesOrder
from sales.services.amending import Settle


def follow(order: SalesOrder, employee) -> None:
    """Keep what is paid within the VAT rates of a new total (sales.services.amending.ON_NEW_TOTAL)."""
    if order.paid_total.amount:
        ledger.re_split(order, employee=employee)


def settle(
    amounts: Sequence[tuple[int, Decimal]],
    *,
    reason: str,
    employee,
    session_id: int | None = None,
    approver=None,
) -> Settle:
    """What sales calls with the new total: gives back exactly what is paid beyond it, as the amounts say.

    amounts: [(method id, EUR above 0)]. Raises Refusal payments.not_all where they are not what is left over.
    """

    def give(order: SalesOrder, lines: Sequence[OrderLine], old_gross: Decimal) -> Callable[[], None] | None:
        over = left_over(order)
        total = sum((amount for _method, amount in amounts), ZERO)
        if total != over:
            raise Refusal(
                "payments.not_all",
                _("Er moet %(over)s een bestemming krijgen; hier staat %(total)s. Verdeel precies dat bedrag.")
                % {"over": format_money(over), "total": format_money(total)},
                "amount",
            )
        if not over:
            return None
        gives = refunding.chosen(amounts, order)
        refunding.check_may_refund(order, employee, gives, approver)
        later: list[Callable[[], object]] = []
        refunding.give_back(
            order, lines, gives, reason=reason, employee=employee, session_id=session_id, approver=approver, later=later
        )

        def finish() -> None:
            for note in later:
                note()

        return finish

    return give


def left_over(order: SalesOrder) -> Decimal:
    """What is paid beyond the order's total, EUR; of an order below zero nothing is."""
    return max(order.paid_total.amount - max(order.gross.amount, ZERO), ZERO)
