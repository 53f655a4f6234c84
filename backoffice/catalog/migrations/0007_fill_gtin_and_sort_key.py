"""GTIN of every barcode, and sort key and search text of what is listed and searched, as the services write them.

Where the codes of two articles are one GTIN ("191169335949" and "0191169335949"), the oldest holds it: both are still
found as they are written, and the list Artikelen shows them under Dubbele barcode.
"""

from django.db import migrations, transaction

from backoffice.core.db.rewriting import batches, rewrite
from backoffice.core.gtin import gtin
from backoffice.core.db import bulk
from backoffice.core.search import fold
from backoffice.core.sorting import path_key, sort_key


def fill_gtins(apps, schema_editor):
    barcodes = apps.get_model("catalog", "Barcode")
    rows = barcodes.objects.filter(gtin=None).select_related("article", "variant__article")
    for batch in batches(rows):
        wanted = {row.pk: gtin(row.code) for row in batch}
        held = barcodes.objects.filter(gtin__in=[one for one in wanted.values() if one])
        holders = {row.gtin: row for row in held.select_related("article", "variant__article")}
        filled = []
        for row in batch:
            one = wanted[row.pk]
            if one is None:
                continue
            holder = holders.setdefault(one, row)
            if holder is row:
                filled.append((row.pk, one))
            else:
                print(clash(row, holder))
        with transaction.atomic():
            bulk.update(barcodes, ["gtin"], filled)


def clash(row, holder) -> str:
    """What the terminal says of a code that another one is too."""
    names = [f"{one.code} of article {(one.article or one.variant.article).number}" for one in (row, holder)]
    return f"  Barcode {names[0]} is the same GTIN as {names[1]}, which keeps it: see Artikelen > Dubbele barcode."


def fill_keys(apps, schema_editor):
    for name in ("Brand", "SizeRange"):
        rewrite(apps.get_model("catalog", name).objects.all(), ["sort_key"], lambda row: [sort_key(row.name)])
    groups = apps.get_model("catalog", "ArticleGroup").objects.all()
    rewrite(groups, ["sort_key"], lambda row: [path_key(row.path)])
    articles = apps.get_model("catalog", "Article").objects.select_related("brand")
    rewrite(articles, ["sort_key", "search_text"], _of_article)


def _of_article(row):
    brand = row.brand.name if row.brand else ""
    return sort_key(row.name), fold(f"{row.number} {row.name} {brand}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0006_gtin_and_sort_key")]
    operations = [
        migrations.RunPython(fill_gtins, migrations.RunPython.noop),
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
    ]
