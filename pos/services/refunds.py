"""Money out of the till for goods that came back: by the method that it came in with, and by whom.

A return on a receipt goes back as it was paid, or into store credit. Cash and card going out ask the right to refund
(docs/rules.md, Rights), or for a little cash the PIN code of somebody who has it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.errors import Refusal
from payments.models import LedgerEntry, PaymentMethod, TerminalPayment
from payments.selectors import methods
from payments.services import terminals
from payments.services.ledger import Tender
from payments.services.refunding import check_may_refund
from pos.services import seats
from sales.models import SalesOrder
from sales.selectors import lines_of
from sales.services import returning, selling

Wise = PaymentMethod.Kind
INCOMING = (LedgerEntry.Kind.DEPOSIT, LedgerEntry.Kind.SETTLEMENT)


def ways_back(lines, branch_id: int) -> set[str] | None:
    """The kinds of method that money may go back by: as it was paid, or tegoed. None where all may.

    All may without a receipt, and where nothing that it was paid by is offered at the till. Index: entry_of_order.
    """
    sold = {line.returns_id for line in lines if line.quantity < 0}
    if not sold or None in sold:
        return None
    paid = LedgerEntry.objects.filter(order__lines__in=sold, kind__in=INCOMING, amount__gt=0)
    kinds = set(paid.values_list("method_kind", flat=True))
    here = set(methods.offered(methods.TILL, branch_id).values_list("kind", flat=True))
    return (kinds & here) | {Wise.CREDIT.value} if kinds & here else None


def check(order: SalesOrder, lines, gives: Sequence[Tender], employee, approver=None) -> None:
    """Raises Refusal where the money may not go back by these methods, or not by this employee."""
    allowed = ways_back(lines, order.branch_id)
    for give in gives:
        if allowed is not None and give.method.kind not in allowed:
            raise Refusal("return.method", other_way(give.method), "method")
    out = [replace(give, amount=-give.amount) for give in gives if give.method.kind != Wise.CREDIT]
    if out:
        check_may_refund(order, employee, out, approver)


def other_way(method: PaymentMethod) -> str:
    return _("Deze bon is niet met %(name)s betaald. Geef terug zoals er betaald is, of als tegoed.") % {
        "name": method.name
    }


def start_pin(
    *, order: SalesOrder, session_id: int, amount: Decimal, method_id: int, employee, key, on: date | None = None
) -> TerminalPayment:
    """Pin: ask the terminal for an amount, or let it give one back (below zero) where the basket's returns allow it.

    on: the day of the session, which a basket takes before anything is asked. Raises Stale where its total is another
    then: nothing is asked of the terminal, and the basket has its new total. Raises Refusal, with nothing asked, where
    what the basket takes back cannot come back any more: a card would have its money and the sale would not.
    """
    if on and order.lifecycle == SalesOrder.Lifecycle.DRAFT and order.order_date != on:
        before = order.gross.amount
        order = selling.follow_day(order_id=order.pk, on=on, employee=employee)
        if order.gross.amount != before:
            raise seats.other_day(before, order.gross.amount)
    if order.lifecycle == SalesOrder.Lifecycle.DRAFT:
        lines = lines_of(order)
        with transaction.atomic():
            returning.check_back(order, lines)
        if amount < 0 and order.gross.amount < 0:
            method = methods.chosen([method_id], methods.TILL, order.branch_id)[method_id]
            check(order, lines, [Tender(method, amount)], employee)
    return terminals.start_terminal(
        order_id=order.pk, session_id=session_id, amount=amount, method_id=method_id, employee=employee, key=key
    )


def write_journal(order: SalesOrder, came_back: list[dict], employee, approver) -> None:
    """Record what came back, why, and whether it can be sold again."""
    data = {"lines": came_back} | ({"approved_by": approver.pk} if approver else {})
    journal.write(branch_id=order.branch_id, employee=employee, action="till.returned", about=order, data=data)
