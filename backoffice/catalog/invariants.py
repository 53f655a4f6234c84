"""What always holds for stock."""

from backoffice.core.invariants import invariant, recent, rows


@invariant(7, "on hand = the sum of its moves")
def on_hand(cursor) -> list[str]:
    return rows(
        cursor,
        "WITH touched AS (SELECT DISTINCT variant_id, branch_id FROM catalog_stockmove m WHERE " + recent("m.at") + ")"  # noqa: S608
        " SELECT format('variant %%s at branch %%s: on hand %%s, moves %%s', coalesce(s.variant_id, m.variant_id),"
        " coalesce(s.branch_id, m.branch_id), coalesce(s.on_hand, 0), coalesce(m.moved, 0))"
        " FROM (SELECT * FROM catalog_stocklevel s WHERE " + _looked_at("s") + ") s"
        " FULL JOIN (SELECT variant_id, branch_id, sum(quantity) AS moved FROM catalog_stockmove m"
        " WHERE " + _looked_at("m") + " GROUP BY 1, 2) m USING (variant_id, branch_id)"
        " WHERE coalesce(s.on_hand, 0) <> coalesce(m.moved, 0)",
    )


def _looked_at(table: str) -> str:
    """Everything in a full run; else what moved lately."""
    return (
        "(coalesce(current_setting('toonbank.invariants_since', true), '') = ''"
        f" OR ({table}.variant_id, {table}.branch_id) IN (SELECT variant_id, branch_id FROM touched))"
    )
