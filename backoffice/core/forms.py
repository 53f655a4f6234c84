"""Form fields that read what people type (input.py), and the renderer that gives every field one shape."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.renderers import Jinja2
from django.template.loader import get_template

from . import days, formats, pictures
from .errors import Refusal
from .input import (
    ASK_ABOVE,
    BARCODE_LENGTH,
    MAX_AMOUNT,
    MAX_QUANTITY,
    InputError,
    clean_text,
    parse_amount,
    parse_barcode,
    parse_date,
    parse_percent,
    parse_quantity,
)

__all__ = [
    "ASK_ABOVE",
    "BARCODE_LENGTH",
    "AmountField",
    "BarcodeField",
    "CleanTextField",
    "Combo",
    "DutchDateField",
    "InputError",
    "PercentField",
    "PictureField",
    "QuantityField",
    "Renderer",
    "add_refusal",
    "clean_formfield",
    "clean_text",
    "parse_amount",
    "parse_barcode",
    "parse_date",
    "parse_percent",
    "parse_quantity",
]


class Renderer(Jinja2):
    """Our templates for forms and fields; those of django.forms for the widgets inside them."""

    form_template_name = "parts/form.html"
    field_template_name = "parts/bound_field.html"

    def get_template(self, template_name: str) -> Any:
        django_forms = template_name.startswith("django/forms/")
        return super().get_template(template_name) if django_forms else get_template(template_name)


class _TypedField(forms.Field):
    """A text input whose value is read by one function of input.py and shown by one of formats.py."""

    css = "num"
    inputmode = "decimal"
    show: Callable[[Any], str] = staticmethod(str)

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput)
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = {"autocomplete": "off"}
        if self.inputmode:
            attrs["inputmode"] = self.inputmode
        if self.css and "class" not in widget.attrs:
            attrs["class"] = self.css
        return attrs

    def prepare_value(self, value: Any) -> Any:
        """What was typed stays as typed; a stored value is shown the Dutch way."""
        return value if isinstance(value, str) or value is None else self.show(value)

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if not isinstance(value, str):
            return value
        try:
            return self.read(value)
        except InputError as refused:
            raise ValidationError(refused.message, code="invalid") from refused

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != self.to_python(initial)
        except ValidationError:
            return True


class AmountField(_TypedField):
    """Euros; a stored Money or Decimal is shown as 1.234,56."""

    show = staticmethod(formats.format_amount)

    def __init__(self, *, minimum: Decimal | None = Decimal(0), maximum: Decimal = MAX_AMOUNT, **options: Any) -> None:
        self.minimum, self.maximum = minimum, maximum
        super().__init__(**options)

    def read(self, text: str) -> Decimal:
        return parse_amount(text, minimum=self.minimum, maximum=self.maximum)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(formats.to_decimal(initial), data)


class QuantityField(_TypedField):
    show = staticmethod(formats.format_quantity)

    def __init__(
        self,
        *,
        fractions: bool = False,
        minimum: Decimal | None = None,
        maximum: Decimal = MAX_QUANTITY,
        **options: Any,
    ) -> None:
        self.fractions, self.minimum, self.maximum = fractions, minimum, maximum
        super().__init__(**options)

    def read(self, text: str) -> Decimal:
        return parse_quantity(text, fractions=self.fractions, minimum=self.minimum, maximum=self.maximum)


class PercentField(_TypedField):
    show = staticmethod(formats.format_quantity)

    def __init__(self, *, maximum: Decimal = Decimal(100), **options: Any) -> None:
        self.maximum = maximum
        super().__init__(**options)

    def read(self, text: str) -> Decimal:
        return parse_percent(text, maximum=self.maximum)


class DutchDateField(_TypedField):
    css = ""
    inputmode = ""  # a numeric keyboard has no dash
    show = staticmethod(formats.format_date)

    def __init__(
        self,
        *,
        years_back: int | None = 1,
        years_ahead: int | None = 3,
        lean: days.Lean = days.AHEAD,
        **options: Any,
    ) -> None:
        self.years_back, self.years_ahead, self.lean = years_back, years_ahead, lean
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "placeholder": "dd-mm-jjjj"}

    def read(self, text: str) -> datetime.date:
        return parse_date(text, years_back=self.years_back, years_ahead=self.years_ahead, lean=self.lean)

    def prepare_value(self, value: Any) -> Any:
        """What was typed is echoed as the day that it was read as; what cannot be read stays as typed."""
        try:
            value = self.read(value) if isinstance(value, str) and value.strip() else value
        except InputError:
            return value
        return super().prepare_value(value)


class BarcodeField(_TypedField):
    css = ""
    inputmode = ""

    def read(self, text: str) -> str:
        return parse_barcode(text)

    def clean(self, value: Any) -> str:
        return super().clean(value) or ""


class CleanTextField(_TypedField):
    """Text as typed, in NFC and without control characters; empty is the empty string."""

    css = ""
    inputmode = ""

    def __init__(self, *, max_length: int = 500, multiline: bool = False, rows: int = 3, **options: Any) -> None:
        self.max_length, self.multiline = max_length, multiline
        if multiline:
            options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = {key: value for key, value in super().widget_attrs(widget).items() if key != "autocomplete"}
        return {**attrs, "maxlength": self.max_length} if not self.multiline else attrs

    def read(self, text: str) -> str:
        return clean_text(text, max_length=self.max_length, multiline=self.multiline)

    def clean(self, value: Any) -> str:
        return super().clean(value) or ""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial or "", data or "")


class PictureField(forms.FileField):
    """A picture, read and made small by pictures.read; False where it is to go, else what was there."""

    def __init__(self, *, side: int, most_bytes: int, kinds: tuple[str, ...] = ("JPEG", "PNG", "WEBP"), **options: Any):
        self.bounds: dict[str, Any] = {"side": side, "most_bytes": most_bytes, "kinds": kinds}
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "accept": ",".join(f"image/{kind.lower()}" for kind in self.bounds["kinds"]),
        }

    def to_python(self, data: Any) -> Any:
        upload = super().to_python(data)
        try:
            return upload and pictures.read(upload, **self.bounds)
        except Refusal as refused:
            raise ValidationError(refused.message, code="invalid") from refused


def clean_formfield(field: models.Field, **options: Any) -> forms.Field | None:
    """The field of a ModelForm (Meta.formfield_callback): text is read by CleanTextField there too."""
    if type(field) is models.CharField and not field.choices:
        options["form_class"] = CleanTextField
    return field.formfield(**options)


class Combo(forms.Widget):
    """Search as you type: a hidden value beside a combobox that asks `url` for its options (combobox.js).

    url: where the options come from, answered by parts/options.html; may be lazy. label_of gives the text of
    a value; a ModelChoiceField needs none, its own queryset is asked.
    """

    template_name = "parts/combo_widget.html"

    def __init__(self, url: Any = "", *, label_of: Callable[[Any], str] | None = None, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.url, self.label_of = url, label_of
        self.choices: Any = ()

    def label_for(self, value: Any) -> str:
        if value in (None, ""):
            return ""
        if self.label_of:
            return self.label_of(value)
        queryset = getattr(self.choices, "queryset", None)
        if queryset is None:
            return next((str(text) for key, text in self.choices if str(key) == str(value)), "")
        try:
            found = queryset.filter(pk=value).first()
        except (TypeError, ValueError, ValidationError):
            return ""
        return self.choices.field.label_from_instance(found) if found else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        options = [] if self.url else [(key, text) for key, text in self.choices if key not in (None, "")]
        given = context["widget"]["attrs"]
        hidden = {key: text for key, text in given.items() if key.startswith("hx-")}
        shown = {key: text for key, text in given.items() if key not in hidden and key != "class"}
        return {
            **context,
            "url": str(self.url),
            "label_value": self.label_for(value),
            "options": options,
            "hidden_attrs": hidden,
            "shown_attrs": shown,
            "css": given.get("class", "input"),
        }


def add_refusal(form: forms.BaseForm, refusal: Any) -> None:
    """Put what a service refused on the form: at its field where the form has it, else above all fields."""
    for one in getattr(refusal, "all", [refusal]):
        form.add_error(one.field if one.field in form.fields else None, one.message)
