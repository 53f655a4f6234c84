"""Lists by name in the order that a Dutch reader expects, the same on every server: by a key that is stored.

PostgreSQL's own order is that of the server's collation, of which the embedded one has none that knows Dutch. So the
key is made here, of the fold, and its column has COLLATE "C". What it says: capitals, accents and apostrophes do not
count, ij is i and j (also the ligature), a number counts by its value, signs are spaces, and a shorter name comes
before a longer one that begins with it.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import models

from backoffice.core.search import fold

MOST = 200  # characters of a key; an index holds 2,704 bytes of a row
BETWEEN = "\x1f"  # between the parts of a key: before a space and every letter
_SIGNS = re.compile(r"[\W_]+")
_FIGURES = re.compile(r"[0-9]+", re.ASCII)

# what stands before the name under which a Dutch person is listed, where it was typed as a part of the last name;
# from the words of Landelijke tabel 36 (voorvoegsels, RvIG) those that are Dutch or German
_ARTICLES = "de|den|der|het|'t|t"
_INFIX = re.compile(
    rf"""(?:
        (?:van|von|vom|vd|v\.d\.)(?:\s+(?:{_ARTICLES}|dem))?
      | (?:in|op|aan|uit|over|onder|bij|voor)\s+(?:{_ARTICLES})
      | {_ARTICLES} | te | ten | ter | 's | zu | zum | zur
    )\s+ | d'(?=\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_CURLY = dict.fromkeys(map(ord, "’‘´`ʼ′"), "'")


def sort_key(*parts: str) -> str:
    """The key of a name, of several parts where the first counts before the next."""
    return BETWEEN.join(map(_key, parts))[:MOST]


def _key(part: str) -> str:
    return _FIGURES.sub(_number, " ".join(_SIGNS.sub(" ", fold(part)).split()))


def _number(found: re.Match) -> str:
    figures = found[0].lstrip("0")
    return f"{min(len(figures), 99):02d}{figures}"


def words(text: str) -> list[str]:
    """The words typed as a sort key holds them: letters and figures alone, so that they are safe in a pattern."""
    return _SIGNS.sub(" ", fold(text)).split()


def person_key(last_name: str, infix: str = "", first_name: str = "") -> str:
    """The key of a person: last name without infix, then infix, then first name ("de Vries, Anna")."""
    if not infix:
        infix, last_name = split_infix(last_name)
    return sort_key(last_name, infix, first_name)


def split_infix(last_name: str) -> tuple[str, str]:
    """(infix, the rest) of a last name that was typed with its infix; ("", last_name) where nothing would be left."""
    name = " ".join(last_name.split())
    found = _INFIX.match(name.translate(_CURLY))
    rest = name[found.end() :] if found else ""
    return (name[: found.end()].strip(), rest) if found and rest else ("", name)


def path_key(path: str) -> str:
    """The key of a node of a tree: what is under a node follows it at once ("Dames", "Dames/Jassen", "Dames XL")."""
    return sort_key(*path.split("/"))


def by_name(rows, name=str) -> list:
    """The few rows of a set-up table by the key of their name. name: gives the name of a row."""
    return sorted(rows, key=lambda row: (sort_key(name(row)), row.pk))


class SortKey(models.TextField):
    """The stored sort key of a row, made by of(row) whenever the row is saved as a whole.

    What writes rows past save() (COPY, update(), update_fields) gives the key itself.
    """

    def __init__(self, *, of: Callable[[Any], str] | None = None, **options: Any) -> None:
        self.of = of
        options |= {"db_collation": "C", "editable": False}
        super().__init__(**{"default": "", "db_default": ""} | options)

    def deconstruct(self):
        """Migrations know it as the text field that it is: how keys are made may change, the column does not."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def pre_save(self, model_instance, add):
        if self.of is not None:
            setattr(model_instance, self.attname, self.of(model_instance))
        return super().pre_save(model_instance, add)


def key_of_name(row) -> str:
    """The key of a row that is listed by its `name`."""
    return sort_key(row.name)
