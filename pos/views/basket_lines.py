"""The lines of the basket, as templates/pos/_bon_line.html draws them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.core.formats import format_amount, format_percent, format_quantity
from sales.models import OrderLine, SalesOrder
from sales.pricing import INCLUSIVE, convert


@dataclass(frozen=True)
class Row:
    """url: where a change of it goes, empty when it cannot change; new: whether a service just touched it."""

    line: OrderLine
    url: str
    new: bool
    details: list[str]


def rows(order: SalesOrder | None, lines: Iterable[OrderLine], editable: bool) -> list[Row]:
    touched: set = getattr(order, "touched", set())
    return [
        Row(line, reverse("pos:line", args=[line.pk]) if editable else "", line.pk in touched, _details(line))
        for line in lines
    ]


def _listed(line):
    """The list price in the VAT mode that the line's own price was entered in, EUR."""
    return convert(line.list_price.amount, line.vat_percent, INCLUSIVE, line.entered_mode)


def _details(line) -> list[str]:
    """What stands small under the description: colour, size, what it costs, its text, and what already left."""
    if line.variant_id is None:
        return []
    parts = [part for part in (line.colour_label, line.size_label) if part]
    if line.quantity < 0:
        parts.insert(0, _("Retour"))
    cost = ""
    if abs(line.quantity) != 1 or line.discount_percent or line.discount_amount.amount:
        cost = f"{format_quantity(abs(line.quantity))} × {format_amount(line.unit_price)}"
    elif not line.returns_id and line.entered_price.amount != (listed := _listed(line)):
        cost = _("i.p.v. %(price)s") % {"price": format_amount(listed)}
    if line.discount_percent:
        cost += f" −{format_percent(line.discount_percent)}"
    elif line.discount_amount.amount:
        cost += f" −{format_amount(line.discount_amount)}"
    parts += [cost] if cost else []
    if line.delivered_quantity:
        parts.append(_("%(number)s meegegeven") % {"number": format_quantity(line.delivered_quantity)})
    if line.cancelled_quantity:
        parts.append(_("%(number)s geannuleerd") % {"number": format_quantity(line.cancelled_quantity)})
    return [*parts, line.text] if line.text else parts
