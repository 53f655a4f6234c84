"""A database that is away for a moment: who waits for it goes on as soon as it is back."""

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import ConnectionPool, PoolTimeout

from backoffice.core.db import embedded, pool


@pytest.fixture(scope="module")
def cluster():
    folder = Path(tempfile.mkdtemp(prefix="toonbank-away-"))  # pytest shuts its own to the server's user
    made = embedded.Cluster(folder / "pg").start().ready()
    yield made
    made.delete()
    shutil.rmtree(folder)


@pytest.fixture
def connections(cluster):
    with opened(cluster) as made:
        yield made


def opened(cluster, **other) -> ConnectionPool:
    options = pool.options(4) | {"open": True, "check": ConnectionPool.check_connection} | other
    made = ConnectionPool(cluster.owner_url, **options)
    made.wait()
    return made


def answer(connections) -> int:
    with connections.connection() as connection:
        return connection.execute("SELECT 7").fetchone()[0]


def test_who_waits_gets_a_connection_as_soon_as_the_database_is_back(cluster, connections):
    assert answer(connections) == 7
    cluster.stop()
    answers: list[tuple[int, float]] = []
    waiting = [threading.Thread(target=lambda: answers.append((answer(connections), time.monotonic()))) for _ in "abc"]
    for thread in waiting:
        thread.start()
    time.sleep(1.5)  # by psycopg's own pauses the next try would come after 2 s, and then none
    assert answers == []
    cluster.start().ready()
    there = time.monotonic()
    for thread in waiting:
        thread.join(10)
    assert [value for value, _at in answers] == [7, 7, 7]
    assert max(at for _value, at in answers) - there < 1


def test_who_waits_too_long_is_told_and_the_next_one_is_served(cluster):
    with opened(cluster, timeout=1) as connections:
        cluster.stop()
        with pytest.raises(PoolTimeout):
            answer(connections)
        cluster.start().ready()
        assert answer(connections) == 7


def test_a_server_that_fell_over_is_started_again_with_what_was_committed(cluster, connections):
    with connections.connection() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
    first = cluster.process
    cluster.revive()  # it lives: nothing happens
    assert cluster.process is first
    first.kill()
    first.wait()
    cluster.revive()
    assert cluster.process is not first
    with connections.connection() as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (42,)


def test_who_shares_the_server_of_another_make_run_starts_its_own_when_that_one_ends(cluster):
    second = embedded.Cluster(cluster.folder).start().ready()
    second.revive()
    assert second.process is None  # it lives: shared
    cluster.stop()
    second.revive()
    assert second.process is not None
    with opened(second) as connections:
        assert answer(connections) == 7
    second.stop()
    cluster.start().ready()


HOLDS = """
import sys, psycopg
ours = psycopg.connect(sys.argv[1], options=sys.argv[2])
ours.execute("SELECT pg_advisory_lock(7)")
print("held", flush=True)
ours.execute("SELECT pg_sleep(14)")
"""


def test_what_a_killed_process_asked_ends_with_it_and_its_locks_are_free(cluster, settings):
    options = settings.DATABASES["default"]["OPTIONS"]["options"]
    command = [sys.executable, "-c", HOLDS, cluster.owner_url, options]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process, psycopg.connect(cluster.owner_url) as other:
        assert process.stdout.readline() == b"held\n"
        time.sleep(0.5)
        began = time.monotonic()
        process.kill()
        other.execute("SELECT pg_advisory_lock(7)")
        assert time.monotonic() - began < 5  # without client_connection_check_interval when the 14 s are over
