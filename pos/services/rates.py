"""A VAT rate changed since the order on the counter: which price stays, before it is paid and handed over."""

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from payments.models import TillSession
from payments.selectors import open_session_of
from payments.services import ledger
from pos.models import TillSeat
from pos.services import seats
from sales.models import OrderLine, SalesOrder
from sales.services import confirming, rating
from sales.services.editing import open_order


@keyed("pos.rate", result=seats.SEAT)
def rate(
    *, till_id: int, line_ids: Collection[int], employee, price_stays: str, seen_total: Decimal | None = None
) -> TillSeat:
    """Give lines of the opened order that are handed over now the VAT rates of the till's day (rating.follow).

    price_stays: "inclusive" or "exclusive"; seen_total: the total (EUR incl. VAT) that was shown with it. What was paid
    is split anew in the till's session. Raises Refusal; nothing is written then.
    """
    seat = seats.seat_of(till_id)
    session = open_session_of(seat.till)
    if session is None:
        raise Refusal("payments.session_none", _("Open eerst de kassa."), "session")
    if seat.order_id is None or seat.lifecycle == SalesOrder.Lifecycle.DRAFT:
        raise Refusal("basket.gone", _("Deze bon ligt niet meer op de kassa. Ververs het scherm."))
    with journal.at_the_end():
        opened = open_order(
            seat.order_id, employee, action="deliver", related=confirming.RELATED, right="sales.deliver"
        )
        leaving = [line for line in opened.lines if line.pk in line_ids and line.open_quantity]
        rating.follow(
            opened, leaving, on=session.business_date, stays=price_stays, seen=seen_total,
            settle=_re_split(session, employee),
        )  # fmt: skip
    return seat


def _re_split(session: TillSession, employee) -> Callable:
    """What is paid moves between the rates in the session of the till (sales.services.amending.Settle)."""

    def settle(order: SalesOrder, lines: Sequence[OrderLine], gross: Decimal) -> None:
        if order.paid_total.amount:
            branch = session.till.branch
            ledger.re_split(order, employee=employee, session=ledger.hold_session(session, branch), branch=branch)

    return settle
