"""What the screens of payments read. Amounts are EUR incl. VAT."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import DecimalField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Abs, Coalesce, Sign

from backoffice.core.db.spelled import Spelled
from backoffice.core.money import HUNDRED, ZERO, cents
from payments.models import CreditAccount, LedgerEntry, TerminalPayment, TillSession
from payments.totals.splits import Part
from sales.models import SalesOrder

Kind = LedgerEntry.Kind


def open_session_of(till) -> TillSession | None:
    """The open session of the till, or None."""
    return next(iter(_open_at(till.pk)), None)


@Spelled
def _open_at(till_id: int) -> QuerySet[TillSession]:
    found = TillSession.objects.filter(till=till_id, closed_at=None).select_related("till", "opened_by")
    return found.order_by()  # one at most: till_session_one_open


def day_of(till) -> Subquery:
    """The business date of the open session of a till (an id, an OuterRef), to be read along; None while it is closed.

    Index: session_one_open.
    """
    return Subquery(TillSession.objects.filter(till=till, closed_at=None).values("business_date"))


def open_drawers(branch_id: int) -> QuerySet[TillSession]:
    """The open sessions of a branch: the drawers that cash may go into."""
    return TillSession.objects.filter(till__branch_id=branch_id, closed_at=None).select_related("till").order_by("till")


def pending(order: SalesOrder) -> bool:
    """Whether a terminal payment on the order waits or is unknown: it is frozen then. Index: terminal_pending."""
    return order.terminal_payments.filter(state__in=TerminalPayment.PENDING).exists()


def pending_session(session: TillSession) -> list[TerminalPayment]:
    """The terminal payments that keep a session from closing: not known, or not booked yet.

    Index: terminal_pending_session.
    """
    found = session.terminal_payments.filter(TerminalPayment.UNBOOKED)
    return list(found.select_related("order").order_by("id"))


def unbooked(order: SalesOrder) -> list[TerminalPayment]:
    """The terminal payments of the order that are not known or not booked yet. Index: terminal_pending."""
    return _unbooked_of(order.pk)


@Spelled
def _unbooked_of(order_id: int) -> QuerySet[TerminalPayment]:
    found = TerminalPayment.objects.filter(TerminalPayment.UNBOOKED, order=order_id)
    return found.select_related("method").order_by("id")


def approved_total(order: SalesOrder) -> Decimal:
    """What the terminal took on the order and nobody booked yet, EUR."""
    return sum((p.amount.amount for p in unbooked(order) if p.state == TerminalPayment.State.APPROVED), ZERO)


def late_approvals(till) -> QuerySet[TerminalPayment]:
    """What was approved after a session of the till was closed over it, and is not booked yet."""
    found = TerminalPayment.objects.filter(
        state=TerminalPayment.State.APPROVED, entry=None, session__till=till, session__closed_at__isnull=False
    )
    return found.select_related("order", "method").order_by("id")


def unbooked_payments() -> QuerySet[TerminalPayment]:
    """Every terminal payment that is not known or not booked yet, oldest first. Index: terminal_pending."""
    found = TerminalPayment.objects.filter(TerminalPayment.UNBOOKED)
    return found.select_related("order", "method", "session__till__branch").order_by("id")


def suspense() -> QuerySet[LedgerEntry]:
    """The worklist Tussenrekening: money that is on no order and not given back yet; `left`: EUR of it."""
    resolved = LedgerEntry.objects.filter(refunds=OuterRef("pk")).values("refunds").annotate(s=Sum(Abs("amount")))
    gone = Coalesce(Subquery(resolved.values("s")), Value(ZERO), output_field=DecimalField())
    found = LedgerEntry.objects.filter(kind=Kind.SUSPENSE, order=None, refunds=None, reversed_by=None)
    found = found.annotate(left=ExpressionWrapper(F("amount") - Sign("amount") * gone, output_field=DecimalField()))
    return found.exclude(left=0).select_related("branch", "session__till", "employee").order_by("id")


def credit_of(customer_id: int | None) -> Decimal:
    """The store credit (tegoed) of the customer, EUR."""
    account = CreditAccount.objects.filter(customer_id=customer_id).first() if customer_id else None
    return account.balance.amount if account else ZERO


def entries_of(order: SalesOrder) -> list[LedgerEntry]:
    """All money of the order, oldest first. Index: entry_of_order."""
    return list(order.entries.select_related("method", "employee", "branch").order_by("id"))


@dataclass(frozen=True, slots=True)
class RequiredDeposit:
    """What the Soort asks before delivery, EUR: all of it, and what of it is still to be paid."""

    percent: Decimal
    amount: Decimal
    due: Decimal


def required_deposit(order: SalesOrder) -> RequiredDeposit:
    """The deposit that the order's Soort asks (docs/decisions.md, 11); zeros where it asks none."""
    percent = order.order_type.deposit_percent
    amount = cents(max(order.gross.amount, ZERO) * percent / HUNDRED)
    return RequiredDeposit(percent, amount, max(amount - order.paid_total.amount, ZERO))


@dataclass(frozen=True, slots=True)
class SessionFigures:
    """The X report of a session, EUR.

    methods: [(name, kind, received, given out, number of entries)]; turnover: what was settled here, deposits that were
    set off included; deposits: received, no turnover yet; set_off: earlier deposits of the orders settled here;
    refunded: given back (below zero); float_amount, drops: cash that was put in and brought to the safe (below zero);
    expected: what must lie in the drawer, float included.
    """

    methods: list[tuple[str, str, Decimal, Decimal, int]]
    turnover: Decimal
    deposits: Decimal
    set_off: Decimal
    refunded: Decimal
    rounding: Decimal
    float_amount: Decimal
    drops: Decimal
    expected: Decimal


# deposits that were paid before an order's first settlement, where that settlement fell in the session
SET_OFF = """
SELECT coalesce(sum(e.amount), 0) FROM payments_ledgerentry e JOIN (
    SELECT s.order_id, min(s.id) AS first FROM payments_ledgerentry s
    WHERE s.kind = 'settlement' AND s.order_id IN (
        SELECT order_id FROM payments_ledgerentry WHERE session_id = %s AND kind = 'settlement')
    GROUP BY s.order_id
    HAVING (array_agg(s.session_id ORDER BY s.id))[1] = %s
) settled ON settled.order_id = e.order_id AND e.id < settled.first
"""
# what moved in the session per kind, method and purpose: what the group was for; a reversal is of what it takes back
MOVED = """
SELECT e.what, e.purpose, e.method_kind, coalesce(m.name, ''), coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0),
    coalesce(sum(e.amount) FILTER (WHERE e.amount < 0), 0), count(*)
FROM (
    SELECT s.*, coalesce(r.kind, s.kind) AS what, max(coalesce(r.kind, s.kind))
        FILTER (WHERE coalesce(r.kind, s.kind) IN ('deposit', 'settlement', 'refund', 'credit'))
        OVER (PARTITION BY s."group") AS purpose
    FROM payments_ledgerentry s LEFT JOIN payments_ledgerentry r ON r.id = s.reverses_id
    WHERE s.session_id = %s AND s.kind <> 're_split'
        AND NOT (%s <> '' AND (s.kind = 'difference' OR (s.kind = 'drop' AND s.reference = %s)))
) e LEFT JOIN payments_paymentmethod m ON m.id = e.method_id
GROUP BY 1, 2, 3, 4, m.position ORDER BY m.position NULLS LAST, 4, 1
"""


def session_figures(session: TillSession) -> SessionFigures:
    """What a session took in and gave out, in two statements whatever its length. Index: entry_of_session.

    What closing wrote itself (the difference, and the drawer emptied into the safe) is left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(MOVED, [session.pk, session.z_number, session.z_number])
        rows = [_Moved(*row) for row in cursor.fetchall()]
        cursor.execute(SET_OFF, [session.pk, session.pk])
        set_off = cursor.fetchone()[0]
    methods: dict[str, list] = {}
    for row in rows:
        if row.name:
            line = methods.setdefault(row.name, [row.name, row.method_kind, ZERO, ZERO, 0])
            line[2:] = [line[2] + row.into, line[3] + row.out, line[4] + row.number]

    def total(kinds, attribute="kind") -> Decimal:
        return sum((row.into + row.out for row in rows if getattr(row, attribute) in kinds), ZERO)

    cash = [row for row in rows if row.method_kind == "cash" or row.kind in (Kind.FLOAT, Kind.DROP, Kind.DIFFERENCE)]
    return SessionFigures(
        methods=[tuple(line) for line in methods.values()],
        turnover=total({Kind.SETTLEMENT}, "purpose") + set_off,
        deposits=total({Kind.DEPOSIT}, "purpose"),
        set_off=set_off,
        refunded=total({Kind.REFUND, Kind.CREDIT}, "purpose"),
        rounding=total({Kind.ROUNDING}),
        float_amount=total({Kind.FLOAT}),
        drops=total({Kind.DROP}),
        expected=sum((row.into + row.out for row in cash), ZERO),
    )


@dataclass(frozen=True, slots=True)
class _Moved:
    kind: str
    purpose: str | None
    method_kind: str
    name: str
    into: Decimal
    out: Decimal
    number: int


def session_vat(session: TillSession) -> list[Part]:
    """The VAT per rate in what a session took in and gave back, EUR. Indexes: entry_of_session, entry_vat_once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.code, v.percent, sum(v.net), sum(v.vat), sum(v.gross) FROM payments_entryvat v"
            " JOIN payments_ledgerentry e ON e.id = v.entry_id WHERE e.session_id = %s GROUP BY 1, 2"
            " HAVING sum(v.gross) <> 0 OR sum(v.vat) <> 0 ORDER BY 2 DESC, 1",
            [session.pk],
        )
        return [Part(*row) for row in cursor.fetchall()]
