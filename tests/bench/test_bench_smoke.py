"""The bench runs, on a small shop, and counts no more statements than it aims at. Never how long anything takes."""

import json
import os
import subprocess
import sys

from backoffice.core.db.embedded import PROJECT
from tests.bench.__main__ import NAMES

UNRATED = {"who", "memory", "start", "paint", "overviews"}  # without a floor
AIMED = {"scan", "confirm", "amend", "slip", "payment", "till_scan", "checkout", "matrix", "queue"}


def test_bench_measures_every_action_and_statements_stay_within_their_aims(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DEBUG"))}
    command = [sys.executable, "-m", "tests.bench", "--variants", "400", "--orders", "300", "--rounds", "3"]

    done = subprocess.run(
        [*command, "--json", tmp_path / "figures.json"], cwd=PROJECT, capture_output=True, text=True,
        env=environment | {"TOONBANK_DATA": str(tmp_path)}, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row["name"]: row for row in json.loads((tmp_path / "figures.json").read_text())}
    assert set(rows) == set(NAMES)
    assert all(row["p50"] > 0 for row in rows.values())
    assert [name for name in set(NAMES) - UNRATED if not rows[name]["ratio"] > 0] == []
    aimed = [row for row in rows.values() if row["statements_aim"]]
    assert {row["name"] for row in aimed} == AIMED
    assert [row["name"] for row in aimed if row["statements"] > row["statements_aim"]] == []
    for name in ("confirm", "amend", "slip"):
        assert rows[name]["note"] == f"{rows[name]['statements']} statements at 100 lines"
    assert rows["confirm"]["title"] in done.stdout
