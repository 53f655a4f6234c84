"""Unlocking and locking a till, and what lies on its counter. The seat is locked before any order."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.db import rows
from backoffice.core.db.spelled import Spelled
from backoffice.core.errors import Refusal, Stale
from backoffice.core.formats import format_money
from backoffice.core.keys import keyed
from backoffice.relations.models import Till
from backoffice.relations.rights import access_of
from backoffice.relations.services.secrets import Secret
from payments.selectors import day_of, unbooked
from pos import selectors
from pos.models import TillSeat
from pos.services import pin_codes
from sales.models import SalesOrder
from sales.services import amending, selling
from sales.services.editing import OpenOrder

SEAT = ("pos.TillSeat", "till_id")


def unlock(*, till: Till, employee_id: int, pin: Secret) -> TillSeat:
    """Seat the employee whose PIN code it is. Raises Refusal (pin_codes.check), and what was wrong stays counted.

    Refused (seat.taken) while somebody else works there: an older page of the same browser would go on in a new name.
    No request key: a repeat only seats the same person again, and a refusal must be kept.
    """
    person = pin_codes.check(till=till, employee_id=employee_id, pin=pin)
    with transaction.atomic():
        seat = _claimed(till)
        other = selectors.seated(seat, till)
        if other not in (None, person):
            raise Refusal("seat.taken", _("Op deze kassa werkt %(name)s. Vergrendel de kassa eerst.") % {"name": other})
        seat.employee, seat.device_hash, seat.seen_at = person, till.device_token_hash, timezone.now()
        seat.save(update_fields=["employee", "device_hash", "seen_at"])
        journal.write(branch_id=till.branch_id, employee=person, action="till.unlocked", about=till)
    return seat


def _claimed(till: Till) -> TillSeat:
    """The till's seat, locked; made where there was none."""
    TillSeat.objects.bulk_create([TillSeat(till=till, device_hash=till.device_token_hash)], ignore_conflicts=True)
    return TillSeat.objects.select_for_update().get(pk=till.pk)


@keyed("pos.lock", result=SEAT)
def lock(*, till_id: int, employee, idle: bool = False) -> TillSeat:
    """Lock the till; what lies on the counter stays. idle: nobody touched it."""
    seat = seat_of(till_id)
    if seat.employee_id is not None:
        seat.employee = None
        seat.save(update_fields=["employee"])
        journal.write(
            branch_id=seat.till.branch_id, employee=employee, action="till.locked", about=seat.till, data={"idle": idle}
        )
    return seat


def seat_of(till_id: int) -> TillSeat:
    """The seat, locked, with the till and its branch; `lifecycle` and `amends` are of what lies on the counter.

    `day` is that of the till's open session; None while it is closed.
    """
    for seat in _seat_of(till_id, lock=True):
        seat.lifecycle, seat.amends, seat.day = seat.lies, seat.changes, seat.opened
        return seat
    raise _no_till()


def _no_till() -> Refusal:
    return Refusal("till.unknown", _("Deze kassa is er niet, of hoort bij een ander filiaal."))


@Spelled
def _seat_of(till_id: int):
    seats = TillSeat.objects.select_related("till__branch")
    seats = seats.annotate(lies=F("order__lifecycle"), changes=F("order__amends"), opened=day_of(OuterRef("till")))
    return seats.filter(pk=till_id).order_by()


def lying_on(seat: TillSeat) -> SalesOrder:
    """What lies there; the order itself when its amendment was closed elsewhere. Raises Refusal when it is nothing."""
    if seat.order_id is None:
        raise Refusal("basket.gone", _("Deze bon ligt niet meer op de kassa. Ververs het scherm."))
    order = SalesOrder.objects.select_related("branch", "amends__branch").get(pk=seat.order_id)
    if order.amends is not None and order.lifecycle == SalesOrder.Lifecycle.DISCARDED:
        put(seat, order.amends)
        return order.amends
    return order


def put(seat: TillSeat, order: SalesOrder | None) -> TillSeat:
    """Lay the order on the counter, or nothing."""
    seat.order = order
    seat.lifecycle, seat.amends = (order.lifecycle, order.amends_id) if order else (None, None)
    rows.update([seat], ("order",))
    return seat


@keyed("pos.begin", result=SEAT)
def begin(*, till_id: int, employee) -> TillSeat:
    """A basket on the counter: the one that lies there, else a new one."""
    seat = seat_of(till_id)
    return seat if seat.order_id else put(seat, selling.start(till=seat.till, on=seat.day, employee=employee))


@keyed("pos.empty", result=SEAT)
def empty(*, till_id: int, employee) -> TillSeat:
    """Bon leegmaken: the basket is dropped."""
    seat = seat_of(till_id)
    if seat.order_id:
        selling.drop(order_id=seat.order_id, employee=employee)
    return put(seat, None)


@keyed("pos.park", result=SEAT)
def park(*, till_id: int, name: str, employee) -> TillSeat:
    """Bon in de wacht; the counter is free for the next customer."""
    seat = seat_of(till_id)
    if not seat.order_id:
        raise Refusal("basket.empty", _("Er staat niets op de bon."))
    selling.park(order_id=seat.order_id, name=name, employee=employee)
    return put(seat, None)


@keyed("pos.resume", result=SEAT)
def resume(*, till_id: int, order_id: int, employee) -> TillSeat:
    """Go on with a parked basket here, on this till's day. A basket that lies here must be parked or empty first."""
    seat = seat_of(till_id)
    clear(seat, employee)
    return put(seat, selling.unpark(order_id=order_id, till=seat.till, on=seat.day, employee=employee))


@keyed("pos.follow_day", result=SEAT)
def follow_day(*, till_id: int, employee) -> TillSeat:
    """Give the basket on the counter the day of the till's open session; today where it is closed.

    One that the terminal holds keeps its day: what was asked there is asked of its total.
    """
    seat = seat_of(till_id)
    basket = seat.order_id and seat.lifecycle == SalesOrder.Lifecycle.DRAFT and not seat.amends
    if basket and not unbooked(SalesOrder(pk=seat.order_id)):
        selling.follow_day(order_id=seat.order_id, on=seat.day or timezone.localdate(), employee=employee)
    return seat


def keep_to_day(opened: OpenOrder, on: date) -> None:
    """Put a basket that is paid or placed now on its day. Raises Stale where that changes the total that was seen.

    follow_day does it then, by itself, so that the screen shows the new total.
    """
    before = opened.order.gross.amount
    if selling.redate(opened, on) and opened.order.gross.amount != before:
        raise other_day(before, opened.order.gross.amount)


def other_day(before: Decimal, now: Decimal) -> Stale:
    """The basket was of another day, and with the VAT of this one it costs something else. EUR including VAT."""
    return Stale(
        _("Deze bon was van een andere dag. Met de btw van nu is het totaal anders. Kijk het na."),
        fields=[(_("Totaal"), format_money(now), format_money(before))],
    )


@keyed("pos.open_order", result=SEAT)
def open_order(*, till_id: int, order_id: int, employee, take_over: bool = False) -> TillSeat:
    """Put a confirmed order on the counter, claimed for this till; taken over, it leaves the other counter.

    An amendment that was begun there comes along, so that nothing of it is lost.
    """
    seats = TillSeat.objects.select_for_update(of=("self",)).select_related("till__branch").order_by("pk")
    wanted = Q(pk=till_id)
    if take_over:
        wanted |= Q(order=order_id) | Q(order__amends=order_id)
    held = {seat.pk: seat for seat in seats.filter(wanted)}
    seat = held.pop(till_id, None)
    if seat is None:
        raise _no_till()
    if seat.order is not None and order_id in (seat.order_id, seat.order.amends_id):
        return seat
    with journal.at_the_end():
        clear(seat, employee)
        order = selling.claim(order_id=order_id, till=seat.till, employee=employee, take_over=take_over)
        for other in held.values():
            begun = other.order is not None and other.order.amends_id is not None
            put(other, None)
            if begun and access_of(employee).can("sales.edit", order.branch_id):
                order = amending.amend(order_id=order_id, employee=employee, take_over=True)
        return put(seat, order)


@keyed("pos.put_away", result=SEAT)
def put_away(*, till_id: int, employee) -> TillSeat:
    """Put the opened order away: it waits in the queue again, and an amendment of it stays as it is."""
    seat = seat_of(till_id)
    if seat.order_id:
        order = lying_on(seat)
        selling.release(order_id=order.amends_id or order.pk, till=seat.till, employee=employee)
    return put(seat, None)


def clear(seat: TillSeat, employee) -> None:
    """Take an empty basket off the counter. Raises Refusal when there is something on it."""
    if seat.order_id is None:
        return
    order = lying_on(seat)
    opened = order.amends or order
    if opened.lifecycle != SalesOrder.Lifecycle.DRAFT:
        raise Refusal("basket.order", _("Rond eerst order %(order)s af, of leg hem weg.") % {"order": opened})
    if order.lines.exists():
        raise Refusal("basket.not_empty", _("Zet eerst de huidige bon in de wacht, of maak hem leeg."))
    selling.drop(order_id=order.pk, employee=employee)
    put(seat, None)
