"""Where code can be made wrong, and the wrong code itself."""

import ast
import difflib
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from tests.mutants import operators

# what no operator looks at is not shown to them: most nodes are names, brackets and commas
LOOKED_AT = {
    "argument", "atom_expr", "comparison", "decorator", "except_clause", "factor", "for_stmt", "if_stmt", "keyword",
    "not_test", "number", "operator", "simple_stmt", "string", "test", "while_stmt", "assert_stmt",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file. diff: its lines that go (-) and come (+), without context."""

    path: str
    line: int
    kind: str
    code: str
    diff: str

    def __str__(self):
        return f"{self.path}:{self.line} ({self.kind})\n{self.diff}"


def find(source: str) -> dict[tuple[int, int], list[tuple[operators.Operator, int]]]:
    """Every (line, column) that can be changed, with the operators and which of their occurrences it is."""
    hints, places = _annotations(source), defaultdict(list)  # a hint of a type changes no behaviour
    nodes = [node for node in ast_nodes(get_ast(source)) if node.type in LOOKED_AT]
    for operator in operators.every():
        occurrence = 0
        for node in nodes:
            for start, _end in operator.mutation_positions(node):
                if not inert(node) and not any(first <= start < last for first, last in hints):
                    places[start].append((operator, occurrence))
                occurrence += 1
    return places


def inert(node) -> bool:
    """What can be changed without a change of behaviour: the * between parameters, what only forbids or remembers."""
    above = node.parent
    if above.type == "argument" and above.children[0].type == "name":
        return above.children[0].value in ("frozen", "slots", "strict")
    if node.type == "decorator":
        return node.get_code().strip().removeprefix("@").removeprefix("functools.") == "cache"
    return above.type in ("parameters", "lambdef")


def make(
    path: str, source: str, place: tuple[int, int], operator: operators.Operator, occurrence: int
) -> Mutant | None:
    """The mutant, or None where it is no Python or means the same."""
    code = mutate_code(source, operator, occurrence)
    try:
        if code is None or ast.dump(ast.parse(code)) == ast.dump(ast.parse(source)):
            return None
    except SyntaxError:
        return None
    lines = difflib.unified_diff(source.splitlines(), code.splitlines(), n=0, lineterm="")
    diff = "\n".join(line for line in lines if line[:3] not in ("---", "+++") and line[:2] != "@@")
    return Mutant(path, place[0], type(operator).__name__, code, diff)


def sample(root: Path, paths: list[str], seed: int) -> Iterator[Mutant]:
    """Mutants without end but that of the code: places in random order, of each place one change by chance."""
    chance = random.Random(seed)
    sources = {path: (root / path).read_text() for path in paths}
    places = [(path, place, ways) for path, source in sources.items() for place, ways in sorted(find(source).items())]
    chance.shuffle(places)
    for path, place, ways in places:
        chance.shuffle(ways)
        made = (make(path, sources[path], place, *way) for way in ways)
        yield from [mutant for mutant in made if mutant][:1]


def at(root: Path, path: str, line: int) -> Iterator[Mutant]:
    """Every mutant of one line."""
    source = (root / path).read_text()
    for place, ways in sorted(find(source).items()):
        if place[0] == line:
            yield from filter(None, (make(path, source, place, *way) for way in ways))


def _annotations(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    found = []
    for node in ast.walk(ast.parse(source)):
        hints = (getattr(node, name, None) for name in ("annotation", "returns"))
        found += [((h.lineno, h.col_offset), (h.end_lineno, h.end_col_offset)) for h in hints if h]
    return found
