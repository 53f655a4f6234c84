"""Which tests touch a line: recorded once, kept per file of tests until it or a file that it touched changes."""

import ast
import hashlib
import itertools
import json
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass, field
from pathlib import Path

# run by other commands, in processes of their own, or not about the code
LEFT_OUT = {"soak", "bench", "faults", "mutants"}
INNER = ("body", "handlers", "orelse", "finalbody", "cases")  # the statements in a statement


@dataclass
class Touched:
    """tests: {id: {seconds, passed, browser}}; lines: {path: {line: ids}}; the id "" is the import of the file."""

    tests: dict[str, dict] = field(default_factory=dict)
    lines: dict[str, dict[int, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    importers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, record: dict, changed: Set[str] = frozenset()) -> None:
        """changed: the files of which the lines are not those of the record any more."""
        self.tests |= record["tests"]
        for path, lines in record["lines"].items():
            for line, tests in lines.items() if path not in changed else ():
                self.lines[path][int(line)] |= set(tests)

    def of(self, path: str, source: str, line: int) -> list[str]:
        """The tests for a mutant of this line, the quickest first; those in a browser where there are no others."""
        span, everywhere = reach(source, line)
        first = set().union(*(self.lines[path].get(number, ()) for number in span))
        if everywhere or first == {""}:  # run at import: what it made is used in the whole file, and by its importers
            first |= self._of_file(path)
        chosen = self._sorted(first)
        if everywhere:
            more = set().union(*(self._of_file(other) for other in self.importers[path]))
            chosen += [test for test in self._sorted(more) if test not in first]
        return chosen

    def _of_file(self, path: str) -> set[str]:
        return set().union(*self.lines[path].values()) if path in self.lines else set()

    def _sorted(self, tests: set[str]) -> list[str]:
        good = sorted((t for t in tests if t and self.tests[t]["passed"]), key=lambda t: self.tests[t]["seconds"])
        return [t for t in good if not self.tests[t]["browser"]] or good


def reach(source: str, line: int) -> tuple[range, bool]:
    """The lines whose tests see a change of this one, and whether it is run at import, for whoever imports it.

    In a function its statement (of an if or a loop the head); for its own head or a decorator the whole function.
    """
    span, everywhere = range(1, len(source.splitlines()) + 1), True
    body = ast.parse(source).body
    while body:
        for node in body:
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
            if first <= line <= node.end_lineno:
                break
        else:
            break
        inner = [_whole(part) for name in INNER for part in getattr(node, name, ())]
        if isinstance(node, ast.FunctionDef):
            span, everywhere = range(first, node.end_lineno + 1), False
        elif isinstance(node, ast.ClassDef):
            span = range(first, node.end_lineno + 1)
        elif not everywhere:
            span = range(first, max(first + 1, inner[0].lineno) if inner else node.end_lineno + 1)
        body = inner
    return span, everywhere


def _whole(part):
    """A case of a match has no line of its own."""
    if isinstance(part, ast.match_case):
        part.lineno, part.end_lineno = part.pattern.lineno, part.body[-1].end_lineno
    return part


def test_files(root: Path, below: list[str]) -> list[str]:
    """The files of tests in these folders, in their order; a file names itself."""
    found = [path for place in below for path in sorted([root / place, *(root / place).rglob("test_*.py")])]
    names = [str(path.relative_to(root)) for path in found if path.is_file() and not LEFT_OUT & set(path.parts)]
    return list(dict.fromkeys(names))


def record(root: Path, kept: Path, below: list[str], processes: int, env: dict) -> Touched:
    """The record of the copy at root; what is missing in the folder `kept` is recorded now. Prints what it does."""
    hashes = {str(path.relative_to(root)): _hash(path) for path in root.rglob("*.py")}
    files, touched = test_files(root, below), Touched()
    missing = [file for file in files if not _valid(_read(kept, file), file, hashes, env)]
    if missing:
        print(f"Recording which lines {len(missing)} of {len(files)} files of tests touch ...", flush=True)
    for _folder, some in itertools.groupby(missing, lambda file: Path(file).parent):
        _record(root, kept, list(some), hashes, processes, env)
    for file in files:
        found = _read(kept, file)
        touched.add(found, {path for path, kind in found["files"].items() if hashes.get(path) != kind})
    for path in root.rglob("*.py"):
        name = str(path.relative_to(root))
        if name in touched.lines:
            for module in _imports(path, name):
                touched.importers[module].add(name)
    return touched


def _valid(record: dict, file: str, hashes: dict[str, str], env: dict) -> bool:
    """Nothing that the tests of the file touched has changed since, nor the file itself."""
    if not record or (record["no_browser"] and not env.get("MUTANTS_NO_BROWSER")):
        return False
    met = {path for path, lines in record["lines"].items() if any(ids != [""] for ids in lines.values())} | {file}
    return all(record["files"].get(path) == hashes.get(path) for path in met)


def _record(root: Path, kept: Path, files: list[str], hashes: dict[str, str], processes: int, env: dict) -> None:
    """The files of one folder, so that little is lost when it is broken off."""
    begun, parts = time.monotonic(), root / "record"
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.mutants.recording", "-p", "no:cacheprovider"]
    command += ["-n", str(processes), "--dist", "loadfile"] if processes > 1 else []
    # a mutant of the same second and length would be taken for what was compiled before it
    env |= {"MUTANTS_RECORD": str(parts), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([*command, *files], cwd=root, env=env, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # fmt: skip
    whole = Touched()
    for part in parts.glob("*.json"):
        whole.add(json.loads(part.read_text()))
    if done.returncode not in (0, 1, 5):  # 5: no tests, for all are in a browser
        sys.exit(f"The tests did not run:\n{done.stdout[-5000:]}")
    kept.mkdir(parents=True, exist_ok=True)
    for file in files:
        tests = {test: about for test, about in whole.tests.items() if test.split("::")[0] == file}
        lines = {
            path: {line: sorted(ids) for line, all_ in lines.items() if (ids := all_ & {"", *tests})}
            for path, lines in whole.lines.items()
        }
        about = {"files": {path: hashes[path] for path in [*lines, file]}, "no_browser": "MUTANTS_NO_BROWSER" in env}
        _place(kept, file).write_text(json.dumps(about | {"tests": tests, "lines": lines}))
    print(f"  {Path(file).parent}: {len(whole.tests)} tests, {time.monotonic() - begun:.0f} s", flush=True)


def _place(kept: Path, file: str) -> Path:
    return kept / f"{file.replace('/', '-')}.json"


def _read(kept: Path, file: str) -> dict:
    place = _place(kept, file)
    return json.loads(place.read_text()) if place.exists() else {}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:24]


def _imports(path: Path, name: str) -> set[str]:
    """The files that a file imports from: `from a import b` is a/b.py or a.py."""
    found = set()
    package = Path(name).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            base = "/".join([*base, *(node.module or "").split(".")]).strip("/")
            found |= {f"{base}.py", f"{base}/__init__.py", *(f"{base}/{alias.name}.py" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name.replace(".", "/") + ".py" for alias in node.names}
    return found
