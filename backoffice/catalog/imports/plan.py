"""What a file asks for, per article and variant, and what is already known of it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Key = tuple[str, str]  # colour and size, folded


@dataclass(slots=True)
class VariantPlan:
    """One colour and size in the file. known: (id, own price, active) of the variant that is there."""

    row: int
    colour: str = ""
    size: str = ""
    price: Decimal | None = None
    own_price: Decimal | None = None
    codes: list[str] = field(default_factory=list)
    new_codes: list[str] = field(default_factory=list)
    stock: int | None = None
    stock_change: Decimal = Decimal(0)
    known: tuple[int, Decimal | None, bool] | None = None
    changes: bool = False
    id: int = 0


@dataclass(slots=True)
class ArticlePlan:
    """One article number in the file. known: the values of the article that is there; changes: what becomes of them."""

    number: str
    row: int
    name: str = ""
    brand: str = ""
    group: str = ""
    vat_code: str = ""
    size_range: str = ""
    active: bool | None = None
    variants: dict[Key, VariantPlan] = field(default_factory=dict)
    plain: VariantPlan | None = None
    price: Decimal | None = None
    unread: set[str] = field(default_factory=set)  # fields with a cell that is wrong: they are not missing
    known: Any = None  # {attribute: value}, or None
    changes: dict[str, Any] = field(default_factory=dict)
    outgrown: list[int] = field(default_factory=list)  # variants without the colour or size that the article gets
    size_ids: dict[str, int] = field(default_factory=dict)  # of its range, when that is known
    id: int = 0


@dataclass(slots=True)
class Plan:
    articles: dict[str, ArticlePlan] = field(default_factory=dict)
    # {article id: {key: (variant id, own price, active, colour label, size label, size id)}}
    variants: dict[int, dict[Key, tuple]] = field(default_factory=dict)
