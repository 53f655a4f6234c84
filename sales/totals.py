"""From lines to stored totals: one routine for the screen, the till, documents and imports."""

from dataclasses import replace
from decimal import Decimal

from backoffice.core.db import rows
from backoffice.core.money import money
from sales import pricing, status
from sales.models import OrderLine, SalesOrder

WRITTEN = [
    "net",
    "vat",
    "gross",
    "delivery_state",
    "cancel_state",
    "payment_state",
    "status",
    "listed",
    "changed_by",
    "changed_at",
]


def compute(order: SalesOrder, lines, vat_mode: str | None = None) -> pricing.Totals:
    """The totals of these lines under the order's discount, in its VAT mode or another (EUR).

    Raises PricingError (a Refusal) when a discount goes beyond what there is.
    """
    priced = [
        pricing.PricedLine(
            quantity=line.quantity,
            unit_price=line.entered_price.amount,
            entered_mode=line.entered_mode,
            vat_code=line.vat_code,
            vat_percent=line.vat_percent,
            goes_back=goes_back(line),
            discount_percent=line.discount_percent,
            discount_amount=line.discount_amount.amount,
            discount_mode=line.discount_mode,
            cancelled=line.cancelled_quantity,
        )
        for line in lines
    ]
    mode = vat_mode or order.vat_mode
    totals = pricing.price(priced, mode, order.discount_percent, order.discount_amount.amount, order.discount_mode)
    # a text has no price and makes no VAT row of its own
    keys = {vat_key(line, mode) for line in lines if line.variant_id}
    return replace(totals, vat_rows=[row for row in totals.vat_rows if (row.code, row.percent) in keys])


def vat_key(line, vat_mode: str) -> tuple[str, Decimal]:
    """The VAT row (code, percentage) that a line stands in, on an order in `vat_mode`; of a return that of its sale."""
    if line.returns_id:
        return line.vat_code, line.vat_percent
    return pricing.vat_key(line.vat_code, line.vat_percent, vat_mode)


def goes_back(line) -> tuple[Decimal, Decimal] | None:
    """(net, VAT) in EUR of a line that comes back on its receipt; None of any other."""
    return (line.return_net.amount, line.return_vat.amount) if line.returns_id else None


def write(order: SalesOrder, lines, *, employee, fields=()) -> pricing.Totals:
    """Recalculate and store the order's totals and status axes, its VAT rows and the lines that changed by it.

    lines: all lines of the order, in memory. fields: other fields of the order to save in the same statement.
    Unsaved lines (without id) are inserted. Statements: one for the order and its VAT, and at most one each for new and
    for changed lines.
    """
    totals = recalculate(order, lines)
    store(order, lines, totals, employee=employee, fields=fields)
    return totals


def recalculate(order: SalesOrder, lines) -> pricing.Totals:
    """Put new totals on the order and its lines, in memory only; a line that changed by it becomes dirty."""
    totals = compute(order, lines)
    for line, total, unit_price in zip(lines, totals.line_totals, totals.unit_prices, strict=True):
        if line.line_total.amount != total or line.unit_price.amount != unit_price:
            line.line_total, line.unit_price = total, unit_price
            line.dirty = True
    order.net, order.vat, order.gross = totals.net, totals.vat, totals.gross
    return totals


def store(order: SalesOrder, lines, totals: pricing.Totals, *, employee, fields=()) -> None:
    """Store what recalculate() put on the order and its lines, and the status axes that follow."""
    save([line for line in lines if line.pk is None or getattr(line, "dirty", False)])
    order.changed_by = employee
    status.derive(order, lines)
    rows.update([order], (*WRITTEN, *fields), _vat(order, totals))


def write_paid(order: SalesOrder, lines, paid: Decimal, *, employee) -> None:
    """Store what is paid on a locked order (EUR), and the status that follows; called by payments only."""
    order.paid_total = money(paid)
    order.changed_by = employee
    status.derive(order, lines)
    rows.update([order], ("paid_total", "payment_state", "status", "changed_by", "changed_at"))


def write_delivered(order: SalesOrder, lines, delivered, *, employee) -> None:
    """Store the delivered quantity of these of its lines and the status that follows; amounts stay."""
    rows.update(delivered, ("revision", "delivered_quantity", "changed_by", "changed_at"))
    order.changed_by = employee
    status.derive(order, lines)
    rows.update([order], ("delivery_state", "cancel_state", "payment_state", "status", "changed_by", "changed_at"))


def save(lines) -> None:
    """Insert the new lines and update the changed ones, each in one statement."""
    new, old = [line for line in lines if line.pk is None], [line for line in lines if line.pk is not None]
    rows.insert(new)
    rows.update(old, UPDATED)
    for line in lines:
        line.dirty = False


# what may change of a line that is stored
UPDATED = (
    "position", *OrderLine.OFFERED, *OrderLine.AGREED, *OrderLine.ALLOWED, *OrderLine.DERIVED, *OrderLine.HAPPENED,
    "revision", "changed_by", "changed_at",
)  # fmt: skip


VAT = (
    "WITH new AS (SELECT * FROM unnest(%s::text[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[])"
    " AS r (code, percent, net, vat, gross)), gone AS (DELETE FROM sales_ordervat WHERE order_id = %s"
    " AND (code, percent) NOT IN (SELECT code, percent FROM new)),"
    " put AS (INSERT INTO sales_ordervat (order_id, code, percent, net, vat, gross, currency)"
    " SELECT %s, code, percent, net, vat, gross, 'EUR' FROM new"
    " ON CONFLICT (order_id, code, percent)"
    " DO UPDATE SET net = excluded.net, vat = excluded.vat, gross = excluded.gross) "
)


def _vat(order: SalesOrder, totals: pricing.Totals) -> rows.Along:
    """What replaces the order's VAT rows, in the statement that writes the order."""
    found = totals.vat_rows
    amounts = [[Decimal(getattr(row, name)) for row in found] for name in ("percent", "net", "vat", "gross")]
    return VAT, [[row.code for row in found], *amounts, order.pk, order.pk]
