"""Lade open: the cash drawer opens without a sale, with a reason, by right, and never unseen."""

from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.input import InputError, clean_text
from backoffice.core.keys import keyed
from backoffice.relations.models import Till
from backoffice.relations.rights import access_of

REASONS_LENGTH = 120


@keyed("pos.drawer", result=("relations.Till", "till_id"))
def open_drawer(*, till_id: int, reason: str, employee) -> Till:
    """Write down who opens the drawer and why; printing.kick() opens it, after this is kept. Raises Refusal."""
    till = Till.objects.select_related("branch").filter(pk=till_id).first()
    if till is None or not access_of(employee).can("pos.drawer", till.branch_id):
        raise Refusal("drawer.right", _("U mag de lade niet openen. Vraag uw filiaalmanager."))
    if not till.printer_host:
        raise Refusal("drawer.printer", _("Deze kassa heeft geen bonprinter. Open de lade met de sleutel."))
    try:
        reason = clean_text(reason, max_length=REASONS_LENGTH)
    except InputError as error:
        raise Refusal("drawer.reason", error.message, "reason") from error
    if not reason:
        raise Refusal("drawer.reason", _("Geef een reden op."), "reason")
    journal.write(
        branch_id=till.branch_id, employee=employee, action="till.drawer_opened", about=till, data={"reason": reason}
    )
    return till
