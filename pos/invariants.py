"""What always holds at the till (backoffice.core.invariants)."""

from backoffice.core.invariants import gapless_per_till, invariant
from pos.models import Receipt


@invariant(8, "receipt numbers have no gap, per till and year")
def receipt_numbers(cursor) -> list[str]:
    return gapless_per_till(cursor, "receipt", Receipt._meta.db_table)
