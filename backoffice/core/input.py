"""What people type, read the Dutch way: pure functions that give a value or refuse with a sentence.

The pattern comes first and is ASCII only, because Python's own readers also take 1_000, ١٢, NaN and 1e9.
"""

import calendar
import datetime
import re
import unicodedata
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from . import days, gtin
from .formats import format_amount, format_date, format_quantity

MAX_AMOUNT = Decimal("99999999.99")
MAX_QUANTITY = Decimal("99999")
ASK_ABOVE = Decimal("999")  # a larger quantity is accepted, and asked about first
BARCODE_LENGTH = 64
# characters of one field of a request, whatever it is for (middleware.py); the longest text is 4,000
MAX_FIELD = 20_000
MAX_MARKS = 30  # combining marks in a row, the bound of Unicode's Stream-Safe Text Format (UAX 15)

_NUMBER = re.compile(r"([0-9]{1,15}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4})(?:,([0-9]{1,15}))?|,([0-9]{1,15})", re.ASCII)
_NUMPAD = re.compile(r"([0-9]{1,15})\.([0-9]{1,2})", re.ASCII)
UNKEPT = {"Cc", "Cs", "Zl", "Zp"}  # categories: control, half of a pair, line and paragraph separators
_SPACES = " \t\u00a0\u202f"
_OPENED = "\u0f73\u0f75\u0f81\uff9e\uff9f"  # no marks themselves, but marks once they are taken apart
_SPLIT = 4  # characters that become one in NFC, at most (alpha with three marks)
_BIDI = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class InputError(ValueError):
    """What was typed cannot be read; the message is a Dutch sentence for the person who typed it."""

    @property
    def message(self) -> str:
        return str(self.args[0])


def _shown(text: str) -> str:
    """What was typed, short enough and plain enough to stand in a sentence."""
    plain = "".join(c if c.isprintable() else "\ufffd" for c in text.strip())
    return plain if len(plain) <= 30 else plain[:29] + "…"


def _read_number(text: str, wrong: str) -> Decimal:
    """A dot before three figures groups thousands; before one or two it is the numpad's comma."""
    typed = text.strip(_SPACES)
    sign, typed = ("-", typed[1:].lstrip(_SPACES)) if typed[:1] in ("-", "\u2212") else ("", typed)
    if found := _NUMPAD.fullmatch(typed):
        return Decimal(f"{sign}{found[1]}.{found[2]}")
    if found := _NUMBER.fullmatch(typed):
        whole = (found[1] or "0").replace(".", "")
        return Decimal(f"{sign}{whole}.{found[2] or found[3] or '0'}")
    raise InputError(wrong)


def _required(text: str | None, sentence: str) -> str:
    text = "" if text is None else str(text)
    if not text.strip(_SPACES):
        raise InputError(sentence)
    return text


def parse_amount(text: str | None, *, minimum: Decimal | None = Decimal(0), maximum: Decimal = MAX_AMOUNT) -> Decimal:
    """Euros with at most two decimals: 1.000,00 and 1000 and 12.50; refuses what can be read two ways.

    minimum=None allows any negative amount down to -maximum.
    """
    text = _required(text, _("Vul een bedrag in."))
    stripped = text.strip(_SPACES)
    if stripped.startswith("€"):
        stripped = stripped[1:]
    wrong = _("“%(typed)s” is geen bedrag. Typ bijvoorbeeld 1.234,56.") % {"typed": _shown(text)}
    value = _read_number(stripped, wrong)
    if -int(value.as_tuple().exponent) > 2:
        raise InputError(_("Een bedrag heeft hoogstens twee cijfers achter de komma."))
    value = value.quantize(Decimal("0.01")) + 0
    if minimum is not None and value < minimum:
        if minimum == 0:
            raise InputError(_("Een bedrag onder nul kan hier niet."))
        raise InputError(_("Het bedrag is minstens %(amount)s.") % {"amount": format_amount(minimum)})
    if abs(value) > maximum:
        raise InputError(_("Het bedrag is hoogstens %(amount)s.") % {"amount": format_amount(maximum)})
    return value


def parse_quantity(
    text: str | None, *, fractions: bool = False, minimum: Decimal | None = None, maximum: Decimal = MAX_QUANTITY
) -> Decimal:
    """A number of pieces above zero, whole unless the article sells in fractions (three decimals at most).

    minimum=Decimal(0) allows zero, as in a cell of the Kleur-/maatvenster.
    """
    text = _required(text, _("Vul een aantal in."))
    digits = text.strip(_SPACES)
    if gtin.is_figures(digits):
        raise InputError(_("“%(typed)s” lijkt op een barcode. Scan die in de scanregel.") % {"typed": digits})
    wrong = _("“%(typed)s” is geen aantal.") % {"typed": _shown(text)}
    value = _read_number(text, wrong)
    if not fractions and value != value.to_integral_value():
        raise InputError(_("Dit artikel gaat per heel stuk: vul een heel aantal in."))
    if -int(value.as_tuple().exponent) > 3:
        raise InputError(_("Een aantal heeft hoogstens drie cijfers achter de komma."))
    if value < 0 or (value == 0 and minimum is None) or (minimum is not None and value < minimum):
        raise InputError(_("Het aantal moet hoger zijn dan nul."))
    if value > maximum:
        raise InputError(_("Het aantal is hoogstens %(maximum)s.") % {"maximum": format_quantity(maximum)})
    return value.quantize(Decimal("0.001")).normalize() if fractions else Decimal(int(value))


def parse_percent(text: str | None, *, maximum: Decimal = Decimal(100)) -> Decimal:
    """0 to 100 with at most two decimals, with or without the sign."""
    text = _required(text, _("Vul een percentage in."))
    typed = text.strip(_SPACES)
    typed = typed[:-1] if typed.endswith("%") else typed
    value = _read_number(typed, _("“%(typed)s” is geen percentage.") % {"typed": _shown(text)})
    if -int(value.as_tuple().exponent) > 2:
        raise InputError(_("Een percentage heeft hoogstens twee cijfers achter de komma."))
    if value < 0 or value > maximum:
        raise InputError(_("Een percentage ligt tussen 0 en %(maximum)s.") % {"maximum": format_quantity(maximum)})
    return value.quantize(Decimal("0.01")) + 0


def _years_from(day: datetime.date, years: int) -> datetime.date:
    last = calendar.monthrange(day.year + years, day.month)[1]
    return day.replace(year=day.year + years, day=min(day.day, last))


def parse_date(
    text: str | None,
    *,
    today: datetime.date | None = None,
    years_back: int | None = 1,
    years_ahead: int | None = 3,
    lean: days.Lean = days.AHEAD,
) -> datetime.date:
    """A date as people type it: 1-1-27, 1.1.2027, 2027-01-01, 1-1, 1 jan, vandaag, +3, vrijdag (see days.read).

    lean: which day is meant where no year or no date is typed. Refuses what does not exist and what is too far off:
    years_back=None or years_ahead=None takes that bound away (a date of birth, a VAT rate's first day).
    """
    text = _required(text, _("Vul een datum in."))
    today = today or timezone.localdate()
    found = days.read(text.strip(_SPACES), today, lean)
    if found is None:
        raise InputError(_("“%(typed)s” is geen datum. Typ bijvoorbeeld 31-12-2026.") % {"typed": _shown(text)})
    value = found if isinstance(found, datetime.date) else _existing_day(*found)
    earliest = datetime.date.min if years_back is None else _years_from(today, -years_back)
    latest = datetime.date.max if years_ahead is None else _years_from(today, years_ahead)
    if value < earliest:
        raise InputError(
            _("%(date)s is te lang geleden, kies een datum vanaf %(bound)s.")
            % {"date": format_date(value), "bound": format_date(earliest)}
        )
    if value > latest:
        raise InputError(
            _("%(date)s is te ver weg, kies een datum tot en met %(bound)s.")
            % {"date": format_date(value), "bound": format_date(latest)}
        )
    return value


def _existing_day(year: int, month: int, day: int) -> datetime.date:
    shown = f"{day:02d}-{month:02d}-{year:04d}"
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= 31:
        raise InputError(_("%(date)s bestaat niet.") % {"date": shown})
    last = calendar.monthrange(year, month)[1]
    if day > last:
        nearest = format_date(datetime.date(year, month, last))
        raise InputError(_("%(date)s bestaat niet. Bedoelt u %(nearest)s?") % {"date": shown, "nearest": nearest})
    return datetime.date(year, month, day)


def holds(text: str, allowed: str = "\n\t\r") -> bool:
    """Whether a text can be kept and printed: it has no control characters but those allowed."""
    return all(unicodedata.category(c) not in UNKEPT or c in allowed for c in text)


def piled(text: str) -> bool:
    """Whether more marks stand on one letter than any language has: putting n of them in order takes n x n steps."""
    row = 0
    for c in "" if text.isascii() else text:
        row = row + 1 if unicodedata.combining(c) or c in _OPENED else 0
        if row > MAX_MARKS:
            return True
    return False


def clean_text(text: str | None, *, max_length: int = 500, multiline: bool = False) -> str:
    """NFC, trimmed; control characters are refused, and marks that turn the reading direction are taken out.

    Refused by length and by its marks before it is normalised, which would take a text of marks minutes.
    """
    value = "" if text is None else str(text)
    if value.isascii() and value.isprintable():  # most of all texts, and half of the time of reading a large file
        value = value.strip()
        _fits(value, max_length, max_length)
        return value
    value = value.replace("\r\n", "\n").replace("\r", "\n") if multiline else value
    value = value.translate(_BIDI).strip()
    _fits(value, max_length * _SPLIT, max_length)
    if piled(value) or not holds(value, "\n\t" if multiline else ""):
        raise InputError(_("De tekst bevat een teken dat niet kan worden bewaard. Typ de tekst opnieuw."))
    value = unicodedata.normalize("NFC", value).strip()
    _fits(value, max_length, max_length)
    return value


def _fits(value: str, bound: int, told: int) -> None:
    if len(value) > bound:
        raise InputError(
            _("De tekst is %(length)s tekens lang, hoogstens %(maximum)s passen.")
            % {"length": format_quantity(len(value)), "maximum": format_quantity(told)}
        )


def whole(text) -> int | None:
    """A whole number of ASCII figures (an id, a revision) that a column can hold, or None: "²" and "٣" are none."""
    text = str(text)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def parse_barcode(text: str | None) -> str:
    """Up to 64 plain characters, kept exactly: looking a code up never guesses."""
    value = _required(text, _("Scan of typ een barcode.")).strip(_SPACES + "\r\n")
    if len(value) > BARCODE_LENGTH:
        raise InputError(_("Een barcode heeft hoogstens 64 tekens."))
    if not value.isascii() or not value.isprintable():
        raise InputError(_("De barcode is niet goed gelezen. Scan hem opnieuw."))
    return value
