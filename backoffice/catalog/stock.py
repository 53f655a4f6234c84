"""Stock per branch and variant. Every change goes through here; on hand moves only with a StockMove row."""

from collections import defaultdict
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from backoffice.catalog.models import StockLevel, StockMove
from backoffice.core import locks
from backoffice.core.errors import Refusal
from backoffice.relations.models import Branch


def change(branch: Branch, *, on_hand=(), reserved=(), names: dict[int, str] | None = None) -> dict[int, Decimal]:
    """Change stock at a branch by differences, in one statement, and return what is free per variant (pieces).

    on_hand, reserved: pairs (variant id, signed quantity). Rows are locked sorted by variant. Raises Refusal where
    the branch blocks selling below stock and a reservation or an issue would leave less than nothing free.
    """
    differences: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for index, pairs in enumerate((on_hand, reserved)):
        for variant_id, quantity in pairs:
            differences[variant_id][index] += quantity
    differences = {v: d for v, d in sorted(differences.items()) if any(d)}
    if not differences:
        return {}
    locks.note("stock")
    with connection.cursor() as cursor:
        cursor.execute(
            # a check constraint looks at the row to insert before a conflict is found, hence greatest(): a release
            # always finds its row, and takes its sign from d
            "WITH d AS (SELECT * FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS d (variant, hand, held))"
            " INSERT INTO catalog_stocklevel AS s (branch_id, variant_id, on_hand, reserved)"
            " SELECT %s, variant, hand, greatest(held, 0) FROM d ORDER BY variant"
            " ON CONFLICT (variant_id, branch_id) DO UPDATE SET on_hand = s.on_hand + excluded.on_hand,"
            " reserved = s.reserved + (SELECT held FROM d WHERE d.variant = s.variant_id)"
            " RETURNING variant_id, on_hand - reserved",
            [*map(list, zip(*((v, *d) for v, d in differences.items()), strict=True)), branch.pk],
        )
        free = dict(cursor.fetchall())
    if branch.below_stock == Branch.BelowStock.BLOCK:
        for variant_id, (hand, held) in differences.items():
            if free[variant_id] < 0 and hand < held:
                _refuse(variant_id, free[variant_id], held - hand, branch, names or {})
    return free


def _refuse(variant_id, free, asked, branch, names):
    raise Refusal(
        "stock.short",
        _("Van %(name)s is in %(branch)s nog %(left)s vrij; gevraagd is %(asked)s.")
        % {
            "name": names.get(variant_id, _("dit artikel")),
            "branch": branch.name,
            "left": f"{max(free + asked, 0):f}".rstrip("0").rstrip(".") or "0",
            "asked": f"{asked:f}".rstrip("0").rstrip("."),
        },
        "quantity",
    )


def move(branch: Branch, quantities, *, reason: str, source: str, employee) -> None:
    """Move stock on hand by signed quantities [(variant id, pieces)] and write the moves."""
    quantities = [(variant_id, quantity) for variant_id, quantity in quantities if quantity]
    change(branch, on_hand=quantities)
    StockMove.objects.bulk_create(
        StockMove(branch=branch, variant_id=v, quantity=q, reason=reason, source=source, employee=employee)
        for v, q in quantities
    )


def levels(variant_ids, branch_id: int | None = None) -> list[StockLevel]:
    """Stock rows of the variants, at one branch or at all."""
    rows = StockLevel.objects.filter(variant_id__in=list(variant_ids))
    return list(rows if branch_id is None else rows.filter(branch_id=branch_id))
