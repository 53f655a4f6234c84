"""Whose row it is: certainly one customer, perhaps one of some, or nobody who is there yet.

Certain is the same name with the same e-mail, telephone or house (postcode and number). Doubtful is what only may be
the same: another name at the same e-mail or telephone, a like name in the same house, the same name with nothing beside
it. E-mails and names count by their fold.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from django.db.models.functions import Lower

from backoffice.core.db import bulk
from backoffice.core.search import fold
from backoffice.relations.imports.plan import Row
from backoffice.relations.models import Customer, CustomerAddress
from backoffice.relations.services.customers import alike

MOST = 20  # candidates by one key: where more share an e-mail, it tells nobody from another


class Grade(IntEnum):
    OTHER = 0
    DOUBTFUL = 1
    CERTAIN = 2


@dataclass(frozen=True, slots=True)
class Person:
    """What tells one customer from another, folded; empty where it is not known."""

    names: frozenset[str]
    family: str  # last name or company
    email: str = ""
    phone: str = ""
    places: frozenset[tuple[str, str]] = frozenset()

    @property
    def bare(self) -> bool:
        return not (self.email or self.phone or self.places)


@dataclass(slots=True)
class Match:
    """known: who it certainly is. others: who it may be. number_taken: the row's number is of one of the others."""

    known: Customer | None = None
    others: list[Customer] = field(default_factory=list)
    number_taken: bool = False


def place(postcode: str, house_number: str, addition: str) -> tuple[str, str] | None:
    """A house: its postcode and its number, however they are written."""
    number = "".join(c for c in fold(f"{house_number}{addition}") if c.isalnum())
    return (postcode.replace(" ", ""), number) if postcode and number else None


def of_row(row: Row) -> Person:
    found = place(*(row.address.get(name, "") for name in ("postcode", "house_number", "addition")))
    family = row.values.get("company") or row.values.get("last_name", "")
    return Person(
        frozenset({fold(row.name)} - {""}),
        fold(family),
        fold(row.values.get("email", "")),
        row.values.get("phone", ""),
        frozenset([found] if found else []),
    )


def of_customer(customer: Customer) -> Person:
    places = (place(a.postcode, a.house_number, a.addition) for a in customer.addresses.all())
    return Person(
        frozenset({fold(customer.name), fold(customer.person)} - {""}),
        fold(customer.last_name or customer.company),
        fold(customer.email),
        customer.phone,
        frozenset(one for one in places if one),
    )


def agreement(one: Person, other: Person) -> int:
    """In how many of e-mail, telephone and house two agree."""
    return (
        bool(one.email and one.email == other.email)
        + bool(one.phone and one.phone == other.phone)
        + bool(one.places & other.places)
    )


def grade(one: Person, other: Person) -> Grade:
    """How sure it is that two are the same."""
    email_differs = bool(one.email and other.email and one.email != other.email)
    phone_differs = bool(one.phone and other.phone and one.phone != other.phone)
    same_house = bool(one.places & other.places)
    house_differs = bool(one.places and other.places and not same_house)
    if not one.names:
        return Grade.CERTAIN if agreement(one, other) and not email_differs else Grade.OTHER
    if one.names & other.names:
        if agreement(one, other):
            return Grade.DOUBTFUL if email_differs else Grade.CERTAIN
        if email_differs or phone_differs or house_differs:
            return Grade.OTHER
        return Grade.CERTAIN if one.bare and other.bare else Grade.DOUBTFUL
    if one.email and one.email == other.email:
        return Grade.DOUBTFUL
    if one.phone and one.phone == other.phone and not email_differs:
        return Grade.DOUBTFUL
    if same_house and not (email_differs or phone_differs) and alike(one.family, other.family):
        return Grade.DOUBTFUL
    return Grade.OTHER


class Known:
    """The customers that the rows may be about, read once; match() says whose a row is."""

    def __init__(self, rows: list[Row]):
        found = _candidates(rows)
        self.by_number = {one.number: one for one in found if not one.anonymised_at}
        self.anonymised = {one.number for one in found if one.anonymised_at}
        self.people = {one.pk: of_customer(one) for one in self.by_number.values()}
        self.by_key: dict[tuple, list[Customer]] = defaultdict(list)
        for one in sorted(self.by_number.values(), key=lambda one: one.pk):
            for key in _keys(self.people[one.pk]):
                if len(self.by_key[key]) < MOST:
                    self.by_key[key].append(one)

    def match(self, row: Row) -> Match:
        person = of_row(row)
        numbered = self.by_number.get(row.number) if row.number is not None else None
        if numbered is not None and self._fits(person, numbered):
            return Match(known=numbered)
        certain, doubtful = self._alike(person)
        if len(certain) == 1:
            return Match(known=certain[0])
        if numbered is not None and not certain:
            return Match(others=[numbered], number_taken=True)
        return Match(others=certain or doubtful)

    def _fits(self, person: Person, numbered: Customer) -> bool:
        """A number is enough, but where the file names somebody else by name and by everything beside it."""
        theirs = self.people[numbered.pk]
        if not (person.names or person.email):
            return True
        return bool(person.names & theirs.names or agreement(person, theirs) or alike(person.family, theirs.family))

    def _alike(self, person: Person) -> tuple[list[Customer], list[Customer]]:
        """Who it certainly is, those that agree in most, and who it may be."""
        candidates = {one.pk: one for key in _keys(person) for one in self.by_key.get(key, [])}
        graded = {pk: grade(person, self.people[pk]) for pk in candidates}
        certain = [candidates[pk] for pk, found in graded.items() if found == Grade.CERTAIN]
        best = max((agreement(person, self.people[one.pk]) for one in certain), default=0)
        return (
            [one for one in certain if agreement(person, self.people[one.pk]) == best],
            [candidates[pk] for pk, found in graded.items() if found == Grade.DOUBTFUL],
        )


def _keys(person: Person) -> Iterable[tuple]:
    """What a candidate is found by: each thing beside the name, which is sure, and each by itself."""
    things: list[tuple] = [("email", person.email)] if person.email else []
    things += [("phone", person.phone)] if person.phone else []
    things += [("place", one) for one in person.places]
    for name in person.names:
        yield from ((*thing, name) for thing in things)
        yield "name", name
        if person.bare:
            yield "bare", name
    yield from things


def _candidates(rows: list[Row]) -> list[Customer]:
    """Every customer with a number, e-mail, telephone, postcode or name of the file, with its addresses.

    indexes: the unique one of the number, customer_by_email, customer_by_phone, customer_address_postcode; the names
    are compared in one walk through the table
    """
    emails = sorted({row.values.get("email", "").lower() for row in rows} - {""})
    phones = sorted({row.values.get("phone", "") for row in rows} - {""})
    postcodes = sorted({row.address.get("postcode", "") for row in rows} - {""})
    names = sorted({row.name.lower() for row in rows} - {""})
    numbers = sorted({row.number for row in rows if row.number is not None})
    at = CustomerAddress.objects.filter(bulk.any_of("postcode", postcodes)).values_list("customer_id", flat=True)
    ids: set[int] = set(at)
    for column, wanted in (("number", numbers), ("phone", phones)):
        ids |= set(Customer.objects.filter(bulk.any_of(column, wanted)).values_list("pk", flat=True))
    for column, wanted in (("email", emails), ("name", names)):
        rows_of = Customer.objects.exclude(**{column: ""}).annotate(lowered=Lower(column))
        rows_of = rows_of.filter(bulk.any_of("lowered", wanted))
        ids |= set(rows_of.values_list("pk", flat=True))
    found = list(Customer.objects.filter(bulk.any_of("pk", sorted(ids))))
    addresses: dict[int, list[CustomerAddress]] = defaultdict(list)
    for address in CustomerAddress.objects.filter(bulk.any_of("customer_id", sorted(ids))).order_by("kind", "pk"):
        addresses[address.customer_id].append(address)
    held: Any
    for held in found:  # what prefetch_related does, without a parameter for each customer
        held._prefetched_objects_cache = {"addresses": addresses[held.pk]}
    return found
