"""Text of a hundred letters without a break goes on on the next line, and the amounts stay on the sheet (read back)."""

import pytest
from django.utils import timezone

from backoffice.core.formats import format_date
from tests.documents.every_paper import RIGHT, box_of, every_paper, letters, outside, over_each_other

pytestmark = pytest.mark.django_db
LONG = ("Kindercarnavalsoptochtvoorbereidingswerkzaamhedencomiteledenvergadering" * 2)[:100]
# 99.999 x 12.345,67 + 2 x 12.345,67 + 3 x 29,95 is 1.234.579.435,52; less 5 % 1.172.850.463,74; of which 100,00 is paid
AMOUNTS = {
    "confirmation": ["1.234.554.654,33", "−61.728.971,78", "€1.172.850.363,74"],
    "quotation": ["1.234.554.654,33", "1.234.579.435,52"],
    "slip": ["99.999", "99.998"],
    "picklist": ["99.998", "100.000"],
    "deposit": ["82,64", "17,36", "1.172.850.363,74"],
    "z": ["100,00"],
}


@pytest.fixture(scope="module")
def printed(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return {"long": every_paper(LONG), "usual": every_paper(note="Achterom, de bel doet het niet")}


@pytest.mark.parametrize("kind", AMOUNTS)
@pytest.mark.parametrize("length", ["long", "usual"])
def test_every_letter_stays_on_the_sheet_and_none_covers_another(kind, length, printed):
    found = list(letters(printed[length][kind]))
    assert len(found) > 100
    assert outside(found) == ""
    assert over_each_other(found) == []
    for amount in AMOUNTS[kind]:
        figures = box_of(found, amount)
        assert len({one.page for one in figures}) == 1
        assert max(one.right for one in figures) <= RIGHT + 1
        assert max(one.bottom for one in figures) - min(one.bottom for one in figures) < 4, amount  # one row


@pytest.mark.parametrize("kind", ["confirmation", "slip", "deposit"])
def test_what_is_typed_is_there_whole(kind, printed):
    text = "".join(one.text for one in letters(printed["long"][kind]))
    assert text.count(LONG) >= 2  # the customer, and Betreft


def test_a_note_of_five_hundred_letters_on_the_slip_breaks_beside_the_signature(printed):
    found = list(letters(every_paper(note="0123456789" * 50)["slip"]))
    note = box_of(found, "0123456789" * 50)
    assert outside(found) == "" and over_each_other(found) == []
    signature = box_of(found, "Voorontvangst")
    assert max(one.right for one in note) < min(one.left for one in signature)


def test_usual_words_and_dates_stand_on_one_row(printed):
    found = list(letters(printed["usual"]["confirmation"]))
    date = format_date(timezone.localdate())
    for words in (date, "Oxford-overhemdKade", "Bezorgen", "3511ABAmersfoort", "utrecht@lindeenloof.example"):
        row = [one.bottom for one in box_of(found, words)]
        assert max(row) - min(row) < 4, words
