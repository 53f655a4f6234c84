"""Taking a backup while people work."""

import json
import shutil
import stat
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backoffice.core.backup import DUMP, MANIFEST, MEDIA, BackupError, manifest, programs
from backoffice.core.db.roles import as_owner


def take(folder: Path) -> dict:
    """Write a backup into the folder, which must not be there or be empty. Gives its manifest.

    What is half done stands beside it as `<folder>.partial` and never under its own name. Raises BackupError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} is not empty.")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)  # it holds everything: for the one who made it alone
    # the files before and after: what the dump names is there, also when it was taken away or came meanwhile
    _copy_files(partial / MEDIA)
    made = {"made_at": timezone.now().isoformat(), **_database(partial / DUMP)}
    _copy_files(partial / MEDIA)
    made["media"] = manifest.of_files(partial / MEDIA)
    made["dump"] = {"sha256": manifest.file_hash(partial / DUMP), "bytes": (partial / DUMP).stat().st_size}
    (partial / MANIFEST).write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    if folder.exists():
        folder.rmdir()
    partial.rename(folder)
    return made


def _database(dump: Path) -> dict:
    """Dump the database and count it, both in one exported snapshot."""
    with as_owner() as connection, transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        programs.run("pg_dump", connection, "--format=custom", f"--snapshot={snapshot}", f"--file={dump}")
        return {"postgresql": programs.server_version(connection), **manifest.of_database(connection)}


def _copy_files(target: Path) -> None:
    """Copy the uploaded files that are not copied yet, or were not whole yet."""
    source = Path(settings.MEDIA_ROOT)
    target.mkdir(exist_ok=True)
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        copy, now = target / path.relative_to(source), path.stat(follow_symlinks=False)
        if not stat.S_ISREG(now.st_mode):
            continue
        if not copy.exists() or (copy.stat().st_size, copy.stat().st_mtime_ns) != (now.st_size, now.st_mtime_ns):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
