"""The Kleur-/maatvenster: opening it, saving what changed, and every way in which it says no."""

import re
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.catalog import stock
from backoffice.core.errors import Refusal, Refusals, Stale
from sales.models import OrderLine, SalesOrder
from sales.services import confirming, drafts, lines, matrix
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


@pytest.fixture
def desk(client, sanne):
    client.force_login(sanne)
    return client


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


# ---- the window -----------------------------------------------------------------------------------------------------


def url(order, article, **query):
    return reverse("sales:matrix", args=[order.pk, article.pk])


def cells_of(response) -> dict[str, dict]:
    """The cells of a window by label: value, what was shown, free stock, mark."""
    found = {}
    for box, field in re.findall(r'<span class="mx"([^>]*)><input ([^>]*)>', response.content.decode()):
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', field))
        stock_mark = re.search(r'data-stock="(\w+)"', box)
        found[attributes["aria-label"]] = {
            "value": attributes["value"], "shown": attributes["data-shown"], "free": attributes.get("data-free"),
            "stock": stock_mark[1] if stock_mark else "", "wrong": attributes.get("aria-invalid") == "true",
        }  # fmt: skip
    return found


def test_the_window_shows_what_the_order_holds_and_what_is_free(desk, order, shirt, utrecht):
    wit = factories.variant(shirt, "Wit", "40")
    lines.add(order_id=order.pk, items=[(wit.pk, Decimal(5)), (factories.variant(shirt, "Navy", "41").pk, Decimal(1))],
              employee=order.entered_by)  # fmt: skip
    stock.change(utrecht, on_hand=[(factories.variant(shirt, "Zwart", "42").pk, Decimal(-3))])
    stock.change(utrecht, on_hand=[(factories.variant(shirt, "Zwart", "40").pk, Decimal(-1))])

    cells = cells_of(desk.get(url(order, shirt)))

    assert len(cells) == 9
    assert cells["Aantal Wit 40"] == {"value": "5", "shown": "5", "free": "3", "stock": "over", "wrong": False}
    assert cells["Aantal Navy 41"] == {"value": "1", "shown": "1", "free": "3", "stock": "", "wrong": False}
    assert cells["Aantal Zwart 42"] == {"value": "", "shown": "", "free": "0", "stock": "none", "wrong": False}
    assert cells["Aantal Zwart 40"] == {"value": "", "shown": "", "free": "2", "stock": "low", "wrong": False}


def test_colours_and_sizes_stand_in_their_own_order_and_what_does_not_exist_is_hatched(desk, order):
    trousers = factories.article(name="Broek", colours=["Zwart", "Wit"], sizes=["XS", "S", "XL"])
    trousers.variants.filter(colour__label="Wit", size__label="XL").delete()
    trousers.variants.filter(colour__label="Zwart", size__label="S").update(active=False)
    page = desk.get(url(order, trousers)).content.decode()
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)<', page) == ["XS", "S", "XL", "Totaal"]
    assert re.findall(r"</svg><span>([^<]+)</span></th>", page) == ["Zwart", "Wit"]
    assert re.findall(r'"sr">([^<]+ bestaat niet)<', page) == ["Zwart S bestaat niet", "Wit XL bestaat niet"]


def test_it_opens_again_from_a_line_in_the_cell_of_that_line(desk, order, shirt):
    navy = factories.variant(shirt, "Navy", "41")
    filled = lines.add(order_id=order.pk, items=[(navy.pk, Decimal(2))], employee=order.entered_by)
    line_id = filled.all_lines[0].pk
    page = desk.get(reverse("sales:matrix", args=[order.pk]), {"regel": line_id}).content.decode()
    assert "Overhemd Kade" in page
    assert re.search(r'aria-label="Aantal Navy 41"[^>]* autofocus', page)


@pytest.mark.parametrize(
    ("axes", "labels"),
    [
        ({"sizes": ["39", "40"]}, ["Aantal 39", "Aantal 40"]),
        ({"colours": ["Wit", "Navy"]}, ["Aantal Wit", "Aantal Navy"]),
        ({}, ["Aantal"]),
    ],
)
def test_an_article_with_one_axis_or_none_has_cells_with_plain_names(desk, order, axes, labels):
    assert list(cells_of(desk.get(url(order, factories.article(**axes))))) == labels


def test_opening_twenty_sizes_by_fifteen_colours_takes_four_statements(desk, sanne, utrecht, django_assert_num_queries):
    big = factories.article(
        colours=[f"Kleur {n}" for n in range(15)], sizes=[f"{n}" for n in range(30, 50)], stock={utrecht: 1}
    )
    order = factories.draft(employee=sanne, items=[(variant, 1) for variant in big.variants.all()[:40]])
    desk.get(url(order, big))
    with django_assert_num_queries(4 + 2):  # who it is: session, employee with roles
        assert len(cells_of(desk.get(url(order, big)))) == 300


def test_other_branches_are_shown_on_request(desk, order, shirt):
    amersfoort, zwolle = factories.branch("Amersfoort"), factories.branch("Zwolle")
    wit = factories.variant(shirt, "Wit", "40").pk
    stock.change(amersfoort, on_hand=[(wit, Decimal(4))])
    stock.change(zwolle, on_hand=[(wit, Decimal(3))])
    page = desk.get(reverse("sales:matrix_elsewhere", args=[order.pk, shirt.pk])).content.decode()
    assert f'<data value="{wit}" data-sum="7">Amersfoort 4 · Zwolle 3</data>' in page
    assert "1 maat ligt ook elders." in page


def test_only_the_changed_cells_are_sent_and_the_answer_closes_the_window(desk, order, shirt):
    wit = factories.variant(shirt, "Wit", "40")
    response = desk.post(
        url(order, shirt), {"key": uuid.uuid4(), f"cell-{wit.pk}": "2"}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 200
    assert "dialog:close" in response.headers["HX-Trigger"]
    assert content(order) == [("Wit", "40", 2, Decimal("99.90"))]


def test_a_cell_that_cannot_be_read_gives_the_window_back_with_everything_typed(desk, order, shirt):
    wit, navy = factories.variant(shirt, "Wit", "40"), factories.variant(shirt, "Navy", "41")
    values = {"key": uuid.uuid4(), f"cell-{wit.pk}": "twee", f"cell-{navy.pk}": "3"}
    response = desk.post(url(order, shirt), values)
    assert response.status_code == 422
    cells = cells_of(response)
    assert cells["Aantal Wit 40"] == {"value": "twee", "shown": "", "free": "3", "stock": "", "wrong": True}
    assert cells["Aantal Navy 41"]["value"] == "3"
    assert not cells["Aantal Navy 41"]["wrong"]
    assert "Wit 40: “twee” is geen aantal." in response.content.decode()
    assert content(order) == []


def test_a_scanned_barcode_in_a_cell_is_refused(desk, order, shirt):
    wit = factories.variant(shirt, "Wit", "40")
    response = desk.post(url(order, shirt), {"key": uuid.uuid4(), f"cell-{wit.pk}": factories.code_of(wit)})
    assert response.status_code == 422
    assert "lijkt op een barcode" in response.content.decode()
    assert content(order) == []


def test_a_stale_window_shows_what_is_there_now_and_keeps_what_was_typed(desk, order, shirt):
    wit = factories.variant(shirt, "Wit", "40")
    lines.add(order_id=order.pk, items=[(wit.pk, Decimal(3))], employee=order.entered_by)
    values = {f"cell-{wit.pk}": "5", f"was-{wit.pk}": "2"}

    response = desk.post(url(order, shirt), values | {"key": uuid.uuid4()})

    assert response.status_code == 409
    assert cells_of(response)["Aantal Wit 40"] | {"free": "", "stock": ""} == {
        "value": "5", "shown": "3", "free": "", "stock": "", "wrong": False,
    }  # fmt: skip
    assert "Overhemd Kade Wit 40" in response.content.decode()
    assert content(order) == [("Wit", "40", 3, Decimal("149.85"))]


def test_an_empty_window_is_refused_in_words(desk, order, shirt):
    response = desk.post(url(order, shirt), {"key": uuid.uuid4()})
    assert response.status_code == 422
    assert "Vul ten minste één aantal in." in response.content.decode()


def test_an_order_of_another_branch_is_not_there(client, order, shirt):
    client.force_login(factories.employee("seller", factories.branch("Zwolle")))
    assert client.get(url(order, shirt)).status_code == 404
    wit = factories.variant(shirt, "Wit", "40")
    assert client.post(url(order, shirt), {"key": uuid.uuid4(), f"cell-{wit.pk}": "2"}).status_code == 404
    assert content(order) == []


def test_the_amount_of_an_order_without_vat_in_its_prices_is_in_that_mode(desk, order, shirt):
    drafts.set_vat_mode(order_id=order.pk, vat_mode="exclusive", employee=order.entered_by)
    page = desk.get(url(order, shirt)).content.decode()
    assert 'data-price="41.281"' in page
