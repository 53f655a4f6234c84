"""The order confirmation (orderbevestiging) or quotation (offerte): what stands on it, as figures and as HTML."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from textwrap import wrap

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backoffice.core.money import ZERO, cents
from backoffice.relations.models import VatMode
from sales import addresses, extra
from sales.documents.codes import code128, payment_qr
from sales.documents.pdf import logo_url
from sales.models import OrderLine, SalesOrder

TEMPLATE = "documents/confirmation.html"
WIDE = 10_000_000  # EUR on a line, for which the columns of amounts are made wider


@dataclass(slots=True)
class Row:
    """One printed line. quantity: pieces, less what was cancelled; euro_discount: EUR, in the order's mode."""

    line: OrderLine
    label: str
    quantity: Decimal
    euro_discount: Decimal

    @property
    def priced(self) -> bool:
        """Whether it has figures: not a text alone."""
        return bool(self.line.variant_id or self.line.line_total.amount)


@dataclass(slots=True)
class Group:
    """The printed lines of one article; a line without colour and size, or a text, is a group of its own."""

    number: str
    name: str
    brand: str
    rows: list[Row] = field(default_factory=list)


def orders() -> QuerySet[SalesOrder]:
    """Orders with all that their confirmation needs, in three statements."""
    lines = OrderLine.objects.order_by("position")
    return SalesOrder.objects.select_related(
        "branch", "employee", "delivery_method", "customer", "order_type"
    ).prefetch_related(Prefetch("lines", lines), "vat_rows")


def confirmation_html(order: SalesOrder, language: str = "nl", *, copy: bool = False) -> str:
    """The page of an order that came from orders() or versions.rebuild(); render_pdf makes the paper.

    copy: it was printed before, and says KOPIE.
    """
    with translation.override(language):
        return render_to_string(TEMPLATE, content(order) | {"language": language, "copy": copy})


def file_name(order: SalesOrder) -> str:
    return f"{order.number}.pdf"


def content(order: SalesOrder) -> dict:
    """What the template shows: everything as it was agreed and stands on the order, nothing priced anew."""
    lines = list(order.lines.all())
    inclusive = order.vat_mode == VatMode.INCLUSIVE
    subtotal = sum((line.line_total.amount for line in lines), ZERO)
    discounts = any(line.discount_percent or line.discount_amount.amount for line in lines)
    return {
        "order": order,
        "extra": extra.rows(order),
        "title": _("Offerte") if order.quotation else _("Orderbevestiging"),
        "valid_until": order.order_date + timedelta(days=settings.QUOTATION_DAYS),
        "branch": order.branch,
        "logo": logo_url(order.branch),
        "barcode": code128(order.number),
        "addressee": [
            order.customer_name,
            *addresses.lines(order.invoice_address, person=order.customer_attention or None),
        ],
        "delivery_address": _delivery_address(order),
        "groups": group(lines),
        "discounts": discounts,
        "columns": 5 if discounts else 4,  # beside that of the article
        "wide": any(abs(line.line_total.amount) >= WIDE for line in lines),
        "subtotal": subtotal,
        "order_discount_off": (order.gross if inclusive else order.net).amount - subtotal,
        "vat_rows": [row for row in order.vat_rows.all() if row.gross.amount],
        "paid_off": -order.paid_total.amount,
        "iban": " ".join(wrap(order.branch.iban.replace(" ", ""), 4)),
        **_payment(order),
        "inclusive": inclusive,
        "exclusive": order.vat_mode == VatMode.EXCLUSIVE,
        "reverse_charge": order.vat_mode == VatMode.REVERSE_CHARGE,
        "cancelled": order.cancel_state == SalesOrder.Extent.ALL,
        "paid_in_full": order.payment_state == SalesOrder.PaymentState.PAID,
    }


def group(lines: list[OrderLine]) -> list[Group]:
    """Lines by article, each at the place of its first; a text-only line stays where it is, and groups end there."""
    groups: list[Group] = []
    open_groups: dict[tuple[str, str], Group] = {}
    for line in lines:
        if line.variant_id is None:
            open_groups.clear()
        key = (line.article_number, line.description)
        label = variant_label(line)
        found = open_groups.get(key) if label else None
        if found is None:
            found = Group(line.article_number, line.description, line.brand)
            groups.append(found)
            if label:
                open_groups[key] = found
        found.rows.append(_row(line, label))
    return groups


def variant_label(line: OrderLine) -> str:
    """Colour and size of a line in words: "Marine, maat 32"."""
    return colour_and_size(line.colour_label, line.size_label)


def colour_and_size(colour: str, size: str) -> str:
    """A colour and a size, either of which may be empty, in words."""
    if colour and size:
        return _("%(colour)s, maat %(size)s") % {"colour": colour, "size": size}
    if size:
        return pgettext("clothing", "Maat %(size)s") % {"size": size}
    return colour


def _row(line: OrderLine, label: str) -> Row:
    """A printed line. The euro discount is what takes quantity x price to the amount, so that the paper adds up."""
    quantity = line.quantity - line.cancelled_quantity
    off = ZERO
    if line.discount_amount.amount:
        off = cents(quantity * line.unit_price.amount) - line.line_total.amount
    return Row(line, label, quantity, off)


def _payment(order: SalesOrder) -> dict:
    """How to pay: {"payee", "payment_qr"}; empty where nothing is open or there is no IBAN to pay it to."""
    branch, rest = order.branch, order.open_amount.amount
    if not order.owes or rest <= 0 or not branch.iban:
        return {}
    payee = branch.company or branch.name
    return {
        "payee": payee,
        "payment_qr": payment_qr(name=payee, iban=branch.iban, amount=rest, text=order.number),
    }


def _delivery_address(order: SalesOrder) -> list[str]:
    """Where it is delivered, a line each; nothing where it is fetched."""
    agreed = order.delivery_address
    if order.delivery_method.kind != "delivery":
        return []
    return [row for row in (agreed.get("attention"), *addresses.lines(agreed, person="")) if row]
