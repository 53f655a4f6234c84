"""Dagafsluiting (Z): the session is closed for good, and its report goes to the printer of the till."""

from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.rights import access_of
from payments.models import TillSession
from payments.services import sessions
from pos import day_report
from pos.services import printing

SESSION = ("payments.TillSession", "session_id")


@keyed("pos.close", result=SESSION)
def close(
    *, session_id: int, denominations: dict[str, int], employee, reason: str = "", force: bool = False
) -> TillSession:
    """Close the day (sessions.close_session), and print it where the till has a printer."""
    with journal.at_the_end():
        session = sessions.close_session(
            session_id=session_id, denominations=denominations, employee=employee, reason=reason, force=force
        )
        day_report.store(session)
        printing.queue_report(session, copy=False)
        return session


@keyed("pos.report_again", result=SESSION)
def print_again(*, session_id: int, employee) -> TillSession:
    """A copy of the Z report: it says KOPIE and is journalled. Raises Refusal where the till has no printer."""
    held = TillSession.objects.select_for_update(of=("self",)).select_related("till__branch")
    session = held.filter(pk=session_id).first()
    if session is None or session.open or not access_of(employee).can("pos.close", session.till.branch_id):
        raise Refusal("payments.session_unknown", _("Deze kassa is er niet, of hoort bij een ander filiaal."))
    if not session.till.printer_host:
        raise Refusal("report.no_printer", _("Deze kassa heeft geen printer. Open de PDF en druk die af."))
    printing.queue_report(session, copy=True)
    journal.write(
        branch_id=session.till.branch_id, employee=employee, action="till.report_copied", about=session,
        data={"z_number": session.z_number},
    )  # fmt: skip
    return session
