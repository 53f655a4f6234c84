"""Till sessions: opening, cash that comes and goes, and the day close (Z). Their screens stand at the till."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal, locks, numbers
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money
from backoffice.core.keys import keyed
from backoffice.core.money import ZERO, cents, money
from backoffice.relations.models import Till
from backoffice.relations.rights import access_of
from payments.models import LedgerEntry, TerminalPayment, TillSession
from payments.selectors import late_approvals, open_session_of, pending_session, session_figures
from payments.services import ledger
from payments.services.ledger import Booking, Occasion

Kind = LedgerEntry.Kind
# a difference beyond this, EUR, needs the right pos.close_difference (docs/rules.md, Rights)
DIFFERENCE_CEILING = Decimal("10.00")
DENOMINATIONS = [Decimal(v) for v in (
    "500", "200", "100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10", "0.05", "0.02", "0.01"
)]  # fmt: skip


@keyed("payments.session.open")
def open_session(*, till_id: int, float_amount: Decimal, employee, business_date: date | None = None) -> TillSession:
    """Open the till: one open session at most. float_amount: EUR that lies in the drawer, an entry of its own."""
    till = Till.objects.select_related("branch").filter(pk=till_id, active=True).first()
    if till is None or not access_of(employee).can("pos.use", till.branch_id):
        raise Refusal("payments.till_unknown", _("Deze kassa is er niet, of hoort bij een ander filiaal."))
    _check_amount(float_amount, "float_amount")
    open_already = open_session_of(till)
    if open_already:
        raise _is_open(open_already)
    session = TillSession(
        till=till,
        opened_by=employee,
        float_amount=money(float_amount),
        business_date=business_date or timezone.localdate(),
    )
    try:
        with transaction.atomic():
            session.save(force_insert=True)
    except IntegrityError as error:
        if "session_one_open" not in str(error):
            raise
        raise _is_open(open_session_of(till)) from error
    if float_amount:
        _move(session, till.branch, Kind.FLOAT, float_amount, employee=employee)
    late = list(late_approvals(till).select_for_update(of=("self",)))
    if late:
        suspend(late, session, employee, _("Goedgekeurd na de dagafsluiting"))
    _journal("payments.session.opened", session, till, employee, {"float": str(float_amount)})
    return session


def suspend(approved: list[TerminalPayment], session: TillSession, employee, reason: str) -> None:
    """Put approved terminal payments (locked, of no entry) in suspense, in an open session: money that is not lost."""
    branch = session.till.branch
    bookings = []
    for payment in approved:
        entry = LedgerEntry(
            kind=Kind.SUSPENSE, amount=payment.amount, method=payment.method, method_kind=payment.method.kind,
            reference=payment.reference,
        )  # fmt: skip
        bookings.append(Booking(entry, ledger.sides_of(entry, branch.pk)))
    written = ledger.store(bookings, Occasion(employee, branch, session, reason=reason[:200]))
    for payment, entry in zip(approved, written, strict=True):
        payment.entry = entry
    TerminalPayment.objects.bulk_update(approved, ["entry"])
    data = {"payments": [p.pk for p in approved], "entries": [e.pk for e in written], "reason": reason}
    _journal("payments.suspense.booked", session, session.till, employee, data)


def _is_open(session: TillSession | None) -> Refusal:
    who = session.opened_by.name if session else ""
    return Refusal("payments.session_open", _("Deze kassa is al geopend door %(who)s. Sluit die eerst.") % {"who": who})


@keyed("payments.session.cash")
def move_cash(*, session_id: int, amount: Decimal, employee, reason: str, kind: str = Kind.DROP) -> TillSession:
    """Bring cash to the safe (afstorten, kind "drop") or put change into the drawer (kind "float"): EUR above zero."""
    session = hold(session_id, employee)
    reason = reason.strip()
    _check_amount(amount, "amount")
    if not amount:
        raise Refusal("payments.not_positive", _("Vul een bedrag boven nul in."), "amount")
    if kind not in (Kind.DROP, Kind.FLOAT):
        raise Refusal("payments.cash_kind", _("Kies afstorten of wisselgeld bijvullen."), "kind")
    if not reason:
        raise Refusal("payments.reason", _("Geef een reden op."), "reason")
    if kind == Kind.DROP and amount > (there := session_figures(session).expected):
        raise Refusal(
            "payments.drawer_short",
            _("Er hoort %(there)s in de lade te liggen; meer afstorten kan niet.") % {"there": format_money(there)},
            "amount",
        )
    signed = -amount if kind == Kind.DROP else amount
    _move(session, session.till.branch, kind, signed, employee=employee, reason=reason)
    _journal(f"payments.session.{kind}", session, session.till, employee, {"amount": str(signed), "reason": reason})
    return session


@keyed("payments.session.close", result=("payments.TillSession", "session_id"))
def close_session(
    *,
    session_id: int,
    denominations: dict[str, int],
    employee,
    reason: str = "",
    force: bool = False,
) -> TillSession:
    """Close the day (Z): what was counted against float and cash; the difference is its own entry, with a reason.

    denominations: {"50.00": pieces}, counted blind. A difference beyond EUR 10 needs the right pos.close_difference.
    The counted cash then goes to the safe, so that a closed drawer is empty in the books. force: close although a
    terminal payment is not known yet (right pos.close_difference); what is approved later goes to the next session.
    """
    session = hold(session_id, employee, right="pos.close")
    till, reason = session.till, reason.strip()
    may_differ = access_of(employee).can("pos.close_difference", till.branch_id)
    waiting = pending_session(session)
    if waiting and not (force and may_differ):
        raise Refusal(
            "payments.session_pending",
            _("Op %(order)s loopt nog een pinbetaling van %(amount)s. Wacht tot die bekend is.")
            % {"order": waiting[0].order, "amount": format_money(waiting[0].amount)},
        )
    counted = count(denominations)
    expected = session_figures(session).expected
    difference = counted - expected
    if difference and not reason:
        raise Refusal(
            "payments.difference_reason", _("Het getelde bedrag wijkt af. Tel na, of geef een reden op."), "reason"
        )
    if abs(difference) > DIFFERENCE_CEILING and not may_differ:
        raise Refusal(
            "payments.difference_right",
            _("Het kasverschil is meer dan %(most)s. Laat een filiaalmanager sluiten.")
            % {"most": format_money(DIFFERENCE_CEILING)},
            "reason",
        )
    z_number = _z_number(session)
    if difference:
        _move(session, till.branch, Kind.DIFFERENCE, difference, employee=employee, reason=reason)
    if counted:
        _move(session, till.branch, Kind.DROP, -counted, employee=employee, reason=z_number, reference=z_number)
    session.z_number = z_number
    session.denominations = {str(cents(Decimal(value))): pieces for value, pieces in denominations.items() if pieces}
    session.expected_cash, session.counted_cash = money(expected), money(counted)
    session.closed_at, session.closed_by = timezone.now(), employee
    session.save(update_fields=["z_number", "denominations", "expected_cash", "counted_cash", "closed_at", "closed_by"])
    data = {"z_number": session.z_number, "expected": str(expected), "counted": str(counted), "reason": reason}
    forced = [payment.pk for payment in waiting]
    _journal("payments.session.closed", session, till, employee, data | ({"forced_over": forced} if forced else {}))
    return session


def count(denominations: dict[str, int]) -> Decimal:
    """What the counted notes and coins come to, EUR. Raises Refusal for what is no note, no coin or no number."""
    total = ZERO
    for value, pieces in denominations.items():
        if Decimal(value) not in DENOMINATIONS or not isinstance(pieces, int) or not 0 <= pieces <= 99_999:
            raise Refusal("payments.count", _("Vul per munt en biljet een aantal van nul of meer in."), str(value))
        total += Decimal(value) * pieces
    return cents(total)


def hold(session_id: int, employee, right: str = "pos.use") -> TillSession:
    """Lock an open session whose branch one works at. Raises Refusal when there is none."""
    sessions = TillSession.objects.filter(pk=session_id).select_related("till__branch")
    held = locks.take("session", sessions)
    if not held or not access_of(employee).can(right, held[0].till.branch_id):
        raise Refusal("payments.session_unknown", _("Deze kassa is er niet, of hoort bij een ander filiaal."))
    if not held[0].open:
        raise Refusal("payments.session_closed", _("Deze kassa is gesloten. Open de kassa eerst."), "session")
    return held[0]


def _check_amount(amount: Decimal, field: str) -> None:
    if amount < 0 or amount != cents(amount):
        raise Refusal("payments.not_positive", _("Vul een bedrag van nul of meer in, in hele centen."), field)


def _move(session, branch, kind, amount, *, employee, reason="", reference="") -> None:
    entry = LedgerEntry(kind=kind, amount=money(amount), reason=reason, reference=reference)
    booking = Booking(entry, ledger.sides_of(entry, branch.pk))
    ledger.store([booking], Occasion(employee, branch, session))


def _z_number(session: TillSession) -> str:
    """Gapless per till and year: UT1-2026-Z00007, by branch code, till number and the year of the business date."""
    till, year = session.till, session.business_date.year
    return f"{till.branch.code}{till.number}-{year}-Z{numbers.take('Z', year, till.pk):05d}"


def _journal(action, session, till, employee, data) -> None:
    journal.write(branch_id=till.branch_id, employee=employee, action=action, about=session, data=data)
