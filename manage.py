#!/usr/bin/env python
"""The door to every command. `serve` and `db` get a local environment; all others read theirs as it is."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
    if sys.argv[1:2] in (["serve"], ["db"]) and not {"-h", "--help"} & set(sys.argv):
        # before the settings are read: they come from the environment alone
        from backoffice.core.db import embedded

        try:
            embedded.local_environment()
        except embedded.EmbeddedError as error:
            sys.exit(str(error))
    if sys.argv[1:2] not in (["serve"], ["worker"]):
        # a command has one connection; a pool would say that it got none, and not why
        os.environ["DB_POOL_MAX"] = "0"
    if sys.argv[1:2] == ["price"]:
        # it only calculates: a clone without settings can do that too
        os.environ.setdefault("SECRET_KEY", "price signs nothing")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OperationalError as error:
        # of the connection itself, as PostgreSQL's code says: none, no such user or database, full, going or coming
        code = getattr(error.__cause__, "sqlstate", None) or "08"
        if not code.startswith(("08", "28", "3D", "53", "57P")):
            raise
        sys.exit(f"The database of DATABASE_URL or DATABASE_OWNER_URL cannot be used: {str(error).strip()}")


if __name__ == "__main__":
    main()
