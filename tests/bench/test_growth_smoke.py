"""The bench of growth runs, on a shop that grew a little, and tells how far each page is from its aim."""

import json
import os
import subprocess
import sys

from backoffice.core.db.embedded import PROJECT
from tests.bench import growth

SMALL = {
    "branches": 12, "employees": 12, "keys": 45, "stock": 200, "variants": 150, "many": 180, "lines": 90,
    "of_customer": 60, "queue": 70, "amendments": 5, "customers": 60,
}  # fmt: skip


def test_bench_of_growth_measures_every_page(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DEBUG"))}
    axes = ",".join(f"{axis}={number}" for axis, number in SMALL.items())

    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--growth", axes, "--rounds", "1", "--json", tmp_path / "figures.json"],
        cwd=PROJECT, capture_output=True, text=True, env=environment | {"TOONBANK_DATA": str(tmp_path)}, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row["page"]: row for row in json.loads((tmp_path / "figures.json").read_text())}
    assert set(SMALL) == set(growth.FAR)
    assert list(rows) == [page.title for page in growth.PAGES]
    assert all(row["near"]["p50"] > 0 and row["far"]["p50"] > 0 for row in rows.values())
    too_large = [name for name, row in rows.items() if any("bytes" in problem for problem in row["problems"])]
    assert too_large == []
    for name in rows:
        assert name in done.stdout
