"""What a receipt says: written once, as data, with the sale, and drawn from that ever after.

`facts` makes the data in the transaction of the sale, the placing or the payment; it is stored on the receipt and never
changed, so that a copy, a mail, the screen and a reprint show what the first print showed, whatever becomes of the
order, its customer, the till or the branch. One thing goes: the customer's name and BTW-id, where the customer is
anonymised (`forget_customer`): privacy comes before the copy. Words are not stored, for the language may differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from backoffice.core.formats import format_phone
from backoffice.core.money import ZERO
from backoffice.relations.models import Customer, VatMode
from payments.models import LedgerEntry
from payments.papers.letterhead import Letterhead, letterhead
from pos.models import Receipt
from sales import selectors
from sales.documents.codes import Code, code128
from sales.models import OrderLine

Kind = LedgerEntry.Kind


def facts(
    receipt: Receipt, lines: Sequence[OrderLine], entries: Iterable[LedgerEntry], before: Iterable[LedgerEntry]
) -> dict:
    """Everything that stands on a receipt that is being written, as plain JSON. EUR as text, days as ISO.

    receipt: with its till, branch, session, employee and order as they are after what was just done; lines: all lines
    of the order; entries: what was just booked (its group), before: what was booked on the order earlier.
    """
    order, till, session = receipt.order, receipt.till, receipt.session
    figures = selectors.figures(order)
    shown = [line for line in lines if line.variant_id is None or line.quantity != line.cancelled_quantity]
    dated = receipt.kind == Receipt.Kind.ORDER and order.expected_delivery_date
    after = order.gross.amount if order.vat_mode == VatMode.INCLUSIVE else order.net.amount
    subtotal = sum((line.line_total.amount for line in shown), ZERO)
    vat_id = order.customer_vat_id if order.vat_mode == VatMode.REVERSE_CHARGE else ""
    return {
        "till": till.name,
        "employee": receipt.employee.name,
        "branch": letterhead(till.branch),
        "day": session.business_date.isoformat() if session and session.business_date != localdate() else "",
        "order": order.number,
        "customer": {"name": order.customer_name, "vat_id": vat_id} if order.customer_name else {},
        "delivery": {
            "method": order.delivery_method.name, "day": order.expected_delivery_date.isoformat(),
            "window": order.time_window,
        } if dated else {},
        "mode": str(order.vat_mode),
        "lines": [_line(line, receipt.kind) for line in shown],
        "discount": str(subtotal - after),
        "net": str(order.net.amount), "vat": str(order.vat.amount), "gross": str(order.gross.amount),
        "rates": [
            {"code": row.code, "percent": str(row.percent)}
            | {name: str(_plain(getattr(row, name))) for name in ("net", "vat", "gross")}
            for row in figures.rows
        ],
        "before": [_entry(entry) | {"day": entry.business_date.isoformat()} for entry in before if _shown(entry)],
        "entries": [_entry(entry) for entry in entries if _shown(entry)],
        "left": str(order.open_amount.amount),
    }  # fmt: skip


def _line(line: OrderLine, kind: str) -> dict[str, str]:
    """Of what was ordered less what was cancelled; to_deliver only where a payment is receipted."""
    if line.variant_id is None:
        return {"text": line.text}
    open_still = line.open_quantity if kind == Receipt.Kind.PAYMENT else ZERO
    return {
        "quantity": str(line.quantity - line.cancelled_quantity), "description": line.description,
        "colour": line.colour_label, "size": line.size_label, "text": line.text,
        "price": str(line.unit_price.amount), "percent": str(line.discount_percent),
        "off": str(line.discount_amount.amount), "total": str(line.line_total.amount), "to_deliver": str(open_still),
    }  # fmt: skip


def _shown(entry: LedgerEntry) -> bool:
    return entry.kind != Kind.RE_SPLIT


def _entry(entry: LedgerEntry) -> dict[str, str]:
    method = entry.method.name if entry.method else ""
    return {
        "kind": str(entry.kind), "method": method, "wise": str(entry.method_kind), "amount": str(entry.amount.amount),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """The Decimal of an amount."""
    return getattr(value, "amount", value)


@dataclass(frozen=True)
class Line:
    """A line as it is drawn; a text alone has no quantity. EUR in the mode of the receipt."""

    text: str = ""
    description: str = ""
    colour: str = ""
    size: str = ""
    quantity: Decimal | None = None
    price: Decimal = ZERO
    percent: Decimal = ZERO
    off: Decimal = ZERO
    total: Decimal = ZERO
    to_deliver: Decimal = ZERO

    @property
    def priced(self) -> bool:
        """Whether the price of one is said: where it is not the amount of the line."""
        return bool(self.quantity != 1 or self.percent or self.off)


@dataclass(frozen=True)
class Rate:
    """VAT of a code and percentage, EUR."""

    code: str
    percent: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True)
class Entry:
    """Money that moved, EUR, positive when it came in. wise: the kind of its method; day: of what came before."""

    kind: str
    method: str
    wise: str
    amount: Decimal
    day: date | None = None

    @property
    def label(self) -> str:
        """What it was paid by; change and rounding have no method to name."""
        if self.kind == Kind.CHANGE or not self.method:
            return str(Kind(self.kind).label)
        return self.method

    @property
    def purpose(self) -> str:
        return str(Kind(self.kind).label)


@dataclass(frozen=True)
class Slip:
    """A receipt as it is drawn, on every screen and paper. EUR; lines, discount and subtotal in its VAT mode."""

    number: str
    kind: str
    at: Any
    till: str
    employee: str
    branch: Letterhead
    code: Code
    mode: str
    discount: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal
    left: Decimal
    order: str = ""
    customer: str = ""
    customer_vat_id: str = ""
    day: date | None = None
    delivery: dict[str, Any] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    before: list[Entry] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def change(self) -> Decimal:
        return -sum((e.amount for e in self.entries if e.kind == Kind.CHANGE), ZERO)

    @property
    def out(self) -> Decimal:
        """Cash that was given back."""
        return -sum((e.amount for e in self.entries if e.kind == Kind.REFUND and e.wise == "cash"), ZERO)

    @property
    def cash(self) -> bool:
        """Whether cash was paid or given back: then the drawer opens."""
        return any(e.wise == "cash" and e.kind != Kind.CHANGE for e in self.entries)

    @property
    def discount_off(self) -> Decimal:
        return -self.discount

    @property
    def phone(self) -> str:
        """The shop's, as one writes it."""
        return format_phone(self.branch.phone)

    @property
    def exclusive(self) -> bool:
        """Whether the lines are without VAT, which is added below them."""
        return self.mode == VatMode.EXCLUSIVE

    @property
    def told(self) -> str:
        """What is said of VAT where the amounts of the lines are not what is paid with VAT in it."""
        return {
            VatMode.EXCLUSIVE: _("Bedragen excl. BTW"),
            VatMode.REVERSE_CHARGE: _("De BTW is verlegd naar de afnemer."),
            VatMode.NONE: str(VatMode.NONE.label),
        }.get(VatMode(self.mode), "")


def slip(found: Receipt) -> Slip:
    """The receipt as it was first printed."""
    paper = dict(found.paper)
    customer = paper.pop("customer", {})
    read = {name: Decimal(paper.pop(name)) for name in ("discount", "net", "vat", "gross", "left")}
    delivery = paper.pop("delivery")
    return Slip(
        number=found.number, kind=found.kind, at=found.at, **read,
        till=paper["till"], employee=paper["employee"], branch=Letterhead(**paper["branch"]), mode=paper["mode"],
        order=paper["order"], customer=customer.get("name", ""), customer_vat_id=customer.get("vat_id", ""),
        day=date.fromisoformat(paper["day"]) if paper["day"] else None,
        delivery=delivery | {"day": date.fromisoformat(delivery["day"])} if delivery else {},
        lines=[Line(**_decimals(row, LINE)) for row in paper["lines"]],
        rates=[Rate(**_decimals(row, RATE)) for row in paper["rates"]],
        before=[
            Entry(**_decimals(row, ("amount",)) | {"day": date.fromisoformat(row["day"])}) for row in paper["before"]
        ],
        entries=[Entry(**_decimals(row, ("amount",))) for row in paper["entries"]],
        code=code128(code_of(found)),
    )  # fmt: skip


LINE = ("quantity", "price", "percent", "off", "total", "to_deliver")
RATE = ("percent", "net", "vat", "gross")


def _decimals(row: dict[str, str], names: Iterable[str]) -> dict[str, Any]:
    return row | {name: Decimal(row[name]) for name in names if name in row}


def code_of(found: Receipt) -> str:
    """What the barcode holds: the order's number where the order is still to be fetched, else the receipt's own."""
    return found.paper["order"] if found.kind == Receipt.Kind.ORDER else found.number


def forget_customer(customer: Customer) -> None:
    """Blank whose receipts they are, where the customer is anonymised (relations.services.anonymising.AFTER)."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [customer.pk])


FORGET = "UPDATE pos_receipt SET paper = jsonb_set(paper, '{customer}', '{}') WHERE customer_id = %s"
