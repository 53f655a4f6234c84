"""Ten random days in the shop (1 of 4); tests/oracle/playing.py says how one that fails is replayed."""

import pytest

from tests.oracle.playing import play, seeds, terminal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", seeds(0))
def test_a_day_in_the_shop(seed, settings, shared):
    terminal(settings)
    play(seed, folder=shared)
