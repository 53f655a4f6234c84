"""Picklijst: what must leave a branch by a date, by article."""

import datetime
import io
from decimal import Decimal

import pypdf
import pytest
import time_machine
from django.urls import reverse

from sales.documents import picklist as picklists
from sales.services import cancelling
from tests import factories
from tests.sales.delivery_shop import confirmed, receive, wanted
from tests.sales.order_shop import shop
from tests.sales.test_deliver import deliver

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)


@pytest.fixture
def waiting():
    """Two orders for today, one of them partly delivered, one for tomorrow, one of another branch, one without date."""
    with time_machine.travel("2026-11-24T10:00:00+01:00", tick=False):
        s = shop()
        receive(s.branch, s.office, (s.wit40, 3), (s.riem, 9))
        items = [(s.wit42, 1), (s.wit40, 4), (s.riem, 1), (s.inkorten, 1)]
        s.first = confirmed(s, items, expected_delivery_date=TODAY)
        s.second = confirmed(s, [(s.wit40, 2)], expected_delivery_date=TODAY)
        deliver(s, s.second, wanted(s.second, (s.wit40, 1)))
        s.later = confirmed(s, [(s.riem, 3)], expected_delivery_date=TODAY + datetime.timedelta(days=1))
        confirmed(s, [(s.riem, 5)], expected_delivery_date=None)
        s.zwolle = factories.branch("Zwolle")
        other = confirmed(s, [(s.riem, 7)], expected_delivery_date=TODAY)
        type(other).objects.filter(pk=other.pk).update(branch=s.zwolle)
        yield s


def shown(found) -> list:
    return [
        (group.number, group.pieces, [(p.label, p.pieces, p.on_hand, p.short) for p in group.places])
        for group in found.groups
    ]


def test_lines_are_added_up_per_article_and_variant(waiting):
    found = picklists.picklist(waiting.branch, TODAY)
    assert shown(found) == [
        ("30001", 1, [("", 1, 9, False)]),
        ("48211", 6, [("Wit, maat 40", 5, 2, True), ("Wit, maat 42", 1, 0, True)]),
    ]
    assert (found.orders, found.pieces, found.more) == (2, 7, False)
    assert [group.head for group in found.groups] == [False, True]
    assert [(o["order__number"], o["open"]) for o in found.groups[1].places[0].orders] == [
        (waiting.first.number, 4), (waiting.second.number, 1),
    ]  # fmt: skip


def test_what_is_cancelled_is_not_picked(waiting):
    line = waiting.first.lines.get(variant=waiting.wit40)
    cancelling.cancel(order_id=waiting.first.pk, employee=waiting.office, quantities={line.pk: Decimal(3)})
    assert shown(picklists.picklist(waiting.branch, TODAY))[1][2][0] == ("Wit, maat 40", 2, 2, False)


def test_by_a_later_date_there_is_more(waiting):
    found = picklists.picklist(waiting.branch, TODAY + datetime.timedelta(days=1))
    assert shown(found)[0] == ("30001", 4, [("", 4, 9, False)])
    assert found.orders == 3


def test_the_statements_do_not_depend_on_the_lines(waiting, django_assert_num_queries):
    with django_assert_num_queries(2):
        picklists.picklist(waiting.branch, TODAY)


def test_a_list_without_end_says_that_there_is_more(waiting, monkeypatch):
    monkeypatch.setattr(picklists, "MOST", 2)
    found = picklists.picklist(waiting.branch, TODAY)
    assert (found.more, sum(len(p.orders) for g in found.groups for p in g.places)) == (True, 2)


def test_the_screen_and_the_paper_show_it(client, waiting):
    client.force_login(waiting.office)
    url = reverse("documents:picklist")
    page = client.get(url)
    assert "7 stuks voor 2 orders" in page.content.decode()
    assert "8 stuks voor 1 order" not in page.content.decode()
    assert "10 stuks voor 3 orders" in client.get(url, {"date": "25-11-2026"}).content.decode()
    assert "7 stuks voor 1 order<" in client.get(url, {"branch": waiting.zwolle.pk}).content.decode()
    wrong = client.get(url, {"date": "31-2-2026"})
    assert wrong.status_code == 422 and 'value="31-2-2026"' in wrong.content.decode()
    paper = client.get(reverse("documents:picklist_pdf"), {"date": "2026-11-24"})
    text = pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
    assert "Picklijst Utrecht Oudegracht" in text and waiting.first.number in text and "49,95" not in text


def test_another_branch_is_not_a_sellers(client, waiting):
    client.force_login(waiting.seller)
    assert client.get(reverse("documents:picklist"), {"branch": waiting.zwolle.pk}).status_code == 404
    assert client.get(reverse("documents:picklist_pdf"), {"branch": waiting.zwolle.pk}).status_code == 404
    assert client.get(reverse("documents:picklist")).status_code == 200
