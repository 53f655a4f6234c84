"""The database of the bench: in a data folder of its own, made once and used again while it is what is asked."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from backoffice.core.db import embedded


def prepare(variants: int, orders: int) -> None:
    """Fill in the environment (as `manage.py serve` does) and see to a database of the scale asked.

    With DATABASE_URL that database is used: filled when it is empty, taken as it is when it is not.
    """
    own = not os.environ.get("DATABASE_URL")
    wanted = {"variants": variants, "orders": orders, "migrations": _migrations()}
    folder = _environment("bench")
    if own and (folder / "pg").exists() and _made(folder) != wanted:
        print("The database of the last bench is of another scale or other migrations: it is made anew.", flush=True)
        embedded.Cluster(folder / "pg").delete()
    _start(folder)
    if not _has_orders():
        print(f"Making {variants:,} variants and {orders:,} orders ...", flush=True)
        _manage("make_scale_data", "--variants", str(variants), "--orders", str(orders))
        analyse()
    if own:
        (folder / "scale.json").write_text(json.dumps(wanted))


def prepare_demo() -> None:
    """Fill in the environment and see to a database with the demo shop alone, made anew each time."""
    if os.environ.get("DATABASE_URL"):
        sys.exit("The bench of growth makes a database of its own: leave DATABASE_URL out.")
    folder = _environment("growth")
    embedded.Cluster(folder / "pg").delete()
    _start(folder)
    _manage("load_demo")


def _environment(name: str) -> Path:
    """The data folder of a bench, from now on that of this process."""
    os.environ["TOONBANK_DATA"] = str(embedded.data_folder() / name)
    os.environ |= {"EMBEDDED_POSTGRES": "1", "HTTPS": "0", "ALLOWED_HOSTS": "127.0.0.1", "DEBUG": "0"}
    return embedded.data_folder()


def _start(folder: Path) -> None:
    os.environ.setdefault("EMAIL_URL", f"file:{folder / 'mail'}")
    embedded.local_environment()
    for cluster in embedded.local:
        cluster.ready()
    _manage("migrate", "-v", "0")


def analyse() -> None:
    _owner("VACUUM ANALYZE")


def _owner(statement: str):
    import psycopg

    url = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None


def _has_orders() -> bool:
    return _owner("SELECT EXISTS (SELECT FROM sales_salesorder)")[0]


def _made(folder: Path) -> dict:
    path = folder / "scale.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _migrations() -> str:
    digest = hashlib.sha256()
    for path in sorted(embedded.PROJECT.glob("*/**/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=embedded.PROJECT, check=True)
