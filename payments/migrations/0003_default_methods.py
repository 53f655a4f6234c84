"""The payment methods of a new shop; the shop changes them in Beheer."""

from django.db import migrations

# name, kind, in the backoffice, at the till (the manual: "Pin kan alleen via de kassa")
METHODS = [
    ("Contant", "cash", False, True),
    ("Pin", "terminal", False, True),
    ("Bank", "bank", True, True),
    ("iDEAL", "online", True, False),
    ("Tegoed", "credit", True, True),
]


def make(apps, schema_editor):
    method = apps.get_model("payments", "PaymentMethod")
    if method.objects.exists():
        return
    method.objects.bulk_create(
        method(name=name, kind=kind, at_desk=desk, at_till=till, position=place)
        for place, (name, kind, desk, till) in enumerate(METHODS, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_walls")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
