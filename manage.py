#!/usr/bin/env python
"""The door to every command. `serve` and `db` get a local environment; all others read theirs as it is."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
    if sys.argv[1:2] in (["serve"], ["db"]) and not {"-h", "--help"} & set(sys.argv):
        # before the settings are read: they come from the environment alone
        from backoffice.core.db import embedded

        embedded.local_environment()
    if sys.argv[1:2] == ["price"]:
        # it only calculates: a clone without settings can do that too
        os.environ.setdefault("SECRET_KEY", "price signs nothing")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
