"""What any login may send takes two seconds of computing and 256 MiB at most, of the processes as they run for real.

The addresses and their fields are those of test_fuzz.py. Each check is seen to fail by a server whose mends are taken
out (taken_back.py). What is computed by PostgreSQL is bounded by its statement_timeout, and not counted here.
"""

import contextlib
import http.client
import itertools
import os
import uuid
from functools import cache

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from backoffice.core import tabular
from backoffice.core.errors import Refusal
from backoffice.core.imports import job as imports
from backoffice.core.models import ImportJob
from tests import bombs, processes
from tests.pos import counter
from tests.soak import FULL, report
from tests.test_fuzz import HEAVY, LEARNED, MARKS, SECONDS, Watched, fields_read
from tests.test_rights import known, shop, url_of  # noqa: F401 - shop is a fixture

pytestmark = pytest.mark.django_db(transaction=True)
MEMORY = 256  # MiB above what the process takes while it is idle
FILE_SECONDS = 60 + 10  # of computing, for a file in the worker: what unpacking may take, and the rest
EVERY = 1 if FULL else 10  # each tenth address in the suite
AT_ONCE = 15  # fields of marks in one request, which holds 2.5 MB


class Sender:
    """Sends to one web worker with the log-in of a beheerder who sits at a till, and weighs each answer."""

    def __init__(self, port: int, measured: processes.Measured, made):
        browser = Client()
        browser.force_login(made.employees["admin"])
        counter.sit(browser, made.till, made.employees["admin"])
        browser.cookies["csrftoken"] = "b" * 32
        self.browser = browser
        self.cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in browser.cookies.values())
        self.port, self.measured, self.wrong, self.sent, self.slowest = port, measured, [], 0, 0.0

    def post(self, url: str, values: dict, said: str) -> int:
        headers = {
            "Host": "localhost",
            "Cookie": self.cookies,
            "X-CSRFToken": "b" * 32,
            "Content-Type": MULTIPART_CONTENT,
        }
        body = encode_multipart(BOUNDARY, {"key": str(uuid.uuid4())} | values)
        before, self.sent = self.measured.cpu(), self.sent + 1
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        line.request("POST", url, body, headers | {"Content-Type": MULTIPART_CONTENT})
        answer = line.getresponse()
        answer.read()
        line.close()
        took, grown = self.measured.cpu() - before, self.measured.grown()
        self.slowest = max(self.slowest, took)
        if answer.status >= 500 or took > SECONDS or grown > MEMORY:
            self.wrong.append(f"{url} {said}: {answer.status}, {took:.1f} s, {grown:.0f} MiB")
            self.measured = processes.Measured(self.measured.pid)  # so that each is told that is too much by itself
        return answer.status


@pytest.fixture
def sender(shop):  # noqa: F811
    with processes.web("tests.taken_back:application") as (port, measured):
        yield Sender(port, measured, shop)


def fields_of(sender, shop, monkeypatch) -> list[tuple[str, list[str]]]:  # noqa: F811
    """Every address that takes a POST, with the fields that it reads: as test_fuzz.py learned, or asked here."""
    watched, found = Watched(monkeypatch), []
    watched.client = sender.browser
    for name, path, right, methods in known():
        if "POST" not in methods or right == "public":
            continue
        try:
            url = url_of(shop, name, path)
        except AssertionError:
            continue  # the table of rights asks for a row of its own
        if len(found) % EVERY == 0 and (name, "POST") not in LEARNED:
            LEARNED[name, "POST"] = fields_read(watched, name, "POST", url, {})
        found.append((url, LEARNED.get((name, "POST"), [])))
    watched.close()
    return found[::EVERY]


def test_no_text_in_any_field_takes_long_or_much(sender, shop, monkeypatch):  # noqa: F811
    asked = [("/inloggen/", ["username", "password", "next"]), *fields_of(sender, shop, monkeypatch)]
    for place, (url, fields) in enumerate(asked):
        for heavy in HEAVY if FULL else [HEAVY[place % len(HEAVY)], MARKS[:20_000]]:
            some = 1 if len(heavy) > 20_000 else AT_ONCE
            for few in [fields[at : at + some] for at in range(0, len(fields), some)] or [["any"]]:
                sender.post(url, dict.fromkeys(few, heavy), f"{few} = {heavy[:9]!r}, {len(heavy):,}")
    many = {f"column-{number}": "x" for number in range(4_900)}
    for url, _fields in asked[:: 1 if FULL else 5]:
        sender.post(url, many, "4,900 fields")
        sender.post(url, {field: [str(shop.order.pk)] * 2_400 for field in ("order", "line")}, "4,800 ids")
    assert "\n".join(sender.wrong) == ""
    assert sender.sent > (1_500 if FULL else 30)
    told(sender, "texts")


def told(sender, what: str) -> None:
    grown = f"{sender.measured.grown():.0f} MiB"
    report(f"fuzz of processes, {what}", requests=sender.sent, slowest=f"{sender.slowest:.2f} s", grown=grown)


@cache
def large_picture() -> bytes:
    """36 million points of 32 bits, in 600 kB."""
    return bombs.png(6_000, 6_000, colours=True)


def pictures() -> dict[str, bytes]:
    """Pictures that are much larger than their files, some of them just within what is decoded."""
    made = {
        "6,000 x 6,000": large_picture(),
        "10,000 x 4,900": bombs.png(10_000, 4_900),
        "20 million points": bombs.png(5_000, 4_000, colours=True),
        "200,000 pieces": bombs.png(8, 8, chunks=bombs.chunk(b"abCd", b"") * 200_000),
    }
    return made | {
        "a JPEG of 50 million points": bombs.drawn("JPEG", 10_000, 5_000),
        "a progressive JPEG of 24 million": bombs.drawn("JPEG", 6_000, 4_000, progressive=True, subsampling=0),
        "a WebP of 12 million": bombs.drawn("WEBP", 4_000, 3_000),
        "a progressive JPEG of 49 million": bombs.drawn("JPEG", 7_000, 7_000, progressive=True, subsampling=0),
        "a WebP of 49 million": bombs.drawn("WEBP", 7_000, 7_000),
    } if FULL else made  # fmt: skip


def test_no_picture_takes_long_or_much(sender, shop):  # noqa: F811
    places = [
        (reverse("catalog:article_edit", args=[shop.article.pk]), "image"),
        (reverse("relations:branch", args=[shop.branch.pk]), "logo"),
    ]
    for (name, content), (url, field) in itertools.product(pictures().items(), places):
        sender.post(url, {field: SimpleUploadedFile("foto.png", content)}, name)
    assert "\n".join(sender.wrong) == ""
    assert sender.sent >= 8
    told(sender, "pictures")


def files() -> dict[str, bytes]:
    made = bombs.rows() if FULL else bombs.some_rows()
    return made | {"a file that is right": right_file(100_000 if FULL else 20_000)}


def right_file(rows: int, head: bytes = b"", row: bytes = b"") -> bytes:
    """Articles in as many rows; head and row are further columns and what stands in each of them."""
    return b"nummer;naam;prijs%b\n" % head + b"".join(b"%d;Jas;1%b\n" % (number, row) for number in range(rows))


def test_no_file_takes_long_or_much_of_the_web_or_of_the_worker(sender, shop):  # noqa: F811
    """The web keeps it, the worker reads it; the program that unpacks it has ceilings of its own."""
    sent = files()
    for name, content in sent.items():
        for url in (reverse("catalog:import"), reverse("relations:import")):
            sender.post(url, {"file": SimpleUploadedFile("lijst.xlsx", content)}, name)
    assert "\n".join(sender.wrong) == ""
    told(sender, "files to the web")
    wrong, said = [], {}
    with processes.worker() as worker:
        for name, content in sent.items():
            before = worker.cpu()
            with worker.watching_children():
                job = imports.upload(
                    employee=shop.employees["admin"], kind="articles", file_name=name, content=content,
                    branch_id=shop.branch.pk,
                )  # fmt: skip
                processes.until(lambda job=job: ImportJob.objects.get(pk=job.pk).status != "reading", 300)
            said[name] = worker.cpu() - before
            if said[name] > FILE_SECONDS or max(worker.grown(), worker.largest_child) > MEMORY:
                grown = f"{worker.grown():.0f} MiB, unpacking {worker.largest_child:.0f} MiB"
                wrong.append(f"{name}: {said[name]:.1f} s, {grown}")
            job.refresh_from_db()
            assert (job.status, name) == ("preview" if name == "a file that is right" else "failed", name)
        grown, unpacking = f"{worker.grown():.0f} MiB", f"{worker.largest_child:.0f} MiB"
        slowest = f"{max(said.values()):.1f} s"
        report("fuzz of processes, files", sent=len(said), slowest=slowest, grown=grown, unpacking=unpacking)
    assert "\n".join(wrong) == ""


def test_without_its_mends_the_web_takes_long_and_much_and_is_seen_to(shop):  # noqa: F811
    with processes.web("tests.taken_back:application", CARELESS="marks pictures files") as (port, measured):
        sender = Sender(port, measured, shop)
        sender.post(reverse("relations:customer_new"), {"last_name": MARKS}, "marks")
        image = SimpleUploadedFile("foto.png", large_picture())
        sender.post(reverse("catalog:article_edit", args=[shop.article.pk]), {"image": image}, "a picture")
        rows = SimpleUploadedFile("lijst.csv", right_file(100_000, b";kleur;maat;merk;groep", b";Rood;40;Merk;Jassen"))
        sender.post(reverse("catalog:import"), {"file": rows}, "rows")
        assert [line.split(":")[0].rpartition(" ")[2] for line in sender.wrong] == ["marks", "picture", "rows"]


def test_without_its_ceilings_unpacking_takes_much_and_is_seen_to():
    this = processes.Measured(os.getpid())
    with this.watching_children(), contextlib.suppress(Refusal):
        tabular.open_table(bombs.cells(bombs.MB), tabular.BY_HAND)
    assert this.largest_child > MEMORY
