"""Filters and tags of every screen: Dutch figures and dates, icons, marks, fields and URLs that keep their query."""

from functools import cache

from django import forms, template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .. import formats, keys

register = template.Library()

register.filter("money", formats.format_money)
register.filter("amount", formats.format_amount)
register.filter("qty", formats.format_quantity)
register.filter("percent", formats.format_percent)
register.filter("vat_rate", formats.format_vat)
register.filter("phone", formats.format_phone)
register.filter("phone_url", formats.phone_url)
register.filter("nldate", formats.format_date)
register.filter("nltime", formats.format_time)
register.filter("nldatetime", formats.format_datetime)

PAY_ICONS = {"part": "clock", "paid": "check", "late": "triangle-alert"}
HTML_PREFIXES = ("hx_", "data_", "aria_")


@register.simple_tag
@cache
def icon(name: str, css: str = "") -> SafeString:
    """{% icon "check" %}: one symbol of the sprite; always decoration, so put a word beside it."""
    classes = f"icon {css}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("icons.svg"), name
    )


@register.simple_tag
def status(key: str, label: str) -> SafeString:
    """{% status "part" "Gedeeltelijk geleverd" %}; key: draft, open, part, full or void."""
    return format_html('<span class="status" data-s="{}">{}</span>', key, label)


@register.simple_tag
def pay(key: str, label: str) -> SafeString:
    """{% pay "paid" "Betaald" %}; key: none, part, paid or late."""
    mark = icon(PAY_ICONS[key]) if key in PAY_ICONS else ""
    return format_html('<span class="pay" data-p="{}">{}{}</span>', key, mark, label)


@register.simple_tag
def swatch(colour: str) -> SafeString:
    """{% swatch "#1d2a4d" %}: a colour of the data, drawn without an inline style."""
    return format_html(
        '<svg class="swatch" viewBox="0 0 8 8" aria-hidden="true"><rect width="8" height="8" fill="{}"/></svg>',
        colour or "none",
    )


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """{% query sort="date" after=None %}: this page's query with changes; None or "" takes a key out."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    text = parameters.urlencode()
    return f"?{text}" if text else "?"


@register.inclusion_tag("parts/th.html", takes_context=True)
def sort_head(context: template.Context, key: str, label: str, css: str = "", first: str = "up") -> dict:
    """{% sort_head "date" "Datum" css="num" first="down" %}: a sortable head; ?sort=date or ?sort=-date."""
    now = context.get("sort") or context["request"].GET.get("sort", "")
    direction = "descending" if now == f"-{key}" else "ascending" if now == key else ""
    up_next = direction == "descending" or (not direction and first == "up")
    target = key if up_next else f"-{key}"
    return {
        "label": label,
        "css": css,
        "direction": direction,
        "url": query(context, sort=target, after=None, before=None),
    }


@register.inclusion_tag("parts/field.html")
def field(bound: forms.BoundField, hint: str = "", css: str = "", label: str = "", **attributes: object) -> dict:
    """{% field form.subject css="w-3" hx_post=url hx_trigger="change" %}: label, input, hint and error."""
    return field_parts(bound, hint=hint, css=css, label=label, attributes=attributes)


@register.simple_tag
def bare_input(bound: forms.BoundField, css: str = "cell", **attributes: object) -> SafeString:
    """{% bare_input form.quantity css="cell num qty" aria_label="Aantal" %}: only the input, for a table cell."""
    return _render_input(bound, css, attributes)


def field_parts(bound, *, hint: str = "", css: str = "", label: str = "", attributes: dict | None = None) -> dict:
    """What parts/field.html needs of one bound field; also the context of Django's own field rendering."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    grouped = widget.use_fieldset
    hint = hint or bound.help_text
    shape = "group" if grouped else "tick" if kind == "checkbox" else "plain"
    identity = bound.id_for_label or bound.auto_id
    described = [f"{bound.auto_id}_helptext"] if hint else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    extra = {"aria-describedby": " ".join(described)} if described else {}
    return {
        "bound": bound,
        "label": label or bound.label,
        "hint": hint,
        "css": css,
        "shape": shape,
        "identity": identity,
        "errors": bound.errors,
        "input": _render_input(bound, "" if shape != "plain" else "input", (attributes or {}), extra),
    }


def _render_input(bound, css: str, attributes: dict, extra: dict | None = None) -> SafeString:
    attrs = dict(extra or {})
    for name, value in attributes.items():
        if value not in (None, "", False):
            attribute = name.replace("_", "-") if name.startswith(HTML_PREFIXES) else name
            attrs[attribute] = True if value is True else str(value)
    classes = " ".join(part for part in (css, bound.field.widget.attrs.get("class", "")) if part)
    if classes:
        attrs["class"] = classes
    return bound.as_widget(attrs=attrs)


@register.simple_tag
def error_list(form: forms.BaseForm) -> list[dict]:
    """{% error_list form as problems %}: label, sentence and id of every marked field, for the summary."""
    problems = [{"label": "", "text": text, "id": ""} for text in form.non_field_errors()]
    for bound in form:
        identity = bound.id_for_label or bound.auto_id
        problems += [{"label": bound.label, "text": text, "id": identity} for text in bound.errors]
    return problems


@register.filter
def short_name(employee: object) -> str:
    """The first name that fits under an icon in the spine."""
    name = employee.get_short_name() if hasattr(employee, "get_short_name") else str(employee or "")
    return name.split()[0] if name else ""


@register.simple_tag
def new_key() -> str:
    """{% new_key %}: a request key for one form of many on a page."""
    return keys.new_key()
