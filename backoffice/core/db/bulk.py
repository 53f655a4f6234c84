"""Many rows at once: COPY for new ones, one UPDATE with arrays for those that change."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models
from django.utils import timezone
from psycopg import sql

CHUNK = 5_000


def any_of(name: str, wanted: list[Any]) -> models.lookups.Lookup:
    """The condition that a column is one of many values, as one array: 100,000 parameters cost seconds."""
    return AnyOf(models.F(name), wanted)


class AnyOf(models.lookups.Lookup):
    """column = ANY(array)."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*parameters, self.rhs]


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Primary keys for rows that copy() will write."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write new rows; names are attribute names ("brand_id"). The other columns get their field's default."""
    fields = {f.attname: f for f in model._meta.concrete_fields}
    rest = [f for name, f in fields.items() if name not in names and not f.primary_key]
    constants = tuple(_default(f) for f in rest)
    columns = [fields[name].column for name in names] + [f.column for f in rest]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join([sql.Identifier(str(name)) for name in columns])
    )
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row((*row, *constants))


def _default(field: models.Field) -> Any:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return timezone.now()
    value = field.get_default()
    return getattr(value, "amount", value)


def save(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Write every column of rows that are there, as save() of each would, in one statement per few thousand."""
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    values = ((row.pk, *(f.get_db_prep_save(f.pre_save(row, False), connection) for f in fields)) for row in rows)
    update(model, [f.attname for f in fields], values)


def update(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Change rows [(id, value, ...)] to these values of the named attributes."""
    fields = {f.attname: f for f in model._meta.concrete_fields}
    chosen = [fields[name] for name in names]
    types = ["bigint", *(str(f.db_type(connection)) for f in chosen)]
    identifiers = [sql.Identifier(f"v{n}") for n in range(len(types))]
    statement = sql.SQL(
        "UPDATE {table} t SET {changes} FROM unnest({arrays}) AS d ({names}) WHERE t.{pk} = d.v0"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        pk=sql.Identifier(str(model._meta.pk.column)),
        changes=sql.SQL(", ").join(
            sql.SQL("{} = d.{}").format(sql.Identifier(str(f.column)), name)
            for f, name in zip(chosen, identifiers[1:], strict=True)
        ),
        arrays=sql.SQL(", ").join(sql.SQL("%s::" + kind + "[]") for kind in types),
        names=sql.SQL(", ").join(identifiers),
    )
    iterator = iter(rows)
    with connection.cursor() as cursor:
        while chunk := list(islice(iterator, CHUNK)):
            cursor.execute(statement, [list(column) for column in zip(*chunk, strict=True)])
