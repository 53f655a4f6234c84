"""What the tests of deliveries share: a confirmed order on a stocked branch, and what its stock and rows say."""

from decimal import Decimal

from django.db.models import Sum

from backoffice.catalog import stock
from backoffice.catalog.models import StockLevel, StockMove
from backoffice.core.models import JournalEntry, NumberSeries
from sales.models import Delivery, DeliveryLine
from sales.services import confirming, lines
from tests import factories


def receive(branch, employee, *items) -> None:
    """Goods come in: [(variant, pieces)]."""
    stock.move(
        branch, [(v.pk, Decimal(pieces)) for v, pieces in items], reason="opening", source="Begin", employee=employee
    )


def confirmed(s, items, text: str = "", **header):
    """An order of the shop with these lines (and a text), confirmed."""
    order = factories.draft(employee=s.office, customer=s.customer, items=items)
    if text:
        lines.add_text(order_id=order.pk, text=text, employee=s.office)
    if header:
        type(order).objects.filter(pk=order.pk).update(**header)
    return confirming.confirm(order_id=order.pk, employee=s.office)


def line_of(order, variant):
    return order.lines.get(variant=variant)


def wanted(order, *pairs) -> dict[int, Decimal]:
    """{line id: pieces} of [(variant, pieces)]."""
    return {line_of(order, variant).pk: Decimal(pieces) for variant, pieces in pairs}


def level(branch, variant) -> tuple[Decimal, Decimal]:
    """(on hand, reserved)."""
    row = StockLevel.objects.filter(branch=branch, variant=variant).first()
    return (row.on_hand, row.reserved) if row else (Decimal(0), Decimal(0))


def state(order) -> tuple:
    """All that a refusal must leave as it was."""
    order.refresh_from_db()
    return (
        order.status,
        order.delivery_state,
        order.changed_at,
        list(order.lines.values_list("pk", "delivered_quantity", "revision")),
        list(StockLevel.objects.order_by("pk").values_list("pk", "on_hand", "reserved")),
        StockMove.objects.count(),
        Delivery.objects.count(),
        DeliveryLine.objects.count(),
        JournalEntry.objects.count(),
        list(NumberSeries.objects.order_by("pk").values_list("kind", "next_value")),
    )


def consistent(order) -> bool:
    """Delivered = sum of delivery rows, and on hand = sum of the moves."""
    sums = dict(DeliveryLine.objects.filter(line__order=order).values_list("line").annotate(pieces=Sum("quantity")))
    moved = {
        (row["branch"], row["variant"]): row["pieces"]
        for row in StockMove.objects.values("branch", "variant").annotate(pieces=Sum("quantity"))
    }
    return all(line.delivered_quantity == sums.get(line.pk, 0) for line in order.lines.all()) and all(
        row.on_hand == moved.get((row.branch_id, row.variant_id), 0) for row in StockLevel.objects.all()
    )
