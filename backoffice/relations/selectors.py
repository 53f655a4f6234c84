"""What the screens of customers, branches and employees read."""

import re

from django.db.models import Prefetch, QuerySet

from backoffice.core import search
from backoffice.relations.models import Customer, CustomerAddress, Employee, EmployeeRole, Till

PHONE_LIKE = re.compile(r"(\+|00)?[0-9][0-9 ()\-]{5,}", re.ASCII)


def found_customers(text: str, *, kind: str = "", blocked: bool | None = None) -> tuple[QuerySet, bool]:
    """Customers that hold every word; when none does, those that resemble it. Says which: (rows, resembling).

    Index: customer_search (trigram). Resembling rows come best first and are not paged.
    """
    customers = Customer.objects.filter(anonymised_at=None)
    if kind:
        customers = customers.filter(kind=kind)
    if blocked is not None:
        customers = customers.filter(blocked=blocked)
    text = searchable(text)
    if not text:
        return customers, False
    exact = search.matching(customers, text)
    if exact.order_by().exists():
        return exact, False
    return search.resembling(customers, text), True


def searchable(text: str) -> str:
    """What was typed as the search text holds it: a phone number without spaces, dashes and international prefix."""
    text = text.strip()
    if PHONE_LIKE.fullmatch(text):
        digits = re.sub(r"[^0-9]", "", text)
        return digits[2:] if text.startswith("00") else digits
    return text


def with_city(customers: QuerySet) -> QuerySet:
    """The customers with their addresses at hand, the invoice address first: one query more, whatever the number."""
    return customers.prefetch_related(
        Prefetch("addresses", CustomerAddress.objects.order_by("-kind", "pk"), to_attr="all_addresses")
    )


def customer_options(text: str, limit: int = 10) -> list[Customer]:
    """Customers for search as you type: exactly this number first. Indexes: number (unique), customer_search."""
    text = text.strip()
    first = []
    if text.isascii() and text.isdigit() and len(text) < 10:
        first = list(with_city(Customer.objects.filter(number=int(text), anonymised_at=None)))
    rest = [row for row in first_customers(text, limit) if row not in first]
    return (first + rest)[:limit]


def first_customers(text: str, limit: int) -> list[Customer]:
    """The first few by name that hold every word, else those that resemble it; without words the newest."""
    customers = with_city(Customer.objects.filter(anonymised_at=None))
    text = searchable(text)
    if not text:
        return list(customers.order_by("-pk")[:limit])
    return list(search.matching(customers, text).order_by("name", "pk")[:limit]) or list(
        search.resembling(customers, text)[:limit]
    )


def reason(customer: Customer, text: str) -> str:
    """The small line under a customer: the city, and what else matched (e-mail, phone or postcode)."""
    words = search.fold(searchable(text)).split()
    parts = []
    read = hasattr(customer, "all_addresses")
    addresses = customer.all_addresses if read else list(customer.addresses.order_by("-kind", "pk"))
    for address in addresses[:1]:
        parts.append(address.city)
    for word in words:
        if word in search.fold(f"{customer.number} {customer.name}"):
            continue
        if word in search.fold(customer.email):
            parts.append(customer.email)
        parts += [f"{a.postcode} {a.city}" for a in addresses if word in fold_postcode(a.postcode)]
    if len(parts) < 2 and customer.email:
        parts.append(customer.email)
    return " · ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def fold_postcode(postcode: str) -> str:
    return f"{postcode} {postcode.replace(' ', '')}".lower()


def employees_with_roles() -> QuerySet:
    return Employee.objects.select_related("home_branch").prefetch_related(
        Prefetch("roles", EmployeeRole.objects.select_related("branch").order_by("branch__name", "role"))
    )


def tills_of(branch_id: int | None) -> QuerySet:
    return Till.objects.filter(branch__pk=branch_id or 0, active=True).select_related("branch").order_by("number")
