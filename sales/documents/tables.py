"""What an export holds: the columns of a list of orders, and those of the lines of one order."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backoffice.catalog.models import Barcode
from backoffice.relations.models import VatMode
from sales.documents.sheets import Column
from sales.models import OrderLine, SalesOrder

CHUNK = 2000

# what is read of an order, in the order of order_columns(); what is left to pay is reckoned after what is paid
READ = (
    "number", "status", "order_date", "order_type__name", "customer__number", "customer_name", "customer_email",
    "subject", "reference", "employee__name", "branch__name", "expected_delivery_date", "time_window",
    "delivery_method__name", "payment_state", "vat_mode", "net", "vat", "gross", "paid_total", "version",
)  # fmt: skip


def order_columns() -> list[Column]:
    return [
        Column(_("Nummer")),
        Column(_("Status")),
        Column(_("Datum"), "date"),
        Column(_("Soort")),
        Column(_("Debiteurnummer"), "whole"),
        Column(_("Debiteur")),
        Column(_("E-mailadres")),
        Column(_("Betreft")),
        Column(_("Referentie klant")),
        Column(_("Medewerker")),
        Column(_("Filiaal")),
        Column(_("Verwachte leverdatum"), "date"),
        Column(_("Tijdvak")),
        Column(_("Leverwijze")),
        Column(_("Betaalstatus")),
        Column(_("Prijzen")),
        Column(_("Totaal exclusief BTW"), "amount"),
        Column(_("BTW"), "amount"),
        Column(_("Totaal inclusief BTW"), "amount"),
        Column(_("Betaald"), "amount"),
        Column(_("Nog te betalen"), "amount"),
        Column(_("Versie"), "whole"),
    ]


def order_rows(orders: QuerySet[SalesOrder]) -> Iterator[list[Any]]:
    """One row per order, by a cursor of the server: call it inside a transaction."""
    words = {
        place: {value: str(label) for value, label in choices}
        for place, choices in (
            (READ.index("status"), SalesOrder.Status.choices),
            (READ.index("payment_state"), SalesOrder.PaymentState.choices),
            (READ.index("vat_mode"), VatMode.choices),
        )
    }
    gross, paid = READ.index("gross"), READ.index("paid_total")
    for row in orders.values_list(*READ).iterator(chunk_size=CHUNK):
        cells = list(row)
        cells.insert(paid + 1, cells[gross] - cells[paid])
        for place, labels in words.items():
            cells[place] = labels[cells[place]]
        yield cells


def line_columns() -> list[Column]:
    return [
        Column(_("Nummer")),
        Column(_("Regel"), "whole"),
        Column(_("Artikelnummer")),
        Column(_("Omschrijving")),
        Column(_("Kleur")),
        Column(_("Maat")),
        Column(_("EAN")),
        Column(_("Tekst")),
        Column(_("Aantal"), "quantity"),
        Column(_("Geleverd"), "quantity"),
        Column(_("Geannuleerd"), "quantity"),
        Column(_("Verkoopprijs"), "amount"),
        Column(_("Korting (%)"), "percent"),
        Column(_("Korting (EUR)"), "amount"),
        Column(_("BTW (%)"), "percent"),
        Column(_("Bedrag"), "amount"),
        Column(_("Prijzen")),
    ]


def line_rows(order: SalesOrder) -> Iterator[list[Any]]:
    """One row per line of the order, prices in its VAT mode (EUR); three statements."""
    lines = list(order.lines.order_by("position"))
    codes = barcodes(lines)
    mode = str(dict(VatMode.choices)[VatMode(order.vat_mode)])
    for number, line in enumerate(lines, 1):
        goods = line.variant_id is not None
        figures = [
            line.quantity, line.delivered_quantity, line.cancelled_quantity, line.unit_price.amount,
            line.discount_percent or None, line.discount_amount.amount or None, line.vat_percent,
            line.line_total.amount,
        ]  # fmt: skip
        yield [
            order.number, number, line.article_number, line.description, line.colour_label, line.size_label,
            codes.get(line.variant_id, ""), line.text, *(figures if goods else [None] * len(figures)), mode,
        ]  # fmt: skip


def barcodes(lines: list[OrderLine]) -> dict[int | None, str]:
    """The first barcode of every variant on these lines: its own, else its article's."""
    variants = [line.variant_id for line in lines if line.variant_id]
    found: dict[int | None, str] = {}
    own = Barcode.objects.filter(variant__in=variants).order_by("-pk")
    found.update(own.values_list("variant_id", "code"))
    shared = Barcode.objects.filter(article__variants__in=variants).order_by("-pk")
    return dict(shared.values_list("article__variants", "code")) | found
