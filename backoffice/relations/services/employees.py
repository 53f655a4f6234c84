"""Employees: who they are, which roles they hold where, their password and PIN code."""

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal, Refusals
from backoffice.core.keys import keyed
from backoffice.relations.models import Employee, EmployeeRole
from backoffice.relations.services import secrets, setup
from backoffice.relations.services.secrets import Secret

VALUES = ("number", "name", "email", "home_branch_id", "active")
PERSONAL = ("name", "email")  # the journal names people by id only: that these changed, not what they hold


@keyed("setup.employee")
def save(
    *,
    employee,
    values: dict,
    grants: list[tuple[str, int | None]],
    branch_id: int | None,
    employee_id: int | None = None,
    password: Secret = secrets.NONE,
    pin: Secret = secrets.NONE,
) -> Employee:
    """Make (employee_id None) or change an employee and the roles held, as (role, branch id or None for all).

    An empty password or PIN code stays as it is, a new one must be hard to guess (services.secrets). Nobody raises own
    rights; one beheerder always stays.
    """
    setup.guard(employee)
    # everybody who changes roles waits here for each other, so that the last beheerder cannot leave twice
    list(EmployeeRole.objects.select_for_update().filter(role=EmployeeRole.Role.ADMIN).order_by("pk"))
    row = Employee() if employee_id is None else Employee.objects.select_for_update().filter(pk=employee_id).first()
    if row is None:
        raise Refusal("setup.gone", _("Dit bestaat niet meer."))
    held = set(row.roles.values_list("role", "branch_id")) if row.pk else set()
    if row.pk == employee.pk:
        _check_own(held, set(grants), values)
    changed = {
        name: [str(getattr(row, name)), str(values[name])] if name not in PERSONAL else []
        for name in VALUES
        if name in values and getattr(row, name) != values[name]
    }
    for name in VALUES:
        setattr(row, name, values.get(name, getattr(row, name)))
    _set_secrets(row, password, pin, changed)
    setup.validated(row)
    row.save()
    _set_roles(row, held, set(grants), changed)
    if not EmployeeRole.objects.filter(role=EmployeeRole.Role.ADMIN, employee__active=True).exists():
        raise Refusal("employee.last_admin", _("Er moet minstens één actieve beheerder blijven."))
    setup.record(row, "changed" if employee_id else "created", employee, branch_id, changed)
    return row


def _check_own(held: set, wanted: set, values: dict) -> None:
    if wanted - held:
        raise Refusal("employee.own_rights", _("U kunt uzelf geen rechten geven. Vraag een andere beheerder."))
    if not values.get("active", True):
        raise Refusal("employee.own_account", _("U kunt uzelf niet op inactief zetten."), "active")


def _set_secrets(row: Employee, password: Secret, pin: Secret, changed: dict) -> None:
    refused = []
    for name, secret, give in (("password", password, secrets.set_password), ("pin", pin, secrets.set_pin)):
        if secret.value:
            try:
                give(row, secret, name)
            except Refusal as refusal:
                refused.append(refusal)
            changed[name] = []
    if refused:
        raise Refusals(refused)
    if not password.value and not row.pk:
        row.set_unusable_password()


def _set_roles(row: Employee, held: set, wanted: set, changed: dict) -> None:
    for role, at in held - wanted:
        row.roles.filter(role=role, branch_id=at).delete()
    EmployeeRole.objects.bulk_create(EmployeeRole(employee=row, role=role, branch_id=at) for role, at in wanted - held)
    if held != wanted:
        changed["roles"] = [_spelled(held), _spelled(wanted)]


def _spelled(grants: set) -> str:
    """Roles as the journal keeps them: "manager@3 office@all", with the id of the branch."""
    return " ".join(sorted(f"{role}@{at or 'all'}" for role, at in grants))
