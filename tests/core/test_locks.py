"""One order of locking for everybody: orders, credit, till session, stock, number series, journal."""

import threading

import pytest
from django.db import OperationalError, transaction

from backoffice.catalog.models import StockLevel
from backoffice.catalog.services import counting
from backoffice.core import journal, locks, numbers
from backoffice.core.keys import keyed
from backoffice.core.models import JournalEntry, NumberSeries
from backoffice.relations.models import Branch
from tests import factories
from tests.racing import together


def test_the_one_order():
    assert locks.RANKS == ("order", "credit", "session", "stock", "series", "journal")
    with locks.in_order():
        for rank in locks.RANKS:
            locks.note(rank)
            locks.note(rank)  # more rows of the same rank


@pytest.mark.parametrize(
    "held, asked", [*zip(locks.RANKS[1:], locks.RANKS[:-1], strict=True), ("journal", "order"), ("stock", "credit")]
)
def test_an_earlier_rank_after_a_later_one_is_a_mistake_of_ours(held, asked):
    with locks.in_order():
        locks.note(held)
        with pytest.raises(RuntimeError, match=f"lock order: {asked} asked while {held} is held"):
            locks.note(asked)


def test_the_next_transaction_starts_anew():
    with locks.in_order():
        locks.note("journal")
    with locks.in_order():
        locks.note("order")
    locks.note("journal")
    locks.note("order")  # outside a service nobody watches


@pytest.mark.django_db
def test_a_service_that_locks_in_the_wrong_order_changes_nothing():
    branch, sanne = factories.branch(), factories.employee()

    @keyed("test.wrong")
    def wrong(*, employee):
        journal.write(branch_id=branch.pk, employee=employee, action="test", about=branch)
        numbers.take("order", 2026)

    with pytest.raises(RuntimeError, match="lock order: series asked while journal is held"):
        wrong(employee=sanne)
    assert (JournalEntry.objects.count(), NumberSeries.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_is_locked_and_comes_by_id():
    names = ["Zeist", "Utrecht", "Amersfoort"]
    ids = [factories.branch(name).pk for name in names]
    held, asked = threading.Event(), threading.Event()

    def first():
        with transaction.atomic():
            rows = locks.take("order", Branch.objects.order_by("name"))
            held.set()
            asked.wait(timeout=20)
            return [row.pk for row in rows]

    def second():
        held.wait(timeout=20)
        try:
            with transaction.atomic():
                return list(Branch.objects.select_for_update(nowait=True))
        finally:
            asked.set()

    taken, refused = together(first, second)
    assert taken == sorted(ids)
    assert isinstance(refused, OperationalError)


@pytest.mark.django_db
def test_a_count_of_stock_that_came_after_the_journal_would_be_seen():
    branch, shirt = factories.branch(), factories.article(colours=["Wit"])
    with transaction.atomic(), locks.in_order():
        locks.note("journal")
        with pytest.raises(RuntimeError, match="lock order: stock asked while journal is held"):
            counting._locked(branch, [factories.variant(shirt, "Wit").pk])
    assert not StockLevel.objects.exists()
