"""The model knows nothing of the product, and refusing leaves it as it was."""

import ast
from datetime import date
from pathlib import Path

import pytest

from tests.oracle import counter, prices
from tests.oracle.days import forget, remember
from tests.oracle.model import Article, No, Person, Shop
from tests.oracle.sums import D

HERE = Path(__file__).parent
MODEL = ("sums", "model", "prices", "money", "counter", "desk", "rating")
ALLOWED = {"datetime", "decimal", "fractions", "dataclasses", "collections", "typing", "copy"}


def imported(path: Path) -> set[str]:
    """Whatever a file imports, also inside functions: the modules by their full names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, path
            names = {f"{node.module}.{name.name}" for name in node.names}
            found |= names if node.module == "tests.oracle" else {str(node.module)}
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("__import__", "import_module"):
            raise AssertionError(f"{path} imports by name")
    return found


def test_the_model_imports_nothing_of_the_product():
    """Walks the imports from each file of the model on: only files of the model, and plain parts of Python."""
    todo, seen = [f"tests.oracle.{name}" for name in MODEL], set()
    while todo:
        module = todo.pop()
        if module in seen:
            continue
        seen.add(module)
        for name in imported(HERE / f"{module.rpartition('.')[2]}.py"):
            if name.startswith("tests.oracle."):
                assert name.split(".")[2] in MODEL, f"{module} imports {name}"
                todo.append(".".join(name.split(".")[:3]))
            else:
                assert name.split(".")[0] in ALLOWED, f"{module} imports {name}"
    assert len(seen) == len(MODEL)


def test_what_is_forgotten_is_as_it_was_before():
    """A day puts the model back when a step is refused: every value, and every list and table in it."""
    coat, who = Article("jas", D(121), "high"), Person("seller", 10)
    shop = Shop(
        date(2026, 11, 25), {"U1": "Utrecht"}, [coat], [], {"seller": who}, {"high": [(date(2019, 1, 1), D(21))]}
    )
    order = counter.basket(shop, "U1", who)
    prices.add(shop, order, [(coat, D(1))], who, shop.today)
    kept = remember(shop)
    prices.add(shop, order, [(Article("boek", D(50), "high"), D(1))], who, shop.today)
    counter.park(shop, "U1")
    with pytest.raises(No):
        prices.set_line(order, order.lines[0], who, off=("percent", D(50)), reason="zomaar")
    forget(kept)
    assert [(line.article, line.pieces, line.off_percent, line.allowed) for line in order.lines] == [
        (coat, 1, 0, (0, 0))
    ]
    assert shop.on == {"U1": order} and not order.parked and order.gross == 121


def test_no_file_of_the_oracle_is_long():
    assert [path.name for path in HERE.glob("*.py") if len(path.read_text().splitlines()) > 400] == []
