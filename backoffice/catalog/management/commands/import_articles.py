"""`manage.py import_articles FILE`: the same import as the screen, without its limit on size."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from backoffice.core import tabular
from backoffice.core.errors import Refusal
from backoffice.core.imports import job, mapping
from backoffice.core.imports.importer import Problems, Source, importer_of
from backoffice.core.imports.preview import checked
from backoffice.relations.models import Branch, Employee, EmployeeRole


class Command(BaseCommand):
    help = "Import articles from a CSV or XLSX file: all of it, or with any error nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--branch", help="code of the branch where the stock is (default: the only or first one)")
        parser.add_argument("--employee", help="e-mail address of who does this (default: the first administrator)")
        parser.add_argument("--mapping", help="name of a kept mapping of columns")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")

    def handle(self, **options):
        importer = importer_of("articles")
        try:
            source = self.source(importer, options)
            choices = {"branch": branch(options["branch"]).pk if "stock" in source else None}
            if options["dry_run"]:
                plan, problems = checked(importer, source, choices)
                if problems:
                    raise job.Wrong(problems)
                counts = importer.counts(plan)
            else:
                progress = Line(self.stderr, source.table.count)
                who = employee(options["employee"])
                with transaction.atomic():
                    counts = job.carry_out(importer, source, choices, who, options["file"].name, progress)
                progress.end()
        except job.Wrong as wrong:
            self.tell(importer, wrong.problems)
            sys.exit(1)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{importer.sentence(counts)}, 0 fouten")
        self.stdout.write(
            f"nieuw: {counts['articles_new']} artikelen, {counts['variants_new']} varianten; "
            f"gewijzigd: {counts['articles_changed']} artikelen, {counts['variants_changed']} varianten; "
            f"voorraadmutaties: {counts['stock_moves']}"
        )
        if options["dry_run"]:
            self.stdout.write("alleen gecontroleerd, niets gewijzigd")

    def source(self, importer, options) -> Source:
        try:
            table = tabular.open_table(options["file"].read_bytes(), tabular.BY_HAND)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        if options["mapping"]:
            columns = mapping.named(importer, options["mapping"], table.header)
        else:
            columns, _name = mapping.propose(importer, table.header)
        return Source(table, mapping.places(importer, table.header, columns))

    def tell(self, importer, problems: Problems) -> None:
        for one in problems.sorted():
            self.stderr.write(f"rij {one['row']}, {one['column']}: “{one['value']}”: {one['sentence']}")
        left = problems.total - len(problems.shown)
        if left:
            self.stderr.write(f"en nog {left} andere")
        self.stderr.write(f"{problems.total} fouten, niets gewijzigd")


class Line:
    """How far it is, on one line of a terminal."""

    def __init__(self, out, total: int):
        self.out, self.total = out, total

    def __call__(self, done: float) -> None:
        if self.out.isatty():
            self.out.write(f"\r{int(self.total * done)} van {self.total} rijen", ending="")

    def end(self) -> None:
        if self.out.isatty():
            self.out.write("\r" + " " * 40 + "\r", ending="")


def branch(code: str | None) -> Branch:
    found = Branch.objects.filter(code=code) if code else Branch.objects.filter(active=True).order_by("code")
    if not found:
        raise CommandError(f"Er is geen filiaal met code {code}." if code else "Er is nog geen filiaal.")
    return found[0]


def employee(email: str | None) -> Employee:
    if email:
        found = Employee.objects.filter(email__iexact=email)
    else:
        found = Employee.objects.filter(active=True, roles__role=EmployeeRole.Role.ADMIN).order_by("pk")
    if not found:
        raise CommandError(f"Er is geen medewerker met e-mailadres {email}." if email else "Er is nog geen beheerder.")
    return found[0]
