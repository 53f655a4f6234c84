"""Afrekenen: what lies on the counter is paid, handed over and receipted, as one transaction.

A basket is sold: confirmed, paid in full and taken along. A basket that Maak order gave a day is placed with whatever
is paid. An opened order is paid, wholly or in part, and as much of it is handed over as is taken now.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.db import rows
from backoffice.core.errors import Refusal, Stale
from backoffice.core.formats import format_money
from backoffice.core.keys import keyed
from backoffice.relations.models import Employee
from payments.models import LedgerEntry, PaymentMethod, TerminalPayment, TillSession
from payments.selectors import methods, open_session_of, pending, unbooked
from payments.services import ledger, terminals
from payments.services.ledger import Occasion, Tender
from pos.models import Receipt, TillSeat
from pos.services import make_order, receipts, refunds, seats
from sales.documents.services import packing
from sales.models import Delivery, DeliveryMethod, SalesOrder
from sales.services import confirming, delivering, rating, returning, selling
from sales.services.editing import OpenOrder, open_order

RELATED = tuple(dict.fromkeys((*confirming.RELATED, *packing.RELATED)))
Kind = LedgerEntry.Kind


@dataclass(frozen=True)
class _Counter:
    """Who settles where: the seat with its till, the open drawer, and the entries' group."""

    seat: TillSeat
    session: TillSession
    tenders: list[Tender]
    group: uuid.UUID
    employee: Employee
    pinned: list[TerminalPayment]  # approved by the terminal, not booked yet
    approver: Employee | None = None
    booked: list[LedgerEntry] = field(default_factory=list)  # what was paid, once it is in the ledger

    @property
    def pays(self) -> bool:
        return bool(self.tenders or self.pinned)

    def occasion(self, reason: str = "", approver: Employee | None = None) -> Occasion:
        return Occasion(
            self.employee, self.seat.till.branch, self.session, group=self.group, action="payments.till.paid",
            reason=reason, approver=approver,
        )  # fmt: skip

    @property
    def opens_drawer(self) -> bool:
        """Only cash does, where there is a printer to open it."""
        return bool(self.seat.till.printer_host) and any(tender.method.cash for tender in self.tenders)


@keyed("pos.check_out")
def check_out(
    *,
    till_id: int,
    tenders: Sequence[tuple[int, Decimal]],
    employee,
    take: dict[int, Decimal] | None = None,
    seen_left: Decimal | None = None,
    override_reason: str = "",
    approver=None,
) -> Receipt:
    """Settle what lies on the counter of the till; gives the receipt.

    tenders: [(method id, EUR)], cash as it was handed over (change is given back). take: pieces per line of an opened
    order that leave now; of a basket everything does. A line of an older VAT rate is asked first (rating.RatesChanged,
    answered by pos.services.rating). seen_left: what the screen said is left to pay. approver: who
    stands beside a cashier that may not give money back. Raises Refusal and Stale; nothing is written then.
    """
    seat = seats.seat_of(till_id)
    session = open_session_of(seat.till)
    if session is None:
        raise Refusal("payments.session_none", _("Open eerst de kassa."), "session")
    if seat.order_id is None or seat.amends:
        seats.lying_on(seat)  # refused, or the order itself lies there again
    found = methods.chosen([method_id for method_id, _amount in tenders], methods.TILL, seat.till.branch_id)
    chosen = [Tender(found[method_id], amount) for method_id, amount in tenders]
    if any(tender.method.kind == PaymentMethod.Kind.TERMINAL for tender in chosen):
        raise Refusal("payments.terminal_first", _("Pin gaat via de automaat. Start de pinbetaling eerst."), "method")
    pinned = approved(SalesOrder(pk=seat.order_id))
    counter = _Counter(seat, session, chosen, uuid.uuid4(), employee, pinned, approver)
    with journal.at_the_end(), rows.together():
        opened = _opened(seat, employee, counter.pays)
        if opened.order.lifecycle == SalesOrder.Lifecycle.DRAFT:
            seats.keep_to_day(opened, session.business_date)
        _check(opened.order, seen_left)
        if opened.order.lifecycle == SalesOrder.Lifecycle.DRAFT:
            kind = _place(counter, opened) if selling.ordered(opened.order) else _sell(counter, opened)
        else:
            kind = _settle(counter, opened, take or {}, override_reason)
        seats.put(seat, None)
        return receipts.issue(
            seat, opened.order, opened.lines, kind, employee=employee, day=session.business_date, session=session,
            drawer=counter.opens_drawer, group=counter.group if counter.pays else None, entries=counter.booked,
        )  # fmt: skip


def approved(order: SalesOrder) -> list[TerminalPayment]:
    """What the terminal approved on the order, and is not booked yet."""
    return [row for row in unbooked(order) if row.state == TerminalPayment.State.APPROVED]


def _opened(seat: TillSeat, employee, pays: bool) -> OpenOrder:
    assert seat.order_id is not None  # noqa: S101
    if seat.lifecycle == SalesOrder.Lifecycle.DRAFT:
        return open_order(seat.order_id, employee, action="confirm", related=RELATED)
    return open_order(
        seat.order_id, employee, action="pay" if pays else "deliver", related=RELATED, right="sales.deliver"
    )


def _check(order: SalesOrder, seen_left: Decimal | None) -> None:
    # a draft that waits for the terminal was refused by its hold (payments.services.freezing)
    if order.lifecycle != SalesOrder.Lifecycle.DRAFT and pending(order):
        raise Refusal("payments.terminal_pending", _("Er loopt nog een pinbetaling. Wacht tot die bekend is."))
    left = order.open_amount.amount
    if seen_left is not None and seen_left != left:
        raise Stale(
            _("Het bedrag is intussen veranderd. Kies de betaling opnieuw."),
            who=str(order.changed_by),
            at=order.changed_at,
            fields=[(_("Nog te betalen"), format_money(left), format_money(seen_left))],
        )


def _book(counter: _Counter, opened: OpenOrder, kind: str, reason: str = "") -> None:
    if not counter.pays:
        return
    occasion, tenders = counter.occasion(reason, counter.approver), counter.tenders
    counter.booked.extend(
        terminals.book_approved(
            opened.order, opened.lines, counter.pinned, occasion, tenders=tenders, kind=kind, change=True
        )
    )


def _sell(counter: _Counter, opened: OpenOrder) -> str:
    """Paid in full and taken along; the order has no number but that of its receipt."""
    order = opened.order
    if not opened.lines:
        raise Refusal("basket.empty", _("Er staat niets op de bon."))
    came_back = returning.count_back(opened)
    if order.gross.amount < 0:
        # what the terminal gave back was checked before it was asked
        refunds.check(order, opened.lines, counter.tenders, counter.employee, counter.approver)
        _book(counter, opened, Kind.REFUND, ", ".join(dict.fromkeys(row["reason"] for row in came_back))[:200])
    else:
        _book(counter, opened, Kind.SETTLEMENT)
    if not counter.pays and not order.gross.amount:
        ledger.close_even(order, counter.occasion())
    if order.paid_total.amount != order.gross.amount:
        raise Refusal(
            "basket.not_paid",
            _("Er is nog %(left)s te betalen.") % {"left": format_money(order.open_amount)},
            "amount",
        )
    confirming.apply_confirm(opened, sale=True)
    _hand_over(counter, opened, {line.pk: line.quantity for line in opened.lines}, "", reserved=False)
    if came_back:
        refunds.write_journal(order, came_back, counter.employee, counter.approver)
    return Receipt.Kind.SALE


def _place(counter: _Counter, opened: OpenOrder) -> str:
    """Afrekenen en plaats order: order and money together."""
    make_order.check_day(opened.order)
    confirming.check(opened.order, opened.lines)
    _book(counter, opened, Kind.DEPOSIT)
    confirming.apply_confirm(opened)
    return Receipt.Kind.ORDER


def _settle(counter: _Counter, opened: OpenOrder, take: dict[int, Decimal], override_reason: str) -> str:
    """An order from the queue: pay what is paid, hand over what is taken, leave the rest open."""
    order = opened.order
    if not counter.pays and not take:
        raise Refusal("order.nothing", _("Vul een bedrag in, of kies wat er meegaat."), "amount")
    if not counter.pays:
        ledger.hold_session(counter.session, counter.seat.till.branch)  # no receipt after the close of its day
    tendered = sum((tender.amount for tender in counter.tenders), Decimal(0))
    tendered += sum((payment.amount.amount for payment in counter.pinned), Decimal(0))
    everything = all(take.get(line.pk, Decimal(0)) == line.open_quantity for line in opened.lines)
    rating.follow(opened, [line for line in opened.lines if take.get(line.pk)], on=counter.session.business_date)
    closes = tendered >= order.open_amount.amount and everything
    _book(counter, opened, Kind.SETTLEMENT if closes else Kind.DEPOSIT)
    if take:
        _hand_over(counter, opened, take, override_reason)
    if order.claimed_till_id is not None:
        order.claimed_till = order.claimed_by = order.claimed_at = None
        rows.update([order], ("claimed_till", "claimed_by", "claimed_at"))
    return Receipt.Kind.PAYMENT


def _hand_over(
    counter: _Counter, opened: OpenOrder, quantities: dict[int, Decimal], override_reason: str, *, reserved: bool = True
) -> None:
    """What leaves now: over the counter, or on a packing slip when the order is to be delivered (Bezorgen)."""
    branch = counter.seat.till.branch
    if opened.order.number and opened.order.delivery_method.kind == DeliveryMethod.Kind.DELIVERY:
        slip = packing.apply_slip(
            opened, quantities, branch=branch, override_reason=override_reason, on=counter.session.business_date
        )
        return delivering.write_journal(opened, slip.delivery, slip=slip.number)
    delivery = delivering.apply_delivery(
        opened, quantities, kind=Delivery.Kind.HAND_OVER, branch=branch, override_reason=override_reason,
        reserved=reserved, on=counter.session.business_date,
    )  # fmt: skip
    return delivering.write_journal(opened, delivery)
