"""Picklijst: what must leave a branch by a date, by article, for whoever walks along the shelves with it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from backoffice.catalog import stock
from backoffice.relations.models import Branch
from sales.documents import confirmation
from sales.models import OrderLine
from sales.worklists import TO_DELIVER

TEMPLATE = "documents/picklist.html"
MOST = 2000
SHOWN = (
    "variant_id", "article_number", "description", "colour_label", "colour_hex", "size_label", "text", "open",
    "order_id", "order__number", "order__customer_name", "order__expected_delivery_date",
)  # fmt: skip


@dataclass(slots=True)
class Place:
    """One variant to fetch: for which orders [(id, number, customer, date, pieces, text)], and what is on hand."""

    label: str
    hex: str
    on_hand: Decimal
    orders: list[dict] = field(default_factory=list)

    @property
    def pieces(self) -> Decimal:
        return sum((order["open"] for order in self.orders), Decimal(0))

    @property
    def short(self) -> bool:
        return self.on_hand < self.pieces


@dataclass(slots=True)
class Group:
    """The variants of one article."""

    number: str
    name: str
    places: list[Place] = field(default_factory=list)

    @property
    def head(self) -> bool:
        """Whether it comes in colours or sizes, and has a row of its own above them."""
        return any(place.label for place in self.places)

    @property
    def pieces(self) -> Decimal:
        return sum((place.pieces for place in self.places), Decimal(0))


@dataclass(frozen=True, slots=True)
class Picklist:
    branch: Branch
    by: date
    groups: list[Group]
    orders: int
    more: bool  # there are more than MOST lines: those of the latest dates are left out

    @property
    def pieces(self) -> Decimal:
        return sum((group.pieces for group in self.groups), Decimal(0))


def picklist(branch: Branch, by: date) -> Picklist:
    """What is open of stocked articles on orders of the branch that are due by the date; orders without one never are.

    Two statements. Index: order_to_deliver, and the lines by their order.
    """
    lines = (
        OrderLine.objects.filter(
            order__listed=True, order__status__in=TO_DELIVER, order__branch=branch,
            order__expected_delivery_date__lte=by, stocked=True,
        )
        .annotate(open=F("quantity") - F("cancelled_quantity") - F("delivered_quantity"))
        .filter(open__gt=0)
        .order_by("order__expected_delivery_date", "order_id", "position")
    )  # fmt: skip
    # where it lies in the article: by colour and size, as in the matrix
    places = ("variant__colour__position", "variant__size__position")
    rows = list(lines.values(*SHOWN, *places)[: MOST + 1])
    more, rows = len(rows) > MOST, rows[:MOST]
    levels = stock.levels({row["variant_id"] for row in rows}, branch.pk)
    present = {level.variant_id: level.on_hand for level in levels}
    groups: dict[str, Group] = {}
    found: dict[int, Place] = {}
    for row in sorted(
        rows, key=lambda row: (row["article_number"], *(row[at] or 0 for at in places), row["variant_id"])
    ):
        group = groups.setdefault(row["article_number"], Group(row["article_number"], row["description"]))
        if row["variant_id"] not in found:
            label = confirmation.colour_and_size(row["colour_label"], row["size_label"])
            found[row["variant_id"]] = Place(label, row["colour_hex"], present.get(row["variant_id"], Decimal(0)))
            group.places.append(found[row["variant_id"]])
        found[row["variant_id"]].orders.append(row)
    return Picklist(branch, by, list(groups.values()), len({row["order_id"] for row in rows}), more)


def picklist_html(shown: Picklist, language: str = "nl") -> str:
    """The page; render_pdf makes the paper."""
    with translation.override(language):
        return render_to_string(TEMPLATE, {"picklist": shown, "branch": shown.branch, "language": language})
