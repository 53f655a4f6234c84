"""The packing slip (pakbon): what stands on it, as figures and as a page of HTML; and the slips of an order."""

from dataclasses import dataclass, field
from decimal import Decimal
from textwrap import wrap

from django.db.models import QuerySet, Sum
from django.template.loader import render_to_string
from django.utils import translation

from backoffice.core.money import ZERO
from sales import addresses
from sales.documents import confirmation, pdf
from sales.documents.codes import code128
from sales.documents.models import PackingSlip
from sales.models import SalesOrder

TEMPLATE = "documents/slip.html"
FIGURES = ("ordered", "before", "here", "open")


@dataclass(slots=True)
class Row:
    """One line of a slip; figures in pieces. A text alone has none."""

    label: str
    text: str
    priced: bool
    ordered: Decimal = ZERO
    before: Decimal = ZERO
    here: Decimal = ZERO
    open: Decimal = ZERO


@dataclass(slots=True)
class Group:
    """The lines of one article that follow each other; a line without colour and size is a group of its own."""

    number: str
    name: str
    rows: list[Row] = field(default_factory=list)


def slips() -> QuerySet[PackingSlip]:
    """Slips with all that their paper and their page need, in one statement."""
    return PackingSlip.objects.select_related(
        "delivery__branch", "delivery__employee", "delivery__order__branch", "delivery__order__delivery_method"
    )


def slips_of(order: SalesOrder) -> list[PackingSlip]:
    """The slips of one order, newest first, each with `pieces` (what left with it). Index: delivery_of_order."""
    rows = PackingSlip.objects.filter(delivery__order=order).select_related("delivery__employee")
    return list(rows.annotate(pieces=Sum("delivery__lines__quantity")).order_by("-delivery_id"))


def slip_html(slip: PackingSlip, language: str = "nl") -> str:
    """The page of a slip that came from slips(); render_pdf makes the paper."""
    with translation.override(language):
        return render_to_string(TEMPLATE, content(slip) | {"language": language})


def slip_pdf(slip: PackingSlip, language: str = "nl") -> tuple[str, bytes]:
    """The name of the file and the paper."""
    return f"{slip.number}.pdf", pdf.render_pdf(slip_html(slip, language))


def content(slip: PackingSlip) -> dict:
    """What the template shows: what the slip kept when it was made, and the letterhead of its branch."""
    order, branch = slip.delivery.order, slip.delivery.branch
    later = still_to_come(slip.rows)
    return {
        "slip": slip,
        "addressee": [slip.address.get("name", ""), *addresses.lines(slip.address)],
        "order": order,
        "branch": branch,
        "logo": pdf.logo_url(branch),
        "barcode": code128(slip.number),
        "groups": grouped(slip.rows),
        "along": grouped([kept for kept in slip.rows if "here" not in kept or Decimal(kept["here"])]),
        "later": later,
        "pieces_later": sum((row.open for group in later for row in group.rows), Decimal(0)),
        "copy": slip.copies > 1,
        "cancelled": slip.state == PackingSlip.State.CANCELLED,
        "back_order": bool(later),
        "iban": " ".join(wrap(branch.iban.replace(" ", ""), 4)),
    }


def grouped(rows: list[dict]) -> list[Group]:
    """What goes along or is still to come, by article; what came before and is complete is left out."""
    groups: list[Group] = []
    for kept in rows:
        row = _row(kept)
        if row.priced and not (row.here or row.open):
            continue
        last = groups[-1] if groups else None
        of_last = last and last.number == kept["article"] and last.name == kept["description"] and last.rows[0].label
        if not (of_last and row.label):
            groups.append(Group(kept["article"], kept["description"]))
        groups[-1].rows.append(row)
    return groups


def still_to_come(rows: list[dict]) -> list[Group]:
    """What is to be delivered after the slip, by article, each at the place of its first line."""
    groups: dict[tuple[str, str], Group] = {}
    for kept in rows:
        if Decimal(kept.get("open", "0")):
            key = (kept["article"], kept["description"])
            groups.setdefault(key, Group(*key)).rows.append(_row(kept))
    return list(groups.values())


def _row(kept: dict) -> Row:
    figures = {name: Decimal(kept[name]) for name in FIGURES if name in kept}
    return Row(confirmation.colour_and_size(kept["colour"], kept["size"]), kept["text"], bool(figures), **figures)
