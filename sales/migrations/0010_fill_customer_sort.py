"""What orders are found and sorted by, as the services write it: a million orders take minutes, in small steps."""

from django.db import migrations

from backoffice.core.db.rewriting import rewrite
from backoffice.core.sorting import sort_key
from backoffice.relations.services.anonymising import NAME
from sales.services.drafts import search_text

READ = (
    "number", "customer_name", "customer_sort", "subject", "reference", "customer_attention", "customer_email",
    "invoice_address", "delivery_address", "search_text", "customer__email", "customer__phone", "customer__name",
    "customer__sort_key",
)  # fmt: skip


def fill(apps, schema_editor):
    for name in ("OrderType", "DeliveryMethod"):
        rewrite(apps.get_model("sales", name).objects.all(), ["sort_key"], lambda row: [sort_key(row.name)])
    orders = apps.get_model("sales", "SalesOrder").objects.select_related("customer").only(*READ)
    rewrite(orders, ["customer_sort", "search_text"], of_order)


def of_order(row):
    """The customer's own key where the order has the name that it still has, else the key of that name."""
    customer = row.customer
    same = customer is not None and customer.name == row.customer_name
    key = customer.sort_key if same else sort_key(row.customer_name)
    return key, row.number.lower() if row.customer_name == NAME else search_text(row)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sales", "0009_customer_sort"), ("relations", "0008_fill_sort_key")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
