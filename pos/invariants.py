"""What always holds at the till (backoffice.core.invariants)."""

from backoffice.core.invariants import gapless_per_till, invariant, rows
from pos.models import Receipt


@invariant(8, "receipt numbers have no gap, per till and year")
def receipt_numbers(cursor) -> list[str]:
    return gapless_per_till(cursor, "receipt", Receipt._meta.db_table)


@invariant(13, "a sale that was paid and handed over at once is of the day of its session")
def days_of_sales(cursor) -> list[str]:
    return rows(
        cursor,
        "SELECT format('receipt %%s: its sale is of %%s, its session of %%s', r.number, o.order_date, s.business_date)"
        " FROM pos_receipt r JOIN payments_tillsession s ON s.id = r.session_id"
        " JOIN sales_salesorder o ON o.id = r.order_id"
        " WHERE r.kind = 'sale' AND o.order_date <> s.business_date AND @recent(o.changed_at) ORDER BY r.id",
    )
