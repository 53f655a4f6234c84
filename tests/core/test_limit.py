"""A request that takes too long is ended, says so, and leaves nothing half done."""

import threading
import time
import uuid

import pytest

from backoffice.core import journal, limit
from backoffice.core.models import JournalEntry, NumberSeries, RequestKey
from tests import factories
from tests.documents import papers

SENTENCE = "Dit duurde te lang en is afgebroken. Kijk wat er is opgeslagen voor u het opnieuw probeert."


def for_ever(*arguments, **options):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        pass
    raise AssertionError("nothing ended it")


@pytest.fixture
def told():
    """Everything that takes more than half a second is ended meanwhile; what was told of it."""
    found, done = [], threading.Event()

    def look():
        while not done.wait(0.05):
            found.extend(limit.interrupt(0.5))

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
    assert confirm(key).status_code == 302  # the same key again, when nothing hangs
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
    assert [served(lambda: time.sleep(0.05) or "done") for _ in range(10)] == ["done"] * 10
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
