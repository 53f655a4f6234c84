"""Telling: the service and its screen."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.catalog import stock
from backoffice.catalog.models import StockLevel, StockMove
from backoffice.catalog.services import counting
from backoffice.core.errors import Refusal, Stale
from backoffice.core.models import JournalEntry
from tests import factories
from tests.catalog.test_stock import level
from tests.racing import together
from tests.sales.test_lines import own

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db):
    """Utrecht (which blocks), its manager, and a shirt in two sizes of which five and two should be there."""
    branch = factories.branch("Utrecht", below_stock="block")
    manager = factories.employee("manager", branch, name="Joris van Dam")
    shirt = factories.article("48211", "Overhemd", colours=["Wit"], sizes=["40", "42"])
    small, large = factories.variant(shirt, "Wit", "40"), factories.variant(shirt, "Wit", "42")
    stock.move(branch, [(small.pk, Decimal(5)), (large.pk, Decimal(2))], reason="opening", source="", employee=manager)
    return branch, manager, shirt, small, large


def count(shop, counted, seen=None, **values):
    branch, manager, shirt, *_ = shop
    seen = {pk: level(branch, pk)[0] for pk in counted} if seen is None else seen
    values = {"employee": manager, "article_id": shirt.pk, "branch_id": branch.pk} | values
    return counting.count(counted={pk: Decimal(v) for pk, v in counted.items()}, seen=seen, **values)


def all_of_it():
    return list(StockLevel.objects.values()), StockMove.objects.count(), JournalEntry.objects.count()


def refused(shop, counted, seen=None, **values) -> Refusal:
    before = all_of_it()
    with pytest.raises(Refusal) as caught:
        count(shop, counted, seen, **values)
    assert all_of_it() == before
    return caught.value


def test_the_difference_is_booked_and_what_is_right_is_not(shop):
    branch, manager, shirt, small, large = shop
    count(shop, {small.pk: "3", large.pk: "2"})
    assert (level(branch, small), level(branch, large)) == ((3, 0), (2, 0))
    move = StockMove.objects.get(reason="count")
    assert (move.variant, move.quantity, move.employee, move.branch) == (small, -2, manager, branch)
    entry = JournalEntry.objects.get(action="catalog.stock.counted")
    assert (entry.object_id, entry.data) == (str(shirt.pk), {"differences": {str(small.pk): "-2.000"}, "counted": 2})


def test_a_count_goes_through_also_below_what_is_reserved(shop):
    branch, _manager, _shirt, small, _large = shop
    stock.change(branch, reserved=[(small.pk, Decimal(4))])
    count(shop, {small.pk: "1"})
    assert level(branch, small) == (1, 4)


def test_what_lies_at_another_branch_is_no_part_of_it(shop):
    branch, manager, _shirt, small, large = shop
    zeist = factories.branch("Zeist")
    stock.move(zeist, [(small.pk, Decimal(9))], reason="opening", source="", employee=manager)
    count(shop, {small.pk: "3", large.pk: "2"})
    assert StockMove.objects.get(reason="count").quantity == -2  # 5 are here, whatever lies there
    assert (level(branch, small), level(zeist, small)) == ((3, 0), (9, 0))


def test_what_was_never_there_is_counted_too(shop):
    branch, _manager, *_ = shop
    belt = factories.article("30001", "Riem")
    count(shop, {belt.variants.get().pk: "4"}, {}, article_id=belt.pk)
    assert level(branch, belt.variants.get()) == (4, 0)


def test_stock_that_moved_during_the_count_is_refused_with_both_values(shop):
    branch, manager, _shirt, small, large = shop
    seen = {small.pk: Decimal(5), large.pk: Decimal(2)}
    stock.move(branch, [(small.pk, Decimal(-1))], reason="delivery", source="PB-1", employee=manager)
    refusal = refused(shop, {small.pk: "5", large.pk: "1"}, seen)
    assert isinstance(refusal, Stale)
    assert refusal.fields == [("Overhemd Wit 40", "4", "5")]


@pytest.mark.parametrize("pieces, code", [("-1", "stock.quantity"), ("1.5", "stock.whole"), ("NaN", "input.number")])
def test_a_wrong_figure_is_refused(shop, pieces, code):
    assert refused(shop, {shop[3].pk: pieces}).code == code


def test_nothing_another_article_a_service_and_another_branch_are_refused(shop):
    branch, _manager, _shirt, small, _large = shop
    other = factories.article("30001", "Riem").variants.get()
    service = factories.article("90140", "Inkorten", stocked=False)
    assert refused(shop, {}).code == "stock.nothing"
    assert refused(shop, {other.pk: "1"}).code == "variant.unknown"
    assert refused(shop, {small.pk: "1"}, article_id=service.pk).code == "stock.unstocked"
    assert refused(shop, {small.pk: "1"}, article_id=10**9).code == "article.unknown"
    assert refused(shop, {small.pk: "1"}, branch_id=factories.branch("Zeist").pk).code == "stock.branch"
    assert refused(shop, {small.pk: "1"}, employee=factories.employee("seller", branch)).code == "stock.branch"


@pytest.mark.parametrize("number", [5, 60])
def test_statements_do_not_depend_on_the_number_of_variants(shop, number):
    sock = factories.article("60001", "Sok", colours=["Wit"], sizes=range(60))
    counted = {variant.pk: "3" for variant in list(sock.variants.all())[:number]}
    with CaptureQueriesContext(connection) as captured:
        count(shop, counted, {}, article_id=sock.pk)
    assert len(own(captured)) <= 16, own(captured)  # eleven of its own, and the first journal row of the branch
    assert StockMove.objects.filter(reason="count", quantity=3).count() == number


@pytest.mark.django_db(transaction=True)
def test_two_people_count_the_same_shelf():
    branch = factories.branch("Utrecht")
    people = [factories.employee("manager", branch) for _ in range(2)]
    belt = factories.article("30001", "Riem")
    pk = belt.variants.get().pk
    told = together(
        *[
            lambda p=p: counting.count(
                article_id=belt.pk, branch_id=branch.pk, counted={pk: Decimal(4)}, seen={}, employee=p
            )
            for p in people
        ]
    )
    assert sorted(type(answer).__name__ for answer in told) == ["Article", "Stale"]
    assert level(branch, belt.variants.get()) == (4, 0)


@pytest.mark.django_db(transaction=True)
def test_a_count_does_not_wait_for_who_is_busy_with_another_article():
    branch = factories.branch("Utrecht")
    manager = factories.employee("manager", branch)
    belt, hat = (factories.article(number, name, stock={branch: 5}) for number, name in (("1", "Riem"), ("2", "Hoed")))
    pk, other = belt.variants.get().pk, connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM catalog_stocklevel WHERE variant_id = %s FOR UPDATE", [hat.variants.get().pk])
        seen = {pk: Decimal(5)}
        counting.count(article_id=belt.pk, branch_id=branch.pk, counted={pk: Decimal(4)}, seen=seen, employee=manager)
    finally:
        other.rollback()
        other.close()
    assert level(branch, belt.variants.get()) == (4, 0)


def test_the_screen_keeps_what_was_typed_and_books_it(client, shop):
    branch, manager, shirt, small, large = shop
    client.force_login(manager)
    url = f"{reverse('catalog:stock_count', args=[shirt.pk])}?branch={branch.pk}"
    page = client.get(url)
    assert "5 verwacht" in page.content.decode()
    form = {"key": page.context["key"], f"seen-{small.pk}": "5", f"seen-{large.pk}": "2"}
    answer = client.post(url, form | {f"cell-{small.pk}": "drie", f"cell-{large.pk}": "4"})
    assert answer.status_code == 422
    assert 'value="drie"' in answer.content.decode() and 'value="4"' in answer.content.decode()
    assert level(branch, large) == (2, 0)
    # somebody sold one meanwhile
    answer = client.post(url, form | {f"cell-{small.pk}": "3", f"seen-{small.pk}": "6"})
    assert (answer.status_code, "Tel deze opnieuw" in answer.content.decode()) == (409, True)
    answer = client.post(url, form | {f"cell-{small.pk}": "3", f"cell-{large.pk}": ""})
    assert answer.status_code == 303
    assert (level(branch, small), level(branch, large)) == ((3, 0), (2, 0))
