"""How what this app journals reads (relations/journal_words.py)."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.catalog.models import ArticleGroup, Brand, Colour, SizeRange, VatRate
from backoffice.core.formats import format_quantity
from backoffice.relations.journal_words import ACTIONS, THINGS, Thing, add_setup


def _counted(data: dict) -> str:
    said = ngettext("%(count)s variant geteld", "%(count)s varianten geteld", data["counted"])
    return _with_differences(said % {"count": data["counted"]}, data)


def _with_differences(said: str, data: dict) -> str:
    """What the stock changed by, a figure per variant."""
    pieces = [Decimal(quantity) for quantity in data["differences"].values()]
    told = "; ".join(f"{'+' if number > 0 else ''}{format_quantity(number)}" for number in pieces)
    return f"{said}: {told or _('het klopte')}"


def add() -> None:
    add_setup(Colour, "catalog:colour")
    add_setup(Brand, "catalog:brand")
    add_setup(ArticleGroup, "catalog:group")
    add_setup(VatRate, "catalog:vat_rate")
    add_setup(SizeRange, "catalog:size_range")
    THINGS["catalog.Article"] = Thing(page="catalog:article")
    ACTIONS.update({
        "setup.colour.moved": lambda data: _("Kleur verplaatst van plaats %(from)s naar plaats %(to)s") % data,
        "catalog.stock.counted": _counted,
        "catalog.stock.corrected": lambda data: _with_differences(_("Voorraad gecorrigeerd"), data),
    })  # fmt: skip
