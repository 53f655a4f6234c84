"""What an order holds of the stock, and changing it by the difference."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from backoffice.catalog import stock
from backoffice.relations.models import Branch
from sales.models import OrderLine, SalesOrder
from sales.services.versions import title

Held = dict[int | None, Decimal]  # variant id -> pieces


def held(order: SalesOrder, lines: Sequence[OrderLine]) -> Held:
    """The pieces that a confirmed order holds per variant: open, of what stock is kept of. An offerte holds nothing."""
    pieces: Held = defaultdict(Decimal)
    if not order.quotation:
        for line in lines:
            if line.stocked and line.quantity > 0 and line.open_quantity:
                pieces[line.variant_id] += line.open_quantity
    return pieces


def change(branch: Branch, lines: Sequence[OrderLine], *, before: Held, after: Held) -> None:
    """Reserve and release the difference at the branch, in one statement.

    lines: name the variants when the branch blocks selling below stock. Raises Refusal there.
    """
    stock.change(
        branch,
        reserved=[(variant, after.get(variant, 0) - before.get(variant, 0)) for variant in {**before, **after}],
        names={line.variant_id: title(line) for line in lines if line.variant_id},
    )
