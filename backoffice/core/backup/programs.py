"""pg_dump and pg_restore: found, and run on the database of this project under the owner's role."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from backoffice.core.backup import BackupError
from backoffice.core.db import embedded


def find(name: str, server: int) -> Path:
    """The program of the system, else the embedded PostgreSQL's, that is at least as new as the server (18)."""
    seen = []
    for place in (shutil.which(name), embedded.BIN / name):
        if place is None or not Path(place).exists():
            continue
        version = version_of(Path(place))
        if version >= server:
            return Path(place)
        seen.append(f"{place} is of PostgreSQL {version}")
    there = "; ".join(seen) or "it is not on this machine"
    raise BackupError(f"{name} of PostgreSQL {server} or newer is needed: {there}.")


def version_of(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r" (\d+)", said)
    return int(found[1]) if found else 0


def server_version(connection: BaseDatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def run(name: str, connection: BaseDatabaseWrapper, *arguments: str) -> None:
    """Run it on the database of the connection. The password goes by the environment, where no `ps` shows it."""
    program = find(name, server_version(connection))
    now = connection.settings_dict
    known = {"PGHOST": now["HOST"], "PGPORT": now["PORT"], "PGUSER": now["USER"], "PGPASSWORD": now["PASSWORD"]}
    environment = os.environ | {key: str(value) for key, value in known.items() if value}
    done = subprocess.run(
        [program, f"--dbname={now['NAME']}", "--no-password", *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BackupError(f"{name} did not finish: {done.stderr.strip()}")
