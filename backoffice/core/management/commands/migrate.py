"""Django's migrate, under the owner's role, followed by the walls around what only grows."""

from django.core.management.commands import migrate

from backoffice.core.db import walls
from backoffice.core.db.roles import as_owner

ONE_AT_A_TIME = 0x70_6F_6E_62  # the advisory lock of two servers that start at once


class Command(migrate.Command):
    def handle(self, *args, **options):
        alias = options["database"]
        if options["plan"] or options["check_unapplied"]:
            with as_owner(alias):
                super().handle(*args, **options)
            return
        with as_owner(alias) as connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
            walls.create_extensions(connection)
            super().handle(*args, **options)
            walls.apply(connection)
