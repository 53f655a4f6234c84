"""Kassa openen: the session begins, and the basket that lies on the counter is of its day."""

from decimal import Decimal

from backoffice.core import journal
from backoffice.core.keys import keyed
from payments.models import TillSession
from payments.services import sessions
from pos.services import seats


@keyed("pos.open_till")
def open_till(*, till_id: int, float_amount: Decimal, employee) -> TillSession:
    """Open the till (sessions.open_session; float_amount: EUR in the drawer). Its counter follows to the new day."""
    with journal.at_the_end():
        session = sessions.open_session(till_id=till_id, float_amount=float_amount, employee=employee)
        seats.follow_day(till_id=till_id, employee=employee)
        return session
