"""Snelknoppen in the backoffice: pages, keys and tills."""

import pytest
from django.urls import reverse

from pos.models import QuickKey, TillLayout
from tests import factories
from tests.pos import counter

pytestmark = pytest.mark.django_db


@pytest.fixture
def s():
    return counter.shop()


@pytest.fixture
def office(client, s):
    client.force_login(s.manager)
    return client


def post(client, address, /, *args, **values):
    return client.post(reverse(address, args=args), {"key": counter.key()} | values)


def test_a_layout_gets_pages_keys_and_tills_and_the_till_shows_them(office, s, client):
    post(office, "pos:layouts", name="Winkel")
    layout = TillLayout.objects.get(name="Winkel")
    page = layout.pages.get()
    post(office, "pos:layout_key", layout.pk, page.pk, row="1", column="4", choice=f"article-{s.shirt.pk}", tint="3")
    post(office, "pos:layout_key", layout.pk, page.pk, row="0", column="0", choice=f"variant-{s.riem.pk}", label="Riem")
    post(office, "pos:layout_page_add", layout.pk, page="Schoenen")
    post(office, "pos:layout", layout.pk, name="Winkel", till=[s.till.pk])
    assert [(k.row, k.column, k.shown, k.tint) for k in QuickKey.objects.order_by("row")] == [
        (0, 0, "Riem", 1), (1, 4, "Oxford-overhemd Kade", 3),
    ]  # fmt: skip
    till = type(client)()
    counter.sit(till, s.till, s.seller)
    pages = till.get(reverse("pos:till")).context["pages"]
    assert [row.name for row in pages] == ["Toonbank", "Schoenen"]
    assert [n for n, key in enumerate(pages[0].places) if key] == [0, 9]


def test_a_key_is_freed_and_a_place_that_is_not_there_is_refused(office, s):
    post(office, "pos:layouts", name="Winkel")
    layout = TillLayout.objects.get()
    page = layout.pages.get()
    post(office, "pos:layout_key", layout.pk, page.pk, row="0", column="0", choice=f"article-{s.belt.pk}")
    for wrong in ({"row": "4", "column": "0"}, {"row": "0", "column": "5"}, {"row": "0", "column": "1", "tint": "9"}):
        answer = post(office, "pos:layout_key", layout.pk, page.pk, choice=f"article-{s.belt.pk}", **wrong)
        assert answer.status_code == 422
    assert (
        post(office, "pos:layout_key", layout.pk, page.pk, row="0", column="1", choice="article-0").status_code == 422
    )
    assert QuickKey.objects.count() == 1
    post(office, "pos:layout_key", layout.pk, page.pk, row="0", column="0", drop="1")
    assert QuickKey.objects.count() == 0


def test_pages_move_are_renamed_and_go(office, s):
    post(office, "pos:layouts", name="Winkel")
    layout = TillLayout.objects.get()
    post(office, "pos:layout_page_add", layout.pk, page="Schoenen")
    first, second = layout.pages.all()
    post(office, "pos:layout_page", layout.pk, second.pk, page="Schoenen heren", to="left")
    assert [row.name for row in layout.pages.all()] == ["Schoenen heren", "Toonbank"]
    post(office, "pos:layout_page", layout.pk, first.pk, drop="1")
    assert [row.name for row in layout.pages.all()] == ["Schoenen heren"]


def test_a_till_of_another_branch_keeps_its_layout(office, s):
    zeist = factories.till(factories.branch("Zeist"))
    theirs = TillLayout.objects.create(name="Zeist")
    theirs.tills.add(zeist)
    post(office, "pos:layouts", name="Winkel")
    mine = TillLayout.objects.get(name="Winkel")
    post(office, "pos:layout", mine.pk, name="Winkel", till=[zeist.pk, s.till.pk])
    assert list(mine.tills.all()) == [s.till] and list(theirs.tills.all()) == [zeist]


def test_a_till_that_is_unticked_shows_the_layout_no_more(office, s):
    post(office, "pos:layouts", name="Winkel")
    layout = TillLayout.objects.get(name="Winkel")
    post(office, "pos:layout", layout.pk, name="Winkel", till=[s.till.pk, s.other.pk])
    post(office, "pos:layout", layout.pk, name="Winkel", till=[s.other.pk])
    assert list(layout.tills.all()) == [s.other]
