"""A sale that was paid and handed over at once gets the day of its session; it had the day that its basket began."""

from django.db import migrations

DAYS = """
UPDATE sales_salesorder o SET order_date = s.business_date
FROM pos_receipt r JOIN payments_tillsession s ON s.id = r.session_id
WHERE r.order_id = o.id AND r.kind = 'sale' AND o.order_date <> s.business_date
"""


class Migration(migrations.Migration):
    dependencies = [("pos", "0002_till_seat")]

    operations = [migrations.RunSQL(DAYS, migrations.RunSQL.noop)]
