"""Checks of what identifies a person or a company: each gives the stored spelling, or refuses with a sentence.

Empty stays empty; whether a value is required is the form's business.
"""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from stdnum import iban
from stdnum.eu import vat
from stdnum.exceptions import ValidationError as NumberError

from backoffice.core.formats import HOME
from backoffice.core.input import InputError, clean_text
from backoffice.relations import postcodes
from backoffice.relations.countries import COUNTRIES

_PHONE = re.compile(r"\+?[0-9 ().\-/]{6,24}", re.ASCII)


def clean_email(text: str) -> str:
    """One address, without line breaks; the part after the @ in lower case."""
    value = clean_text(text, max_length=254)
    if not value:
        return ""
    name, _at, host = value.rpartition("@")
    value = f"{name}@{host.lower()}"
    try:
        validate_email(value)
    except ValidationError:
        raise InputError(_("Vul één e-mailadres in, zoals naam@voorbeeld.nl.")) from None
    return value


def clean_phone(text: str, country: str = HOME) -> str:
    """A number that exists, as +31612345678; without a country code it is one of that country."""
    value = clean_text(text, max_length=30)
    if not value:
        return ""
    number = _number(value, country) if _PHONE.fullmatch(value) else None
    if number is not None:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if country == HOME:
        raise InputError(_("“%(typed)s” is geen telefoonnummer. Typ bijvoorbeeld 06 12345678.") % {"typed": value})
    sample = phonenumbers.example_number(country)
    shape = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    raise InputError(
        _("“%(typed)s” is geen telefoonnummer in %(country)s. Typ het met het landnummer, zoals %(example)s.")
        % {"typed": value, "country": dict(COUNTRIES).get(country, country),
           "example": phonenumbers.format_number(sample, shape) if sample else "+31 6 12345678"}
    )  # fmt: skip


def phone_words(stored: str) -> list[str]:
    """How people type a stored phone number (E.164) without spaces: with its country, and as in its country."""
    if not stored.startswith("+"):
        return [stored] if stored else []
    words = [stored[1:]]
    if stored.startswith("+31"):
        return [*words, "0" + stored[3:]]
    try:
        return [*words, "0" + str(phonenumbers.parse(stored).national_number)]
    except phonenumbers.NumberParseException:
        return words


def _number(text: str, country: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def clean_kvk(text: str) -> str:
    """Eight digits; spaces and dots between them are taken out."""
    value = re.sub(r"[ .]", "", clean_text(text, max_length=20))
    if value and not re.fullmatch(r"[0-9]{8}", value, re.ASCII):
        raise InputError(_("Een KVK-nummer is acht cijfers."))
    return value


def clean_vat_id(text: str) -> str:
    """A VAT id of the EU with its country, checked by its own check digits; without a country it is a Dutch one."""
    value = re.sub(r"[ .\-]", "", clean_text(text, max_length=30)).upper()
    if not value:
        return ""
    if value[0].isdigit():
        value = HOME + value
    try:
        return vat.validate(value)
    except NumberError:
        raise InputError(_("Dit BTW-id klopt niet. Een Nederlands BTW-id ziet eruit als NL123456789B01.")) from None


def clean_iban(text: str) -> str:
    value = clean_text(text, max_length=42)
    if not value:
        return ""
    try:
        return iban.validate(value)
    except NumberError:
        raise InputError(_("Dit IBAN klopt niet. Een Nederlands IBAN ziet eruit als NL91 ABNA 0417 1643 00.")) from None


def clean_postcode(text: str, country: str = HOME) -> str:
    """A postcode of that country as it is written there: 1234 AB, 10115, SW1A 1AA."""
    value = clean_text(text, max_length=12).upper()
    if not value:
        return ""
    formed = postcodes.formed(value, country)
    if formed is not None:
        return formed
    if country == HOME:
        raise InputError(_("Een postcode is vier cijfers en twee letters, zoals 1234 AB."))
    raise InputError(
        _("“%(typed)s” is geen postcode in %(country)s. Die ziet eruit als %(example)s.")
        % {"typed": value, "country": dict(COUNTRIES)[country], "example": postcodes.FORMS[country].example}
    )


def clean_country(text: str) -> str:
    value = (text or HOME).strip().upper()
    if value not in dict(COUNTRIES):
        raise InputError(_("Kies een land uit de lijst."))
    return value
