"""Filters of screens about customers."""

from django import template

from backoffice.relations import validators
from backoffice.relations.countries import COUNTRIES

register = template.Library()


@register.filter
def phone(stored: str) -> str:
    """{{ customer.phone|phone }}: +31612345678 as 06 12345678."""
    return validators.shown_phone(stored) if stored else ""


@register.filter
def country(code: str) -> str:
    """{{ address.country|country }}: BE as België; a code that is not listed stays as it is."""
    return str(dict(COUNTRIES).get(code, code))
