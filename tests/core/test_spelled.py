"""What is spelled once reads and writes what Django itself would."""

from decimal import Decimal

import pytest
from django.db import DataError
from django.db.models import F

from backoffice.catalog.models import StockMove
from backoffice.core import locks
from backoffice.core.db import rows
from backoffice.core.db.spelled import Spelled
from backoffice.relations.models import Branch, Till
from sales import totals
from sales.models import OrderLine
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    utrecht = factories.branch("Utrecht")
    shirt = factories.article(sizes=["40", "41"])
    who = factories.employee("seller", utrecht)
    return factories.draft(employee=who, items=[(variant, 2) for variant in shirt.variants.all()])


def statements(reading, sql) -> list[str]:
    return [query["sql"] for query in reading.captured_queries if sql in query["sql"]]


def test_rows_with_what_is_read_along_come_as_from_the_queryset(order):
    def build(*orders):
        lines = OrderLine.objects.annotate(at=F("order__branch__name")).select_related("variant__article")
        return lines.filter(order__in=orders).order_by("position")

    read, other = Spelled(build), factories.draft(employee=order.employee)
    for asked in [(order.pk,), (other.pk,), (order.pk, other.pk)]:
        found = read(*asked)
        assert found == list(build(*asked))
        assert [line.at for line in found] == ["Utrecht"] * len(found)
        assert all("variant" in line._state.fields_cache for line in found)
    assert [line.unit_price for line in read(order.pk)] == [line.unit_price for line in order.lines.all()]


def test_a_number_that_no_key_can_be_finds_nothing():
    assert Spelled(lambda pk: Branch.objects.filter(pk=pk))(2**70) == []


def test_a_text_is_compared_and_never_read_as_sql():
    utrecht = factories.branch("Utrecht")
    read = Spelled(lambda name: Branch.objects.filter(name=name))
    assert [read(name) for name in ("Utrecht", "' OR true --", "%s", "Zwolle")] == [[utrecht], [], [], []]


def test_locking_is_asked_at_the_call(django_assert_num_queries):
    utrecht = factories.branch("Utrecht")
    read = Spelled(lambda pk: Branch.objects.filter(pk=pk).order_by())
    with django_assert_num_queries(2) as seen:
        assert read(utrecht.pk) == locks.take("order", read, utrecht.pk) == [utrecht]
    assert len(statements(seen, "FOR UPDATE OF")) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_rows_are_inserted_in_one_statement_with_their_ids(order, number, django_assert_num_queries):
    line = order.lines.first()
    moves = [
        StockMove(branch=order.branch, variant=line.variant, quantity=Decimal("-1.500") - n, reason="correction",
                  source="O'Neill", employee=order.employee)
        for n in range(number)
    ]  # fmt: skip
    with django_assert_num_queries(1):
        rows.insert(moves)
    stored = StockMove.objects.order_by("pk")
    assert [(move.pk, move.quantity, move.source) for move in stored] == [
        (move.pk, Decimal("-1.500") - n, "O'Neill") for n, move in enumerate(moves)
    ]
    assert all(move.at for move in stored) and not moves[0]._state.adding


def test_only_the_fields_that_are_named_are_written(order):
    first, second = order.lines.order_by("position")
    first.text, second.text, second.quantity = "Cadeau", "Strik", Decimal(9)
    rows.update([first, second], ["text"])
    assert list(order.lines.order_by("position").values_list("text", "quantity")) == [("Cadeau", 2), ("Strik", 2)]


@pytest.mark.parametrize("number", [1, 2])
def test_a_text_that_is_too_long_is_refused_and_not_cut_off(order, number):
    tills = [factories.till(order.branch, number=n) for n in range(11, 11 + number)]
    for till in tills:
        till.name = "x" * 500
    with pytest.raises(DataError):
        rows.update(tills, ["name"])


def test_together_each_row_is_written_once_and_at_the_end(order, django_assert_num_queries):
    till = factories.till(order.branch, number=11)
    with django_assert_num_queries(1), rows.together():
        till.name = "Voor"
        rows.update([till], ["name"])
        till.name, till.active = "Achter", False
        rows.update([till], ["active", "name"])
    assert Till.objects.values_list("name", "active").get(pk=till.pk) == ("Achter", False)


def test_together_nothing_is_written_when_the_service_refuses(order):
    till = factories.till(order.branch, number=11)
    before = till.name
    with pytest.raises(ValueError), rows.together():
        till.name = "Voor"
        rows.update([till], ["name"])
        raise ValueError
    assert Till.objects.get(pk=till.pk).name == before


def test_the_order_and_its_vat_are_one_statement_also_at_the_end(order, django_assert_num_queries):
    def rates():
        return list(order.vat_rows.order_by("percent").values_list("percent", "gross"))

    before, lines, who = rates(), list(order.lines.order_by("position")), order.employee
    lines[0].vat_percent = Decimal(9)
    with django_assert_num_queries(1):
        totals.write(order, lines, employee=who)
    assert rates() == [(Decimal(9), before[0][1] / 2), (Decimal(21), before[0][1] / 2)]
    lines[0].vat_percent = Decimal(21)
    with django_assert_num_queries(1), rows.together():
        totals.write(order, lines, employee=who)
        totals.write_paid(order, lines, Decimal(0), employee=who)
    assert rates() == before
