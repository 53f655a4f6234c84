"""The Kleur-/maatvenster on the desk: how it opens, what it shows, and what it answers to what was typed."""

import html
import re
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.catalog import stock
from sales.services import drafts, lines
from tests import factories, grown
from tests.markup import compact
from tests.sales import test_matrix
from tests.sales.test_matrix import content

pytestmark = pytest.mark.django_db
utrecht, sanne, shirt, order = test_matrix.utrecht, test_matrix.sanne, test_matrix.shirt, test_matrix.order


@pytest.fixture
def desk(client, sanne):
    client.force_login(sanne)
    return client


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
    page = compact(desk.get(reverse("sales:matrix", args=[order.pk]), {"regel": line_id}))
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


def test_of_many_other_branches_five_are_named_and_all_are_summed(desk, order):
    coat = factories.article("C-9", "Jas", colours=["Zwart"], sizes=["M"])
    others = [factories.branch(f"Filiaal {n}") for n in range(1, 9)]
    for pieces, branch in enumerate(others, 1):
        stock.change(branch, on_hand=[(coat.variants.get().pk, Decimal(pieces))])
    page = desk.get(reverse("sales:matrix_elsewhere", args=[order.pk, coat.pk])).content.decode()
    # 1 + 2 + ... + 8; most lies in the last five
    assert 'data-sum="36"' in page
    assert "Filiaal 4 4 · Filiaal 5 5 · Filiaal 6 6 · Filiaal 7 7 · Filiaal 8 8 · en nog 3 filialen" in page


def parts(desk, url: str) -> list[str]:
    """The answers that Voorraad andere filialen asks one after the other, as htmx does."""
    found = []
    while url:
        page = compact(desk.get(url))
        found.append(page)
        more = re.search(r'hx-get="([^"]+)"', page)
        url = html.unescape(more[1]) if more else ""
    return found


def test_what_other_branches_have_of_many_colours_comes_in_parts(desk, order, utrecht):
    zwolle, zeist = factories.branch("Zwolle"), factories.branch("Zeist")
    large = grown.article("G-1", 10, 15, branch_ids=[utrecht.pk, zwolle.pk, zeist.pk], pieces=3)
    pages = parts(desk, reverse("sales:matrix_elsewhere", args=[order.pk, large.pk]))
    # three colours of fifteen sizes are fewer than fifty variants, four would be more
    assert [page.count("<data ") for page in pages] == [45, 45, 45, 15]
    # of three pieces one is reserved in each branch
    assert [page.count('data-sum="4">Zeist 2 · Zwolle 2<') for page in pages] == [45, 45, 45, 15]
    said = [re.search(r"<p data-said[^>]*>([^<]+)</p>", page)[1] for page in pages]
    assert said == [f"{number} maten liggen ook elders." for number in (45, 90, 135, 150)]
    assert ["data-more" in page for page in pages] == [True, True, True, False]
    ids = re.findall(r'<data value="(\d+)"', "".join(pages))
    assert sorted(map(int, ids)) == sorted(large.variants.values_list("pk", flat=True))


def test_of_few_colours_it_comes_at_once(desk, order, shirt):
    assert len(parts(desk, reverse("sales:matrix_elsewhere", args=[order.pk, shirt.pk]))) == 1


def test_a_part_takes_as_many_statements_however_many_branches_there_are(
    desk, order, utrecht, django_assert_num_queries
):
    ids = grown.branches(utrecht, 60)
    large = grown.article("G-1", 10, 15, branch_ids=ids)
    url = reverse("sales:matrix_elsewhere", args=[order.pk, large.pk])
    desk.get(url)
    with django_assert_num_queries(5 + 2):  # order, article, its colours, variants and their stock; and who it is
        page = desk.get(url)
    assert page.content.count(b"en nog 55 filialen") == 45 and len(page.content) < 20_000
