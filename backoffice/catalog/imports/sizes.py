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
WORDS = {"extra small": "xs", "small": "s", "medium": "m", "extra large": "xl", "large": "l"}
TIMES = re.compile(r"([1-9])x([sl]?)", re.ASCII)
# 36, 36,5, 36 2/3
FIGURE = r"([0-9]+(?:,[0-9]+)?(?: [1-7]/[2-8](?![0-9]))?)"
NUMBER = re.compile(FIGURE, re.ASCII)
# 28/34, 28x34, w28/l34, 28w 34l, 50/56, 104 cm
FIGURES = re.compile(rf"w?\s*{FIGURE}\s*w?(?:\s*[/x-]?\s*l?\s*{FIGURE}\s*l?)?(?:\s*cm)?", re.ASCII)
CUP = re.compile(r"([0-9]{2,3})\s*([a-k]{1,2})(?:\s*[/-]\s*[a-k]{1,2})?", re.ASCII)
CUP_FIRST = re.compile(r"([a-k]{1,2})\s*([0-9]{2,3})", re.ASCII)
CUPS = ["aa", "a", "b", "c", "d", "dd", "e", "ee", "f", "ff", "g", "gg", "h", "hh", "i", "j", "jj", "k"]
BAND = 55  # the smallest band of a bra; 2A is none
AGE = re.compile(
    rf"{FIGURE}\s*(?:(m|mnd|mo|maand(?:en)?|months?)|(j|jr|jaar|y|yr|yrs|years?|t))?"
    rf"(?:\s*[/-]\s*{FIGURE})?\s*(?:(m|mnd|mo|maand(?:en)?|months?)|(j|jr|jaar|y|yr|yrs|years?|t))?",
    re.ASCII,
)
# whose count of sizes it is: 38 alone is one of the continent
SYSTEMS = {"eu": "", "eur": "", "maat": "", "mt": "", "size": "", "uk": "uk", "us": "us", "usa": "us", "fr": "fr",
           "it": "it", "de": "de", "int": ""}  # fmt: skip
SYSTEM = re.compile(rf"(?:({'|'.join(SYSTEMS)})[.:]?\s*)?(.*?)(?:\s*({'|'.join(SYSTEMS)})\.?)?", re.ASCII)
BRACKETS = re.compile(r"(.*?)\s*\(([^()]*)\)", re.ASCII)
FRACTIONS = {"½": " 1/2", "⅓": " 1/3", "⅔": " 2/3", "¼": " 1/4", "¾": " 3/4"}
DECIMALS = {"1/2": ",5", "1/4": ",25", "3/4": ",75"}
LETTER, FIGURE_SIZE, CUP_SIZE, AGE_SIZE = range(4)  # kinds, in the order in which they stand
Rank = tuple[int, str, float, float]


@lru_cache(maxsize=10_000)
def key(label: str) -> str:
    """What makes two labels the same size: "36.5", "36,5", "36½" and "36 1/2" are one, so are "36 2/3" and "36⅔"."""
    label = label_of(label)
    for sign, figures in FRACTIONS.items():
        label = label.replace(sign, figures)
    folded = re.sub(r"(?<=[0-9])\.(?=[0-9])", ",", fold(label))
    folded = re.sub(r"(?<=[0-9])[ -](?=[1-7]/[2-8](?![0-9]))", " ", folded)
    return re.sub(r"(?<=[0-9]) (1/2|1/4|3/4)(?![0-9])", lambda found: DECIMALS[found[1]], folded)


def label_of(typed: str) -> str:
    """A size as it is kept: thirds and whole numbers that a spreadsheet made decimals of are what they were."""
    found = re.fullmatch(r"([0-9]{1,3})[.,]([0-9]+)", typed, re.ASCII)
    if not found:
        return typed
    whole, part = found[1], found[2].rstrip("0")
    if not part:
        return whole
    if len(part) > 1 and set(part[:-1]) == {"3"} and part[-1] in "34":
        return f"{whole} 1/3"
    if len(part) > 1 and set(part[:-1]) == {"6"} and part[-1] in "67":
        return f"{whole} 2/3"
    return typed


def rank(label: str) -> Rank | None:
    """The place of a size: its kind, whose count, and two figures; nothing for a size of no known kind.

    What stands between brackets counts behind what stands before them: "XL (54)", "(54)".
    """
    word = key(label)
    found = BRACKETS.fullmatch(word)
    if not found:
        return _rank(word)
    place, within = _rank(found[1]), _rank(found[2])
    if place is None or within is None:
        return place or (None if found[1] else within)
    return (*place[:3], place[3] or within[2])


def _rank(word: str) -> Rank | None:
    system, bare = _system(word)
    letters = _letters(bare)
    if letters is not None:
        return LETTER, system, letters, 0
    parts = [part.strip() for part in re.split("[/-]", bare)]
    if len(parts) == 2:
        first, second = map(_letters, parts)
        if first is not None and second is not None:
            return LETTER, system, (first + second) / 2, 0
        if first is not None and NUMBER.fullmatch(parts[1]):  # M/34: by its letter, then by its length
            return LETTER, system, first, _figure(parts[1])
    if found := FIGURES.fullmatch(bare):
        return FIGURE_SIZE, system, _figure(found[1]), _figure(found[2])
    for pattern, band, cup in ((CUP, 1, 2), (CUP_FIRST, 2, 1)):
        if (found := pattern.fullmatch(bare)) and found[cup] in CUPS and int(found[band]) >= BAND:
            return CUP_SIZE, system, float(found[band]), CUPS.index(found[cup])
    if found := AGE.fullmatch(bare):
        months = 1 if found[2] or (found[5] and not found[3]) else 12
        until = 12 if found[6] else months
        return AGE_SIZE, system, _figure(found[1]) * months, _figure(found[4]) * until
    return None


def _system(word: str) -> tuple[str, str]:
    """Whose count a size is of, and the size without that: ("uk", "5")."""
    found = SYSTEM.fullmatch(word)
    named = found and (found[1] or found[3])
    return (SYSTEMS[named], found[2]) if found and named and found[2] else ("", word)


def _letters(word: str) -> float | None:
    """Where a size in letters stands beside M; XL, 2XL, X-Large and 2X are letters."""
    word = word.strip()
    for name, letter in WORDS.items():
        word = re.sub(rf"\b{name}\b|(?<=[x0-9])[ -]?{name}\b", letter, word)
    word = re.sub(r"(?<=x)[ -](?=[sl])", "", word)
    if word in LETTERS:
        return LETTERS[word]
    if found := TIMES.fullmatch(word):
        steps = int(found[1])
        return float(-1 - steps if found[2] == "s" else 1 + steps)
    return None


def _figure(text: str | None) -> float:
    """36, 36,5 and 36 2/3 as a number; 0 for nothing."""
    whole, _space, part = (text or "0").partition(" ")
    above, _stroke, below = part.partition("/")
    return float(whole.replace(",", ".")) + (int(above) / int(below) if part else 0)


def ordered(labels: Iterable[str]) -> list[str]:
    """XS before S, 36 2/3 before 37, 28/32 before 28/34, 75B before 75C; else as they came, behind the others."""
    labels = list(labels)
    ranks = {label: rank(label) for label in labels}
    places = {label: place for place, label in enumerate(labels)}
    return sorted(labels, key=lambda label: (ranks[label] is None, ranks[label] or (0, "", 0, 0), places[label]))


def grown(labels: list[str], new: list[str]) -> list[str]:
    """The sizes of a range with new ones: in order, but behind the others where the shop has an order of its own."""
    return ordered([*labels, *new]) if labels == ordered(labels) else [*labels, *ordered(new)]


def range_name(labels: list[str], taken: set[str]) -> str:
    """ "XS-XXL", or with a number behind it where another range has that name."""
    base = (labels[0] if len(labels) == 1 else f"{labels[0]}-{labels[-1]}")[:50]
    name, number = base, 2
    while fold(name) in taken:
        name, number = f"{base} ({number})", number + 1
    return name
