"""Sort keys of what is there already."""

from django.db import migrations

from backoffice.core.db.rewriting import rewrite
from backoffice.core.sorting import sort_key


def fill(apps, schema_editor):
    rewrite(apps.get_model("payments", "PaymentMethod").objects.all(), ["sort_key"], lambda row: [sort_key(row.name)])


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_method_sort_key")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
