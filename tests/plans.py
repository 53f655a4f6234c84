"""What PostgreSQL is going to do, with the statistics that a running shop has."""

from collections import Counter
from collections.abc import Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.db.roles import as_owner


def plan_of(statement: str, *tables: str) -> str:
    """The plan of the statement, after the tables were analysed by their owner: their rows must be committed."""
    with as_owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {table}")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(row[0] for row in cursor.fetchall())


def rows_read(client, url: str, **headers: str) -> tuple[Counter, str]:
    """How many rows of each table a page reads, also those that it then leaves out; and what it reads them for.

    {table: rows, of the statement that reads most of it}; the statements behind it as text, for who must mend one.
    """
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url, headers=headers)
        statements = [q["sql"] for q in captured if q["sql"].lstrip("( \n").startswith(("SELECT", "WITH"))]
    assert answer.status_code == 200, (url, answer.status_code)
    most, told = Counter(), {}
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")
            for table, rows in _of_tables(cursor.fetchone()[0][0]["Plan"]).items():
                if rows > most[table]:
                    most[table], told[table] = rows, statement
    return most, "\n".join(f"{table} {rows}: {told[table][:600]}" for table, rows in most.most_common(5))


def _of_tables(plan: dict) -> Counter:
    found = Counter()
    for node in _nodes(plan):
        if "Relation Name" in node:
            each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            found[node["Relation Name"]] += round(each * node["Actual Loops"])
    return found


def _nodes(node: dict) -> Iterator[dict]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)
