"""`make mutants`: make the code wrong at random places, one at a time, and see that a test notices.

The checked-out files are never touched: each process works in a copy of its own, all on one PostgreSQL. Exits 1 when
fewer than 95 % of the mutants that change behaviour are caught. What changes nothing is named, with why, in same.txt.
"""

import argparse
import contextlib
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from backoffice.core.db import embedded
from tests.mutants import places, touched

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
AIM = 95  # per cent
URLS = ("DATABASE_URL", "DATABASE_OWNER_URL")
COPY = shutil.ignore_patterns(".git", ".venv", ".data", "__pycache__", ".*_cache", ".hypothesis", "media")
BATCHES = (25, 100, 400, 100_000)  # how many tests a child runs; most mutants end in the first


@dataclass
class Result:
    """outcome: failed (a test said so), endless (it took too long), broken (it did not load), survived, or same."""

    mutant: places.Mutant
    outcome: str
    test: str = ""
    tests: int = 0
    seconds: float = 0
    why: str = ""


@dataclass
class Process:
    """One server of children on its copy, and what it was told about the tests."""

    copy: Path
    env: dict
    known: touched.Touched
    cap: float
    patience: float
    sound: dict[str, bool] = field(default_factory=dict)  # whether a test that failed passes on the code as it is

    def __post_init__(self):
        output = self.copy / "output.txt"
        command = [sys.executable, "-m", "tests.mutants.server"]
        env = self.env | {"MUTANTS_OUTPUT": str(output), "PYTHONDONTWRITEBYTECODE": "1"}
        self.server = subprocess.Popen(
            command, cwd=self.copy, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, path: str, code: str, tests: list[str]) -> dict:
        limits = [[test, self.patience + 10 * self.known.tests[test]["seconds"]] for test in tests]
        print(json.dumps({"path": path, "code": code, "tests": limits}), file=self.server.stdin, flush=True)
        return json.loads(self.server.stdout.readline())

    def judge(self, mutant: places.Mutant) -> Result:
        source, begun = (self.copy / mutant.path).read_text(), time.monotonic()
        left = self.affordable(self.known.of(mutant.path, source, mutant.line))
        result = Result(mutant, "survived", tests=len(left))
        for size in BATCHES:
            while batch := left[:size]:
                answer = self.ask(mutant.path, mutant.code, batch)
                test = answer["test"]
                if answer["outcome"] in ("failed", "endless") and not self.passes(mutant.path, source, test):
                    left = [other for other in left if other != test]
                    continue
                break
            if batch and answer["outcome"] != "passed":
                result.outcome, result.test, result.why = answer["outcome"], test, answer["output"]
                break
            left = left[size:]
        result.seconds = time.monotonic() - begun
        return result

    def affordable(self, tests: list[str]) -> list[str]:
        """The quickest tests, as many as together took `cap` seconds when they were recorded."""
        sums = itertools.accumulate(self.known.tests[test]["seconds"] for test in tests)
        return [test for test, total in zip(tests, sums, strict=True) if total <= self.cap or test == tests[0]]

    def passes(self, path: str, source: str, test: str) -> bool:
        """A test that fails alone on the code as it is says nothing about a mutant."""
        if test not in self.known.tests:
            return True  # a whole file, of which ids changed
        if test not in self.sound:
            self.sound[test] = self.ask(path, source, [test])["outcome"] == "passed"
        return self.sound[test]

    def end(self) -> None:
        self.server.stdin.close()
        self.server.wait()


def read_same(file: Path) -> dict[tuple[str, str], str]:
    """{(path, diff): why it changes nothing}; blocks of a path, the lines of the diff and a sentence."""
    found = {}
    for block in file.read_text().split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            path, *diff = (line for line in lines if line[0] != " " or line == lines[0])
            found[path, squeezed("\n".join(diff))] = " ".join(line.strip() for line in lines[1:] if line[0] == " ")
    return found


def squeezed(diff: str) -> str:
    """A diff whatever its indentation."""
    return "\n".join(line[0] + line[1:].strip() for line in diff.splitlines())


@contextlib.contextmanager
def database(root: Path, folder: Path):
    """The environment of a PostgreSQL with a template that is migrated; none where the project has no Django."""
    env = {key: value for key, value in os.environ.items() if key not in URLS}
    if not (root / "manage.py").exists():
        yield lambda number: env
        return
    cluster = embedded.Cluster(folder / "pg", embedded.THROW_AWAY).start().ready()
    env |= {"DATABASE_URL": cluster.app_url, "DATABASE_OWNER_URL": cluster.owner_url, "TESTS_OWN_CLUSTER": "1"}
    super_url = f"postgresql://postgres@/postgres?host={cluster.socket_folder}"

    def named(number: int) -> dict:
        """Of a process from 1 on its own database; 0 is the template, made by migrating."""
        name = f"mutants_{number}" if number else "mutants"
        urls = {key: env[key].replace(f"@/{embedded.DATABASE}?", f"@/{name}?") for key in URLS}
        return env | urls | ({"MUTANTS_DATABASE": name, "MUTANTS_SERVER_URL": super_url} if number else {})

    try:
        with psycopg.connect(super_url, autocommit=True) as server:
            server.execute(f"CREATE DATABASE mutants OWNER {embedded.OWNER}")
        settings = {"DEBUG": "1", "SECRET_KEY": "only for the tests", "TOONBANK_DATA": str(folder)}
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v", "0"], cwd=root, env=named(0) | settings, check=True
        )
        yield lambda number: named(number) if number else env
    finally:
        cluster.delete()


def main(arguments=None) -> int:
    options = parsed(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the copies go and the database stops
    folder = Path(tempfile.mkdtemp(prefix="toonbank-mutants-"))
    try:
        return work(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def work(options, folder: Path) -> int:
    root, paths = options.root, options.modules
    wanted = [str(found.relative_to(root)) for pattern in paths for found in sorted(root.glob(pattern))]
    copies = [folder / str(number) for number in range(1, options.processes + 1)]
    for copy in copies:
        shutil.copytree(root, copy, ignore=COPY, symlinks=True)
    with database(copies[0], folder) as environment:
        recorded = environment(0) | ({"MUTANTS_NO_BROWSER": "1"} if options.no_browser else {})
        known = touched.record(copies[0], root / ".data" / "mutants", options.tests, options.processes, recorded)
        bad = [test for test, about in known.tests.items() if not about["passed"]]
        print(
            f"{len(known.tests)} tests" + (f", of which {len(bad)} fail by themselves and say nothing:" if bad else "")
        )
        print(*bad, sep="\n", end="\n" if bad else "")
        if options.at:
            lines = (line.rpartition(":") for line in options.at)
            mutants = itertools.chain.from_iterable(places.at(root, path, int(line)) for path, _, line in lines)
        else:
            mutants = itertools.islice(places.sample(root, wanted, options.seed), options.count)
        processes = [
            Process(copy, environment(n), known, options.cap, options.patience) for n, copy in enumerate(copies, 1)
        ]
        results = judge_all(list(mutants), processes, read_same(options.root / "tests" / "mutants" / "same.txt"))
        for process in processes:
            process.end()
    return report(results, options)


def judge_all(mutants: list[places.Mutant], processes: list[Process], same: dict) -> list[Result]:
    """Each process takes the next mutant when it is ready; a line per mutant, and more about a survivor."""
    results, waiting, lock = [], iter(mutants), threading.Lock()

    def take_turns(process: Process) -> None:
        while True:
            with lock:
                mutant = next(waiting, None)
            if mutant is None:
                return
            result = process.judge(mutant)
            why = same.get((mutant.path, squeezed(mutant.diff)))
            if result.outcome == "survived" and why:
                result.outcome, result.why = "same", why
            with lock:
                results.append(result)
                tell(result, len(results), len(mutants))

    with ThreadPoolExecutor(len(processes)) as pool:
        try:
            list(pool.map(take_turns, processes))  # raises what one of them raised
        finally:
            waiting = iter(())  # broken off: no process begins another
    return results


def tell(result: Result, number: int, of: int) -> None:
    shown = f"{result.mutant.path}:{result.mutant.line} {result.mutant.kind}"
    print(f"{number:4}/{of} {result.seconds:5.1f} s  {result.outcome:8} {shown}  {result.test}", flush=True)


def report(results: list[Result], options) -> int:
    counts = Counter(result.outcome for result in results)
    for result in results:
        if result.outcome in ("survived", "same"):
            note = f"changes nothing: {result.why}" if result.outcome == "same" else f"SURVIVED {result.tests} tests"
            print(f"\n{result.mutant}\n{note}")
    caught = counts["failed"] + counts["endless"] + counts["broken"]
    told = caught + counts["survived"]
    share = 100 * caught / told if told else 0
    print(
        f"\n{len(results)} mutants (seed {options.seed}): {counts['failed']} caught by a test,"
        f" {counts['endless']} by the limit of time, {counts['broken']} did not load,"
        f" {counts['same']} change nothing, {counts['survived']} survived."
        f"\n{caught} of {told} that change behaviour were caught: {share:.1f} % (aim {AIM} %),"
        f" {sum(result.seconds for result in results):.0f} s of work."
    )
    return 0 if told and share >= AIM else 1


def parsed(arguments):
    listed = [line for line in (HERE / "modules.txt").read_text().split("\n") if line and line[0] != "#"]
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--processes", type=int, choices=(1, 2), default=min(2, os.cpu_count() or 1))
    parser.add_argument("--at", nargs="+", metavar="PATH:LINE", help="every mutant of these lines")
    parser.add_argument(
        "--patience", type=float, default=10, help="seconds of work for a test, beside ten times its own"
    )
    parser.add_argument(
        "--tests", nargs="+", default=["tests"], help="folders or files of tests; the others say nothing"
    )
    parser.add_argument("--no-browser", action="store_true", help="leave out the tests in a browser: sooner recorded")
    parser.add_argument("--cap", type=float, default=120, help="seconds of tests that one mutant is worth")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument("--modules", nargs="+", default=listed, help="files, or patterns of files; else modules.txt")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
