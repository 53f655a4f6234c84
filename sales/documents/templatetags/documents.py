"""Of printed documents, and of mail."""

from django import template
from django.template.loader import render_to_string

from sales.documents.services import mailing

register = template.Library()


@register.simple_tag
def mail_off() -> str:
    """A notice where no mail leaves at all, before somebody types one; else nothing."""
    told = mailing.off()
    return render_to_string("parts/notice.html", {"tone": "bad", "text": told}) if told else ""
