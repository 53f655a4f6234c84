"""The demo shop's articles, through the service; barcodes in the GS1 range for use within a shop; stock per branch."""

import random
from decimal import Decimal

from stdnum import ean

from backoffice.catalog import stock
from backoffice.catalog.models import Barcode, Colour, Size, SizeRange, StockMove, Variant
from backoffice.catalog.services import articles
from backoffice.relations.models import Branch
from pos.demo import goods


def make(branches, employee) -> None:
    """Make colours, size ranges, articles with variants and barcodes, and the opening stock of every branch."""
    colours = {
        label: Colour.objects.create(label=label, hex=hex_, position=10 * place)
        for place, (label, hex_) in enumerate(goods.COLOURS.items(), 1)
    }
    ranges = {name: _range(name, sizes.split()) for name, sizes in goods.SIZE_RANGES.items()}
    number = 48201
    for group, size_range, shades, brand, lowest, step, names in goods.FAMILIES:
        for place, name in enumerate(names.split("|")):
            values = {
                "number": str(number), "name": name, "brand": brand, "group": group, "vat_code": "high",
                "sales_price": Decimal(lowest) + step * place,
                "size_range_id": ranges[size_range].pk if size_range else None,
            }  # fmt: skip
            chosen = [colours[shade].pk for shade in (shades or "").split()]
            articles.save(values=values, colour_ids=chosen, employee=employee)
            number += 7
    for number_, name, price, vat_code, fractions in goods.SERVICES:
        values = {
            "number": number_, "name": name, "group": "Diensten", "vat_code": vat_code, "sales_price": Decimal(price),
            "fractions": fractions, "stocked": False,
        }  # fmt: skip
        articles.save(values=values, employee=employee)
    variants = list(Variant.objects.order_by("pk").select_related("article"))
    Barcode.objects.bulk_create(Barcode(code=_ean(place), variant=v) for place, v in enumerate(variants, 1))
    _fill(branches, [v for v in variants if v.article.stocked], employee)


def _range(name: str, labels: list[str]) -> SizeRange:
    made = SizeRange.objects.create(name=name)
    Size.objects.bulk_create(Size(size_range=made, label=label, position=p) for p, label in enumerate(labels, 1))
    return made


def _ean(place: int) -> str:
    body = f"29{place:010d}"
    return body + ean.calc_check_digit(body)


def _fill(branches, variants, employee) -> None:
    """The opening stock: most in the first branch, here and there nothing, except where the branch blocks."""
    rng = random.Random(7)
    for place, branch in enumerate(branches):
        most = (14, 9, 8, 12)[place % 4]
        least = 5 if branch.below_stock == Branch.BelowStock.BLOCK else 0
        pieces = [(v.pk, Decimal(least + rng.choice([0, 1, 2, 3, 4, 6, 8, most]))) for v in variants]
        stock.move(branch, pieces, reason=StockMove.Reason.OPENING, source="beginvoorraad", employee=employee)
