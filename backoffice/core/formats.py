"""Numbers and dates the Dutch way. Nothing here rounds: what is stored is what is shown."""

import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import phonenumbers
from django.utils import timezone
from django.utils.translation import gettext as _

HOME = "NL"  # where a phone number without a country code belongs, and which needs none when it is shown
NBSP = "\u00a0"
MINUS = "\u2212"


def to_decimal(value: object) -> Decimal | None:
    """The Decimal inside a Decimal, Money, int or numeric string; None for nothing."""
    value = getattr(value, "amount", value)
    if value is None or value == "":
        return None
    if isinstance(value, float):
        value = repr(value)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _figures(number: Decimal, decimals: int) -> str:
    """Grouped by thousands with at least `decimals` behind the comma; further zeros are dropped."""
    whole, _, part = f"{abs(number):f}".partition(".")
    part = part.rstrip("0").ljust(decimals, "0")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{part}" if part else grouped


def _sign(number: Decimal) -> str:
    return MINUS if number < 0 else ""


def format_amount(value: object) -> str:
    """1234.5 -> 1.234,50; a derived price shows its four decimals (41.314 -> 41,3140), so that they line up."""
    number = to_decimal(value)
    if number is None:
        return ""
    return _sign(number) + _figures(number, 2 if number == round(number, 2) else 4)


def format_money(value: object) -> str:
    """1234.5 -> € 1.234,50; a negative sum has its sign before the euro."""
    number = to_decimal(value)
    if number is None:
        return ""
    sign = f"{MINUS}{NBSP}" if number < 0 else ""
    return f"{sign}€{NBSP}{_figures(number, 2)}"


def format_quantity(value: object) -> str:
    """3.000 -> 3; 1.500 -> 1,5; 1234 -> 1.234."""
    number = to_decimal(value)
    return "" if number is None else _sign(number) + _figures(number, 0)


def format_percent(value: object) -> str:
    """10.00 -> 10 %; 12.50 -> 12,5 %."""
    number = to_decimal(value)
    return "" if number is None else f"{_sign(number)}{_figures(number, 0)}{NBSP}%"


def format_vat(row: Any) -> str:
    """A VAT row's rate, of its code and percentage: 21 %; Verlegd or Geen where the sale carries no VAT."""
    without = {"reverse": _("Verlegd"), "none": _("Geen")}
    return without.get(row.code) or format_percent(row.percent)


def format_phone(stored: str) -> str:
    """+31305550142 -> 030 555 0142; a foreign number with its country code: +49 30 9984510. No number: as it is."""
    number = _phone(stored)
    if number is None:
        return stored
    shape = phonenumbers.PhoneNumberFormat
    at_home = phonenumbers.region_code_for_number(number) == HOME
    return phonenumbers.format_number(number, shape.NATIONAL if at_home else shape.INTERNATIONAL)


def phone_url(stored: str) -> str:
    """What a phone calls: 030 555 01 42 and +31305550142 -> tel:+31305550142. Empty for what is no number."""
    number = _phone(stored)
    return f"tel:{phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)}" if number else ""


def _phone(stored: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(stored, HOME)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _local(value: datetime.datetime) -> datetime.datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def format_date(value: datetime.date | datetime.datetime | None) -> str:
    """dd-mm-jjjj, in the shop's own time zone."""
    if not value:
        return ""
    if isinstance(value, datetime.datetime):
        value = _local(value)
    return f"{value.day:02d}-{value.month:02d}-{value.year:04d}"


def format_time(value: datetime.time | datetime.datetime | None) -> str:
    """HH:MM on a clock of 24 hours."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        value = _local(value)
    return f"{value.hour:02d}:{value.minute:02d}"


def format_datetime(value: datetime.datetime | None) -> str:
    return f"{format_date(value)} {format_time(value)}" if value else ""


def short_name(employee: object) -> str:
    """The first name that fits under an icon in the spine."""
    name = employee.get_short_name() if hasattr(employee, "get_short_name") else str(employee or "")
    return name.split()[0] if name else ""
