"""The one place where a PIN code is looked at: of who unlocks a till, and of the manager beside its cashier."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.relations.models import Employee, Till
from backoffice.relations.services.secrets import PIN_SHAPE, Secret
from pos import selectors
from pos.models import PinFailures


def check(*, till: Till, employee_id: int, pin: Secret, seated: Employee | None = None) -> Employee:
    """The employee, whose PIN code it is; seated: who sits at the till and has this code typed, if anybody.

    Raises Refusal, and then the wrong code stays counted, of this employee at this till. A right code forgets the
    own count only; beyond settings.PIN_FREE_FAILURES each wrong one makes the employee wait longer there.
    """
    person = next((row for row in selectors.cashiers(till) if row.pk == employee_id), None)
    if person is None:
        raise Refusal("pin.unknown", _("Kies een naam uit de lijst, en typ dan de pincode."), "pin")
    with transaction.atomic():
        failures = _locked(till, person)
        known = PIN_SHAPE.fullmatch(pin.value) is not None
        right = known and not _waits(failures) and check_password(pin.value, person.pin_hash)
        if right and failures.count:
            failures.count, failures.paused_until = 0, None
            failures.save()
        elif not right and not _waits(failures):
            _count(failures, seated)
    if right:
        return person
    if _waits(failures):
        raise _paused(failures)
    raise Refusal("pin.wrong", _("Deze pincode klopt niet."), "pin")


def _locked(till: Till, person: Employee) -> PinFailures:
    """The count, made where there was none. Who guesses with several hands waits here for each of them."""
    PinFailures.objects.bulk_create([PinFailures(till=till, employee=person)], ignore_conflicts=True)
    return PinFailures.objects.select_for_update().get(till=till, employee=person)


def _waits(failures: PinFailures) -> bool:
    return failures.paused_until is not None and failures.paused_until > timezone.now()


def _count(failures: PinFailures, seated: Employee | None) -> None:
    failures.count = min(failures.count + 1, 1000)
    beyond = failures.count - settings.PIN_FREE_FAILURES
    if beyond >= 0:
        pause = min(settings.PIN_PAUSE_SECONDS * 2 ** min(beyond, 10), settings.PIN_PAUSE_MOST)
        failures.paused_until = timezone.now() + timedelta(seconds=pause)
    failures.save()
    till = failures.till
    journal.write(
        branch_id=till.branch_id, employee=seated, action="till.wrong_pin", about=till,
        data={"of": failures.employee_id, "failures": failures.count},
    )  # fmt: skip


def _paused(failures: PinFailures) -> Refusal:
    assert failures.paused_until is not None  # noqa: S101
    seconds = max(1, round((failures.paused_until - timezone.now()).total_seconds()))
    sentence = ngettext(
        "Te vaak een verkeerde pincode van %(name)s. Wacht nog %(seconds)s seconde.",
        "Te vaak een verkeerde pincode van %(name)s. Wacht nog %(seconds)s seconden.",
        seconds,
    )
    return Refusal("pin.paused", sentence % {"name": failures.employee.name, "seconds": seconds}, "pin")
