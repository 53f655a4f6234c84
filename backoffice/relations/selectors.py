"""What the screens of customers, branches and employees read."""

import re

from django.db.models import Case, Prefetch, Q, QuerySet, Value, When, prefetch_related_objects

from backoffice.core import search, sorting
from backoffice.core.formats import format_phone
from backoffice.relations.models import Branch, Customer, CustomerAddress, Employee, EmployeeRole, Till
from backoffice.relations.validators import phone_words

ADDRESSES = Prefetch("addresses", CustomerAddress.objects.order_by("-kind", "pk"), to_attr="all_addresses")
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
    return customers.prefetch_related(ADDRESSES)


def customer_options(text: str, limit: int = 10) -> list[Customer]:
    """Customers for search as you type: exactly this number first. Indexes: number (unique), customer_search."""
    text = text.strip()
    first = []
    if text.isascii() and text.isdigit() and len(text) < 10:
        first = list(with_city(Customer.objects.filter(number=int(text), anonymised_at=None)))
    rest = [row for row in first_customers(text, limit) if row not in first]
    return (first + rest)[:limit]


def first_customers(text: str, limit: int) -> list[Customer]:
    """The first few that hold every word, else those that resemble it; without words the newest.

    Those whose name has the words come first, by name. Indexes: customer_search, customer_by_name.
    """
    customers = Customer.objects.filter(anonymised_at=None)
    text = searchable(text)
    if not text:
        return list(with_city(customers).order_by("-pk")[:limit])
    # one statement, of which each part is a walk along an index that ends at its limit
    first, *rest = (
        search.matching(customers, text).filter(named).annotate(tier=Value(tier)).order_by("sort_key", "pk")[:limit]
        for tier, named in enumerate((_named(text, begins=True), _named(text), Q()))
    )
    found: dict[int, Customer] = {}
    for row in sorted(first.union(*rest, all=True), key=lambda row: (row.tier, row.sort_key, row.pk)):
        found.setdefault(row.pk, row)
    rows = list(found.values())[:limit]
    if not rows:
        return list(search.resembling(with_city(customers), text)[:limit])
    prefetch_related_objects(rows, ADDRESSES)
    return rows


def _named(text: str, *, begins: bool = False) -> Q:
    """Who is listed under these words: a person before the company that has one of that name as its contact.

    begins: every word is the beginning of one of the name.
    """
    condition = Q()
    for word in sorting.words(text):
        condition &= Q(sort_key__regex=f"(^|[ \x1f]){word}") if begins else Q(sort_key__contains=word)
    return condition


def reason(customer: Customer, text: str) -> str:
    """The small line under a customer: the city, and what matched beside number and name."""
    read = hasattr(customer, "all_addresses")
    addresses = customer.all_addresses if read else list(customer.addresses.order_by("-kind", "pk"))
    parts = [address.city for address in addresses[:1]] + matched(customer, text, addresses)
    if len(parts) < 2 and customer.email:
        parts.append(customer.email)
    return " · ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def matched(customer: Customer, text: str, addresses: list[CustomerAddress]) -> list[str]:
    """What holds the words that number and name do not: the contact of a company, e-mail, phone, an address."""
    places = [
        (customer.person, customer.person),
        (customer.email, customer.email),
        (" ".join(phone_words(customer.phone)), format_phone(customer.phone)),
    ]
    for one in addresses:
        places.append((f"{one.attention} {one.street_line}", f"{one.street_line}, {one.city_line}".strip(", ")))
        places.append((f"{one.postcode} {one.postcode.replace(' ', '')} {one.city}", one.city_line))
    named = search.fold(f"{customer.number} {customer.name}")
    parts = []
    for word in search.fold(searchable(text)).split():
        if word not in named:
            parts += [shown for held, shown in places if word in search.fold(held)]
    parts = list(dict.fromkeys(part for part in parts if part != customer.name))
    return [part for part in parts if not any(part in other for other in parts if other != part)]


def employees_with_roles() -> QuerySet:
    return Employee.objects.select_related("home_branch").prefetch_related(
        Prefetch("roles", EmployeeRole.objects.select_related("branch").order_by("branch__sort_key", "role"))
    )


def tills_of(branch_id: int | None) -> QuerySet:
    return Till.objects.filter(branch__pk=branch_id or 0, active=True).select_related("branch").order_by("number")


def branches_of(access, *, first: int | None = None, most: int | None = None) -> list[Branch]:
    """Where somebody works, by name. most: no more than these, that with the id `first` among them. One statement."""
    branches = Branch.objects.filter(active=True)
    allowed = access.branch_ids("shell")
    if allowed is not None:
        branches = branches.filter(pk__in=allowed)
    if most is None:
        return list(branches)
    there = Case(When(pk=first or 0, then=Value(0)), default=Value(1))
    return sorted(branches.order_by(there, "sort_key", "pk")[:most], key=lambda row: (row.sort_key, row.pk))
