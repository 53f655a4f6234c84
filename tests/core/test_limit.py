"""A request that takes too long is ended, says so, and leaves nothing half done."""

import logging
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from types import SimpleNamespace

import pytest

from backoffice.core import journal, limit
from backoffice.core.db.embedded import PROJECT
from backoffice.core.models import JournalEntry, NumberSeries, RequestKey
from backoffice.gunicorn import Worker
from tests import factories
from tests.documents import papers

SENTENCE = "Dit duurde te lang en is afgebroken. Kijk wat er is opgeslagen voor u het opnieuw probeert."


hanging = threading.Event()


def for_ever(*arguments, **options):
    hanging.set()
    until = time.monotonic() + 30
    while time.monotonic() < until:
        pass
    raise AssertionError("nothing ended it")


@pytest.fixture
def told():
    """What hangs is ended meanwhile; what was told of it."""
    found, done = [], threading.Event()
    hanging.clear()

    def look():
        while not done.wait(0.05):
            if told := limit.interrupt(0.1 if hanging.is_set() else 60):
                found.extend(told)
                hanging.clear()

    thread = threading.Thread(target=look)
    thread.start()
    yield found
    done.set()
    thread.join()


def served(task, path="/"):
    """What the task answers where it is a request of the web server."""
    application = limit.limited(lambda environ, start_response: task())
    return application({"REQUEST_METHOD": "POST", "PATH_INFO": path}, None)


@pytest.fixture
def confirming(client):
    """confirming(key): a draft of two shirts is being confirmed; and its order."""
    branch, sanne = papers.shop()
    draft = factories.draft(
        employee=sanne, branch=branch, customer=factories.customer(), items=[(papers.wardrobe()[0], 2)]
    )
    client.force_login(sanne)
    path = f"/verkoop/verkooporders/{draft.pk}/bevestigen/"

    def confirm(key, **headers):
        return served(lambda: client.post(path, {"key": str(key)}, headers=headers), path)

    return confirm, draft


@pytest.mark.django_db
def test_a_confirm_that_computes_for_ever_is_ended_and_nothing_is_done(confirming, told, monkeypatch):
    confirm, order = confirming
    before = JournalEntry.objects.count()
    series = list(NumberSeries.objects.values_list("kind", "next_value"))
    key = uuid.uuid4()
    with monkeypatch.context() as patched:
        patched.setattr(journal, "write", for_ever)
        answer = confirm(key)
    assert answer.status_code == 503 and SENTENCE in answer.content.decode() and answer.headers["X-Request-ID"]
    (line,) = told
    assert line.startswith(f"POST /verkoop/verkooporders/{order.pk}/bevestigen/ took more than 0 seconds")
    assert "in for_ever" in line  # where it stood
    order.refresh_from_db()
    assert (order.lifecycle, order.number, JournalEntry.objects.count()) == ("draft", "", before)
    assert list(NumberSeries.objects.values_list("kind", "next_value")) == series
    assert not RequestKey.objects.filter(key=key).exists()
    assert confirm(key).status_code == 303  # the same key again, when nothing hangs
    order.refresh_from_db()
    assert order.lifecycle == "confirmed"


@pytest.mark.django_db
def test_on_a_screen_it_is_a_toast_that_leaves_the_screen_as_it_is(confirming, told, monkeypatch):
    confirm, _order = confirming
    monkeypatch.setattr(journal, "write", for_ever)
    answer = confirm(uuid.uuid4(), **{"HX-Request": "true"})
    assert (answer.status_code, answer.content, answer.headers["HX-Reswap"]) == (503, b"", "none")
    assert SENTENCE in answer.headers["HX-Trigger"]


def test_who_swallows_every_error_is_ended_too(told):
    def stubborn():
        while True:
            try:
                for_ever()
            except Exception:
                continue

    with pytest.raises(RuntimeError, match="took too long"):
        served(stubborn)
    assert len(told) == 1


def test_what_is_done_in_time_is_left_alone(told):
    assert [served(lambda: time.sleep(0.15) or "done") for _ in range(5)] == ["done"] * 5
    assert told == [] and limit.longest() == 0


def test_the_oldest_of_several_requests_is_known():
    inside, go_on = threading.Event(), threading.Event()
    threads = [threading.Thread(target=lambda: served(lambda: inside.set() or go_on.wait(10))) for _ in range(2)]
    for thread in threads:
        thread.start()
    inside.wait(10)
    time.sleep(0.2)
    served(lambda: None)  # a short one beside them changes nothing
    assert 0.2 <= limit.longest() < 10
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert limit.longest() == 0


@pytest.mark.parametrize("seconds", ["0", "2"])
def test_no_limit_or_one_that_ends_everything_is_refused(seconds):
    command = [sys.executable, "-c", "import backoffice.gunicorn"]
    done = subprocess.run(
        command, cwd=PROJECT, env=os.environ | {"WEB_TIMEOUT": seconds}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "WEB_TIMEOUT must be 3 or more: seconds that a request may take.\n")


@pytest.fixture
def worker(monkeypatch):
    """A worker of gunicorn with a limit of 60 s and two ports; killed: whether it killed itself."""
    made = Worker.__new__(Worker)
    made.cfg, made.log = SimpleNamespace(timeout=60), logging.getLogger("worker")
    made.alive, made.ppid = True, os.getppid()
    made.tmp, made.poller, made._accepting = SimpleNamespace(notify=lambda: None), selectors.DefaultSelector(), True
    made.sockets, made.killed = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)], []
    for listener in made.sockets:
        made.poller.register(listener, selectors.EVENT_READ)
    monkeypatch.setattr(os, "kill", lambda pid, number: made.killed.append((pid == os.getpid(), number)))
    monkeypatch.setattr(limit, "interrupt", lambda seconds: [])
    yield made
    for listener in made.sockets:
        listener.close()


def test_the_worker_of_an_interrupted_request_takes_no_more_and_lets_go_of_the_port(worker, monkeypatch, caplog):
    worker.notify()
    assert (worker.alive, worker.killed) == (True, [])
    monkeypatch.setattr(limit, "interrupt", lambda seconds: [f"POST /x/ took more than {seconds} seconds"])
    worker.notify()
    assert (worker.alive, worker.killed) == (False, [])
    assert "POST /x/ took more than 60 seconds" in caplog.text
    address = worker.sockets[0].getsockname()
    worker.set_accept_enabled(False)
    assert [listener.fileno() for listener in worker.sockets] == [-1, -1]
    socket.create_server(address).close()  # free for who comes next


def test_a_worker_with_too_many_connections_keeps_its_ports(worker):
    worker.set_accept_enabled(False)
    assert all(listener.fileno() > 0 for listener in worker.sockets)


def test_what_an_interruption_does_not_end_ends_with_its_process(worker, monkeypatch):
    monkeypatch.setattr(limit, "longest", lambda: 60 + Worker.GRACE - 0.1)
    worker.notify()
    assert worker.killed == []
    monkeypatch.setattr(limit, "longest", lambda: 60 + Worker.GRACE + 0.1)
    worker.notify()
    assert worker.killed == [(True, signal.SIGKILL)]
