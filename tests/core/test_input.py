"""What people type is read the Dutch way, or refused with a sentence; it is never read as something else."""

import datetime
import re
import unicodedata
from decimal import Decimal

import pytest

from backoffice.core import search
from backoffice.core.errors import Refusal
from backoffice.core.input import (
    InputError,
    clean_text,
    parse_amount,
    parse_barcode,
    parse_date,
    parse_percent,
    parse_quantity,
)
from backoffice.settings import BASE_DIR

TODAY = datetime.date(2026, 11, 23)


@pytest.mark.parametrize(
    "typed, value",
    [
        ("1000", "1000.00"),
        ("1.000,00", "1000.00"),
        ("12.50", "12.50"),
        ("12.5", "12.50"),
        ("12,5", "12.50"),
        ("1.000", "1000.00"),
        ("12.500", "12500.00"),
        ("1.234.567,89", "1234567.89"),
        (",50", "0.50"),
        ("0", "0.00"),
        ("-0", "0.00"),
        ("0012,50", "12.50"),
        (" 49,95 ", "49.95"),
        ("€ 1.234,56", "1234.56"),
        ("€\u00a049,95", "49.95"),
        ("99.999.999,99", "99999999.99"),
    ],
)
def test_an_amount_is_read(typed, value):
    assert str(parse_amount(typed)) == value


@pytest.mark.parametrize(
    "typed",
    [
        "1,000.00", "1.00,50", "1.0000", "1..000", "12,345", "1,2,3", "0.500", "12,", "12.", ".50", ",", "1 000",
        "NaN", "Infinity", "-inf", "1e9", "1E3", "1_000", "١٢", "１２", "0x10", "twaalf", "12,50 euro", "+5", "--5",
        "12\n50", "12\x00", "9" * 40, "1" + ".000" * 9, "", "   ", None, "-1", "-0,01", "100.000.000",
    ],
)  # fmt: skip
def test_an_amount_that_is_none_or_can_be_read_two_ways_is_refused(typed):
    with pytest.raises(InputError):
        parse_amount(typed)


def test_a_refused_amount_says_what_is_wrong():
    for typed, sentence in [
        ("1,000.00", "“1,000.00” is geen bedrag. Typ bijvoorbeeld 1.234,56."),
        ("12,345", "Een bedrag heeft hoogstens twee cijfers achter de komma."),
        ("-5", "Een bedrag onder nul kan hier niet."),
        ("", "Vul een bedrag in."),
        ("100.000.000", "Het bedrag is hoogstens 99.999.999,99."),
    ]:
        with pytest.raises(InputError) as refused:
            parse_amount(typed)
        assert refused.value.message == sentence


def test_an_amount_below_zero_is_read_where_it_is_allowed():
    assert parse_amount("-12,50", minimum=None) == Decimal("-12.50")
    assert parse_amount("\u2212\u00a012,50", minimum=None) == Decimal("-12.50")
    with pytest.raises(InputError):
        parse_amount("0,00", minimum=Decimal("0.01"))


@pytest.mark.parametrize(
    "typed, fractions, value",
    [
        ("3", False, "3"),
        ("1.000", False, "1000"),
        ("99999", False, "99999"),
        ("2,0", False, "2"),
        ("1,5", True, "1.5"),
        ("1.5", True, "1.5"),
        ("0,125", True, "0.125"),
    ],
)
def test_a_quantity_is_read(typed, fractions, value):
    assert parse_quantity(typed, fractions=fractions) == Decimal(value)


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("0", "Het aantal moet hoger zijn dan nul."),
        ("-1", "Het aantal moet hoger zijn dan nul."),
        ("100000", "Het aantal is hoogstens 99.999."),
        ("1,5", "Dit artikel gaat per heel stuk: vul een heel aantal in."),
        ("8712345678906", "“8712345678906” lijkt op een barcode. Scan die in de scanregel."),
        ("87123456", "“87123456” lijkt op een barcode. Scan die in de scanregel."),
        ("1e3", "“1e3” is geen aantal."),
        ("٣", "“٣” is geen aantal."),
        ("5x", "“5x” is geen aantal."),
        ("x" * 30, f"“{'x' * 30}” is geen aantal."),
        ("x" * 31, f"“{'x' * 29}…” is geen aantal."),
        ("", "Vul een aantal in."),
    ],
)
def test_a_quantity_is_refused(typed, sentence):
    with pytest.raises(InputError) as refused:
        parse_quantity(typed)
    assert refused.value.message == sentence


def test_a_quantity_in_fractions_has_at_most_three_decimals():
    with pytest.raises(InputError):
        parse_quantity("0,1234", fractions=True)


def test_a_cell_of_the_matrix_may_be_zero_and_not_below_it():
    assert parse_quantity("0", minimum=Decimal(0)) == 0
    with pytest.raises(InputError):
        parse_quantity("-1", minimum=Decimal(0))


@pytest.mark.parametrize(
    "typed, value",
    [("10", "10.00"), ("10 %", "10.00"), ("12,5%", "12.50"), ("12.5", "12.50"), ("0", "0.00"), ("100", "100.00")],
)
def test_a_percentage_is_read(typed, value):
    assert str(parse_percent(typed)) == value


@pytest.mark.parametrize("typed", ["-1", "100,01", "101", "33,333", "1.000", "tien", "10 %%", "%", "NaN", ""])
def test_a_percentage_is_refused(typed):
    with pytest.raises(InputError):
        parse_percent(typed)


@pytest.mark.parametrize(
    "typed, value",
    [
        ("1-1-27", (2027, 1, 1)),
        ("01-01-2027", (2027, 1, 1)),
        ("1/1/2027", (2027, 1, 1)),
        ("2027-01-01", (2027, 1, 1)),
        ("29-2-2028", (2028, 2, 29)),
        ("23-11-2025", (2025, 11, 23)),
        ("23-11-2029", (2029, 11, 23)),
        (" 4-12-26 ", (2026, 12, 4)),
    ],
)
def test_a_date_is_read(typed, value):
    assert parse_date(typed, today=TODAY) == datetime.date(*value)


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("31-11-2026", "31-11-2026 bestaat niet. Bedoelt u 30-11-2026?"),
        ("29-02-2027", "29-02-2027 bestaat niet. Bedoelt u 28-02-2027?"),
        ("1-13-2026", "01-13-2026 bestaat niet."),
        ("0-1-2027", "00-01-2027 bestaat niet."),
        ("22-11-2025", "22-11-2025 is te lang geleden, kies een datum vanaf 23-11-2025."),
        ("24-11-2029", "24-11-2029 is te ver weg, kies een datum tot en met 23-11-2029."),
        ("1-1/2027", "“1-1/2027” is geen datum. Typ bijvoorbeeld 31-12-2026."),
        ("31-2", "31-02-2026 bestaat niet. Bedoelt u 28-02-2026?"),
        ("1-1-", "“1-1-” is geen datum. Typ bijvoorbeeld 31-12-2026."),
        ("1 jann", "“1 jann” is geen datum. Typ bijvoorbeeld 31-12-2026."),
        ("12", "“12” is geen datum. Typ bijvoorbeeld 31-12-2026."),
        ("+9999", "09-04-2054 is te ver weg, kies een datum tot en met 23-11-2029."),
        ("straks", "“straks” is geen datum. Typ bijvoorbeeld 31-12-2026."),
        ("١-١-٢٧", "“١-١-٢٧” is geen datum. Typ bijvoorbeeld 31-12-2026."),
        ("1-1-027", "“1-1-027” is geen datum. Typ bijvoorbeeld 31-12-2026."),
        ("0000-01-01", "01-01-0000 bestaat niet."),
        ("", "Vul een datum in."),
    ],
)
def test_a_date_is_refused(typed, sentence):
    with pytest.raises(InputError) as refused:
        parse_date(typed, today=TODAY)
    assert refused.value.message == sentence


def test_a_date_far_off_is_read_where_the_field_has_no_bounds():
    assert parse_date("1-1-1990", today=TODAY, years_back=None) == datetime.date(1990, 1, 1)
    assert parse_date("31-12-2099", today=TODAY, years_ahead=None) == datetime.date(2099, 12, 31)


def test_on_a_leap_day_a_year_back_is_the_last_of_february():
    leap_day = datetime.date(2028, 2, 29)
    assert parse_date("28-2-2027", today=leap_day) == datetime.date(2027, 2, 28)
    with pytest.raises(InputError):
        parse_date("27-2-2027", today=leap_day)


def test_text_is_kept_as_typed_in_nfc():
    assert clean_text("  Zoe\u0308 <b>& Ko</b> ") == "Zo\u00eb <b>& Ko</b>"
    assert clean_text("een\r\ntwee\rdrie", multiline=True) == "een\ntwee\ndrie"
    assert clean_text(None) == ""
    assert clean_text("👩‍👧 cadeau") == "👩‍👧 cadeau"


def test_marks_that_turn_the_reading_direction_are_taken_out():
    assert clean_text("bon\u202etxt.exe\u2066!") == "bontxt.exe!"


@pytest.mark.parametrize(
    "typed", ["a\x00b", "a\x1b@b", "a\x1dVb", "een\ntwee", "a\tb", "a\x85b", "a\ud800b", "a\u2028b"]
)
def test_text_with_control_characters_is_refused(typed):
    with pytest.raises(InputError):
        clean_text(typed)


def test_text_that_is_too_long_says_how_long_it_is():
    assert clean_text("x" * 500) == "x" * 500
    with pytest.raises(InputError) as refused:
        clean_text("x" * 1501)
    assert refused.value.message == "De tekst is 1.501 tekens lang, hoogstens 500 passen."


def test_a_barcode_is_kept_exactly():
    assert parse_barcode(" 8712345678906\r\n") == "8712345678906"
    assert parse_barcode("vo-2026 %*_") == "vo-2026 %*_"
    assert parse_barcode("x" * 64) == "x" * 64


@pytest.mark.parametrize("typed", ["", "x" * 65, "x" * 300, "87\x0012", "8712\n8713", "８７１２", "é"])
def test_a_barcode_is_refused(typed):
    with pytest.raises(InputError):
        parse_barcode(typed)


@pytest.fixture
def longest(monkeypatch):
    """The most characters that were put in order at once, since the test began."""
    seen, put = [0], unicodedata.normalize
    monkeypatch.setattr(unicodedata, "normalize", lambda form, text: seen.append(len(text)) or put(form, text))
    return lambda: max(seen)


MARKS = ["\u0301\u0316" * 30_000, "\u0f73" * 60_000, "\uff9e\u0301\u0316" * 20_000, "e" + "\u0316\u0301" * 30_000]


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("field", [{}, {"max_length": 4000, "multiline": True}, {"max_length": 80}])
def test_a_text_of_marks_is_refused_before_it_is_normalised(longest, marks, field):
    with pytest.raises(InputError, match=r"60\.00[01] tekens lang"):
        clean_text(marks, **field)
    with pytest.raises(InputError, match="een teken dat niet kan worden bewaard"):
        clean_text("Jas " + marks[:70], **field)
    assert longest() == 0


def test_a_text_may_be_long_as_it_is_typed_where_it_is_short_as_it_is_kept(longest):
    """Vietnamese e with two marks, typed apart: 1,500 signs that are kept as 500."""
    assert clean_text("e\u0302\u0301" * 500) == "\u1ebf" * 500
    with pytest.raises(InputError, match="De tekst is 501 tekens lang, hoogstens 500 passen"):
        clean_text("e\u0302\u0301" * 501)
    with pytest.raises(InputError, match=r"2\.001 tekens lang"):
        clean_text("e\u0301" * 1000 + "!")
    assert longest() == 1503


def test_marks_of_languages_are_kept():
    """Hebrew with points and accents, Thai, and thirty marks on one letter, which is a joke that does no harm."""
    genesis = "\u05d1\u05b0\u05bc\u05e8\u05b5\u05d0\u05e9\u05b4\u05c1\u0596\u05d9\u05ea"
    assert clean_text(genesis) == unicodedata.normalize("NFC", genesis)
    assert clean_text("\u0e19\u0e49\u0e33") == "\u0e19\u0e49\u0e33"
    assert len(clean_text("x" + "\u0316" * 30)) == 31
    with pytest.raises(InputError):
        clean_text("x" + "\u0316" * 31)


@pytest.mark.parametrize("marks", MARKS)
def test_what_is_searched_is_folded_sign_by_sign(longest, marks):
    assert search.fold(f"Zo\u00eb {marks} VERMEER") in ("zoe vermeer", "zoe e vermeer")
    assert search.fold("e\u0301\u0316\u0f73 \u1ebf \uac00 \u017fi\ufb01") == "e e \u1100\u1161 sifi"
    assert longest() <= 1  # what came before is remembered
    with pytest.raises(Refusal, match="Zoek met hoogstens 100 tekens"):
        search.typed(marks)


def test_text_is_normalised_in_these_places_alone():
    """Each of them is safe whatever it gets: see the tests above, and of a receipt sign by sign."""
    found = [
        (path.relative_to(BASE_DIR).as_posix(), line.strip())
        for folder in ("backoffice", "sales", "payments", "pos")
        for path in sorted((BASE_DIR / folder).rglob("*.py"))
        for line in path.read_text().splitlines()
        if re.search(r"unicodedata.normalize|Truncator|slugify|normalize_username", line)
    ]
    assert found == [
        ("backoffice/core/input.py", 'value = unicodedata.normalize("NFC", value).strip()'),
        (
            "backoffice/core/search.py",
            'parts = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))',
        ),
        (
            "pos/roll.py",
            'bare = "".join(c for c in unicodedata.normalize("NFKD", char) if c.isascii() and c.isprintable())',
        ),
    ]
