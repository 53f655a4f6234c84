"""A small part of `make faults`: with its guard a fault does no harm; without it the same fault is seen to do harm."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from backoffice.core.db.embedded import PROJECT
from tests.conftest import OWN_CLUSTER
from tests.drills import url


@pytest.mark.django_db(transaction=True)
def test_lost_answers_killed_workers_and_endless_requests_do_no_harm_and_without_the_guard_they_do():
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DJANGO_"))}
    command = [sys.executable, "-m", "tests.faults", "--size", "8", "--only", "dropped", "--only", "eight places"]
    command += ["--only", "never end"]
    if OWN_CLUSTER in os.environ:  # of the same PostgreSQL: copied, which takes less than migrating
        command += ["--copy", url(connection.settings_dict["NAME"], "owner")]
    done = subprocess.run(command, cwd=PROJECT, env=ours, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert [line.split(":")[1].strip() for line in said] == [
        "answers are dropped after commit",
        "answers are dropped after commit, without keys",
        "workers are killed at eight places",
        "workers are killed at eight places, without whole",
        "requests never end",
        "requests never end, without limit",
    ]
    assert "orders confirmed 8" in said[0] and "orders confirmed 8" in said[2] and "places 8" in said[2]
    assert done.stdout.count("0 lost, 0 double, 0 gaps, 0 breaches, 0 away, 0 unanswered") == 3
