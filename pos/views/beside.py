"""The manager who stands beside a cashier and vouches with a PIN code for what the cashier may not do alone."""

from backoffice.core.errors import Refusal
from backoffice.core.http import posted_int
from backoffice.core.input import InputError
from backoffice.relations.models import Employee
from backoffice.relations.rights import access_of
from backoffice.relations.services.secrets import Secret
from pos import selectors
from pos.services import pin_codes
from sales.forms import read_reason

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


def allowing(request) -> dict:
    """The reason and the approver that were typed for a price, as the services of lines take them. Raises Refusal."""
    if not request.POST.get("reason"):
        return {}
    try:
        return {"reason": read_reason(request.POST["reason"]), "approver": approver(request)}
    except InputError as error:
        raise Refusal("price.reason", error.message, "reason") from error


def asks(request, refusal: Refusal) -> bool:
    """Whether a price that was refused is asked anew, with a reason and a manager beside."""
    return refusal.code == "price.reason" or (refusal.code in ASKED and bool(people(request, "sales.override")))
