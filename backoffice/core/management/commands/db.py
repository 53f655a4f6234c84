"""`manage.py db`: the embedded database alone, until Ctrl-C, for other programs on this machine."""

import os
import signal

from django.core.management.base import BaseCommand, CommandError

from backoffice.core.db import embedded


class Command(BaseCommand):
    help = "Start the embedded PostgreSQL, print how to reach it, and wait until Ctrl-C."
    requires_system_checks = ()

    def handle(self, **options):
        if not embedded.local:
            raise CommandError("DATABASE_URL is set already; unset it to use the embedded PostgreSQL.")
        cluster = embedded.local[0].ready()
        self.stdout.write(f"export DATABASE_URL='{cluster.app_url}'")
        self.stdout.write(f"export DATABASE_OWNER_URL='{cluster.owner_url}'")
        self.stdout.write(f"export SECRET_KEY='{os.environ['SECRET_KEY']}' HTTPS='{os.environ.get('HTTPS', '')}'")
        self.stdout.write(f"# {embedded.BIN / 'psql'} '{cluster.app_url}'")
        self.stdout.flush()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
        cluster.stop()
