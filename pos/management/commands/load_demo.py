"""Load the demo shop into an empty database."""

from django.core.management.base import BaseCommand, CommandError

from backoffice.relations.models import Branch, Employee
from pos import demo


class Command(BaseCommand):
    help = "Loads the demo shop Linde & Loof into an empty database."

    def handle(self, **options):
        if Branch.objects.exists() or Employee.objects.exists():
            raise CommandError(
                "The database is not empty: the demo shop is for a new one, after migrate and before createsuperuser."
            )
        demo.load()
        self.stdout.write("Demo shop Linde & Loof loaded.")
