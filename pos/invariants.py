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


# what stands on a receipt beside what the order's version in force and its ledger say of that moment; EUR
PAPERS = """
SELECT r.id, r.number, r.kind, p.*, coalesce(lines.total, 0) - p.discount AS lines,
    v.gross AS agreed,
    coalesce(rates.net, 0) AS rates_net, coalesce(rates.vat, 0) AS rates_vat,
    coalesce(entries.total, 0) AS paid, coalesce(entries.number, 0) AS times, coalesce(before.total, 0) AS before,
    booked.now AS booked, booked.times AS booked_times, booked.before AS booked_before
FROM pos_receipt r
CROSS JOIN LATERAL jsonb_to_record(r.paper) AS p (
    mode text, net numeric, vat numeric, gross numeric, discount numeric, "left" numeric)
CROSS JOIN LATERAL (SELECT sum((l->>'total')::numeric) AS total FROM jsonb_array_elements(r.paper->'lines') l) lines
CROSS JOIN LATERAL (SELECT sum((t->>'net')::numeric) AS net, sum((t->>'vat')::numeric) AS vat
    FROM jsonb_array_elements(r.paper->'rates') t) rates
CROSS JOIN LATERAL (SELECT sum((e->>'amount')::numeric) AS total, count(*) AS number
    FROM jsonb_array_elements(r.paper->'entries') e) entries
CROSS JOIN LATERAL (SELECT sum((e->>'amount')::numeric) AS total
    FROM jsonb_array_elements(r.paper->'before') e) before
CROSS JOIN LATERAL (SELECT coalesce(sum(e.amount) FILTER (WHERE mine), 0) AS now,
    count(*) FILTER (WHERE mine AND e.kind <> 're_split') AS times,
    coalesce(sum(e.amount) FILTER (WHERE NOT mine AND e.at <= r.at AND e.id < coalesce(first, e.id + 1)), 0) AS before
    FROM (SELECT x.*, x."group" IS NOT DISTINCT FROM r.entry_group AS mine,
        min(x.id) FILTER (WHERE x."group" = r.entry_group) OVER () AS first
        FROM payments_ledgerentry x WHERE x.order_id = r.order_id) e) booked
LEFT JOIN LATERAL (SELECT (w.snapshot->'header'->>'gross')::numeric AS gross FROM sales_orderversion w
    WHERE w.order_id = r.order_id AND w.at <= r.at ORDER BY w.version DESC LIMIT 1) v ON true
WHERE @recent(r.at)
"""


@invariant(17, "what stands on a receipt is what was agreed, booked and left open when it was given out")
def papers(cursor) -> list[str]:
    """A copy draws what is stored: as long as that is so, it equals its first print."""
    lines = "CASE mode WHEN 'inclusive' THEN gross ELSE net END"
    wrong = (
        ("mode IS NULL", "nothing stands on it"),
        ("gross <> agreed", "it says %%s, its order was %%s then", "gross", "agreed"),
        (f"lines <> {lines}", "its lines add up to %%s, it says %%s", "lines", lines),
        (
            "(rates_net, rates_vat) <> (net, vat) OR net + vat <> gross",
            "its rates are %%s with %%s VAT, it says %%s of %%s", "rates_net", "rates_vat", "vat", "gross",
        ),
        (
            "(paid, times) <> (booked, booked_times)",
            "it says %%s in %%s rows, %%s in %%s was booked", "paid", "times", "booked", "booked_times",
        ),
        ("before <> booked_before", "it says %%s was paid before, that was %%s", "before", "booked_before"),
        ("\"left\" <> gross - before - paid", "it says %%s is left, of %%s", "\"left\"", "gross - before - paid"),
    )  # fmt: skip
    told = ", ".join(
        f"CASE WHEN {case} THEN format({', '.join((repr(text), *values))}) END" for case, text, *values in wrong
    )
    return rows(
        cursor,
        f"SELECT format('receipt %%s: %%s', number, told) FROM (SELECT id, number, concat_ws('; ', {told}) AS told"  # noqa: S608
        f" FROM ({PAPERS}) shown) found WHERE told <> '' ORDER BY id",
    )


@invariant(17, "a Z report counts every receipt of its session, and its range is that of their numbers")
def counted_receipts(cursor) -> list[str]:
    return rows(
        cursor,
        "SELECT format('Z report %%s: it says %%s, %%s to %%s; its session has %%s, %%s to %%s', s.z_number,"
        " z.count, z.first, z.last, r.number, r.first, r.last)"
        " FROM pos_dayreport d JOIN payments_tillsession s ON s.id = d.session_id"
        " CROSS JOIN LATERAL jsonb_to_record(d.paper->'receipts') AS z (count int, first text, last text)"
        " CROSS JOIN LATERAL (SELECT count(*) AS number, coalesce(min(number COLLATE \"C\"), '') AS first,"
        " coalesce(max(number COLLATE \"C\"), '') AS last FROM pos_receipt WHERE session_id = s.id) r"
        " WHERE @recent(s.closed_at) AND ((z.count, z.first, z.last) IS DISTINCT FROM (r.number, r.first, r.last)"
        " OR (z.count > 0 AND z.count <>"
        " split_part(z.last, '-', -1)::int - split_part(z.first, '-', -1)::int + 1)) ORDER BY s.id",
    )
