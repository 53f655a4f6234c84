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
from stdnum.nl import postcode

from backoffice.core.input import InputError, clean_text
from backoffice.relations.countries import COUNTRIES

HOME = "NL"
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


def clean_phone(text: str) -> str:
    """A number that exists, as +31612345678; without a country code it is a Dutch one."""
    value = clean_text(text, max_length=30)
    if not value:
        return ""
    wrong = InputError(_("“%(typed)s” is geen telefoonnummer. Typ bijvoorbeeld 06 12345678.") % {"typed": value})
    if not _PHONE.fullmatch(value):
        raise wrong
    try:
        number = phonenumbers.parse(value, HOME)
    except phonenumbers.NumberParseException:
        raise wrong from None
    if not phonenumbers.is_valid_number(number):
        raise wrong
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


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


def shown_phone(stored: str) -> str:
    """+31612345678 as 06 12345678; a foreign number with its country code."""
    try:
        number = phonenumbers.parse(stored, HOME)
    except phonenumbers.NumberParseException:
        return stored
    shape = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        number, shape.NATIONAL if phonenumbers.region_code_for_number(number) == HOME else shape.INTERNATIONAL
    )


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
    """A Dutch postcode as 1234 AB; of another country as typed, in capitals."""
    value = clean_text(text, max_length=12).upper()
    if not value or country != HOME:
        return value
    try:
        return postcode.validate(value)
    except NumberError:
        raise InputError(_("Een postcode is vier cijfers en twee letters, zoals 1234 AB.")) from None


def clean_country(text: str) -> str:
    value = (text or HOME).strip().upper()
    if value not in dict(COUNTRIES):
        raise InputError(_("Kies een land uit de lijst."))
    return value
