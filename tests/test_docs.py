"""What the pages say is there: links, references, make targets, settings, commands, files, tables, fields and numbers.

Each check takes a text and gives what is wrong with it, so that it is seen to fail on a text that is made up.
"""

import importlib
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands

from backoffice.core import invariants
from backoffice.core.models import AppendOnly
from backoffice.relations.rights import RIGHTS
from payments.services.sessions import DIFFERENCE_CEILING
from tests.test_floors import COMPOSITION, UNITS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "backoffice" / "docs"
OURS = ("backoffice", "sales", "payments", "pos")
LONGEST = 250
URL = re.compile(r"\b[a-z]+://\S+")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PAGE = re.compile(r"[\w./-]*\w\.md\b")
SPAN = re.compile(r"`([^`\n]+)`")
# in a text, behind the name of a page: a number, some numbers, or a heading
PLACE = re.compile(r"(?P<page>[\w./-]*\w\.md), (?=(?P<place>[A-Z0-9][^).;:|]*))")
NUMBERS = re.compile(r"\d+(?: and \d+)*")
# set while a variable is read: _flag(source, "DEBUG", ...), os.environ.get("BIND"), env.get("EMBEDDED_POSTGRES")
VARIABLE = re.compile(r"""(?:\(source, |source\.get\(|environ\.get\(|env\.get\()["']([A-Z][A-Z_]+)["']""")
NAME = re.compile(r"[A-Z]+(?:_[A-Z0-9]+)+")


def pages() -> list[Path]:
    """Every page of the project."""
    tops = [ROOT / top for top in (*OURS, "templates", "static", "tests")]
    return sorted([*ROOT.glob("*.md"), *(page for top in tops for page in top.rglob("*.md"))])


@cache
def sources() -> list[Path]:
    """Every text that may name a page, but this one, which makes some up."""
    kinds = (".py", ".html", ".js", ".css", ".txt", ".toml", ".yaml", ".md")
    tops = [ROOT / top for top in (*OURS, "templates", "static", "tests", ".ci")]
    found = [
        path for top in tops for path in top.rglob("*") if path.is_file() and (path.suffix in kinds or not path.suffix)
    ]
    above = [
        path
        for path in ROOT.iterdir()
        if path.is_file() and (path.suffix in kinds or path.name in ("Makefile", ".env.example"))
    ]
    return sorted({*found, *above} - {Path(__file__).resolve()})


def headings(page: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def found_from(name: str, folder: Path) -> Path | None:
    """The page of this name: beside the text, from the top, or from backoffice (code says docs/rules.md)."""
    return next((place / name for place in (folder, ROOT, ROOT / "backoffice") if (place / name).is_file()), None)


def under(text: str, heading: str) -> str:
    """What stands in a page under a heading."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


# ---- what is asked of a text -----------------------------------------------------------------------------------------


def dead_links(text: str, folder: Path) -> list[str]:
    """Relative links to what is not there, and anchors that no heading has."""
    wrong = []
    for target in LINK.findall(text):
        if URL.match(target):
            continue
        name, _mark, anchor = target.partition("#")
        path = folder / name
        if not path.exists() or (anchor and anchor not in map(slug, headings(path))):
            wrong.append(target)
    return wrong


def unknown_pages(text: str, folder: Path) -> list[str]:
    """Names of pages that are not in the project."""
    told = URL.sub("", LINK.sub(r"\1", text))  # of a link its target, and not what it is called
    return [name for name in PAGE.findall(told) if found_from(name, folder) is None]


def unknown_places(text: str, folder: Path) -> list[str]:
    """What stands behind the name of a page, as in (docs/decisions.md, 5), and is no number or heading of it."""
    wrong = []
    for said in PLACE.finditer(" ".join(LINK.sub(r"\1", text).split())):
        page, place = found_from(said["page"], folder), said["place"].strip()
        if page is None:
            continue
        if numbers := NUMBERS.match(place):
            known = set(re.findall(r"^(?:## )?(\d+)\. ", page.read_text(), re.MULTILINE))
            wrong += [f"{said['page']}, {number}" for number in numbers[0].split(" and ") if number not in known]
        elif not any(place.startswith(heading) for heading in headings(page)):
            wrong.append(f"{said['page']}, {place}")
    return wrong


def code_of(text: str) -> list[str]:
    """What stands in a page as code: spans, and indented lines."""
    return SPAN.findall(text) + re.findall(r"^ {4,}(\S.*)$", text, re.MULTILINE)


def unknown_targets(text: str) -> list[str]:
    """Of `make something`, what the Makefile does not make."""
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    asked = [found[1] for code in code_of(text) if (found := re.match(r"make ([a-z]+)\b", code))]
    return [target for target in asked if target not in known]


def unknown_commands(text: str) -> list[str]:
    """Of manage.py something, what is no command."""
    asked = [name for code in code_of(text) for name in re.findall(r"manage\.py ([a-z_]+)", code)]
    return [name for name in asked if name not in get_commands()]


def variables() -> set[str]:
    """What the environment is asked for, wherever it is read."""
    read = [ROOT / "backoffice" / name for name in ("settings.py", "gunicorn.py", "core/db/embedded.py")]
    return {name for path in read for name in VARIABLE.findall(path.read_text())}


def wrong_table(text: str) -> list[str]:
    """Variables that are read and have no row in the table of settings, and rows of what nobody reads."""
    told = {name for row in re.findall(r"^\| (`[A-Z][^|]*) \|", text, re.MULTILINE) for name in SPAN.findall(row)}
    return sorted(told ^ variables())


@cache
def capitals() -> set[str]:
    """Every name in capitals in our code."""
    return {name for path in sources() if path.suffix == ".py" for name in NAME.findall(path.read_text())}


def unknown_names(text: str) -> list[str]:
    """Names in capitals, as code, that are neither variables of the environment nor settings nor in our code."""
    known = variables() | capitals()
    named = [name for span in SPAN.findall(text) for name in NAME.findall(span)]
    return [name for name in named if name not in known and not hasattr(settings, name)]


def unknown_files(text: str, folder: Path = ROOT) -> list[str]:
    """Paths, as code, that are not there; what git ignores is made on the machine."""
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text().split() if "*" not in line]
    spans = [span for span in SPAN.findall(text) if re.fullmatch(r"[\w.-]+(?:/[\w.*-]+)+/?|[\w.-]+/", span)]
    return [
        span
        for span in spans
        if span.split("/")[0] not in ignored and not any((place / span).exists() for place in (ROOT, folder))
    ]


def unknown_modules(text: str) -> list[str]:
    """Dotted names, as code, of modules and what is in them that are not there; rights are dotted as well."""
    wrong = []
    for span in SPAN.findall(text):
        if not re.fullmatch(rf"(?:{'|'.join(OURS)})(?:\.\w+)+", span) or span.endswith(".py"):
            continue
        parts, found = span.split("."), None
        for size in range(len(parts), 0, -1):
            try:
                found = importlib.import_module(".".join(parts[:size]))
            except ModuleNotFoundError:
                continue
            for name in parts[size:]:
                found = getattr(found, name, None)
            break
        if found is None and span not in RIGHTS:
            wrong.append(span)
    return wrong


def wrong_map(text: str) -> list[str]:
    """What the map of units says otherwise than the floors: [] when it names each unit once, the highest first."""
    rows = re.findall(r"^\| [0-9-] \| `([\w.]+)` \|", text, re.MULTILINE)
    due = [*reversed(UNITS), COMPOSITION]
    return [] if rows == due else [f"{rows} should be {due}"]


def missing_apps(text: str) -> list[str]:
    """Apps of ours without a row in the map."""
    names = [config.name for config in apps.get_app_configs() if config.name.split(".")[0] in OURS]
    return [name for name in names if not re.search(rf"^\|.*`{re.escape(name)}`", text, re.MULTILINE)]


def broken_numbers(text: str) -> list[str]:
    """Where the numbers of decisions leave one out, or have one twice."""
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", text, re.MULTILINE)]
    due = list(range(1, len(numbers) + 1))
    return [] if numbers and numbers == due else [f"{numbers} should be {due}"]


def wrong_model(text: str) -> list[str]:
    """What the page of the model says otherwise than the models: tables, fields, and what only grows."""
    told: dict[str, tuple[str, set[str]]] = {}
    for row in re.split(r"^(?=- \*\*)|(?<=[.,] )(?=\*\*)|(?<=\n  )(?=\*\*)", text, flags=re.MULTILINE):
        if name := re.match(r"(?:- )?\*\*(\w+)\*\*", row):
            body = row.partition("\n## ")[0]
            told[name[1]] = (
                body.split("`")[0],
                {span for span in SPAN.findall(body) if re.fullmatch(r"[a-z_]+", span)},
            )
    wrong = []
    models = {
        m.__name__: m
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in OURS
        for m in config.get_models()
    }
    wrong += [f"no table {name}" for name in told.keys() - models.keys()]
    for name, model in models.items():
        if name not in told:
            wrong.append(f"{name} is not on the page")
            continue
        grows, fields = told[name]
        due = {f.name for f in model._meta.get_fields() if not f.auto_created and not f.name.endswith("currency")}
        wrong += [f"{name}.{field} is no field" for field in sorted(fields - due)]
        wrong += [f"{name}.{field} is not on the page" for field in sorted(due - fields)]
        if ("(+)" in grows) != issubclass(model, AppendOnly):
            wrong.append(f"{name} only grows, or does not")
    return wrong


def unused_terms(text: str) -> list[str]:
    """Words of the table of terms that are no names in our code."""
    code = "\n".join(path.read_text() for top in OURS for path in (ROOT / top).rglob("*.py"))
    return [word for word in SPAN.findall(text) if not re.search(rf"\b{re.escape(word)}\b", code)]


def wrong_invariants(text: str) -> list[str]:
    """Numbers of invariants that are asked of the database and are not on the page, or not one after the other."""
    listed = [int(number) for number in re.findall(r"^(\d+)\. ", under(text, "Invariants"), re.MULTILINE)]
    asked = {number for number, _name, _find in invariants.REGISTRY}
    wrong = [f"{number} is not on the page" for number in sorted(asked - set(listed))]
    return wrong + ([] if listed == list(range(1, len(listed) + 1)) else [f"{listed}"])


def wrong_ceilings(text: str) -> list[str]:
    """Ceilings of the settings that the page of rights does not name."""
    due = [f"down to {settings.DISCOUNT_CEILINGS['seller']} %", f"{settings.DISCOUNT_CEILINGS['manager']} % below"]
    due += [
        f"EUR {euros:.0f}"
        for euros in (settings.REFUND_CEILINGS["seller"], settings.REVERSE_CEILING, DIFFERENCE_CEILING)
    ]
    return [figure for figure in due if figure not in under(text, "Rights")]


def unknown_lines(text: str) -> list[str]:
    """Indented lines, quoted from code or from the table of rights, that stand nowhere."""
    code = (path for path in sources() if path.suffix == ".py" or path.name == "rights.txt")
    known = {line.strip() for path in code for line in path.read_text().splitlines()} | {"..."}
    return [line for line in re.findall(r"^ {4,}(\S.*)$", text, re.MULTILINE) if line not in known]


def machine_paths(text: str) -> list[str]:
    """Folders of somebody's machine."""
    return re.findall(r"(?<![\w.$}])/(?:root|work|workspace|mnt|Users|home/\w+)/[\w./-]*", text)


# ---- and of the project ----------------------------------------------------------------------------------------------


def wrong_in(check, paths) -> list[str]:
    """What the check says of these files, each with its file."""
    return [f"{path.relative_to(ROOT)}: {wrong}" for path in paths for wrong in check(path)]


def built(path: Path) -> str:
    """A page without what it says is not built yet."""
    return re.sub(r"^## Where the next rooms go$.*?(?=^## |\Z)", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)


def test_every_link_and_every_named_page_is_there():
    assert len(pages()) > 10 and len(sources()) > 500
    assert wrong_in(lambda path: dead_links(path.read_text(), path.parent), pages()) == []
    assert wrong_in(lambda path: unknown_pages(path.read_text(), path.parent), sources()) == []
    assert wrong_in(lambda path: unknown_places(path.read_text(), path.parent), sources()) == []


def test_the_code_points_at_the_pages():
    pointing = [path for path in sources() if path.suffix == ".py" and "docs/" in path.read_text()]
    named = [name for path in pointing for name in PAGE.findall(path.read_text())]
    assert len(named) > 50
    assert {"docs/decisions.md", "docs/rules.md", "docs/house.md", "docs/parts.md"} <= set(named)


def test_what_pages_say_to_type_is_there():
    assert wrong_in(lambda path: unknown_targets(path.read_text()), pages()) == []
    assert wrong_in(lambda path: unknown_commands(path.read_text()), pages()) == []
    assert wrong_in(lambda path: unknown_files(path.read_text(), path.parent), pages()) == []
    assert wrong_in(lambda path: unknown_modules(built(path)), pages()) == []
    assert wrong_in(lambda path: unknown_names(path.read_text()), pages()) == []


def test_what_pages_quote_stands_in_the_code():
    quoting = {ROOT / "CONTRIBUTING.md": ["How to add a button"], DOCS / "style.md": ["A service", "A view", "A test"]}
    for page, headings_of in quoting.items():
        for heading in headings_of:
            quoted = under(page.read_text(), heading)
            assert re.search(r"^ {4,}\S", quoted, re.MULTILINE), heading
            assert unknown_lines(quoted) == [], heading


def test_every_setting_has_its_row():
    assert {"SECRET_KEY", "DATABASE_URL", "BIND", "EMBEDDED_POSTGRES", "TOONBANK_DATA"} <= variables()
    assert wrong_table((DOCS / "operating.md").read_text()) == []


def test_the_map_of_the_readme_names_each_app_on_its_floor():
    readme = (ROOT / "README.md").read_text()
    assert wrong_map(readme) == []
    assert missing_apps(readme) == []


def test_the_pages_say_what_the_code_says():
    assert wrong_model((DOCS / "model.md").read_text()) == []
    assert unused_terms((DOCS / "terms.md").read_text()) == []
    assert wrong_invariants((DOCS / "rules.md").read_text()) == []
    assert wrong_ceilings((DOCS / "rules.md").read_text()) == []
    assert broken_numbers((DOCS / "decisions.md").read_text()) == []


def test_the_index_names_each_page_once_and_none_is_too_long_to_read():
    listed = re.findall(r"^\| \[([\w.]+)\]", (DOCS / "index.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in DOCS.glob("*.md") if path.name != "index.md")
    assert [path.name for path in pages() if not path.read_text().startswith("# ")] == []
    assert [path.name for path in pages() if len(path.read_text().splitlines()) > LONGEST] == []


def test_nothing_names_a_folder_of_somebodys_machine():
    assert wrong_in(lambda path: machine_paths(path.read_text()), sources()) == []


@pytest.mark.parametrize(
    ("check", "made_up", "wrong"),
    [
        (lambda text: dead_links(text, ROOT), "[a](gone.md) [b](README.md) [c](https://x.nl/gone.md)", ["gone.md"]),
        (lambda text: dead_links(text, ROOT), "[a](README.md#two-commands) [b](README.md#three)", ["README.md#three"]),
        (lambda text: dead_links(text, ROOT), "![a](static/tour/order.png) ![b](static/gone.png)", ["static/gone.png"]),
        (lambda text: unknown_pages(text, ROOT), "(design.md, 5), docs/rules.md, https://x.nl/a.md", ["design.md"]),
        (lambda text: unknown_places(text, ROOT), "(docs/decisions.md, 5 and 99)", ["docs/decisions.md, 99"]),
        (lambda text: unknown_places(text, ROOT), "docs/rules.md, Law, (docs/rules.md, War)", ["docs/rules.md, War"]),
        (lambda text: unknown_places(text, DOCS), "[x](speed.md), 4 and [x](speed.md), 99)", ["speed.md, 99"]),
        (unknown_targets, "`make run`, `make love`\n\n    make hay  # a line\n\nmake sure", ["love", "hay"]),
        (unknown_commands, "`manage.py backup /x` and `manage.py pray`", ["pray"]),
        (unknown_files, "`sales/status.py`, `sales/gone.py`, `.data/`, `/kassa/`, `a/b c`", ["sales/gone.py"]),
        (unknown_modules, "`sales.status.derive`, `sales.status.gone`, `pos.gone`", ["sales.status.gone", "pos.gone"]),
        (unknown_names, "`SECRET_KEY`, `DISCOUNT_CEILINGS`, `NOT_A_SETTING`, NOT_CODE", ["NOT_A_SETTING"]),
        (missing_apps, "| 4 | `pos` | x |\n| 3 | `payments` | x |\n| 2 | `sales.documents` | x |\n| 2 | `sales` | x |\n"
         "| 1 | `backoffice.catalog` | x |\n| 1 | `backoffice.core` | x |\n", ["backoffice.relations"]),
        (unused_terms, "| x | `SalesOrder`, `Orderboek` |", ["Orderboek"]),
        (unknown_lines, "x\n\n    @right(\"sales.edit\")\n    def gone(request):\n    ...\n", ["def gone(request):"]),
        (machine_paths, "/mnt/x.md, /home/anna/y, https://x.nl/mnt/z, $X/mnt/", ["/mnt/x.md", "/home/anna/y"]),
    ],
)  # fmt: skip
def test_each_check_finds_what_is_wrong(check, made_up, wrong):
    assert check(made_up) == wrong


def test_the_checks_of_whole_pages_find_what_is_wrong():
    table, model, rules = ((DOCS / name).read_text() for name in ("operating.md", "model.md", "rules.md"))
    assert wrong_table(table.replace("`HTTPS`", "`HTTP`")) == ["HTTP", "HTTPS"]
    readme = (ROOT / "README.md").read_text()
    assert len(wrong_map(readme.replace("| 4 | `pos` |", "| 4 | `till` |"))) == 1
    assert broken_numbers("## 1. A\n## 3. B\n") and broken_numbers("## 1. A\n## 1. B\n") and broken_numbers("none")
    assert wrong_model(model.replace("**Brand**: `name`", "**Brand**: `label`")) == [
        "Brand.label is no field", "Brand.name is not on the page"
    ]  # fmt: skip
    assert wrong_model(model.replace("**Posting** (+)", "**Posting**")) == ["Posting only grows, or does not"]
    assert "no table Branche" in wrong_model(model.replace("**Branch**", "**Branche**"))
    assert wrong_invariants(rules.replace("\n16. No outbox", "\nNo outbox"))[0] == "16 is not on the page"
    assert wrong_ceilings(rules.replace("EUR 250", "EUR 300")) == ["EUR 250"]
