"""`manage.py restore FOLDER`: a backup back into an empty database, counted again until it proves itself."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from backoffice.core.backup import BackupError, restoring


class Command(BaseCommand):
    help = "Restore a backup into the empty database of DATABASE_OWNER_URL and the empty MEDIA_ROOT, and prove it."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, folder, **options):
        try:
            known = restoring.restore(folder.absolute())
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        rows = sum(table["rows"] for table in known["tables"].values())
        self.stdout.write(
            f"Proved: {rows} rows in {len(known['tables'])} tables, {len(known['media'])} files and "
            f"{len(known['journal'])} journals are those of {known['made_at']}."
        )
