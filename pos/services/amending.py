"""Changing an opened order at the till: an amendment lies on the counter until it is confirmed or dropped.

The order keeps its own prices, discounts and texts; what is added has the prices of today. Confirmed, the difference
is a new version of the order, as at the desk (docs/decisions.md, 4).
"""

from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.rights import access_of
from pos.models import TillSeat
from pos.services import seats
from sales.models import SalesOrder
from sales.services import amending


@keyed("pos.amend", result=seats.SEAT)
def amend(*, till_id: int, employee, take_over: bool = False) -> TillSeat:
    """Wijzigen: what lies on the counter becomes the amendment of the opened order; a basket is changed as it is.

    Raises sales.services.editing.Claimed (who, since when) while somebody else is changing the order, unless take_over.
    """
    seat = seats.seat_of(till_id)
    order = seats.lying_on(seat)
    if order.lifecycle == SalesOrder.Lifecycle.DRAFT:
        return seat
    if not access_of(employee).can("sales.edit", order.branch_id):
        raise Refusal(
            "order.other_branch",
            _("%(order)s is van filiaal %(branch)s: zet andere artikelen op een eigen bon.")
            % {"order": order, "branch": order.branch},
        )
    with journal.at_the_end():
        return seats.put(seat, amending.amend(order_id=order.pk, employee=employee, take_over=take_over))


@keyed("pos.confirm_amendment", result=seats.SEAT)
def confirm(*, till_id: int, employee, shown: str = "") -> TillSeat:
    """Verkooporder bevestigen: the order on the counter becomes what its amendment says, as a new version.

    shown: what the screen showed (sales.services.shown).
    """
    seat = seats.seat_of(till_id)
    order = amending.confirm_amendment(order_id=_amendment(seat).pk, employee=employee, shown=shown)
    return seats.put(seat, order)


@keyed("pos.discard_amendment", result=seats.SEAT)
def discard(*, till_id: int, employee) -> TillSeat:
    """Wijziging verwerpen: the order lies on the counter as it was."""
    seat = seats.seat_of(till_id)
    return seats.put(seat, amending.discard_amendment(order_id=_amendment(seat).pk, employee=employee))


def _amendment(seat: TillSeat) -> SalesOrder:
    order = seats.lying_on(seat)
    if order.amends_id is None:
        raise Refusal("order.not_amended", _("Aan deze order is niets gewijzigd. Ververs het scherm."))
    return order
