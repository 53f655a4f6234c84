"""Maak order: the basket gets a customer, a way and a day, and becomes an order without losing a line."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal, locks
from backoffice.core.db.spelled import Spelled
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.services import customers
from payments.models import TillSession
from pos.models import Receipt
from pos.services import receipts, seats
from sales.models import SalesOrder
from sales.services import confirming, drafts
from sales.services import shown as shown_before
from sales.services.editing import open_order


@keyed("pos.choose_customer")
def choose_customer(*, till_id: int, customer_id: int | None, employee) -> SalesOrder:
    """Kies klant, and the scan of a customer's card: whose basket it is. None: nobody's any more."""
    seat = seats.begin(till_id=till_id, employee=employee)
    check_basket(seats.lying_on(seat))
    return drafts.set_header(order_id=seat.order_id, revision=None, values={"customer": customer_id}, employee=employee)


def check_basket(order: SalesOrder) -> None:
    """Raises Refusal for an opened order: whose it is was agreed."""
    if order.amends_id or order.number:
        raise Refusal("basket.order", _("De klant van een order wordt aan de kassa niet gewijzigd."))


@keyed("pos.new_customer", result=drafts.ORDER)
def new_customer(
    *, order_id: int, values: dict, addresses: list[dict], employee, confirmed: bool = False
) -> SalesOrder:
    """Make a customer and choose it for the basket. values, addresses: as customers.create. Raises LikelyDuplicates."""
    opened = open_order(order_id, employee, action="edit", related=drafts.HEADER_SHOWN)
    order = opened.order
    check_basket(order)
    customer = customers.create(employee=employee, values=values, addresses=addresses, confirmed=confirmed)
    drafts.choose_customer(order, customer)
    order.search_text = drafts.search_text(order)
    order.revision += 1
    return opened.write(*drafts.CHOSEN, "revision")


@keyed("pos.back_to_basket", result=drafts.ORDER)
def back_to_basket(*, order_id: int, employee) -> SalesOrder:
    """Annuleren, but only the order: it is a basket again, with its lines and its customer."""
    opened = open_order(order_id, employee, action="edit")
    check_basket(opened.order)
    opened.order.expected_delivery_date = None
    opened.order.revision += 1
    return opened.write("expected_delivery_date", "revision")


@keyed("pos.place")
def place(*, till_id: int, employee, shown: str = "") -> Receipt:
    """Plaats order & Later afrekenen: the basket on the counter becomes an order with a number, reserved, not paid.

    Gives its order receipt. shown: what the screen showed (sales.services.shown). Raises Refusals with everything that
    is missing, and ChangedMeanwhile; the basket stays as it was.
    """
    seat = seats.seat_of(till_id)
    if seat.order_id is None:
        raise Refusal("basket.gone", _("Deze bon ligt niet meer op de kassa. Ververs het scherm."))
    with journal.at_the_end():
        opened = open_order(seat.order_id, employee, action="confirm", related=confirming.RELATED)
        shown_before.check(opened.order, opened.lines, shown)
        day = seat.day or timezone.localdate()
        seats.keep_to_day(opened, day)
        check_day(opened.order)
        # its number is one of the day's: held, so that the Z report counts it too
        session = next(iter(locks.take("session", _session_of, seat.till_id)), None) if seat.day else None
        order = confirming.apply_confirm(opened)
        seats.put(seat, None)
        return receipts.issue(
            seat, order, opened.lines, Receipt.Kind.ORDER, employee=employee, day=day, session=session
        )


@Spelled
def _session_of(till_id: int) -> QuerySet[TillSession]:
    return TillSession.objects.filter(till=till_id, closed_at=None).order_by()


def check_day(order: SalesOrder) -> None:
    """Raises Refusal while the day of pick-up or delivery is not chosen, or gone by."""
    if order.expected_delivery_date is None:
        raise Refusal("order.day_missing", _("Kies een datum."), "expected_delivery_date")
    if order.expected_delivery_date < timezone.localdate():
        raise Refusal("order.day_past", _("Deze datum is al voorbij."), "expected_delivery_date")
