"""What the screen shows before anything goes in: the columns, the first rows as read, the counts, every error."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from backoffice.core import tabular
from backoffice.core.errors import Refusal
from backoffice.core.imports import mapping
from backoffice.core.imports.importer import SHOWN, Importer, Problems, Source

EXAMPLES = 3
ROWS = 20


@dataclass
class Column:
    """One column of the file with what it holds and the field that it feeds."""

    index: int
    name: str
    target: str
    examples: list[str]
    error: str = ""


@dataclass
class Preview:
    """What the worker read, kept on the job until it starts, as JSON.

    refusals: what stands in the way before the rows (columns, branch); errors: what is wrong in the rows; doubts: which
    rows may be about what is there already.
    """

    description: str
    columns: list[Column]
    header: list[tuple[str, str]] = field(default_factory=list)  # name and class of each column
    rows: list[list[tuple[str, str]]] = field(default_factory=list)
    sentence: str = ""
    facts: list[tuple[str, int]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    total: int = 0
    refusals: list[str] = field(default_factory=list)
    branch_error: str = ""
    asks_branch: bool = False
    doubts: list[tuple[int, str, str]] = field(default_factory=list)  # row, value, sentence
    doubts_total: int = 0

    @property
    def ready(self) -> bool:
        return not (self.refusals or self.total)

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Preview":
        return cls(**kept | {"columns": [Column(**one) for one in kept["columns"]]})


def checked(importer: Importer, source: Source, options: dict, progress=lambda done: None):
    """The plan for the whole file and what is wrong with it; writes nothing."""
    problems = Problems()
    if importer.stock_field and importer.stock_field in source and not options.get("branch"):
        raise Refusal("import.branch", _("Kies het filiaal waar de voorraad ligt."), "branch")
    return importer.check(source, problems, options, progress), problems


def undecided() -> Refusal:
    """Why a file with doubtful rows cannot go in yet."""
    return Refusal("import.doubtful", _("Kies wat er gebeurt met de rijen die er misschien al zijn."), "doubtful")


def preview(
    importer: Importer, table: tabular.Table, columns: dict[str, str], options: dict, progress=lambda done: None
) -> Preview:
    """Go through the whole file as it would go in; writes nothing."""
    shown = Preview(table.description, _columns(table, columns))
    shown.asks_branch = bool(importer.stock_field) and importer.stock_field in columns.values()
    try:
        source = Source(table, mapping.places(importer, table.header, columns))
        plan, problems = checked(importer, source, options, progress)
    except Refusal as refusal:
        for one in getattr(refusal, "all", [refusal]):
            _place(shown, one)
        return shown
    names, rows = importer.shown(plan, ROWS)
    classes = ["num" if name in importer.figures else "" for name in names]
    shown.header = list(zip(names, classes, strict=True))
    shown.rows = [list(zip(row, classes, strict=True)) for row in rows]
    counts = importer.counts(plan)
    shown.sentence, shown.facts = importer.sentence(counts), importer.facts(counts)
    doubts = importer.doubts(plan)
    shown.doubts, shown.doubts_total = doubts[:SHOWN], len(doubts)
    if doubts and not options.get("doubtful"):
        _place(shown, undecided())
    shown.errors, shown.total = problems.sorted(), problems.total
    return shown


def _columns(table: tabular.Table, chosen: dict[str, str]) -> list[Column]:
    columns = [Column(i, name, chosen.get(name, ""), []) for i, name in enumerate(table.header)]
    for seen, (_number, cells) in enumerate(table.rows()):
        for column in columns:
            value = cells[column.index]
            if value and value not in column.examples and len(column.examples) < EXAMPLES:
                column.examples.append(value[:40])
        if seen > 200:
            break
    return columns


def _place(shown: Preview, refusal: Refusal) -> None:
    """Mark the column or the branch that a refusal is about."""
    shown.refusals.append(refusal.message)
    if refusal.field == "branch":
        shown.branch_error = refusal.message
    for column in shown.columns:
        if refusal.field == f"column-{column.index}":
            column.error = refusal.message
