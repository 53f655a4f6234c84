from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_stock_short")]

    operations = [
        migrations.AddConstraint(
            model_name="vatrate",
            constraint=models.CheckConstraint(
                condition=~models.Q(code__in=["reverse", "none"]),
                name="vat_rate_code_free",
                violation_error_message="Deze code is van verkopen zonder BTW. Kies een andere.",
            ),
        ),
    ]
