"""The floor of Afrekenen, and the addresses of the whole floor (floor.py)."""

import hashlib
import json
import uuid
from datetime import UTC, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path

from tests.bench import floor
from tests.bench.floor import CENT, VAT

ACTIONS = ("payments.till.paid", "sales.order.confirmed", "sales.order.delivered", "till.receipt")


def checkout(request):
    """A basket is paid by two methods and taken along: money, order, version, stock, delivery, receipt and journal."""
    till, day = int(request.POST["till"]), datetime.now(UTC).date()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT order_id FROM pos_tillseat WHERE till_id = %s FOR UPDATE", [till])
        cursor.fetchone()
        order, lines, employee = floor._open(cursor, request, "pos.check_out")
        cursor.execute(
            "SELECT id FROM payments_tillsession WHERE till_id = %s AND closed_at IS NULL FOR UPDATE", [till]
        )
        session = cursor.fetchone()[0]
        rows = floor._vat_rows(lines)
        totals = [*map(sum, zip(*rows.values(), strict=True))]
        _pay(cursor, request, order, session, rows, totals[2], employee, day)
        goods, ids = sorted(line["variant"] for line in lines), [line["id"] for line in lines]
        cursor.execute(
            "INSERT INTO catalog_stocklevel AS s (branch_id, variant_id, on_hand, reserved)"
            " SELECT %s, v, -1, 0 FROM unnest(%s::bigint[]) AS d (v) ORDER BY v"
            " ON CONFLICT (variant_id, branch_id) DO UPDATE SET on_hand = s.on_hand - 1"
            " RETURNING variant_id, on_hand - reserved",
            [order[2], goods],
        )
        cursor.fetchall()
        cursor.execute(
            "INSERT INTO catalog_stockmove (branch_id, variant_id, quantity, reason, source, employee_id, at)"
            " SELECT %s, v, -1, 'delivery', '', %s, now() FROM unnest(%s::bigint[]) AS d (v)",
            [order[2], employee, goods],
        )
        cursor.execute(
            "UPDATE sales_salesorder SET net = %s, vat = %s, gross = %s, paid_total = %s, payment_state = 'paid',"
            " lifecycle = 'confirmed', delivery_state = 'all', status = 'settled', version = 1,"
            " revision = revision + 1, confirmed_at = now(), confirmed_by_id = %s, changed_by_id = %s,"
            " changed_at = now() WHERE id = %s",
            [*totals, totals[2], employee, employee, order[0]],
        )
        cursor.executemany(VAT, [(order[0], percent, *amounts) for percent, amounts in rows.items()])
        snapshot = json.dumps({"header": {"order_date": order[3]}, "lines": lines}, default=str)
        cursor.execute(
            "INSERT INTO sales_orderversion (order_id, version, action, reason, at, employee_id, changes, snapshot,"
            " personal) VALUES (%s, 1, 'confirmed', '', now(), %s, '[]', %s, '{}')",
            [order[0], employee, snapshot],
        )
        cursor.execute(
            "INSERT INTO sales_delivery (order_id, branch_id, kind, employee_id, at, override_reason)"
            " VALUES (%s, %s, 'hand_over', %s, now(), '') RETURNING id",
            [order[0], order[2], employee],
        )
        cursor.execute(
            "INSERT INTO sales_deliveryline (delivery_id, line_id, quantity)"
            " SELECT %s, l, 1 FROM unnest(%s::bigint[]) AS d (l)",
            [cursor.fetchone()[0], ids],
        )
        cursor.execute(
            "UPDATE sales_orderline SET delivered_quantity = delivered_quantity + 1, revision = revision + 1,"
            " changed_by_id = %s, changed_at = now() WHERE id = ANY(%s)",
            [employee, ids],
        )
        cursor.execute("UPDATE pos_tillseat SET order_id = NULL WHERE till_id = %s", [till])
        receipt = _receipt(cursor, till, session, order, employee, day)
        _journal(cursor, order[2], employee, order[0])
        cursor.execute(
            "UPDATE core_requestkey SET result_type = 'pos.Receipt', result_id = %s WHERE key = %s",
            [str(receipt), request.POST["key"]],
        )
    return HttpResponse("ok")


def _pay(cursor, request, order, session, rows, gross, employee, day):
    """Ten euros by voucher and the rest in cash: two entries, their postings, and their VAT per rate."""
    ways = [int(request.POST["voucher"]), int(request.POST["cash"])]
    cursor.execute("SELECT id, kind FROM payments_paymentmethod WHERE id = ANY(%s)", [ways])
    kinds = dict(cursor.fetchall())
    amounts = [Decimal(10), gross - 10]
    cursor.execute(
        "INSERT INTO payments_ledgerentry (kind, order_id, method_id, method_kind, branch_id, session_id, employee_id,"
        ' business_date, at, amount, currency, "group", reason, reference)'
        " SELECT 'settlement', %s, m, k, %s, %s, %s, %s, now(), a, 'EUR', %s, '', ''"
        " FROM unnest(%s::bigint[], %s::text[], %s::numeric[]) AS d (m, k, a) RETURNING id",
        [order[0], order[2], session, employee, day, uuid.uuid4(), ways, [kinds[way] for way in ways], amounts],
    )
    entries = [row[0] for row in cursor.fetchall()]
    cursor.execute(
        "INSERT INTO payments_posting (entry_id, account, branch_id, amount, currency)"
        " SELECT e, side.account, %s, side.sign * a, 'EUR' FROM unnest(%s::bigint[], %s::text[], %s::numeric[])"
        " AS d (e, k, a) CROSS JOIN LATERAL (VALUES (k, 1), ('orders', -1)) AS side (account, sign)",
        [order[2], entries, [kinds[way] for way in ways], amounts],
    )
    parts = [
        (entry, percent, (net * amount / gross).quantize(CENT), (whole * amount / gross).quantize(CENT))
        for entry, amount in zip(entries, amounts, strict=True)
        for percent, (net, _vat, whole) in rows.items()
    ]
    cursor.executemany(
        "INSERT INTO payments_entryvat (entry_id, code, percent, net, vat, gross, currency)"
        " VALUES (%s, 'high', %s, %s, %s, %s, 'EUR')",
        [(entry, percent, net, whole - net, whole) for entry, percent, net, whole in parts],
    )


def _receipt(cursor, till, session, order, employee, day) -> int:
    cursor.execute(
        "INSERT INTO core_numberseries AS s (kind, till_id, year, next_value) VALUES ('receipt', %s, %s, 2)"
        " ON CONFLICT ON CONSTRAINT number_series_one_per_year DO UPDATE SET next_value = s.next_value + 1"
        " RETURNING s.next_value - 1",
        [till, day.year],
    )
    number = f"BENCH-{day.year}-{cursor.fetchone()[0]:06d}"
    cursor.execute(
        "INSERT INTO pos_receipt (number, kind, till_id, session_id, employee_id, order_id, entry_group, print_state,"
        " print_error, copies, at) VALUES (%s, 'sale', %s, %s, %s, %s, %s, 'none', '', 0, now()) RETURNING id",
        [number, till, session, employee, order[0], uuid.uuid4()],
    )
    return cursor.fetchone()[0]


def _journal(cursor, branch, employee, order_id):
    """A row for each of what happened, in one statement."""
    cursor.execute("SELECT sequence, hash FROM core_journalhead WHERE branch_id = %s FOR UPDATE", [branch])
    sequence, previous = cursor.fetchone()
    at, rows = datetime.now(UTC), []
    for action in ACTIONS:
        sequence += 1
        entry = [previous, branch, sequence, at.isoformat(), employee, action, "sales.SalesOrder", str(order_id), 1, {}]
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        rows.append((sequence, action, previous, digest))
        previous = digest
    cursor.execute(
        "INSERT INTO core_journalentry (branch_id, sequence, at, employee_id, action, object_type, object_id, version,"
        " data, previous_hash, hash) SELECT %s, n, %s, %s, a, 'sales.SalesOrder', %s, 1, '{}', p, h"
        " FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[]) AS d (n, a, p, h)",
        [branch, at, employee, str(order_id), *map(list, zip(*rows, strict=True))],
    )
    cursor.execute(
        "UPDATE core_journalhead SET sequence = %s, hash = %s WHERE branch_id = %s", [sequence, previous, branch]
    )


urlpatterns = [*floor.urlpatterns, path("checkout", checkout)]
