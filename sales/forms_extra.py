"""The own fields of a Soort in a form: to define them at Beheer, and to fill them in on an order."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from backoffice.core.input import InputError, clean_text
from sales import extra
from sales.models import SalesOrder


def fields(order: SalesOrder, order_type) -> dict[str, forms.Field]:
    """{name: field} of the Soort's own fields, with what the order says in them; the service reads what is typed."""
    return {extra.name_of(place): _field(order, row) for place, row in enumerate(order_type.extra_fields)}


def _field(order: SalesOrder, row: dict) -> forms.Field:
    """Asked with a star where it is required: an order can be saved without, and not be confirmed."""
    value, label = order.extra_data.get(row["label"], ""), row["label"]
    if row.get("kind") == extra.CHOICE:
        choices = [("", ""), *((text, text) for text in row.get("choices", ()))]
        made: forms.Field = forms.ChoiceField(label=label, required=False, initial=value, choices=choices)
    else:
        made = forms.CharField(label=label, required=False, initial=value, max_length=extra.LENGTH, strip=True)
        made.widget.attrs["autocomplete"] = "off"
        made.widget.attrs |= {"inputmode": "decimal"} if row.get("kind") == extra.NUMBER else {}
    made.label = f"{label} *" if row.get("required") else label
    return made


def typed(cleaned: dict, order_type) -> dict[str, str]:
    """What was typed, by label, as drafts.set_header takes it at extra_data."""
    names = {extra.name_of(place): row["label"] for place, row in enumerate(order_type.extra_fields)}
    return {label: cleaned[name] for name, label in names.items() if name in cleaned}


class DefinitionWidget(forms.Widget):
    """A row per field: label, kind, choices, required. Two rows are always free."""

    template_name = "setup/_extra_fields.html"
    use_fieldset = True
    FREE = 2

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        rows = [dict(row) for row in value or []]
        free = min(self.FREE, extra.MOST - len(rows))
        rows += [{"label": "", "kind": extra.TEXT} for _row in range(free)]
        for row in rows:
            row["choices"] = (
                ", ".join(row["choices"]) if isinstance(row.get("choices"), list) else row.get("choices", "")
            )
        return {**context, "rows": rows, "kinds": extra.KINDS}

    def value_from_datadict(self, data, files, name):
        columns = [data.getlist(f"{name}-{part}") for part in ("label", "kind", "choices")]
        required = set(data.getlist(f"{name}-required"))
        return [
            {"label": label, "kind": kind, "choices": choices, "required": str(place) in required}
            for place, (label, kind, choices) in enumerate(zip(*columns, strict=False))
            if label.strip()
        ]


class DefinitionField(forms.Field):
    """Eigen velden of a Soort, as OrderType.extra_fields holds them."""

    widget = DefinitionWidget

    def clean(self, value):
        if len(value) > extra.MOST:
            raise ValidationError(_("Een soort heeft ten hoogste %(most)s eigen velden.") % {"most": extra.MOST})
        try:
            rows = [self._row(row) for row in value]
        except InputError as error:
            raise ValidationError(error.message) from error
        labels = [row["label"].casefold() for row in rows]
        if len(set(labels)) < len(labels):
            raise ValidationError(_("Elk eigen veld heeft een eigen naam."))
        return rows

    @staticmethod
    def _row(row: dict) -> dict:
        label = clean_text(row["label"], max_length=40)
        choices = [clean_text(text, max_length=60) for text in row["choices"].split(",")]
        choices = list(dict.fromkeys(filter(None, choices))) if row["kind"] == extra.CHOICE else []
        if row["kind"] not in dict(extra.KINDS):
            raise InputError(_("Kies een waarde uit de lijst."))
        if row["kind"] == extra.CHOICE and len(choices) < 2:
            raise InputError(_("%(label)s: noem ten minste twee keuzes, met komma’s ertussen.") % {"label": label})
        return {"label": label, "kind": row["kind"], "choices": choices, "required": row["required"]}
