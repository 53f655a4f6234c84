from django.db import migrations, models

# What stands below its list price counts as allowed as it is: how many pieces, and how deep, the order discount
# included. Prices are compared with the VAT that the list price holds.
KEEP_AGREED = """
WITH sums AS (
    SELECT order_id, sum(line_total) AS subtotal FROM sales_orderline GROUP BY order_id
), kept AS (
    SELECT o.id, CASE WHEN s.subtotal <> 0
        THEN (CASE o.vat_mode WHEN 'inclusive' THEN o.gross ELSE o.net END) / s.subtotal
        ELSE 1 - o.discount_percent / 100 END AS part
    FROM sales_salesorder o JOIN sums s ON s.order_id = o.id
), priced AS (
    SELECT l.id, kept.part * (
        CASE l.entered_mode WHEN 'inclusive' THEN 1 ELSE 1 + l.vat_percent / 100 END
            * l.entered_price * (1 - l.discount_percent / 100)
        - CASE l.discount_mode WHEN 'inclusive' THEN 1 ELSE 1 + l.vat_percent / 100 END
            * l.discount_amount / l.quantity
    ) AS asked
    FROM sales_orderline l JOIN kept ON kept.id = l.order_id
    WHERE l.quantity > 0 AND l.list_price > 0
)
UPDATE sales_orderline l
SET allowed_quantity = l.quantity,
    allowed_off = least(100, ceil(1000000 * (1 - greatest(p.asked, 0) / l.list_price)) / 10000)
FROM priced p WHERE p.id = l.id AND p.asked < l.list_price
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0007_vat_per_code"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="allowed_quantity",
            field=models.DecimalField(db_default=0, decimal_places=3, default=0, max_digits=9),
        ),
        migrations.AddField(
            model_name="orderline",
            name="allowed_off",
            field=models.DecimalField(db_default=0, decimal_places=4, default=0, max_digits=7),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("allowed_off__gte", 0), ("allowed_off__lte", 100), ("allowed_quantity__gte", 0)
                ),
                name="line_allowed_in_range",
            ),
        ),
        migrations.RunSQL(KEEP_AGREED, migrations.RunSQL.noop),
    ]
