"""How what this app journals reads, in the journal and in the history of an order (relations/journal_words.py)."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.core.formats import format_date, format_money, format_quantity
from backoffice.relations.journal_words import ACTIONS, PEOPLE, THINGS, Thing, add_setup, vat_mode
from sales.models import DeliveryMethod, OrderType, SalesOrder


def pieces(number: Decimal) -> str:
    """ "3 stuks"."""
    return ngettext("%s stuk", "%s stuks", 1 if number == 1 else 2) % format_quantity(number)


def _delivered(text: str, data: dict) -> str:
    """A delivery in words, with the number of its paper."""
    said = text % pieces(sum((abs(Decimal(quantity)) for quantity in data["lines"].values()), Decimal(0)))
    return f"{data['slip']}, {said}" if data.get("slip") else said


def _reasons(data: dict) -> str:
    return ", ".join(dict.fromkeys(line["reason"] for line in data["lines"] if line["reason"]))


def _removed(data: dict) -> str:
    lines = [f"{format_quantity(line['quantity'])} × {line['article'] or _('tekst')}" for line in data["lines"]]
    return _("Van de bon gehaald: %(lines)s") % {"lines": ", ".join(lines)}


def _blanked(data: dict) -> str:
    words = {"number": data["versions"], "before": format_date(date.fromisoformat(data["before"]))}
    return ngettext(
        "Namen en adressen gewist uit %(number)s versie van voor %(before)s",
        "Namen en adressen gewist uit %(number)s versies van voor %(before)s",
        data["versions"],
    ) % words  # fmt: skip


def order(row: SalesOrder, number: object = "") -> str:
    """An order or an offerte by its number. number: what it is known by where it has none of its own."""
    return f"{_('offerte') if row.quotation else row._meta.verbose_name} {row.number or number or row}"


def _of_gross(text):
    return lambda data: f"{text}, {format_money(data['gross'])}"


def add() -> None:
    add_setup(OrderType, "sales:order_type")
    add_setup(DeliveryMethod, "sales:delivery_method")
    THINGS["sales.SalesOrder"] = Thing(order, page="sales:order")
    PEOPLE["sales.amendment.taken_over", "from"] = gettext_lazy("Van %(name)s")
    ACTIONS.update({
        "sales.order.confirmed": _of_gross(gettext_lazy("Bevestigd")),
        "sales.order.amended": _of_gross(gettext_lazy("Wijziging bevestigd")),
        "sales.order.cancelled": gettext_lazy("Geannuleerd"),
        "sales.order.cancel_undone": gettext_lazy("Annulering teruggedraaid"),
        "sales.order.delivered": lambda data: _delivered(_("%s geleverd"), data),
        "sales.order.delivery_cancelled": lambda data: _delivered(_("Levering van %s teruggedraaid"), data),
        "sales.order.untaxed": vat_mode,
        "sales.amendment.taken_over": gettext_lazy("Wijziging overgenomen"),
        "sales.amendment.discarded": gettext_lazy("Wijziging verworpen"),
        "sales.price_overridden": lambda data: _("Prijs toegestaan: %(reason)s") % {"reason": _reasons(data)},
        "sales.quotation.converted": lambda data: _("Omgezet in order %(number)s") % {"number": data["number"]},
        "sales.versions.blanked": _blanked,
        "till.line_removed": _removed,
        "till.basket_dropped": _of_gross(gettext_lazy("Bon leeggemaakt")),
        "till.order_opened": gettext_lazy("Geopend aan de kassa"),
        "till.order_put_away": gettext_lazy("Teruggelegd door de kassa"),
    })  # fmt: skip
