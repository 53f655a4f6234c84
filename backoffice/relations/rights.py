"""Who may do what, where: one table of rights, denied by default (docs/rules.md, Rights).

A view states its right with @right("..."); the middleware refuses a view that states none.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from backoffice.relations.models import Employee, EmployeeRole

SELLER, MANAGER, OFFICE, ADMIN = EmployeeRole.Role.values
EVERYONE = {SELLER, MANAGER, OFFICE, ADMIN}

RIGHTS: dict[str, set[str]] = {
    "shell": EVERYONE,
    "sales.view": EVERYONE,
    "sales.edit": EVERYONE,
    "sales.override": {MANAGER, OFFICE, ADMIN},
    # BTW verlegd and geen BTW, on a customer, a draft or a basket
    "sales.untaxed": {MANAGER, OFFICE, ADMIN},
    # a seller cancels only an own order of the day, without money on it (the service asks)
    "sales.cancel": EVERYONE,
    "sales.cancel_any": {MANAGER, OFFICE, ADMIN},
    "sales.deliver": EVERYONE,
    "sales.deliver_unpaid": {MANAGER, OFFICE, ADMIN},
    "documents.view": EVERYONE,
    "documents.send": EVERYONE,
    "documents.setup": {ADMIN},
    "stock.view": EVERYONE,
    "stock.correct": {MANAGER, OFFICE, ADMIN},
    "payments.view": EVERYONE,
    "payments.deposit": EVERYONE,
    "payments.refund": {MANAGER, OFFICE, ADMIN},
    "payments.reverse": {MANAGER, ADMIN},
    "payments.report": {MANAGER, OFFICE, ADMIN},
    "payments.setup": {ADMIN},
    "catalog.view": EVERYONE,
    "catalog.edit": {MANAGER, OFFICE, ADMIN},
    "catalog.import": {OFFICE, ADMIN},
    "customers.view": EVERYONE,
    "customers.edit": EVERYONE,
    "customers.import": {OFFICE, ADMIN},
    "customers.anonymise": {OFFICE, ADMIN},
    "pos.use": EVERYONE,
    "pos.register": {MANAGER, ADMIN},
    "pos.layout": {MANAGER, ADMIN},
    "pos.close": EVERYONE,
    "pos.close_difference": {MANAGER, ADMIN},
    "pos.drawer": {MANAGER, ADMIN},
    "pos.return_free": {MANAGER, ADMIN},
    "setup": {ADMIN},
    "journal.view": {ADMIN},
    "operator.view": {ADMIN},
}
# roles that reach every branch whatever their own branch is (docs/rules.md, Rights)
EVERY_BRANCH = {OFFICE, ADMIN}


@dataclass(frozen=True)
class Access:
    """The roles of one employee, as {(role, branch id or None for all branches)}."""

    grants: frozenset[tuple[str, int | None]]

    def can(self, name: str, branch_id: int | None = None) -> bool:
        """Whether the right is held: at this branch, or anywhere when no branch is named."""
        roles = RIGHTS[name]
        return any(
            role in roles and (branch_id is None or at is None or role in EVERY_BRANCH or at == branch_id)
            for role, at in self.grants
        )

    def branch_ids(self, name: str) -> set[int] | None:
        """The branches where the right is held; None means all."""
        held = [(role, at) for role, at in self.grants if role in RIGHTS[name]]
        if any(at is None or role in EVERY_BRANCH for role, at in held):
            return None
        return {at for _, at in held if at is not None}

    def ceiling(self, branch_id: int) -> Decimal:
        """How many percent below the list price this employee may sell at the branch (settings.DISCOUNT_CEILINGS)."""
        ceilings = [
            Decimal(settings.DISCOUNT_CEILINGS[role])
            for role, at in self.grants
            if at is None or role in EVERY_BRANCH or at == branch_id
        ]
        return max(ceilings, default=Decimal(0))


def access_of(employee: Employee) -> Access:
    """The employee's access, read once per instance."""
    if not hasattr(employee, "_access"):
        grants = frozenset(employee.roles.values_list("role", "branch_id")) if employee.active else frozenset()
        employee._access = Access(grants)
    return employee._access


def roles_along(path: str) -> ArraySubquery:
    """The roles of the employee at this path, to be read along with something else: what give_access() takes."""
    held = EmployeeRole.objects.filter(employee=OuterRef(path)).order_by()
    return ArraySubquery(held.values(grant=JSONObject(role="role", branch="branch_id")))


def give_access(employee: Employee, roles: list[dict]) -> None:
    """Spare access_of() its statement."""
    grants = frozenset((held["role"], held["branch"]) for held in roles) if employee.active else frozenset()
    employee._access = Access(grants)


def scoped(queryset, employee: Employee, name: str, field: str = "branch"):
    """The rows of the branches where the employee holds the right."""
    branches = access_of(employee).branch_ids(name)
    return queryset if branches is None else queryset.filter(**{f"{field}__in": branches})


def right(name: str):
    """State the right that a view asks; "public" needs no login."""
    if name != "public" and name not in RIGHTS:
        raise KeyError(name)

    def mark(view):
        view.right = name
        return view

    return mark
