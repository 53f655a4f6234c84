"""Pakbon: made with a delivery, cancelled with it, printed."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal, numbers
from backoffice.core.db import rows
from backoffice.core.errors import NotFound, Refusal
from backoffice.core.keys import keyed
from backoffice.relations.models import Branch
from sales.documents.models import PackingSlip
from sales.models import Delivery, OrderLine, SalesOrder
from sales.services import delivering
from sales.services.editing import OpenOrder, open_order

SLIP = ("documents.PackingSlip", "slip_id")
RELATED = (*delivering.RELATED, "delivery_method")
ADDRESS = ("name", "attention", "street", "city", "country")


@keyed("documents.slip.create")
def create_slip(
    *,
    order_id: int,
    quantities: dict[int, Decimal],
    employee,
    address: dict | None = None,
    note: str = "",
    override_reason: str = "",
    price_stays: str = "",
    seen_total: Decimal | None = None,
) -> PackingSlip:
    """Deliver {line id: pieces} of an order from its own branch, on a slip with the next number PB-2026-00001.

    address: {"name", "attention", "street", "city", "country"} when it goes elsewhere than agreed. The slip keeps what
    it says about each line, so that a reprint says the same after a later change. price_stays, seen_total: the answer
    where a VAT rate changed since the order. Raises Refusal and NotFound as delivering.apply_delivery does; nothing
    changes then. A constant number of statements.
    """
    with journal.at_the_end():
        opened = open_order(order_id, employee, action="deliver", related=RELATED, right="sales.deliver")
        slip = apply_slip(
            opened, quantities, branch=opened.order.branch, address=address, note=note, override_reason=override_reason,
            price_stays=price_stays, seen_total=seen_total,
        )  # fmt: skip
        delivering.write_journal(opened, slip.delivery, slip=slip.number)
    return slip


def apply_slip(
    opened: OpenOrder,
    quantities: dict[int, Decimal],
    *,
    branch: Branch,
    address: dict | None = None,
    note: str = "",
    override_reason: str = "",
    **rates,
) -> PackingSlip:
    """Deliver on a new slip within the caller's transaction, the order locked and opened with RELATED.

    As create_slip; the journal comes last, by the caller. rates: on, price_stays and seen_total of
    delivering.apply_delivery.
    """
    slip = PackingSlip(address=_address(opened.order, address), note=note)

    def number() -> str:
        year = timezone.localdate().year
        slip.number = f"PB-{year}-{numbers.take('PB', year):05d}"
        return slip.number

    slip.delivery = delivering.apply_delivery(
        opened,
        quantities,
        kind=Delivery.Kind.SLIP,
        branch=branch,
        override_reason=override_reason,
        paper=number,
        **rates,
    )
    slip.rows = _rows(opened, slip.delivery)
    rows.insert([slip])
    return slip


@keyed("documents.slip.cancel", result=SLIP)
def cancel_slip(*, slip_id: int, employee) -> PackingSlip:
    """Take the delivery of a slip back; the slip keeps its number and is marked. Raises Refusal and NotFound."""
    slip = _find(slip_id)
    opened, delivery = delivering.open_delivery(slip.delivery_id, employee)
    reverse = delivering.reverse_delivery(opened, delivery, source=slip.number)
    slip.state = PackingSlip.State.CANCELLED
    slip.save(update_fields=["state"])
    delivering.write_journal(opened, reverse, slip=slip.number)
    return slip


@keyed("documents.slip.print", result=SLIP)
def print_slip(*, slip_id: int, employee) -> PackingSlip:
    """Count a print of the slip; from the second on the paper says KOPIE. Raises Refusal and NotFound."""
    order = open_order(_find(slip_id).delivery.order_id, employee, action="print", right="documents.view").order
    slip = _find(slip_id)  # what stands there now that the order is locked
    slip.copies += 1
    slip.save(update_fields=["copies"])
    journal.write(
        branch_id=order.branch_id,
        employee=employee,
        action="documents.slip.printed",
        about=order,
        data={"slip": slip.number, "copies": slip.copies},
    )
    return slip


def _find(slip_id: int) -> PackingSlip:
    slip = PackingSlip.objects.select_related("delivery").filter(pk=slip_id).first()
    if slip is None:
        raise NotFound("slip.unknown", _("Deze pakbon is er niet, of hoort bij een ander filiaal."))
    return slip


def agreed_address(order: SalesOrder) -> dict:
    """Where the goods go unless told otherwise: the delivery address when it is delivered, else the customer's own."""
    agreed = order.delivery_address if order.delivery_method.kind == "delivery" else order.invoice_address
    return {"name": order.customer_name} | dict.fromkeys(ADDRESS[1:], "") | agreed


def _address(order: SalesOrder, address: dict | None) -> dict:
    if address is None:
        return agreed_address(order)
    given = {part: str(address.get(part) or "").strip() for part in ADDRESS}
    if missing := [part for part in ("name", "street", "city") if not given[part]]:
        raise Refusal("slip.address", _("Vul naam, straat en plaats in van het andere adres."), missing[0])
    return given


def _rows(opened: OpenOrder, delivery: Delivery) -> list[dict]:
    """What the paper says per line of the order, in pieces: as it is at this delivery. A text has no pieces."""
    here = {pick.line.pk: pick.quantity for pick in delivery.picks}
    return [_row(line, here.get(line.pk, Decimal(0))) for line in opened.lines]


def _row(line: OrderLine, here: Decimal) -> dict:
    words = {
        "line": line.pk,
        "article": line.article_number,
        "description": line.description,
        "colour": line.colour_label,
        "size": line.size_label,
        "text": line.text,
    }
    if not line.variant_id:
        return words
    return words | {
        "ordered": f"{line.quantity - line.cancelled_quantity:f}",
        "before": f"{line.delivered_quantity - here:f}",
        "here": f"{here:f}",
        "open": f"{line.open_quantity:f}",
    }
