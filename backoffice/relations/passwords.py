"""The rules for passwords that Django does not have, or not in Dutch (AUTH_PASSWORD_VALIDATORS)."""

import re

from django.contrib.auth.password_validation import MinimumLengthValidator, UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from backoffice.core.search import fold

LEAST = 4  # letters of a part of a name; "van" and "Jan" stand in too many words


class LengthValidator(MinimumLengthValidator):
    """Django's own, whose sentence has no Dutch."""

    def get_error_message(self) -> str:
        return _("Dit wachtwoord is te kort: neem minstens %(least)s tekens.") % {"least": self.min_length}


class OwnNameValidator(UserAttributeSimilarityValidator):
    """Refuses a password that holds or resembles the name, a part of it, the address or the number of whose it is."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("name", "email"))

    def validate(self, password: str, user=None) -> None:
        typed = _plain(password)
        if user is not None and any(own in typed for own in _own(user)):
            raise ValidationError(self.get_help_text(), code="password_holds_name")
        super().validate(password, user)

    def get_help_text(self) -> str:
        return _("Uw naam, e-mailadres of nummer mag niet in het wachtwoord staan.")


def _own(user) -> set[str]:
    name, number = getattr(user, "name", "") or "", getattr(user, "number", "") or ""
    address = (getattr(user, "email", "") or "").partition("@")[0]
    parts = {_plain(part) for text in (name, address) for part in re.split(r"[\W_]+", fold(text))}
    return {part for part in parts | {_plain(name), _plain(address), _plain(number)} if len(part) >= LEAST}


def _plain(text: str) -> str:
    """Letters and digits alone, without case and accents."""
    return re.sub(r"[\W_]+", "", fold(text))
