"""Gapless numbers: what rolls back gives its number back, whoever asks at the same moment."""

import pytest
from django.db import transaction

from backoffice.catalog.models import Brand
from backoffice.core import numbers
from backoffice.core.models import NumberSeries
from tests import factories
from tests.racing import together


@pytest.mark.django_db
def test_numbers_go_up_by_one_from_one():
    assert [numbers.take("order", 2026) for _ in range(3)] == [1, 2, 3]
    assert NumberSeries.objects.get().next_value == 4


@pytest.mark.django_db
def test_every_kind_year_and_till_counts_for_itself():
    branch = factories.branch()
    first, second = factories.till(branch, 1), factories.till(branch, 2)
    numbers.take("order", 2026)
    assert numbers.take("order", 2027) == 1
    assert numbers.take("slip", 2026) == 1
    assert [numbers.take("receipt", 2026, first.pk) for _ in range(2)] == [1, 2]
    assert numbers.take("receipt", 2026, second.pk) == 1
    assert numbers.take("customer") == 1
    assert numbers.take("order", 2026) == 2


@pytest.mark.django_db
def test_a_number_that_was_rolled_back_is_given_again():
    assert numbers.take("order", 2026) == 1
    with transaction.atomic():
        assert numbers.take("order", 2026) == 2
        transaction.set_rollback(True)
    assert numbers.take("order", 2026) == 2


@pytest.mark.django_db
def test_after_numbers_from_outside_the_series_goes_on_and_never_back():
    numbers.raise_to("customer", 10250)
    assert numbers.take("customer") == 10251
    numbers.raise_to("customer", 300)
    assert numbers.take("customer") == 10252


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_rollbacks_leave_no_gap_where_a_sequence_does():
    kept = []

    def confirm(place):
        for step in range(3):
            with transaction.atomic():
                # the id of a brand comes from an ordinary sequence of the database
                brand = Brand.objects.create(name=f"{place}-{step}")
                number = numbers.take("order", 2026)
                if (place + step) % 3:
                    transaction.set_rollback(True)
                else:
                    kept.append((number, brand.pk))
        return "done"

    assert together(*[lambda place=place: confirm(place) for place in range(20)]) == ["done"] * 20
    taken, ids = sorted(number for number, _id in kept), sorted(pk for _number, pk in kept)
    assert taken == list(range(1, 21))
    assert NumberSeries.objects.get().next_value == 21
    assert len(ids) == 20
    assert ids != list(range(ids[0], ids[0] + 20))
