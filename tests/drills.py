"""Drills of backup and restore: a second, empty database beside that of the test, and manage.py on either."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from backoffice.core.db.roles import as_owner

ROOT = Path(__file__).resolve().parents[1]


def url(database: str, role: str = "app") -> str:
    """How to reach a database of the test's server, as the application or as the owner."""
    now, owner = connection.settings_dict, settings.DATABASE_OWNER
    user = (now if role == "app" else now | owner)["USER"]
    password = (now if role == "app" else now | owner)["PASSWORD"]
    return f"postgresql://{user}:{password}@/{database}?host={now['HOST']}&port={now['PORT'] or 5432}"


def manage(*arguments, database: str = "", media: Path, **environment) -> subprocess.CompletedProcess:
    """manage.py as an operator runs it, on a database of the test's server (that of the test itself by default)."""
    database = database or connection.settings_dict["NAME"]
    known = {"DATABASE_URL": url(database), "DATABASE_OWNER_URL": url(database, "owner"), "MEDIA_ROOT": str(media)}
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT, env=os.environ | known | environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@contextmanager
def empty_database() -> Iterator[str]:
    """The name of a new database of the owner; it is gone afterwards."""
    name = f"drill_{uuid.uuid4().hex[:12]}"
    with as_owner() as owner, owner.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield name
    finally:
        with as_owner() as owner, owner.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")  # an autovacuum there ends by itself; FORCE may not end it


def ask(database: str, statement: str, role: str = "app"):
    """The first value of a statement on a database, as the application or as the owner."""
    with psycopg.connect(url(database, role), autocommit=True) as other:
        return other.execute(statement).fetchone()[0]
