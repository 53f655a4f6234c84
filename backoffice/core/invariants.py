"""What always holds, asked of the database: a function per invariant, a line per breach (docs/rules.md, Invariants).

Each app registers its own in `invariants.py`, which its AppConfig imports:

    @invariant(6, "reserved = what open lines hold")
    def reserved(cursor) -> list[str]: ...

A function only reads, takes the cursor of the run, and names each breach by number or id. Where it can, it looks only
at what changed since the last clean run. In SQL that is spelled `@recent(o.changed_at)`, which is true for everything
in a full run; `@full` is true in a full run alone. See spell().
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from backoffice.core import chain
from backoffice.core.db.snapshot import snapshot
from backoffice.core.models import InvariantRun

Find = Callable[..., list[str]]
REGISTRY: list[tuple[int, str, Find]] = []
SETTING = "toonbank.invariants_since"
# a transaction may have begun long before its rows are seen, with the time of its beginning on them
MARGIN = timedelta(minutes=15)


@dataclass(frozen=True)
class Breach:
    number: int
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.number} {self.name}: {self.text}"


def invariant(number: int, name: str) -> Callable[[Find], Find]:
    """Register a function under a number of docs/rules.md, Invariants; several may share one."""

    def register(find: Find) -> Find:
        REGISTRY.append((number, name, find))
        return find

    return register


def spell(sql: str) -> str:
    """SQL with @recent(column) and @full as conditions on the moment from which this run looks."""
    since = f"nullif(current_setting('{SETTING}', true), '')"
    sql = re.sub(r"@recent\(([\w.]+)\)", rf"\1 >= coalesce({since}, '-infinity')::timestamptz", sql)
    return sql.replace("@full", f"{since} IS NULL")


def rows(cursor, sql: str, *values) -> list[str]:
    """The first column of what a query finds, as text. The query is spelled out first; its own % are doubled."""
    cursor.execute(spell(sql), values)
    return [str(row[0]) for row in cursor.fetchall()]


def breaches(numbers: Iterable[int] = (), since: datetime | None = None) -> list[Breach]:
    """All breaches as of one moment; of these numbers alone when they are named."""
    wanted, found = set(numbers), []
    with snapshot(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, since.isoformat() if since else ""])
        for number, name, find in sorted(REGISTRY, key=lambda each: each[0]):
            if not wanted or number in wanted:
                found += [Breach(number, name, text) for text in find(cursor)]
    return found


def run(*, full: bool = False) -> list[Breach]:
    """Look at what changed since the last clean run (full: at everything), and remember how it went."""
    began = timezone.now()
    clean = None if full else InvariantRun.objects.filter(breaches=0).order_by("-at").first()
    found = breaches(since=clean.at - MARGIN if clean else None)
    InvariantRun.objects.create(at=began, full=clean is None, breaches=len(found))
    return found


def gapless(cursor, kind: str, table: str, column: str = "number") -> list[str]:
    """Where a series of documents numbered KIND-YEAR-00001 has a gap, a number twice, or one beyond the series."""
    cursor.execute(
        f"WITH given AS (SELECT split_part({column}, '-', 2)::int AS year, split_part({column}, '-', 3)::int AS n"  # noqa: S608
        f" FROM {table} WHERE {column} LIKE %s || '-____-%%'),"
        " series AS (SELECT year, next_value - 1 AS last FROM core_numberseries WHERE kind = %s AND till_id IS NULL)"
        " SELECT coalesce(s.year, g.year), s.last, count(g.n), count(DISTINCT g.n), coalesce(max(g.n), 0)"
        " FROM series s FULL JOIN given g ON g.year = s.year GROUP BY 1, s.year, s.last, g.year"
        " HAVING s.last IS NULL OR count(g.n) <> s.last OR count(DISTINCT g.n) <> s.last"
        " OR coalesce(max(g.n), 0) <> s.last",
        [kind, kind],
    )
    return [
        f"{kind}-{year}: the series gave {last}, {count} stand ({distinct} different, the highest {highest})"
        for year, last, count, distinct, highest in cursor.fetchall()
    ]


def gapless_per_till(cursor, kind: str, table: str, column: str = "number") -> list[str]:
    """The same of a series per till, numbered UT1-YEAR-000001 or UT1-YEAR-Z00001."""
    cursor.execute(
        f"WITH given AS (SELECT till_id, split_part({column}, '-', -2)::int AS year,"  # noqa: S608
        f" ltrim(split_part({column}, '-', -1), 'Z')::int AS n FROM {table} WHERE {column} <> ''),"
        " series AS (SELECT till_id, year, next_value - 1 AS last FROM core_numberseries"
        " WHERE kind = %s AND till_id IS NOT NULL)"
        " SELECT till_id, year, s.last, count(g.n), count(DISTINCT g.n), coalesce(max(g.n), 0)"
        " FROM series s FULL JOIN given g USING (till_id, year) GROUP BY 1, 2, s.last"
        " HAVING s.last IS NULL OR count(g.n) <> s.last OR count(DISTINCT g.n) <> s.last"
        " OR coalesce(max(g.n), 0) <> s.last ORDER BY 1, 2",
        [kind],
    )
    return [
        f"{kind} of till {till}, {year}: the series gave {last}, {count} stand"
        f" ({distinct} different, the highest {highest})"
        for till, year, last, count, distinct, highest in cursor.fetchall()
    ]


@invariant(10, "the journal is a hash chain per branch")
def journal_chains(cursor) -> list[str]:
    return [str(found) for code, branch_id in chain.branches().items() for found in chain.breaks(branch_id, code)]
