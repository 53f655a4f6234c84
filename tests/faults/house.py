"""The shop as it runs for real: PostgreSQL that keeps its promises, gunicorn with two workers, a worker for mail."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import psycopg

from backoffice.core.db import embedded
from tests.bench.servers import free_port

PATIENCE = 60.0
DISK = 1 << 20
NAME = "toonbank"  # how the product's connections are called, for whoever ends them


class House:
    """from_url: a database of the same schema to copy, which is faster than migrating."""

    def __init__(self, folder: Path, from_url: str = ""):
        self.folder = folder
        # small pieces of the log, so that a limit on the size of files meets tables alone (fill_disk)
        self.cluster = embedded.Cluster(folder / "pg", initdb=("--wal-segsize=1",)).start().ready()
        self.web: subprocess.Popen | None = None
        self.worker: subprocess.Popen | None = None
        self.port, self.mail_port = free_port(), free_port()
        self.log = folder / "faults.log"
        self.log.touch()
        os.environ |= {
            "TOONBANK_DATA": str(folder), "DATABASE_URL": self.cluster.app_url, "SECRET_KEY": "only for the faults",
            "DATABASE_OWNER_URL": self.cluster.owner_url, "DEBUG": "0", "HTTPS": "0", "REQUIRE_TWO_FACTOR": "0",
            "ALLOWED_HOSTS": "127.0.0.1", "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings", "FAULTS_LOG": str(self.log), "FAULTS_NAME": NAME,
        }  # fmt: skip
        if from_url:
            self._copy(from_url)
        else:
            self._run("manage.py", "migrate", "-v", "0")

    def _copy(self, from_url: str) -> None:
        dump = self.folder / "schema.dump"
        for command in (
            [embedded.BIN / "pg_dump", "--format=custom", f"--file={dump}", from_url],
            [embedded.BIN / "pg_restore", f"--dbname={self.cluster.owner_url}", dump],
        ):
            subprocess.run(command, check=True)

    def _run(self, *arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], cwd=embedded.PROJECT, check=True)

    def _start(self, name: str, *arguments: str, **more: str) -> subprocess.Popen:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments], cwd=embedded.PROJECT, env=os.environ | more, stdout=log, stderr=log,
                preexec_fn=lambda: embedded.leash(signal.SIGTERM),
            )  # fmt: skip

    # the web server

    def open(self, **environment: str) -> "House":
        self.web = self._start(
            "web", "-m", "gunicorn", "-c", "python:backoffice.gunicorn", "--bind", f"127.0.0.1:{self.port}",
            "tests.faults.marked:application", **environment,
        )  # fmt: skip
        wait(self.ready)
        return self

    def reopen(self, **environment: str) -> None:
        """End the web server, whatever it does, and start it in another environment."""
        if self.web:
            for pid in [self.web.pid, *children(self.web.pid)]:
                os.kill(pid, signal.SIGKILL)
            self.web.wait(PATIENCE)
        self.open(**environment)

    def serve(self, **environment: str) -> tuple[subprocess.Popen, int]:
        """`make run` on the same database, and its port."""
        port = free_port()
        process = self._start(
            "serve", "-m", "tests.faults.served", "serve", "--port", str(port), "--no-demo", **environment
        )
        wait(lambda: process.poll() is not None or self.ready(port))
        return process, port

    def stop(self, process: subprocess.Popen) -> None:
        process.terminate()
        process.wait(PATIENCE)

    def ready(self, port: int = 0, seconds: float = 30) -> bool:
        """The page that says so answers: the server and its database are there."""
        assert port or self.web is None or self.web.poll() is None, (self.folder / "web.log").read_text()[-3000:]
        line = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=seconds)
        try:
            line.request("GET", "/klaar/")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def died_at(self) -> Counter[str]:
        """At which places processes of the web server died."""
        return Counter(place for what, place in self._marks() if what == "die")

    def reached(self, *faults: str) -> int:
        """How many requests ran into one of these faults."""
        return sum(what in faults for what, _place in self._marks())

    def _marks(self) -> list[list[str]]:
        return [line.split() for line in self.log.read_text().splitlines()]

    # the worker

    def work(self, **environment: str) -> None:
        self.worker = self._start("worker", "-m", "tests.faults.worker", **environment)

    def kill_worker(self) -> None:
        if self.worker:
            self.worker.kill()
            self.worker.wait()

    # the database

    def restart_database(self, how: signal.Signals, ready: Callable[[], bool] | None = None) -> tuple[float, float]:
        """SIGINT: as an administrator does it; SIGQUIT: as if it fell over. Gives how long it was away, then the shop.

        The second is counted from the moment that the database takes connections again until every worker of the web
        server has answered with it.
        """
        process, began = self.cluster.process, time.monotonic()
        process.send_signal(how)
        process.wait(PATIENCE)
        self.cluster.start().ready()
        there = time.monotonic()
        wait(lambda: all((ready or self.ready)() for _ in range(8)))
        return there - began, time.monotonic() - there

    def ask(self, statement: str, *values):
        """The first row of a statement, asked as the superuser."""
        with self._superuser(embedded.DATABASE) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchone() if cursor.description else None

    def end_a_connection(self) -> bool:
        """End one connection of the product, one that is at work where there is one."""
        row = self.ask(
            "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE application_name = %s"
            " AND pid <> pg_backend_pid() ORDER BY state = 'idle', random() LIMIT 1) AS one",
            NAME,
        )
        return bool(row and row[0])

    def fill_disk(self, full: bool) -> None:
        """No table grows beyond a megabyte: the product's connections may write no file further (RLIMIT_FSIZE)."""
        with self._superuser(embedded.DATABASE) as connection:
            found = connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [NAME])
            pids = [row[0] for row in found.fetchall()]
        limit = f"--fsize={DISK if full else 'unlimited'}:unlimited"
        for pid in pids:  # one may be gone by now
            subprocess.run(["prlimit", f"--pid={pid}", limit], check=False, capture_output=True, **embedded._as_user())

    def refused_writes(self) -> int:
        return (self.folder / "pg" / "log").read_text(errors="replace").count("could not extend file")

    def keep(self) -> None:
        """Remember the database as it is now; fresh() brings it back."""
        self._lay(f"CREATE DATABASE kept TEMPLATE {embedded.DATABASE} STRATEGY file_copy")

    def fresh(self) -> None:
        owner = f"OWNER {embedded.OWNER} STRATEGY file_copy"
        self._lay(
            f"DROP DATABASE {embedded.DATABASE} WITH (FORCE)",
            f"CREATE DATABASE {embedded.DATABASE} TEMPLATE kept {owner}",
        )

    def _lay(self, *statements: str) -> None:
        from django.db import connection

        connection.close()
        connection.close_pool()
        with self._superuser("postgres") as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [embedded.DATABASE]
            )
            for statement in statements:
                other.execute(statement)

    def _superuser(self, database: str) -> psycopg.Connection:
        return psycopg.connect(dbname=database, user="postgres", host=str(self.cluster.socket_folder), autocommit=True)

    def set(self, **settings: str) -> None:
        """Settings of the database, in force at once; an empty value is the default again."""
        for name, value in settings.items():
            self.ask(f"ALTER SYSTEM SET {name} = '{value}'" if value else f"ALTER SYSTEM RESET {name}")
        self.ask("SELECT pg_reload_conf()")

    def close(self) -> None:
        for process in (self.web, self.worker):
            if process and process.poll() is None:
                process.terminate()
        for process in (self.web, self.worker):
            if process:
                process.wait(PATIENCE)
        self.cluster.stop()


def children(pid: int) -> list[int]:
    """The processes that it started, as long as it lives."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


@contextmanager
def house(folder: Path, from_url: str = ""):
    made = House(folder, from_url)
    try:
        yield made
    finally:
        made.close()


def wait(what, seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            raise TimeoutError(what)
        time.sleep(0.02)
