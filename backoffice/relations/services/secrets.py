"""Passwords and PIN codes: what they must be, wherever one is set. Every screen and command sets them here."""

import re
from dataclasses import dataclass
from itertools import pairwise

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.relations.models import Employee

PIN_SHAPE = re.compile(r"[0-9]{4,6}", re.ASCII)
# what people choose most, beside repeats, runs and years: lines over the keypad, pairs, a film, a word in letters
LINES = (
    "0007 0070 0852 1004 1233 1236 1478 1590 1597 2580 3698 4869 5683 7410 7412 7896 8520 8521 9632 9637 14789 25800"
    " 123654 123789 147258 147852 147963 159357 159753 258369 321654 357159 456123 741852 753951 789456 951753 963852"
)
WELL_KNOWN = frozenset(LINES.split())


@dataclass(frozen=True, repr=False)
class Secret:
    """A password or PIN code on its way to its hash: never printed, and not in the fingerprint of a request key."""

    value: str = ""

    def __str__(self) -> str:
        return "…"


NONE = Secret()


class WrongPassword(Refusal):
    """Not the password of whom it was asked: who raises it is called inside throttle.counted."""


def set_password(person: Employee, password: Secret, field: str) -> None:
    """Give the employee this password (not saved yet). Raises Refusal, for the form's field, where it is too easy."""
    try:
        validate_password(password.value, person)
    except ValidationError as error:
        raise Refusal("employee.password", " ".join(error.messages), field) from error
    person.set_password(password.value)


def set_pin(person: Employee, pin: Secret, field: str) -> None:
    """Give the employee this PIN code for the till (not saved yet). Raises Refusal where it is easy to guess."""
    if not PIN_SHAPE.fullmatch(pin.value):
        raise Refusal("employee.pin", _("Een pincode is 4 tot 6 cijfers."), field)
    if is_easy(pin.value) or pin.value.lstrip("0") == person.number.lstrip("0"):
        raise Refusal(
            "employee.pin_easy",
            _("Deze pincode is te makkelijk te raden. Neem geen rij, herhaling, jaartal of eigen nummer."),
            field,
        )
    person.pin_hash = make_password(pin.value)


def is_easy(pin: str) -> bool:
    """Whether digits are among the first that anybody tries: 0000, 1234, 9753, 1212, 1221, 1122, 1987, 2580."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    repeats = any(pin == (pin[:size] * len(pin))[: len(pin)] for size in range(1, len(pin) // 2 + 1))
    pairs = len(pin) % 2 == 0 and pin[::2] == pin[1::2]
    year = re.fullmatch(r"19[3-9]\d|20[0-4]\d", pin) is not None
    return len(steps) == 1 or repeats or pairs or year or pin == pin[::-1] or pin in WELL_KNOWN
