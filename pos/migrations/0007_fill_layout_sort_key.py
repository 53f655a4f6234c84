"""Sort keys of what is there already."""

from django.db import migrations

from backoffice.core.db.rewriting import rewrite
from backoffice.core.sorting import sort_key


def fill(apps, schema_editor):
    rewrite(apps.get_model("pos", "TillLayout").objects.all(), ["sort_key"], lambda row: [sort_key(row.name)])


class Migration(migrations.Migration):
    dependencies = [("pos", "0006_layout_sort_key")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
