"""A file is read by the worker, which keeps its preview on the job. What was uploaded before and never started has
none: such files go, as they would after a week; whoever still wants one in chooses it again.
"""

from django.db import migrations, models


def forget_what_was_never_started(apps, schema_editor):
    apps.get_model("core", "ImportJob").objects.filter(status="preview").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0004_upkeep_note'),
    ]

    operations = [
        migrations.RunPython(forget_what_was_never_started, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='importjob',
            name='status',
            field=models.CharField(choices=[('reading', 'wordt gelezen'), ('preview', 'voorbeeld'), ('running', 'bezig'), ('done', 'klaar'), ('failed', 'mislukt')], default='reading', max_length=10),
        ),
    ]
