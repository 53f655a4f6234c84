"""Whatever is sent to whatever address: never a 500. Built from the list of addresses, so that a new one is in it.

Which fields a view reads is learned by watching it: what it asks of the form, and of the query. Every field gets
every kind of nonsense (a part of it in the suite, by a fixed seed; all of it by `make soak`), beside fields that are
right, so that the nonsense comes as far as it can. Each request is taken back.
"""

import html.parser
import itertools
import random
import time
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client

from tests.pos import counter
from tests.soak import FULL
from tests.test_rights import addresses, known, shop, url_of  # noqa: F401 - shop is a fixture

pytestmark = pytest.mark.django_db
MARKS = "\u0301\u0316" * 30_000
NASTY = [
    "", " ", "\0", "a\0b", "\u202egnp.exe", "x" * 300, "x" * 5000, "1e9", "١٢", "NaN", "-Infinity", "=1+1",
    "9" * 18, "9" * 40, "-1", "0", "1_000", "12,345", "999999999,99", "not-a-uuid", str(uuid.UUID(int=0)),
    "2026-02-31", "31-02-2026", "01-01-0001", "<script>alert(1)</script>", "';DROP TABLE x;--", "%00", "%",
    "\ud83d", "👩‍👩‍👧", "\r\nBcc: x@example.com", "null", "[]", "{}", "true", "../../etc/passwd", "½", "\x1b@\x1d", "²",
    "4111111111111111", "8712345678906", "1,2,3", "a@b@c.nl", "on",
]  # fmt: skip
# texts that take long to put in order, to read or to look for; the first of them is longer than a request may hold
HEAVY = [
    MARKS, MARKS[:20_000], "\u0f73" * 20_000, "1" + ".000" * 4_999, "[" * 20_000, "a " * 10_000, "x" * 20_000,
    "<a " * 6_666, "1," * 10_000, "9" * 20_000, "(" * 20_000, "%" * 20_000, "a@" * 10_000, "'" * 20_000,
]  # fmt: skip
NASTY += HEAVY
# as text goes over the line: a lone surrogate cannot
NASTY = [value.encode("utf-8", "replace").decode() for value in NASTY]
SECONDS = 2  # of computing, for any request
LEARNED: dict[tuple[str, str], list[str]] = {}  # the fields that each address reads, by method
BAD_IDS = [0, 2**31, 2**63 - 1, 2**63, 10**30]
SEED = 20261124
PER_FIELD, TOGETHER = (len(NASTY), 1) if FULL else (1, 3)  # values a field, and wrong fields in one request
FILES = {
    "empty": b"", "garbage": b"\0\xff\xfe\x00" * 50, "text": "a;b\n=1+1;\u202e\n".encode(),
    "a broken zip": b"PK\x03\x04" + b"\0" * 40, "a broken picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
    "one long line": b"x" * 100_000, "quotes": b'"a;b\n"c', "utf-16": "a;b\n1;2\n".encode("utf-16"),
}  # fmt: skip


class Fields(html.parser.HTMLParser):
    """The fields of the forms on a page, with the values that they have."""

    def __init__(self, page: str):
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        known = {name: value or "" for name, value in attributes}
        name = known.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in known or self._select not in self.found):
            self.found[self._select] = [known.get("value", "")]
        elif tag in ("input", "textarea", "button") and name:
            kind = known.get("type", "")
            if kind in ("radio", "checkbox"):
                if "checked" in known:
                    self.found.setdefault(name, []).append(known.get("value", "on"))
            elif kind not in ("file", "submit"):
                self.found.setdefault(name, []).append(known.get("value", ""))


class Watched:
    """Sends requests, takes each back, and keeps which fields were read and what went wrong."""

    def __init__(self, monkeypatch, employee=None):
        self.client, self.read, self.wrong, self.sent = Client(raise_request_exception=False), set(), [], 0
        self.error = ""
        if employee:
            self.client.force_login(employee)
        for method in ("get", "getlist", "__getitem__", "__contains__", "pop"):
            monkeypatch.setattr(QueryDict, method, self._watch(getattr(QueryDict, method)))
        got_request_exception.connect(self._raised)

    def _watch(self, method):
        def watched(data, key, *more):
            if isinstance(key, str):
                self.read.add(key)
            return method(data, key, *more)

        return watched

    def _raised(self, **kwargs):
        import sys

        kind, error, at = sys.exc_info()
        while at and at.tb_next:
            at = at.tb_next
        where = f"{at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}" if at else ""
        self.error = f"{kind.__name__} {str(error)[:100]!r} at {where}"

    def send(self, name: str, method: str, url: str, values: dict, said: str, **more):
        self.sent, self.error = self.sent + 1, ""
        cookies, began = self.client.cookies.copy(), time.thread_time()
        with transaction.atomic():
            answer = getattr(self.client, method.lower())(url, values, **more)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        if (took := time.thread_time() - began) > SECONDS:
            self.wrong.append(f"{method} {name} {said}: {took:.1f} s")
        if answer.status_code >= 500:
            self.wrong.append(f"{method} {name} {said}: {answer.status_code} {self.error}")
        return answer

    def close(self):
        got_request_exception.disconnect(self._raised)


@pytest.fixture
def watched(monkeypatch, shop):  # noqa: F811
    made = Watched(monkeypatch, shop.employees["admin"])
    counter.sit(made.client, shop.till, shop.employees["admin"])  # and at the till of this browser
    yield made
    made.close()
    print(f"fuzz: {made.sent} requests, {len(made.wrong)} went wrong")


OURS = {"key", "csrfmiddlewaretoken"}


def right_values(name: str, shop) -> str:  # noqa: F811
    """A value that a field of this name is glad with, as far as names tell."""
    known = {
        "quantity": "1", "price": "10,00", "amount": "1,00", "percent": "5", "discount": "5", "vat_mode": "inclusive",
        "variant": shop.variant.pk, "article": shop.article.pk, "till": shop.till.pk, "branch": shop.branch.pk,
        "line": shop.line.pk, "order": shop.order.pk, "orders": shop.order.pk, "code": "2900000000018",
    }  # fmt: skip
    return str(known.get(name, "1"))


def form_of(watched, name, url, methods) -> dict:
    """What the page's own form would send."""
    if "GET" not in methods:
        return {}
    answer = watched.send(name, "GET", url, {}, "as it is")
    return Fields(answer.content.decode(errors="replace")).found if not answer.streaming else {}


def fields_read(watched, name, method, url, base) -> list[str]:
    """The fields that a view reads when it gets these."""
    watched.read.clear()
    watched.send(name, method, url, base, "as it is")
    return sorted(watched.read - OURS)


def nonsense(chance: random.Random, place: int) -> list[str]:
    """Some of NASTY, another part for every field, so that all of it is tried over all fields."""
    start = (place * PER_FIELD) % len(NASTY)
    chosen = list(itertools.islice(itertools.cycle(NASTY), start, start + PER_FIELD))
    chance.shuffle(chosen)
    return chosen


def test_no_field_of_any_address_gives_a_500(watched, shop):  # noqa: F811
    chance, place = random.Random(SEED), 0
    for name, path, right, methods in known():
        if right == "public":
            continue
        try:
            url = url_of(shop, name, path)
        except AssertionError:
            continue  # the table of rights asks for a row of its own
        form = form_of(watched, name, url, methods)
        for method in methods.split():
            key = {"key": str(uuid.UUID(int=chance.getrandbits(128), version=4))} if method == "POST" else {}
            base = (form | key) if method == "POST" else {}
            fields = fields_read(watched, name, method, url, base)
            if method == "POST":
                base = {field: right_values(field, shop) for field in fields} | form | key
                fields = sorted({*fields, *fields_read(watched, name, method, url, base)})
            more = {"HTTP_HX_REQUEST": "true"} if place % 3 == 0 else {}
            LEARNED[name, method] = fields
            for group in itertools.zip_longest(*[iter(fields)] * TOGETHER):
                wrong = [field for field in group if field]
                place += 1
                for value in nonsense(chance, place):
                    # neighbours in the list, so that fields sent together get different ones
                    # alone it is read where a right neighbour would be read first
                    bases = [base, form | key] if FULL else [base if place % 2 else form | key]
                    values = {f: NASTY[(NASTY.index(value) + 7 * n) % len(NASTY)] for n, f in enumerate(wrong)}
                    said = ", ".join(f"{field}={one[:30]!r}" for field, one in values.items())
                    for around in bases:
                        watched.send(name, method, url, around | values, said, **more)
    assert "\n".join(sorted(set(watched.wrong))) == ""
    assert watched.sent > 500
    assert connection.in_atomic_block


def test_a_bad_id_is_404_and_never_a_500(watched, shop):  # noqa: F811
    wrong = []
    for name, path, right, methods in known():
        if "<int:" not in path or right == "public":
            continue
        try:
            url = url_of(shop, name, path)
        except AssertionError:
            continue
        parts = path.split("/")
        places = [place for place, part in enumerate(parts) if part.startswith("<int:")]
        for place, bad in itertools.product(places, BAD_IDS):
            pieces = url.split("/")
            pieces[place] = str(bad)
            for method in methods.split():
                answer = watched.send(name, method, "/".join(pieces), {}, f"id {bad}")
                if method == "GET" and answer.status_code != 404:
                    wrong.append(f"GET {name} {bad}: {answer.status_code}")
    assert "\n".join(sorted(set(watched.wrong))) == ""
    assert wrong == []


def test_no_file_gives_a_500(watched, shop):  # noqa: F811
    tried = 0
    for name, path, right, methods in known():
        if methods != "GET POST" or right == "public":
            continue
        try:
            url = url_of(shop, name, path)
        except AssertionError:
            continue
        page = watched.send(name, "GET", url, {}, "as it is")
        if page.streaming or 'type="file"' not in page.content.decode():
            continue
        form = Fields(page.content.decode()).found
        asked = [field for field in ("file", "logo", "image") if f'name="{field}"' in page.content.decode()]
        for (kind, content), ending in itertools.product(FILES.items(), ("csv", "xlsx", "png")):
            tried += 1
            if not FULL and tried % 3:
                continue
            files = {field: SimpleUploadedFile(f"\u202ex.{ending}", content) for field in asked}
            key = {"key": str(uuid.uuid4())}
            watched.send(name, "POST", url, form | key | files, f"{kind} .{ending}")
    assert "\n".join(sorted(set(watched.wrong))) == ""
    assert tried > 50


def test_no_login_gives_a_500(monkeypatch, shop):  # noqa: F811
    stranger = Watched(monkeypatch)
    try:
        for value in NASTY:
            for values in ({"username": value, "password": "x"}, {"username": "a@b.nl", "password": value}):
                stranger.send("login", "POST", "/inloggen/", values | {"next": value}, repr(value[:40]))
            stranger.send("login", "GET", "/inloggen/", {"next": value}, repr(value[:40]))
    finally:
        stranger.close()
    assert "\n".join(sorted(set(stranger.wrong))) == ""


def test_the_fuzz_sees_a_500_and_names_the_field(watched, shop, monkeypatch):  # noqa: F811
    """The guard on quantities taken away: nonsense now reaches the arithmetic."""

    def careless(request, name):
        value = request.GET.get(name, "")
        return int(value) if value else None

    monkeypatch.setattr("backoffice.relations.views.customers.asked_int", careless)
    watched.send("relations:customers", "GET", "/debiteuren/", {"after": "x"}, "after='x'")
    assert len(watched.wrong) == 1 and "after='x': 500 ValueError" in watched.wrong[0]


def test_every_address_is_in_it(shop):  # noqa: F811
    """Those that have no row in the table of rights fail there; all others are tried here."""
    assert {name for name, *_ in known()} <= {name for name, *_ in addresses()}
