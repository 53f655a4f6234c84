"""How every page, mail and paper is drawn: the Jinja2 environment, with what templates may call."""

import re
from collections.abc import Callable
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django_htmx.jinja import htmx_script
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from . import formats, keys
from .fields import error_list, field_parts, input_of

FILTERS: dict[str, Callable[..., Any]] = {
    "money": formats.format_money,
    "amount": formats.format_amount,
    "qty": formats.format_quantity,
    "percent": formats.format_percent,
    "vat_rate": formats.format_vat,
    "phone": formats.format_phone,
    "phone_url": formats.phone_url,
    "nldate": formats.format_date,
    "nltime": formats.format_time,
    "nldatetime": formats.format_datetime,
    "iso_time": lambda moment: localtime(moment).isoformat(),
    "iso_date": lambda day: day.isoformat(),
    "short_name": formats.short_name,
    "plain": lambda number: f"{number.normalize():f}",
}


def address(name: str, *args: object, **kwargs: object) -> str:
    """The address of a view, as reverse() gives it."""
    return reverse(name, args=args, kwargs=kwargs)


@pass_context
def this_query(context: Context, **changes: object) -> str:
    """This page's query with changes: this_query(sort="date", after=none); none or "" takes a key out."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    text = parameters.urlencode()
    return f"?{text}" if text else "?"


@pass_context
def sorting(context: Context, key: str, first: str = "up") -> dict[str, str]:
    """Whether the list of this page is sorted by key now (direction), and where a click goes (?sort=key or -key)."""
    now = context.get("sort") or context["request"].GET.get("sort", "")
    direction = "descending" if now == f"-{key}" else "ascending" if now == key else ""
    up_next = direction == "descending" or (not direction and first == "up")
    target = this_query(context, sort=key if up_next else f"-{key}", after=None, before=None)
    return {"direction": direction, "url": target}


GLOBALS: dict[str, Callable[..., Any]] = {
    "reverse": address,
    "static": static,
    "this_query": this_query,
    "sorting": sorting,
    "new_key": keys.new_key,
    "error_list": error_list,
    "field_parts": field_parts,
    "bare_input": input_of,
    "htmx_script": htmx_script,
    "current_language": translation.get_language,
    "today_in_words": lambda: date_format(localdate(), "l j F Y"),
}


class Templates(Environment):
    """Of what is not there, nothing is drawn: a part of None is None. A name that nobody gave is an error."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return None if obj is None else super().getattr(obj, attribute)

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """How deep a line of a template stands is for who reads the template: a page of many rows weighs less without.

        One space stays, for what follows a block tag at the end of a line; before an end tag none.
        """
        text = super().preprocess(source, name, filename)
        return re.sub(r"\n[ \t]+", "\n ", re.sub(r"\n[ \t]+(?=</)", "\n", text))


def environment(**options: Any) -> Environment:
    """settings.TEMPLATES names it. Apps add to FILTERS and GLOBALS when they are loaded."""
    made = Templates(**options, finalize=lambda value: "" if value is None else value)
    made.install_gettext_translations(translation, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(FILTERS)
    made.globals.update(GLOBALS)
    return made
