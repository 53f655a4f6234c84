"""Two gunicorns as in production, two workers each: the product and the floor; and a client that stays connected."""

import http.client
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from backoffice.core.db import embedded

PATIENCE = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, settings: str):
        self.port = free_port()
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings, "WEB_WORKERS": "2"}
        command = [sys.executable, "-m", "gunicorn", "-c", "python:backoffice.gunicorn"]
        command += ["--bind", f"127.0.0.1:{self.port}"]
        self.process = _start(command, environment)
        wait(self.port, "/", self.process)

    def workers(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def pss(self) -> float:
        """MiB of memory of the workers together, shared pages counted in proportion (PSS)."""
        kib = 0
        for pid in self.workers():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kib += int(line.split()[1])
        return kib / 1024

    def stop(self):
        stop(self.process)


def _start(command, environment) -> subprocess.Popen:
    return subprocess.Popen(
        command, env=environment, cwd=embedded.PROJECT, stdout=subprocess.DEVNULL,
        preexec_fn=lambda: embedded.leash(signal.SIGTERM),
    )  # fmt: skip


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    process.wait(PATIENCE)


def wait(port: int, path: str, process: subprocess.Popen) -> None:
    """Until the server answers anything."""
    deadline = time.monotonic() + PATIENCE
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.005)
        finally:
            connection.close()


@contextmanager
def both():
    product, floor = Server("backoffice.settings"), Server("tests.bench.floor_settings")
    try:
        yield product, floor
    finally:
        product.stop()
        floor.stop()


@contextmanager
def polling(port: int, requests: list, seconds: float = 4):
    """Meanwhile each of the requests is sent every so many seconds, spread evenly; any answer will do."""
    over, wire = threading.Event(), Wire(port)

    def send() -> None:
        for request in itertools.cycle(requests):
            wire.send(request.method, request.path, request.values, request.headers, None)
            if over.wait(seconds / len(requests)):
                return

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def start_to_first_page() -> float:
    """Seconds from `manage.py serve` to the login page, on a data folder that is set up (its database stopped)."""
    port = free_port()
    since = time.perf_counter()
    process = _start([sys.executable, "manage.py", "serve", "--port", str(port)], dict(os.environ))
    try:
        wait(port, "/inloggen/", process)
        return time.perf_counter() - since
    finally:
        stop(process)


class Wire:
    """One connection that stays open; send() gives the seconds from the first byte asked to the last byte had."""

    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def send(self, method: str, path: str, values: dict | None, headers: dict, expected: int | None) -> float:
        body = urlencode(values, doseq=True) if values is not None else None
        if body is not None:
            headers = headers | {"Content-Type": "application/x-www-form-urlencoded"}
        since = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        took = time.perf_counter() - since
        if expected and response.status != expected:
            raise RuntimeError(f"{method} {path} answered {response.status}: {content[:500].decode(errors='replace')}")
        return took
