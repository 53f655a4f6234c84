"""`make bench ARGS=--growth`: every page of a shop that grew along each axis, beside the same page of the demo shop."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from backoffice.catalog.models import Article
from backoffice.relations.models import Branch, Employee, Till
from backoffice.relations.services.devices import token_hash
from pos.models import TillLayout, TillSeat
from sales.models import SalesOrder
from sales.services import confirming, drafts, lines
from tests import grown
from tests.bench import scale
from tests.bench.measure import percentile

TOKEN = "growth"
ROUNDS = 5
RATIO = 1.5  # aim: so many times the page of the demo shop, or the ceiling of the page
BYTES = 300_000
FAR = {
    "branches": 200, "employees": 500, "keys": 2_000, "stock": 100_000, "variants": 600, "many": 3_000,
    "lines": 1_000, "of_customer": 5_000, "queue": 10_000, "amendments": 1_000, "customers": 5_000,
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A page that is measured; ceiling: milliseconds that it may take however far its axis grows."""

    title: str
    axis: str
    path: Callable[[SimpleNamespace], str]
    ceiling: float | None = None


def _at(name: str, *args: str, query: str = "") -> Callable[[SimpleNamespace], str]:
    return lambda places: reverse(name, args=[getattr(places, arg).pk for arg in args]) + query


PAGES = (
    Page("till", "quick keys, stock of the branch", _at("pos:till"), 50),
    Page("till, a page of keys", "quick keys", lambda p: reverse("pos:quick_page", args=[p.page.pk]), 50),
    Page("layout of quick keys", "quick keys", _at("pos:layout", "layout")),
    Page("stock of an article", "variants x branches", _at("catalog:stock_article", "article"), 300),
    Page("stock of a larger article", "variants x branches", _at("catalog:stock_article", "large"), 300),
    Page("count of an article", "variants", _at("catalog:stock_count", "article"), 300),
    Page("count of a larger article", "variants", _at("catalog:stock_count", "large"), 300),
    Page("correction", "variants", _at("catalog:stock_correct", "article"), 300),
    Page("article", "variants", _at("catalog:article", "article"), 400),
    Page("larger article", "variants", _at("catalog:article", "large"), 400),
    Page("stock", "stock of the branch, branches", _at("catalog:stock")),
    Page("stock of all branches", "stock, branches", _at("catalog:stock", query="?branch=all")),
    Page("stock that is short", "stock of the branch", _at("catalog:stock", query="?short=yes")),
    Page("articles", "stock of the branch", _at("catalog:articles")),
    Page("articles in stock", "stock of the branch", _at("catalog:articles", query="?stock=yes")),
    Page("weeks per branch", "branches", _at("payments:weeks"), 300),
    Page("start", "branches", lambda p: "/"),
    Page("branches", "branches", _at("relations:branches")),
    Page("tills", "branches", _at("relations:tills")),
    Page("employees", "employees", _at("relations:employees")),
    Page("an employee", "branches", _at("relations:employee", "employee")),
    Page("journal", "branches, employees", _at("relations:journal")),
    Page("draft", "lines", _at("sales:order", "draft"), 500),
    Page("order", "lines", _at("sales:order", "sold"), 500),
    Page("history", "lines", _at("sales:history", "sold"), 500),
    Page("packing slip, form", "lines", _at("documents:slip_new", "sold"), 500),
    Page("cancel an order", "lines", _at("payments:cancel", "sold"), 500),
    Page("matrix window", "variants", lambda p: f"{reverse('sales:matrix', args=[p.draft.pk])}?artikel={p.article.pk}"),
    Page("free elsewhere", "variants x branches",
         _at("sales:matrix_elsewhere", "draft", "article")),
    Page("picker", "stock of the branch", _at("sales:picker", "draft")),
    Page("orders", "orders", _at("sales:orders")),
    Page("orders of a customer", "orders of a customer", _at("sales:orders_of_customer", "customer")),
    Page("a customer", "orders of a customer", _at("relations:customer", "customer")),
    Page("customers", "customers", _at("relations:customers")),
    Page("panel beside an order", "orders of a customer", _at("sales:side", "draft")),
    Page("worklists", "queue", _at("sales:worklists")),
    Page("choose an order", "queue", _at("pos:choose_order")),
    Page("choose a customer", "customers", _at("pos:customer")),
    Page("queue", "queue", _at("pos:queue")),
    Page("picking list", "queue", _at("documents:picklist")),
    Page("outstanding", "queue", _at("payments:outstanding")),
    Page("search everywhere", "all", _at("search", query="?q=groei")),
)  # fmt: skip


@dataclass(frozen=True)
class Figures:
    p50: float
    statements: int
    bytes: int


class Growth:
    """A shop whose pages are asked by a beheerder, and whose till has somebody at it."""

    def __init__(self):
        self.branch = Branch.objects.order_by("pk").first()
        self.admin = Employee.objects.filter(roles__role="admin").order_by("pk").first()
        self.till = Till.objects.filter(branch=self.branch, layouts__isnull=False).order_by("pk").first()
        Till.objects.filter(pk=self.till.pk).update(device_token_hash=token_hash(TOKEN))
        TillSeat.objects.update_or_create(
            till=self.till,
            defaults={"device_hash": token_hash(TOKEN), "employee": self.admin,
                      "seen_at": timezone.now() + timezone.timedelta(days=1)},
        )  # fmt: skip
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(self.admin, backend="backoffice.relations.backends.DeskBackend")
        self.client.cookies["till_device"] = TOKEN

    def near(self) -> SimpleNamespace:
        """The pages of the demo shop."""
        article = Article.objects.filter(matrix=True, stocked=True).order_by("pk").first()
        offered = SalesOrder.objects.filter(branch=self.branch, lines__variant__isnull=False, quotation=False)
        return SimpleNamespace(
            article=article, large=article, layout=self.till.layouts.first(),
            page=self.till.layouts.first().pages.first(), employee=self.admin,
            draft=self._ordered(article, 3), sold=self._confirmed(article, 3),
            customer=offered.filter(customer__isnull=False).first().customer,
        )  # fmt: skip

    def _ordered(self, article: Article, number: int) -> SalesOrder:
        customer = SalesOrder.objects.filter(customer__isnull=False, customer__blocked=False).first().customer
        made = drafts.create(branch_id=self.branch.pk, employee=self.admin, customer_id=customer.pk)
        items = [(pk, Decimal(1)) for pk in article.variants.order_by("pk").values_list("pk", flat=True)[:number]]
        return lines.add(order_id=made.pk, items=items, employee=self.admin)

    def _confirmed(self, article: Article, number: int) -> SalesOrder:
        return confirming.confirm(order_id=self._ordered(article, number).pk, employee=self.admin)

    def grow(self, far: dict[str, int]) -> SimpleNamespace:
        """Each axis to its far end."""
        one = self._confirmed(Article.objects.filter(matrix=True, stocked=True).order_by("pk").first(), 1)
        grown.branches(self.branch, far["branches"])
        branch_ids = list(Branch.objects.values_list("pk", flat=True))
        grown.employees(self.admin, self.branch, far["employees"])
        article = grown.article("G-1", far["variants"] // 15, 15, branch_ids=branch_ids)
        large = grown.article("G-2", far["many"] // 15, 15, branch_ids=branch_ids)
        articles = grown.stock(self.branch, far["stock"])
        TillLayout.tills.through.objects.all().delete()
        layout = grown.quick_keys(self.till, articles, far["keys"])
        grown.customers(one.customer, far["customers"])
        grown.orders(one, far["of_customer"])
        waiting = grown.orders(one, far["queue"], customer_id="null")
        grown.amendments(waiting[: far["amendments"]], one)
        elsewhere = ",".join(map(str, branch_ids))
        grown.orders(one, len(branch_ids), branch_id=f"(ARRAY[{elsewhere}])[g]")
        return SimpleNamespace(
            article=article, large=large, layout=layout, page=layout.pages.last(),
            employee=self.admin, draft=self._ordered(large, far["lines"]), sold=self._confirmed(large, far["lines"]),
            customer=one.customer,
        )  # fmt: skip

    def measured(self, page: Page, places: SimpleNamespace, rounds: int = ROUNDS) -> Figures:
        path = page.path(places)
        with CaptureQueriesContext(connection) as captured:
            answer = self.client.get(path)
            statements = len(captured)  # the next request forgets them
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        times = []
        for _round in range(rounds):
            gc.collect()
            since = time.perf_counter()
            self.client.get(path)
            times.append((time.perf_counter() - since) * 1000)
        return Figures(percentile(times, 0.5), statements, len(answer.content))


def measure(far: dict[str, int], rounds: int = ROUNDS) -> "list[Row]":
    """Measure the pages of the demo shop, let it grow, measure them again."""
    shop = Growth()
    places = shop.near()
    near = [shop.measured(page, places, rounds) for page in PAGES]
    since = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        places = shop.grow(far)
        cursor.execute("RESET statement_timeout")
    scale.analyse()
    print(f"Grown in {time.perf_counter() - since:.0f} s", flush=True)
    return [Row(page, before, shop.measured(page, places, rounds)) for page, before in zip(PAGES, near, strict=True)]


@dataclass(frozen=True)
class Row:
    """A page at the demo shop and at the far end of its axis."""

    page: Page
    near: Figures
    far: Figures

    @property
    def ratio(self) -> float:
        return self.far.p50 / self.near.p50

    @property
    def problems(self) -> list[str]:
        """A page that has a ceiling is folded there: it is held by the ceiling, any other by its ratio."""
        found = [f"{self.far.bytes:,} bytes"] if self.far.bytes > BYTES else []
        if self.page.ceiling and self.far.p50 > self.page.ceiling:
            found.append(f"{self.far.p50 / self.page.ceiling - 1:.0%} over {self.page.ceiling:g} ms")
        elif not self.page.ceiling and self.ratio > RATIO:
            found.append(f"{self.ratio:.1f} x")
        return found


def table(rows: list[Row]) -> str:
    head = ("page", "grows with", "demo p50", "far p50", "ratio", "statements", "bytes", "")
    body = [head]
    for row in rows:
        body.append((
            row.page.title, row.page.axis, f"{row.near.p50:.1f}", f"{row.far.p50:.1f}", f"{row.ratio:.2f} x",
            f"{row.near.statements} / {row.far.statements}", f"{row.near.bytes:,} / {row.far.bytes:,}",
            ", ".join(row.problems) or "ok",
        ))  # fmt: skip
    widths = [max(len(line[i]) for line in body) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i in (0, 1, len(head) - 1) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in body
    )


def parsed(text: str) -> dict[str, int]:
    """`lines=50,branches=12` over FAR. Raises ValueError for an axis that is not there."""
    asked = dict(part.split("=") for part in text.split(",") if part)
    if unknown := set(asked) - set(FAR):
        raise ValueError(f"{', '.join(sorted(unknown))}: the axes are {', '.join(FAR)}")
    return FAR | {axis: int(number) for axis, number in asked.items()}
