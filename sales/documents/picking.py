"""What can go on a slip of one order."""

from dataclasses import dataclass
from decimal import Decimal

from backoffice.catalog import stock
from sales import selectors, status
from sales.models import OrderLine, SalesOrder

ZERO = Decimal(0)


@dataclass(slots=True)
class Pick:
    """A line of the order on the screen Pakbon aanmaken, in pieces. on_hand: at the order's branch; None: no stock."""

    line: OrderLine
    on_hand: Decimal | None
    filled: Decimal = ZERO

    @property
    def name(self) -> str:
        return field_name(self.line)

    @property
    def ordered(self) -> Decimal:
        return self.line.quantity - self.line.cancelled_quantity

    @property
    def open(self) -> Decimal:
        return self.line.open_quantity

    @property
    def packable(self) -> bool:
        return self.open > 0


def field_name(line: OrderLine) -> str:
    return f"quantity-{line.pk}"


def picks(order: SalesOrder) -> list[Pick]:
    """The lines that are delivered, in order, filled with what is open and on hand: one statement for the stock."""
    lines = status.counted(selectors.lines_of(order))
    stocked = {line.variant_id for line in lines if line.stocked and line.variant_id}
    left = dict.fromkeys(stocked, ZERO)
    left |= {level.variant_id: level.on_hand for level in stock.levels(stocked, order.branch_id)}
    present = dict(left)
    found = []
    for line in lines:
        if line.variant_id not in stocked:
            found.append(Pick(line, None, max(line.open_quantity, ZERO)))
            continue
        take = max(min(line.open_quantity, left[line.variant_id]), ZERO)
        take = take if line.fractions else Decimal(int(take))
        left[line.variant_id] -= take
        found.append(Pick(line, present[line.variant_id], take))
    return found
