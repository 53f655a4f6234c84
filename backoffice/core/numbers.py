"""Gapless numbers: taken by a locked update inside the transaction of their document (docs/decisions.md, 2)."""

from django.db import connection

from backoffice.core import locks


def take(kind: str, year: int = 0, till_id: int | None = None) -> int:
    """The next number of the series; a rollback gives it back. Call it after every lock but the journal's."""
    locks.note("series")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_numberseries AS s (kind, till_id, year, next_value) VALUES (%s, %s, %s, 2)"
            " ON CONFLICT ON CONSTRAINT number_series_one_per_year DO UPDATE SET next_value = s.next_value + 1"
            " RETURNING s.next_value - 1",
            [kind, till_id, year],
        )
        return cursor.fetchone()[0]


def take_many(kind: str, count: int, year: int = 0) -> range:
    """As many next numbers of the series at once, where none belongs to a till."""
    if not count:
        return range(0)
    first = take(kind, year)
    raise_to(kind, first + count - 1, year)
    return range(first, first + count)


def raise_to(kind: str, used: int, year: int = 0) -> None:
    """Make the series go on after a number that came from outside (an import)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_numberseries AS s (kind, till_id, year, next_value) VALUES (%s, NULL, %s, %s)"
            " ON CONFLICT ON CONSTRAINT number_series_one_per_year DO UPDATE"
            " SET next_value = greatest(s.next_value, excluded.next_value)",
            [kind, year, used + 1],
        )
