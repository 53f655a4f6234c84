"""What always holds for stock."""

from backoffice.core.invariants import invariant, rows


@invariant(7, "on hand = the sum of its moves")
def on_hand(cursor) -> list[str]:
    return rows(
        cursor,
        "WITH touched AS (SELECT DISTINCT variant_id, branch_id FROM catalog_stockmove m WHERE @recent(m.at)),"
        " level AS (SELECT variant_id, branch_id, on_hand FROM catalog_stocklevel"
        " WHERE @full OR (variant_id, branch_id) IN (SELECT * FROM touched)),"
        " moved AS (SELECT variant_id, branch_id, sum(quantity) AS pieces FROM catalog_stockmove"
        " WHERE @full OR (variant_id, branch_id) IN (SELECT * FROM touched) GROUP BY 1, 2)"
        " SELECT format('variant %%s at branch %%s: on hand %%s, moves %%s', variant_id, branch_id,"
        " coalesce(on_hand, 0), coalesce(pieces, 0)) FROM level FULL JOIN moved USING (variant_id, branch_id)"
        " WHERE coalesce(on_hand, 0) <> coalesce(pieces, 0) ORDER BY variant_id, branch_id",
    )
