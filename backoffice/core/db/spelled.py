"""Rows of a queryset that Django spells once: of a wide row it takes longer to write the SQL than PostgreSQL to answer.

For what every change or every request reads. Everything else is a plain queryset.
"""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.query import ModelIterable

# stands for a value of its kind while the queryset is spelled, as no constant of ours does
MARKS: dict[type, Callable[[int], Any]] = {
    int: lambda place: 2**62 + place,
    str: lambda place: f"value {place} of a spelled queryset",
    datetime: lambda place: datetime(9000, 1, 1, 0, 0, place, tzinfo=UTC),
}


class Spelled:
    """Called with values, gives the rows of the queryset that `build` makes of such values, as a list.

    Values are whole numbers, texts or moments (aware); rows must equal them, so that a number that no column can hold
    gives none. How many there are, and of what kind, may differ from call to call. No prefetch_related and no values():
    model instances, with what is read along. lock: the rows themselves are locked; for locks.take().
    """

    def __init__(self, build: Callable[..., QuerySet]):
        self._build = build
        self._known: dict[tuple[tuple[type, ...], bool], tuple] = {}

    def __call__(self, *values, lock: bool = False) -> list:
        if any(isinstance(value, int) and not -(2**63) <= value < 2**63 for value in values):
            return []
        kinds = tuple(map(type, values))
        known = self._known.get((kinds, lock))
        if known is None:
            known = self._known[kinds, lock] = self._spell(kinds, lock)
        compiler, sql, params, places, converters = known
        filled = list(params)
        for at, place, kind in places:
            filled[at] = kind(values[place]) if kind else values[place]
        mine = copy.copy(compiler)
        mine.connection, mine.as_sql = connections[DEFAULT_DB_ALIAS], lambda: (sql, tuple(filled))
        mine.get_converters = lambda _expressions: converters
        query = SimpleNamespace(get_compiler=lambda using: mine)
        rows: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(ModelIterable(rows))

    def _spell(self, kinds: tuple[type, ...], lock: bool) -> tuple:
        """(compiler, SQL, its parameters, where each value goes and in which wrapping, what converts each column)."""
        marks = [MARKS[kind](place) for place, kind in enumerate(kinds)]
        queryset = self._build(*marks)
        assert queryset._iterable_class is ModelIterable  # noqa: S101
        if lock:
            queryset = queryset.select_for_update(of=("self",))
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        places = [
            # Django wraps a whole number in its width
            (at, marks.index(param), type(param) if isinstance(param, int) else None)
            for at, param in enumerate(params)
            if param in marks
        ]
        assert {place for _at, place, _kind in places} == set(range(len(marks)))  # noqa: S101
        columns = [column for column, *_spelling in compiler.select[: compiler.col_count]]
        return compiler, sql, params, places, compiler.get_converters(columns)
