"""The worker reads a file for its preview and brings it in: one effect, whatever is gone in the middle."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException

from backoffice.catalog.models import Article, Variant
from backoffice.core import health, tabular
from backoffice.core.errors import Refusal
from backoffice.core.imports import job as service
from backoffice.core.imports.preview import preview
from backoffice.core.management.commands import serve
from backoffice.core.models import ImportJob
from backoffice.core.progress import Progress
from backoffice.core.tasks import work
from backoffice.core.worker import SILENCE, Connector
from backoffice.relations.models import Customer
from tests import factories
from tests.conftest import connected
from tests.imports.tables import ONE, bring_in, csv
from tests.imports.test_articles import STAND_IN

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


def once() -> None:
    """Do what waits, in this process; in a thread, for a browser test has an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work, wait=False, install_signal_handlers=False, listen_notify=False).result()


def sent(shop, content: bytes, kind: str = "articles") -> ImportJob:
    return service.upload(
        employee=shop.admin, kind=kind, file_name="proef.csv", content=content, branch_id=shop.pk, key=uuid.uuid4()
    )


def uploaded(shop, content: bytes, kind: str = "articles") -> ImportJob:
    """A file that the worker has read."""
    made = sent(shop, content, kind)
    once()
    return ImportJob.objects.get(pk=made.pk)


def waiting(task: str = "run_import") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE task_name = %s", [task])
        return [row[0] for row in cursor.fetchall()]


def start_worker() -> subprocess.Popen:
    """`manage.py worker` as a process of its own, on the database of this test."""
    now = connections["default"].settings_dict
    url = f"postgresql://{now['USER']}:{now['PASSWORD']}@/{now['NAME']}?host={now['HOST']}&port={now['PORT'] or 5432}"
    return subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=os.environ | {"DATABASE_URL": url})


def until(what, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def the_import_held():
    """Somebody holds the import's own lock meanwhile: whoever imports articles stands in the middle."""
    held, release = threading.Event(), threading.Event()

    def hold():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('toonbank-import-articles'))")
            held.set()
            release.wait(60)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    try:
        yield
    finally:
        release.set()
        holder.join()


def test_a_started_file_goes_in_once_however_often_it_is_sent(shop):
    job = uploaded(shop, STAND_IN.read_bytes())
    key = uuid.uuid4()
    for _ in range(2):
        service.start(employee=shop.admin, job_id=job.pk, key=key)
    assert (waiting(), Article.objects.count()) == (["todo"], 0)
    once()
    job.refresh_from_db()
    assert (job.status, job.rows_done, job.rows_total, job.created, job.updated) == ("done", 30, 30, 35, 0)
    assert job.summary["counts"]["variants"] == 30
    assert bytes(job.content) == b""
    assert (waiting(), Article.objects.count(), Variant.objects.count()) == ([], 5, 30)
    service.run(str(job.pk))
    assert Variant.objects.count() == 30


def test_a_wrong_file_is_not_started_and_one_that_goes_wrong_meanwhile_ends_with_its_errors(shop):
    job = uploaded(shop, csv(ONE, "TR2;Vest;Rood;S;;duur;21;1"))
    with pytest.raises(Refusal, match="kijk in het voorbeeld wat er mis is"):
        service.start(employee=shop.admin, job_id=job.pk, key=uuid.uuid4())
    job.refresh_from_db()
    assert (job.status, job.summary["preview"]["total"], waiting()) == ("preview", 1, [])
    right = uploaded(shop, csv(ONE))
    bring_in(csv(ONE.replace("TR1", "TR9")), shop)  # its EAN is of another article now
    service.start(employee=shop.admin, job_id=right.pk, key=uuid.uuid4())
    once()
    right.refresh_from_db()
    assert (right.status, right.summary["errors"], right.errors[0]["row"]) == ("failed", 1, 2)
    assert [row.number for row in Article.objects.all()] == ["TR9"]


def test_a_file_is_not_read_when_it_is_sent_and_not_started_before_it_was(shop, monkeypatch):
    read, opened = tabular.open_table, []
    monkeypatch.setattr(tabular, "open_table", lambda content, *more: opened.append(1) or read(content, *more))
    job = sent(shop, STAND_IN.read_bytes())
    assert (job.status, opened, waiting("read_import")) == ("reading", [], ["todo"])
    with pytest.raises(Refusal, match="wordt nog gelezen"):
        service.start(employee=shop.admin, job_id=job.pk, key=uuid.uuid4())
    once()
    job.refresh_from_db()
    assert (job.status, opened, job.rows_total, waiting("read_import")) == ("preview", [1], 30, [])
    assert job.summary["preview"]["sentence"] == "5 artikelen, 30 varianten"


def test_columns_that_are_chosen_while_it_is_read_are_read_again_and_the_last_ones_stand(shop, monkeypatch):
    job = uploaded(shop, csv(ONE))
    choices, read = iter(["number", ""]), []

    def choose(column: str) -> None:
        chosen = ImportJob.objects.get(pk=job.pk)
        service.choose(chosen, columns=job.columns | {"ean": column}, branch_id=shop.pk, mapping_name="")

    def while_it_is_read(importer, table, columns, options, progress):
        read.append(columns["ean"])
        for column in choices:
            choose(column)
            break
        return preview(importer, table, columns, options)

    monkeypatch.setattr(service, "preview", while_it_is_read)
    choose("sku")
    assert waiting("read_import") == ["todo"]
    service.read(str(job.pk))
    job.refresh_from_db()
    assert (job.status, job.columns["ean"], read) == ("preview", "", ["sku", "number", ""])
    assert job.summary["preview"]["columns"][4]["target"] == ""
    assert waiting("read_import") == ["todo"]  # the one of "sku", which finds nothing to do
    once()
    assert read == ["sku", "number", ""]
    job.refresh_from_db()
    service.choose(job, columns=job.columns, branch_id=shop.pk, mapping_name="Onze lijst")
    assert (job.status, waiting("read_import")) == ("preview", [])  # a name alone changes nothing in it
    assert ImportJob.objects.get(pk=job.pk).options["mapping"] == "Onze lijst"


def test_a_file_that_cannot_be_read_ends_with_why(shop):
    job = uploaded(shop, b"a;b\n1;=2\n")
    assert (job.status, bytes(job.content), job.summary["errors"]) == ("failed", b"", 1)
    assert "bevat een formule" in job.errors[0]["sentence"]
    broken = sent(shop, STAND_IN.read_bytes())
    service.read(str(broken.pk), attempt=service.ATTEMPTS)
    broken.refresh_from_db()
    assert (broken.status, broken.errors[0]["sentence"]) == ("failed", "Het lezen is 3 keer afgebroken.")


def test_how_far_it_is_can_be_seen_while_nothing_is_in_yet(shop, monkeypatch):
    monkeypatch.setattr(Progress, "EVERY", 0)
    job, seen = uploaded(shop, STAND_IN.read_bytes()), []
    original = Progress.__call__

    def spy(progress, done):
        original(progress, done)
        other = connection.copy()  # what anybody else sees
        with other.cursor() as cursor:
            cursor.execute("SELECT rows_done, (SELECT count(*) FROM catalog_article) FROM core_importjob")
            seen.append(cursor.fetchone())
        other.close()

    monkeypatch.setattr(Progress, "__call__", spy)
    service.start(employee=shop.admin, job_id=job.pk, key=uuid.uuid4())
    service.run(str(job.pk))
    done = [rows for rows, _articles in seen]
    assert done == sorted(done)
    assert 0 < done[-2] <= 30
    assert {articles for _rows, articles in seen} == {0}
    assert Article.objects.count() == 5


def test_a_killed_worker_leaves_nothing_and_another_takes_its_file_up(shop):
    job = uploaded(shop, STAND_IN.read_bytes())
    service.start(employee=shop.admin, job_id=job.pk, key=uuid.uuid4())
    with the_import_held():  # so that the first worker is in the middle when it is killed
        first = start_worker()
        try:
            assert until(lambda: waiting() == ["doing"], 20)
            first.send_signal(signal.SIGKILL)
            first.wait(10)
            assert (waiting(), Article.objects.count()) == (["doing"], 0)
        finally:
            first.kill()
    second = start_worker()
    try:
        assert until(lambda: ImportJob.objects.get(pk=job.pk).status == "done", settings.WORKER_STALLED + 30)
        assert (Article.objects.count(), Variant.objects.count()) == (5, 30)
        second.send_signal(signal.SIGTERM)
        assert second.wait(15) == 0
    finally:
        second.kill()


def test_a_worker_whose_connections_are_all_ended_in_the_middle_lives_on_and_does_the_file_once(shop):
    job = uploaded(shop, STAND_IN.read_bytes())
    service.start(employee=shop.admin, job_id=job.pk, key=uuid.uuid4())
    with the_import_held():
        ours = connected()
        worker = start_worker()
        try:
            assert until(lambda: waiting() == ["doing"], 20)
            before, its = [row["id"] for row in health.workers()], connected() - ours
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [list(its)])
            # under a new name, at the latest when a question was left without an answer
            assert until(lambda: set(before) != {row["id"] for row in health.workers()}, SILENCE + 20)
        except BaseException:
            worker.kill()
            raise
    try:
        assert until(lambda: ImportJob.objects.get(pk=job.pk).status == "done", settings.WORKER_STALLED + 30)
        assert (Article.objects.count(), Variant.objects.count()) == (5, 30)
        assert until(lambda: waiting() == [], 10)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(15) == 0
    finally:
        worker.kill()


def asked(statement: str) -> tuple[type, bool]:
    """What an own question of the worker raises, and whether it then takes the database for lost."""

    async def ask():
        connector = Connector(kwargs=connector_params(), min_size=1)
        await connector.open_async()
        try:
            await connector.execute_query_async(statement)
        except Exception as error:
            return type(error), connector.lost.is_set()
        finally:
            await connector.close_async()

    with ThreadPoolExecutor(1) as beside:  # a browser of another test may keep a loop in this thread
        return beside.submit(asyncio.run, ask()).result()


def test_only_a_question_without_an_answer_means_that_the_database_is_lost(monkeypatch):
    monkeypatch.setattr("backoffice.core.worker.SILENCE", 0.5)
    assert asked("SELECT pg_terminate_backend(pg_backend_pid())") == (ConnectorException, True)
    assert asked("SELECT pg_sleep(30)") == (TimeoutError, True)
    assert asked("SELECT nothing_of_this_name") == (ConnectorException, False)


def test_what_cannot_start_under_make_run_is_tried_three_times(monkeypatch):
    monkeypatch.setattr(serve, "fork", lambda _task: os.posix_spawnp("false", ["false"], os.environ))
    child = serve.Child("worker", lambda: None).start()
    for tried_again in (True, True, False):
        assert until(child.ended, 10)
        assert child.again() is tried_again
    monkeypatch.setattr(serve, "LIVED", 0)  # what lived long enough is always started again
    for _ in range(4):
        assert child.again()
        assert until(child.ended, 10)


def test_a_file_that_ends_every_worker_is_given_up(shop):
    job = uploaded(shop, STAND_IN.read_bytes())
    service.start(employee=shop.admin, job_id=job.pk, key=uuid.uuid4())
    service.run(str(job.pk), attempt=service.ATTEMPTS)
    job.refresh_from_db()
    assert (job.status, job.errors[0]["sentence"]) == ("failed", "Het inlezen is 3 keer afgebroken.")
    assert Article.objects.count() == 0


def while_it_works(monkeypatch, what) -> None:
    """Do something once the worker is in the middle of a file, by another connection."""
    monkeypatch.setattr(Progress, "EVERY", 0)
    original, done = Progress.__call__, []

    def interrupted(progress, part):
        if not done:
            done.append(part)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(lambda: (what(), connections.close_all())).result()
        original(progress, part)

    monkeypatch.setattr(Progress, "__call__", interrupted)


def test_a_file_that_is_stopped_while_it_goes_in_leaves_nothing(shop, monkeypatch):
    job = uploaded(shop, STAND_IN.read_bytes())
    service.start(employee=shop.admin, job_id=job.pk, key=uuid.uuid4())
    while_it_works(monkeypatch, lambda: service.stop(employee=shop.admin, job_id=job.pk, key=uuid.uuid4()))
    service.run(str(job.pk))
    job.refresh_from_db()
    assert (job.status, bytes(job.content), Article.objects.count()) == ("stopped", b"", 0)
    once()  # the job of the queue finds nothing to do
    assert (waiting(), Article.objects.count()) == ([], 0)


def test_a_stop_between_the_last_look_and_the_end_leaves_nothing(shop, monkeypatch):
    job = uploaded(shop, STAND_IN.read_bytes())
    service.start(employee=shop.admin, job_id=job.pk, key=uuid.uuid4())
    carry_out = service.carry_out

    def late(*arguments):
        counts = carry_out(*arguments)
        with ThreadPoolExecutor(1) as pool:
            stopping = lambda: service.stop(employee=shop.admin, job_id=job.pk, key=uuid.uuid4())  # noqa: E731
            pool.submit(lambda: (stopping(), connections.close_all())).result()
        return counts

    monkeypatch.setattr(service, "carry_out", late)
    service.run(str(job.pk))
    job.refresh_from_db()
    assert (job.status, Article.objects.count()) == ("stopped", 0)


def test_a_file_that_is_stopped_while_it_is_read_stays_stopped(shop, monkeypatch):
    job = sent(shop, STAND_IN.read_bytes())
    while_it_works(monkeypatch, lambda: service.stop(employee=shop.admin, job_id=job.pk, key=uuid.uuid4()))
    service.read(str(job.pk))
    job.refresh_from_db()
    assert (job.status, bytes(job.content), job.rows_done) == ("stopped", b"", 0)
    with pytest.raises(Refusal, match="is gestopt"):
        service.start(employee=shop.admin, job_id=job.pk, key=uuid.uuid4())


def test_how_far_the_reading_is_can_be_seen_by_everybody(shop, monkeypatch):
    seen = []
    job = sent(shop, csv(*[f"A{n};Trui;;;;59,95;21;" for n in range(6_000)]))
    while_it_works(monkeypatch, lambda: None)
    original = Progress.__call__

    def spy(progress, part):
        original(progress, part)
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT rows_done, rows_total FROM core_importjob")
            seen.append(cursor.fetchone())
        other.close()

    monkeypatch.setattr(Progress, "__call__", spy)
    service.read(str(job.pk))
    job.refresh_from_db()
    assert seen == [(0, 6_000), (1_600, 6_000), (3_200, 6_000), (4_800, 6_000), (6_000, 6_000)]
    assert (job.status, job.rows_done, job.rows_total) == ("preview", 0, 6_000)


def test_a_doubt_that_came_after_the_preview_keeps_the_file_out(shop):
    job = uploaded(shop, csv("Jan;de Wit;wit@example.nl", header="Voornaam;Achternaam;E-mail"), "customers")
    service.start(employee=shop.admin, job_id=job.pk, key=uuid.uuid4())
    factories.customer("Smit", email="wit@example.nl")
    service.run(str(job.pk))
    job.refresh_from_db()
    assert (job.status, job.errors[0]["sentence"]) == (
        "failed", "Kies wat er gebeurt met de rijen die er misschien al zijn.",
    )  # fmt: skip
    assert [row.last_name for row in Customer.objects.all()] == ["Smit"]
