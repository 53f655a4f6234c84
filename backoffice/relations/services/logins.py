"""Log-ins are kept in the journal, as the law asks of a till system."""

from backoffice.core import journal
from backoffice.core.keys import keyed
from backoffice.relations.models import Branch
from backoffice.relations.rights import access_of


@keyed("employee.login")
def record(*, employee, branch_id: int | None) -> None:
    """Write that the employee logged in, at the branch of the session, else the own one, else the first allowed."""
    allowed = access_of(employee).branch_ids("shell")
    first = min(allowed, default=None) if allowed is not None else None
    branch_id = branch_id or employee.home_branch_id or first or Branch.objects.values_list("pk", flat=True).first()
    if branch_id is not None:
        journal.write(branch_id=branch_id, employee=employee, action="employee.login", about=employee)


def branch_exists(branch_id: int) -> bool:
    return Branch.objects.filter(pk=branch_id, active=True).exists()
