"""The house (docs/house.md, Floors): a unit imports only units below it; within a floor a lower row never an upper."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# from the ground up; a unit may import every unit before it, and itself
UNITS = ["backoffice.core", "backoffice.relations", "backoffice.catalog", "sales", "sales.documents", "payments", "pos"]
# of each unit: its rooms from the ground up; a room imports what stands in a row below it, not what stands beside it
ROOMS = {
    "backoffice.core": """
        errors models money formats days fields gtin paging limit logs unpack drawings progress jobs static
        db input search tabular pictures outbox health upkeep
        locks sessions sorting
        numbers keys journal
        chain
        backup invariants inspection
        forms http templating
        imports
        middleware views
        urls worker checks
        tasks
    """,
    "backoffice.relations": """
        models countries passwords postcodes operator
        rights validators journal_words
        selectors journal_list journal_rows branch_tabs
        services
        throttle imports backends middleware context
        forms forms_profile
        views
        urls urls_entry checks
    """,
    "backoffice.catalog": """
        models prices
        codes colour_pages stock
        offers
        selectors
        services
        imports
        forms
        views
        urls invariants journal_words
    """,
    "sales": """
        addresses extra line_pages pricing
        models
        status worklists grid
        totals
        selectors lists
        figures search_everywhere journal_words
        services
        history invariants
        forms_extra
        forms forms_setup
        views
        urls urls_search
        tasks
    """,
    "sales.documents": """
        codes pdf picking reading sheets wording
        models
        confirmation tables
        papers picklist slip ubl bulk
        large
        services
        forms forms_slips
        views
        urls checks invariants journal_words
        tasks
    """,
    "payments": """
        models
        totals
        selectors terminals
        papers
        services
        dialogs
        forms forms_reports forms_setup
        views
        urls invariants journal_words
    """,
    "pos": """
        models
        selectors buttons day_report slip
        roll middleware
        escpos
        services
        forms
        views
        urls invariants journal_words
        tasks demo
    """,
}  # fmt: skip
TOP = {"apps", "admin", "management", "migrations"}  # of every unit: what registers, is typed, or was
COMPOSITION = "backoffice"  # settings, urls, wsgi: imported by nobody, reaches upward by name alone


BY_NAME = {"import_module", "import_string", "__import__"}


def unit_of(module: str) -> str:
    """The unit that a module belongs to: the longest that fits, backoffice itself, or "" for what is not ours."""
    fits = [unit for unit in [*UNITS, COMPOSITION] if module == unit or module.startswith(unit + ".")]
    return max(fits, key=len, default="")


def imports_of(path: Path, module: str):
    """(line, module) of every import in a file, relative ones spelled out, `from a import b` as a.b."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module if path.name == "__init__.py" else module.rpartition(".")[0]
            parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parts, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{name.name}") for name in node.names)
        elif isinstance(node, ast.Call) and called(node.func) in BY_NAME:
            yield from ((node.lineno, str(name.value)) for name in node.args[:1] if isinstance(name, ast.Constant))


def called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def files():
    for top in ("backoffice", "sales", "payments", "pos"):
        for path in sorted((ROOT / top).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield path, module


def room_of(module: str, unit: str) -> str:
    """The room of a unit that a module is, or lies in."""
    return module.removeprefix(unit).removeprefix(".").split(".")[0]


def row_of(room: str, unit: str) -> int:
    """How high a room stands in its unit; what is top stands highest."""
    rows = [row.split() for row in ROOMS[unit].strip().splitlines()]
    return next((height for height, row in enumerate(rows) if room in row), len(rows))


def upward(path: Path, module: str) -> list[str]:
    """What the file imports although it may not, each with its line."""
    found, unit = [], unit_of(module)
    for line, target in imports_of(path, module):
        other = unit_of(target)
        if not other:
            continue
        here = f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{line}: {module} imports {target}"
        if other == COMPOSITION:
            if unit != COMPOSITION:
                found.append(f"{here}: the project package is imported by nobody")
        elif unit == COMPOSITION:
            if other != "backoffice.core":
                found.append(f"{here}: the project package reaches upward by name alone")
        elif UNITS.index(other) > UNITS.index(unit):
            found.append(f"{here}: {unit} stands below {other}")
        elif other == unit:
            own, theirs = room_of(module, unit), room_of(target, unit)
            if own != theirs and row_of(theirs, unit) >= row_of(own, unit):
                found.append(f"{here}: {own} does not stand above {theirs}")
    return found


def test_no_unit_imports_upward():
    checked = list(files())
    assert {unit_of(module) for _, module in checked} == {*UNITS, COMPOSITION}
    assert [problem for path, module in checked for problem in upward(path, module)] == []


def test_every_room_has_its_place():
    there = {(unit_of(module), room_of(module, unit_of(module))) for _, module in files()}
    there = {(unit, room) for unit, room in there if unit != COMPOSITION and room and room not in TOP}
    placed = [(unit, room) for unit, rows in ROOMS.items() for room in rows.split()]
    assert list(ROOMS) == UNITS and sorted(placed) == sorted(there)


@pytest.mark.parametrize(
    ("module", "source", "problem"),
    [
        ("backoffice.core.x", "from backoffice.relations.models import Branch", "backoffice.core stands below"),
        ("backoffice.relations.x", "import backoffice.catalog.models", "backoffice.relations stands below"),
        ("backoffice.catalog.x", "def f():\n    from sales import models", "backoffice.catalog stands below sales"),
        ("sales.views.x", "from sales.documents import pdf", "sales stands below sales.documents"),
        ("sales.views.x", "from .documents import pdf", ""),
        ("sales.x", "from .documents import pdf", "sales stands below sales.documents"),
        ("payments.x", "from pos.views import start", "payments stands below pos"),
        ("pos.x", "from backoffice.settings import DEBUG", "imported by nobody"),
        ("backoffice.urls", "from pos import urls", "by name alone"),
        ("sales.models", "from sales.services import drafts", "models does not stand above services"),
        ("sales.services.x", "from sales.views import order", "services does not stand above views"),
        ("sales.services.x", "from sales.services import drafts", ""),
        ("sales.tasks", "from sales.services import drafts", ""),
        ("sales.services.x", "from sales import tasks", "services does not stand above tasks"),
        ("pos.services.x", "def f():\n    from pos.tasks import print_receipts", "services does not stand above tasks"),
        ("sales.status", "from sales import grid", "status does not stand above grid"),
        ("sales.apps", "from sales import tasks", ""),
        ("sales.x", "import_module('pos.demo')", "sales stands below pos"),
        ("sales.x", "importlib.import_module('payments.models')", "sales stands below payments"),
        ("backoffice.core.x", "import_string('sales.models.SalesOrder')", "backoffice.core stands below sales"),
        ("sales.documents.x", "from sales.views import order", ""),
        ("pos.x", "from payments import models", ""),
    ],
)
def test_the_test_sees_an_import_upward(tmp_path, module, source, problem):
    path = tmp_path / "x.py"
    path.write_text(source)
    found = upward(path, module)
    assert [problem in text for text in found] == ([True] if problem else [])


def test_no_file_is_too_long_to_read():
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path, module in files()}
    assert {name: lines for name, lines in long.items() if lines > 450 and "/migrations/" not in name} == {}
