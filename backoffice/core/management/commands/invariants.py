"""`manage.py invariants`: what always holds, checked as of one moment; a line per breach, and exit 1."""

from django.core.management.base import BaseCommand, CommandError

from backoffice.core import invariants


class Command(BaseCommand):
    help = "Check what always holds, on what changed since the last clean run; --full checks everything."

    def add_arguments(self, parser):
        parser.add_argument("--full", action="store_true", help="everything, whenever it changed")

    def handle(self, *, full, **options):
        found = invariants.run(full=full)
        for breach in found:
            self.stdout.write(str(breach))
        if found:
            raise CommandError(f"{len(found)} breaches.", returncode=1)
        self.stdout.write(f"{len(invariants.REGISTRY)} invariants hold.")
