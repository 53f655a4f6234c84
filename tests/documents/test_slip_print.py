"""Pakbon afdrukken: the service."""

import pytest

from backoffice.core.errors import NotFound
from backoffice.core.models import JournalEntry
from sales.documents.services import packing
from tests import factories
from tests.documents.test_slip_new import create
from tests.racing import together
from tests.sales.delivery_shop import confirmed
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db


def test_every_print_is_counted_and_journalled():
    s = shop()
    slip = create(s, confirmed(s, [(s.inkorten, 1)]), (s.inkorten, 1))
    assert packing.print_slip(slip_id=slip.pk, employee=s.seller).copies == 1
    assert packing.print_slip(slip_id=slip.pk, employee=s.office).copies == 2
    entries = JournalEntry.objects.filter(action="documents.slip.printed").order_by("sequence")
    assert [(e.employee, e.data) for e in entries] == [
        (s.seller, {"slip": slip.number, "copies": 1}),
        (s.office, {"slip": slip.number, "copies": 2}),
    ]


def test_a_stranger_prints_nothing():
    s = shop()
    slip = create(s, confirmed(s, [(s.inkorten, 1)]), (s.inkorten, 1))
    with pytest.raises(NotFound):
        packing.print_slip(slip_id=slip.pk, employee=factories.employee("seller", factories.branch()))
    slip.refresh_from_db()
    assert slip.copies == 0


@pytest.mark.django_db(transaction=True)
def test_prints_at_the_same_moment_are_all_counted():
    s = shop()
    slip = create(s, confirmed(s, [(s.inkorten, 1)]), (s.inkorten, 1))
    told = together(*[lambda: packing.print_slip(slip_id=slip.pk, employee=s.office)] * 4)
    assert sorted(answer.copies for answer in told) == [1, 2, 3, 4]
