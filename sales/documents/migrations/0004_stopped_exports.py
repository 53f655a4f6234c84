from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_exports_and_papers")]

    operations = [
        migrations.AddField(
            model_name="exportjob",
            name="title",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AlterField(
            model_name="exportjob",
            name="status",
            field=models.CharField(
                choices=[
                    ("waiting", "wachtend"), ("running", "bezig"), ("done", "klaar"), ("failed", "mislukt"),
                    ("stopped", "gestopt"),
                ],
                default="waiting", max_length=8,
            ),
        ),
    ]
