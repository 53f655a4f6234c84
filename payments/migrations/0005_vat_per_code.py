"""VAT of an entry per VAT code and percentage. Every figure stays.

Where the order of an entry has two codes of one percentage, the entry's row is divided as the order's rows are.
"""

from django.db import migrations, models

from backoffice.core.money import ZERO, spread

CODES = """
UPDATE payments_entryvat v SET code = coalesce(
    (SELECT min(r.code) FROM sales_ordervat r WHERE r.order_id = e.order_id AND r.percent = v.percent),
    (SELECT CASE o.vat_mode WHEN 'none' THEN 'none' ELSE 'reverse' END FROM sales_salesorder o
        WHERE o.id = e.order_id AND v.percent = 0 AND o.vat_mode IN ('none', 'reverse_charge')),
    (SELECT min(r.code) FROM catalog_vatrate r WHERE r.percent = v.percent), '')
FROM payments_ledgerentry e WHERE e.id = v.entry_id
"""
TWO_CODES = """
SELECT v.id, v.entry_id, v.percent, v.net, v.gross, r.code, r.gross
FROM payments_entryvat v JOIN payments_ledgerentry e ON e.id = v.entry_id
JOIN sales_ordervat r ON r.order_id = e.order_id AND r.percent = v.percent
WHERE EXISTS (SELECT 1 FROM sales_ordervat x WHERE x.order_id = e.order_id AND x.percent = v.percent
    AND x.code <> v.code)
ORDER BY v.id, r.code
"""


def divided(total, weights):
    """Whole cents over weights; everything on the first where there is no proportion."""
    return spread(total, weights) if sum(weights) else [total, *[ZERO] * (len(weights) - 1)]


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SET LOCAL toonbank.owner_override = 'on'")  # rows that only grow get their code, this once
        cursor.execute(CODES)
        cursor.execute(TWO_CODES)
        found = {}
        for pk, entry, percent, net, gross, code, weight in cursor.fetchall():
            found.setdefault((pk, entry, percent, net, gross), []).append((code, weight))
        for (pk, entry, percent, net, gross), codes in found.items():
            weights = [weight for _code, weight in codes]
            for (code, _weight), n, g in zip(codes, divided(net, weights), divided(gross, weights), strict=True):
                cursor.execute("UPDATE payments_entryvat SET net = %s, vat = %s, gross = %s WHERE id = %s AND code = %s",
                               [n, g - n, g, pk, code])
                if not cursor.rowcount:
                    cursor.execute("INSERT INTO payments_entryvat (entry_id, code, percent, net, vat, gross, currency)"
                                   " VALUES (%s, %s, %s, %s, %s, %s, 'EUR')", [entry, code, percent, n, g - n, g])
        cursor.execute("SET LOCAL toonbank.owner_override = 'off'")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_terminals"), ("sales", "0007_vat_per_code"), ("catalog", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="entryvat", name="entry_vat_once"),
        migrations.AddField("entryvat", "code", models.CharField(default="", max_length=10), preserve_default=False),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            "entryvat", models.UniqueConstraint(fields=("entry", "code", "percent"), name="entry_vat_once")),
    ]
