"""What is measured: for each action the product's request, the floor's request, and the aims."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse

from backoffice.catalog.models import Variant
from payments.models import PaymentMethod
from pos import selectors as orders
from tests.bench.shop import CSRF, Shop

HTMX = {"HX-Request": "true"}


@dataclass
class Request:
    method: str
    path: str
    values: dict | None
    headers: dict
    expected: int = 200


@dataclass
class Action:
    """ask(n) and floor(n) make the nth request; ratio and statements are aims (at most)."""

    name: str
    title: str
    ask: Callable[[int], Request]
    floor: Callable[[int], Request] | None
    ratio: float | None
    statements: int | None
    rounds: int
    beside: str = ""  # ratio is to the p50 of this action instead of to the floor
    own_floor: bool = False  # the floor's request goes to the product as well


def build(shop: Shop, rounds: int, names) -> list[Action]:
    """The actions that go over the wire; those that use up drafts take half the rounds."""
    from tests.bench import till

    half = max(rounds // 2, 1)
    makers = {
        "who": lambda: _who(shop, rounds),
        "scan": lambda: _scan(shop, rounds),
        "confirm": lambda: _confirm(shop, half),
        "amend": lambda: _amend(shop, half),
        "slip": lambda: _slip(shop, half),
        "payment": lambda: _payment(shop, half),
        "till_scan": lambda: till.scan(shop, rounds),
        "checkout": lambda: till.checkout(shop, half),
        "list": lambda: _list(shop, rounds),
        "deep": lambda: _deep(shop, rounds),
        "matrix": lambda: _matrix(shop, rounds),
        "cells": lambda: _cells(shop, half),
        "queue": lambda: _queue(shop, rounds),
    }
    return [make() for name, make in makers.items() if name in names]


def headers(shop: Shop, *more: dict) -> dict:
    found = {"Cookie": shop.cookies, "Accept-Language": "nl"}
    for each in more:
        found |= each
    return found


def spare(rounds: int) -> int:
    """How many drafts an action uses up: rounds, warm-up and counting."""
    return rounds + warm_up(rounds) + 1


def warm_up(rounds: int) -> int:
    return min(max(rounds // 5, 2), 20)


def _who(shop, rounds):
    """The smallest answer there is: middleware, session, employee and rights, and an empty menu."""
    path = reverse("sales:orders_filter", args=["period"])
    return Action(
        "who", "middleware and who it is", lambda n: Request("GET", path, None, headers(shop, HTMX)), None, None, None,
        rounds,
    )  # fmt: skip


OPEN_ORDERS = 10_000


def _queue(shop, rounds):
    """A poll of a till while nothing happened, beside the smallest answer there is to somebody with a session."""
    shop.open_orders(OPEN_ORDERS)
    token = shop.tills(1)[0]
    return Action(
        "queue", "queue, unchanged poll", lambda n: poll(shop, token),
        lambda n: Request("GET", reverse("sales:orders_filter", args=["period"]), None, headers(shop, HTMX)),
        1.5, 1, rounds, own_floor=True,
    )  # fmt: skip


def poll(shop: Shop, token: str) -> Request:
    """What a till asks every four seconds, with the version that it shows."""
    path = f"{reverse('pos:queue')}?v={orders.queue_version(shop.branch.pk)}"
    return Request("GET", path, None, HTMX | {"Cookie": f"till_device={token}", "Accept-Language": "nl"}, 204)


def _scan(shop, rounds):
    ours, theirs = shop.draft(10), shop.draft(10)
    codes = shop.codes_of(ours)
    path, post = reverse("sales:scan", args=[ours.pk]), headers(shop, HTMX, {"X-CSRFToken": CSRF})
    return Action(
        "scan", "scan into a line of ten",
        lambda n: Request("POST", path, shop.post(code=codes[n % 10]), post),
        lambda n: Request(
            "POST", "/scan", shop.post(code=codes[n % 10], order=theirs.pk, employee=shop.employee.pk), {}
        ),
        2, 7, rounds,
    )  # fmt: skip


def _confirm(shop, rounds):
    ours, theirs = shop.drafts(10, spare(rounds)), shop.drafts(10, spare(rounds))
    return Action(
        "confirm", "confirm of 10 lines", lambda n: _confirm_of(shop, ours[n]),
        lambda n: Request("POST", "/confirm", shop.post(order=theirs[n].pk, employee=shop.employee.pk), {}),
        2.5, 13, rounds,
    )  # fmt: skip


def _confirm_of(shop: Shop, order) -> Request:
    path, post = reverse("sales:confirm", args=[order.pk]), headers(shop, HTMX, {"X-CSRFToken": CSRF})
    return Request("POST", path, shop.post(revision=order.revision), post, 204)


def confirm_long(shop: Shop) -> Request:
    """One confirm of 100 lines, for its statements."""
    return _confirm_of(shop, shop.draft(100))


def _amend(shop, rounds):
    """Verkooporder bevestigen on an amendment that changes the quantity of every line."""
    ours, theirs = shop.amendments(10, spare(rounds)), shop.amendments(10, spare(rounds))
    return Action(
        "amend", "amendment of 10 lines", lambda n: _confirm_of(shop, ours[n]),
        lambda n: Request(
            "POST", "/amend",
            shop.post(order=theirs[n].amends_id, amendment=theirs[n].pk, employee=shop.employee.pk), {},
        ),
        3, 15, rounds,
    )  # fmt: skip


def amend_long(shop: Shop) -> Request:
    """One amendment of 100 lines, for its statements."""
    return _confirm_of(shop, shop.amendment(100))


def _slip(shop, rounds):
    ours, theirs = shop.confirmed_ones(10, spare(rounds)), shop.confirmed_ones(10, spare(rounds))
    post = headers(shop, {"X-CSRFToken": CSRF})
    return Action(
        "slip", "packing slip of 10 lines",
        lambda n: _slip_of(shop, ours[n], post),
        lambda n: Request("POST", "/slip", shop.post(order=theirs[n].pk, employee=shop.employee.pk), {}),
        3, 15, rounds,
    )  # fmt: skip


def _slip_of(shop: Shop, order, post) -> Request:
    typed = {f"quantity-{line.pk}": "1" for line in order.all_lines}
    path = reverse("documents:slip_new", args=[order.pk])
    return Request("POST", path, shop.post(country="NL", **typed), post, 303)


def slip_long(shop: Shop) -> Request:
    """One slip of 100 lines, for its statements."""
    return _slip_of(shop, shop.confirmed(100), headers(shop, {"X-CSRFToken": CSRF}))


def _payment(shop, rounds):
    """JA in the Aanbetalen dialog: one euro by bank, on an order of ten lines."""
    ours, theirs = shop.confirmed_ones(10, spare(rounds)), shop.confirmed_ones(10, spare(rounds))
    post, bank = headers(shop, HTMX, {"X-CSRFToken": CSRF}), PaymentMethod.objects.get(name="Bank").pk
    values = {"method": bank, f"amount_{bank}": "1,00", "seen": "0,00", "sure": "1"}
    return Action(
        "payment", "payment registered",
        lambda n: Request("POST", reverse("payments:deposit", args=[ours[n].pk]), shop.post(**values), post, 204),
        lambda n: Request(
            "POST", "/payment", shop.post(order=theirs[n].pk, employee=shop.employee.pk, method=bank), {}
        ),
        2.5, 13, rounds,
    )  # fmt: skip


def _list(shop, rounds):
    path = reverse("sales:orders") + "?sort=-date"
    return Action(
        "list", "list, page 1", lambda n: Request("GET", path, None, headers(shop)),
        lambda n: Request("GET", "/orders", None, {}), 2, None, rounds,
    )  # fmt: skip


def _deep(shop, rounds):
    """Row 500,000, or the middle of a shorter list."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "SELECT id FROM sales_salesorder WHERE listed ORDER BY order_date DESC, id DESC"
            " OFFSET (SELECT least(count(*) / 2, 499999) FROM sales_salesorder WHERE listed) LIMIT 1"
        )
        row = cursor.fetchone()[0]
        cursor.execute("SET statement_timeout = '15s'")
    path = reverse("sales:orders") + f"?sort=-date&after={row}"
    return Action(
        "deep", "list, page at row 500,000", lambda n: Request("GET", path, None, headers(shop)),
        lambda n: Request("GET", f"/orders?after={row}", None, {}), 1.5, None, rounds, beside="list",
    )  # fmt: skip


def _matrix(shop, rounds):
    article, order = shop.matrix, shop.draft(10)
    path = f"{reverse('sales:matrix', args=[order.pk])}?artikel={article.pk}"
    return Action(
        "matrix", "matrix 20 x 15 open", lambda n: Request("GET", path, None, headers(shop, HTMX)),
        lambda n: Request("GET", f"/matrix?order={order.pk}&article={article.pk}", None, {}), 2, 4, rounds,
    )  # fmt: skip


def _cells(shop, rounds):
    article, post = shop.matrix, headers(shop, HTMX, {"X-CSRFToken": CSRF})
    variants = Variant.objects.filter(article=article).values_list("pk", flat=True)
    cells = {f"cell-{variant}": "1" for variant in variants}
    ours, theirs = shop.drafts(0, spare(rounds)), shop.drafts(0, spare(rounds))
    return Action(
        "cells", "matrix, 300 cells saved",
        lambda n: Request(
            "POST", reverse("sales:matrix", args=[ours[n].pk, article.pk]), shop.post(**saved(cells)), post
        ),
        lambda n: Request(
            "POST", "/matrix/save",
            shop.post(order=theirs[n].pk, employee=shop.employee.pk, article=article.pk, **cells), {},
        ),
        2, None, rounds,
    )  # fmt: skip


def saved(cells: dict[str, str]) -> dict[str, str]:
    """The changed cells as the window sends them."""
    return cells | {name.replace("cell-", "was-"): "" for name in cells}
