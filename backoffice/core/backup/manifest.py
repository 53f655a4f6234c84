"""What a backup holds, counted: rows, sums of money, a fingerprint per table, journal heads, migrations, files."""

import hashlib
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from backoffice.core import chain

# text of a row must not depend on who reads it
SPELLING = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL extra_float_digits = 1; "
SPELLING += "SET LOCAL statement_timeout = 0; SET LOCAL bytea_output = 'hex'; SET LOCAL intervalstyle = 'postgres'"
COLUMNS = """
SELECT c.relname, array_remove(array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.atttypid = 'numeric'::regtype), NULL)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
GROUP BY c.relname ORDER BY c.relname
"""  # noqa: E501
# the sum over all rows of a part of the row's MD5: the same whatever the order of the rows
COUNT = "SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0){sums} FROM {table} t"


def of_database(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """The figures of every table, as of the transaction that is open on the connection."""
    with connection.cursor() as cursor:
        cursor.execute(SPELLING)
        cursor.execute(COLUMNS)
        tables = {name: _table(cursor, name, money or []) for name, money in cursor.fetchall()}
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [f"{app}.{name}" for app, name in cursor.fetchall()]
    return {"tables": tables, "migrations": migrations, "journal": chain.heads()}


def _table(cursor, name: str, money: list[str]) -> dict[str, Any]:
    sums = sql.SQL("").join(sql.SQL(", sum({})").format(sql.Identifier(column)) for column in money)
    cursor.execute(sql.SQL(COUNT).format(sums=sums, table=sql.Identifier(name)).as_string(cursor.connection))
    rows, fingerprint, *totals = cursor.fetchone()
    known = {column: str(total) for column, total in zip(money, totals, strict=True) if total is not None}
    return {"rows": rows, "fingerprint": str(fingerprint), **({"sums": known} if known else {})}


def of_files(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file under the folder, by its path within it."""
    if not folder.is_dir():
        return {}
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in found}


def file_hash(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def differences(known: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What of the manifest is not so in what was restored, a line each."""
    was, now = _lines(known), _lines(found)
    return [
        f"{what}: {was.get(what, 'nothing')} in the backup, {now.get(what, 'nothing')} here"
        for what in sorted(was.keys() | now.keys())
        if was.get(what) != now.get(what)
    ]


def _lines(figures: dict[str, Any]) -> dict[str, str]:
    """Every figure by its name."""
    lines = {f"migration {name}": "applied" for name in figures["migrations"]}
    lines |= {f"journal of {code}": f"{head['sequence']} {head['hash']}" for code, head in figures["journal"].items()}
    for table, counted in figures["tables"].items():
        lines |= {f"{table}, {what}": str(counted[what]) for what in ("rows", "fingerprint")}
        lines |= {f"{table}, sum of {column}": total for column, total in counted.get("sums", {}).items()}
    return lines
