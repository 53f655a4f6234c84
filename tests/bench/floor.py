"""The floor: bare Django views without middleware, whose hand-written statements touch the rows that the action does.

Each changing view is one transaction with request key, locks, totals and journal; each reading view answers with the
rows as JSON. No login, no rights, no templates, no checks: what is left is Django, PostgreSQL and the work itself.
"""

import hashlib
import json
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection, transaction
from django.http import HttpResponse, JsonResponse
from django.urls import path

CENT = Decimal("0.01")
KEY = (
    "INSERT INTO core_requestkey (key, action, fingerprint, employee_id, result_type, result_id, at)"
    " VALUES (%s, %s, %s, %s, 'sales.SalesOrder', %s, now()) ON CONFLICT (key) DO NOTHING"
)
ORDER = (
    "SELECT o.id, o.number, o.branch_id, o.order_date, o.vat_mode, o.lifecycle, o.revision, o.customer_id,"
    " o.customer_name, o.subject, o.reference, o.invoice_address, o.delivery_address, o.order_type_id,"
    " o.delivery_method_id, o.employee_id, b.name, b.below_stock, t.name, d.name, d.kind, c.name, c.blocked"
    " FROM sales_salesorder o JOIN relations_branch b ON b.id = o.branch_id"
    " JOIN sales_ordertype t ON t.id = o.order_type_id JOIN sales_deliverymethod d ON d.id = o.delivery_method_id"
    " LEFT JOIN relations_customer c ON c.id = o.customer_id WHERE o.id = %s"
)
LINES = (
    "SELECT id, position, key, revision, variant_id, article_number, description, colour_label, size_label, text,"
    " quantity, unit_price, discount_percent, discount_amount, vat_percent, line_total"
    " FROM sales_orderline WHERE order_id = %s ORDER BY position"
)
OFFER = (
    "SELECT v.id, a.number, a.name, c.label, c.hex, s.label, coalesce(v.own_price, a.sales_price), a.vat_code,"
    " (SELECT r.percent FROM catalog_vatrate r WHERE r.code = a.vat_code AND r.valid_from <= %s"
    " AND (r.valid_to IS NULL OR r.valid_to >= %s) LIMIT 1), a.stocked, a.fractions, a.matrix, v.active AND a.active"
    " FROM catalog_variant v JOIN catalog_article a ON a.id = v.article_id"
    " LEFT JOIN catalog_colour c ON c.id = v.colour_id LEFT JOIN catalog_size s ON s.id = v.size_id"
)
TOTALS = (
    "UPDATE sales_salesorder SET net = %s, vat = %s, gross = %s, changed_by_id = %s, changed_at = now() WHERE id = %s"
)
VAT = (
    "INSERT INTO sales_ordervat (order_id, code, percent, net, vat, gross, currency)"
    " VALUES (%s, 'high', %s, %s, %s, %s, 'EUR')"
    " ON CONFLICT (order_id, code, percent)"
    " DO UPDATE SET net = excluded.net, vat = excluded.vat, gross = excluded.gross"
)
LIST = (
    "SELECT o.id, o.number, o.status, o.lifecycle, o.order_date, o.customer_name, o.subject, e.name,"
    " o.expected_delivery_date, d.name, o.payment_state, o.gross, o.paid_total FROM sales_salesorder o"
    " JOIN relations_employee e ON e.id = o.employee_id JOIN sales_deliverymethod d ON d.id = o.delivery_method_id"
    " WHERE o.listed"
)
NEWEST = " ORDER BY o.order_date DESC, o.id DESC LIMIT 51"
FIELDS = ("id", "position", "key", "revision", "variant", "article", "description", "colour", "size", "text",
          "quantity", "unit_price", "discount_percent", "discount_amount", "vat_percent", "line_total")  # fmt: skip
RESERVE = (
    "INSERT INTO catalog_stocklevel AS s (branch_id, variant_id, on_hand, reserved)"
    " SELECT %s, v, 0, q FROM unnest(%s::bigint[], %s::numeric[]) AS d (v, q) ORDER BY v"
    " ON CONFLICT (variant_id, branch_id) DO UPDATE SET reserved = s.reserved + excluded.reserved"
    " RETURNING variant_id, on_hand - reserved"
)


def _open(cursor, request, action):
    """Key, lock and lines: how every change begins."""
    order_id, employee = int(request.POST["order"]), int(request.POST["employee"])
    fingerprint = hashlib.sha256(request.body).hexdigest()
    cursor.execute(KEY, [request.POST["key"], action, fingerprint, employee, order_id])
    cursor.execute(ORDER + " FOR UPDATE OF o", [order_id])
    order = cursor.fetchone()
    cursor.execute(LINES, [order_id])
    return order, [dict(zip(FIELDS, row, strict=True)) for row in cursor.fetchall()], employee


def _vat_rows(lines):
    """Inclusive prices: {percent: (net, vat, gross)}."""
    by_rate = defaultdict(Decimal)
    for line in lines:
        by_rate[line["vat_percent"]] += line["line_total"]
    rows = {}
    for percent, gross in by_rate.items():
        vat = (gross * percent / (100 + percent)).quantize(CENT, ROUND_HALF_UP)
        rows[percent] = (gross - vat, vat, gross)
    return rows


def _totals(cursor, order, lines, employee):
    rows = _vat_rows(lines)
    cursor.execute(TOTALS, [*map(sum, zip(*rows.values(), strict=True)), employee, order[0]])
    cursor.executemany(VAT, [(order[0], percent, *amounts) for percent, amounts in rows.items()])


def scan(request):
    """One more of the line whose variant the code stands for."""
    with transaction.atomic(), connection.cursor() as cursor:
        order, lines, employee = _open(cursor, request, "sales.lines.scan")
        cursor.execute(
            OFFER + " JOIN catalog_barcode k ON k.variant_id = v.id WHERE k.code = %s",
            [order[3], order[3], request.POST["code"]],
        )
        offer = cursor.fetchone()
        line = next(line for line in lines if line["variant"] == offer[0])
        line["quantity"] += 1
        line["line_total"] = line["quantity"] * line["unit_price"]
        cursor.execute(
            "UPDATE sales_orderline SET quantity = %s, line_total = %s, revision = revision + 1, changed_by_id = %s,"
            " changed_at = now() WHERE id = %s",
            [line["quantity"], line["line_total"], employee, line["id"]],
        )
        _totals(cursor, order, lines, employee)
    return HttpResponse("ok")


def confirm(request):
    """Reservation, number, order, VAT, version and journal."""
    with transaction.atomic(), connection.cursor() as cursor:
        order, lines, employee = _open(cursor, request, "sales.order.confirm")
        held = sorted((line["variant"], line["quantity"]) for line in lines)
        cursor.execute(
            RESERVE,
            [order[2], [variant for variant, _ in held], [quantity for _, quantity in held]],
        )
        cursor.fetchall()
        cursor.execute(
            "INSERT INTO core_numberseries AS s (kind, till_id, year, next_value) VALUES ('VO', NULL, %s, 2)"
            " ON CONFLICT ON CONSTRAINT number_series_one_per_year DO UPDATE SET next_value = s.next_value + 1"
            " RETURNING s.next_value - 1",
            [order[3].year],
        )
        number = f"VO-{order[3].year}-{cursor.fetchone()[0]:05d}"
        rows = _vat_rows(lines)
        totals = [*map(sum, zip(*rows.values(), strict=True))]
        cursor.execute(
            "UPDATE sales_salesorder SET net = %s, vat = %s, gross = %s, number = %s, lifecycle = 'confirmed',"
            " status = 'open', version = 1, revision = revision + 1, confirmed_at = now(), confirmed_by_id = %s,"
            " changed_by_id = %s, changed_at = now(), search_text = %s WHERE id = %s",
            [*totals, number, employee, employee, f"{number} {order[8]} {order[9]}".lower(), order[0]],
        )
        cursor.executemany(VAT, [(order[0], percent, *amounts) for percent, amounts in rows.items()])
        snapshot = {"header": {"number": number, "order_date": order[3]}, "lines": lines}
        personal = {"customer_name": order[8], "invoice_address": order[11], "delivery_address": order[12]}
        cursor.execute(
            "INSERT INTO sales_orderversion (order_id, version, action, reason, at, employee_id, changes, snapshot,"
            " personal) VALUES (%s, 1, 'confirmed', '', now(), %s, '[]', %s, %s)",
            [order[0], employee, json.dumps(snapshot, default=str), json.dumps(personal, default=str)],
        )
        data = {"number": number, "gross": str(totals[2]), "lines": len(lines)}
        _journal(cursor, order[2], employee, order[0], data)
    return HttpResponse(number)


def amend(request):
    """Reservation, lines, order, VAT, the amendment closed, version and journal: every line gets its new quantity."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM sales_salesorder WHERE id = %s FOR UPDATE", [request.POST["amendment"]])
        order, lines, employee = _open(cursor, request, "sales.amendment.confirm")
        cursor.execute(LINES, [request.POST["amendment"]])
        wanted = {row["key"]: row for row in (dict(zip(FIELDS, row, strict=True)) for row in cursor.fetchall())}
        before, changes = [dict(line) for line in lines], []
        for line, was in zip(lines, before, strict=True):
            line["quantity"] = wanted[line["key"]]["quantity"]
            line["line_total"] = line["quantity"] * line["unit_price"]
            changes.append({"line": line["key"], "old": was["quantity"], "new": line["quantity"]})
        held = sorted(
            (line["variant"], line["quantity"] - was["quantity"]) for line, was in zip(lines, before, strict=True)
        )
        cursor.execute(
            RESERVE,
            [order[2], [variant for variant, _ in held], [quantity for _, quantity in held]],
        )
        cursor.fetchall()
        cursor.execute(
            "UPDATE sales_orderline AS l SET quantity = n.quantity, line_total = n.total, revision = revision + 1,"
            " changed_by_id = %s, changed_at = now() FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[])"
            " AS n (id, quantity, total) WHERE l.id = n.id",
            [employee, *([line[name] for line in lines] for name in ("id", "quantity", "line_total"))],
        )
        rows = _vat_rows(lines)
        totals = [*map(sum, zip(*rows.values(), strict=True))]
        cursor.execute(
            "UPDATE sales_salesorder SET net = %s, vat = %s, gross = %s, version = version + 1,"
            " revision = revision + 1, changed_by_id = %s, changed_at = now(), search_text = %s WHERE id = %s",
            [*totals, employee, f"{order[1]} {order[8]} {order[9]}".lower(), order[0]],
        )
        cursor.executemany(VAT, [(order[0], percent, *amounts) for percent, amounts in rows.items()])
        cursor.execute("UPDATE sales_salesorder SET lifecycle = 'discarded' WHERE id = %s", [request.POST["amendment"]])
        snapshot = {"header": {"number": order[1], "order_date": order[3]}, "lines": lines}
        personal = {"customer_name": order[8], "invoice_address": order[11], "delivery_address": order[12]}
        cursor.execute(
            "INSERT INTO sales_orderversion (order_id, version, action, reason, at, employee_id, changes, snapshot,"
            " personal) VALUES (%s, 2, 'amended', '', now(), %s, %s, %s, %s)",
            [order[0], employee, *(json.dumps(part, default=str) for part in (changes, snapshot, personal))],
        )
        data = {"number": order[1], "gross": str(totals[2]), "lines": len(lines), "changes": len(changes)}
        _journal(cursor, order[2], employee, order[0], data)
    return HttpResponse(order[1])


def slip(request):
    """Stock, number, moves, delivery rows, lines, status, slip and journal: one piece of every line."""
    with transaction.atomic(), connection.cursor() as cursor:
        order, lines, employee = _open(cursor, request, "documents.slip.create")
        goods = sorted(line["variant"] for line in lines)
        cursor.execute(
            "INSERT INTO catalog_stocklevel AS s (branch_id, variant_id, on_hand, reserved)"
            " SELECT %s, v, -1, 0 FROM unnest(%s::bigint[]) AS d (v) ORDER BY v"
            " ON CONFLICT (variant_id, branch_id) DO UPDATE SET on_hand = s.on_hand - 1, reserved = s.reserved - 1"
            " RETURNING variant_id, on_hand - reserved",
            [order[2], goods],
        )
        cursor.fetchall()
        cursor.execute(
            "INSERT INTO core_numberseries AS s (kind, till_id, year, next_value) VALUES ('PB', NULL, %s, 2)"
            " ON CONFLICT ON CONSTRAINT number_series_one_per_year DO UPDATE SET next_value = s.next_value + 1"
            " RETURNING s.next_value - 1",
            [order[3].year],
        )
        number = f"PB-{order[3].year}-{cursor.fetchone()[0]:05d}"
        cursor.execute(
            "INSERT INTO catalog_stockmove (branch_id, variant_id, quantity, reason, source, employee_id, at)"
            " SELECT %s, v, -1, 'delivery', %s, %s, now() FROM unnest(%s::bigint[]) AS d (v)",
            [order[2], number, employee, goods],
        )
        cursor.execute(
            "INSERT INTO sales_delivery (order_id, branch_id, kind, employee_id, at, override_reason)"
            " VALUES (%s, %s, 'slip', %s, now(), '') RETURNING id",
            [order[0], order[2], employee],
        )
        delivery = cursor.fetchone()[0]
        ids = [line["id"] for line in lines]
        cursor.execute(
            "INSERT INTO sales_deliveryline (delivery_id, line_id, quantity) SELECT %s, l, 1 FROM unnest(%s::bigint[])"
            " AS d (l)",
            [delivery, ids],
        )
        cursor.execute(
            "UPDATE sales_orderline SET delivered_quantity = delivered_quantity + 1, revision = revision + 1,"
            " changed_by_id = %s, changed_at = now() WHERE id = ANY(%s)",
            [employee, ids],
        )
        cursor.execute(
            "UPDATE sales_salesorder SET delivery_state = 'all', status = 'delivered', changed_by_id = %s,"
            " changed_at = now() WHERE id = %s",
            [employee, order[0]],
        )
        rows = [{"line": line["id"], "description": line["description"], "here": "1"} for line in lines]
        cursor.execute(
            "INSERT INTO documents_packingslip (number, delivery_id, address, note, rows, state, copies)"
            " VALUES (%s, %s, %s, '', %s, 'open', 0)",
            [number, delivery, json.dumps({"name": order[8]}), json.dumps(rows)],
        )
        _journal(cursor, order[2], employee, order[0], {"slip": number, "delivery": delivery})
    return HttpResponse(number)


def payment(request):
    """One euro by bank: entry, postings, VAT, what is paid, and journal."""
    with transaction.atomic(), connection.cursor() as cursor:
        order, lines, employee = _open(cursor, request, "payments.deposit")
        cursor.execute("SELECT id, kind FROM payments_paymentmethod WHERE id = %s", [request.POST["method"]])
        method, kind = cursor.fetchone()
        cursor.execute("SELECT percent, gross, vat FROM sales_ordervat WHERE order_id = %s", [order[0]])
        rates = cursor.fetchall()
        total = sum(gross for _percent, gross, _vat in rates)
        cursor.execute(
            "INSERT INTO payments_ledgerentry (kind, order_id, method_id, method_kind, branch_id, employee_id,"
            ' business_date, at, amount, currency, "group", reason, reference)'
            " VALUES ('deposit', %s, %s, %s, %s, %s, current_date, now(), 1, 'EUR', %s, '', '') RETURNING id",
            [order[0], method, kind, order[2], employee, uuid.uuid4()],
        )
        entry = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO payments_posting (entry_id, account, branch_id, amount, currency)"
            " VALUES (%s, 'bank', %s, 1, 'EUR'), (%s, 'orders', %s, -1, 'EUR')",
            [entry, order[2], entry, order[2]],
        )
        parts = [(rate, (gross / total).quantize(CENT), (vat / total).quantize(CENT)) for rate, gross, vat in rates]
        cursor.executemany(
            "INSERT INTO payments_entryvat (entry_id, code, percent, net, vat, gross, currency)"
            " VALUES (%s, 'high', %s, %s, %s, %s, 'EUR')",
            [(entry, percent, gross - vat, vat, gross) for percent, gross, vat in parts],
        )
        cursor.execute(
            "UPDATE sales_salesorder SET paid_total = paid_total + 1, payment_state = 'part', changed_by_id = %s,"
            " changed_at = now() WHERE id = %s",
            [employee, order[0]],
        )
        _journal(cursor, order[2], employee, order[0], {"entries": [entry], "paid": "1.00", "lines": len(lines)})
    return HttpResponse("ok")


def _journal(cursor, branch, employee, order_id, data):
    cursor.execute("SELECT sequence, hash FROM core_journalhead WHERE branch_id = %s FOR UPDATE", [branch])
    sequence, previous = cursor.fetchone()
    at, action, label = datetime.now(UTC), "sales.order.confirmed", "sales.SalesOrder"
    entry = [previous, branch, sequence + 1, at.isoformat(), employee, action, label, str(order_id), 1, data]
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    cursor.execute(
        "INSERT INTO core_journalentry (branch_id, sequence, at, employee_id, action, object_type, object_id, version,"
        " data, previous_hash, hash) VALUES (%s, %s, %s, %s, %s, %s, %s, 1, %s, %s, %s)",
        [branch, sequence + 1, at, employee, action, label, str(order_id), json.dumps(data), previous, digest],
    )
    cursor.execute(
        "UPDATE core_journalhead SET sequence = %s, hash = %s WHERE branch_id = %s", [sequence + 1, digest, branch]
    )


def orders(request):
    """The list's rows: the newest, or those after a row."""
    with connection.cursor() as cursor:
        after = request.GET.get("after")
        if after:
            cursor.execute("SELECT order_date FROM sales_salesorder WHERE id = %s", [after])
            cursor.execute(LIST + " AND (o.order_date, o.id) < (%s, %s)" + NEWEST, [cursor.fetchone()[0], int(after)])
        else:
            cursor.execute(LIST + NEWEST)
        return JsonResponse(cursor.fetchall(), safe=False)


def matrix(request):
    """What the Kleur-/maatvenster shows: order, lines, offers and stock."""
    with connection.cursor() as cursor:
        cursor.execute(ORDER, [request.GET["order"]])
        order = cursor.fetchone()
        cursor.execute(LINES, [request.GET["order"]])
        lines = cursor.fetchall()
        cursor.execute(OFFER + " WHERE v.article_id = %s", [order[3], order[3], request.GET["article"]])
        offers = cursor.fetchall()
        cursor.execute(
            "SELECT l.branch_id, l.variant_id, l.on_hand, l.reserved FROM catalog_stocklevel l"
            " JOIN catalog_variant v ON v.id = l.variant_id WHERE v.article_id = %s AND l.branch_id = %s",
            [request.GET["article"], order[2]],
        )
        return JsonResponse([order, lines, offers, cursor.fetchall()], safe=False)


def matrix_save(request):
    """A new line for each cell."""
    wanted = {int(name[5:]): Decimal(value) for name, value in request.POST.items() if name.startswith("cell-")}
    with transaction.atomic(), connection.cursor() as cursor:
        order, lines, employee = _open(cursor, request, "sales.matrix.save")
        cursor.execute(OFFER + " WHERE v.article_id = %s", [order[3], order[3], request.POST["article"]])
        new = []
        for offer in cursor.fetchall():
            variant, number, name, colour, hex_, size, price, code, percent, stocked, fractions, is_matrix, _on = offer
            if variant in wanted:
                total = (wanted[variant] * price).quantize(CENT)
                lines.append({"vat_percent": percent, "line_total": total})
                new.append(
                    (len(lines), uuid.uuid4(), variant, number, name, colour, hex_, size, stocked, fractions, is_matrix,
                     wanted[variant], price, price, price, code, percent, total)
                )  # fmt: skip
        cursor.execute(
            "INSERT INTO sales_orderline (order_id, position, key, variant_id, article_number, description,"
            " colour_label,"
            " colour_hex, size_label, stocked, fractions, matrix, quantity, entered_price, unit_price, list_price,"
            " vat_code, vat_percent, line_total, revision, text, entered_mode, discount_percent, discount_amount,"
            " discount_mode, override_reason, delivered_quantity, cancelled_quantity, returned_quantity, currency,"
            " changed_at, changed_by_id) SELECT %s, n.*, 1, '', 'inclusive', 0, 0, 'inclusive', '', 0, 0, 0, 'EUR',"
            " now(), %s FROM unnest(%s::int[], %s::uuid[], %s::bigint[], %s::text[], %s::text[], %s::text[],"
            " %s::text[], %s::text[], %s::bool[], %s::bool[], %s::bool[], %s::numeric[], %s::numeric[], %s::numeric[],"
            " %s::numeric[], %s::text[], %s::numeric[], %s::numeric[]) AS n RETURNING id",
            [order[0], employee, *map(list, zip(*new, strict=True))],
        )
        cursor.fetchall()
        _totals(cursor, order, lines, employee)
    return HttpResponse("ok")


urlpatterns = [
    path("scan", scan),
    path("confirm", confirm),
    path("amend", amend),
    path("slip", slip),
    path("payment", payment),
    path("orders", orders),
    path("matrix", matrix),
    path("matrix/save", matrix_save),
]
