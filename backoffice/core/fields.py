"""What templates ask about the fields of forms: their parts, their input alone, and what is wrong with them."""

from django import forms
from django.utils.safestring import SafeString

HTML_PREFIXES = ("hx_", "data_", "aria_")


def field_parts(bound, *, hint: str = "", css: str = "", label: str = "", attributes: dict | None = None) -> dict:
    """What the macro field of parts/fields.html needs of one bound field."""
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


def input_of(bound: forms.BoundField, css: str = "cell", **attributes: object) -> SafeString:
    """Only the input, for a table cell: bare_input(form.quantity, css="cell num", aria_label="Aantal")."""
    return _render_input(bound, css, attributes)


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


def error_list(form: forms.BaseForm) -> list[dict]:
    """Label, sentence and id of every marked field of a form (or of several seen as one), for the summary."""
    problems = [{"label": "", "text": text, "id": ""} for text in form.non_field_errors()]
    for bound in form:
        identity = bound.id_for_label or bound.auto_id
        problems += [{"label": bound.label, "text": text, "id": identity} for text in bound.errors]
    return problems
