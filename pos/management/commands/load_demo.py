"""Load the demo shop into an empty database."""

from django.core.management.base import BaseCommand, CommandError

from backoffice.relations.models import Branch
from pos import demo


class Command(BaseCommand):
    help = "Loads the demo shop Linde & Loof into an empty database."

    def handle(self, **options):
        if Branch.objects.exists():
            raise CommandError("The database is not empty: the demo shop is only for a new one.")
        demo.load()
        self.stdout.write("Demo shop Linde & Loof loaded.")
