"""The second step of a log-in: a code of an app (TOTP, RFC 6238), or one of ten recovery codes."""

import base64
import hashlib
import re
import secrets

import pyotp
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.models import Employee, RecoveryCode, SecondFactor
from backoffice.relations.rights import access_of
from backoffice.relations.services import logins, setup
from backoffice.relations.services.secrets import Secret

ISSUER = "Toonbank"
CODE = re.compile(r"[0-9]{6}", re.ASCII)
CODES = 10
SECONDS = 30
AROUND = (0, -1, 1)  # a clock that is half a minute off


def asked_of(employee: Employee) -> bool:
    """Whether this employee must have a second step (settings.REQUIRE_TWO_FACTOR, TWO_FACTOR_ROLES)."""
    return settings.REQUIRE_TWO_FACTOR and any(
        role in settings.TWO_FACTOR_ROLES for role, _branch in access_of(employee).grants
    )


def of(employee: Employee) -> SecondFactor | None:
    """The second step that is in force."""
    return SecondFactor.objects.filter(employee=employee, confirmed_at__isnull=False).first()


def begun(employee: Employee) -> SecondFactor | None:
    """The one that was begun and waits for its first code."""
    return SecondFactor.objects.filter(employee=employee, confirmed_at=None).first()


def secret(factor: SecondFactor) -> str:
    """The secret that the app holds, in base32."""
    key = salted_hmac("relations.two_factor", factor.seed, algorithm="sha256").digest()
    return base64.b32encode(key[:20]).decode()


def uri(factor: SecondFactor, employee: Employee) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret(factor)).provisioning_uri(name=employee.email, issuer_name=ISSUER)


@keyed("two_factor.begin")
def begin(*, employee: Employee) -> SecondFactor:
    """A new secret that waits for its first code. Refused while one is in force."""
    known = SecondFactor.objects.select_for_update().filter(employee=employee).first()
    if known is not None and known.confirmed_at:
        raise Refusal("two_factor.on", _("De tweede stap staat al aan. Zet hem eerst uit."))
    factor = known or SecondFactor(employee=employee)
    factor.seed, factor.failures, factor.locked_until = secrets.token_hex(32), 0, None
    factor.save()
    return factor


def confirm(*, employee: Employee, code: Secret) -> list[str]:
    """The first code puts it in force. Gives the recovery codes, which are shown this once. Raises Refusal."""
    check(employee=employee, code=code, beginning=True)
    with transaction.atomic():
        changed = SecondFactor.objects.filter(employee=employee, confirmed_at=None).update(confirmed_at=timezone.now())
        if not changed:
            raise Refusal("two_factor.on", _("De tweede stap staat al aan."))
        codes = _renew(employee)
        _record(employee, employee, "employee.two_factor_on")
    return codes


def renew_codes(*, employee: Employee, code: Secret) -> list[str]:
    """Ten new recovery codes; those of before are worth nothing any more. Asks a code of the app. Raises Refusal."""
    check(employee=employee, code=code)
    with transaction.atomic():
        codes = _renew(employee)
        _record(employee, employee, "employee.recovery_codes")
    return codes


def turn_off(*, employee: Employee, code: Secret) -> None:
    """Without a second step again. Refused to who must have one. Asks a code. Raises Refusal."""
    if asked_of(employee):
        raise Refusal("two_factor.must", _("Uw rol vraagt een tweede stap."))
    check(employee=employee, code=code)
    with transaction.atomic():
        _remove(employee)
        _record(employee, employee, "employee.two_factor_off")


@keyed("two_factor.reset", result=("relations.Employee", "employee_id"))
def reset(*, employee: Employee, employee_id: int) -> Employee:
    """A beheerder takes the second step of somebody who lost the app; it is set up anew at the next log-in."""
    setup.guard(employee)
    row = Employee.objects.filter(pk=employee_id).first()
    if row is None:
        raise Refusal("setup.gone", _("Dit bestaat niet meer."))
    if row.pk == employee.pk:
        raise Refusal("two_factor.own", _("Vraag een andere beheerder om uw tweede stap te wissen."))
    if not _remove(row):
        raise Refusal("two_factor.off", _("Deze medewerker heeft geen tweede stap."))
    _record(row, employee, "employee.two_factor_off")
    return row


def reset_by_operator(row: Employee) -> bool:
    """The same from the command line, for the last beheerder. Whether there was one."""
    with transaction.atomic():
        gone = _remove(row)
        if gone:
            _record(row, None, "employee.two_factor_off")
    return gone


def check(*, employee: Employee, code: Secret, beginning: bool = False) -> None:
    """Take a code: of the app, used once and in its minute, or a recovery code. Raises Refusal, and counts it.

    The count stays also when the code is refused; after a few it waits (settings.TWO_FACTOR_LIMIT, TWO_FACTOR_LOCK).
    """
    typed = re.sub(r"[\s-]", "", code.value).upper()
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(employee=employee).first()
        if factor is None or (factor.confirmed_at is None) != beginning:
            raise Refusal("two_factor.off", _("De tweede stap staat niet aan."))
        if factor.locked_until and factor.locked_until > timezone.now():
            right, locked = False, True
        else:
            right, locked = _taken(factor, typed) or (not beginning and _recovered(employee, typed)), False
            factor.failures = 0 if right else factor.failures + 1
            factor.locked_until = None
            if factor.failures >= settings.TWO_FACTOR_LIMIT:
                factor.failures, factor.locked_until, locked = 0, timezone.now() + settings.TWO_FACTOR_LOCK, True
            factor.save()
            if not right:
                _record(employee, None, "employee.login_failed", {"reason": "locked" if locked else "code"})
    if locked:
        minutes = round(settings.TWO_FACTOR_LOCK.total_seconds() / 60)
        raise Refusal(
            "two_factor.locked",
            _("Te vaak een verkeerde code. Probeer het over %(minutes)s minuten opnieuw.") % {"minutes": minutes},
            "code",
        )
    if not right:
        raise Refusal("two_factor.code", _("Deze code klopt niet, of is al gebruikt. Wacht op de volgende."), "code")


def _taken(factor: SecondFactor, typed: str) -> bool:
    """Whether it is the app's code of now, and later than the last one that was used."""
    if not CODE.fullmatch(typed):
        return False
    app, now = pyotp.TOTP(secret(factor)), int(timezone.now().timestamp()) // SECONDS
    for step in (now + shift for shift in AROUND):
        if step > factor.last_step and constant_time_compare(app.generate_otp(step), typed):
            factor.last_step = step
            return True
    return False


def _recovered(employee: Employee, typed: str) -> bool:
    gone, _rows = RecoveryCode.objects.filter(employee=employee, hash=_hash(typed)).delete()
    if gone:
        left = RecoveryCode.objects.filter(employee=employee).count()
        _record(employee, employee, "employee.recovery_code_used", {"left": left})
    return bool(gone)


def _renew(employee: Employee) -> list[str]:
    codes = [base64.b32encode(secrets.token_bytes(10)).decode() for _place in range(CODES)]
    RecoveryCode.objects.filter(employee=employee).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(employee=employee, hash=_hash(code)) for code in codes)
    return ["-".join(re.findall("....", code)) for code in codes]


def _remove(employee: Employee) -> bool:
    RecoveryCode.objects.filter(employee=employee).delete()
    return bool(SecondFactor.objects.filter(employee=employee).delete()[0])


def _hash(code: str) -> str:
    """80 random bits need no slow hash."""
    return hashlib.sha256(code.encode()).hexdigest()


def _record(about: Employee, by: Employee | None, action: str, data: dict | None = None) -> None:
    branch_id = logins.usual_branch(about)
    if branch_id is not None:
        journal.write(branch_id=branch_id, employee=by, action=action, about=about, data=data)
