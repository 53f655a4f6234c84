"""Filters of printed documents."""

from django import template

from backoffice.relations.countries import COUNTRIES

register = template.Library()
NAMES = dict(COUNTRIES)


@register.filter
def country(code: str) -> str:
    """The name of a country by its ISO 3166 code, in the language of the document; the code where we have no name."""
    return str(NAMES.get(code, code))
