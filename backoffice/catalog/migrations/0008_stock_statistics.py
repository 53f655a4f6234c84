"""What PostgreSQL keeps of the difference between on hand and reserved: how many rows are short (selectors.owed)."""

from django.db import migrations

STATISTICS = "CREATE STATISTICS stock_free ON (on_hand - reserved) FROM catalog_stocklevel"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_fill_gtin_and_sort_key")]

    operations = [
        migrations.RunSQL(STATISTICS, "DROP STATISTICS stock_free"),
        migrations.RunSQL("ANALYZE catalog_stocklevel", migrations.RunSQL.noop),
    ]
