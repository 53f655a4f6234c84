"""Filters of screens about customers."""

from django import template

from backoffice.relations import validators

register = template.Library()


@register.filter
def phone(stored: str) -> str:
    """{{ customer.phone|phone }}: +31612345678 as 06 12345678."""
    return validators.shown_phone(stored) if stored else ""
