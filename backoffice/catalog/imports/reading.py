"""From rows to a plan: every cell read and checked, variants gathered under their article; nothing is written.

What belongs to the article (name, brand, group, VAT) may stand on its first row alone: the first row that
has it counts.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from backoffice.catalog import codes
from backoffice.catalog.imports import sizes
from backoffice.catalog.imports.fields import COLOUR_OPTIONS, FIELDS, NO_OPTIONS, OPTIONS, SIZE_OPTIONS
from backoffice.catalog.imports.known import compare, vat_codes
from backoffice.catalog.imports.plan import ArticlePlan, Plan, VariantPlan
from backoffice.catalog.services import naming
from backoffice.core.imports import values
from backoffice.core.imports.importer import Problems, Progress, Source
from backoffice.core.input import InputError
from backoffice.core.search import fold

LENGTHS = {"number": 40, "name": 160, "brand": 80, "group": 300, "colour": 40, "size": 20, "size_range": 60, "sku": 64}
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T|$)", re.ASCII)
READING = 0.8  # of the checking


def check(source: Source, problems: Problems, options: dict, progress: Progress) -> Plan:
    """The plan for the whole file; problems takes what is wrong, by row and column."""
    reader = Reader(source, problems)
    total = max(source.table.count, 1)
    for done, (row, cells) in enumerate(source.rows()):
        reader.take(row, cells)
        if not done % 2000:
            progress(READING * done / total)
    reader.settle()
    progress(READING)
    compare(reader.plan, source, problems, options)
    progress(1)
    return reader.plan


class Reader:
    """Goes through the rows once, and remembers which codes and variants it has seen."""

    def __init__(self, source: Source, problems: Problems):
        self.source, self.problems, self.plan = source, problems, Plan()
        self.codes: dict[str, int] = {}
        self.rates = vat_codes()
        self.labels = {one.name: str(one.label) for one in FIELDS}
        self.options_mapped = any(f"option{n}_value" in source for n in OPTIONS)
        # the option names stand on an article's first row in some exports
        self.option_names: dict[tuple[str, int], str] = {}
        self.filled_down = [name for name in ("name", "brand", "group", "size_range") if name in source]

    def wrong(self, row: int, field: str, value: object, sentence: str) -> None:
        self.problems.add(row, self.source.header(field, self.labels[field]), value, sentence)

    def read(self, row: int, field: str, text: str, how: Callable[[str], Any]) -> Any:
        """The value of a cell, or None where it is empty or wrong."""
        if not text:
            return None
        try:
            return how(text)
        except InputError as error:
            self.wrong(row, field, text, error.message)
            return None

    def text(self, row: int, field: str, cells: dict[str, str]) -> str:
        value = cells.get(field, "")
        return self.read(row, field, value, lambda v: values.text(v, LENGTHS[field])) or ""

    def take(self, row: int, cells: dict[str, str]) -> None:
        if not cells["number"]:
            self.wrong(row, "number", "", _("Het artikelnummer ontbreekt."))
            return
        number = self.text(row, "number", cells)
        if not number:
            return
        article = self.plan.articles.get(number)
        if article is None:
            article = self.plan.articles[number] = ArticlePlan(number, row)
        self._article(article, row, cells)
        self._variant(article, row, cells)

    def _article(self, article: ArticlePlan, row: int, cells: dict[str, str]) -> None:
        for field in self.filled_down:
            if cells[field] and not getattr(article, field):
                setattr(article, field, self.text(row, field, cells))
                if not getattr(article, field):
                    article.unread.add(field)
        if article.group:
            article.group = naming.tidied(article.group)
        if cells.get("vat") and not article.vat_code:
            article.vat_code = self.read(row, "vat", cells["vat"], self._vat) or ""
        elif cells.get("vat"):
            self.read(row, "vat", cells["vat"], self._vat)
        if article.active is None and cells.get("active"):
            article.active = self.read(row, "active", cells["active"], values.yes)

    def _vat(self, text: str) -> str:
        word = fold(text).replace(" ", "").removesuffix("%").replace(",", ".").removesuffix("btw")
        if word in self.rates:
            return self.rates[word]
        try:
            percent = Decimal(word) if word.replace(".", "", 1).isdigit() and word.isascii() else None
        except ArithmeticError:
            percent = None
        if percent is not None:
            for candidate in (percent, percent * 100 if percent < 1 else percent):
                if (code := self.rates.get(f"{candidate.normalize():f}")) is not None:
                    return code
        raise InputError(_("Dit btw-tarief is niet bekend of nu niet geldig."))

    def _variant(self, article: ArticlePlan, row: int, cells: dict[str, str]) -> None:
        colour, size = self._axes(article, row, cells)
        point = self.source.point
        variant = VariantPlan(
            row,
            colour,
            size,
            price=self.read(row, "price", cells.get("price", ""), lambda v: values.amount(v, point("price"))),
            stock=self.read(row, "stock", cells.get("stock", ""), lambda v: values.quantity(v, point("stock"))),
        )
        if cells.get("price") and variant.price is None:
            article.unread.add("price")
        for field in ("ean", "sku"):
            if code := cells.get(field):
                self._code(variant, article, row, field, code)
        says_nothing = not any(cells.get(name) for name in ("price", "stock", "ean", "sku"))
        if not (colour or size):
            self._plain(article, variant, says_nothing)
            return
        key = (values.folded(colour), sizes.key(size))
        if (earlier := article.variants.get(key)) is not None:
            self.wrong(
                row,
                "colour" if colour and "colour" in self.source else "size" if "size" in self.source else "number",
                " ".join(part for part in (colour, size) if part),
                _("Deze kleur en maat van %(number)s staan al op rij %(row)s.")
                % {"number": article.number, "row": earlier.row},
            )
            return
        article.variants[key] = variant

    def _plain(self, article: ArticlePlan, variant: VariantPlan, says_nothing: bool) -> None:
        """A row without colour and size: the article's own, or one that only goes on about it (a second picture)."""
        if article.plain is None:
            article.plain = variant
        elif not says_nothing:
            self.wrong(
                variant.row,
                "number",
                article.number,
                _("Dit artikel staat al op rij %(row)s, zonder kleur of maat die het onderscheidt.")
                % {"row": article.plain.row},
            )

    def _axes(self, article: ArticlePlan, row: int, cells: dict[str, str]) -> tuple[str, str]:
        colour = self.text(row, "colour", cells)
        size = self.read(row, "size", cells.get("size", ""), self._size) or ""
        if not self.options_mapped:
            return colour, size
        for number in OPTIONS:
            place, at = f"option{number}_value", (article.number, number)
            name = cells.get(f"option{number}_name", "")
            if name:
                self.option_names[at] = name
            value = cells.get(place, "")
            if not value:
                continue
            kind = fold(self.option_names.get(at, ""))
            if kind in COLOUR_OPTIONS:
                colour = colour or self.read(row, place, value, lambda v: values.text(v, LENGTHS["colour"])) or ""
            elif kind in SIZE_OPTIONS:
                size = size or self.read(row, place, value, self._size) or ""
            elif kind not in NO_OPTIONS and fold(value) not in NO_OPTIONS:
                shown = self.option_names.get(at, "")
                self.wrong(
                    row,
                    place,
                    value,
                    _("De optie “%(name)s” is geen kleur of maat.") % {"name": shown}
                    if shown
                    else _("De naam van deze optie ontbreekt: is het kleur of maat?"),
                )
        return colour, size

    @staticmethod
    def _size(text: str) -> str:
        if DATE.match(text):
            raise InputError(_("Excel heeft van deze maat een datum gemaakt. Maak de kolom op als tekst."))
        return sizes.label_of(values.text(text, LENGTHS["size"]))

    def _code(self, variant: VariantPlan, article: ArticlePlan, row: int, field: str, text: str) -> None:
        how = values.barcode if field == "ean" else lambda v: values.own_code(v, LENGTHS["sku"])
        code = self.read(row, field, text, how)
        key = codes.key(code) if code else ""  # 12 figures and the same 13 with a zero in front are one
        if not code or key in map(codes.key, variant.codes):
            return
        if key in self.codes:
            self.wrong(row, field, code, _("Deze code staat al op rij %(row)s.") % {"row": self.codes[key]})
            return
        self.codes[key] = row
        variant.codes.append(code)

    def settle(self) -> None:
        """Give every article its variants and its price."""
        for article in self.plan.articles.values():
            plain = article.plain
            if plain is not None and not article.variants:
                article.variants[("", "")] = plain
            elif plain is not None and (plain.codes or plain.stock is not None):
                self.wrong(
                    plain.row,
                    "size" if "size" in self.source else "number",
                    article.number,
                    _("Kleur en maat ontbreken, terwijl het artikel die op andere rijen wel heeft."),
                )
            prices = [one.price for one in (plain, *article.variants.values()) if one and one.price is not None]
            article.price = prices[0] if prices else None
