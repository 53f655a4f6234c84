"""How what the till journals reads (relations/journal_words.py)."""

from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.formats import format_money
from backoffice.relations.journal_words import ACTIONS, PEOPLE, THINGS, Thing
from pos.models import Receipt
from sales.journal_words import order, pieces
from sales.models import SalesOrder

KINDS = dict(Receipt.Kind.choices)


def _order(row: SalesOrder) -> str:
    """What was paid and taken along at once has the number of its receipt alone."""
    receipts = [] if row.number else list(row.receipts.all())
    return order(row, *receipts[:1])


def _receipt(data: dict) -> str:
    said = f"{KINDS[data['kind']]} {data['number']}"
    return _("%(receipt)s, lade geopend") % {"receipt": said} if data.get("drawer") else said


def _returned(data: dict) -> str:
    """What came back, what it was worth and why."""
    lines = data["lines"]
    words = {
        "pieces": pieces(sum((Decimal(line["quantity"]) for line in lines), Decimal(0))),
        "amount": format_money(sum((Decimal(line["amount"]) for line in lines), Decimal(0))),
        "reason": ", ".join(dict.fromkeys(line["reason"] for line in lines if line["reason"])),
    }
    return _("%(pieces)s retour, %(amount)s: %(reason)s") % words


def add() -> None:
    THINGS["sales.SalesOrder"] = replace(
        THINGS["sales.SalesOrder"], named=_order, read=lambda rows: rows.prefetch_related("receipts")
    )
    THINGS["pos.Receipt"] = Thing(
        lambda row: f"{row.get_kind_display().lower()} {row}", page="sales:order", takes=lambda row: row.order_id
    )
    PEOPLE["till.wrong_pin", "of"] = gettext_lazy("Van %(name)s")
    ACTIONS.update({
        "till.unlocked": gettext_lazy("Kassa ontgrendeld"),
        "till.locked": lambda data: _("Kassa vanzelf vergrendeld") if data["idle"] else _("Kassa vergrendeld"),
        "till.wrong_pin": lambda data: _("Verkeerde pincode, %(failures)s× achter elkaar") % data,
        "till.receipt": _receipt,
        "till.receipt_copied": lambda data: _("Kopie %(copy)s van bon %(number)s") % data,
        "till.report_copied": lambda data: _("Kopie van dagafsluiting %(z_number)s") % data,
        "till.drawer_opened": gettext_lazy("Kassalade geopend"),
        "till.layout_set": gettext_lazy("Andere snelknop-indeling gekozen"),
        "till.buttons_set": gettext_lazy("Knoppen van het kassascherm gewijzigd"),
        "till.returned": _returned,
    })  # fmt: skip
