"""What the product says beside what the model says, after every step: read straight from the tables, told in words."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import connection

from payments.models import TillSession
from payments.selectors import reports, session_figures, session_vat
from pos.models import Receipt
from pos.selectors import RECEIPT
from pos.slip import slip
from sales.documents import confirmation
from sales.documents.models import PackingSlip
from tests.oracle import money
from tests.oracle.model import CONFIRMED, DISCARDED, Order, Paper, Session, Shop, Slip
from tests.oracle.sums import INCLUSIVE, ZERO, Row, Rows, without_zeros

ORDERS = """SELECT id, vat_mode, net, vat, gross, paid_total, status, payment_state, number, version, order_date
FROM sales_salesorder WHERE id = ANY(%s)"""
LINES = """SELECT order_id, id, variant_id, quantity, delivered_quantity, cancelled_quantity, returned_quantity,
line_total FROM sales_orderline WHERE order_id = ANY(%s) ORDER BY order_id, position"""
VAT = "SELECT order_id, code, percent, net, vat FROM sales_ordervat WHERE order_id = ANY(%s)"
ENTRIES = """SELECT e.order_id, e.kind, coalesce(m.name, ''), sum(e.amount) FROM payments_ledgerentry e
LEFT JOIN payments_paymentmethod m ON m.id = e.method_id WHERE e.order_id = ANY(%s) GROUP BY 1, 2, 3"""
HELD = """SELECT e.order_id, v.code, v.percent, sum(v.net), sum(v.vat) FROM payments_entryvat v
JOIN payments_ledgerentry e ON e.id = v.entry_id WHERE e.order_id = ANY(%s) GROUP BY 1, 2, 3"""
STOCK = """SELECT b.name, s.variant_id, s.on_hand, s.reserved FROM catalog_stocklevel s
JOIN relations_branch b ON b.id = s.branch_id"""
SESSIONS = "SELECT session_id, count(*), max(id) FROM payments_ledgerentry WHERE session_id IS NOT NULL GROUP BY 1"
CREDIT = "SELECT customer_id, balance FROM payments_creditaccount"
# all that a refused step must leave as it was
TABLES = (
    "sales_salesorder", "sales_orderline", "sales_ordervat", "sales_orderversion", "sales_delivery",
    "sales_deliveryline",
    "payments_ledgerentry", "payments_posting", "payments_entryvat", "payments_creditaccount", "payments_tillsession",
    "catalog_stocklevel", "catalog_stockmove", "pos_receipt", "documents_packingslip", "core_numberseries",
)  # fmt: skip
METHOD = {"Contant": "contant", "Pin": "pin", "Bank": "bank", "iDEAL": "ideal", "Tegoed": "tegoed", "": ""}


def fingerprint() -> set[str]:
    """Of everything that an action may touch: each table with a sum of its rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table} ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM {table} t"
                for table in TABLES
            )
        )
        return {row[0] for row in cursor.fetchall()}


def read(statement: str, *values: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def grouped(statement: str, refs: list[int]) -> dict[int, list[tuple]]:
    found: dict[int, list[tuple]] = {}
    for order, *rest in read(statement, refs):
        found.setdefault(order, []).append(tuple(rest))
    return found


Seen = dict[int, tuple]


def differences(shop: Shop, seen: Seen) -> list[str]:
    """Whatever the product says otherwise, a line each. seen: the state of every till when it was compared last."""
    drafts = [order.amendment.draft for order in shop.orders if order.amendment]
    orders = [order for order in [*shop.orders, *drafts] if order.ref and order.state != DISCARDED]
    refs = [order.ref for order in orders]
    heads = {row[0]: row[1:] for row in read(ORDERS, refs)}
    tables = [grouped(statement, refs) for statement in (LINES, VAT, ENTRIES, HELD)]
    found = [*_stock(shop), *_customers(shop)]
    for order in orders:
        found += _order(order, heads[order.ref], *(table.get(order.ref, []) for table in tables))
    booked = {at: rest for at, *rest in read(SESSIONS)}
    for each in shop.sessions.values():
        paid = [p.sequence for p in shop.payments if p.session is each]
        now = (booked.get(each.ref), paid, len(each.safe))
        if seen.get(each.ref) != now:
            found += session(shop, each)
            seen[each.ref] = now
    return found


def differ(what: str, product: object, model: object) -> Iterator[str]:
    if product != model:
        yield f"{what}: the product says {shown(product)}, the model {shown(model)}"


def shown(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{shown(k)}: {shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(shown, value)) + ")"
    return f"{value.net}+{value.vat}" if isinstance(value, Row) else str(value)


def name_of(order: Order) -> str:
    return f"order {order.number or order.ref} ({order.channel})"


def _order(order: Order, head: tuple, lines: list, vat: list, entries: list, held: list) -> Iterator[str]:
    name, totals = name_of(order), order.totals
    mode, net, tax, gross, paid, status, payment, number, version, day = head
    yield from differ(f"{name} mode", mode, order.mode)
    yield from differ(f"{name} net, VAT, gross", (net, tax, gross), (totals.net, totals.vat, totals.gross))
    if order.state == CONFIRMED:
        yield from differ(f"{name} number, version", (number, version), (order.number, order.version))
        yield from differ(f"{name} status, payment", (status, payment), (order.status, order.payment_state))
    yield from differ(f"{name} paid", paid, order.paid)
    yield from differ(f"{name} day", day, order.day)
    yield from _lines(name, order, totals.lines, lines)
    rows = {(code, percent): Row(net, vat) for code, percent, net, vat in vat}
    yield from differ(f"{name} VAT rows", without_zeros(rows), without_zeros(totals.rows))
    yield from differ(f"{name} VAT of what is paid", _rows(held), without_zeros(order.held))
    booked: dict[tuple[str, str], Decimal] = {}
    for row in (row for each in order.payments for row in each.rows):
        at = ("reversal" if row.reverses else row.kind, row.method)
        booked[at] = booked.get(at, ZERO) + row.amount
    ledger = {(kind, METHOD[method]): amount for kind, method, amount in entries if amount}
    yield from differ(f"{name} ledger", ledger, {at: amount for at, amount in booked.items() if amount})


def _rows(rows: list) -> Rows:
    return without_zeros({(code, percent): Row(net, vat) for code, percent, net, vat in rows})


def _lines(name: str, order: Order, totals: list[Decimal], rows: list) -> Iterator[str]:
    """Pairs the lines by their place, and tells the model's which they are."""
    if len(rows) != len(order.lines):
        yield f"{name} lines: the product has {len(rows)}, the model {len(order.lines)}"
        return
    for line, total, (ref, variant, *numbers, amount) in zip(order.lines, totals, rows, strict=True):
        line.ref = line.ref or ref
        at = f"{name} line {line.article.name}"
        yield from differ(f"{at} which", (variant, ref), (line.article.ref, line.ref))
        mine = (line.pieces, line.delivered, line.cancelled, line.returned)
        yield from differ(f"{at} ordered, delivered, cancelled, returned", tuple(numbers), mine)
        yield from differ(f"{at} amount", amount, total)


def _stock(shop: Shop) -> Iterator[str]:
    held = shop.reserved()
    levels = {(branch, variant): (hand, reserved) for branch, variant, hand, reserved in read(STOCK)}
    for branch in set(shop.tills.values()):
        for article in shop.articles:
            mine = (shop.on_hand.get((branch, article), 0), held.get((branch, article), 0))
            theirs = levels.get((branch, article.ref), (0, 0))
            yield from differ(f"stock of {article.name} in {branch}: on hand, reserved", theirs, mine)


def _customers(shop: Shop) -> Iterator[str]:
    credit = dict(read(CREDIT))
    for customer in shop.customers:
        yield from differ(f"store credit of {customer.name}", credit.get(customer.ref, ZERO), customer.credit)


# ---- the till --------------------------------------------------------------------------------------------------------
def session(shop: Shop, each: Session) -> Iterator[str]:
    """The X report (of a closed session the Z report) and its VAT."""
    row = TillSession.objects.get(pk=each.ref)
    figures = session_figures(row)
    theirs = {
        "methods": {METHOD[name]: (into, out) for name, _kind, into, out, _number in figures.methods},
        "turnover": figures.turnover, "deposits": figures.deposits, "set_off": figures.set_off,
        "refunded": figures.refunded, "rounding": figures.rounding, "float": figures.float_amount,
        "drops": figures.drops, "drawer": figures.expected,
    }  # fmt: skip
    mine = money.figures(shop, each)
    for name, value in theirs.items():
        yield from differ(f"till {each.till} {each.closed or 'X'} {name}", value, mine[name])
    vat = without_zeros({(part.code, part.percent): Row(part.net, part.vat) for part in session_vat(row)})
    yield from differ(
        f"till {each.till} {each.closed or 'X'} VAT", vat, money.vat_of([p for p in shop.payments if p.session is each])
    )


def day(shop: Shop) -> list[str]:
    """At the end of a day: every receipt once more, every Z report, and the VAT overview of all branches, per day, code
    and percentage."""
    found = [text for each in shop.closed for text in session(shop, each)]
    found += [text for paper in shop.papers if paper.ref for text in again(paper)]
    for each in shop.closed:
        row = TillSession.objects.get(pk=each.ref)
        counted = row.counted_cash.amount if row.counted_cash is not None else None
        found += differ(f"Z of {each.till}", (row.z_number, counted), (each.closed, each.counted))
    days = [payment.day for payment in shop.payments] or [shop.today]
    branches = [row[0] for row in read("SELECT id FROM relations_branch")]
    table = reports.vat(reports.Asked(min(days), max(days), branches))
    names = {(code, percent): name for code, percent, name in read("SELECT code, percent, name FROM catalog_vatrate")}
    names |= {("reverse", ZERO): "Verlegd", ("none", ZERO): "Geen"}
    theirs = {(start, name, percent): Row(net, vat) for start, name, percent, net, vat, _gross in table.rows}
    mine: dict[tuple, Row] = {}
    for payment in shop.payments:
        for (code, percent), amount in payment.vat.items():
            at = (payment.day, names[code, percent], percent)
            mine[at] = mine.get(at, Row()) + amount
    found += differ("VAT overview", _without_zeros(theirs), _without_zeros(mine))
    return found


def _without_zeros(rows: dict[tuple, Row]) -> dict[tuple, Row]:
    return {at: rows[at] for at in sorted(rows, key=str) if rows[at]}


# ---- papers ----------------------------------------------------------------------------------------------------------
def receipt(paper: Paper) -> list[str]:
    """What a receipt says, beside what it said when it was given out: every line, row and amount as it is drawn."""
    found = slip(Receipt.objects.select_related(*RECEIPT).get(pk=paper.ref))
    name = f"receipt {paper.number}"
    lines = [(line.description, line.quantity, line.total) for line in found.lines if line.quantity is not None]
    rows = {(row.code, row.percent): Row(row.net, row.vat) for row in found.rates}
    paid = [(METHOD[entry.method] or entry.kind, entry.amount) for entry in found.entries]
    before = sum((entry.amount for entry in found.before), ZERO)
    after = paper.gross if paper.mode == INCLUSIVE else sum((row.net for row in paper.vat.values()), ZERO)
    return [
        *differ(f"{name} number, kind", (found.number, found.kind), (paper.number, paper.kind)),
        *differ(f"{name} mode", found.mode, paper.mode),
        *differ(f"{name} lines", lines, paper.lines),
        *differ(f"{name} lines less discount", sum((line[2] for line in lines), ZERO) - found.discount, after),
        *differ(f"{name} VAT rows", without_zeros(rows), without_zeros(paper.vat)),
        *differ(f"{name} total", found.gross, paper.gross),
        *differ(f"{name} paid", _sums(paid), _sums(paper.paid)),
        *differ(f"{name} paid before, left", (before, found.left), (paper.before, paper.left)),
    ]


def slip_of(slip: Slip) -> list[str]:
    """The packing slip: its number and what goes along."""
    row = PackingSlip.objects.get(pk=slip.ref)
    theirs = {each["line"]: Decimal(each["here"]) for each in row.rows if Decimal(each.get("here", 0))}
    mine = {line.ref: number for line, number in slip.pieces.items()}
    return [*differ("packing slip", (row.number, theirs), (slip.number, mine))]


def _sums(rows: list[tuple[str, Decimal]]) -> dict[str, list[Decimal]]:
    found: dict[str, list[Decimal]] = {}
    for name, value in rows:
        found[name] = sorted([*found.get(name, []), value])
    return found


def amount(value: Any) -> Decimal:
    return getattr(value, "amount", value)


def confirmation_of(order: Order) -> list[str]:
    """The order confirmation beside the order of the model."""
    found = confirmation.content(confirmation.orders().get(pk=order.ref))
    name, totals = f"confirmation of {order.number}", order.totals
    rows = [row for group in found["groups"] for row in group.rows]
    lines = sorted((row.line.variant_id, row.quantity, row.line.line_total.amount) for row in rows)
    mine = sorted(
        (line.article.ref, line.pieces - line.cancelled, total)
        for line, total in zip(order.lines, totals.lines, strict=True)
    )
    vat = {(row.code, row.percent): Row(row.net.amount, row.vat.amount) for row in found["vat_rows"]}
    return [
        *differ(f"{name} lines", lines, mine),
        *differ(f"{name} VAT rows", without_zeros(vat), without_zeros(totals.rows)),
        *differ(f"{name} total, paid", (found["order"].gross.amount, -found["paid_off"]), (totals.gross, order.paid)),
    ]


def again(paper: Paper) -> list[str]:
    """A copy says what the receipt said, and that it is one."""
    copies = Receipt.objects.values_list("copies", flat=True).get(pk=paper.ref)
    return [*differ(f"copies of {paper.number}", copies, paper.copies), *(receipt(paper) if PAPERS_STAY else [])]


PAPERS_STAY = True  # P1
