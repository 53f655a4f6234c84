"""The ledger: how money moves, written once and never changed (docs/decisions.md, 6).

Every service above books through here. An entry has postings that add up to zero, and its VAT per rate. One group of
entries is one request; whatever its length it takes one statement.
"""

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal, locks
from backoffice.core.db.spelled import Spelled
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money
from backoffice.core.money import ZERO, money
from backoffice.relations.models import Branch, Employee
from payments.models import LedgerEntry, PaymentMethod, Posting, TillSession
from payments.papers.letterhead import letterhead
from payments.services import credit
from payments.totals import splits, tendering
from payments.totals.splits import Part, Rate
from sales import totals
from sales.models import SalesOrder
from sales.services import returning

Kind, Account, Wise = LedgerEntry.Kind, Posting.Account, PaymentMethod.Kind

# where the money of a method is
MONEY: dict[str, str] = {
    Wise.CASH: Account.CASH,
    Wise.TERMINAL: Account.TERMINAL,
    Wise.BANK: Account.BANK,
    Wise.ONLINE: Account.ONLINE,
    Wise.CREDIT: Account.CREDIT,
}
METHOD = "the account of the method, by MONEY"
# double entry, in one table: kind -> (debited by a positive amount, credited by it); a negative amount turns it round
ACCOUNTS: dict[str, tuple[str, str]] = {
    Kind.DEPOSIT: (METHOD, Account.ORDERS),
    Kind.SETTLEMENT: (METHOD, Account.ORDERS),
    Kind.REFUND: (METHOD, Account.ORDERS),
    Kind.CREDIT: (Account.CREDIT, Account.ORDERS),
    Kind.CHANGE: (Account.CASH, Account.ORDERS),
    Kind.ROUNDING: (Account.ROUNDING, Account.ORDERS),
    Kind.SUSPENSE: (METHOD, Account.SUSPENSE),
    Kind.DIFFERENCE: (Account.CASH, Account.DIFFERENCE),
    Kind.FLOAT: (Account.CASH, Account.SAFE),
    Kind.DROP: (Account.CASH, Account.SAFE),
}
# out of suspense onto an order
FROM_SUSPENSE = (Account.SUSPENSE, Account.ORDERS)


@dataclass(frozen=True, slots=True)
class Tender:
    """What is paid with one method: EUR, for cash what is handed over; reference: the terminal's or the bank's."""

    method: PaymentMethod
    amount: Decimal
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """By whom, where, when and why a group of entries is booked.

    branch: where the money is; session: the drawer or terminal it went through; business_date: today or the session's
    where none is given; group: one of its own where none is given; action: of its row in the journal.
    """

    employee: Employee
    branch: Branch
    session: TillSession | None = None
    business_date: date | None = None
    group: uuid.UUID | None = None
    action: str = "payments.deposit.registered"
    reason: str = ""
    approver: Employee | None = None


@dataclass(slots=True)
class Booking:
    """An entry on its way, with its postings [(account, branch id, EUR)] and its VAT per rate."""

    entry: LedgerEntry
    sides: list[tuple[str, int, Decimal]]
    parts: list[Part] = field(default_factory=list)


def book(
    order: SalesOrder,
    lines,
    tenders: Sequence[Tender],
    occasion: Occasion,
    *,
    kind: str,
    change: bool = False,
) -> list[LedgerEntry]:
    """Book what is paid on a locked order: entries, VAT split, paid_total and status, store credit, journal.

    kind: "deposit", "settlement", or "refund" where goods came back; lines: all lines of the order; tenders: signed as
    what is left to pay; change: cash may be more than the rest, and gives change back. Locks the credit account and the
    session itself. Raises Refusal (payments.*), with nothing written.
    """
    rest = order.open_amount.amount
    rows = tendering.rows(
        rest, [(t.method.cash, t.amount) for t in tenders], rounds=occasion.branch.cash_rounding, change=change
    )
    kinds = {tendering.PAYMENT: kind, tendering.CHANGE: Kind.CHANGE, tendering.ROUNDING: Kind.ROUNDING}
    made = []
    for row in rows:
        tender = tenders[row.tender] if row.tender is not None else None
        made.append(
            LedgerEntry(
                kind=kinds[row.what], amount=money(row.amount), method=tender.method if tender else None,
                method_kind=tender.method.kind if tender else "", reference=tender.reference if tender else "",
            )
        )  # fmt: skip
    return write(order, lines, made, occasion)


def write(
    order: SalesOrder,
    lines,
    entries: list[LedgerEntry],
    occasion: Occasion,
    *,
    later: list[Callable[[], object]] | None = None,
) -> list[LedgerEntry]:
    """Write entries of one locked order (kind, amount, method and what they point at are set) as one group.

    later: gets the writing of the journal, which must come last, where more is to be locked after this. See book.
    """
    paid = order.paid_total.amount + sum((entry.amount.amount for entry in entries), ZERO)
    _check_range(order, paid)
    _check_returned(order, lines, paid)
    account = credit.hold(order, entries)
    employee, branch = occasion.employee, occasion.branch
    occasion = replace(occasion, session=hold_session(occasion.session, branch))
    rates = rates_of(order)
    if paid > order.paid_total.amount:
        entries[0].paper = _facts(order, entries, employee)
    bookings = [_on_order(order, entry, rates, branch) for entry in entries]
    if paid == order.gross.amount and (closing := splits.re_split(rates)):
        bookings.append(_re_split(order, closing))
    if splits.out_of_range(rates) and (moved := splits.re_split(rates)):
        bookings.append(_re_split(order, moved))
    written = store(bookings, occasion)
    if account is not None:
        credit.write(account, [side for booking in bookings for side in booking.sides])
    totals.write_paid(order, lines, paid, employee=employee)
    data: dict[str, Any] = {
        "group": str(written[0].group),
        "entries": [entry.pk for entry in written],
        "rows": [
            {"kind": e.kind, "method": e.method_id, "method_kind": e.method_kind, "amount": str(e.amount.amount)}
            for e in written
        ],
        "paid": str(paid),
    }
    if occasion.reason:
        data["reason"] = occasion.reason
    if occasion.approver:
        data["approved_by"] = occasion.approver.pk
    note = partial(
        journal.write, branch_id=branch.pk, employee=employee, action=occasion.action, about=order, data=data
    )
    if later is None:
        note()
    else:
        later.append(note)
    return written


def _facts(order: SalesOrder, entries: Sequence[LedgerEntry], employee) -> dict:
    """What a receipt of this payment shows that may change: the branch, who took it, and the names of its methods.

    A sale that is paid and handed over at once has the receipt of its till, and no other.
    """
    if not order.number and entries[0].kind != Kind.DEPOSIT:
        return {}
    methods = {str(entry.method.pk): entry.method.name for entry in entries if entry.method}
    return {"branch": letterhead(order.branch), "employee": employee.name, "methods": methods}


def re_split(order: SalesOrder, *, employee, session: TillSession | None = None, branch: Branch | None = None) -> None:
    """After an amendment of a locked order, totals in memory: move what is paid between its VAT rates by an entry of
    zero, where a rate holds more than its new total or the order is paid and its rates are not.
    session, branch: the held session and branch of the till where that happens, else the order's branch.
    """
    rates = rates_of(order)
    closed = sum((rate.paid for rate in rates), ZERO) == order.gross.amount
    if (closed or splits.out_of_range(rates)) and (moved := splits.re_split(rates)):
        store([_re_split(order, moved)], Occasion(employee, branch or order.branch, session))


def close_even(order: SalesOrder, occasion: Occasion) -> list[LedgerEntry]:
    """An order of zero that nothing is paid on: an entry of zero for what its goods move between VAT rates, if any.

    What went out at one rate and came back at another changes what VAT is owed, although no money moves.
    """
    moved = splits.re_split(rates_of(order))
    if not moved:
        return []
    held = hold_session(occasion.session, occasion.branch)
    return store([_re_split(order, moved)], replace(occasion, session=held))


def rates_of(order: SalesOrder) -> list[Rate]:
    """The VAT rates of the order with what is paid of each. Totals that a service just computed count before stored."""
    computed = getattr(order, "totals", None)
    found: dict[tuple[str, Decimal], Rate] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code, percent, gross, vat, 0, 0 FROM sales_ordervat WHERE order_id = %s UNION ALL"
            " SELECT v.code, v.percent, 0, 0, sum(v.gross), sum(v.vat) FROM payments_entryvat v"
            " JOIN payments_ledgerentry e ON e.id = v.entry_id WHERE e.order_id = %s GROUP BY v.code, v.percent",
            [order.pk, order.pk],
        )
        rows = cursor.fetchall()
    if computed is not None:
        stored = [(code, percent, 0, 0, paid, vat) for code, percent, _g, _v, paid, vat in rows if paid or vat]
        rows = [(row.code, row.percent, row.gross, row.vat, 0, 0) for row in computed.vat_rows] + stored
    for code, percent, gross, vat, paid, paid_vat in rows:
        rate = found.setdefault((code, percent), Rate(code, percent, ZERO, ZERO))
        rate.gross += gross
        rate.vat += vat
        rate.paid += paid
        rate.paid_vat += paid_vat
    return sorted(found.values(), key=lambda rate: (-rate.percent, rate.code))


def hold_session(session: TillSession | None, branch: Branch) -> TillSession | None:
    """Lock an open session of the branch. Raises Refusal when it is closed, or of another branch."""
    if session is None:
        return None
    held = locks.take("session", _session, session.pk)
    return _usable(held[0] if held else None, branch)


@Spelled
def _session(session_id: int) -> QuerySet[TillSession]:
    return TillSession.objects.filter(pk=session_id).select_related("till").order_by()


def check_session(session: TillSession | None, branch: Branch) -> None:
    """Raises what hold_session raises, without locking anything."""
    if session is not None:
        _usable(TillSession.objects.filter(pk=session.pk).select_related("till").first(), branch)


def _usable(session: TillSession | None, branch: Branch) -> TillSession:
    if session is None or not session.open:
        raise Refusal("payments.session_closed", _("Deze kassa is gesloten. Open de kassa eerst."), "session")
    if session.till.branch_id != branch.pk:
        raise Refusal("payments.session_branch", _("Deze lade staat in een ander filiaal."), "session")
    return session


def store(bookings: Sequence[Booking], occasion: Occasion) -> list[LedgerEntry]:
    """Insert entries with their postings and VAT, in one statement; gives them with their ids. Locks nothing."""
    now, session = timezone.now(), occasion.session
    day = occasion.business_date or (session.business_date if session else timezone.localdate())
    group = occasion.group or uuid.uuid4()
    for booking in bookings:
        entry = booking.entry
        entry.employee, entry.approved_by = occasion.employee, occasion.approver
        entry.branch, entry.session = occasion.branch, session
        entry.business_date, entry.at, entry.group = day, now, group
        entry.reason = entry.reason or occasion.reason
    entries = [booking.entry for booking in bookings]
    sides = [(n, *side) for n, booking in enumerate(bookings, 1) for side in booking.sides]
    parts = [(n, p.code, p.percent, p.net, p.vat, p.gross) for n, b in enumerate(bookings, 1) for p in b.parts]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [*_columns(entries), *_turned(sides, 4), *_turned(parts, 6)])
        for entry, (pk,) in zip(entries, cursor.fetchall(), strict=True):
            entry.pk = pk
            entry._state.adding, entry._state.db = False, connection.alias
    return entries


ENTRY = {
    "kind": "text", "order_id": "bigint", "customer_id": "bigint", "method_id": "bigint", "method_kind": "text",
    "branch_id": "bigint", "session_id": "bigint", "employee_id": "bigint", "approved_by_id": "bigint",
    "business_date": "date", "at": "timestamptz", "amount": "numeric", "currency": "text", "group": "uuid",
    "reverses_id": "bigint", "refunds_id": "bigint", "reason": "text", "reference": "text",
    "paper": "jsonb",
}  # fmt: skip
_names = ", ".join(f'"{name}"' for name in ENTRY)
INSERT = (
    f"WITH entry AS (INSERT INTO payments_ledgerentry ({_names})"  # noqa: S608
    f" SELECT * FROM unnest({', '.join(f'%s::{kind}[]' for kind in ENTRY.values())}) RETURNING id),"
    " numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM entry),"
    " posted AS (INSERT INTO payments_posting (entry_id, account, branch_id, amount, currency)"
    " SELECT numbered.id, side.account, side.branch, side.amount, 'EUR'"
    " FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::numeric[]) AS side (n, account, branch, amount)"
    " JOIN numbered USING (n)),"
    " split AS (INSERT INTO payments_entryvat (entry_id, code, percent, net, vat, gross, currency)"
    " SELECT numbered.id, part.code, part.percent, part.net, part.vat, part.gross, 'EUR' FROM"
    " unnest(%s::bigint[], %s::text[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[])"
    " AS part (n, code, percent, net, vat, gross) JOIN numbered USING (n))"
    " SELECT id FROM numbered ORDER BY id"
)


def _columns(entries) -> list[list]:
    return [[_value(entry.__dict__[name]) for entry in entries] for name in ENTRY]


def _value(value):
    """As the database takes it in a column of many."""
    return json.dumps(value) if isinstance(value, dict) else getattr(value, "amount", value)


def _turned(rows, width: int) -> list[list]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def sides_of(entry: LedgerEntry, here: int, there: int | None = None) -> list[tuple[str, int, Decimal]]:
    """The postings of an entry: money at the branch `here`, its order at the branch `there` (another: in between)."""
    debit, credit = FROM_SUSPENSE if entry.kind == Kind.SUSPENSE and entry.order_id else ACCOUNTS[entry.kind]
    debit = MONEY[entry.method_kind] if debit == METHOD else debit
    amount = entry.amount.amount
    there = here if there is None else there
    between = []
    if here != there:
        between = [(Account.INTER_BRANCH, here, -amount), (Account.INTER_BRANCH, there, amount)]
    return [(debit, here, amount), *between, (credit, there, -amount)]


def _on_order(order: SalesOrder, entry: LedgerEntry, rates, branch: Branch) -> Booking:
    entry.order = order
    if entry.method_kind == Wise.CREDIT:
        entry.customer_id = order.customer_id
    if entry.kind == Kind.REVERSAL:
        sides = [(p.account, p.branch_id, -p.amount.amount) for p in entry.reverses.postings.all()]
    else:
        sides = sides_of(entry, branch.pk, order.branch_id)
    return Booking(entry, sides, splits.split(rates, entry.amount.amount))


def _re_split(order: SalesOrder, parts) -> Booking:
    return Booking(LedgerEntry(kind=Kind.RE_SPLIT, order=order, amount=money(ZERO)), [], parts)


def _check_range(order: SalesOrder, paid: Decimal) -> None:
    gross = order.gross.amount
    if not min(ZERO, gross) <= paid <= max(ZERO, gross):
        raise Refusal(
            "payments.out_of_range",
            _("Dan zou er %(paid)s betaald zijn op een totaal van %(total)s; dat kan niet.")
            % {"paid": format_money(paid), "total": format_money(gross)},
            "amount",
        )


def _check_returned(order: SalesOrder, lines, paid: Decimal) -> None:
    """Raises Refusal where money would go back that went back already, for pieces that came back at a till."""
    back = returning.returned(order, lines) if paid < order.paid_total.amount else ZERO
    if back > 0 and paid < back:
        raise Refusal(
            "payments.returned",
            _("Van deze order kwam al voor %(back)s terug aan de kassa. Er kan nog %(left)s terug.")
            % {"back": format_money(back), "left": format_money(max(order.paid_total.amount - back, ZERO))},
            "amount",
        )
