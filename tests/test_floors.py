"""The house (docs/house.md, Floors): a unit imports only units below it; within a floor a lower row never an upper."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# from the ground up; a unit may import every unit before it, and itself
UNITS = ["backoffice.core", "backoffice.relations", "backoffice.catalog", "sales", "sales.documents", "payments", "pos"]
# of one app: what a file may import of its own app, from the ground up
LAYERS = ["models", "status", "totals", "selectors", "services", "forms", "views", "urls"]
COMPOSITION = "backoffice"  # settings, urls, wsgi: imported by nobody, reaches upward by name alone


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


def files():
    for top in ("backoffice", "sales", "payments", "pos"):
        for path in sorted((ROOT / top).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield path, module


def layer_of(module: str, unit: str) -> int | None:
    first = module.removeprefix(unit + ".").split(".")[0].split("_")[0]
    return LAYERS.index(first) if first in LAYERS else None


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
            own, theirs = layer_of(module, unit), layer_of(target, unit)
            if own is not None and theirs is not None and theirs > own:
                found.append(f"{here}: {LAYERS[own]} stand below {LAYERS[theirs]}")
    return found


def test_no_unit_imports_upward():
    checked = list(files())
    assert {unit_of(module) for _, module in checked} == {*UNITS, COMPOSITION}
    assert [problem for path, module in checked for problem in upward(path, module)] == []


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
        ("sales.models", "from sales.services import drafts", "models stand below services"),
        ("sales.services.x", "from sales.views import order", "services stand below views"),
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
