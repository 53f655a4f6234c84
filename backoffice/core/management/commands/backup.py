"""`manage.py backup FOLDER`: database, uploaded files and a manifest, while people work."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from backoffice.core.backup import BackupError, taking


class Command(BaseCommand):
    help = "Write a backup into a folder that is not there yet: a dump, the uploaded files, and what they hold."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, folder, **options):
        try:
            made = taking.take(folder.absolute())
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        rows = sum(table["rows"] for table in made["tables"].values())
        self.stdout.write(
            f"{folder}: {rows} rows in {len(made['tables'])} tables, {len(made['media'])} files, "
            f"{made['dump']['bytes']} bytes of dump."
        )
