"""Money back: what was paid on an order goes back by a method, or becomes store credit (tegoed).

A refund is booked against what it gives back (`refunds`), newest first and the same method first; what is left of an
entry is its amount with the change and the cash rounding of its group, less what was given back of it. Together that is
what is paid on the order: nothing can be given back twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money
from backoffice.core.keys import keyed
from backoffice.core.money import ZERO, money
from backoffice.relations.models import Employee
from backoffice.relations.rights import access_of
from payments.models import LedgerEntry, PaymentMethod, TerminalPayment, TillSession
from payments.selectors import methods, session_figures
from payments.services import ledger
from payments.services.depositing import check_seen
from payments.services.ledger import Occasion, Tender
from payments.totals import tendering
from sales.models import SalesOrder
from sales.services.editing import open_order

Kind = LedgerEntry.Kind
# what brings money in, with the change and rounding of its group
INCOMING = (Kind.DEPOSIT, Kind.SETTLEMENT)
AROUND = (Kind.CHANGE, Kind.ROUNDING)


@dataclass(slots=True)
class Source:
    """An entry that money can be given back of, and how much, EUR."""

    entry: LedgerEntry
    left: Decimal


@keyed("payments.refund", result=("sales.SalesOrder", "order_id"))
def refund(
    *,
    order_id: int,
    amounts: Sequence[tuple[int, Decimal]],
    reason: str,
    employee,
    session_id: int | None = None,
    seen_paid: Decimal | None = None,
    channel: str = methods.DESK,
    approver=None,
    approved_ids: Sequence[int] = (),
) -> SalesOrder:
    """Give back what is paid on an order: [(method id, EUR above 0)]; tegoed keeps it for the customer.

    session_id: the open drawer, for cash. approver: who logged in beside a seller (check_may_refund). approved_ids:
    terminal payments below zero that the card took back already, among the amounts. Raises Refusal, with nothing
    written, beyond what is paid and by right (docs/rules.md, Rights); Stale when it was paid or given back meanwhile.
    """
    opened = open_order(
        order_id,
        employee,
        action="refund" if not approved_ids else "pay_back",
        related=("branch",),
        right="payments.view",
    )
    order, lines = opened.order, opened.lines
    check_seen(order, seen_paid)
    gives = chosen(amounts, order, channel)
    check_may_refund(order, employee, gives, approver)
    give_back(
        order, lines, gives, reason=reason, employee=employee, session_id=session_id, approver=approver,
        approved_ids=approved_ids,
    )  # fmt: skip
    order.all_lines = lines
    return order


def chosen(amounts: Sequence[tuple[int, Decimal]], order: SalesOrder, channel: str = methods.DESK) -> list[Tender]:
    """The amounts with their methods. Raises Refusal for a method that is not offered there."""
    found = methods.chosen([method_id for method_id, _amount in amounts], channel, order.branch_id)
    return [Tender(found[method_id], amount) for method_id, amount in amounts]


def check_may_refund(order: SalesOrder, employee, gives: Sequence[Tender], approver=None) -> None:
    """Raises Refusal where neither the employee may give money back, nor with this manager's login beside it.

    settings.REFUND_CEILINGS: how much cash a role may give back with a manager's own login (docs/rules.md, Rights).
    """
    if access_of(employee).can("payments.refund", order.branch_id):
        return
    ceiling = ceiling_of(employee, order.branch_id)
    total = sum((give.amount for give in gives), ZERO)
    if approver is None or total > ceiling or not all(give.method.cash for give in gives):
        raise Refusal(
            "payments.refund_right",
            _("U mag contant tot %(most)s terugbetalen, met de inlog van een filiaalmanager.")
            % {"most": format_money(ceiling)},
        )
    check_second(approver, employee, order, "payments.refund")


def check_second(approver: Employee, employee, order: SalesOrder, right: str) -> None:
    """Raises Refusal where the second person is the first, or has not the right at the order's branch."""
    if approver.pk == employee.pk or not access_of(approver).can(right, order.branch_id):
        raise Refusal(
            "payments.second_person", _("Laat een ander inloggen, die dit hier mag: een filiaalmanager."), "approver"
        )


def ceiling_of(employee, branch_id: int) -> Decimal:
    """How much an employee without the right may give back in cash with a manager's login, EUR."""
    grants = access_of(employee).grants
    known = [settings.REFUND_CEILINGS.get(role, 0) for role, at in grants if at is None or at == branch_id]
    return Decimal(max(known, default=0))


def give_back(
    order: SalesOrder,
    lines,
    gives: Sequence[Tender],
    *,
    reason: str,
    employee,
    session_id: int | None = None,
    approver=None,
    approved_ids: Sequence[int] = (),
    later: list[Callable[[], object]] | None = None,
    action: str = "payments.refund.registered",
) -> list[LedgerEntry]:
    """Book a refund on a locked order, in the caller's transaction; paid_total and status follow.

    later: gets what is to be called at the end of that transaction (the journal), instead of now.
    """
    reason = reason.strip()
    if not reason:
        raise Refusal("payments.reason", _("Geef een reden op."), "reason")
    tendering.refund_rows([(give.method.cash, give.amount) for give in gives], rounds=order.branch.cash_rounding)
    if sum(1 for give in gives if give.method.cash) > 1:
        raise Refusal("payments.cash_twice", _("Vul voor contant één bedrag in."), "amount")
    total, paid = sum((give.amount for give in gives), ZERO), order.paid_total.amount
    if total > paid:
        raise Refusal(
            "payments.too_much_back",
            _("Er is %(paid)s betaald; meer teruggeven kan niet.") % {"paid": format_money(max(paid, ZERO))},
            "amount",
        )
    session = _drawer(order, gives, session_id)
    terminal = _approved(order, gives, approved_ids)
    entries = _entries(order, gives)
    occasion = Occasion(employee, order.branch, session, action=action, reason=reason, approver=approver)
    written = ledger.write(order, lines, entries, occasion, later=later)
    for payment in terminal:
        entry = next(e for e in entries if e.method_kind == PaymentMethod.Kind.TERMINAL)
        TerminalPayment.objects.filter(pk=payment.pk).update(entry=entry)
    return written


def sources(order: SalesOrder) -> list[Source]:
    """What can be given back on the order, oldest first; adds up to what is paid. Index: entry_of_order."""
    entries = list(order.entries.order_by("id"))
    undone = {entry.reverses_id for entry in entries if entry.reverses_id}
    counted = [e for e in entries if e.pk not in undone and e.reverses_id is None and e.kind != Kind.RE_SPLIT]
    # what came out of suspense points at it, and is no refund
    found = {
        e.pk: Source(e, e.amount.amount)
        for e in counted
        if e.kind == Kind.SUSPENSE or (e.kind in INCOMING and e.refunds_id is None)
    }
    cash = {source.entry.group: source for source in found.values() if source.entry.method_kind == "cash"}
    for entry in counted:
        if entry.kind in AROUND and entry.refunds_id is None:
            if entry.group in cash:
                cash[entry.group].left += entry.amount.amount
            else:
                found[entry.pk] = Source(entry, entry.amount.amount)
        elif entry.refunds_id in found and entry.pk not in found:
            found[entry.refunds_id].left += entry.amount.amount
    return [found[pk] for pk in sorted(found) if found[pk].left > 0]


def _entries(order: SalesOrder, gives: Sequence[Tender]) -> list[LedgerEntry]:
    """The entries of a refund, each pointing at what it gives back."""
    left, made = sources(order), []
    for give in gives:
        out = tendering.to_five(give.amount) if give.method.cash and order.branch.cash_rounding else give.amount
        parts = _allocate(left, give)
        largest = max(parts, key=lambda part: part[1])
        kind = Kind.CREDIT if give.method.kind == PaymentMethod.Kind.CREDIT else Kind.REFUND
        for source, part in parts:
            moved = part + (out - give.amount if source is largest[0] else ZERO)
            if moved:
                made.append(
                    LedgerEntry(
                        kind=kind, amount=money(-moved), method=give.method, method_kind=give.method.kind,
                        refunds=source.entry, reference=give.reference,
                    )
                )  # fmt: skip
        if out != give.amount:
            made.append(
                LedgerEntry(kind=Kind.ROUNDING, amount=money(out - give.amount), refunds=largest[0].entry)
            )  # fmt: skip
    return made


def _allocate(left: Sequence[Source], give: Tender) -> list[tuple[Source, Decimal]]:
    """What an amount takes of each source: of the same method first, then newest first."""
    rest, parts = give.amount, []
    for source in sorted(left, key=lambda s: (s.entry.method_id != give.method.pk, -s.entry.pk)):
        part = min(source.left, rest)
        if part > 0:
            source.left -= part
            rest -= part
            parts.append((source, part))
    if rest or not parts:
        raise Refusal("payments.too_much_back", _("Meer teruggeven dan er is betaald kan niet."), "amount")
    return parts


def _drawer(order: SalesOrder, gives: Sequence[Tender], session_id: int | None) -> TillSession | None:
    """The drawer that cash comes out of, locked later by the ledger. Raises Refusal when it holds too little."""
    if not any(give.method.needs_session for give in gives):
        return None
    session = TillSession.objects.filter(pk=session_id, till__branch=order.branch_id).first() if session_id else None
    if session is None:
        raise Refusal("payments.drawer", _("Kies uit welke open lade het contante geld komt."), "session")
    cash = sum((give.amount for give in gives if give.method.cash), ZERO)
    if cash and cash > (there := session_figures(session).expected):
        raise Refusal(
            "payments.drawer_short",
            _("Er hoort %(there)s in deze lade te liggen. Kies een andere lade of betaalwijze.")
            % {"there": format_money(there)},
            "session",
        )
    return session


def _approved(order: SalesOrder, gives: Sequence[Tender], ids: Sequence[int]) -> list[TerminalPayment]:
    """The approved terminal payments that a terminal method's amount needs. Raises Refusal where they do not match."""
    asked = sum((give.amount for give in gives if give.method.kind == PaymentMethod.Kind.TERMINAL), ZERO)
    held = list(
        TerminalPayment.objects.select_for_update(of=("self",)).filter(
            pk__in=ids, order=order, state=TerminalPayment.State.APPROVED, entry=None
        )
    ) if ids else []  # fmt: skip
    if len(held) != len(ids) or len(ids) > 1 or -sum((p.amount.amount for p in held), ZERO) != asked:
        raise Refusal(
            "payments.not_approved",
            _("De pinautomaat heeft dit bedrag niet teruggegeven. Ververs de pagina."),
            "amount",
        )
    return held
