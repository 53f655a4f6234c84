"""A plugin of pytest: which test touches which lines, and how long it takes.

MUTANTS_RECORD names the folder where it is written; with MUTANTS_NO_BROWSER tests in a browser are left out.
"""

import json
import os
from collections import defaultdict
from pathlib import Path

import coverage
import pytest

ROOT = Path.cwd()
COVERAGE = coverage.Coverage(
    data_file=None, config_file=False, source=["."], omit=["*/migrations/*", "tests/mutants/*"],
    concurrency=["thread", "greenlet"],
)  # fmt: skip
TESTS: dict[str, dict] = {}
COVERAGE.start()


def in_browser(item) -> bool:
    return bool({"browser", "new_page", "page"} & set(item.fixturenames))


def pytest_collection_modifyitems(items):
    if os.environ.get("MUTANTS_NO_BROWSER"):
        items[:] = [item for item in items if not in_browser(item)]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    TESTS[item.nodeid] = {"seconds": 0.0, "passed": True, "browser": in_browser(item)}
    COVERAGE.switch_context(item.nodeid)
    result = yield
    COVERAGE.switch_context("")
    return result


def pytest_runtest_logreport(report):
    if report.nodeid in TESTS:
        TESTS[report.nodeid]["seconds"] += report.duration
        TESTS[report.nodeid]["passed"] &= report.passed


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    COVERAGE.stop()
    data, lines = COVERAGE.get_data(), defaultdict(dict)
    for path in data.measured_files():
        for line, tests in data.contexts_by_lineno(path).items():
            lines[str(Path(path).relative_to(ROOT))][line] = tests
    folder = Path(os.environ["MUTANTS_RECORD"])
    (folder / f"{os.getpid()}.json").write_text(json.dumps({"tests": TESTS, "lines": lines}))
