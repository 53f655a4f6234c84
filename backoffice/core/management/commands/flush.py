"""Django's flush, under the owner's role and over the walls: the tests empty their tables with it."""

from django.apps import apps
from django.core.management.commands import flush

from backoffice.core.db import walls
from backoffice.core.db.roles import as_owner


class Command(flush.Command):
    def handle(self, **options):
        with as_owner(options["database"]) as connection:
            present = set(connection.introspection.table_names())
            # the queue's own tables, which Django's flush passes over
            unmanaged = sorted({m._meta.db_table for m in apps.get_models() if not m._meta.managed} & present)
            with connection.cursor() as cursor:
                # at most this long for a request that is still on its way, then say so
                cursor.execute(f"SET lock_timeout = '10s'; SET {walls.OVERRIDE} = 'on'")
                if unmanaged:
                    cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, unmanaged))} CASCADE")
            super().handle(**options)
