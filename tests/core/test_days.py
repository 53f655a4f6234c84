"""Dates as people type them, everywhere one is typed: Monday 30 November 2026 is today."""

import datetime

import pytest

from backoffice.core import days
from backoffice.core.forms import DutchDateField
from backoffice.core.input import InputError, parse_date

TODAY = datetime.date(2026, 11, 30)


@pytest.mark.parametrize(
    "typed, ahead, near, this_year",
    [
        # the same in every field
        ("1-12-26", "2026-12-01", "2026-12-01", "2026-12-01"),
        ("1.12.2026", "2026-12-01", "2026-12-01", "2026-12-01"),
        ("1/12/26", "2026-12-01", "2026-12-01", "2026-12-01"),
        ("1 december 2026", "2026-12-01", "2026-12-01", "2026-12-01"),
        ("1 Dec. 26", "2026-12-01", "2026-12-01", "2026-12-01"),
        ("vandaag", "2026-11-30", "2026-11-30", "2026-11-30"),
        ("Morgen", "2026-12-01", "2026-12-01", "2026-12-01"),
        ("tomorrow", "2026-12-01", "2026-12-01", "2026-12-01"),
        ("overmorgen", "2026-12-02", "2026-12-02", "2026-12-02"),
        ("gisteren", "2026-11-29", "2026-11-29", "2026-11-29"),
        ("+3", "2026-12-03", "2026-12-03", "2026-12-03"),
        ("-1", "2026-11-29", "2026-11-29", "2026-11-29"),
        # without a year
        ("1-12", "2026-12-01", "2026-12-01", "2026-12-01"),
        ("1/12", "2026-12-01", "2026-12-01", "2026-12-01"),
        ("1.12", "2026-12-01", "2026-12-01", "2026-12-01"),
        ("30-11", "2026-11-30", "2026-11-30", "2026-11-30"),
        ("29-11", "2027-11-29", "2026-11-29", "2026-11-29"),
        ("1-1", "2027-01-01", "2027-01-01", "2026-01-01"),
        ("31 dec", "2026-12-31", "2026-12-31", "2026-12-31"),
        ("29-2", "2028-02-29", "2028-02-29", None),
        # a day of the week
        ("vr", "2026-12-04", "2026-11-27", "2026-11-27"),
        ("Vrijdag", "2026-12-04", "2026-11-27", "2026-11-27"),
        ("friday", "2026-12-04", "2026-11-27", "2026-11-27"),
        ("ma", "2026-12-07", "2026-11-30", "2026-11-30"),
        ("zo", "2026-12-06", "2026-11-29", "2026-11-29"),
    ],
)
def test_a_day_is_read_as_it_is_meant_in_its_field(typed, ahead, near, this_year):
    for lean, right in ((days.AHEAD, ahead), (days.NEAR, near), (days.THIS_YEAR, this_year)):
        if right is None:
            with pytest.raises(InputError, match=r"29-02-2026 bestaat niet. Bedoelt u 28-02-2026\?"):
                parse_date(typed, today=TODAY, lean=lean, years_back=None)
        else:
            assert parse_date(typed, today=TODAY, lean=lean).isoformat() == right


def test_in_a_period_the_first_and_the_last_of_the_year_are_a_year():
    first, last = (parse_date(text, today=TODAY, lean=days.THIS_YEAR) for text in ("1-1", "31-12"))
    assert (first, last) == (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))


def test_around_new_year_an_order_is_dated_on_the_nearest_day():
    second_of_january = datetime.date(2027, 1, 2)
    assert parse_date("30-12", today=second_of_january, lean=days.NEAR) == datetime.date(2026, 12, 30)
    assert parse_date("30-12", today=second_of_january, lean=days.AHEAD) == datetime.date(2027, 12, 30)


def test_a_date_field_echoes_the_day_it_read_and_leaves_what_it_cannot_read():
    field = DutchDateField()
    assert field.prepare_value("1.12.2026") == "01-12-2026"
    assert field.prepare_value("straks") == "straks"
    assert field.prepare_value("") == ""
    assert field.prepare_value(datetime.date(2026, 12, 1)) == "01-12-2026"
