"""The order in which a shop lays out sizes, and the name of a size range."""

import re
from collections.abc import Iterable
from functools import lru_cache

from backoffice.core.search import fold

LETTERS = {
    "xxxs": -4,
    "xxs": -3,
    "xs": -2,
    "s": -1,
    "m": 0,
    "l": 1,
    "xl": 2,
    "xxl": 3,
    "xxxl": 4,
    "xxxxl": 5,
    "xxxxxl": 6,
}
WORDS = {"small": "s", "medium": "m", "large": "l", "extra large": "xl", "extra small": "xs"}
REPEATED = re.compile(r"([2-9])x(s|l)", re.ASCII)
FIGURES = re.compile(r"([0-9]+(?:[.,][0-9]+)?)(?:\s*[/x-]\s*[lw]?([0-9]+(?:[.,][0-9]+)?))?", re.ASCII)
CUP = re.compile(r"([0-9]+)\s*([a-z]{1,3})", re.ASCII)
CUPS = ["aa", "a", "b", "c", "d", "dd", "e", "ee", "f", "ff", "g", "gg", "h", "hh", "i", "j", "k"]


@lru_cache(maxsize=10_000)
def key(label: str) -> str:
    """What makes two labels the same size: "36.5", "36,5" and "36½" are one."""
    folded = fold(label.replace("½", ",5"))
    return re.sub(r"(?<=[0-9])\.(?=[0-9])", ",", folded)


def _letters(label: str) -> float | None:
    word = WORDS.get(label, label)
    if word in LETTERS:
        return LETTERS[word]
    if found := REPEATED.fullmatch(word):
        steps = int(found[1])
        return float(-1 - steps if found[2] == "s" else 1 + steps)
    return None


def rank(label: str) -> tuple[int, float, float] | None:
    """The place of a size among its kind (0 letters, 1 figures, 2 cups), or nothing for a size of its own."""
    word = key(label)
    letters = _letters(word)
    if letters is not None:
        return 0, letters, 0
    parts = [_letters(part.strip()) for part in re.split("[/-]", word)]
    known = [part for part in parts if part is not None]
    if len(parts) == len(known) == 2:
        return 0, sum(known) / 2, 0
    bare = word[1:] if re.match("w[0-9]", word) else word
    if found := FIGURES.fullmatch(bare):
        first, second = (float((part or "0").replace(",", ".")) for part in found.groups())
        return 1, first, second
    if (found := CUP.fullmatch(word)) and found[2] in CUPS:
        return 2, float(found[1]), CUPS.index(found[2])
    return None


def ordered(labels: Iterable[str]) -> list[str]:
    """XS before S, 36 before 36,5, 28/32 before 28/34, 75B before 75C; else as they came, behind the others."""
    labels = list(labels)
    ranks = {label: rank(label) for label in labels}
    places = {label: place for place, label in enumerate(labels)}
    return sorted(labels, key=lambda label: (ranks[label] is None, ranks[label] or (0, 0, 0), places[label]))


def range_name(labels: list[str], taken: set[str]) -> str:
    """ "XS-XXL", or with a number behind it where another range has that name."""
    base = (labels[0] if len(labels) == 1 else f"{labels[0]}-{labels[-1]}")[:50]
    name, number = base, 2
    while fold(name) in taken:
        name, number = f"{base} ({number})", number + 1
    return name
