"""`manage.py serve`: the whole product on this machine, from an empty folder to a page, until Ctrl-C.

The database is there before the settings are read (manage.py); here it is migrated and filled, and the web server
and the worker are forked from this process, so that Django is loaded once.
"""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.module_loading import import_string

from backoffice.core.db import embedded

STOP = (signal.SIGINT, signal.SIGTERM)
PATIENCE = 30.0  # seconds for web server and worker to finish what they do
LOOK = 1.0  # seconds between two looks at a database that another `make run` started
LIVED = 10.0  # seconds: what ends sooner than that, three times in a row, cannot start


class Command(BaseCommand):
    help = "Serve the shop on this machine: database, migrations, demo shop, static files, web server and worker."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default=8000, type=int)
        parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")

    def handle(self, **options):
        refuse_busy(options["host"], options["port"])
        for cluster in embedded.local:
            cluster.ready()
        compile_messages()
        call_command("migrate", verbosity=0, interactive=False)
        logins = self.demo_logins(options["no_demo"])
        if not settings.DEBUG:
            collect_static()
        for connection in connections.all():
            connection.close()
            getattr(connection, "close_pool", bool)()  # its threads must not be forked
        bind = f"{options['host']}:{options['port']}"
        signal.pthread_sigmask(signal.SIG_BLOCK, {*STOP, signal.SIGCHLD})
        parts = {"web server": lambda: web(bind), "worker": lambda: call_command("worker")}
        children = [Child(name, task).start() for name, task in parts.items()]
        self.say(options, logins)
        code = wait(children)
        for cluster in embedded.local:
            cluster.stop()
        if code:
            sys.exit(code)

    def demo_logins(self, no_demo: bool) -> list[tuple[str, str, str, str]]:
        """Fill an empty database with the demo shop; its logins, where it is there: role, login, password, PIN code."""
        employees = get_user_model().objects
        if not no_demo and not employees.exists():
            self.stdout.write("The database is empty: loading the demo shop.")
            self.stdout.flush()
            call_command("load_demo")
        return [login for login in import_string(settings.DEMO_LOGINS) if employees.filter(email=login[1]).exists()]

    def say(self, options, logins):
        host = "localhost" if options["host"] in ("127.0.0.1", "0.0.0.0") else options["host"]  # noqa: S104
        self.stdout.write(f"Toonbank: http://{host}:{options['port']}/  (Ctrl-C stops it)")
        for login in logins:
            self.stdout.write("  " + "  ".join((*login[:3], f"PIN {login[3]}")))
        self.stdout.flush()


def refuse_busy(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(f"{host}:{port} cannot be used ({error.strerror}); give another --port.") from None


def fork(task: Callable[[], object]) -> int:
    """Run the task in a child that dies with this process."""
    pid = os.fork()
    if pid:
        return pid
    for cluster in embedded.local:
        cluster.forget()
    embedded.leash(signal.SIGTERM)
    for number in STOP:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent passes on a SIGTERM
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {*STOP, signal.SIGCHLD})
    code = 1
    try:
        task()
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def web(bind: str) -> None:
    from gunicorn.app.wsgiapp import run

    sys.argv = ["gunicorn", "-c", "python:backoffice.gunicorn", "--bind", bind]
    run()


@dataclass
class Child:
    """A part of the shop as a process of its own, which is started again when it ends by itself."""

    name: str
    task: Callable[[], object]
    pid: int = 0
    began: float = 0.0
    short: int = 0  # lives in a row that were too short

    def start(self) -> "Child":
        self.pid, self.began = fork(self.task), time.monotonic()
        return self

    def ended(self) -> bool:
        """Whether it ended; says so where that was not in order."""
        done, status = os.waitpid(self.pid, os.WNOHANG)
        if done and status:
            sys.stderr.write(f"The {self.name} ended with status {os.waitstatus_to_exitcode(status)}.\n")
        return bool(done)

    def again(self) -> bool:
        """Start it again; False when it ended too soon, too often."""
        self.short = self.short + 1 if time.monotonic() - self.began < LIVED else 0
        if self.short >= 3:
            return False
        sys.stderr.write(f"The {self.name} is started again.\n")
        time.sleep(0.2)  # what it had started lets go of the port, which gunicorn asks for only once a second
        self.start()
        return True


def wait(children: list[Child]) -> int:
    """Until a signal, or until a part ends that cannot be had again; then stop the rest. The exit code of serve."""
    code = 0
    while not code:
        told = signal.sigtimedwait({*STOP, signal.SIGCHLD}, LOOK)
        if told and told.si_signo in STOP:
            break
        try:
            for cluster in embedded.local:
                cluster.revive()
        except embedded.EmbeddedError as error:
            sys.stderr.write(f"{error}\n")
            code = 1
        for child in [child for child in children if child.ended()]:
            if not child.again():
                children.remove(child)
                code = 1
    for child in children:
        os.kill(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while children and time.monotonic() < deadline:
        children = [child for child in children if not child.ended()]
        time.sleep(0.02)
    for child in children:
        os.kill(child.pid, signal.SIGKILL)
    return code


def collect_static() -> None:
    """Collect and compress, only when a file or the settings changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    found = [Path(__file__).stat().st_mtime_ns]
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = os.stat(storage.path(name))
            found.append(status.st_mtime_ns)
    print_of = f"{len(found)} {max(found)} {sum(found)}"
    if stamp.exists() and stamp.read_text() == print_of:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(print_of)


def compile_messages() -> None:
    """Compile each catalogue that is newer than its compiled form."""
    for folder in settings.LOCALE_PATHS:
        for source in Path(folder).glob("*/LC_MESSAGES/*.po"):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            from babel.messages.mofile import write_mo
            from babel.messages.pofile import read_po

            with source.open("rb") as po, target.open("wb") as mo:
                write_mo(mo, read_po(po, locale=source.parts[-3]))
