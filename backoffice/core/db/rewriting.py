"""Columns that Python makes, written anew over a whole table: for migrations, whatever the size of the shop.

Batches, each a transaction of its own, and only rows that differ: it may be stopped and begun again, and a million
rows hold no lock for long. The migration is `atomic = False`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from backoffice.core.db import bulk

AT_A_TIME = 5000


def batches(rows: QuerySet, size: int = AT_A_TIME) -> Iterator[list]:
    """The rows by primary key, so many at a time."""
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:size]):
        yield found
        last = found[-1].pk


def rewrite(rows: QuerySet, names: Sequence[str], make: Callable[[Any], Sequence[Any]]) -> int:
    """Give every row what make(row) says for the named columns. Gives how many rows were changed."""
    changed = 0
    for batch in batches(rows):
        new = [(row, make(row)) for row in batch]
        differing = [
            (row.pk, *values) for row, values in new if tuple(values) != tuple(getattr(row, name) for name in names)
        ]
        with transaction.atomic():
            bulk.update(rows.model, names, differing)
        changed += len(differing)
    return changed
