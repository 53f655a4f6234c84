"""Of printed documents, and of mail."""

from django import template
from django.template.loader import render_to_string

from backoffice.relations.countries import COUNTRIES
from sales.documents.services import mailing

register = template.Library()
NAMES = dict(COUNTRIES)


@register.filter
def country(code: str) -> str:
    """The name of a country by its ISO 3166 code, in the language of the document; the code where we have no name."""
    return str(NAMES.get(code, code))


@register.simple_tag
def mail_off() -> str:
    """A notice where no mail leaves at all, before somebody types one; else nothing."""
    told = mailing.off()
    return render_to_string("parts/notice.html", {"tone": "bad", "text": told}) if told else ""
