"""Stock per branch and variant. Every change goes through here; on hand moves only with a StockMove row."""

from collections import defaultdict
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from backoffice.catalog.models import StockLevel, StockMove
from backoffice.core import locks
from backoffice.core.db import rows
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_quantity
from backoffice.relations.models import Branch


def change(
    branch: Branch, *, on_hand=(), reserved=(), names: dict[int, str] | None = None, short: bool = False
) -> dict[int, Decimal]:
    """Change stock at a branch by differences, in one statement, and return what is free per variant (pieces).

    on_hand, reserved: pairs (variant id, signed quantity). Rows are locked sorted by variant and branch. Raises
    Refusal where the branch blocks selling below stock and a reservation or an issue would leave less than nothing
    free, or an issue less than nothing on hand. short: what is free may go below nothing all the same.
    """
    free = change_at([(branch, on_hand, reserved)], names=names, short=short)
    return {variant_id: left for (variant_id, _branch_id), left in free.items()}


def change_at(places, *, names: dict[int, str] | None = None, short: bool = False) -> dict[tuple[int, int], Decimal]:
    """The same at several branches in one statement: [(branch, on hand, reserved)]; free per (variant, branch) id."""
    branches = {branch.pk: branch for branch, *_pairs in places}
    differences: dict[tuple[int, int], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for branch, *both in places:
        for index, pairs in enumerate(both):
            for variant_id, quantity in pairs:
                differences[variant_id, branch.pk][index] += quantity
    differences = {at: d for at, d in sorted(differences.items()) if any(d)}
    if not differences:
        return {}
    locks.note("stock")
    columns = map(list, zip(*((*at, *d) for at, d in differences.items()), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            # a check constraint looks at the row to insert before a conflict is found, hence greatest(): a release
            # always finds its row, and takes its sign from d
            "WITH d AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[])"
            " AS d (variant, branch, hand, held))"
            " INSERT INTO catalog_stocklevel AS s (branch_id, variant_id, on_hand, reserved)"
            " SELECT branch, variant, hand, greatest(held, 0) FROM d ORDER BY variant, branch"
            " ON CONFLICT (variant_id, branch_id) DO UPDATE SET on_hand = s.on_hand + excluded.on_hand,"
            " reserved = s.reserved + (SELECT held FROM d WHERE d.variant = s.variant_id AND d.branch = s.branch_id)"
            " RETURNING variant_id, branch_id, on_hand, on_hand - reserved",
            list(columns),
        )
        levels = {(variant_id, at): (present, free) for variant_id, at, present, free in cursor.fetchall()}
    for (variant_id, at), (hand, held) in differences.items():
        if branches[at].below_stock == Branch.BelowStock.BLOCK:
            present, free = levels[variant_id, at]
            name = (names or {}).get(variant_id) or _("dit artikel")
            if present < 0 and hand < 0:
                raise _absent(name, branches[at], present - hand, -hand)
            if free < 0 and hand < held and not short:
                raise _short(name, branches[at], free - hand + held, held - hand)
    return {at: free for at, (_present, free) in levels.items()}


def _absent(name: str, branch: Branch, left: Decimal, asked: Decimal) -> Refusal:
    return Refusal(
        "stock.absent",
        _("Van %(name)s is in %(branch)s nog %(left)s aanwezig; gevraagd is %(asked)s.")
        % {"name": name, "branch": branch.name, "left": _pieces(left), "asked": _pieces(asked)},
        "quantity",
    )


def _short(name: str, branch: Branch, left: Decimal, asked: Decimal) -> Refusal:
    return Refusal(
        "stock.short",
        _("Van %(name)s is in %(branch)s nog %(left)s vrij; gevraagd is %(asked)s.")
        % {"name": name, "branch": branch.name, "left": _pieces(left), "asked": _pieces(asked)},
        "quantity",
    )


def _pieces(quantity: Decimal) -> str:
    return format_quantity(max(quantity, Decimal(0)))


def move(branch: Branch, quantities, *, reason: str, source: str, employee, short: bool = False) -> None:
    """Move stock on hand by signed quantities [(variant id, pieces)] and write the moves."""
    quantities = [(variant_id, quantity) for variant_id, quantity in quantities if quantity]
    change(branch, on_hand=quantities, short=short)
    write_moves(branch, [(*pair, reason) for pair in quantities], source=source, employee=employee)


def write_moves(branch: Branch, moves, *, source: str, employee) -> None:
    """Write the rows of what change() did to stock on hand: [(variant id, pieces, reason)], in one statement."""
    rows.insert(
        [
            StockMove(branch=branch, variant_id=v, quantity=q, reason=reason, source=source, employee=employee)
            for v, q, reason in moves
        ]
    )


def levels(variant_ids, branch_id: int | None = None) -> list[StockLevel]:
    """Stock rows of the variants, at one branch or at all."""
    found = StockLevel.objects.filter(variant_id__in=variant_ids)
    return list(found if branch_id is None else found.filter(branch_id=branch_id))
