"""Storno: an entry that was wrong is taken back by a new one (docs/house.md, What only grows)."""

from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from backoffice.core.errors import NotFound, Refusal
from backoffice.core.formats import format_money
from backoffice.core.keys import keyed
from backoffice.core.money import money
from payments.models import LedgerEntry, PaymentMethod, TillSession
from payments.papers.receipts import REVERSIBLE
from payments.selectors import open_session_of
from payments.services import ledger
from payments.services.ledger import Occasion
from payments.services.refunding import AROUND, check_second
from sales.models import SalesOrder
from sales.services.editing import open_order

Kind = LedgerEntry.Kind


@keyed("payments.reverse")
def reverse(*, entry_id: int, reason: str, employee, approver=None) -> SalesOrder:
    """Take an entry of an order back, with the change and rounding of its group; the order afterwards.

    approver: a second person's login, asked above settings.REVERSE_CEILING (EUR). Cash and PIN are taken back in the
    till's open session. Raises Refusal where it was taken or given back already, or the order cannot bear it.
    """
    found = LedgerEntry.objects.filter(pk=entry_id, kind__in=REVERSIBLE).first()
    if found is None or found.order_id is None:
        raise NotFound("payments.entry_unknown", _("Deze boeking is er niet, of kan niet worden teruggedraaid."))
    opened = open_order(found.order_id, employee, action="refund", related=("branch",), right="payments.reverse")
    order, reason = opened.order, reason.strip()
    if not reason:
        raise Refusal("payments.reason", _("Geef een reden op."), "reason")
    group = _group(order, found)
    check_not_undone(group)
    if abs(found.amount.amount) > Decimal(settings.REVERSE_CEILING):
        if approver is None:
            raise Refusal(
                "payments.second_person",
                _("Boven %(most)s moet een tweede persoon inloggen.")
                % {"most": format_money(settings.REVERSE_CEILING)},
                "approver",
            )
        check_second(approver, employee, order, "payments.reverse")
    made = [
        LedgerEntry(
            kind=Kind.REVERSAL, amount=money(-entry.amount.amount), method=entry.method, method_kind=entry.method_kind,
            reverses=entry, refunds_id=entry.refunds_id, reason=reason,
        )
        for entry in group
    ]  # fmt: skip
    occasion = Occasion(
        employee, found.branch, _session(group), action="payments.entry.reversed", reason=reason, approver=approver
    )
    ledger.write(order, opened.lines, made, occasion)
    order.all_lines = opened.lines
    return order


def _group(order: SalesOrder, entry: LedgerEntry) -> list[LedgerEntry]:
    """The entry, and for cash the change and rounding that came with it."""
    entries = list(order.entries.filter(group=entry.group).select_related("method", "session__till").order_by("id"))
    with_it = [e for e in entries if e.kind in AROUND and e.refunds_id == entry.refunds_id]
    this = next(e for e in entries if e.pk == entry.pk)
    return [this, *(with_it if entry.method_kind == PaymentMethod.Kind.CASH else [])]


def check_not_undone(group: list[LedgerEntry]) -> None:
    """Raises Refusal where an entry was reversed, or money of it was given back already."""
    ids = [entry.pk for entry in group]
    if LedgerEntry.objects.filter(reverses__in=ids).exists():
        raise Refusal("payments.reversed", _("Deze boeking is al teruggedraaid."))
    given = LedgerEntry.objects.filter(refunds__in=ids, reversed_by=None).exclude(kind=Kind.REVERSAL)
    if given.exists():
        raise Refusal("payments.refunded", _("Van deze boeking is al geld teruggegeven. Draai eerst die terug."))


def _session(group: list[LedgerEntry]) -> TillSession | None:
    """The open session of the till that cash or PIN went through. Raises Refusal when that till is closed."""
    held = group[0].session if group[0].method and group[0].method.needs_session else None
    if held is None:
        return None
    session = held if held.open else open_session_of(held.till)
    if session is None:
        raise Refusal("payments.session_closed", _("Deze kassa is gesloten. Open de kassa eerst."), "session")
    return session
