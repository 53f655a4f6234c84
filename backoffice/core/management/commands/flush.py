"""Django's flush, under the owner's role and over the walls: the tests empty their tables with it."""

from django.core.management.commands import flush

from backoffice.core.db import walls
from backoffice.core.db.roles import as_owner


class Command(flush.Command):
    def handle(self, **options):
        with as_owner(options["database"]) as connection:
            with connection.cursor() as cursor:
                # at most this long for a request that is still on its way, then say so
                cursor.execute(f"SET lock_timeout = '10s'; SET {walls.OVERRIDE} = 'on'")
            super().handle(**options)
