"""The packing slip on paper: what goes along, then one short list of what follows later."""

from decimal import Decimal

import pytest

from sales.documents import slip
from sales.documents.services import packing
from tests import factories
from tests.documents import papers
from tests.documents.papers import many

pytestmark = pytest.mark.django_db


def printed(order, pieces: dict[int, int], **values) -> tuple[str, int]:
    """(the words, the number of sheets) of a new slip with {place of the line: pieces}."""
    lines = list(order.lines.order_by("position"))
    wanted = {lines[place].pk: Decimal(count) for place, count in pieces.items()}
    made = packing.create_slip(order_id=order.pk, quantities=wanted, employee=order.employee, **values)
    content = slip.slip_pdf(slip.slips().get(pk=made.pk))[1]
    return papers.flat(content), len(papers.read(content))


def test_one_piece_of_an_order_of_28_lines_is_one_row_and_a_short_list_on_one_sheet():
    branch, sanne = papers.shop()
    order = papers.confirmed(branch, sanne, items=many(28))  # 1, 2, 3, 1, 2, 3 ... pieces: 55 in all
    words, sheets = printed(order, {1: 1})
    assert sheets == 1
    rows = words[words.index("Na te leveren") : words.index("Volgt later")]
    # the second line: two ordered, one along, one to come; no row of any other
    assert rows.split("Na te leveren ")[1].strip() == "70000 Trui Veldman 0 Zwart, maat M 2 0 1 1"
    later = words[words.index("Volgt later") : words.index("Voor ontvangst")]
    assert later.startswith(
        "Volgt later: 54 stuks 70000 Trui Veldman 0: 1 × Zwart, maat S; 1 × Zwart, maat M; 3 × Zwart"
    )
    assert later.count("×") == 28 and later.count("Trui Veldman") == 3


def test_what_all_goes_along_has_no_list():
    branch, sanne = papers.shop()
    white, *_rest, hem = papers.wardrobe()
    order = papers.confirmed(branch, sanne, items=[(white, 2), (hem, 1)], texts=["Graag vóór 12 uur"])
    words, _sheets = printed(order, {0: 2, 1: 1})
    assert "48211 Oxford-overhemd Kade Wit, maat 40 2 0 2 0 90140 Broek inkorten 1 0 1 0 Graag vóór 12 uur" in words
    assert "Volgt later" not in words


def test_the_second_slip_says_what_came_before_and_nothing_of_what_is_complete():
    branch, sanne = papers.shop()
    white40, white42, blue40, *_rest = papers.wardrobe()
    order = papers.confirmed(branch, sanne, items=[(white40, 3), (white42, 1), (blue40, 2)])
    first, _sheets = printed(order, {0: 1, 1: 1})
    assert "48211 Oxford-overhemd Kade Wit, maat 40 3 0 1 2 Wit, maat 42 1 0 1 0" in first
    assert "Volgt later: 4 stuks 48211 Oxford-overhemd Kade: 2 × Wit, maat 40; 2 × Lichtblauw, maat 40" in first
    second, _sheets = printed(order, {0: 2, 2: 1})
    assert "48211 Oxford-overhemd Kade Wit, maat 40 3 1 2 0 Lichtblauw, maat 40 2 0 1 1" in second
    assert "maat 42" not in second
    assert "Volgt later: 1 stuk 48211 Oxford-overhemd Kade: 1 × Lichtblauw, maat 40" in second


def test_pieces_in_fractions_and_one_article_on_two_lines():
    branch, sanne = papers.shop()
    cloth = factories.article("80001", "Stof", "20.00", fractions=True, stocked=False).variants.get()
    hem = papers.wardrobe()[5]
    order = papers.confirmed(branch, sanne, items=[(cloth, "2.5"), (hem, 2)], texts=["Zomen vooraf"])
    words, _sheets = printed(order, {0: "1.25"})
    assert "80001 Stof 2,5 0 1,25 1,25 Zomen vooraf Volgt later: 3,25 stuks" in words
    assert "stuks 80001 Stof: 1,25 90140 Broek inkorten: 2 Voor ontvangst" in words
