"""Search as people type: accents, letters of other languages, apostrophes, case and a typing error do not matter."""

import unicodedata
from functools import lru_cache

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal

MOST = 100  # characters that are searched for; each word is a condition of the query
# letters that Unicode does not take apart, as a Dutch keyboard writes them (casefold makes ss of ß, NFKD ij of ĳ)
LETTERS = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
# they vanish: O'Brien, O’Brien, O`Brien and OBrien are one; one of them would become a space and a mark
APOSTROPHES = frozenset("'`´‘’‛′‵ʹʻʼʽʾʿˈˊˋ՚ꞌ＇｀")


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char in APOSTROPHES:
        return ""
    parts = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return "".join(LETTERS.get(c, c) for c in parts.casefold() if c not in APOSTROPHES)


def fold(text: str) -> str:
    """The text as it is stored and searched: lower case, plain letters, single spaces ("Zoë  d’Ancona": "zoe dancona").

    The one fold of the house, also for keys of imports and of sorting. Character by character: marks go anyway, and
    putting a long row of them in order first takes minutes.
    """
    plain = text.replace("'", "").replace("`", "").casefold() if text.isascii() else "".join(map(_plain, text))
    return " ".join(plain.split())


def typed(text: str) -> str:
    """What somebody searches for, folded. Raises Refusal when it is longer than any name."""
    if len(text) > MOST:
        raise Refusal("search.long", _("Zoek met hoogstens %(most)s tekens.") % {"most": MOST})
    return fold(text)


def matching(queryset, text: str, field: str = "search_text"):
    """The rows whose folded search text holds every word typed."""
    condition = Q()
    for word in typed(text).split():
        condition &= Q(**{f"{field}__contains": word})
    return queryset.filter(condition)


def resembling(queryset, text: str, field: str = "search_text"):
    """The rows that resemble what was typed, best first: for when `matching` finds nothing."""
    folded = typed(text)
    return queryset.filter(**{f"{field}__trigram_word_similar": folded}).order_by(
        TrigramWordSimilarity(folded, field).desc(), "pk"
    )
