"""What only grows is behind two walls: the rights of the application's role, and triggers for everybody."""

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from backoffice.core.db import walls
from backoffice.core.db.roles import as_owner
from backoffice.core.db.walls import OVERRIDE, append_only_tables

CHANGES = ["UPDATE {table} SET {key} = {key}", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"]


def current_user() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_user")
        session, current = cursor.fetchone()
    assert session == current  # logged in, not borrowed
    return current


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(caught.value)


def key_of(table: str) -> str:
    return str(next(model for model in apps.get_models() if model._meta.db_table == table)._meta.pk.column)


def test_the_tables_that_only_grow():
    assert {"core_journalentry", "catalog_stockmove", "sales_orderversion", "sales_delivery"} <= set(
        append_only_tables()
    )


@pytest.mark.django_db
def test_services_run_as_the_application_which_owns_nothing():
    assert current_user() == settings.DATABASES["default"]["USER"] != settings.DATABASE_OWNER["USER"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)
    assert "permission denied" in refused("CREATE TABLE public.own (id int)")
    assert "permission denied" in refused("UPDATE django_migrations SET app = app")


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
def test_the_application_may_not_change_what_only_grows(change):
    for table in append_only_tables():
        assert f"permission denied for table {table}" in refused(change.format(table=table, key=key_of(table)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
def test_the_triggers_refuse_even_the_owner(change):
    """The row triggers need a row to fire: each table gets one, in a transaction that never commits."""
    with as_owner():
        assert current_user() == settings.DATABASE_OWNER["USER"]
        for table in append_only_tables():
            with transaction.atomic():
                if not change.startswith("TRUNCATE"):
                    put_any_row(table)
                assert "only grows" in refused(change.format(table=table, key=key_of(table)))
                transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_the_override_is_the_owners_alone():
    table = append_only_tables()[0]
    with connection.cursor() as cursor:
        cursor.execute(f"SET {OVERRIDE} = 'on'")
    assert "permission denied" in refused(f"DELETE FROM {table}")
    with connection.cursor() as cursor:
        cursor.execute(f"RESET {OVERRIDE}")


@pytest.mark.django_db(transaction=True)
def test_migrating_again_leaves_the_walls_standing():
    call_command("migrate", verbosity=0)
    assert "permission denied" in refused(f"DELETE FROM {append_only_tables()[0]}")
    assert current_user() == settings.DATABASES["default"]["USER"]


ADDING_UP = {"payments_entryvat": {"gross": "2"}}  # net 1 + vat 1


def put_any_row(table: str) -> None:
    """A row that breaks no rule of its own columns: made up by type, foreign keys are checked at commit only."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
            WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
            """,
            [table],
        )
        values = {name: example(kind) for name, kind, needed in cursor.fetchall() if needed} | ADDING_UP.get(table, {})
        columns, marks = ", ".join(f'"{name}"' for name in values), ", ".join(["%s"] * len(values))
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))


def example(kind: str) -> str:
    if kind.startswith("timestamp") or kind == "date":
        return "2026-01-02"
    if kind == "uuid":
        return "00000000-0000-4000-8000-000000000001"
    if kind == "jsonb":
        return "{}"
    if kind == "boolean":
        return "false"
    return "1"


@pytest.mark.django_db(transaction=True)
def test_emptying_passes_the_walls_and_empties_the_queue_too():
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.models import ProcrastinateJob

    table = "core_importmapping"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} (kind, name, columns) VALUES ('articles', 'Leverancier', '{{}}')")
    app.configure_task("sweep_imports", allow_unknown=True).defer(timestamp=0)
    assert ProcrastinateJob.objects.count() == 1
    call_command("flush", interactive=False, verbosity=0)
    assert ProcrastinateJob.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_a_wall_that_was_taken_down_is_put_up_again():
    table, trigger = (
        "core_journalentry",
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'core_journalentry'::regclass",
    )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(trigger + " AND NOT tgisinternal")
        standing = cursor.fetchone()[0]
        cursor.execute(f"DROP TRIGGER append_only_row ON {table}")
        walls.apply(connection)
        cursor.execute(trigger + " AND NOT tgisinternal")
        assert cursor.fetchone()[0] == standing > 0
