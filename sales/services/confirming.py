"""Verkooporder bevestigen: checks, number, reservation, version and journal, as one transaction."""

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.catalog import stock
from backoffice.core import journal, numbers
from backoffice.core.errors import Refusal, Refusals
from backoffice.core.keys import keyed
from backoffice.relations.models import VatMode
from sales.models import OrderVersion, SalesOrder
from sales.services.drafts import ORDER, search_text
from sales.services.editing import check_revision, open_draft


@keyed("sales.order.confirm", result=ORDER)
def confirm(*, order_id: int, employee, revision: int | None = None) -> SalesOrder:
    """Make the draft an order: number from the gapless series, stock reserved, version 1, status Openstaand.

    Raises Refusals with every field that is missing, Refusal where the branch blocks selling below stock; nothing
    changes then. Statements do not depend on the number of lines.
    """
    draft = open_draft(order_id, employee, "confirm", ("branch", "customer", "delivery_method"))
    order, lines = draft.order, draft.lines
    check_revision(order, revision, [])
    _check(order, lines)
    stock.change(
        order.branch,
        reserved=[(line.variant_id, line.quantity) for line in lines if line.stocked and line.quantity > 0],
        names={line.variant_id: title(line) for line in lines if line.variant_id},
    )
    order.number = f"VO-{order.order_date.year}-{numbers.take('VO', order.order_date.year):05d}"
    order.lifecycle = SalesOrder.Lifecycle.CONFIRMED
    order.version = 1
    order.revision += 1
    order.confirmed_at, order.confirmed_by = timezone.now(), employee
    order.search_text = search_text(order)
    draft.write("number", "lifecycle", "version", "revision", "confirmed_at", "confirmed_by", "search_text")
    OrderVersion.objects.create(
        order=order, version=1, at=order.confirmed_at, employee=employee, changes=[], **snapshot(order, lines)
    )
    journal.write(
        branch_id=order.branch_id,
        employee=employee,
        action="sales.order.confirmed",
        about=order,
        version=1,
        data={"number": order.number, "gross": str(order.gross.amount), "lines": len(lines)},
    )
    return order


def _check(order: SalesOrder, lines) -> None:
    missing = []
    if order.customer is None:
        missing.append(Refusal("order.customer_missing", _("Kies een debiteur."), "customer"))
    elif order.customer.blocked:
        missing.append(Refusal("order.customer_blocked", _("Deze debiteur is geblokkeerd."), "customer"))
    if not lines:
        missing.append(Refusal("order.no_lines", _("Voeg ten minste één regel toe."), "lines"))
    if order.vat_mode == VatMode.REVERSE_CHARGE and not order.customer_vat_id:
        missing.append(Refusal("order.vat_id_missing", _("BTW verlegd vraagt een BTW-id bij de debiteur."), "customer"))
    if order.expected_delivery_date and order.expected_delivery_date < order.order_date:
        missing.append(
            Refusal(
                "order.delivery_before_order",
                _("De verwachte leverdatum ligt vóór de datum van de order."),
                "expected_delivery_date",
            )
        )
    if order.delivery_method.kind == "delivery" and not order.delivery_address.get("city"):
        missing.append(
            Refusal("order.address_missing", _("Bezorgen vraagt een adres bij de debiteur."), "delivery_address")
        )
    if missing:
        raise Refusals(missing)


def title(line) -> str:
    """A line in words: description, colour and size, or its text."""
    return " ".join(p for p in (line.description, line.colour_label, line.size_label) if p) or line.text


def snapshot(order: SalesOrder, lines) -> dict:
    """What a version keeps: {"snapshot": …, "personal": …}; amounts as strings, in the order's VAT mode."""
    header = (
        {
            name: str(getattr(order, name) or "")
            for name in (
                "number",
                "order_date",
                "expected_delivery_date",
                "time_window",
                "subject",
                "reference",
                "vat_mode",
            )
        }
        | {
            name: getattr(order, f"{name}_id")
            for name in ("order_type", "delivery_method", "employee", "branch", "customer")
        }
        | {name: str(getattr(order, name).amount) for name in ("net", "vat", "gross", "discount_amount")}
        | {"discount_percent": str(order.discount_percent)}
    )
    rows = [
        {
            "key": str(line.key),
            "variant": line.variant_id,
            "article": line.article_number,
            "title": title(line),
            "text": line.text,
            "quantity": str(line.quantity),
            "unit_price": str(line.unit_price.amount),
            "discount_percent": str(line.discount_percent),
            "discount_amount": str(line.discount_amount.amount),
            "vat_percent": str(line.vat_percent),
            "line_total": str(line.line_total.amount),
        }
        for line in lines
    ]
    personal = {
        "customer_name": order.customer_name,
        "customer_attention": order.customer_attention,
        "customer_email": order.customer_email,
        "customer_vat_id": order.customer_vat_id,
        "invoice_address": order.invoice_address,
        "delivery_address": order.delivery_address,
    }
    return {"snapshot": {"header": header, "lines": rows}, "personal": personal}
