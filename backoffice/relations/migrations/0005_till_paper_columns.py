from django.db import migrations, models

HELP = "Hoeveel tekens er op een regel van de bon passen: 32 op papier van 58 mm, 42 of 48 op 80 mm."


class Migration(migrations.Migration):
    dependencies = [("relations", "0004_till_device_tokens")]

    operations = [
        migrations.AddField(
            model_name="till",
            name="paper_columns",
            field=models.PositiveSmallIntegerField(
                choices=[(32, "32"), (42, "42"), (48, "48")],
                db_default=42,
                default=42,
                help_text=HELP,
                verbose_name="Tekens per regel",
            ),
        ),
        migrations.AddConstraint(
            model_name="till",
            constraint=models.CheckConstraint(
                condition=models.Q(("paper_columns__in", (32, 42, 48))), name="till_paper_columns"
            ),
        ),
    ]
