"""The Kleur-/maatvenster, what it saves: the changed cells, and every way in which they are refused."""

import uuid
from decimal import Decimal

import pytest

from backoffice.core.errors import Refusal, Refusals, Stale
from sales.models import OrderLine, SalesOrder
from sales.services import confirming, lines, matrix
from sales.services.matrix import Cell
from tests import factories

pytestmark = pytest.mark.django_db
LETTERS, NUMBERS = ["Wit", "Navy", "Zwart"], ["40", "41", "42"]


@pytest.fixture
def utrecht():
    return factories.branch("Utrecht")


@pytest.fixture
def sanne(utrecht):
    return factories.employee("office", utrecht)


@pytest.fixture
def shirt(utrecht):
    return factories.article("48211", "Overhemd Kade", "49.95", colours=LETTERS, sizes=NUMBERS, stock={utrecht: 3})


@pytest.fixture
def order(sanne):
    return factories.draft(employee=sanne)


def cell(article, colour, size, wanted, shown=0) -> Cell:
    return Cell(factories.variant(article, colour, size).pk, Decimal(wanted), Decimal(shown))


def save(order, article, *cells, employee=None) -> SalesOrder:
    return matrix.save(
        order_id=order.pk,
        article_id=article.pk,
        cells=list(cells),
        employee=employee or order.entered_by,
        key=uuid.uuid4(),
    )


def content(order) -> list[tuple]:
    """The order's lines as (colour, size, pieces, line total), in order."""
    return [
        (line.colour_label, line.size_label, line.quantity, line.line_total.amount)
        for line in order.lines.order_by("position")
    ]


def everything(order) -> list[dict]:
    return [*order.lines.order_by("position").values(), *SalesOrder.objects.filter(pk=order.pk).values()]


# ---- saving ---------------------------------------------------------------------------------------------------------


def test_six_cells_become_six_lines_and_the_total_follows(order, shirt):
    save(order, shirt, cell(shirt, "Wit", "40", 4), cell(shirt, "Wit", "42", 6), cell(shirt, "Navy", "41", 3),
         cell(shirt, "Navy", "42", 1), cell(shirt, "Zwart", "40", 2), cell(shirt, "Zwart", "41", 1))  # fmt: skip

    assert content(order) == [
        ("Wit", "40", 4, Decimal("199.80")),
        ("Wit", "42", 6, Decimal("299.70")),
        ("Navy", "41", 3, Decimal("149.85")),
        ("Navy", "42", 1, Decimal("49.95")),
        ("Zwart", "40", 2, Decimal("99.90")),
        ("Zwart", "41", 1, Decimal("49.95")),
    ]
    order.refresh_from_db()
    assert order.gross.amount == Decimal("849.15")


def test_only_the_changed_cell_changes_and_texts_prices_and_discounts_stay(order, shirt):
    wit, navy = factories.variant(shirt, "Wit", "40"), factories.variant(shirt, "Navy", "41")
    filled = lines.add(
        order_id=order.pk, items=[(wit.pk, Decimal(2)), (navy.pk, Decimal(5))], employee=order.entered_by
    )
    dressed = filled.all_lines[0]
    values = {"text": "Boord vermaken", "price": Decimal("47.00"), "discount": ("percent", Decimal(5))}
    lines.set_line(order_id=order.pk, line_id=dressed.pk, revision=None, values=values, employee=order.entered_by)
    before = OrderLine.objects.filter(pk=dressed.pk).values().get()

    save(order, shirt, cell(shirt, "Navy", "41", 7, shown=5))

    assert OrderLine.objects.filter(pk=dressed.pk).values().get() == before
    assert content(order) == [("Wit", "40", 2, Decimal("89.30")), ("Navy", "41", 7, Decimal("349.65"))]


def test_more_pieces_of_a_line_with_its_own_text_and_discount_join_that_line(order, shirt):
    wit = factories.variant(shirt, "Wit", "40")
    filled = lines.add(order_id=order.pk, items=[(wit.pk, Decimal(2))], employee=order.entered_by)
    values = {"text": "Cadeau", "discount": ("percent", Decimal(10))}
    lines.set_line(
        order_id=order.pk, line_id=filled.all_lines[0].pk, revision=None, values=values, employee=order.entered_by
    )

    save(order, shirt, cell(shirt, "Wit", "40", 3, shown=2))

    line = order.lines.get()
    assert (line.quantity, line.text, line.discount_percent) == (3, "Cadeau", 10)
    assert line.line_total.amount == Decimal("134.87")  # 3 x 49,95 = 149,85, less 10 % = 134,865


def test_lowering_goes_over_two_lines_the_plain_one_first(order, shirt):
    wit = factories.variant(shirt, "Wit", "40")
    own = lines.add(order_id=order.pk, items=[(wit.pk, Decimal(4))], employee=order.entered_by).all_lines[0]
    lines.set_line(
        order_id=order.pk, line_id=own.pk, revision=None, values={"text": "Met naam"}, employee=order.entered_by
    )
    lines.add(order_id=order.pk, items=[(wit.pk, Decimal(3))], employee=order.entered_by)

    save(order, shirt, cell(shirt, "Wit", "40", 2, shown=7))

    line = order.lines.get()
    assert (line.pk, line.quantity, line.text, line.line_total.amount) == (own.pk, 2, "Met naam", Decimal("99.90"))


def test_most_of_a_very_large_quantity_may_go_again(order, shirt):
    wit = factories.variant(shirt, "Wit", "40")
    lines.add(order_id=order.pk, items=[(wit.pk, Decimal(60_000))], employee=order.entered_by)
    save(order, shirt, cell(shirt, "Wit", "40", 1, 60_000))
    assert content(order) == [("Wit", "40", 1, Decimal("49.95"))]


def test_an_emptied_cell_deletes_its_line_and_the_last_one_leaves_an_empty_order(order, shirt):
    wit = factories.variant(shirt, "Wit", "40")
    lines.add(order_id=order.pk, items=[(wit.pk, Decimal(4))], employee=order.entered_by)

    save(order, shirt, cell(shirt, "Wit", "40", 0, shown=4))

    order.refresh_from_db()
    assert content(order) == []
    assert order.gross.amount == 0


def test_new_sizes_stand_below_what_the_order_holds_of_the_article(order, shirt):
    belt = factories.article(name="Riem", price="20")
    items = [(factories.variant(shirt, "Wit", "40").pk, Decimal(1)), (factories.variant(belt).pk, Decimal(1))]
    lines.add(order_id=order.pk, items=items, employee=order.entered_by)

    save(order, shirt, cell(shirt, "Wit", "42", 2), cell(shirt, "Wit", "40", 0, shown=1))

    assert [(line.description, line.size_label) for line in order.lines.order_by("position")] == [
        ("Overhemd Kade", "42"),
        ("Riem", ""),
    ]


def test_a_euro_discount_on_fewer_pieces_is_held_to_the_ceiling(shirt, utrecht):
    seller = factories.employee("seller", utrecht)
    order = factories.draft(employee=seller, branch=utrecht)
    wit = factories.variant(shirt, "Wit", "40")
    line = lines.add(order_id=order.pk, items=[(wit.pk, Decimal(4))], employee=seller).all_lines[0]
    values = {"discount": ("amount", Decimal("19.00"))}  # of 199,80: just under 10 %
    lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values=values, employee=seller)
    before = everything(order)

    with pytest.raises(Refusal) as refusal:
        save(order, shirt, cell(shirt, "Wit", "40", 1, shown=4), employee=seller)  # 19,00 of 49,95 is 38 %

    assert refusal.value.code == "price.ceiling"
    assert everything(order) == before


# ---- refusing -------------------------------------------------------------------------------------------------------


def test_an_impossible_cell_refuses_the_whole_window_and_changes_nothing(order, shirt):
    other = factories.article("777", "Trui", colours=["Wit"], sizes=["S"])
    lines.add(
        order_id=order.pk, items=[(factories.variant(shirt, "Wit", "40").pk, Decimal(1))], employee=order.entered_by
    )
    before = everything(order)

    with pytest.raises(Refusals) as refusal:
        save(order, shirt, cell(shirt, "Wit", "40", 5, shown=1), cell(other, "Wit", "S", 2))

    assert refusal.value.all[0].code == "matrix.cell"
    assert refusal.value.all[0].field == f"cell-{factories.variant(other, 'Wit', 'S').pk}"
    assert everything(order) == before


def test_every_bad_cell_is_named_with_its_article_colour_and_size(order, shirt):
    shirt.variants.filter(size__label="41", colour__label="Navy").update(active=False)

    with pytest.raises(Refusals) as refusal:
        save(
            order,
            shirt,
            cell(shirt, "Wit", "40", "1.5"),
            cell(shirt, "Navy", "41", 1),
            cell(shirt, "Wit", "42", 100_000),
        )

    assert [each.message for each in refusal.value.all] == [
        "Overhemd Kade Wit 40: Dit artikel gaat per heel stuk.",
        "Overhemd Kade Navy 41: deze kleur en maat bestaat niet of is niet meer te verkopen.",
        "Overhemd Kade Wit 42: Vul een aantal van 1 tot en met 99.999 in.",
    ]
    assert content(order) == []


def test_an_article_in_fractions_takes_one_and_a_half(order):
    cloth = factories.article(name="Stof", price="10", colours=["Wit"], fractions=True)
    save(order, cloth, Cell(factories.variant(cloth, "Wit").pk, Decimal("1.5"), Decimal(0)))
    assert content(order) == [("Wit", "", Decimal("1.5"), Decimal("15.00"))]


def test_what_is_no_longer_sold_may_be_lowered_but_not_raised(order, shirt):
    wit = factories.variant(shirt, "Wit", "40")
    lines.add(order_id=order.pk, items=[(wit.pk, Decimal(3))], employee=order.entered_by)
    shirt.variants.filter(pk=wit.pk).update(active=False)

    with pytest.raises(Refusals):
        save(order, shirt, cell(shirt, "Wit", "40", 4, shown=3))
    assert content(order) == [("Wit", "40", 3, Decimal("149.85"))]
    save(order, shirt, cell(shirt, "Wit", "40", 1, shown=3))

    assert content(order) == [("Wit", "40", 1, Decimal("49.95"))]


def test_a_cell_that_somebody_else_changed_says_both_values_and_changes_nothing(order, shirt):
    wit = factories.variant(shirt, "Wit", "40")
    lines.add(order_id=order.pk, items=[(wit.pk, Decimal(3))], employee=order.entered_by)
    before = everything(order)

    with pytest.raises(Stale) as stale:
        save(order, shirt, cell(shirt, "Wit", "40", 5, shown=2), cell(shirt, "Wit", "42", 1))

    assert stale.value.fields == [("Overhemd Kade Wit 40", "3", "5")]
    assert everything(order) == before


def test_a_confirmed_order_is_not_changed_by_the_window(shirt, sanne):
    order = factories.draft(
        employee=sanne, customer=factories.customer(), items=[(factories.variant(shirt, "Wit", "40"), 1)]
    )
    confirming.confirm(order_id=order.pk, revision=None, employee=sanne)
    with pytest.raises(Refusal) as refusal:
        save(order, shirt, cell(shirt, "Wit", "40", 2, shown=1))
    assert refusal.value.code == "order.status"
    assert content(order) == [("Wit", "40", 1, Decimal("49.95"))]


def test_the_same_window_sent_twice_counts_once(order, shirt):
    sent = {"order_id": order.pk, "article_id": shirt.pk, "cells": [cell(shirt, "Wit", "40", 2)], "key": uuid.uuid4()}
    matrix.save(**sent, employee=order.entered_by)
    matrix.save(**sent, employee=order.entered_by)
    assert content(order) == [("Wit", "40", 2, Decimal("99.90"))]


def test_the_statements_do_not_grow_with_the_cells(sanne, django_assert_max_num_queries):
    big = factories.article(
        colours=[f"Kleur {n}" for n in range(15)], sizes=[f"{n}" for n in range(30, 50)], barcodes=False
    )
    pks = list(big.variants.values_list("pk", flat=True))
    assert len(pks) == 300
    order = factories.draft(employee=sanne)

    def fill(wanted, shown):
        cells = [Cell(pk, Decimal(wanted), Decimal(shown)) for pk in pks]
        matrix.save(order_id=order.pk, article_id=big.pk, cells=cells, employee=sanne, key=uuid.uuid4())

    with django_assert_max_num_queries(9):  # key, order, lines, offers, new lines, order, VAT; and two savepoints here
        fill(2, 0)
    with django_assert_max_num_queries(9):
        fill(3, 2)
    assert order.lines.count() == 300
    with django_assert_max_num_queries(9):
        fill(0, 3)
    assert order.lines.count() == 0
