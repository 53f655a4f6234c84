"""Aanbetalen at the desk: what a customer pays on an order, before it is delivered or after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal, Stale
from backoffice.core.formats import format_money
from backoffice.core.keys import keyed
from backoffice.core.money import ZERO
from payments.models import LedgerEntry, PaymentMethod, TillSession
from payments.selectors import methods, unbooked
from payments.services import credit, ledger
from payments.services.freezing import may_hold
from payments.services.ledger import Occasion, Tender
from payments.totals import tendering
from sales import status
from sales.models import SalesOrder
from sales.selectors import lines_of
from sales.services.editing import open_order


@keyed("payments.deposit", result=("sales.SalesOrder", "order_id"))
def deposit(
    *,
    order_id: int,
    tenders: Sequence[tuple[int, Decimal]],
    employee,
    session_id: int | None = None,
    seen_paid: Decimal | None = None,
    seen_total: Decimal | None = None,
    business_date: date | None = None,
) -> SalesOrder:
    """Register a deposit (Aanbetalen): [(method id, EUR incl. VAT)] on a confirmed order; the order afterwards.

    session_id: the open drawer that cash goes into. seen_paid, seen_total: what the form showed as paid and as total.
    business_date: the day that it came in at the bank, where that is not today. Raises Refusal for what is
    refused of a deposit (docs/rules.md, Input), and Stale when somebody paid or changed the order meanwhile; nothing is
    written then.
    """
    opened = open_order(order_id, employee, action="pay", related=("branch",), right="payments.deposit")
    order, lines = opened.order, opened.lines
    chosen = _check(order, lines, tenders, seen_paid, seen_total)
    occasion = Occasion(employee, order.branch, _drawer(chosen, session_id), business_date)
    ledger.book(order, lines, chosen, occasion, kind=LedgerEntry.Kind.DEPOSIT)
    order.all_lines = lines
    return order


@dataclass(frozen=True, slots=True)
class Preview:
    """What a deposit would do, EUR: [(method, what goes into the ledger by it)], cash rounding, and what remains."""

    parts: list[tuple[PaymentMethod, Decimal]]
    rounding: Decimal
    amount: Decimal
    after: Decimal


def preview(
    *,
    order: SalesOrder,
    tenders: Sequence[tuple[int, Decimal]],
    session_id: int | None = None,
    seen_paid: Decimal | None = None,
    seen_total: Decimal | None = None,
) -> Preview:
    """What the deposit would do, for "Betaling bevestigen"; writes nothing. Raises what deposit would raise."""
    status.guard(order, "pay")
    chosen = _check(order, lines_of(order), tenders, seen_paid, seen_total)
    rest = order.open_amount.amount
    given = [(tender.method.cash, tender.amount) for tender in chosen]
    rows = tendering.rows(rest, given, rounds=order.branch.cash_rounding)
    credit.check(order, [(tender.method.kind, tender.amount) for tender in chosen])
    ledger.check_session(_drawer(chosen, session_id), order.branch)
    parts = [(chosen[row.tender].method, row.amount) for row in rows if row.tender is not None]
    amount = sum((row.amount for row in rows), ZERO)
    return Preview(parts, amount - sum((part for _method, part in parts), ZERO), amount, rest - amount)


def _check(order: SalesOrder, lines, tenders, seen_paid: Decimal | None, seen_total: Decimal | None) -> list[Tender]:
    """The tenders with their methods. Raises Stale and Refusal where the order or a method takes no deposit."""
    check_seen(order, seen_paid)
    _check_total(order, seen_total)
    check_payable(order, lines)
    found = methods.chosen([method_id for method_id, _amount in tenders], methods.DESK, order.branch_id)
    return [Tender(found[method_id], amount) for method_id, amount in tenders]


def check_payable(order: SalesOrder, lines, approved=()) -> None:
    """Raises Refusal where no deposit can be taken now. approved: terminal payments that are booked along."""
    if order.payment_state == SalesOrder.PaymentState.PAID:
        raise Refusal("payments.paid", _("Order %(order)s is al helemaal betaald.") % {"order": order})
    if order.gross.amount <= 0 or any(line.quantity < 0 for line in lines):
        raise Refusal(
            "payments.negative_line",
            _("Op een order met een retour kan niet worden aanbetaald. Reken af aan de kassa."),
        )
    if may_hold(lines) and {payment.pk for payment in unbooked(order)} - {payment.pk for payment in approved}:
        raise Refusal(
            "payments.terminal_pending",
            _("Er loopt nog een pinbetaling op deze order. Wacht tot die bekend is."),
        )


def check_seen(order: SalesOrder, seen_paid: Decimal | None) -> None:
    """Raises Stale, naming who, when and both values, when the form was made before another payment."""
    paid = order.paid_total.amount
    if seen_paid is None or seen_paid == paid:
        return
    last = order.entries.select_related("employee").order_by("-id").first()
    left = order.gross.amount
    raise Stale(
        _("Er is intussen op deze order betaald. Hieronder staan beide waarden; kies het bedrag opnieuw."),
        who=last.employee.name if last else "",
        at=last.at if last else None,
        fields=[
            (_("Aanbetaald"), format_money(paid), format_money(seen_paid)),
            (_("Nog te betalen"), format_money(left - paid), format_money(left - seen_paid)),
        ],
    )


def _check_total(order: SalesOrder, seen_total: Decimal | None) -> None:
    """Raises Stale, naming who, when and both values, when the order came to something else in the form."""
    total = order.gross.amount
    if seen_total is None or seen_total == total:
        return
    raise Stale(
        _("Het totaal van deze order is intussen gewijzigd. Hieronder staan beide waarden; kies het bedrag opnieuw."),
        who=str(order.changed_by),
        at=order.changed_at,
        fields=[(_("Totaal"), format_money(total), format_money(seen_total))],
    )


def _drawer(tenders: Sequence[Tender], session_id: int | None) -> TillSession | None:
    """The drawer that cash goes into; other methods need none."""
    if not any(tender.method.kind == PaymentMethod.Kind.CASH for tender in tenders):
        return None
    if session_id is None:
        raise Refusal("payments.drawer", _("Kies in welke open lade het contante geld gaat."), "session")
    return TillSession(pk=session_id)
