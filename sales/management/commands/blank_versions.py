"""`manage.py blank_versions --before DATE`: who bought it goes from old versions of orders; what was sold stays."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backoffice.core.days import THIS_YEAR
from backoffice.core.input import InputError, parse_date
from sales.services import keeping

YEARS = 7  # that the law asks to keep what a document says


class Command(BaseCommand):
    help = "Blank the personal part of versions made before a day, under the owner's role; the journal says so."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--before", required=True, help="first day that stays, 2019-01-01")

    def handle(self, before, **options):
        try:
            day = parse_date(before, years_back=None, years_ahead=None, lean=THIS_YEAR)
        except InputError as error:
            raise CommandError(error.message) from error
        today = timezone.localdate()
        if (day.year, day.month, day.day) > (today.year - YEARS, today.month, today.day):
            raise CommandError(f"The law asks {YEARS} years: name a day of {YEARS} years ago or earlier.")
        self.stdout.write(f"{keeping.blank_versions(before=day)} versions blanked.")
