"""Which browser is which till: a token in the browser, its hash on the till (docs/decisions.md, 13).

The token is renewed at each unlock. The former one holds until a minute after the new one came back for the first
time, so that a lost answer and a request under way do no harm; one that is older still was copied from the browser.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.models import Till
from backoffice.relations.rights import access_of

FORMER_HOLDS = timedelta(seconds=60)
COPY_QUIET = timedelta(minutes=10)  # a copy that keeps asking fills no journal


@dataclass(frozen=True, slots=True)
class Token:
    """What the browser of a till holds: its registration, and how often the token was renewed since."""

    registration: str
    generation: int = 0

    @classmethod
    def read(cls, cookie: str) -> "Token | None":
        """The token in the cookie; None where we did not make it. A registration alone is its first token."""
        registration, _point, rest = cookie.partition(".")
        generation = rest.partition(".")[0]
        if not rest:
            return cls(registration) if registration else None
        if not (generation.isascii() and generation.isdigit() and len(generation) < 10):
            return None
        token = cls(registration, int(generation))
        return token if constant_time_compare(token.cookie, cookie) else None

    @property
    def cookie(self) -> str:
        """Nobody else can make one, also who holds another of the same registration."""
        if not self.generation:
            return self.registration
        plain = f"{self.registration}.{self.generation}"
        return f"{plain}.{salted_hmac('relations.till.token', plain, algorithm='sha256').hexdigest()}"

    @property
    def hash(self) -> str:
        return token_hash(self.registration)


class Standing(Enum):
    """What a token of a till's registration is worth."""

    HOLDS = "holds"
    NEW = "new"  # it comes back for the first time
    COPY = "copy"


def new_token(key: UUID) -> str:
    """The registration that belongs to one request: a repeat of it gets the same, nobody else can make it."""
    return salted_hmac("relations.till.device", str(key), algorithm="sha256").hexdigest()


def token_hash(registration: str) -> str:
    return hashlib.sha256(registration.encode()).hexdigest()


def standing(till: Till, token: Token) -> Standing:
    """What a token is worth that is of the till's registration."""
    if token.generation > till.device_generation:  # also far beyond it: a backup was put back
        return Standing.NEW
    until = till.device_formers.get(str(token.generation), 0)
    holds = token.generation == till.device_generation or until > timezone.now().timestamp()
    return Standing.HOLDS if holds else Standing.COPY


def renewed(till: Till, token: Token) -> Token | None:
    """The token that follows, for the answer to an unlock; always the same one, so that a lost answer costs nothing.

    None where a newer one came back already: the browser has it, and who sent this may be somebody else.
    """
    return Token(token.registration, token.generation + 1) if token.generation >= till.device_generation else None


@transaction.atomic
def came_back(till: Till, token: Token) -> None:
    """Note that a new token came back: from now on the former one holds for a minute."""
    # where the row is held by somebody, the next request tries again
    tills = Till.objects.select_for_update(no_key=True, skip_locked=True)
    row = tills.filter(pk=till.pk, device_token_hash=token.hash, device_generation__lt=token.generation).first()
    if row is not None:
        now = timezone.now()
        row.device_formers = {age: until for age, until in row.device_formers.items() if until > now.timestamp()}
        row.device_formers[str(token.generation - 1)] = (now + FORMER_HOLDS).timestamp()
        row.device_generation = token.generation
        row.save(update_fields=["device_formers", "device_generation"])
    till.device_generation = max(till.device_generation, token.generation)


@transaction.atomic
def record_copy(till: Till) -> None:
    """Write that a browser sent a copied token of this till; once in a while (COPY_QUIET)."""
    row = Till.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=till.pk).first()
    if row and (row.device_copied_at is None or row.device_copied_at < timezone.now() - COPY_QUIET):
        row.device_copied_at = timezone.now()
        row.save(update_fields=["device_copied_at"])
        journal.write(branch_id=row.branch_id, employee=None, action="till.device.copied", about=row)


@keyed("till.device.register", result=("relations.Till", "till_id"))
def register(*, till_id: int, token: str, former_token: str = "", employee) -> Till:
    """Make the browser with the token this till; it stops being the till it was, as does the till's old browser.

    token, former_token: registrations; the former one only of a browser that is a till now.
    """
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
    till.device_token_hash, till.device_generation, till.device_formers = hashed, 0, {}
    till.device_copied_at = None
    till.save(update_fields=["device_token_hash", "device_generation", "device_formers", "device_copied_at"])
    journal.write(branch_id=till.branch_id, employee=employee, action=action, about=till)
    return till
