"""A day, its backup, and the shop restored from it: as the model says, to the cent."""

from contextlib import contextmanager

import pytest
from django.db import connection

from tests.drills import empty_database, manage
from tests.oracle import compare
from tests.oracle.days import Day
from tests.oracle.playing import terminal
from tests.oracle.week import ACTS

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def looking_at(name: str):
    """Everything that is read within is read in another database."""
    connection.close()
    own, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def backed_up_and_restored(day: Day, folder, media) -> list[str]:
    """What the restored shop says otherwise than the model."""
    done = manage("backup", folder / "backup", media=media)
    assert done.returncode == 0, done.stderr
    with empty_database() as name:
        done = manage("restore", folder / "backup", database=name, media=folder / "back")
        assert done.returncode == 0, done.stderr
        with looking_at(name):
            return [*compare.differences(day.shop, {}), *compare.day(day.shop)]


def test_a_day_is_restored_as_it_was(settings, tmp_path):
    terminal(settings)
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    with Day(1000) as day:
        day.run(ACTS, 40)
    assert backed_up_and_restored(day, tmp_path, settings.MEDIA_ROOT) == []
