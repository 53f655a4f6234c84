"""The shop restored from a backup: it must be as the model says, to the cent."""

from contextlib import contextmanager

from django.db import connection

from tests.drills import empty_database, manage
from tests.oracle import compare
from tests.oracle.days import Day


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
