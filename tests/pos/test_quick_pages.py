"""Quick keys at a branch that grew: a page of keys is read when it is shown, by its own stock rows alone."""

import re
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pos import selectors
from pos.models import QuickKey, QuickKeyPage
from tests import factories, grown
from tests.manual.kassa import TOUCH, ready
from tests.manual.kassa import shop as till_shop
from tests.plans import plan_of
from tests.pos import counter

pytestmark = pytest.mark.django_db


@pytest.fixture
def s():
    return counter.shop()


@pytest.fixture
def till(client, s):
    counter.sit(client, s.till, s.seller)
    return client


def asked(till, url: str) -> tuple[int, int]:
    """(statements, bytes) of a page of the till."""
    with CaptureQueriesContext(connection) as captured:
        answer = till.get(url)
        statements = len(captured)
    assert answer.status_code == 200
    return statements, len(answer.content)


def test_the_till_reads_as_much_with_60_keys_as_with_2000(till, s):
    articles = grown.stock(s.branch, 400, per_article=20)
    figures = {}
    for number in (60, 260, 2_000):
        s.till.layouts.clear()
        layout = grown.quick_keys(s.till, articles, number)
        figures[number] = asked(till, reverse("pos:till"))
        last = layout.pages.last()
        assert asked(till, reverse("pos:quick_page", args=[last.pk]))[1] < 6_000
    assert len({statements for statements, _bytes in figures.values()}) == 1, figures
    # a page more is its tab and an empty panel
    assert (figures[2_000][1] - figures[60][1]) / 97 < 500, figures
    assert figures[2_000][1] < 100_000


def test_a_page_shows_what_is_free_of_its_keys_at_the_own_branch(till, s):
    zwolle = factories.branch("Zwolle")
    coat = factories.article("C-1", "Jas", colours=["Zwart"], sizes=["S", "M"], stock={s.branch: 4, zwolle: 9})
    scarf = factories.article("C-2", "Sjaal", stock={zwolle: 5})
    hem = factories.article("C-3", "Inkorten broek", stocked=False)
    layout = grown.quick_keys(s.till, [coat.pk], 20)
    page = QuickKeyPage.objects.create(layout=layout, name="Twee", position=1)
    keys = [
        QuickKey.objects.create(page=page, row=0, column=at, **goods)
        for at, goods in enumerate(
            ({"article": coat}, {"variant": coat.variants.first()}, {"article": scarf}, {"article": hem})
        )
    ]
    shown = till.get(reverse("pos:quick_page", args=[page.pk]))
    places = [place for place in shown.context["page"].places if place]
    # two sizes of four; one of them; none at Utrecht, so no stock is known there; of a service no stock is kept
    assert [(place.pk, place.here) for place in places] == [
        (keys[0].pk, 8), (keys[1].pk, 4), (keys[2].pk, None), (keys[3].pk, None),
    ]  # fmt: skip
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown.content.decode()))
    assert "Jas 49,95 8 st" in text and "Jas Zwart S 49,95 4 st" in text and "Inkorten broek 49,95 " in text


def test_a_page_of_another_tills_layout_is_nowhere(till, s):
    layout = grown.quick_keys(s.other, [s.shirt.pk], 21)
    for page in layout.pages.all():
        assert till.get(reverse("pos:quick_page", args=[page.pk])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_stock_of_a_page_is_read_by_its_own_variants():
    """Among ten thousand stock rows of the branch: by the key of the variant, never all that the branch has."""
    s = counter.shop()
    articles = grown.stock(s.branch, 10_000)
    page = grown.quick_keys(s.till, articles, 20).pages.get()
    with CaptureQueriesContext(connection) as captured:
        selectors.with_stock(page, s.till)
    (statement,) = (q["sql"] for q in captured)
    plan = plan_of(statement, "catalog_stocklevel", "catalog_variant", "catalog_article", "pos_quickkey")
    assert "Seq Scan on catalog_stocklevel" not in plan, plan
    assert "Index Cond: (variant_id = pos_quickkey.variant_id" in plan, plan
    assert "Index Cond: (variant_id = v0.id" in plan, plan


@pytest.mark.django_db(transaction=True)
def test_a_press_on_a_tab_brings_its_keys(new_page, live_server):
    s = till_shop()
    shoes = factories.article("S-1", "Veterschoen Grachten", stock={s.branch: 7})
    layout = s.till.layouts.get()
    page = QuickKeyPage.objects.create(layout=layout, name="Schoenen", position=5)
    QuickKey.objects.create(page=page, row=0, column=0, article=shoes)
    browser = SimpleNamespace(cookies={})
    counter.sit(browser, s.till, s.seller)
    screen = new_page(**TOUCH)
    cookie = {"name": "till_device", "value": browser.cookies["till_device"], "url": live_server.url}
    screen.context.add_cookies([cookie])
    screen.goto(reverse("pos:till"))
    ready(screen)
    screen.get_by_role("tab", name="Schoenen").tap()
    screen.get_by_role("button", name="Veterschoen Grachten 49,95 7 st").tap()
    screen.locator(".bon-line", has_text="Veterschoen Grachten").wait_for()
    # the tab is remembered: its keys come by themselves, with what is left
    screen.reload()
    ready(screen)
    screen.get_by_role("button", name="Veterschoen Grachten 49,95 7 st").wait_for()
