"""Every action that is ever written has words: what the code can write, and what all services and the demo shop do."""

import ast
import importlib
import re
from pathlib import Path

import pytest
from django import forms
from django.contrib import admin
from django.db import transaction

from backoffice.catalog.models import Article, SizeRange
from backoffice.core.models import JournalEntry
from backoffice.relations import journal_rows, journal_words
from payments.models import LedgerEntry, TerminalPayment
from pos import demo
from sales.models import SalesOrder
from tests.services import World, registered
from tests.test_floors import files

JOURNAL = "backoffice.core.journal"
# an action that is put together, and what can stand in it
KINDS = {LedgerEntry.Kind.DROP.value, LedgerEntry.Kind.FLOAT.value}  # move_cash refuses the others
STATES = set(TerminalPayment.State.values) - set(TerminalPayment.PENDING)
PARTS = {
    "payments.session.{kind}": lambda: {f"payments.session.{kind}" for kind in KINDS},
    "payments.terminal.{held.state}": lambda: {f"payments.terminal.{state}" for state in STATES},
    "setup.{row._meta.model_name}.{verb}": lambda: {
        f"setup.{model._meta.model_name}.{verb}" for model in set_up() for verb in ("created", "changed")
    },
}
# keys, ids of that kind, values as they are stored, amounts with a dot
RAW = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|[a-z]_[a-z]|\b[a-z]+\.[a-z]+|[{\[]['\d]|\b(?:True|False|None)\b|\d\.\d\d\b")


def set_up() -> set:
    """The tables that the screens of Beheer and the admin save."""
    for path, module in files():
        if path.stem.startswith("forms"):
            importlib.import_module(module)
    saved = {form._meta.model for form in forms.ModelForm.__subclasses__() if form.__module__.split(".")[0] != "django"}
    ours = {model for model in [*saved, *admin.site._registry] if model._meta.label in journal_words.THINGS}
    return (ours | {SizeRange}) - {Article, SalesOrder}  # which services of their own save, without a word of setup


class Source:
    """One file: its functions, and the modules and names that it imports."""

    def __init__(self, path: Path, module: str):
        self.module, self.tree = module, ast.parse(path.read_text())
        imports = [node for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom)]
        self.names = {one.asname or one.name: (node.module or "", one.name) for node in imports for one in node.names}
        found = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]
        classes = [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]
        self.makers: dict[str, ast.FunctionDef | ast.ClassDef] = {node.name: node for node in [*classes, *found]}
        self.inside = {id(node): function for function in found for node in ast.walk(function)}

    def target(self, called: ast.expr) -> tuple[str, str]:
        if isinstance(called, ast.Name):
            return self.names.get(called.id, (self.module, called.id))
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            return ".".join(self.names.get(called.value.id, ("", ""))), called.attr
        return "", ""

    def calls(self, module: str, name: str):
        """(what it stands in, positional arguments, those with a name) of every call of the function."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                called, args = node.func, node.args
                if self.target(called) == ("functools", "partial"):
                    called, *args = args
                if self.target(called) == (module, name):
                    yield self.inside.get(id(node)), args, {word.arg: word.value for word in node.keywords}

    def value(self, node: ast.expr, function: ast.FunctionDef | None) -> set:
        """What an expression can be: texts, and (module, function, parameter) where whoever calls it says so."""
        if isinstance(node, ast.IfExp):
            return self.value(node.body, function) | self.value(node.orelse, function)
        if isinstance(node, ast.JoinedStr):
            return PARTS[ast.unparse(node)[2:-1]]()
        if isinstance(node, ast.Subscript):
            return set(self.constant(node.value).values())
        if isinstance(node, ast.Name) and (given := [one for one in assigned(function) if one[0] == node.id]):
            return set().union(*(self.value(value, function) for _name, value in given))
        if isinstance(node, ast.Name) and function and node.id in names_of(function):
            return {(self.module, function.name, node.id)}
        if isinstance(node, ast.Attribute) and function and (kind := kind_of(node.value, function)):
            return {(*self.target(kind), node.attr)}  # a field: whoever makes the value says so
        return {node.value if isinstance(node, ast.Constant) else self.constant(node)}

    def constant(self, node: ast.expr):
        module, name = self.target(node)
        return getattr(importlib.import_module(module), name)


def assigned(function: ast.FunctionDef | None) -> list[tuple[str, ast.expr]]:
    """(name, value) of what the function calls so."""
    nodes = ast.walk(function) if function else ()
    return [(node.targets[0].id, node.value) for node in nodes if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)]  # fmt: skip


def kind_of(node: ast.expr, function: ast.FunctionDef) -> ast.expr | None:
    """The class by which the function annotates what it is given under this name."""
    given = [*function.args.args, *function.args.kwonlyargs]
    return next((one.annotation for one in given if isinstance(node, ast.Name) and one.arg == node.id), None)


def fields_of(made: ast.ClassDef) -> dict[str, ast.expr | None]:
    """{field of a dataclass: its default}, in order."""
    return {node.target.id: node.value for node in made.body if isinstance(node, ast.AnnAssign)}  # type: ignore[union-attr]


def names_of(maker: ast.FunctionDef | ast.ClassDef) -> list[str]:
    if isinstance(maker, ast.ClassDef):
        return list(fields_of(maker))
    return [one.arg for one in [*maker.args.args, *maker.args.kwonlyargs]]


def defaults(maker: ast.FunctionDef | ast.ClassDef) -> dict:
    if isinstance(maker, ast.ClassDef):
        return fields_of(maker)
    spec = maker.args
    last = [one.arg for one in spec.args][len(spec.args) - len(spec.defaults) :]
    return dict(zip([*last, *(one.arg for one in spec.kwonlyargs)], [*spec.defaults, *spec.kw_defaults], strict=True))


def written(sources: dict[str, Source]) -> set[str]:
    """Every action that the code can write: of each call of the journal, and of whoever hands an action on to one."""
    found: set[str] = set()
    asked, known = [(JOURNAL, "write", "action"), (JOURNAL, "record", "action")], set()
    while asked:
        module, name, parameter = one = asked.pop()
        if one in known:
            continue
        known.add(one)
        maker = sources[module].makers[name]
        places, unsaid = names_of(maker), defaults(maker).get(parameter)
        given = [] if unsaid is None else [(sources[module], unsaid, None)]
        for source in sources.values():
            for around, args, words in source.calls(module, name):
                at = places.index(parameter) if parameter in places else len(args)
                node = words.get(parameter) or (args[at] if at < len(args) else None)
                given += [] if node is None else [(source, node, around)]  # journal.record hands on all it was given
        for source, node, around in given:
            values = source.value(node, around)
            found |= {value for value in values if isinstance(value, str)}
            asked += [value for value in values if isinstance(value, tuple)]
    return found


def sources() -> dict[str, Source]:
    return {module: Source(path, module) for path, module in files()}


def raw(rows: list[dict]) -> list[str]:
    """What the screen would show as it is stored."""
    shown = [(row["entry"].action, text) for row in rows for text in (row["said"], row["subject"], *row["told"])]
    return [f"{action}: {text}" for action, text in shown if RAW.search(text) or text == action]


def test_every_action_that_the_code_can_write_has_words_and_an_area():
    actions = written(sources())
    for known in (
        "sales.order.amended", "payments.deposit.registered", "payments.till.paid", "payments.session.drop",
        "payments.terminal.declined", "setup.brand.created", "setup.sizerange.changed", "employee.login_failed",
        "documents.mail.retried", "till.device.released", "catalog.stock.corrected", "journal.exported",
    ):  # fmt: skip
        assert known in actions
    assert sorted(actions - set(journal_words.ACTIONS)) == []
    assert sorted(set(journal_words.ACTIONS) - actions) == []  # and no words of what nobody writes
    assert {action.partition(".")[0] for action in actions} == {area for area, _label in journal_words.AREAS}


MADE_UP = """
from functools import partial
from backoffice.core import journal

DANCED = "till.danced"

def sing(till):
    journal.write(action="till.sung", about=till)

def dance(till, again):
    partial(journal.record, action=DANCED if again else "till.whistled")()

def _note(till, what="till.hummed"):
    journal.write(action=what, about=till)

def hum(till):
    _note(till)
    _note(till, "till.clapped")
"""


def test_an_action_without_words_is_found_however_it_is_written(tmp_path, monkeypatch):
    (tmp_path / "made_up_singing.py").write_text(MADE_UP)
    monkeypatch.syspath_prepend(tmp_path)
    made_up = {"made_up_singing": Source(tmp_path / "made_up_singing.py", "made_up_singing")}
    without = written(sources() | made_up) - set(journal_words.ACTIONS)
    assert without == {"till.sung", "till.danced", "till.whistled", "till.hummed", "till.clapped"}


@pytest.mark.parametrize(
    "text", ["verkooporder 5bc11c45-0f7a-4c", "vat_mode", "employee.login", "lijst: [1]", "Actief: True", "€ 12.50"]
)
def test_what_is_raw_is_seen(text):
    assert RAW.search(text)


def test_what_every_service_writes_reads_as_words(db):
    world, services = World(), registered()
    done, about, wrong = set(), set(), []
    for action, values in world.calls().items():
        with transaction.atomic():
            services[action](**{"employee": world.s.admin} | values())
            rows = journal_rows.drawn(JournalEntry.objects.select_related("branch", "employee").order_by("pk"))
            done |= {row["entry"].action for row in rows}
            about |= {row["entry"].object_type for row in rows}
            wrong += raw(rows)
            transaction.set_rollback(True)
    assert sorted(set(wrong)) == []
    assert len(done) > 45 and done <= set(journal_words.ACTIONS)
    assert sorted(about - set(journal_words.THINGS)) == []


def test_what_the_demo_shop_did_reads_as_words(db):
    demo.load(order_count=20)
    rows = journal_rows.drawn(JournalEntry.objects.order_by("pk"))
    assert {"customer.untaxed", "payments.deposit.registered", "sales.order.amended"} <= {
        r["entry"].action for r in rows
    }
    assert raw(rows) == []
