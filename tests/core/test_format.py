"""Figures and dates look Dutch on every screen, and nothing is rounded on the way."""

import datetime
from decimal import Decimal

import pytest
from django.template import engines
from django.test import RequestFactory
from djmoney.money import Money

from backoffice.core import formats
from tests.markup import compact


def shown(source: str, **context) -> str:
    """The source as a template draws it, with the marks and the heads of lists at hand."""
    marks = '{% from "parts/marks.html" import pay, status %}'
    heads = '{% from "parts/lists.html" import sort_head with context %}'
    return engines["jinja2"].env.from_string(marks + heads + source).render(context)


@pytest.mark.parametrize(
    "value, text",
    [
        (Decimal("1234.56"), "€\u00a01.234,56"),
        (Decimal("0"), "€\u00a00,00"),
        (Decimal("-500"), "\u2212\u00a0€\u00a0500,00"),
        (Money("1748.27", "EUR"), "€\u00a01.748,27"),
        (1000000, "€\u00a01.000.000,00"),
        (None, ""),
    ],
)
def test_money(value, text):
    assert shown("{{ value|money }}", value=value) == text


@pytest.mark.parametrize(
    "value, text",
    [
        (Decimal("49.95"), "49,95"),
        (Decimal("49.9500"), "49,95"),
        (Decimal("41.2810"), "41,2810"),
        (Decimal("41.2814"), "41,2814"),
        (Decimal("-12.5"), "\u221212,50"),
        (Decimal("1E+3"), "1.000,00"),
        (0.1, "0,10"),
        ("geen getal", ""),
        (None, ""),
    ],
)
def test_amount(value, text):
    assert shown("{{ value|amount }}", value=value) == text


@pytest.mark.parametrize(
    "value, text",
    [(Decimal("3.000"), "3"), (Decimal("1.500"), "1,5"), (12345, "12.345"), (-2, "\u22122"), (0, "0"), (None, "")],
)
def test_quantity(value, text):
    assert shown("{{ value|qty }}", value=value) == text


@pytest.mark.parametrize(
    "value, text", [(Decimal("10.00"), "10\u00a0%"), (Decimal("12.50"), "12,5\u00a0%"), (21, "21\u00a0%"), (None, "")]
)
def test_percent(value, text):
    assert shown("{{ value|percent }}", value=value) == text


def test_dates_are_those_of_the_shop():
    moment = datetime.datetime(2026, 12, 31, 23, 30, tzinfo=datetime.UTC)
    assert shown("{{ at|nldate }} {{ at|nltime }}", at=moment) == "01-01-2027 00:30"
    assert shown("{{ at|nldatetime }}", at=moment) == "01-01-2027 00:30"
    assert shown("{{ at|nldate }}", at=datetime.date(2026, 2, 3)) == "03-02-2026"
    assert shown("{{ at|nldate }}{{ at|nltime }}{{ at|nldatetime }}", at=None) == ""


def test_what_is_shown_is_read_back_as_the_same():
    from backoffice.core.input import parse_amount, parse_date, parse_percent, parse_quantity

    for text in ("0.00", "0.05", "999.99", "1000.00", "12345678.90"):
        assert str(parse_amount(formats.format_amount(Decimal(text)))) == text
        assert str(parse_amount(formats.format_money(Decimal(text)))) == text
    assert parse_quantity(formats.format_quantity(Decimal("1.250")), fractions=True) == Decimal("1.25")
    assert parse_percent(formats.format_percent(Decimal("12.50"))) == Decimal("12.5")
    day = datetime.date(2026, 11, 3)
    assert parse_date(formats.format_date(day), today=day) == day


def test_marks_carry_their_word_and_escape_it():
    assert shown('{{ status("part", "Gedeeltelijk geleverd") }}') == (
        '<span class="status" data-s="part">Gedeeltelijk geleverd</span>'
    )
    assert shown('{{ pay("none", label) }}', label="<b>") == '<span class="pay" data-p="none">&lt;b&gt;</span>'
    assert 'icons.svg#check"/></svg>Betaald</span>' in shown('{{ pay("paid", "Betaald") }}')


def test_the_query_is_changed_and_kept():
    request = RequestFactory().get("/", {"status": "open", "after": "12"})
    assert shown("{{ this_query(sort='-date', after=none) }}", request=request) == "?status=open&amp;sort=-date"


def test_a_sorted_head_says_its_direction_and_turns_it():
    request = RequestFactory().get("/", {"sort": "-date", "after": "12"})
    head = compact(shown("{{ sort_head('date', 'Datum', css='num') }}", request=request))
    assert '<th scope="col" class="num" aria-sort="descending"><a href="?sort=date">Datum' in head
    other = compact(shown("{{ sort_head('total', 'Totaal', first='down') }}", request=request))
    assert '<th scope="col"><a href="?sort=-total">Totaal</a></th>' in other


@pytest.mark.parametrize(
    ("stored", "words", "calls"),
    [
        ("+31305550142", "030 555 0142", "tel:+31305550142"),
        ("+31612345678", "06 12345678", "tel:+31612345678"),
        ("+31882345678", "088 234 5678", "tel:+31882345678"),
        ("030 555 01 42", "030 555 0142", "tel:+31305550142"),
        ("+49309984510", "+49 30 9984510", "tel:+49309984510"),
        ("+3225551212", "+32 2 555 12 12", "tel:+3225551212"),
        ("+12125550123", "+1 212-555-0123", "tel:+12125550123"),
        ("030-1", "030-1", ""),
        ("toestel 12", "toestel 12", ""),
        ("", "", ""),
    ],
)
def test_a_phone_number_is_shown_as_one_writes_it_and_called_by_its_whole_number(stored, words, calls):
    assert shown("{{ stored|phone }}|{{ stored|phone_url }}", stored=stored) == f"{words}|{calls}"
