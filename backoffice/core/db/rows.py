"""Rows written by a statement that is spelled once per model: for what every change writes.

`save()` and `bulk_create()` spell theirs anew each time, which takes longer than PostgreSQL to carry it out. Signals
are not sent, and values are values: no F() and no database default.
"""

from collections.abc import Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import DecimalField, Field, JSONField, Model

PLAIN = {int, str, bool, type(None), UUID, date, datetime}

Along = tuple[str, list[Any]]  # "WITH ...": what else is written in the same statement, and its values
NOTHING: Along = ("", [])


@dataclass(slots=True)
class _Later:
    """A row that is written at the end: these fields of it, in order, and what goes along."""

    row: Model
    names: dict[str, None]
    along: Along = NOTHING


_waiting: ContextVar[dict[int, _Later] | None] = ContextVar("rows_waiting", default=None)


def insert(rows: Sequence[Model], along: Along = NOTHING) -> None:
    """Insert new instances of one model in one statement, and give them their ids. along: what is written with them."""
    if not rows:
        return
    fields, one, many = _inserting(type(rows[0]))
    with connection.cursor() as cursor:
        _carry_out(cursor, one, many, [_column(field, rows, add=True) for field in fields], along)
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk, row._state.adding, row._state.db = pk, False, connection.alias


@contextmanager
def together():
    """What update() is given inside is written at the end, each row once: for a service that joins several.

    Nothing is written when the block raises. Whatever reads those rows inside finds them as they were.
    """
    waiting: dict[int, _Later] = {}
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    alike: dict[tuple, list[Model]] = {}
    for later in waiting.values():
        if later.along is NOTHING:
            alike.setdefault((type(later.row), *later.names), []).append(later.row)
        else:
            update([later.row], [*later.names], later.along)
    for (_model, *fields), rows in alike.items():
        update(rows, fields)


def update(rows: Sequence[Model], names: Sequence[str], along: Along = NOTHING) -> None:
    """Write these fields of instances of one model, in one statement. along: for one row, what is written with it."""
    if not rows:
        return
    if (waiting := _waiting.get()) is not None:
        for row in rows:
            later = waiting.setdefault(id(row), _Later(row, {}))
            later.names |= dict.fromkeys(names)
            later.along = later.along if along is NOTHING else along
        return
    fields, one, many = _updating(type(rows[0]), tuple(dict.fromkeys(names)))
    with connection.cursor() as cursor:
        _carry_out(cursor, one, many, [_column(field, rows, add=False) for field in fields], along)


def _carry_out(cursor, one: str, many: str, columns: list[list], along: Along) -> None:
    """The statement for one row takes values, that for many takes a column of them each."""
    clause, values = along
    if len(columns[0]) == 1:
        cursor.execute(clause + one, values + [column[0] for column in columns])
    else:
        cursor.execute(clause + many, values + columns)


def _column(field: Field, rows: Sequence[Model], *, add: bool) -> list[Any]:
    """The values of a field as the database takes them; what is plain already is not asked of the field."""
    used = connections[DEFAULT_DB_ALIAS]
    plain = {Decimal} if isinstance(field, DecimalField) else set() if isinstance(field, JSONField) else PLAIN
    if type(field).pre_save is Field.pre_save:
        values = [row.__dict__[field.attname] for row in rows]
    else:
        values = [field.pre_save(row, add) for row in rows]
    return [value if type(value) in plain else field.get_db_prep_save(value, used) for value in values]


@cache
def _inserting(model: type[Model]) -> tuple[list[Field], str, str]:
    fields = [field for field in model._meta.concrete_fields if not (field.primary_key or field.generated)]
    into = f'INSERT INTO "{model._meta.db_table}" ({", ".join(map(_name, fields))})'
    key = f" RETURNING {_name(model._meta.pk)}"
    one = f"{into} VALUES ({', '.join(['%s'] * len(fields))}){key}"
    many = f"{into} SELECT * FROM unnest({', '.join(map(_array, fields))}){key}"  # noqa: S608
    return fields, one, many


@cache
def _updating(model: type[Model], names: tuple[str, ...]) -> tuple[list[Field], str, str]:
    """The key stands last among the fields."""
    key = model._meta.pk
    fields: list[Any] = [*map(model._meta.get_field, names), key]
    sets = [_name(field) for field in fields[:-1]]
    row = f'UPDATE "{model._meta.db_table}" AS row SET '  # noqa: S608
    one = f"{row}{', '.join(f'{name} = %s' for name in sets)} WHERE row.{_name(key)} = %s"
    many = (
        f"{row}{', '.join(f'{name} = new.{name}' for name in sets)}"
        f" FROM unnest({', '.join(map(_array, fields))}) AS new ({', '.join(map(_name, fields))})"
        f" WHERE row.{_name(key)} = new.{_name(key)}"
    )
    return fields, one, many


def _name(field: Field) -> str:
    return f'"{field.column}"'


def _array(field: Field) -> str:
    """The place of a column's values, without the length of its type: a cast would cut a text off silently."""
    kind = field.cast_db_type(connection) or ""
    return f"%s::{kind.partition('(')[0]}[]"
