"""The product driven by its screens: real forms with their keys over HTTP, logged in."""

import hashlib
import json
import re
import uuid
from decimal import Decimal
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backoffice.core.errors import Refusal
from payments.models import PaymentMethod
from pos.models import Receipt, TillSeat
from tests.oracle.model import CARD, Customer, Line, Order, Person, Session
from tests.oracle.money import Tenders
from tests.oracle.services import Services

DESK = "backoffice.relations.backends.DeskBackend"


VOID = {"input", "img", "br", "hr", "meta", "link", "use", "path", "source", "wbr"}


class Page(HTMLParser):
    """A page: what each of its forms and htmx buttons sends along."""

    def __init__(self, html: str, address: str):
        super().__init__()
        self.address = address
        self.open: list[tuple[str, str, dict[str, str]]] = []  # (tag, id, attributes) of the elements around
        self.fields: list[tuple[list[int], list[str], str, str]] = []  # (forms and ids around, name, value)
        self.senders: list[tuple[str, int, dict[str, str]]] = []  # (address, its own number, attributes)
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        number = len(self.senders)
        address = values.get("hx-post", "")
        if tag == "form" and not address and "hx-get" not in values:
            address = values.get("action") or self.address
        if address:
            self.senders.append((address, number, values))
        ticked = values.get("type") not in ("radio", "checkbox") or "checked" in values
        if tag == "input" and values.get("name") and ticked:
            around = [int(each[2]["number"]) for each in self.open if each[0] == "form"]
            ids = [each[1] for each in self.open] + [values.get("id", "")]
            self.fields.append((around, ids, values["name"], values.get("value", "")))
        if tag not in VOID:
            self.open.append((tag, values.get("id", ""), {"number": str(number)}))

    def handle_endtag(self, tag: str) -> None:
        while self.open and any(each[0] == tag for each in self.open):
            if self.open.pop()[0] == tag:
                break

    def sent_to(self, address: str) -> dict[str, str]:
        """What the form, or the button with all that it includes, sends there."""
        for where, number, values in self.senders:
            if where == address:
                sent = {name: value for around, _ids, name, value in self.fields if number in around}
                for wanted in filter(None, map(str.strip, values.get("hx-include", "").split(","))):
                    sent |= self.included(wanted)
                return sent
        raise AssertionError(f"nothing sends to {address} among {[where for where, *_rest in self.senders]}")

    def included(self, wanted: str) -> dict[str, str]:
        """Of "#place [name=word]" or "#place"."""
        place, _space, rest = wanted.partition(" ")
        word = rest.partition("=")[2].strip("]\"'") if rest else ""
        return {
            name: value for _around, ids, name, value in self.fields
            if place.removeprefix("#") in ids and word in ("", name)
        }  # fmt: skip

    def field(self, name: str) -> str:
        return next((value for _around, _ids, field, value in self.fields if field == name), "")


class Refused(Refusal):
    """A screen said no."""


class Screens:
    """The same verbs as Services, where a screen is driven."""

    def __init__(self, p: SimpleNamespace):
        self.p, self.client = p, Client()

    # ---- asking ------------------------------------------------------------------------------------------------------
    def sit(self, till: str, who: Person) -> None:
        """The browser is this till's, and this cashier unlocked it."""
        self.client = Client()
        row, token = self.p.till[till], f"token-of-{till}"
        row.device_token_hash = hashlib.sha256(token.encode()).hexdigest()
        row.save()
        self.client.cookies["till_device"] = token
        TillSeat.objects.filter(till=row).update(
            device_hash=row.device_token_hash, employee=self.p.person[who.name], seen_at=timezone.now()
        )

    def log_in(self, who: Person) -> None:
        self.client = Client()
        self.client.force_login(self.p.person[who.name], backend=DESK)

    def page(self, address: str, **query: Any) -> Page:
        answer = self.client.get(address, query)
        if answer.status_code == 302:
            raise Refused("screen.302", answer.url)
        if answer.status_code == 422:
            raise Refused("screen.422", address)
        assert answer.status_code == 200, (address, answer.status_code)
        return Page(answer.content.decode(), address)

    def send(self, address: str, values: dict[str, Any], *, htmx: bool = False) -> Any:
        answer = self.client.post(address, values, headers={"HX-Request": "true"} if htmx else {})
        if answer.status_code >= 400:
            assert answer.status_code in (404, 409, 422), (address, answer.status_code, answer.content[:500])
            text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
            raise Refused(f"screen.{answer.status_code}", text.strip()[:300])
        return answer

    # ---- the till ----------------------------------------------------------------------------------------------------
    def add(self, order: Order, items: list, who: Person, till: str = "") -> None:
        self.sit(till, who)
        for article, pieces in items:
            values = {"variant": article.ref, "quantity": f"{pieces:f}", "key": new_key(), "sure": "1"}
            self.send(reverse("pos:scan"), values, htmx=True)

    def choose(self, till: str, customer: Customer | None, who: Person) -> None:
        self.sit(till, who)
        values = {"key": new_key(), "customer": customer.ref if customer else ""}
        self.send(reverse("pos:customer"), values, htmx=True)

    def check_out(
        self, till: str, order: Order, who: Person, tenders: Tenders, take: dict[Line, Decimal],
        approver: Person | None = None,
    ) -> int:  # fmt: skip
        """The payment screen's own form, with its key and with what it says is left."""
        self.sit(till, who)
        address = reverse("pos:checkout")
        if any(name == CARD for name, _amount in tenders) or approver:
            return Services(self.p).check_out(till, order, who, tenders, take, approver)
        values: dict[str, Any] = self.page(address).sent_to(address)
        values = {name: value for name, value in values.items() if not name.startswith("take-") and name != "method"}
        values |= {f"take-{line.ref}": f"{number:f}" for line, number in take.items()}
        values["tender"] = [f"{self.method(name).pk}:{dutch(amount)}" for name, amount in tenders]
        answer = self.send(address, values)
        assert answer.status_code == 303, (answer.status_code, answer.content[:300])
        return Receipt.objects.get(pk=int(answer.url.rstrip("/").rpartition("/")[2])).pk

    def remove(self, order: Order, line: Line, who: Person, till: str) -> dict[str, Any]:
        """Regel verwijderen; what its toast offers to undo it."""
        self.sit(till, who)
        answer = self.send(reverse("pos:line_delete", args=[line.ref]), {"key": new_key()}, htmx=True)
        toast = json.loads(answer.headers["HX-Trigger"])["toast"]
        return {"address": toast["undo_url"], "values": toast["undo"]}

    def restore(self, order: Order, packed: dict[str, Any], who: Person, till: str) -> None:
        """Ongedaan maken."""
        self.sit(till, who)
        self.send(packed["address"], packed["values"], htmx=True)

    def take_back(
        self,
        till: str,
        order: Order,
        source: Order,
        pieces: dict[Line, Decimal],
        who: Person,
        to_stock: bool,
        code: str,
    ) -> None:
        """Retour: the number of the receipt, its lines, and how many of each."""
        self.sit(till, who)
        address = reverse("pos:returns")
        values: dict[str, Any] = self.page(address, code=code).sent_to(address)
        values |= {name: "0" for name in values if name.startswith("back-")}
        values |= {f"back-{line.ref}": f"{number:f}" for line, number in pieces.items()} | {"reason": "Te klein"}
        self.send(address, values if to_stock else values | {"write_off": "1"}, htmx=True)

    def method(self, name: str) -> PaymentMethod:
        return self.p.method[name]

    # ---- the desk ----------------------------------------------------------------------------------------------------
    def order_page(self, order: Order, who: Person) -> Page:
        self.log_in(who)
        return self.page(reverse("sales:order", args=[order.ref]))

    def confirm(self, order: Order, who: Person, seen: dict[str, str] | None = None) -> None:
        """Verkooporder bevestigen, with what the page held (seen: an earlier page's)."""
        address = reverse("sales:confirm", args=[order.ref])
        values = self.confirm_fields(order, who) if seen is None else seen
        self.log_in(who)
        self.send(address, values, htmx=True)

    def confirm_fields(self, order: Order, who: Person) -> dict[str, str]:
        page = self.order_page(order, who)
        return page.sent_to(reverse("sales:confirm", args=[order.ref]))

    def deliver(self, order: Order, take: dict[Line, Decimal], who: Person, _stays: str = "") -> int:
        """Pakbon aanmaken, with the pieces that go along."""
        self.log_in(who)
        address = reverse("documents:slip_new", args=[order.ref])
        values: dict[str, Any] = self.page(address).sent_to(address)
        values |= {name: "0" for name in values if name.startswith("quantity-")}
        values |= {f"quantity-{line.ref}": f"{number:f}" for line, number in take.items()}
        answer = self.send(address, values)
        return int(answer.url.rstrip("/").rpartition("/")[2])

    def deposit(self, order: Order, tenders: Tenders, who: Person, session: Session | None) -> None:
        """The dialog, and JA."""
        self.log_in(who)
        address = reverse("payments:deposit", args=[order.ref])
        values: dict[str, Any] = {"key": new_key(), "sure": "1", "method": [self.method(n).pk for n, _a in tenders]}
        values |= {f"amount_{self.method(name).pk}": dutch(amount) for name, amount in tenders}
        values |= {"session": session.ref} if session else {}
        self.send(address, values, htmx=True)


def dutch(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def new_key() -> str:
    return str(uuid.uuid4())
