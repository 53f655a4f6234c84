"""Sort keys of customers, branches and employees, and what customers are found by, as the services write them."""

from django.db import migrations

from backoffice.core.db.rewriting import rewrite
from backoffice.core.sorting import sort_key
from backoffice.relations.models import customer_key
from backoffice.relations.services.customers import search_text


def fill(apps, schema_editor):
    for name in ("Branch", "Employee"):
        rewrite(apps.get_model("relations", name).objects.all(), ["sort_key"], lambda row: [sort_key(row.name)])
    customers = apps.get_model("relations", "Customer").objects.prefetch_related("addresses")
    rewrite(customers, ["sort_key", "search_text"], of_customer)


def of_customer(row):
    row.person = " ".join(part for part in (row.first_name, row.infix, row.last_name) if part)
    addresses = sorted(row.addresses.all(), key=lambda one: one.pk)
    for one in addresses:
        one.street_line = " ".join(part for part in (one.street, one.house_number, one.addition) if part)
    # who was anonymised is found no more
    return customer_key(row), "" if row.anonymised_at else search_text(row, addresses)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("relations", "0007_sort_key")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
