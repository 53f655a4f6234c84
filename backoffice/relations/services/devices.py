"""Which browser is which till: a token in the browser, its hash on the till (design.md decision 13)."""

import hashlib
from uuid import UUID

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.models import Till
from backoffice.relations.rights import access_of


def new_token(key: UUID) -> str:
    """The token that belongs to one request: a repeat of it gets the same, nobody else can make it."""
    return salted_hmac("relations.till.device", str(key), algorithm="sha256").hexdigest()


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def till_of(token: str) -> Till | None:
    """The active till that this browser is registered as."""
    if not token:
        return None
    return Till.objects.select_related("branch").filter(device_token_hash=token_hash(token), active=True).first()


@keyed("till.device.register", result=("relations.Till", "till_id"))
def register(*, till_id: int, token: str, former_token: str = "", employee) -> Till:
    """Make the browser with the token this till; it stops being the till it was, as does the till's old browser."""
    till = _till(till_id, employee)
    for former in (
        Till.objects.select_for_update().filter(device_token_hash=token_hash(former_token)).exclude(pk=till_id)
    ):
        _write(former, "", employee, "till.device.released")
    return _write(till, token_hash(token), employee, "till.device.registered")


@keyed("till.device.release", result=("relations.Till", "till_id"))
def release(*, till_id: int, employee) -> Till:
    """Undo the registration: no browser is this till any more."""
    till = _till(till_id, employee)
    return _write(till, "", employee, "till.device.released") if till.device_token_hash else till


def _till(till_id: int, employee) -> Till:
    till = Till.objects.select_for_update(of=("self",)).select_related("branch").filter(pk=till_id, active=True).first()
    if till is None or not access_of(employee).can("pos.register", till.branch_id):
        raise Refusal("till.unknown", _("Deze kassa is er niet, of hoort bij een ander filiaal."))
    return till


def _write(till: Till, hashed: str, employee, action: str) -> Till:
    till.device_token_hash = hashed
    till.save(update_fields=["device_token_hash"])
    journal.write(branch_id=till.branch_id, employee=employee, action=action, about=till)
    return till
