"""Receipts: their gapless number per till and year, and their way to the printer."""

import uuid
from collections.abc import Sequence
from datetime import date

from backoffice.core import journal, numbers
from backoffice.core.db import rows
from payments.models import LedgerEntry, TillSession
from pos import selectors, slip
from pos.models import Receipt, TillSeat
from pos.services import printing
from sales.models import OrderLine, SalesOrder


def issue(
    seat: TillSeat,
    order: SalesOrder,
    lines: Sequence[OrderLine],
    kind: str,
    *,
    employee,
    day: date,
    session: TillSession | None = None,
    group: uuid.UUID | None = None,
    entries: Sequence[LedgerEntry] = (),
    drawer: bool = False,
) -> Receipt:
    """Write the receipt of what was just placed or paid, inside the caller's transaction, after every other lock.

    lines: all lines of the order; day: that of the till's session, or today while it is closed; group, entries: what
    was booked, which it shows; drawer: whether it opens the drawer. The number is that of the till and the year of the
    day (UT1-2026-018442). What stands on it is stored with it (pos.slip.facts), in the same statement.
    """
    till = seat.till
    number = f"{till.branch.code}{till.number}-{day.year}-{numbers.take('receipt', day.year, till.pk):06d}"
    receipt = Receipt(
        number=number, kind=kind, till=till, session=session, order=order, entry_group=group, employee=employee,
        customer_id=order.customer_id,
    )  # fmt: skip
    # only an order that was placed earlier can have been paid on before
    before = selectors.paid_before(receipt) if kind == Receipt.Kind.PAYMENT else []
    receipt.paper = slip.facts(receipt, lines, entries, before)
    rows.insert([receipt])
    printing.queue(receipt)
    if receipt.print_state != Receipt.Print.NONE:
        receipt.save(update_fields=["print_state"])
    journal.write(
        branch_id=till.branch_id, employee=employee, action="till.receipt", about=receipt,
        data={"number": number, "kind": kind, "order": order.pk} | ({"drawer": True} if drawer else {}),
    )  # fmt: skip
    return receipt
