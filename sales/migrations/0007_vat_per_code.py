"""VAT of an order per VAT code and percentage, and return lines that hold what goes back.

Every figure stays: net, VAT and gross of an order per percentage, and the total of every line. Where goods of two codes
with one percentage stood in one row, it is divided by their line totals.
"""

from decimal import Decimal

import djmoney.models.fields
from django.db import migrations, models

from backoffice.core.money import HUNDRED, ZERO, cents, spread

CODES = """
UPDATE sales_ordervat v SET code = found.code FROM (
    SELECT l.order_id, l.vat_percent, min(l.vat_code) AS code FROM sales_orderline l
    WHERE l.variant_id IS NOT NULL GROUP BY 1, 2
) found WHERE found.order_id = v.order_id AND found.vat_percent = v.percent;
UPDATE sales_ordervat v SET code = CASE o.vat_mode WHEN 'none' THEN 'none' ELSE 'reverse' END
FROM sales_salesorder o WHERE o.id = v.order_id AND o.vat_mode IN ('none', 'reverse_charge');
"""
TWO_CODES = """
SELECT v.id, v.order_id, v.percent, v.net, v.gross, l.vat_code, sum(l.line_total)
FROM sales_ordervat v JOIN sales_salesorder o ON o.id = v.order_id AND o.vat_mode IN ('inclusive', 'exclusive')
JOIN sales_orderline l ON l.order_id = v.order_id AND l.vat_percent = v.percent AND l.variant_id IS NOT NULL
WHERE EXISTS (SELECT 1 FROM sales_orderline x WHERE x.order_id = v.order_id AND x.vat_percent = v.percent
    AND x.variant_id IS NOT NULL AND x.vat_code <> v.code)
GROUP BY v.id, l.vat_code ORDER BY v.id, l.vat_code
"""
RETURNS = """
SELECT o.vat_mode, l.order_id, l.id, l.returns_id IS NOT NULL, l.vat_code, l.vat_percent, l.line_total
FROM sales_orderline l JOIN sales_salesorder o ON o.id = l.order_id
WHERE l.variant_id IS NOT NULL AND l.order_id IN (SELECT order_id FROM sales_orderline WHERE returns_id IS NOT NULL)
ORDER BY l.order_id, l.id
"""


def divided(total, weights):
    """Whole cents over weights; everything on the first where there is no proportion."""
    return spread(total, weights) if sum(weights) else [total, *[ZERO] * (len(weights) - 1)]


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(CODES)
        divide(cursor)
        returns(cursor)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def divide(cursor):
    """Two codes of one percentage: a row each, that add up to the one row of before."""
    cursor.execute(TWO_CODES)
    found = {}
    for pk, order, percent, net, gross, code, total in cursor.fetchall():
        found.setdefault((pk, order, percent, net, gross), []).append((code, total))
    for (pk, order, percent, net, gross), codes in found.items():
        weights = [total for _code, total in codes]
        for (code, _total), n, g in zip(codes, divided(net, weights), divided(gross, weights), strict=True):
            cursor.execute("UPDATE sales_ordervat SET net = %s, vat = %s, gross = %s WHERE id = %s AND code = %s",
                           [n, g - n, g, pk, code])
            if not cursor.rowcount:
                cursor.execute("INSERT INTO sales_ordervat (order_id, code, percent, net, vat, gross, currency)"
                               " VALUES (%s, %s, %s, %s, %s, %s, 'EUR')", [order, code, percent, n, g - n, g])


def returns(cursor):
    """What went back on a line: its total, and of its row's VAT what the goods that went out leave."""
    cursor.execute(RETURNS)
    orders = {}
    for mode, order, pk, back, code, percent, total in cursor.fetchall():
        orders.setdefault((order, mode), {}).setdefault((code, percent), []).append((pk, back, total))
    for (order, mode), rates in orders.items():
        for (code, percent), lines in rates.items():
            back = [(pk, total) for pk, back, total in lines if back]
            if not back:
                continue
            if mode in ("none", "reverse_charge"):
                code, percent, vat = ("none" if mode == "none" else "reverse"), Decimal(0), ZERO
            else:
                cursor.execute("SELECT vat FROM sales_ordervat WHERE order_id = %s AND code = %s AND percent = %s",
                               [order, code, percent])
                stored = cursor.fetchone()
                out = sum(total for _pk, back, total in lines if not back)
                base = HUNDRED + percent if mode == "inclusive" else HUNDRED
                vat = (stored[0] if stored else ZERO) - cents(out * percent / base)
            for (pk, total), part in zip(back, divided(vat, [total for _pk, total in back]), strict=True):
                net = total - part if mode == "inclusive" else total
                cursor.execute("UPDATE sales_orderline SET return_net = %s, return_vat = %s, vat_code = %s,"
                               " vat_percent = %s WHERE id = %s", [net, part, code, percent, pk])


def amount():
    return djmoney.models.fields.MoneyField(
        blank=True, currency_choices=[("EUR", "EUR")], currency_field_name="currency", decimal_places=2,
        default_currency="EUR", max_digits=14, null=True)


class Migration(migrations.Migration):
    dependencies = [("sales", "0006_queue")]

    operations = [
        migrations.RemoveConstraint(model_name="ordervat", name="order_vat_once"),
        migrations.AddField("ordervat", "code", models.CharField(default="", max_length=10), preserve_default=False),
        migrations.AlterModelOptions(name="ordervat", options={"ordering": ["-percent", "code"]}),
        migrations.AddField("orderline", "return_net", amount()),
        migrations.AddField("orderline", "return_vat", amount()),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            "ordervat", models.UniqueConstraint(fields=("order", "code", "percent"), name="order_vat_once")),
        migrations.AddConstraint(
            "orderline",
            models.CheckConstraint(
                condition=models.Q(return_net__isnull=True, return_vat__isnull=True, returns__isnull=True)
                | models.Q(quantity__lt=0, return_net__isnull=False, return_net__lte=0, return_vat__isnull=False,
                           return_vat__lte=0, returns__isnull=False),
                name="line_return_as_sold")),
    ]
