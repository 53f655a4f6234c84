"""What stands on a receipt and on a Z report is stored with it, and stays.

Receipts that exist get what stood on them: of the version of their order that was in force, what was booked and what
had left by then. A receipt that was given out while its till was open is one of that session.
"""

import json
from datetime import date
from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

AT_A_TIME = 500
SESSIONS = """
UPDATE pos_receipt r SET session_id = s.id FROM payments_tillsession s
WHERE r.session_id IS NULL AND s.till_id = r.till_id AND r.at >= s.opened_at
    AND (s.closed_at IS NULL OR r.at < s.closed_at)
"""
RECEIPTS = """
SELECT r.id, r.kind, r.at, r.entry_group, t.name, e.name, t.branch_id, s.business_date, o.id, o.number, o.branch_id,
    c.anonymised_at IS NOT NULL, v.snapshot, v.personal
FROM pos_receipt r
JOIN relations_till t ON t.id = r.till_id JOIN relations_employee e ON e.id = r.employee_id
JOIN sales_salesorder o ON o.id = r.order_id
LEFT JOIN relations_customer c ON c.id = o.customer_id
LEFT JOIN payments_tillsession s ON s.id = r.session_id
JOIN LATERAL (SELECT * FROM sales_orderversion w WHERE w.order_id = o.id
    ORDER BY w.at <= r.at DESC, CASE WHEN w.at <= r.at THEN -w.version ELSE w.version END LIMIT 1) v ON true
WHERE r.id > %s AND v.snapshot ? 'lines' ORDER BY r.id LIMIT %s
"""
ENTRIES = """
SELECT e.order_id, e.id, e."group", e.kind, coalesce(m.name, ''), e.method_kind, e.amount, e.business_date, e.at
FROM payments_ledgerentry e LEFT JOIN payments_paymentmethod m ON m.id = e.method_id
WHERE e.order_id = ANY(%s) ORDER BY e.id
"""
LEFT = """
SELECT l.order_id, l.key::text, d.at, dl.quantity FROM sales_deliveryline dl
JOIN sales_delivery d ON d.id = dl.delivery_id JOIN sales_orderline l ON l.id = dl.line_id WHERE l.order_id = ANY(%s)
"""
RATES = "SELECT order_id, percent, min(code) FROM sales_ordervat WHERE order_id = ANY(%s) GROUP BY 1, 2"
BRANCHES = """
SELECT id, name, company, street, house_number, addition, postcode, city, phone, email, kvk, vat_id, iban, logo
FROM relations_branch
"""
LETTERHEAD = ("name", "company", "phone", "email", "kvk", "vat_id", "iban", "logo")
ZERO = Decimal(0)

STAYS = """
CREATE FUNCTION pos_receipt_paper_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('toonbank.owner_override', true) = 'on'
        AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'what stands on receipt % stays: its copy equals its first print', OLD.number
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'receipt_paper_stays';
END $$;
CREATE TRIGGER receipt_paper_stays BEFORE UPDATE ON pos_receipt FOR EACH ROW
    WHEN (NEW.number <> OLD.number OR NEW.kind <> OLD.kind OR NEW.at <> OLD.at
        OR (NEW.paper <> OLD.paper AND NEW.paper <> jsonb_set(OLD.paper, '{customer}', '{}')))
    EXECUTE FUNCTION pos_receipt_paper_stays();
ALTER TABLE pos_receipt ENABLE ALWAYS TRIGGER receipt_paper_stays;
"""
MAY_GO = """
DROP TRIGGER receipt_paper_stays ON pos_receipt;
DROP FUNCTION pos_receipt_paper_stays();
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(SESSIONS)
        cursor.execute(BRANCHES)
        names = [column.name for column in cursor.description]
        branches = {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
        receipt_of, last = apps.get_model("pos", "Receipt"), 0
        while rows := read(cursor, RECEIPTS, last, AT_A_TIME):
            orders = list({row[8] for row in rows})
            entries, left = by_order(cursor, ENTRIES, orders), by_order(cursor, LEFT, orders)
            codes = {(order, percent): code for order, percent, code in read(cursor, RATES, orders)}
            made = []
            for pk, *row in rows:
                order = row[7]
                customer, paper = paper_of(row, entries.get(order, []), left.get(order, []), codes, branches)
                made.append(receipt_of(pk=pk, customer_id=customer, paper=paper))
            receipt_of.objects.bulk_update(made, ["customer", "paper"])
            last = rows[-1][0]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def read(cursor, statement, *values):
    cursor.execute(statement, values)
    return cursor.fetchall()


def by_order(cursor, statement, orders):
    found = {}
    for order, *row in read(cursor, statement, orders):
        found.setdefault(order, []).append(row)
    return found


def paper_of(row, booked, delivered, codes, branches):
    """(customer, what stands on the receipt), as pos.slip.facts makes it today."""
    kind, at, group, till, employee, here, day, order, number, branch, gone, snapshot, personal = row
    snapshot, personal = json.loads(snapshot), json.loads(personal)
    header, names = snapshot["header"], snapshot.get("names", {})
    mine = [e[0] for e in booked if e[1] == group]
    last = mine[-1] if mine else 0
    before = [e for e in booked if (e[0] < mine[0] if mine else e[-1] < at)]
    paid = sum((e[5] for e in booked if e[0] <= last or e in before), ZERO)
    lines, rates = [], []
    for line in snapshot["lines"]:
        pieces = Decimal(line["quantity"]) - Decimal(line["cancelled_quantity"])
        if not line["variant"]:
            lines.append({"text": line["text"]})
        elif pieces:
            out = sum((quantity for key, moment, quantity in delivered if key == line["key"] and moment <= at), ZERO)
            lines.append({
                "quantity": str(pieces), "description": line["description"], "colour": line["colour_label"],
                "size": line["size_label"], "text": line["text"], "price": line["unit_price"],
                "percent": line["discount_percent"], "off": line["discount_amount"], "total": line["line_total"],
                "to_deliver": str(pieces - out if kind == "payment" else ZERO),
            })  # fmt: skip
    for rate in snapshot.get("vat", []):
        code = rate.get("code") or codes.get((order, Decimal(rate["percent"])), "")
        rates.append({"code": code} | {name: rate[name] for name in ("percent", "net", "vat", "gross")})
    after = Decimal(header["gross"] if header["vat_mode"] == "inclusive" else header["net"])
    letterhead = branches[here] | (names.get("branch") or {} if here == branch else {})
    due = kind == "order" and header["expected_delivery_date"]
    personal = {} if gone else personal
    vat_id = personal.get("customer_vat_id", "") if header["vat_mode"] == "reverse_charge" else ""
    return header["customer"], {
        "till": till, "employee": employee,
        "branch": {name: letterhead[name] or "" for name in LETTERHEAD} | {
            "street_line": " ".join(letterhead[n] for n in ("street", "house_number", "addition") if letterhead[n]),
            "city_line": " ".join(letterhead[n] for n in ("postcode", "city") if letterhead[n]),
        },
        "day": day.isoformat() if day and day != timezone.localdate(at) else "",
        "order": number if kind != "sale" else "",
        "customer": {"name": personal["customer_name"], "vat_id": vat_id} if personal.get("customer_name") else {},
        "delivery": {
            "method": names.get("delivery_method", {}).get("name", ""),
            "day": date.fromisoformat(due).isoformat(), "window": header["time_window"],
        } if due else {},
        "mode": header["vat_mode"], "lines": lines,
        "discount": str(sum((Decimal(line["total"]) for line in lines if "total" in line), ZERO) - after),
        "net": header["net"], "vat": header["vat"], "gross": header["gross"], "rates": rates,
        "before": [entry(e) | {"day": e[6].isoformat()} for e in before if e[2] != "re_split"],
        "entries": [entry(e) for e in booked if e[1] == group and e[2] != "re_split"],
        "left": str(Decimal(header["gross"]) - paid),
    }  # fmt: skip


def entry(row):
    _id, _group, kind, method, wise, amount, _day, _at = row
    return {"kind": kind, "method": method, "wise": wise, "amount": str(amount)}


class Migration(migrations.Migration):
    dependencies = [
        ("pos", "0004_pin_failures_per_employee"), ("payments", "0005_vat_per_code"), ("sales", "0008_approved_pieces"),
        ("relations", "0005_till_paper_columns"),
    ]  # fmt: skip

    operations = [
        migrations.CreateModel(
            name="DayReport",
            fields=[
                (
                    "session",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="report",
                        serialize=False, to="payments.tillsession",
                    ),
                ),
                ("paper", models.JSONField()),
            ],
            options={"abstract": False},
        ),
        migrations.AddField("receipt", "paper", models.JSONField(db_default={}, default=dict)),
        migrations.AddField(
            "receipt",
            "customer",
            models.ForeignKey(
                blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts", to="relations.customer",
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "receipt",
            models.Index(condition=models.Q(("customer__isnull", False)), fields=["customer"], name="receipt_of_customer"),
        ),
        migrations.RunSQL(STAYS, MAY_GO),
    ]  # fmt: skip
