"""The two walls around what only grows: rights of the application's role, and triggers for everybody.

Both follow from the models: every table whose model subclasses AppendOnly stands behind them. They are put up
again by every `migrate`, so that no migration can forget one.
"""

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from backoffice.core.models import AppendOnly

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
# with it a session of the owner may reset tables: the tests' flush, and nothing that serves
OVERRIDE = "toonbank.owner_override"

REFUSE = """
CREATE OR REPLACE FUNCTION toonbank_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('toonbank.owner_override', true) = 'on'
        AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        IF TG_OP = 'UPDATE' THEN RETURN NEW; ELSIF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""
GUARD = """
CREATE OR REPLACE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION toonbank_append_only();
CREATE OR REPLACE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION toonbank_append_only();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_row, ENABLE ALWAYS TRIGGER append_only_table;
"""
GRANT = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role};
"""
REVOKE = "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role};"


def append_only_tables() -> list[str]:
    return sorted(m._meta.db_table for m in apps.get_models() if issubclass(m, AppendOnly) and m._meta.managed)


def create_extensions(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for name in EXTENSIONS:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")


def apply(connection: BaseDatabaseWrapper) -> None:
    """Put up both walls, as the owner; harmless to repeat. Tables that are not there yet are passed over."""
    present = set(connection.introspection.table_names())
    if "django_migrations" not in present:
        return
    tables = [sql.Identifier(name) for name in append_only_tables() if name in present]
    statements = [sql.SQL(REFUSE)] + [sql.SQL(GUARD).format(table=table) for table in tables]
    app, owner = settings.DATABASES["default"]["USER"], settings.DATABASE_OWNER["USER"]
    if app != owner:
        role = sql.Identifier(app)
        statements.append(sql.SQL(GRANT).format(role=role))
        statements += [sql.SQL(REVOKE).format(table=table, role=role) for table in tables]
    with connection.cursor() as cursor:
        # without parameters PostgreSQL takes them all at once, as one transaction
        cursor.execute(sql.Composed(statements).as_string(cursor.connection))
