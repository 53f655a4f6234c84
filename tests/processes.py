"""Processes of the product as they run for real, and what each takes of memory and of computing.

Computing is the processor's time of the process, and not the clock's: whatever else a machine of two cores does, a
request takes the same of it. Memory is the most that was resident at once (VmHWM), which the kernel keeps: nothing is
missed between two looks.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from tests.bench.servers import _start, free_port, stop, wait
from tests.drills import url

TICK = os.sysconf("SC_CLK_TCK")
MIB = 1 << 20


def children(pid: int) -> list[int]:
    try:
        paths = list(Path(f"/proc/{pid}/task").glob("*/children"))
        return [int(child) for path in paths for child in path.read_text().split()]
    except OSError:  # it has ended
        return []


def peak(pid: int) -> int:
    """The most bytes that were resident at once since `from_now`; 0 of a process that has ended."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


class Measured:
    """One process, from where it stands idle; the programs that it starts are measured each by itself."""

    def __init__(self, pid: int):
        self.pid = pid
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # from here on VmHWM counts anew
        self.idle, self.largest_child = peak(pid), 0

    def cpu(self) -> float:
        """Seconds of computing until now, with those of the programs that it started and that have ended."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICK

    def grown(self) -> float:
        """MiB above idle, at most, since it was idle."""
        return (peak(self.pid) - self.idle) / MIB

    @contextmanager
    def watching_children(self) -> Iterator[None]:
        """Meanwhile the largest program that it starts is remembered, in MiB; a peak lasts, so looks may be rare."""
        over = threading.Event()

        def look() -> None:
            while not over.wait(0.02):
                sizes = [peak(child) / MIB for child in children(self.pid)]
                self.largest_child = max([self.largest_child, *sizes])

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _environment(**more: str) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": url(connection.settings_dict["NAME"]), "WEB_WORKERS": "1"} | more


@contextmanager
def web(application: str, **environment: str) -> Iterator[tuple[int, Measured]]:
    """gunicorn with one worker, on the database of this test: its port, and that worker."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:backoffice.gunicorn", "--threads", "1"]
    process = _start([*command, "--bind", f"127.0.0.1:{port}", application], _environment(**environment))
    try:
        wait(port, "/inloggen/", process)
        yield port, Measured(children(process.pid)[0])
    finally:
        stop(process)


@contextmanager
def worker(**environment: str) -> Iterator[Measured]:
    """manage.py worker, on the database of this test."""
    process: subprocess.Popen = _start([sys.executable, "manage.py", "worker"], _environment(**environment))
    try:
        until(lambda: _heard_of(process), 60)
        yield Measured(process.pid)
    finally:
        stop(process)


def _heard_of(process: subprocess.Popen) -> bool:
    """Whether the worker has begun to take jobs, which it tells the database."""
    assert process.poll() is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '5 s'")
        return cursor.fetchone()[0] > 0


def until(what: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)
