"""Log-ins, log-outs and failed log-ins are kept in the journal, as the law asks of a till system."""

from backoffice.core import journal
from backoffice.core.keys import keyed
from backoffice.relations.models import Branch, Employee
from backoffice.relations.rights import access_of


@keyed("employee.login")
def record(*, employee, branch_id: int | None) -> None:
    """Write that the employee logged in, at the branch of the session, else the own one, else the first allowed."""
    _write(employee, "employee.login", branch_id, by=employee)


@keyed("employee.logout")
def record_out(*, employee, branch_id: int | None) -> None:
    """Write that the employee logged out, at the same branch."""
    _write(employee, "employee.logout", branch_id, by=employee)


def record_failure(*, email: str, reason: str) -> None:
    """Write that somebody tried to log in as this employee; who it was is not known, so it has no employee.

    reason: "password", "code", "locked" (too many tries, from now on refused) or "inactive". An address that is
    nobody's is not written: it belongs to no branch, what was typed may be a password, and anybody could fill the
    journal with it. The attempt itself stands with the throttle (axes).
    """
    person = Employee.objects.filter(email__iexact=email).first()
    if person is not None:
        reason = reason if person.active else "inactive"
        _write(person, "employee.login_failed", None, by=None, data={"reason": reason})


def _write(about: Employee, action: str, branch_id: int | None, *, by: Employee | None, data: dict | None = None):
    at = branch_id or usual_branch(about)
    if at is not None:
        journal.record(branch_id=at, employee=by, action=action, about=about, data=data)


def usual_branch(employee) -> int | None:
    """The branch in whose journal one's own doings stand: the own one, else the first allowed, else the first."""
    allowed = access_of(employee).branch_ids("shell") if employee.active else set()
    first = min(allowed, default=None) if allowed is not None else None
    return employee.home_branch_id or first or Branch.objects.order_by("pk").values_list("pk", flat=True).first()


def branch_exists(branch_id: int) -> bool:
    return Branch.objects.filter(pk=branch_id, active=True).exists()
