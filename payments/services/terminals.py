"""PIN at the till (docs/decisions.md, 7): asked outside any transaction, asked again until known, never charged twice.

start -> (ask ...) -> approved, and then one of: `book_approved` inside the transaction that books all methods,
`book_late` where its session was closed meanwhile, `to_suspense` where it cannot be booked on its order.
"""

import logging
from collections.abc import Callable, Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from backoffice.core import journal, locks
from backoffice.core.errors import NotFound, Refusal
from backoffice.core.formats import format_money
from backoffice.core.keys import keyed
from backoffice.core.money import ZERO, cents, money
from backoffice.relations.rights import access_of
from payments.models import LedgerEntry, PaymentMethod, TerminalPayment, TillSession
from payments.selectors import approved_total, methods, open_session_of, pending
from payments.services import ledger, sessions
from payments.services.freezing import still_waiting
from payments.services.ledger import Booking, Occasion, Tender
from payments.terminals import Answer, Silent, driver_of
from sales import status
from sales.models import SalesOrder
from sales.services.editing import open_order, unknown_order

Kind, State = LedgerEntry.Kind, TerminalPayment.State
log = logging.getLogger(__name__)


def start_terminal(
    *, order_id: int, session_id: int, amount: Decimal, method_id: int, employee, key=None
) -> TerminalPayment:
    """Ask for an amount on the terminal of the session's till: EUR, signed as what is left to pay.

    The payment is on record (WAITING) before the terminal is spoken to, and the order is frozen until it is booked.
    order_id: a basket or a confirmed order. Not to be called inside a transaction. Raises Refusal, with nothing asked.
    """
    payment = _record(
        order_id=order_id, session_id=session_id, amount=amount, method_id=method_id, employee=employee, key=key
    )
    driver = driver_of(payment.session.till)
    if TerminalPayment.objects.filter(pk=payment.pk, attempts=0).update(attempts=1):
        label = f"{payment.session.till} {payment.order.number}".strip()
        return _hear(payment, employee, lambda: driver.start(payment.request_id, payment.amount.amount, label))
    return ask_terminal(payment_id=payment.pk, employee=employee)


def ask_terminal(*, payment_id: int, employee) -> TerminalPayment:
    """Ask the terminal how the payment stands, as often as wanted: it never charges again.

    No answer makes it UNKNOWN. What was approved although its session is closed is booked in the till's open session.
    """
    payment = find(payment_id, employee)
    if payment.state in TerminalPayment.PENDING:
        driver = driver_of(payment.session.till)
        payment = _hear(payment, employee, lambda: driver.ask(payment.request_id, payment.reference))
    if payment.state == State.APPROVED and payment.entry_id is None and not payment.session.open:
        book_late(payment_id=payment.pk, employee=employee)
        payment.refresh_from_db()
    return payment


def cancel_terminal(*, payment_id: int, employee) -> TerminalPayment:
    """Break the payment off; APPROVED when that came too late, UNKNOWN when the terminal does not answer."""
    payment = find(payment_id, employee)
    if payment.state not in TerminalPayment.PENDING:
        return payment
    driver = driver_of(payment.session.till)
    return _hear(payment, employee, lambda: driver.cancel(payment.request_id, payment.reference))


def book_approved(
    order: SalesOrder,
    lines,
    approved: Sequence[TerminalPayment],
    occasion: Occasion,
    *,
    tenders: Sequence[Tender] = (),
    kind: str,
    change: bool = False,
) -> list[LedgerEntry]:
    """Book approved payments of a locked order, with what else is paid, in the caller's transaction (ledger.book).

    tenders: the other methods. Each payment gets its entry, once. Raises Refusal, with nothing written, where one is
    not approved, of another order, or booked already; and as ledger.book does.
    """
    held = {p.pk: p for p in TerminalPayment.objects.select_for_update(of=("self",)).filter(
        pk__in=[payment.pk for payment in approved], order=order, state=State.APPROVED, entry=None
    ).select_related("method")}  # fmt: skip
    if len(held) < len(approved):
        raise Refusal(
            "payments.not_approved", _("Deze pinbetaling is niet goedgekeurd, of al geboekt. Ververs de pagina.")
        )
    payments = [held[pk] for pk in sorted(held)]
    pinned = [Tender(p.method, p.amount.amount, p.reference) for p in payments]
    written = ledger.book(order, lines, [*pinned, *tenders], occasion, kind=kind, change=change)
    # what is no cash comes first, in the order of its tenders
    for payment, entry in zip(payments, written, strict=False):
        payment.entry = entry
        payment.save(update_fields=["entry"])
    return written


@keyed("payments.terminal.late")
def book_late(*, payment_id: int, employee) -> TerminalPayment:
    """Book an approval whose session was closed over it, in the till's open session: on its order, else in suspense.

    Where the till is not open yet it waits: opening the till takes it (sessions.open_session).
    """
    payment = find(payment_id, employee)
    session = open_session_of(payment.session.till)
    if session is None or payment.session.open:
        return payment
    try:
        with transaction.atomic():
            opened = open_order(payment.order_id, employee, action="pay", related=("branch",), right="payments.deposit")
            kind = Kind.DEPOSIT if payment.amount.amount > 0 else Kind.SETTLEMENT
            occasion = Occasion(employee, session.till.branch, session, action="payments.terminal.late_booked")
            book_approved(opened.order, opened.lines, [payment], occasion, kind=kind)
    except Refusal as refusal:
        if refusal.code == "payments.not_approved":
            raise
        return _into_suspense(payment, session, employee, refusal.message)
    payment.refresh_from_db()
    return payment


@keyed("payments.terminal.suspense")
def to_suspense(*, payment_id: int, employee, reason: str) -> TerminalPayment:
    """Put an approval that cannot be booked on its order in suspense: it unfreezes, and stands on the worklist.

    Raises Refusal where it is not approved, booked already, or its till is not open.
    """
    payment = find(payment_id, employee)
    if not reason.strip():
        raise Refusal("payments.reason", _("Geef een reden op."), "reason")
    session = payment.session if payment.session.open else open_session_of(payment.session.till)
    if session is None:
        raise Refusal("payments.session_closed", _("Deze kassa is gesloten. Open de kassa eerst."), "session")
    return _into_suspense(payment, session, employee, reason.strip())


@keyed("payments.suspense.assign", result=("sales.SalesOrder", "order_id"))
def assign_suspense(*, entry_id: int, order_id: int, employee) -> SalesOrder:
    """Book what stands in suspense on an order after all: an entry from suspense onto the order."""
    opened = open_order(order_id, employee, action="pay", related=("branch",), right="payments.deposit")
    order, lines = opened.order, opened.lines
    entry = hold_suspense(entry_id, employee)
    left = suspended(entry)
    rest = order.open_amount.amount
    if not left or abs(left) > abs(rest) or (left > 0) != (rest > 0):
        raise Refusal(
            "payments.too_much",
            _("Op %(order)s is nog %(rest)s te betalen; %(amount)s past daar niet op.")
            % {"order": order, "rest": format_money(rest), "amount": format_money(left)},
            "order",
        )
    made = LedgerEntry(kind=Kind.SUSPENSE, amount=money(left), refunds=entry, reference=entry.reference)
    ledger.write(order, lines, [made], Occasion(employee, entry.branch, action="payments.suspense.assigned"))
    order.all_lines = lines
    return order


@keyed("payments.suspense.return")
def return_suspense(
    *, entry_id: int, method_id: int, employee, reason: str, session_id: int | None = None
) -> LedgerEntry:
    """Give what stands in suspense back to whom it belongs, by another method; right payments.refund.

    session_id: the open drawer, where the method is cash. The entry that it makes.
    """
    entry = hold_suspense(entry_id, employee, right="payments.refund")
    left = suspended(entry)
    if not left:
        raise Refusal("payments.suspense_gone", _("Dit bedrag staat niet meer op de tussenrekening."))
    if not reason.strip():
        raise Refusal("payments.reason", _("Geef een reden op."), "reason")
    channel = methods.TILL if session_id else methods.DESK
    method = methods.chosen([method_id], channel, entry.branch_id)[method_id]
    if method.kind in (PaymentMethod.Kind.CREDIT, PaymentMethod.Kind.TERMINAL):
        raise Refusal("payments.method_unknown", _("Kies een betaalwijze uit de lijst."), "method")
    if method.cash and session_id is None:
        raise Refusal("payments.drawer", _("Kies uit welke open lade het contante geld komt."), "session")
    session = ledger.hold_session(TillSession(pk=session_id) if session_id else None, entry.branch)
    made = LedgerEntry(
        kind=Kind.SUSPENSE, amount=money(-left), method=method, method_kind=method.kind, refunds=entry,
        reason=reason.strip(),
    )  # fmt: skip
    booking = Booking(made, ledger.sides_of(made, entry.branch_id))
    ledger.store([booking], Occasion(employee, entry.branch, session))
    journal.write(
        branch_id=entry.branch_id, employee=employee, action="payments.suspense.returned", about=made,
        data={"of": entry.pk, "amount": str(-left), "method": method.pk, "reason": reason.strip()},
    )  # fmt: skip
    return made


def hold_suspense(entry_id: int, employee, right: str = "payments.deposit") -> LedgerEntry:
    """The entry in suspense, its terminal payment locked so that it is resolved once. Raises Refusal."""
    entry = LedgerEntry.objects.select_related("branch").filter(pk=entry_id, kind=Kind.SUSPENSE, order=None).first()
    if entry is None or not access_of(employee).can(right, entry.branch_id):
        raise Refusal("payments.suspense_gone", _("Dit bedrag staat niet meer op de tussenrekening."))
    # an entry is never written again: its payment is the row to queue at
    list(TerminalPayment.objects.select_for_update().filter(entry=entry))
    return entry


def suspended(entry: LedgerEntry) -> Decimal:
    """What of an entry is still in suspense, EUR: less what went onto an order or was given back."""
    moved = sum((abs(e.amount.amount) for e in entry.refunded_by.all()), ZERO)
    sign = 1 if entry.amount.amount > 0 else -1
    return entry.amount.amount - sign * moved


def find(payment_id: int, employee) -> TerminalPayment:
    """The payment, of a branch where one works at the till. Raises Refusal (404)."""
    found = TerminalPayment.objects.select_related("session__till__branch", "order", "method").filter(pk=payment_id)
    payment = found.first()
    if payment is None or not access_of(employee).can("pos.use", payment.session.till.branch_id):
        raise NotFound("payments.terminal_unknown", _("Deze pinbetaling is er niet."))
    return payment


@keyed("payments.terminal.start")
def _record(*, order_id: int, session_id: int, amount: Decimal, method_id: int, employee) -> TerminalPayment:
    """Lock the order, check that the amount may be asked, and write the payment down as WAITING."""
    found = locks.take("order", SalesOrder.objects.filter(pk=order_id))
    if not found or not access_of(employee).can("payments.deposit", found[0].branch_id):
        raise unknown_order()
    order = found[0]
    back = amount < 0 < order.paid_total.amount
    if back and not access_of(employee).can("payments.refund", order.branch_id):
        raise Refusal("payments.refund_right", _("Terugbetalen mag alleen een filiaalmanager."))
    if not (order.status == SalesOrder.Status.DRAFT and order.channel == SalesOrder.Channel.TILL):
        status.guard(order, "pay_back" if back else "pay")
    if pending(order):
        raise still_waiting()
    rest = (-order.paid_total.amount if back else order.open_amount.amount) - approved_total(order)
    if not amount or amount != cents(amount) or (amount > 0) != (rest > 0):
        raise Refusal("payments.not_positive", _("Vul een bedrag boven nul in."), "amount")
    if abs(amount) > abs(rest):
        raise Refusal(
            "payments.too_much",
            _("Er is nog %(rest)s te betalen; meer aannemen kan niet.") % {"rest": format_money(abs(rest))},
            "amount",
        )
    session = sessions.hold(session_id, employee)
    method = methods.chosen([method_id], methods.TILL, session.till.branch_id)[method_id]
    if method.kind != PaymentMethod.Kind.TERMINAL:
        raise Refusal("payments.method_unknown", _("Kies een betaalwijze uit de lijst."), "method")
    driver_of(session.till)
    return TerminalPayment.objects.create(
        order=order, session=session, method=method, employee=employee, amount=money(amount)
    )


def _hear(payment: TerminalPayment, employee, speak: Callable[[], Answer]) -> TerminalPayment:
    """Speak to the terminal, and write down what it said. Whatever goes wrong on the way leaves it UNKNOWN."""
    try:
        answer = speak()
    except Silent:
        answer = Answer(State.UNKNOWN)
    except Exception:
        log.exception("terminal payment %s: the driver failed", payment.pk)
        answer = Answer(State.UNKNOWN)
    return _write_down(payment, answer, employee)


@transaction.atomic
def _write_down(payment: TerminalPayment, answer: Answer, employee) -> TerminalPayment:
    """Keep the answer: what is final stays so, except that an approval is always believed."""
    with locks.in_order():
        held = TerminalPayment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
        pending_still = held.state in TerminalPayment.PENDING
        if (pending_still or answer.state == State.APPROVED) and held.entry_id is None:
            before, held.state = held.state, State(answer.state)
            held.reference = answer.reference or held.reference
            held.brand, held.last_four = answer.brand or held.brand, answer.last_four or held.last_four
            held.save(update_fields=["state", "reference", "brand", "last_four", "changed_at"])
            if held.state != before and held.state not in TerminalPayment.PENDING:
                journal.write(
                    branch_id=payment.session.till.branch_id, employee=employee,
                    action=f"payments.terminal.{held.state}", about=held,
                    data={"order": held.order_id, "amount": str(held.amount.amount), "reference": held.reference},
                )  # fmt: skip
    payment.refresh_from_db(fields=["state", "reference", "brand", "last_four", "attempts", "entry", "changed_at"])
    return payment


def _into_suspense(payment: TerminalPayment, session: TillSession, employee, reason: str) -> TerminalPayment:
    late = list(
        TerminalPayment.objects.select_for_update(of=("self",)).filter(
            pk=payment.pk, state=State.APPROVED, entry=None
        ).select_related("method", "order")
    )  # fmt: skip
    if not late:
        raise Refusal("payments.not_approved", _("Deze pinbetaling is niet goedgekeurd, of al geboekt."))
    ledger.hold_session(session, session.till.branch)
    sessions.suspend(late, session, employee, reason)
    payment.refresh_from_db()
    return payment
