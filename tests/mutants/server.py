"""Runs tests on mutated code: a process that has the libraries loaded, and forks a child for every mutant.

It stands in a copy of the project. One line of JSON in: {path, code, tests: [[id, seconds]]}; one line out:
{outcome: passed, failed, endless or broken, test, output}. Nothing of the project is imported before the fork, so the
child has the mutated code from the start. The database is a copy of a template, made anew after a child that may have
left something.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import sys
import time
from pathlib import Path

LIBRARIES = """
babel.messages barcode coverage django.contrib.staticfiles.testing django.core.mail django.core.management.commands
django.core.validators django.db.backends.postgresql.base django.db.migrations.executor django.db.models django.forms
django.template.loader django.test django.views.generic escpos.printer hypothesis jinja2 openpyxl phonenumbers
PIL.Image procrastinate psycopg pypdf pypdfium2 pyotp pytest_django.plugin segno stdnum.ean stdnum.nl time_machine
weasyprint xlsxwriter
""".split()  # noqa: SIM905
START = 60.0  # seconds of work for a child to load what it tests
STILL = 10  # so many times as long it may take where it works little, for others are busy
DATABASE = os.environ.get("MUTANTS_DATABASE", "")  # the name of this process's own; empty: there is none


class Teller:
    """Says in the child which test begins, which failed, and that one commits to the database."""

    def __init__(self, pipe: int):
        self.pipe = pipe

    def say(self, *words) -> None:
        os.write(self.pipe, (json.dumps(words) + "\n").encode())

    def pytest_runtest_logstart(self, nodeid):
        self.say("begins", nodeid)

    def pytest_runtest_setup(self, item):
        marker = item.get_closest_marker("django_db")
        if {"transactional_db", "live_server"} & set(item.fixturenames) or (
            marker and marker.kwargs.get("transaction")
        ):
            self.say("commits", item.nodeid)

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.say("failed", report.nodeid)


def child(pipe: int, tests: list[str], output: Path) -> None:
    os.setsid()
    written = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(written, 1)
    os.dup2(written, 2)
    teller, code = Teller(pipe), 3
    try:
        import pytest

        if DATABASE:
            from django.test import utils

            utils.setup_databases = lambda **_: []  # DATABASE_URL names a database that is ready
        code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--tb=short", *tests], plugins=[teller])
    finally:
        teller.say("ends", int(code))
        os._exit(0)


def run(tests: dict[str, float], output: Path) -> dict:
    """Fork, and watch: no test may work longer than its seconds, nor last ten times as long."""
    ear, mouth = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(ear)
        child(mouth, list(tests), output)
    os.close(mouth)
    test, failed, code, heard, commits, limit = "", "", None, b"", False, START
    worked, since = 0.0, time.monotonic()
    while code is None:
        if not select.select([ear], [], [], 0.5)[0]:
            if work_of(pid) - worked > limit or time.monotonic() - since > STILL * limit:
                break
            continue
        some = os.read(ear, 65536)
        if not some:
            code = -1  # it died
        *lines, heard = (heard + some).split(b"\n")
        for word, value in map(json.loads, lines):
            if word == "begins":
                test, limit = value, tests.get(value, START)
                worked, since = work_of(pid), time.monotonic()
            elif word == "failed":
                failed = failed or value
            elif word == "commits":
                commits = True
            else:
                code = value
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # with the browsers and commands that it started
    os.waitpid(pid, 0)
    os.close(ear)
    outcome = {None: "endless", 0: "passed", 1: "failed", 4: "missing"}.get(code, "broken")
    if outcome == "failed" and not failed:
        outcome = "broken"  # while it was collected
    if commits or outcome not in ("passed", "failed"):
        fresh()
    text = output.read_text(errors="replace")[-3000:] if outcome != "passed" else ""
    return {"outcome": outcome, "test": failed or test, "output": text}


def work_of(pid: int) -> float:
    """The seconds of a processor that a process and the commands it waited for took."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return time.monotonic()  # where there is no /proc


def serve(ask, answer) -> None:
    for name in ["pytest", *(LIBRARIES if DATABASE else ())]:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    output = Path(os.environ["MUTANTS_OUTPUT"])
    fresh()
    for line in ask:
        job = json.loads(line)
        path = Path(job["path"])
        kept, times = path.read_bytes(), path.stat()
        path.write_text(job["code"])
        try:
            tests = dict(job["tests"])
            result = run(tests, output)
            if result["outcome"] == "missing":  # an id that the mutant changed: the whole files then
                files = dict.fromkeys(test.split("::")[0] for test in tests)
                result = run(dict.fromkeys(files, START), output)
                result["outcome"] = result["outcome"].replace("missing", "broken")
        finally:
            path.write_bytes(kept)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # its compiled form holds again
        answer.write(json.dumps(result) + "\n")
        answer.flush()


def fresh() -> None:
    """The database as the template is."""
    if DATABASE:
        import psycopg

        with psycopg.connect(os.environ["MUTANTS_SERVER_URL"], autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {DATABASE} TEMPLATE mutants")


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    serve(sys.stdin, out)
