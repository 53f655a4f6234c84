"""What one kind of import brings along, and what it is given: fields, a source of rows, a list of problems."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from backoffice.core.tabular import Table

SHOWN = 200  # problems that are kept; the others are only counted


@dataclass(frozen=True)
class Field:
    """One of our fields, and the headers by which it is recognised (compared without case, accents and signs)."""

    name: str
    label: Any  # text, perhaps translated when it is shown
    synonyms: tuple[str, ...] = ()
    required: bool = False


@dataclass
class Problems:
    """What is wrong, by row and column, in the order of the file."""

    total: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)

    def add(self, row: int, column: str, value: object, sentence: str) -> None:
        self.total += 1
        if len(self.shown) < SHOWN:
            text = str(value or "")
            text = text if len(text) <= 60 else f"{text[:59]}…"
            self.shown.append({"row": row, "column": column, "value": text, "sentence": str(sentence)})

    def sorted(self) -> list[dict[str, Any]]:
        return sorted(self.shown, key=lambda problem: problem["row"])

    def __bool__(self) -> bool:
        return self.total > 0


@dataclass
class Source:
    """The rows of a table as {field: text}, by the chosen columns."""

    table: Table
    places: dict[str, int]  # field name -> column

    def __contains__(self, name: str) -> bool:
        return name in self.places

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        places = list(self.places.items())
        for number, cells in self.table.rows():
            yield number, {name: cells[place] for name, place in places}

    def header(self, name: str, default: str = "") -> str:
        """The file's own name for the column of a field, for messages."""
        return self.table.header[self.places[name]] if name in self.places else default

    def point(self, name: str) -> bool:
        """Whether the figures of this column have a decimal point."""
        return self.places.get(name) in self.table.points


Progress = Callable[[float], None]  # told how much is done, 0 to 1


@dataclass(frozen=True)
class Importer:
    """One kind of import.

    check(source, problems, options, progress) reads everything and returns a plan, writing nothing.
    apply(plan, employee=, options=, source=, progress=) writes the plan inside the caller's transaction.
    counts(plan) says what is new and what changes; sentence(counts) and facts(counts) say it in Dutch, short and whole.
    shown(plan, limit) gives the first rows as they are read: their headers, and cells of text.
    doubts(plan) gives the rows (row, value, sentence) that may be about what is there already; what becomes of them is
    asked once per file, and options["doubtful"] says it: update, new or skip.
    """

    kind: str
    fields: tuple[Field, ...]
    check: Callable[..., Any]
    apply: Callable[..., None]
    counts: Callable[[Any], dict[str, int]]
    sentence: Callable[[dict[str, int]], str]
    facts: Callable[[dict[str, int]], list[tuple[str, int]]]
    shown: Callable[[Any, int], tuple[list[str], list[list[str]]]]
    doubts: Callable[[Any], list[tuple[int, str, str]]] = lambda plan: []
    figures: tuple[Any, ...] = ()  # headers of shown() that stand to the right
    stock_field: str = ""  # with this field mapped, a branch must be chosen

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)


def importer_of(kind: str) -> Importer:
    return import_string(settings.IMPORTERS[kind])
