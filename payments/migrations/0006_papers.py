"""The names on the receipt of a payment are kept with it: the branch, who took it, the methods. No figure changes."""

from django.db import migrations, models

FILL = """
WITH payment AS (
    SELECT e.order_id, e."group", min(e.id) AS first,
        jsonb_object_agg(m.id, m.name) FILTER (WHERE m.id IS NOT NULL) AS methods
    FROM payments_ledgerentry e JOIN sales_salesorder o ON o.id = e.order_id AND o.number <> ''
    LEFT JOIN payments_paymentmethod m ON m.id = e.method_id
    WHERE e.kind <> 're_split' GROUP BY 1, 2 HAVING sum(e.amount) > 0
)
UPDATE payments_ledgerentry e SET paper = jsonb_build_object(
    'employee', w.name, 'methods', coalesce(p.methods, '{}'), 'branch', jsonb_build_object(
        'name', b.name, 'company', b.company, 'phone', b.phone, 'email', b.email, 'kvk', b.kvk, 'vat_id', b.vat_id,
        'iban', b.iban, 'logo', b.logo, 'city_line', concat_ws(' ', nullif(b.postcode, ''), nullif(b.city, '')),
        'street_line', concat_ws(' ', nullif(b.street, ''), nullif(b.house_number, ''), nullif(b.addition, ''))))
FROM payment p, sales_salesorder o, relations_branch b, relations_employee w
WHERE e.id = p.first AND o.id = p.order_id AND b.id = o.branch_id AND w.id = e.employee_id
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL toonbank.owner_override = 'on'")  # rows that only grow get their names, this once
        cursor.execute(FILL)
        cursor.execute("SET LOCAL toonbank.owner_override = 'off'")


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_vat_per_code"), ("sales", "0008_approved_pieces")]

    operations = [
        migrations.AddField("ledgerentry", "paper", models.JSONField(db_default={}, default=dict)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
