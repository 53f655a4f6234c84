"""Reads of the search everywhere: what is exactly meant first, then at most five of each kind by words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from backoffice.catalog import codes
from backoffice.catalog.models import Article
from backoffice.core import search as words
from backoffice.relations import selectors as relations
from backoffice.relations.models import Customer
from backoffice.relations.rights import access_of, scoped
from sales.lists import having
from sales.models import SalesOrder

PER_KIND = 5
# what floors above find by the number of a paper of theirs: (what it is called, the order that it is of), or None
PAPERS: list[Callable[[str], tuple[str, int] | None]] = []


@dataclass(frozen=True)
class Found:
    """kind: order, customer or article; note: the small line under it."""

    kind: str
    row: Any
    note: str = ""


@dataclass
class Groups:
    orders: list[Found] = field(default_factory=list)
    customers: list[Found] = field(default_factory=list)
    articles: list[Found] = field(default_factory=list)


def search(text: str, employee) -> tuple[list[Found], Groups]:
    """(what is exactly meant, the rest by words): orders of the employee's branches, no kind without its right."""
    groups = Groups()
    if not text:
        return [], groups
    access = access_of(employee)
    exact: list[Found] = []
    if access.can("sales.view"):
        exact += exact_orders(text, employee) or orders_of_papers(text, employee)
        groups.orders = _others(exact, _orders(text, employee))
    if access.can("catalog.view"):
        exact += exact_articles(text)
        groups.articles = _others(exact, _articles(text))
    if access.can("customers.view"):
        exact += exact_customers(text)
        groups.customers = _others(exact, _customers(text))
    return exact, groups


def exact_orders(text: str, employee) -> list[Found]:
    """The order with this number (index: order_number_once)."""
    orders = scoped(SalesOrder.objects.filter(number=text.upper()), employee, "sales.view")
    return [Found("order", row) for row in orders[:1]] if any(c.isdigit() for c in text) else []


def orders_of_papers(number: str, employee) -> list[Found]:
    """The order that a receipt or packing slip with this number is of."""
    if not any(char.isdigit() for char in number):
        return []
    papers = {found[1]: found[0] for found in (find(number.upper()) for find in PAPERS) if found}
    orders = scoped(SalesOrder.objects.filter(pk__in=papers), employee, "sales.view") if papers else []
    return [Found("order", row, papers[row.pk]) for row in orders]


def exact_articles(text: str) -> list[Found]:
    """The article with this number or with a variant that has this barcode (indexes: both unique)."""
    shown = ("article", "variant__article", "variant__colour", "variant__size")
    for barcode in codes.of_code(text).select_related(*shown):
        variant = barcode.variant
        parts = [str(p) for p in (variant.colour, variant.size) if p] if variant else []
        return [Found("article", variant.article if variant else barcode.article, " · ".join([text, *parts]))]
    return [Found("article", row) for row in Article.objects.filter(number=text)[:1]]


def exact_customers(text: str) -> list[Found]:
    """The customer with this number (index: unique)."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return []
    rows = relations.with_city(Customer.objects.filter(number=int(text), anonymised_at=None))
    return [Found("customer", row, relations.reason(row, text)) for row in rows]


def _orders(text: str, employee) -> list[Found]:
    # index order_search (trigram); baskets of a till are found by their number only
    orders = scoped(having(SalesOrder.objects.filter(listed=True), text), employee, "sales.view")
    return [Found("order", row) for row in orders.order_by("-order_date", "-pk")[: PER_KIND + 1]]


def _articles(text: str) -> list[Found]:
    # index article_search (trigram)
    rows = words.matching(Article.objects.filter(active=True).select_related("brand"), text)
    return [Found("article", row, str(row.brand or "")) for row in rows.order_by("sort_key", "pk")[: PER_KIND + 1]]


def _customers(text: str) -> list[Found]:
    # index customer_search (trigram): every word, else what resembles them
    rows = relations.first_customers(text, PER_KIND + 1)
    return [Found("customer", row, relations.reason(row, text)) for row in rows]


def _others(exact: list[Found], rows: list[Found]) -> list[Found]:
    known = {(found.kind, found.row.pk) for found in exact}
    return [found for found in rows if (found.kind, found.row.pk) not in known][:PER_KIND]


def orders_of(customer: Customer, employee, limit: int = 10) -> list[SalesOrder]:
    """The newest orders of the customer in the employee's branches (index: order_of_customer)."""
    orders = scoped(customer.orders.filter(Q(listed=True) | Q(number__gt="")), employee, "sales.view")
    return list(orders.select_related("branch").order_by("-order_date", "-pk")[:limit])
