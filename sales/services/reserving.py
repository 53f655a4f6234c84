"""What an order holds of the stock, and changing it by the difference."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.catalog import stock
from backoffice.core.formats import format_quantity
from backoffice.relations.models import Branch
from sales.models import OrderLine, SalesOrder

Held = dict[int | None, Decimal]  # variant id -> pieces


def held(order: SalesOrder, lines: Sequence[OrderLine]) -> Held:
    """The pieces that a confirmed order holds per variant: open, of what stock is kept of. An offerte holds nothing."""
    pieces: Held = defaultdict(Decimal)
    if not order.quotation:
        for line in lines:
            if line.stocked and line.quantity > 0 and line.open_quantity:
                pieces[line.variant_id] += line.open_quantity
    return pieces


def change(branch: Branch, lines: Sequence[OrderLine], *, before: Held, after: Held) -> list[str]:
    """Reserve and release the difference at the branch, in one statement.

    Gives a sentence for each variant that this leaves short, where the branch warns of selling below stock. lines: name
    the variants. Raises Refusal where the branch blocks it.
    """
    difference = {variant: after.get(variant, 0) - before.get(variant, 0) for variant in {**before, **after}}
    names = {line.variant_id: line.title for line in lines if line.variant_id}
    free = stock.change(branch, reserved=list(difference.items()), names=names)
    if branch.below_stock != Branch.BelowStock.WARN:
        return []
    return [
        _("Van %(name)s is in %(branch)s %(short)s te weinig vrij: dat wordt nageleverd.")
        % {"name": names[variant], "branch": branch.name, "short": format_quantity(-free[variant])}
        for variant, more in difference.items()
        if more > 0 and variant is not None and free[variant] < 0
    ]
