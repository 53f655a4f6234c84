"""Overviews for the bookkeeper, straight from the ledger: each adds up to it. EUR; dates are business dates.

outstanding: what customers paid ahead on orders that were not wholly delivered at a date. deposits: each that came in.
by_method: what came in and went out, per method and day. vat: what was received per VAT rate and period, deposits
included.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.catalog.models import VatRate
from backoffice.core.money import ZERO
from backoffice.relations.models import Branch
from backoffice.relations.rights import access_of
from payments.models import LedgerEntry
from sales.documents.models import ExportJob
from sales.documents.sheets import Column

Kind = LedgerEntry.Kind
# money that only moves within the shop: no payment of anybody
INTERNAL = [Kind.FLOAT, Kind.DROP, Kind.DIFFERENCE, Kind.RE_SPLIT]
PERIODS = {"day": "day", "month": "month", "quarter": "quarter"}


@dataclass(frozen=True)
class Asked:
    """What an overview is asked for. branches: ids; per: day, month or quarter; limit: rows at most, None for all."""

    first: date
    last: date
    branches: Sequence[int]
    per: str = "day"
    limit: int | None = None


@dataclass
class Table:
    """columns, rows, and totals in the same places (None where a column has none). count: rows there are in all."""

    columns: list[Column]
    rows: list[list[Any]]
    totals: list[Any]
    count: int
    # ids of the orders that the rows are about
    orders: list[int] = field(default_factory=list)

    @property
    def drawn(self) -> list[tuple[int | None, list[tuple[Column, Any]]]]:
        """The rows as (order id, [(column, cell)])."""
        orders: list[int | None] = [*self.orders] if self.orders else [None] * len(self.rows)
        return [(at, list(zip(self.columns, row, strict=True))) for at, row in zip(orders, self.rows, strict=True)]

    @property
    def drawn_totals(self) -> list[tuple[Column, Any]]:
        return list(zip(self.columns, self.totals, strict=True))


# the orders that may have held money at the date without being delivered: what does so now (index: order_paid_ahead),
# what left since (delivery_of_branch), and what was paid or given back since (entry_by_day)
CANDIDATES = """
    SELECT id FROM sales_salesorder WHERE listed AND status IN ('open', 'part_delivered', 'part_cancelled')
        AND paid_total <> 0
    UNION {all}
    SELECT order_id FROM sales_delivery WHERE branch_id = ANY(%(everywhere)s) AND at >= %(cut)s
    UNION {all}
    SELECT order_id FROM payments_ledgerentry WHERE business_date > %(last)s AND order_id IS NOT NULL
"""
# of each the money that it held (entry_of_order), unless all of it had been delivered (delivery_of_order)
OUTSTANDING = f"""
WITH candidate AS ({CANDIDATES.format(all="")})
SELECT o.id, o.number, o.customer_name, b.name, o.order_date, held.since, o.gross, held.amount,
    count(*) OVER (), sum(held.amount) OVER ()
FROM candidate c
    CROSS JOIN LATERAL (SELECT sum(e.amount) AS amount, min(e.business_date) AS since FROM payments_ledgerentry e
        WHERE e.order_id = c.id AND e.business_date <= %(last)s HAVING sum(e.amount) <> 0) held
    JOIN sales_salesorder o ON o.id = c.id AND o.branch_id = ANY(%(branches)s)
    JOIN relations_branch b ON b.id = o.branch_id
    CROSS JOIN LATERAL (SELECT coalesce(sum(dl.quantity), 0) AS pieces FROM sales_delivery d
        JOIN sales_deliveryline dl ON dl.delivery_id = d.id WHERE d.order_id = c.id AND d.at < %(cut)s) handed
WHERE handed.pieces <= 0 OR handed.pieces < (SELECT coalesce(sum(l.quantity - l.cancelled_quantity), handed.pieces + 1)
    FROM sales_orderline l WHERE l.order_id = c.id AND l.variant_id IS NOT NULL)
ORDER BY held.since, o.id LIMIT %(limit)s
"""  # noqa: S608
# index: entry_by_day; days are added up first, because cutting off a date costs more than adding
BY_METHOD = """
SELECT date_trunc(%(per)s, day)::date, coalesce(m.name, ''), CASE WHEN m.id IS NULL THEN days.kind ELSE '' END,
    sum(into_), sum(out_), sum(into_ + out_), sum(number)::bigint
FROM (
    SELECT e.business_date AS day, e.method_id, e.kind, coalesce(sum(e.amount) FILTER (WHERE e.amount > 0), 0) AS into_,
        coalesce(sum(e.amount) FILTER (WHERE e.amount < 0), 0) AS out_, count(*) AS number
    FROM payments_ledgerentry e
    WHERE e.business_date BETWEEN %(first)s AND %(last)s AND e.branch_id = ANY(%(branches)s)
        AND e.kind <> ALL(%(internal)s)
    GROUP BY 1, 2, 3
) days LEFT JOIN payments_paymentmethod m ON m.id = days.method_id
GROUP BY 1, 2, 3, m.position ORDER BY 1, m.position NULLS LAST, 2, 3 LIMIT %(limit)s
"""
# indexes: entry_by_day, entry_vat_once
VAT = """
SELECT date_trunc(%(per)s, day)::date, code, percent, sum(net), sum(vat), sum(gross)
FROM (
    SELECT e.business_date AS day, v.code, v.percent, sum(v.net) AS net, sum(v.vat) AS vat, sum(v.gross) AS gross
    FROM payments_ledgerentry e JOIN payments_entryvat v ON v.entry_id = e.id
    WHERE e.business_date BETWEEN %(first)s AND %(last)s AND e.branch_id = ANY(%(branches)s)
    GROUP BY 1, 2, 3
) days GROUP BY 1, 2, 3 ORDER BY 1, 3 DESC, 2 LIMIT %(limit)s
"""
# indexes: entry_by_day
DEPOSITS = """
SELECT o.id, o.number, o.customer_name, b.name, e.business_date, coalesce(m.name, ''), e.amount,
    count(*) OVER (), sum(e.amount) OVER ()
FROM payments_ledgerentry e JOIN sales_salesorder o ON o.id = e.order_id JOIN relations_branch b ON b.id = e.branch_id
    LEFT JOIN payments_paymentmethod m ON m.id = e.method_id
WHERE e.business_date BETWEEN %(first)s AND %(last)s AND e.branch_id = ANY(%(branches)s) AND e.kind = 'deposit'
ORDER BY e.business_date, e.id LIMIT %(limit)s
"""


def outstanding(asked: Asked) -> Table:
    """Deposits outstanding at asked.last, per order, oldest first. An order counts until it is wholly delivered."""
    return _of_orders(_outstanding_columns(), _run(OUTSTANDING, asked))


def _outstanding_columns() -> list[Column]:
    return [
        Column(_("Ordernummer")), Column(_("Debiteur")), Column(_("Filiaal")), Column(_("Orderdatum"), "date"),
        Column(_("Eerste betaling"), "date"), Column(_("Totaal van de order"), "amount"),
        Column(_("Aanbetaald"), "amount"),
    ]  # fmt: skip


def deposits(asked: Asked) -> Table:
    """Every deposit that was received, with its order, oldest first."""
    return _of_orders(_deposit_columns(), _run(DEPOSITS, asked))


def _deposit_columns() -> list[Column]:
    return [
        Column(_("Ordernummer")), Column(_("Debiteur")), Column(_("Filiaal")), Column(_("Datum"), "date"),
        Column(_("Betaalwijze")), Column(_("Aanbetaald"), "amount"),
    ]  # fmt: skip


def _of_orders(columns: list[Column], rows: list[tuple]) -> Table:
    """A table of rows (order id, *cells, rows there are in all, what their last cells come to)."""
    count, total = rows[0][-2:] if rows else (0, ZERO)
    totals = [_("Totaal"), *[None] * (len(columns) - 2), total]
    return Table(columns, [list(row[1:-2]) for row in rows], totals, count, [row[0] for row in rows])


def by_method(asked: Asked) -> Table:
    """What was paid per method and day (or month): in, out and the difference, in EUR, and the number of entries."""
    kinds = {value: str(label) for value, label in Kind.choices}
    shown = [[day, name or kinds[kind], *figures] for day, name, kind, *figures in _run(BY_METHOD, asked)]
    columns = [
        Column(_("Datum"), "date"), Column(_("Betaalwijze")), Column(_("Ontvangen"), "amount"),
        Column(_("Terugbetaald"), "amount"), Column(_("Saldo"), "amount"), Column(_("Aantal"), "whole"),
    ]  # fmt: skip
    return Table(columns, shown, [_("Totaal"), None, *_sums(shown, range(2, 6))], len(shown))


def vat(asked: Asked) -> Table:
    """VAT in what was received, per VAT code, percentage and period: excluding VAT, VAT and including, EUR."""
    rates = VatRate.objects.order_by("valid_from").values_list("code", "percent", "name")
    names = {(code, percent): name for code, percent, name in rates}
    names |= {("reverse", ZERO): _("Verlegd"), ("none", ZERO): _("Geen")}
    rows = _run(VAT, asked)
    shown = [[day, names.get((code, percent), code), percent, *rest] for day, code, percent, *rest in rows]
    columns = [
        Column(_("Vanaf"), "date"), Column(_("BTW-tarief")), Column(_("BTW (%)"), "percent"),
        Column(_("Exclusief"), "amount"), Column(_("BTW-bedrag"), "amount"), Column(_("Inclusief"), "amount"),
    ]  # fmt: skip
    return Table(columns, shown, [_("Totaal"), None, None, *_sums(shown, range(3, 6))], len(shown))


# how many rows an overview reads at most while somebody waits; with more the worker makes it, as a file
ENTRIES = """SELECT 1 FROM payments_ledgerentry e
WHERE e.business_date BETWEEN %(first)s AND %(last)s AND e.branch_id = ANY(%(branches)s)"""
READ = {
    "outstanding": (CANDIDATES.format(all="ALL"), 10_000), "deposits": (ENTRIES, 200_000),
    "methods": (ENTRIES, 500_000), "vat": (ENTRIES, 100_000),
}  # fmt: skip


def is_large(name: str, asked: Asked) -> bool:
    """Whether the overview is the worker's: it counts what would be read, and no further than it has to."""
    statement, most = READ[name]
    return _run(f"SELECT count(*) > {most} FROM (({statement}) LIMIT {most + 1}) rows_read", asked)[0][0]  # noqa: S608


REPORTS: dict[str, Callable[[Asked], Table]] = {
    "outstanding": outstanding, "deposits": deposits, "methods": by_method, "vat": vat,
}  # fmt: skip


# with a row per order or deposit: the worker reads them as it writes them
OF_ORDERS: dict[str, tuple[str, Callable[[], list[Column]]]] = {
    "outstanding": (OUTSTANDING, _outstanding_columns), "deposits": (DEPOSITS, _deposit_columns),
}  # fmt: skip
CHUNK = 2_000


def _run(statement: str, asked: Asked) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(asked))
        return cursor.fetchall()


def _stream(statement: str, asked: Asked) -> Iterator[tuple]:
    """The same by a cursor of the server, in memory that does not grow with it; call it inside a transaction."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, _values(asked))
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _values(asked: Asked) -> dict[str, Any]:
    return {
        "first": asked.first, "last": asked.last, "branches": list(asked.branches), "limit": asked.limit,
        "everywhere": list(Branch.objects.values_list("pk", flat=True)), "per": PERIODS[asked.per],
        "cut": timezone.make_aware(datetime.combine(asked.last + timedelta(days=1), time.min)),
        "internal": [str(kind) for kind in INTERNAL],
    }  # fmt: skip


def _sums(rows: list[list], places) -> list:
    """What the columns at these places come to."""
    return [sum(row[place] for row in rows) if rows else ZERO for place in places]


def query_of(name: str, asked: Asked) -> str:
    """What the worker is told of an overview that it makes (table_of reads it)."""
    values = {"first": asked.first, "last": asked.last, "per": asked.per, "branch": list(asked.branches)}
    return f"{name} {urlencode(values, doseq=True)}"


def table_of(job: ExportJob) -> tuple[str, list[Column], Iterable[list[Any]]]:
    """The overview that a job asks, of the branches that its employee may see by now."""
    values = QueryDict(job.query.partition(" ")[2])
    allowed = access_of(job.employee).branch_ids("payments.report")
    branches = [int(pk) for pk in values.getlist("branch") if allowed is None or int(pk) in allowed]
    first, last = date.fromisoformat(values["first"]), date.fromisoformat(values["last"])
    asked = Asked(first, last, branches, per=values["per"])
    if job.table in OF_ORDERS:
        statement, columns = OF_ORDERS[job.table]
        return _("Overzicht"), columns(), (list(row[1:-2]) for row in _stream(statement, asked))
    table = REPORTS[job.table](asked)
    return _("Overzicht"), table.columns, table.rows
