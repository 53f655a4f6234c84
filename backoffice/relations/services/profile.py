"""What one changes of oneself: password and PIN code."""

from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.keys import keyed
from backoffice.relations.models import Employee
from backoffice.relations.services import logins, secrets
from backoffice.relations.services.secrets import Secret, WrongPassword


@keyed("profile.password")
def change_password(*, employee: Employee, present: Secret, new: Secret) -> Employee:
    """Change one's own password; asks the present one. Other log-ins of the employee end.

    Raises Refusal, and WrongPassword for the present one.
    """
    row = _checked(employee, present)
    secrets.set_password(row, new, "new")
    row.save(update_fields=["password"])
    _record(row, "password")
    return row


@keyed("profile.pin")
def change_pin(*, employee: Employee, present: Secret, pin: Secret) -> Employee:
    """Change one's own PIN code for the till; asks the password. Raises Refusal, WrongPassword."""
    row = _checked(employee, present)
    secrets.set_pin(row, pin, "pin")
    row.save(update_fields=["pin_hash"])
    _record(row, "pin")
    return row


def _checked(employee: Employee, present: Secret) -> Employee:
    row = Employee.objects.select_for_update().get(pk=employee.pk)
    if not row.check_password(present.value):
        raise WrongPassword("profile.present", _("Dit is niet uw wachtwoord van nu."), "present")
    return row


def _record(row: Employee, field: str) -> None:
    branch_id = logins.usual_branch(row)
    if branch_id is not None:
        data: dict = {"changed": {field: []}}
        journal.write(branch_id=branch_id, employee=row, action="employee.changed", about=row, data=data)
