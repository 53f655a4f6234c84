"""Keyset paging: page 10,000 costs what page 1 costs, because the index goes on from the last row seen."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

SIZE = 50
COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order; after and before are the cursors (row ids) of the pages beside it, None at the ends."""

    rows: list
    after: int | None
    before: int | None


def keyset(queryset, *, field: str, after: int | None = None, before: int | None = None, size: int = SIZE) -> Page:
    """One page by `field` ("name" or "-name", not null) and id, after or before the row with the given id."""
    descending, column = field.startswith("-"), field.removeprefix("-")
    cursor = after if after is not None else before
    seen = queryset.model._base_manager.filter(pk=cursor).values_list(column, flat=True).first() if cursor else None
    backwards = seen is not None and after is None
    down = descending != backwards
    if seen is not None:
        side = "lt" if down else "gt"
        beyond = Q(**{f"{column}__{side}": seen}) | Q(**{column: seen, f"pk__{side}": cursor})
        queryset = queryset.filter(beyond, **{f"{column}__{side}e": seen})
    sign = "-" if down else ""
    rows: list[Any] = list(queryset.order_by(f"{sign}{column}", f"{sign}pk")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    further_on, further_back = (True, more) if backwards else (more, seen is not None)
    return Page(
        rows,
        rows[-1].pk if rows and further_on else None,
        rows[0].pk if rows and further_back else None,
    )


def counted(queryset) -> str:
    """How many rows there are, up to 1.000; beyond that "1.000+", so that a large table is never counted."""
    return so_many(queryset.order_by()[: COUNTED + 1].count())


def so_many(number: int) -> str:
    """A number that was counted no further than one beyond COUNTED: "12", or "1.000+"."""
    return "1.000+" if number > COUNTED else f"{number:,}".replace(",", ".")
