"""Days as people say them: 1-12, 1.12.2026, 1 dec, vandaag, +3, vrijdag. Dutch and English, whatever the language.

Where no year is typed, or only the name of a day, what is meant depends on the field:

- AHEAD (a delivery date): the next such day. 1-12 on 1 December is that day itself, "vrijdag" on a Friday a week later.
- NEAR (an order's date): the nearest such date; a day by its name is the last one, today included.
- THIS_YEAR (filters and periods): 1-1 and 31-12 are of this year, so that together they are a year; a day by its name
  is the last one, today included.
"""

import datetime
import re
from typing import Literal

Lean = Literal["ahead", "near", "this_year"]
AHEAD: Lean = "ahead"
NEAR: Lean = "near"
THIS_YEAR: Lean = "this_year"

_DATE = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})(?:\2([0-9]{4}|[0-9]{2}))?", re.ASCII)
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_NAMED_MONTH = re.compile(r"([0-9]{1,2})[ .-]*([a-z]{3,9})\.?(?:[ .-]*([0-9]{4}|[0-9]{2}))?", re.ASCII)
_STEPS = re.compile(r"([+\u2212-]) ?([0-9]{1,4})", re.ASCII)

_FROM_TODAY = {
    "vandaag": 0, "today": 0, "morgen": 1, "tomorrow": 1, "overmorgen": 2, "gisteren": -1, "yesterday": -1,
    "eergisteren": -2,
}  # fmt: skip
_WEEKDAYS = (
    ("maandag", "ma", "monday", "mon"),
    ("dinsdag", "di", "tuesday", "tue"),
    ("woensdag", "wo", "wednesday", "wed"),
    ("donderdag", "do", "thursday", "thu"),
    ("vrijdag", "vr", "friday", "fri"),
    ("zaterdag", "za", "saturday", "sat"),
    ("zondag", "zo", "sunday", "sun"),
)
_MONTHS = (
    ("januari", "january", "jan"),
    ("februari", "february", "feb"),
    ("maart", "march", "mrt", "mar"),
    ("april", "apr"),
    ("mei", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("augustus", "august", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
WEEKDAY = {word: at for at, words in enumerate(_WEEKDAYS) for word in words}
MONTH = {word: at for at, words in enumerate(_MONTHS, 1) for word in words}
LEAP = 8  # years in which a 29 February comes for certain


def read(typed: str, today: datetime.date, lean: Lean = AHEAD) -> datetime.date | tuple[int, int, int] | None:
    """The day, or (year, month, day) as it was typed, which may not exist; None for what is no day."""
    word = typed.casefold()
    if word in _FROM_TODAY:
        return today + datetime.timedelta(days=_FROM_TODAY[word])
    if word in WEEKDAY:
        ahead = (WEEKDAY[word] - today.weekday()) % 7
        return today + datetime.timedelta(days=(ahead or 7) if lean == AHEAD else -((7 - ahead) % 7))
    if found := _STEPS.fullmatch(typed):
        days = int(found[2])
        return today + datetime.timedelta(days=days if found[1] == "+" else -days)
    if found := _ISO_DATE.fullmatch(typed):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DATE.fullmatch(typed):
        day, month, year = int(found[1]), int(found[3]), found[4]
    elif (found := _NAMED_MONTH.fullmatch(word)) and found[2] in MONTH:
        day, month, year = int(found[1]), MONTH[found[2]], found[3]
    else:
        return None
    if year is None:
        return _without_year(month, day, today, lean)
    return int(year) + (2000 if len(year) == 2 else 0), month, day


def _without_year(month: int, day: int, today: datetime.date, lean: Lean) -> datetime.date | tuple[int, int, int]:
    """The day and month in the year that is meant."""
    if lean == THIS_YEAR:
        return today.year, month, day
    first = today.year if lean == AHEAD else today.year - LEAP
    dates = [date for year in range(first, today.year + LEAP + 1) if (date := _date(year, month, day))]
    dates = [date for date in dates if lean == NEAR or date >= today]
    return min(dates, key=lambda date: abs(date - today)) if dates else (today.year, month, day)


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
