"""Two database roles: the application's serves, the owner's migrates and resets (docs/house.md, Two roles)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def as_owner(alias: str = "default") -> Iterator[BaseDatabaseWrapper]:
    """Everything that this thread does with the database inside the block, it does as the owner.

    The owner has a connection of its own, without pool and timeouts. The application's connection stays as it
    was, even inside a transaction; what is not committed there is not seen here. Other threads notice nothing.
    """
    ours = connections[alias]
    if not settings.DATABASE_OWNER:
        yield ours  # no DATABASE_URL: connecting says so
        return
    # the name of the database stays the connection's own: a test run has changed it
    owner = {key: value for key, value in settings.DATABASE_OWNER.items() if key != "NAME"}
    options = {"application_name": "toonbank-owner"}
    wrapper = type(ours)({**ours.settings_dict, **owner, "OPTIONS": options}, alias)
    connections[alias] = wrapper
    try:
        yield wrapper
    finally:
        wrapper.close()
        connections[alias] = ours
