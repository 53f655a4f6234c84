"""The tester of tests, on a project of one file: what is caught, what survives, and what is left alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cosmic_ray.mutating import mutate_code

from tests.mutants import __main__ as command
from tests.mutants import operators, places, touched

HERE = Path(__file__).parent
TOY = """\
STEP = 1


def price(pieces: int | None) -> int:
    if pieces > 10:
        pieces = pieces - STEP
    return pieces * 3


def nobody_tests_this(a):
    return a + 1
"""
TESTS = """\
import toy


def test_price():
    assert toy.price(2) == 6


def test_price_of_many():
    assert toy.price(20) == 57


def test_that_fails_by_itself():
    assert toy.price(20) == 58
"""
ANOTHER = "import toy\n\n\ndef test_another():\n    assert toy.nobody_tests_this(1) == 2\n"
LOOP = """\
def wait(turns):
    while turns:
        turns.pop()
    return turns
"""
TESTED_LOOP = "import toy\n\n\ndef test_wait():\n    assert toy.wait([1, 2]) == []\n"


@pytest.fixture
def toy(tmp_path):
    """A project with one module, its tests and this tester; without a database."""
    (tmp_path / "toy.py").write_text(TOY)
    (tmp_path / "tests" / "mutants").mkdir(parents=True)
    for file in ("__init__.py", "recording.py", "server.py"):
        shutil.copy(HERE / file, tmp_path / "tests" / "mutants")
    (tmp_path / "tests" / "__init__.py").touch()
    (tmp_path / "tests" / "test_toy.py").write_text(TESTS)
    (tmp_path / "tests" / "test_none.py").write_text("def test_nothing():\n    assert True\n")
    (tmp_path / "tests" / "mutants" / "same.txt").write_text(
        "toy.py\n-return a + 1\n+return a + 2\n  Whoever calls it takes\n  what comes.\n"
    )
    return tmp_path


def mutants(toy: Path, *arguments: str) -> subprocess.CompletedProcess:
    env = {key: value for key, value in os.environ.items() if "DJANGO" not in key and "DATABASE" not in key}
    env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # the toy needs none of them
    command_line = [sys.executable, "-m", "tests.mutants", "--root", str(toy), "--modules", "toy.py"]
    return subprocess.run(
        [*command_line, "--processes", "1", "--patience", "1", *arguments],
        cwd=command.ROOT, env=env, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


def test_a_toy(toy):
    done = mutants(toy, "--at", "toy.py:1", "toy.py:6", "toy.py:11")
    told = done.stdout
    assert (
        "4 tests, of which 1 fail by themselves and say nothing:\ntests/test_toy.py::test_that_fails_by_itself" in told
    )
    assert "failed   toy.py:6 ReplaceBinaryOperator_Sub_Add  tests/test_toy.py::test_price_of_many" in told
    assert told.count("failed   toy.py:1 NumberReplacer  tests/test_toy.py::test_price_of_many") == 2  # used below
    assert "\n-    return a + 1\n+    return a - 1\nSURVIVED 0 tests" in told
    assert "\n-    return a + 1\n+    return a + 2\nchanges nothing: Whoever calls it takes what comes." in told
    assert "3 caught by a test, 0 by the limit of time, 0 did not load, 1 change nothing, 2 survived." in told
    assert "3 of 5 that change behaviour were caught: 60.0 % (aim 95 %)" in told
    assert done.returncode == 1
    assert (toy / "toy.py").read_text() == TOY

    (toy / "tests" / "test_none.py").write_text(ANOTHER)
    done = mutants(toy, "--at", "toy.py:11")
    assert "Recording which lines 1 of 2 files of tests touch" in done.stdout
    assert "3 of 3 that change behaviour were caught: 100.0 %" in done.stdout  # a note is not asked where a test knows
    assert done.returncode == 0


def test_an_endless_loop_is_caught_and_what_does_not_load_too(toy):
    (toy / "toy.py").write_text("LIMIT = 10 / 1\n" + LOOP)
    (toy / "tests" / "test_toy.py").write_text(TESTED_LOOP)
    told = mutants(toy, "--at", "toy.py:1", "toy.py:4").stdout
    assert "endless  toy.py:4 StatementLeftOut  tests/test_toy.py::test_wait" in told
    assert "broken   toy.py:1 NumberReplacer" in told  # divided by zero
    assert "1 by the limit of time, 1 did not load" in told


@pytest.mark.parametrize("operator", operators.every(), ids=lambda operator: type(operator).__name__)
def test_an_operator_does_what_its_examples_say(operator):
    for example in operator.examples():
        made = mutate_code(example.pre_mutation_code, operator, example.occurrence)
        assert (made or example.pre_mutation_code) == example.post_mutation_code


def test_the_same_seed_gives_the_same_mutants(toy):
    first, again, other = ([str(mutant) for mutant in places.sample(toy, ["toy.py"], seed)] for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_what_changes_no_behaviour_is_not_changed():
    source = """\
@dataclass(frozen=True)
class Rate:
    percent: int | None


@cache
def rates(*, day: str | None = None) -> list[int] | None:
    return [*day]
"""
    kinds = {type(operator).__name__ for ways in places.find(source).values() for operator, _occurrence in ways}
    assert kinds == {"RemoveDecorator"}  # of the dataclass
    assert {line for line, _column in places.find(source)} == {1}


def test_what_is_said_to_change_nothing_still_stands_in_the_code():
    for (path, diff), why in command.read_same(HERE / "same.txt").items():
        lines = {line.strip() for line in (command.ROOT / path).read_text().splitlines()}
        gone = [line[1:] for line in diff.splitlines() if line[0] == "-"]
        assert gone and set(gone) <= lines and why, (path, diff)


@pytest.mark.parametrize(
    ("line", "span", "everywhere"),
    [(1, range(1, 12), True), (4, range(4, 8), False), (5, range(5, 6), False), (6, range(6, 7), False)],
)
def test_which_lines_say_which_tests(line, span, everywhere):
    assert touched.reach(TOY, line) == (span, everywhere)
