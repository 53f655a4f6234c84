"""`manage.py journal verify` and `manage.py journal export`: the electronic journal, checked and handed over."""

from pathlib import Path

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from backoffice.core import chain
from backoffice.core.days import THIS_YEAR
from backoffice.core.input import InputError, parse_date


class Command(BaseCommand):
    help = "Check the hash chains of the journal (verify), or write one out for an inspector (export)."
    requires_system_checks = ()

    def add_arguments(self, parser):
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="every chain from first to last; exit 1 where one does not hold")
        verify.add_argument("--branch", default="", help="code of one branch; else all")
        verify.add_argument("--noted", type=Path, help="manifest.json of a backup, or export.json, to compare with")
        export = actions.add_parser("export", help="lines of JSON, with a program that checks them without us")
        export.add_argument("--branch", required=True, help="code of the branch")
        export.add_argument("--from", dest="first", required=True, help="first day, 2026-01-01")
        export.add_argument("--to", dest="last", required=True, help="last day, 2026-12-31")
        export.add_argument("--by", default="", help="number of the employee who asks for it")
        export.add_argument("folder", type=Path, help="a folder that is not there yet, or empty")

    def handle(self, action, **options):
        if options["branch"] and options["branch"] not in chain.branches():
            raise CommandError(f"There is no branch {options['branch']}.")
        (self.verify if action == "verify" else self.export)(**options)

    def verify(self, *, branch, noted, **options):
        try:
            known = chain.read_notes(noted) if noted else None
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        wrong = 0
        for found in chain.verify(branch, known):
            wrong += 1
            self.stdout.write(str(found))
        if wrong:
            raise CommandError(f"The journal does not hold in {wrong} places.", returncode=1)
        heads = {code: head for code, head in chain.heads().items() if branch in ("", code)}
        for code, head in heads.items():
            self.stdout.write(f"{code}: {head['sequence']} entries, {head['hash']}")
        self.stdout.write("The journal holds.")

    def export(self, *, branch, first, last, by, folder, **options):
        try:
            first_day, last_day = (
                parse_date(day, years_back=None, years_ahead=None, lean=THIS_YEAR) for day in (first, last)
            )
        except InputError as error:
            raise CommandError(error.message) from error
        if first_day > last_day:
            raise CommandError("--from lies after --to.")
        employee = get_user_model().objects.filter(number=by).first() if by else None
        if by and employee is None:
            raise CommandError(f"There is no employee {by}.")
        row = apps.get_model("relations.Branch").objects.get(code=branch)
        try:
            count = chain.export(row, first_day, last_day, folder, employee=employee)
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} entries in {folder}; check them with: python3 {folder / 'check_journal.py'}")
