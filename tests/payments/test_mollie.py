"""Mollie's terminal, against a server of our own that speaks as theirs does; no network."""

import json
import threading
import uuid
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from payments.terminals import Silent
from payments.terminals.mollie import Mollie
from tests.payments import shop as money
from tests.payments.shop import shop
from tests.payments.test_terminals import ask, start

D = Decimal


@pytest.fixture
def theirs():
    """Their side: payments by id, by idempotency key, what was asked, and how many answers to lose."""
    side = SimpleNamespace(payments={}, keys={}, asked=[], lose=0, final="paid")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = self.headers["Idempotency-Key"]
            if key not in side.keys:
                pk = f"tr_{len(side.payments) + 1}"
                side.keys[key] = pk
                side.payments[pk] = body | {"id": pk, "status": "open", "details": None}
            self.say("POST", side.payments[side.keys[key]], 201)

        def do_GET(self):
            pk = self.path.rpartition("/")[2]
            if pk.startswith("payments?"):
                return self.say("LIST", {"_embedded": {"payments": list(side.payments.values())}})
            payment = side.payments[pk]
            if payment["status"] == "open" and side.final:
                payment["status"] = side.final
                payment["details"] = {"cardLabel": "Maestro", "cardNumber": "1234"}
            return self.say("GET", payment)

        def do_DELETE(self):
            payment = side.payments[self.path.rpartition("/")[2]]
            if payment["status"] != "open":
                return self.say("DELETE", {"status": 422}, 422)
            payment["status"] = "canceled"
            return self.say("DELETE", payment)

        def say(self, what, body, code=200):
            side.asked.append((what, self.headers["Authorization"]))
            if side.lose:
                side.lose -= 1
                self.close_connection = True
                return
            self.send_response(code)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    side.url = f"http://127.0.0.1:{server.server_port}"
    yield side
    server.shutdown()
    server.server_close()


def driver(theirs) -> Mollie:
    return Mollie(theirs.url, "test_key", "term_1")


def test_a_payment_is_made_asked_and_told_with_its_card(theirs):
    mine, request = driver(theirs), uuid.uuid4()
    started = mine.start(request, D("12.50"), "Kassa 1")
    assert (started.state, started.reference) == ("waiting", "tr_1")
    told = mine.ask(request, started.reference)
    assert (told.state, told.brand, told.last_four) == ("approved", "Maestro", "1234")
    made = theirs.payments["tr_1"]
    assert (made["amount"], made["method"], made["terminalId"]) == (
        {"currency": "EUR", "value": "12.50"}, "pointofsale", "term_1",
    )  # fmt: skip
    assert {who for _what, who in theirs.asked} == {"Bearer test_key"}


def test_a_lost_start_is_found_again_and_made_once(theirs):
    mine, request = driver(theirs), uuid.uuid4()
    theirs.lose = 1
    with pytest.raises(Silent):
        mine.start(request, D("12.50"), "Kassa 1")
    assert mine.ask(request).reference == "tr_1"
    assert mine.start(request, D("12.50"), "Kassa 1").reference == "tr_1"
    assert len(theirs.payments) == 1
    assert mine.ask(uuid.uuid4()).state == "unknown"


@pytest.mark.parametrize(("said", "state"), [("failed", "declined"), ("expired", "cancelled"), ("new", "unknown")])
def test_their_words_in_ours(theirs, said, state):
    mine, request = driver(theirs), uuid.uuid4()
    theirs.final = said
    assert mine.ask(request, mine.start(request, D(5), "").reference).state == state


def test_breaking_off_in_time_and_too_late(theirs):
    mine = driver(theirs)
    theirs.final = ""
    first, second = uuid.uuid4(), uuid.uuid4()
    reference = mine.start(first, D(5), "").reference
    assert mine.cancel(first, reference).state == "cancelled"
    reference = mine.start(second, D(5), "").reference
    theirs.payments[reference]["status"] = "paid"
    assert mine.cancel(second, reference).state == "approved"
    assert mine.cancel(uuid.uuid4()).state == "unknown"
    assert mine.start(uuid.uuid4(), D(-5), "").state == "declined"


@pytest.mark.django_db
def test_the_till_uses_it_when_the_shop_says_so(theirs, settings):
    s = shop()
    settings.TERMINAL_DRIVER, settings.MOLLIE_URL, settings.MOLLIE_API_KEY = "mollie", theirs.url, "test_key"
    settings.MOLLIE_TERMINALS = {f"{s.branch.code}1": "term_7"}
    theirs.lose = 1
    order = money.order(s, "60.00")
    payment = start(s, order, money.session(s), "60.00")
    assert (payment.state, theirs.payments["tr_1"]["terminalId"]) == ("unknown", "term_7")
    payment = ask(s, payment)  # found by its request id
    assert (payment.state, payment.reference) == ("waiting", "tr_1")
    payment = ask(s, payment)
    assert (payment.state, payment.reference, payment.last_four) == ("approved", "tr_1", "1234")
    assert len(theirs.payments) == 1
