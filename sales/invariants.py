"""What always holds for sales orders."""

from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace

from backoffice.core.invariants import gapless, invariant, rows, spell
from sales import pricing, status
from sales.models import SalesOrder
from sales.services.versions import EVENTS

AT_A_TIME = 2000
ORDERS = (
    "SELECT id, number, lifecycle, quotation, channel, amends_id, converted_to_id, vat_mode, discount_percent,"
    " discount_amount, discount_mode, net, vat, gross, paid_total, delivery_state, cancel_state, payment_state, status,"
    " listed FROM sales_salesorder o WHERE id > %s AND @recent(o.changed_at) ORDER BY id LIMIT %s"
)
LINES = (
    "SELECT order_id, id, variant_id, quantity, entered_price, entered_mode, vat_code, vat_percent,"
    " returns_id, return_net, return_vat, discount_percent, discount_amount, discount_mode, cancelled_quantity,"
    " delivered_quantity, line_total"
    " FROM sales_orderline WHERE order_id = ANY(%s) ORDER BY order_id, position"
)
VAT = (
    "SELECT order_id, code, percent, net, vat, gross FROM sales_ordervat WHERE order_id = ANY(%s)"
    " ORDER BY order_id, code, percent"
)
AXES = ("delivery_state", "cancel_state", "payment_state", "status", "listed")


class _Amount(Decimal):
    """A Decimal that answers to `amount`, as Money does."""

    @property
    def amount(self) -> Decimal:
        return Decimal(self)


def _found(cursor, sql: str, *values) -> list[SimpleNamespace]:
    cursor.execute(spell(sql), values)
    names = [column.name for column in cursor.description]
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _orders(cursor) -> Iterator[SimpleNamespace]:
    """Every order that changed lately, with its lines and VAT rows, a few thousand at a time."""
    last = 0
    while found := _found(cursor, ORDERS, last, AT_A_TIME):
        ids = [order.id for order in found]
        lines: dict[int, list] = {pk: [] for pk in ids}
        rates: dict[int, list] = {pk: [] for pk in ids}
        for line in _found(cursor, LINES, ids):
            line.open_quantity = line.quantity - line.cancelled_quantity - line.delivered_quantity
            lines[line.order_id].append(line)
        for row in _found(cursor, VAT, ids):
            rates[row.order_id].append((row.code, row.percent, row.net, row.vat, row.gross))
        for order in found:
            order.lines, order.vat_rows = lines[order.id], rates[order.id]
            yield order
        last = ids[-1]


def _name(order) -> str:
    return order.number or f"order {order.id}"


@invariant(1, "line total = quantity x price less discount; net, VAT per rate and gross follow")
def totals(cursor) -> list[str]:
    found = []
    for order in _orders(cursor):
        priced = [
            pricing.PricedLine(
                quantity=line.quantity,
                unit_price=line.entered_price,
                entered_mode=line.entered_mode,
                vat_code=line.vat_code,
                vat_percent=line.vat_percent,
                goes_back=(line.return_net, line.return_vat) if line.returns_id else None,
                discount_percent=line.discount_percent,
                discount_amount=line.discount_amount,
                discount_mode=line.discount_mode,
                cancelled=line.cancelled_quantity,
            )
            for line in order.lines
        ]
        try:
            due = pricing.price(
                priced, order.vat_mode, order.discount_percent, order.discount_amount, order.discount_mode
            )
        except pricing.PricingError as error:
            found.append(f"{_name(order)}: {error.code}")
            continue
        stored = [line.line_total for line in order.lines]
        if stored != due.line_totals:
            found.append(f"{_name(order)}: lines {_listed(stored)}, should be {_listed(due.line_totals)}")
        if (order.net, order.vat, order.gross) != (due.net, due.vat, due.gross):
            found.append(f"{_name(order)}: gross {order.gross}, should be {due.gross}")
        rates = sorted((r.code, r.percent, r.net, r.vat, r.gross) for r in due.vat_rows if r.gross or r.net)
        if [row for row in order.vat_rows if row[4] or row[2]] != rates:
            found.append(f"{_name(order)}: its VAT rows do not follow from its lines")
    return found


def _listed(amounts) -> str:
    return ", ".join(str(amount) for amount in amounts)


@invariant(12, "the stored status axes equal those derived from the lines")
def axes(cursor) -> list[str]:
    found = []
    for order in _orders(cursor):
        stored = {name: getattr(order, name) for name in AXES}
        order.gross, order.paid_total = _Amount(order.gross), _Amount(order.paid_total)
        status.derive(order, order.lines)  # type: ignore[arg-type]
        wrong = [
            f"{name} {old}, should be {getattr(order, name)}"
            for name, old in stored.items()
            if old != getattr(order, name)
        ]
        if wrong:
            found.append(f"{_name(order)}: {'; '.join(wrong)}")
    return found


@invariant(6, "reserved = what open lines hold, per variant and branch")
def reserved(cursor) -> list[str]:
    return rows(
        cursor,
        "WITH touched AS (SELECT DISTINCT l.variant_id FROM sales_orderline l JOIN sales_salesorder o"
        " ON o.id = l.order_id WHERE l.variant_id IS NOT NULL AND @recent(o.changed_at)),"
        " level AS (SELECT variant_id, branch_id, reserved FROM catalog_stocklevel"
        " WHERE @full OR variant_id IN (SELECT * FROM touched)),"
        " held AS (SELECT l.variant_id, o.branch_id,"
        " sum(l.quantity - l.cancelled_quantity - l.delivered_quantity) AS pieces"
        " FROM sales_orderline l JOIN sales_salesorder o ON o.id = l.order_id"
        " WHERE o.lifecycle = 'confirmed' AND NOT o.quotation AND l.stocked AND l.quantity > 0"
        " AND (@full OR l.variant_id IN (SELECT * FROM touched)) GROUP BY 1, 2)"
        " SELECT format('variant %%s at branch %%s: reserved %%s, lines hold %%s', variant_id, branch_id,"
        " coalesce(reserved, 0), coalesce(pieces, 0)) FROM level FULL JOIN held USING (variant_id, branch_id)"
        " WHERE coalesce(reserved, 0) <> coalesce(pieces, 0) ORDER BY variant_id, branch_id",
    )


@invariant(7, "delivered = the sum of delivery rows, within ordered; returned within delivered")
def delivered(cursor) -> list[str]:
    return rows(
        cursor,
        "SELECT format('%%s line %%s: delivered %%s, rows %%s, cancelled %%s of %%s, returned %%s', o.number, l.id,"
        " l.delivered_quantity, coalesce(d.rows, 0), l.cancelled_quantity, l.quantity, l.returned_quantity)"
        " FROM sales_orderline l JOIN sales_salesorder o ON o.id = l.order_id"
        " LEFT JOIN LATERAL (SELECT sum(quantity) AS rows FROM sales_deliveryline d WHERE d.line_id = l.id) d ON true"
        " WHERE o.lifecycle = 'confirmed' AND @recent(o.changed_at)"
        " AND (l.delivered_quantity <> coalesce(d.rows, 0)"
        " OR abs(l.delivered_quantity + l.cancelled_quantity) > abs(l.quantity)"
        " OR abs(l.returned_quantity) > abs(l.delivered_quantity)) ORDER BY l.id",
    )


@invariant(7, "returned = what came back on paid baskets")
def returned(cursor) -> list[str]:
    return rows(
        cursor,
        "SELECT format('line %%s: returned %%s, came back %%s', l.id, l.returned_quantity, coalesce(b.pieces, 0))"
        " FROM sales_orderline l JOIN sales_salesorder o ON o.id = l.order_id"
        " LEFT JOIN LATERAL (SELECT -sum(r.quantity) AS pieces FROM sales_orderline r"
        " JOIN sales_salesorder s ON s.id = r.order_id"
        " WHERE r.returns_id = l.id AND s.lifecycle = 'confirmed') b ON true"
        " WHERE o.lifecycle = 'confirmed' AND @recent(o.changed_at)"
        " AND l.returned_quantity <> coalesce(b.pieces, 0) ORDER BY l.id",
    )


# what went back at tills per line that it was sold on, EUR including VAT, and in how many returns
BACK = """
WITH back AS (
    SELECT l.order_id, l.id AS line_id, -sum(r.return_net + r.return_vat) AS gross, count(*) AS times
    FROM sales_orderline r JOIN sales_salesorder s ON s.id = r.order_id AND s.lifecycle = 'confirmed'
    JOIN sales_orderline l ON l.id = r.returns_id GROUP BY 1, 2
)
"""


@invariant(11, "what was given back never exceeds what was paid for what came back")
def paid_for_returns(cursor) -> list[str]:
    # in an exchange what is taken is paid with what comes in, as well as with money
    found = rows(
        cursor,
        BACK + "SELECT format('order %%s %%s: paid %%s, at tills went back %%s', o.id, o.number, o.paid_total,"  # noqa: S608
        " sum(b.gross)) FROM back b JOIN sales_salesorder o ON o.id = b.order_id CROSS JOIN LATERAL ("
        " SELECT coalesce(sum(CASE WHEN x.returns_id IS NOT NULL THEN -x.return_net - x.return_vat ELSE 0.01 -"
        " x.line_total * CASE o.vat_mode WHEN 'exclusive' THEN 1 + x.vat_percent / 100 ELSE 1 END END), 0) AS gross"
        " FROM sales_orderline x WHERE x.order_id = o.id AND x.quantity < 0) came_in WHERE @recent(o.changed_at)"
        " GROUP BY o.id, came_in.gross HAVING sum(b.gross) > o.paid_total + came_in.gross ORDER BY o.id",
    )
    # a line cannot have cost more than its total and the VAT on it; each return is rounded to its own cent
    return (
        found
        + rows(
            cursor,
            BACK + "SELECT format('line %%s: %%s of %%s pieces came back for %%s, the line cost %%s', l.id,"  # noqa: S608
            " l.returned_quantity, l.quantity - l.cancelled_quantity, b.gross, c.gross)"
            " FROM back b JOIN sales_orderline l ON l.id = b.line_id JOIN sales_salesorder o ON o.id = l.order_id"
            " CROSS JOIN LATERAL (SELECT l.line_total"
            " * CASE o.vat_mode WHEN 'exclusive' THEN 1 + l.vat_percent / 100 ELSE 1 END AS gross) c"
            " WHERE @recent(o.changed_at) AND b.gross > c.gross * l.returned_quantity"
            " / nullif(l.quantity - l.cancelled_quantity, 0) + 0.01 * b.times ORDER BY l.id",
        )
    )


@invariant(8, "order numbers have no gap, and a number once given never changes")
def numbers(cursor) -> list[str]:
    found = [each for kind in ("VO", "OF") for each in gapless(cursor, kind, SalesOrder._meta.db_table)]
    return found + rows(
        cursor,
        "SELECT format('order %%s: number %%s, was given %%s', o.id, o.number, v.snapshot->'header'->>'number')"
        " FROM sales_salesorder o JOIN sales_orderversion v ON v.order_id = o.id AND v.version = 1"
        " WHERE @recent(o.changed_at) AND v.snapshot->'header'->>'number' <> o.number ORDER BY o.id",
    )


@invariant(9, "version = the number of version rows, unbroken, each with its journal row")
def versions(cursor) -> list[str]:
    found = rows(
        cursor,
        "SELECT format('%%s: version %%s, %%s rows, the last %%s', o.number, o.version, count(v.id), max(v.version))"
        " FROM sales_salesorder o LEFT JOIN sales_orderversion v ON v.order_id = o.id"
        " WHERE o.lifecycle = 'confirmed' AND @recent(o.changed_at) GROUP BY o.id"
        " HAVING o.version <> count(v.id) OR o.version <> coalesce(max(v.version), 0) ORDER BY o.id",
    )
    return found + rows(
        cursor,
        "SELECT format('%%s version %%s has no journal row', o.number, v.version)"
        " FROM sales_orderversion v JOIN sales_salesorder o ON o.id = v.order_id WHERE @recent(v.at)"
        " AND NOT EXISTS (SELECT 1 FROM core_journalentry j WHERE j.object_type = %s AND j.object_id = o.id::text"
        " AND j.version = v.version AND j.action = ANY(%s)) ORDER BY v.id",
        SalesOrder._meta.label,
        list(EVENTS.values()),
    )


@invariant(15, "a delivery takes lines of its own order")
def deliveries(cursor) -> list[str]:
    return rows(
        cursor,
        "SELECT format('delivery %%s of order %%s takes line %%s of order %%s', d.id, d.order_id, l.id, l.order_id)"
        " FROM sales_deliveryline r JOIN sales_delivery d ON d.id = r.delivery_id"
        " JOIN sales_orderline l ON l.id = r.line_id WHERE l.order_id <> d.order_id AND @recent(d.at) ORDER BY r.id",
    )
