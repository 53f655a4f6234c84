"""Random days in the shop: product and model agree after every step, at the end of a day, and after a restore.

A day that fails says its seed and its steps: ORACLE_SEED=<seed> .venv/bin/pytest tests/oracle/test_days.py -k replay
plays it again (ORACLE_STEPS steps).
"""

import os
from collections import Counter

import pytest
from django.db import connection

from tests.invariants import holds
from tests.oracle.days import Day
from tests.oracle.week import ACTS

DAYS, STEPS = 40, 40
AT_A_TIME = 4


@pytest.fixture(autouse=True)
def terminal(settings):
    settings.TERMINAL_DRIVER, settings.TERMINAL_PLAY = "simulator", "approved"


def play(seed: int, steps: int) -> Day:
    with Day(seed) as day:
        day.run(ACTS, steps)
        holds()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return day


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(DAYS))
def test_a_day_in_the_shop(seed):
    play(seed, STEPS)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [int(os.environ.get("ORACLE_SEED", "0"))])
def test_replay(seed):
    day = play(seed, int(os.environ.get("ORACLE_STEPS", STEPS)))
    print("\n".join(day.told), Counter(day.done), day.refused)
