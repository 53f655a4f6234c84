"""Random lives of orders; `make soak` runs more and longer ones (tests/soak/test_orders.py)."""

import pytest

from tests.sales import life_machine

pytestmark = pytest.mark.django_db


def test_random_lives_follow_the_model():
    tried = life_machine.run(30, 30)
    assert min(tried["done"], tried["refused"]) > 60, tried
