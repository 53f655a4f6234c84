"""Search as people type: accents, case and a typing error do not matter."""

import unicodedata

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q


def fold(text: str) -> str:
    """The text as it is stored and searched: lower case, no accents, single spaces ("Zoë  Vermeer": "zoe vermeer")."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def matching(queryset, text: str, field: str = "search_text"):
    """The rows whose folded search text holds every word typed."""
    condition = Q()
    for word in fold(text).split():
        condition &= Q(**{f"{field}__contains": word})
    return queryset.filter(condition)


def resembling(queryset, text: str, field: str = "search_text"):
    """The rows that resemble what was typed, best first: for when `matching` finds nothing."""
    folded = fold(text)
    return queryset.filter(**{f"{field}__trigram_word_similar": folded}).order_by(
        TrigramWordSimilarity(folded, field).desc(), "pk"
    )
