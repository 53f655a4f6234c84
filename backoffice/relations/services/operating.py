"""What an operator does by hand: send again what failed."""

from django.utils.translation import gettext as _

from backoffice.core import journal, outbox
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.core.models import OutboxMessage
from backoffice.relations.rights import access_of
from backoffice.relations.services.logins import usual_branch


@keyed("operator.retry", result=("core.OutboxMessage", "message_id"))
def retry(*, message_id: int, employee) -> OutboxMessage:
    """Let the worker try a message again, now. Refused when it was sent, or is gone."""
    if not access_of(employee).can("operator.view"):
        raise Refusal("operator.right", _("Alleen een beheerder mag dit."))
    if not outbox.again(message_id):
        raise Refusal("outbox.sent", _("Dit bericht is al verzonden."))
    message = OutboxMessage.objects.get(pk=message_id)
    branch_id = usual_branch(employee)
    if branch_id is not None:
        journal.write(branch_id=branch_id, employee=employee, action="operator.outbox.retried", about=message)
    return message
