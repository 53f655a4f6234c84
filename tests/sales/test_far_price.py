"""A price far above the one that is known is asked about wherever it is typed; zero is a price like any other."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from backoffice.catalog.models import Variant
from backoffice.catalog.services import articles
from backoffice.core.errors import Refusal
from backoffice.core.formats import to_decimal
from pos import selectors
from pos.models import QuickKey, QuickKeyPage, TillLayout, TillSeat
from sales.services import drafts, lines
from tests import factories
from tests.pos import counter
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db
D = Decimal


def set_price(order, employee, price, **more):
    line = order.lines.get()
    values = {"price": D(price)}
    return lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values=values, employee=employee, **more)


def asked(act) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    assert refusal.value.code == "price.far"
    return refusal.value.message


def test_a_point_of_thousands_in_a_price_is_read_and_asked():
    s = shop()
    belt = factories.article("30002", "Riem Breed", "34.95").variants.get()
    order = factories.draft(employee=s.seller, items=[(belt, 1)])
    assert asked(lambda: set_price(order, s.seller, "33505")) == (
        "€\u00a033.505,00 is ver boven de verkoopprijs van €\u00a034,95. Klopt dat?"
    )
    order.refresh_from_db()
    assert order.gross.amount == D("34.95")
    assert set_price(order, s.seller, "33505", sure=True).gross.amount == D("33505.00")


@pytest.mark.parametrize(
    ("mode", "taken", "far"), [("inclusive", "349.49", "349.50"), ("exclusive", "288.79", "288.80")]
)
def test_ten_times_the_price_in_the_mode_of_the_order_is_far(mode, taken, far):
    s = shop()
    belt = factories.article("30002", "Riem Breed", "34.95").variants.get()  # 28,88 excl.
    order = factories.draft(employee=s.seller, items=[(belt, 1)])
    drafts.set_vat_mode(order_id=order.pk, vat_mode=mode, employee=s.seller)
    set_price(order, s.seller, taken)
    assert "ver boven" in asked(lambda: set_price(order, s.seller, far))


def test_an_article_without_a_price_takes_any():
    s = shop()
    work = factories.article("90200", "Maatwerk", "0.00").variants.get()
    order = factories.draft(employee=s.seller, items=[(work, 1)])
    assert set_price(order, s.seller, "1250.00").gross.amount == D("1250.00")


def test_the_price_of_an_article_and_of_a_variant_is_asked_where_there_was_one():
    s = shop()
    values = {"number": "30001", "name": "Riem Tuig", "sales_price": D("29950.00"), "vat_code": "high"}
    message = asked(lambda: articles.save(article_id=s.belt.pk, values=values, employee=s.office))
    assert "29.950,00" in message and "29,95" in message
    s.belt.refresh_from_db()
    assert s.belt.sales_price.amount == D("29.95")
    new = {"number": "90300", "name": "Bankstel", "sales_price": D("4950.00"), "vat_code": "high"}
    assert articles.save(values=new, employee=s.office).sales_price.amount == D("4950.00")

    own = {"variant_id": s.wit40.pk, "codes": [], "active": True, "employee": s.office}
    asked(lambda: articles.set_variant(own_price=D("4995"), **own))
    assert articles.set_variant(own_price=D("59.95"), **own).price.amount == D("59.95")
    assert articles.set_variant(own_price=D("4995"), sure=True, **own).price.amount == D("4995.00")


def test_the_forms_of_an_article_and_of_a_variant_ask_and_take_the_answer(client):
    s = shop()
    client.force_login(s.office, backend="backoffice.relations.backends.DeskBackend")
    url = reverse("catalog:article_edit", args=[s.belt.pk])
    typed = {"number": "30001", "name": "Riem Tuig", "sales_price": "29.950", "vat_code": "high", "active": "on",
             "stocked": "on", "revision": "1"}  # fmt: skip
    answer = client.post(url, typed | {"key": uuid.uuid4()})
    assert answer.status_code == 422 and "Klopt dat?" in answer.content.decode()
    assert 'name="sure" value="29.950"' in answer.content.decode()
    other = client.post(url, typed | {"key": uuid.uuid4(), "sales_price": "39.950", "sure": "29.950"})
    assert other.status_code == 422
    assert client.post(url, typed | {"key": uuid.uuid4(), "sure": "29.950"}).status_code == 302
    s.belt.refresh_from_db()
    assert s.belt.sales_price.amount == D("29950.00")

    url = reverse("catalog:variant", args=[s.wit40.pk])
    answer = client.post(url, {"key": uuid.uuid4(), "codes": "", "own_price": "4995", "active": "on"})
    assert answer.status_code == 422 and 'name="sure" value="4995"' in answer.content.decode()
    row = {"key": uuid.uuid4(), "codes": "", "own_price": "4995", "active": "on", "sure": "4995"}
    assert client.post(url, row).status_code == 200
    s.wit40.refresh_from_db()
    assert s.wit40.own_price.amount == D("4995.00")


@pytest.mark.django_db(transaction=True)
def test_the_question_on_the_order_screen(page, login):
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.riem, 1)])
    login(page, s.office)
    page.goto(reverse("sales:order", args=[order.pk]))
    cell = page.get_by_label("Verkoopprijs Riem Tuig")
    cell.fill("33.505")
    cell.press("Enter")
    question = page.get_by_role("dialog", name="Riem Tuig")
    expect(question).to_contain_text("33.505,00 is ver boven de verkoopprijs van")
    expect(question.get_by_role("button", name="Nee")).to_be_focused()
    question.get_by_role("button", name="Nee").click()
    expect(cell).to_have_value("33.505")
    order.refresh_from_db()
    assert order.gross.amount == D("29.95")
    cell.fill("33505")
    cell.press("Enter")
    question.get_by_role("button", name="Ja").click()
    expect(page.locator("#order-settle")).to_contain_text("33.505,00")
    order.refresh_from_db()
    assert order.gross.amount == D("33505.00")


# ---- zero is a price ---------------------------------------------------------------------------------------------


@pytest.fixture
def keyed_till(client):
    """A till with quick keys of a variant that costs nothing, and of an article whose one variant costs nothing."""
    s = counter.shop()
    counter.sit(client, s.till, s.seller)
    Variant.objects.filter(pk__in=(s.wit42.pk, s.riem.pk)).update(own_price=D(0))
    layout = TillLayout.objects.create(name="Winkel")
    page = QuickKeyPage.objects.create(layout=layout, name="Toonbank")
    s.variant_key = QuickKey.objects.create(page=page, row=0, column=0, variant=s.wit42)
    s.article_key = QuickKey.objects.create(page=page, row=0, column=1, article=s.belt)
    s.sizes_key = QuickKey.objects.create(page=page, row=0, column=2, article=s.shirt)
    layout.tills.add(s.till)
    return s


def test_a_quick_key_shows_what_it_sells_for_also_when_that_is_nothing(keyed_till, client):
    s = keyed_till
    (page,) = selectors.pages(s.till)
    shown = [key for key in selectors.with_stock(page, s.till).places if key]
    assert [(key.pk, to_decimal(key.price)) for key in shown] == [
        (s.variant_key.pk, 0), (s.article_key.pk, 0), (s.sizes_key.pk, D("49.95")),
    ]  # fmt: skip
    for key in (s.variant_key, s.article_key):
        client.post(reverse("pos:scan"), {"key": uuid.uuid4(), "code": "", "toets": key.pk})
    order = TillSeat.objects.get(till=s.till).order
    assert [line.unit_price.amount for line in order.lines.order_by("position")] == [0, 0]
    assert order.gross.amount == 0


def test_the_field_that_adds_one_article_shows_the_price_that_is_sold(client):
    s = shop()
    Variant.objects.filter(pk=s.riem.pk).update(own_price=D(0))
    client.force_login(s.office, backend="backoffice.relations.backends.DeskBackend")
    answer = client.get(reverse("sales:article_options"), {"q": "30001"})
    assert "€\u00a00,00" in answer.content.decode() and "29,95" not in answer.content.decode()
    order = factories.draft(employee=s.office, items=[(s.riem, 1)])
    assert (order.all_lines[0].list_price.amount, order.gross.amount) == (0, 0)
