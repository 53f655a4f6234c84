"""From requests to figures: interleaved rounds, percentiles, statements, and the table."""

import gc
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench.actions import Action, Request, warm_up
from tests.bench.servers import Wire

LONGEST = 3  # p99 at most so many times p50
# who it is, and the edges of a transaction: not the action's own
WHO = (
    'FROM "django_session"',
    'FROM "relations_employee" WHERE',
    'FROM "relations_employeerole"',
    'FROM "relations_till" ',
)
EDGES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass
class Row:
    """One row of the table. Times in milliseconds unless `unit` says otherwise."""

    name: str
    title: str
    rounds: int
    p50: float
    p99: float | None = None
    floor: float | None = None
    ratio: float | None = None
    aim: float | None = None
    statements: int | None = None
    statements_aim: int | None = None
    unit: str = "ms"
    note: str = ""
    problems: list[str] = field(default_factory=list)

    def judge(self) -> "Row":
        """Fill in what is missed and by how much."""
        measured = self.ratio if self.ratio is not None else self.p50
        if self.aim is not None and measured > self.aim:
            self.problems.append(f"{measured / self.aim - 1:.0%}")
        if self.p99 is not None and self.p99 > LONGEST * self.p50:
            self.problems.append(f"p99 {self.p99 / self.p50:.1f} x p50")
        if self.statements_aim is not None and self.statements > self.statements_aim:
            self.problems.append(f"{self.statements - self.statements_aim} statements")
        return self

    @property
    def verdict(self) -> str:
        if self.problems:
            return "missed by " + ", ".join(self.problems)
        return "ok" if self.aim is not None else ""


def percentile(times: list[float], part: float) -> float:
    return sorted(times)[max(math.ceil(part * len(times)) - 1, 0)]


def in_turn(rounds: int, ours: Callable[[int], float], theirs: Callable[[int], float] | None):
    """A B A B: warm-up, then the milliseconds of each round, ours and theirs."""
    warm = warm_up(rounds)
    a, b = [], []
    gc.collect()
    gc.disable()
    try:
        for n in range(warm + rounds):
            mine = ours(n)
            floor = theirs(n) if theirs else 0.0
            if n >= warm:
                a.append(mine * 1000)
                b.append(floor * 1000)
    finally:
        gc.enable()
    return a, b


def over_the_wire(action: Action, product: Wire, floor: Wire, shop, done: dict[str, Row]) -> Row:
    def sender(wire: Wire, make: Callable[[int], Request]):
        def send(n: int) -> float:
            request = make(n)
            return wire.send(request.method, request.path, request.values, request.headers, request.expected)

        return send

    below = product if action.own_floor else floor
    ours, theirs = in_turn(
        action.rounds, sender(product, action.ask), sender(below, action.floor) if action.floor else None
    )
    row = Row(action.name, action.title, action.rounds, percentile(ours, 0.5), percentile(ours, 0.99), aim=action.ratio)
    if action.floor:
        row.floor = percentile(theirs, 0.5)
        row.ratio = row.p50 / row.floor
    if action.beside in done:
        row.note = f"{row.ratio:.1f} x floor; the ratio is to page 1"
        row.ratio = row.p50 / done[action.beside].p50
    row.statements = len(own_statements(shop, action.ask(action.rounds + warm_up(action.rounds))))
    row.statements_aim = action.statements
    return row.judge()


def own_statements(shop, request: Request) -> list[str]:
    """The statements of the action itself, in this process."""
    with CaptureQueriesContext(connection) as captured:
        response = shop.send(request.method, request.path, request.values, request.headers)
    if response.status_code != request.expected:
        raise RuntimeError(f"{request.method} {request.path} answered {response.status_code} in this process")
    return [q["sql"] for q in captured if not q["sql"].startswith(EDGES) and not any(who in q["sql"] for who in WHO)]


def table(rows: list[Row]) -> str:
    head = ("action", "rounds", "p50", "p99", "floor p50", "ratio", "aim", "statements", "")
    body = [head, *(_cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in body) for i in range(len(head))]
    lines = []
    for cells in body:
        first, *rest, last = [
            cell.ljust(width) if i in (0, len(head) - 1) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        lines.append("  ".join([first, *rest, last]).rstrip())
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    unit = {"ms": "", "s": " s", "MiB": " MiB"}[row.unit]
    places = 1 if row.unit == "MiB" else 2
    statements = "" if row.statements is None else str(row.statements)
    if row.statements_aim is not None:
        statements += f" of {row.statements_aim}"
    aim = "" if row.aim is None else f"{row.aim:g} x" if row.ratio is not None else f"{row.aim:g}{unit}"
    return (
        row.title,
        str(row.rounds),
        f"{row.p50:.{places}f}{unit}",
        "" if row.p99 is None else f"{row.p99:.2f}",
        "" if row.floor is None else f"{row.floor:.2f}",
        "" if row.ratio is None else f"{row.ratio:.2f} x",
        aim,
        statements,
        "  ".join(filter(None, (row.verdict, f"({row.note})" if row.note else ""))),
    )
