"""The lines of the basket, drawn in Python: a template takes a millisecond for each, this a hundredth.

Everything that comes from data is escaped here, as a template would.
"""

from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from backoffice.core.formats import format_amount, format_percent, format_quantity
from sales.pricing import INCLUSIVE, convert


def lines(order, rows, editable: bool) -> SafeString:
    """All lines as list items; those that a service just touched are marked new."""
    touched: set = getattr(order, "touched", set())
    before, _sep, after = reverse("pos:line", args=[0]).rpartition("0")
    drawn = [_line(line, f"{before}{line.pk}{after}" if editable else "", line.pk in touched) for line in rows]
    return mark_safe("".join(drawn))  # noqa: S308


def _line(line, url: str, new: bool) -> str:
    pk, text_only = line.pk, line.variant_id is None
    name = escape(line.text if text_only else line.description)
    quantity = "" if text_only else format_quantity(line.quantity)
    data = f' data-line="{pk}" data-url="{url}" data-q="{quantity}"' + (" data-new" if new else "")
    data += " data-matrix" if line.matrix and line.quantity > 0 else ""
    data += (" data-back data-fixed" if line.returns_id else " data-back") if line.quantity < 0 else ""
    data += " data-text-only" if text_only else ""
    small = escape(" · ".join(_details(line)))
    return (
        f'<li class="bon-li" id="b{pk}"{data}><button class="bon-line" type="button" aria-pressed="false">'
        f'<span class="q">{quantity}</span><span class="n">{name}<small>{small}</small></span>'
        f'<span class="a">{"" if text_only else format_amount(line.line_total)}</span></button>'
        f'<span hidden id="b{pk}m"><input type="hidden" name="revision" value="{line.revision}"></span></li>'
    )


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
