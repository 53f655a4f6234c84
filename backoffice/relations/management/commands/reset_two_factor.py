"""`manage.py reset_two_factor EMAIL`: for the last beheerder who lost phone and recovery codes, or a new SECRET_KEY."""

from django.core.management.base import BaseCommand, CommandError

from backoffice.relations.models import Employee
from backoffice.relations.services import two_factor


class Command(BaseCommand):
    help = "Take the second step of an employee's log-in away; it is set up anew at the next log-in. It is journalled."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, email, **options):
        row = Employee.objects.filter(email__iexact=email).first()
        if row is None or not two_factor.reset_by_operator(row):
            raise CommandError(f"{email} is nobody here, or has no second step.")
        self.stdout.write(f"{row} sets up a second step at the next log-in.")
