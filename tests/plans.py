"""What PostgreSQL is going to do, with the statistics that a running shop has."""

from django.db import connection

from backoffice.core.db.roles import as_owner


def plan_of(statement: str, *tables: str) -> str:
    """The plan of the statement, after the tables were analysed by their owner: their rows must be committed."""
    with as_owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {table}")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(row[0] for row in cursor.fetchall())
