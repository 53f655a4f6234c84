"""Health and readiness without a login, and a log in which a request is found again."""

import io
import json
import logging
import re

import pytest
from django.db import connection
from django.urls import reverse

from backoffice.core import health, logs
from tests import factories

GIVEN = "3f2a9c1e-proxy.01"


def alive_worker():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")


def test_gezond_asks_nothing_of_the_database(client):
    answer = client.get("/gezond/")  # without the mark django_db any question would fail
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "sessionid" not in answer.cookies and "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_klaar_says_what_works(client):
    alive_worker()
    answer = client.get("/klaar/")
    assert (answer.status_code, answer.json()) == (
        200, {"status": "ok", "database": "ok", "migrations": "ok", "worker": "ok"},
    )  # fmt: skip


@pytest.mark.django_db
def test_without_a_worker_selling_goes_on_and_a_monitor_hears_of_it(client):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
    answer = client.get("/klaar/")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["worker"] == "no sign of life"
    assert client.get("/klaar/?worker=1").status_code == 503


@pytest.mark.django_db
def test_a_migration_that_is_not_applied_is_not_ready(client, monkeypatch):
    wanted = health.wanted_migrations()
    monkeypatch.setattr(health, "wanted_migrations", lambda: wanted | {("sales", "9999_later"): set()})
    answer = client.get("/klaar/")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "1 not applied")


@pytest.mark.django_db(transaction=True)
def test_without_a_database_it_is_not_ready(client, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    answer = client.get("/klaar/")
    assert (answer.status_code, answer.json()["database"]) == (503, "cannot be reached")
    monkeypatch.undo()
    connection.close()
    assert client.get("/klaar/").status_code == 200


def test_a_monitor_behind_the_proxy_is_not_sent_to_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/gezond/").status_code == 200
    assert client.get("/inloggen/").status_code == 301


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (GIVEN, True), ("a" * 64, True), ("kort", False), ("a" * 65, False), ("met spatie en meer", False),
        ('{"level":"x"}', False), ("één-nummer-van-ons", False), ("-aaaaaaaaa", False), ("", False),
    ],
)  # fmt: skip
def test_an_id_of_the_proxy_is_kept_when_it_is_well_formed(client, given, kept):
    answer = client.get("/gezond/", headers={"X-Request-ID": given.encode().decode("latin1")})
    shown = answer.headers["X-Request-ID"]
    assert shown == given if kept else re.fullmatch(r"[0-9a-f]{32}", shown)


@pytest.fixture
def lines():
    """What is logged by "django" and ours, as the lines of JSON that it would be."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLine())
    loggers = [logging.getLogger("django"), logging.getLogger("toonbank.request")]
    for logger in loggers:
        logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.mark.django_db
def test_an_error_is_logged_once_with_the_number_that_its_page_names(client, lines, monkeypatch):
    def broken(*arguments, **options):
        raise ZeroDivisionError("kapot\nop twee regels")

    monkeypatch.setattr("backoffice.relations.views.customers.render", broken)
    client.force_login(factories.employee())
    client.raise_request_exception = False
    answer = client.get(reverse("relations:customers"), headers={"X-Request-ID": GIVEN})
    assert answer.status_code == 500 and answer.headers["X-Request-ID"] == GIVEN
    page = answer.content.decode()
    assert GIVEN in page and "Er ging iets mis" in page and "kapot" not in page
    (line,) = lines()
    assert (line["request_id"], line["level"], line["logger"]) == (GIVEN, "ERROR", "django.request")
    assert "ZeroDivisionError: kapot\nop twee regels" in line["error"]


@pytest.mark.django_db
def test_a_request_is_one_line_without_what_was_asked(client, lines):
    logger = logging.getLogger("toonbank.request")
    logger.setLevel(logging.INFO)
    try:
        sanne = factories.employee()
        client.force_login(sanne)
        client.get("/debiteuren/?q=Vermeer", headers={"X-Request-ID": GIVEN})
    finally:
        logger.setLevel(logging.NOTSET)
    (line,) = lines()
    assert line.pop("time") and isinstance(line.pop("ms"), int)
    assert line == {
        "level": "INFO", "logger": "toonbank.request", "message": "GET /debiteuren/", "request_id": GIVEN,
        "method": "GET", "path": "/debiteuren/", "status": 200, "employee": sanne.pk,
    }  # fmt: skip


def test_the_id_of_one_request_is_not_that_of_the_next(client):
    ids = [client.get("/gezond/").headers["X-Request-ID"] for _ in range(2)]
    assert ids[0] != ids[1] and logs.request_id.get() == ""


def test_what_every_try_says_again_is_written_once_in_ten_seconds(monkeypatch):
    seconds = [100.0]
    monkeypatch.setattr(logs.time, "monotonic", lambda: seconds[0])
    seldom = logs.Seldom()

    def written(text: str) -> bool:
        return seldom.filter(logging.makeLogRecord({"msg": text}))

    assert [written("refused"), written("refused"), written("starting up"), written("refused")] == [1, 0, 1, 0]
    seconds[0] += 9.9
    assert not written("refused")
    seconds[0] += 0.1
    assert written("refused")
    assert any(isinstance(one, logs.Seldom) for one in logging.getLogger("psycopg.pool").filters)
