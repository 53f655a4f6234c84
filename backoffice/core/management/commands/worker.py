"""`manage.py worker`: imports, mail and other work that follows a commit, until SIGTERM or Ctrl-C."""

from django.core.management.base import BaseCommand

from backoffice.core.tasks import work


class Command(BaseCommand):
    help = "Do the waiting jobs, and those that come, until stopped; what is running is finished first."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="end when nothing is left to do")

    def handle(self, **options):
        work(wait=not options["once"])
