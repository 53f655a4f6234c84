"""The manager who stands beside a cashier and vouches with a PIN code for what the cashier may not do alone."""

from backoffice.core.http import posted_int
from backoffice.relations.models import Employee
from backoffice.relations.rights import access_of
from backoffice.relations.services.secrets import Secret
from pos import selectors
from pos.services import pin_codes

# what is asked of the manager anew: a right that is missing, and a PIN code that was wrong
ASKED = ("price.ceiling", "pin.wrong", "pin.paused", "pin.unknown")


def approver(request) -> Employee | None:
    """The manager who typed a PIN code; None where nothing is typed. Raises Refusal for a wrong one."""
    pin = request.POST.get("approver_pin", "").strip()
    if not pin:
        return None
    chosen = posted_int(request, "approver") or 0
    return pin_codes.check(till=request.till, employee_id=chosen, pin=Secret(pin), seated=request.user)


def people(request, right: str) -> list[Employee]:
    """Who may stand beside a cashier without this right; empty for one who has it."""
    branch_id = request.till.branch_id
    if access_of(request.user).can(right, branch_id):
        return []
    return [row for row in selectors.cashiers(request.till) if access_of(row).can(right, branch_id)]
