"""Filters of screens about customers."""

from django import template

from backoffice.relations.countries import name_of

register = template.Library()


@register.filter
def country(code: str) -> str:
    """{{ address.country|country }}: BE as België; a code that is not listed stays as it is."""
    return name_of(code)
