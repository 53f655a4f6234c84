"""Many more random days than those of tests/oracle, each 100th backed up and restored: as the model says."""

import pytest
from django.db import transaction

from tests.oracle.days import Day, Differs
from tests.oracle.playing import play, terminal
from tests.oracle.restoring import backed_up_and_restored
from tests.oracle.week import ACTS
from tests.soak import count, report

pytestmark = pytest.mark.django_db(transaction=True)
HUNDREDS, STEPS = count(20, 1), count(60, 40)


@pytest.mark.parametrize("hundred", range(HUNDREDS))
def test_a_hundred_days_in_the_shop_and_a_restore(hundred, settings, tmp_path):
    terminal(settings)
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    days, first, steps, refused = count(100, 2), 10_000 + hundred * 100, 0, 0
    differing = []
    for seed in range(first, first + days - 1):
        with transaction.atomic():
            try:
                day = play(seed, STEPS)
                steps, refused = steps + day.done.total(), refused + day.refused.total()
            except Differs as differs:
                differing.append(str(differs))
            transaction.set_rollback(True)
    with Day(first + days - 1) as day:
        day.run(ACTS, STEPS)
    assert backed_up_and_restored(day, tmp_path, settings.MEDIA_ROOT) == []
    assert not differing, "\n".join(differing)
    report("random days", seeds=f"{first} to {first + days - 1}", done=steps + day.done.total(), refused=refused)
