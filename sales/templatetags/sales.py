"""Filters of screens and papers about orders."""

from django import template

from sales import addresses

register = template.Library()


@register.filter
def address_lines(address: dict, person: str | None = None) -> list[str]:
    """{{ order.delivery_address|address_lines }}: a line each; with :"" without whom it is for."""
    return addresses.lines(address or {}, person=person)
