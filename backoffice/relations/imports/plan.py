"""What a file asks for, per customer, and what is already known of it."""

from dataclasses import dataclass, field
from typing import Any

from backoffice.relations.models import Customer


@dataclass(slots=True)
class Row:
    """One row as it was read by itself. values and address: the cells that are not empty, as they are stored."""

    row: int
    number: int | None
    values: dict[str, Any]
    address: dict[str, Any]
    name: str
    country: str  # of the row, or ours; phone and postcode are read by it, and again when the customer's is another
    vat_reason: str
    cells: dict[str, str]  # as typed: phone, postcode, kind and vat_mode


@dataclass(slots=True)
class CustomerPlan:
    """One row: what becomes of its customer. known: the Customer that it is about, when there is one."""

    row: int
    number: int | None  # None until one is taken
    values: dict[str, Any]
    address: dict[str, Any]
    known: Customer | None = None
    vat_reason: str = ""  # of a mode without VAT that is new
    changes: bool = False


@dataclass(slots=True)
class Doubt:
    """A row that may be about customers who are there already."""

    row: int
    name: str
    others: list[Customer]
    number_taken: bool = False  # by somebody else, as it seems


@dataclass(slots=True)
class Plan:
    customers: list[CustomerPlan] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    skipped: int = 0
