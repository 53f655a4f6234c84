"""Import of articles: what settings.IMPORTERS names."""

from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.catalog.imports.fields import FIELDS
from backoffice.catalog.imports.plan import Plan
from backoffice.catalog.imports.reading import check
from backoffice.catalog.imports.writing import apply
from backoffice.core.formats import format_amount, format_quantity
from backoffice.core.imports.importer import Importer

__all__ = ["ARTICLES"]


def counts(plan: Plan) -> dict[str, int]:
    """Articles and variants of the file: all of them, those that are new, those that change."""
    variants = [variant for article in plan.articles.values() for variant in article.variants.values()]
    articles = list(plan.articles.values())
    found = {
        "articles": len(articles),
        "articles_new": sum(not one.known for one in articles),
        "articles_changed": sum(bool(one.known and one.changes) for one in articles),
        "variants": len(variants),
        "variants_new": sum(not one.known for one in variants),
        "variants_changed": sum(bool(one.known and one.changes) for one in variants),
        "stock_moves": sum(bool(one.stock_change) for one in variants),
    }
    return found | {
        "created": found["articles_new"] + found["variants_new"],
        "updated": found["articles_changed"] + found["variants_changed"],
    }


def sentence(counts: dict[str, int]) -> str:
    """ "147 artikelen, 1.847 varianten"."""
    articles, variants = counts.get("articles", 0), counts.get("variants", 0)
    return "{} {}, {} {}".format(
        format_quantity(articles),
        _("artikel") if articles == 1 else _("artikelen"),
        format_quantity(variants),
        _("variant") if variants == 1 else _("varianten"),
    )


def facts(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [
        (_("Nieuwe artikelen"), counts["articles_new"]),
        (_("Gewijzigde artikelen"), counts["articles_changed"]),
        (_("Nieuwe varianten"), counts["variants_new"]),
        (_("Gewijzigde varianten"), counts["variants_changed"]),
        (_("Voorraadmutaties"), counts["stock_moves"]),
    ]


def shown(plan: Plan, limit: int) -> tuple[list[str], list[list[str]]]:
    """The first variants as they are read: filled down, options under colour and size, amounts the Dutch way."""
    header = [_("Rij"), _("Artikelnummer"), _("Omschrijving"), _("Merk"), _("Artikelgroep"), _("Kleur"), _("Maat"),
              _("EAN"), _("Verkoopprijs"), _("BTW"), _("Voorraad")]  # fmt: skip
    pairs = ((article, variant) for article in plan.articles.values() for variant in article.variants.values())
    rows = [
        [str(v.row), a.number, a.name, a.brand, a.group, v.colour, v.size, ", ".join(v.codes),
         format_amount(a.price if v.price is None else v.price), a.vat_code and vat_label(a.vat_code),
         "" if v.stock is None else str(v.stock)]
        for a, v in islice(pairs, limit)
    ]  # fmt: skip
    return header, rows


def vat_label(code: str) -> str:
    return {"high": _("hoog"), "low": _("laag"), "zero": _("nul")}.get(code, code)


ARTICLES = Importer(
    kind="articles",
    fields=FIELDS,
    check=check,
    apply=apply,
    counts=counts,
    sentence=sentence,
    facts=facts,
    shown=shown,
    figures=(gettext_lazy("Rij"), gettext_lazy("Verkoopprijs"), gettext_lazy("Voorraad")),
    stock_field="stock",
)
