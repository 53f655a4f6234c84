"""Putting a backup back into an empty database, and proving that everything is there."""

import json
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from backoffice.core import chain
from backoffice.core.backup import DUMP, MANIFEST, MEDIA, BackupError, manifest, programs
from backoffice.core.db.roles import as_owner
from backoffice.core.db.snapshot import snapshot


def restore(folder: Path) -> dict:
    """Restore into the database of DATABASE_OWNER_URL and MEDIA_ROOT, both empty. Gives the manifest that was proved.

    The backup is checked before anything is written; the database comes back as a whole or not at all, and is then
    counted again. Raises BackupError, with every difference.
    """
    known, media = read(folder), Path(settings.MEDIA_ROOT)
    with as_owner() as connection:
        refuse_what_is_not_empty(connection, media)
        if programs.server_version(connection) < known["postgresql"]:
            raise BackupError(f"The backup is of PostgreSQL {known['postgresql']}; this server is older.")
        programs.run(
            "pg_restore", connection, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
            str(folder / DUMP),
        )  # fmt: skip
        prove(known)
    media.mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder / MEDIA, media, dirs_exist_ok=True)
    if manifest.of_files(media) != known["media"]:
        raise BackupError(f"The files in {media} are not those of the backup.")
    call_command("migrate", verbosity=0, interactive=False)  # the walls, which name roles of this machine
    connections.close_all()
    return known


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose files are all there and unchanged. Raises BackupError."""
    try:
        known = json.loads((folder / MANIFEST).read_text())
        for name in ("tables", "migrations", "journal", "media", "dump", "postgresql"):
            known[name]
        dump = manifest.file_hash(folder / DUMP)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{folder} holds no whole backup: {error}") from error
    if dump != known["dump"]["sha256"]:
        raise BackupError(f"{folder / DUMP} is not the dump that the manifest was made with.")
    files = manifest.of_files(folder / MEDIA)
    wrong = sorted(name for name in files.keys() | known["media"].keys() if files.get(name) != known["media"].get(name))
    if wrong:
        raise BackupError(f"Files of the backup are missing or changed: {', '.join(wrong[:10])}.")
    return known


def refuse_what_is_not_empty(connection, media: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        tables = cursor.fetchone()[0]
    if tables:
        name = connection.settings_dict["NAME"]
        raise BackupError(f"The database {name} is not empty ({tables} tables): restore into a new one.")
    if media.is_dir() and any(media.iterdir()):
        raise BackupError(f"MEDIA_ROOT {media} is not empty: name a new folder.")


def prove(known: dict[str, Any]) -> None:
    """Count everything again and walk every chain of the journal. Raises BackupError with what differs."""
    with snapshot():
        wrong = manifest.differences(known, manifest.of_database(connections["default"]))
    wrong += [f"journal: {found}" for found in chain.verify()]
    if wrong:
        raise BackupError("What was restored is not what the backup holds; do not use it.\n" + "\n".join(wrong))
