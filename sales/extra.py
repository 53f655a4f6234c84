"""Extra gegevens: the own fields of the shop, defined per Soort, and what an order says in them.

A Soort holds [{"label", "kind", "choices", "required"}]. An order keeps {label: text as shown}, so that what was agreed
stays readable whatever becomes of the Soort.
"""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.errors import Refusal, Refusals
from backoffice.core.formats import format_date, format_quantity
from backoffice.core.input import InputError, clean_text, parse_amount, parse_date

TEXT, NUMBER, DATE, CHOICE = "text", "number", "date", "choice"
KINDS = (
    (TEXT, gettext_lazy("Tekst")),
    (NUMBER, gettext_lazy("Getal")),
    (DATE, gettext_lazy("Datum")),
    (CHOICE, gettext_lazy("Keuze")),
)
MOST = 12
LENGTH = 200


def _choice(text: str, field: dict) -> str:
    if text not in field.get("choices", ()):
        raise InputError(_("Kies een waarde uit de lijst."))
    return text


READ: dict[str, Callable[[str, dict], str]] = {
    TEXT: lambda text, field: clean_text(text, max_length=LENGTH),
    NUMBER: lambda text, field: format_quantity(parse_amount(text, minimum=None)),
    DATE: lambda text, field: format_date(parse_date(text)),
    CHOICE: _choice,
}


def name_of(place: int) -> str:
    """What the field at this place of the Soort is called in a form, and in a refusal."""
    return f"extra-{place}"


def read(order_type, typed: dict[str, str]) -> dict[str, str]:
    """What was typed, by label, as it is kept; "" where a field was emptied. Raises Refusals, each field named."""
    found, wrong = {}, []
    for place, field in enumerate(order_type.extra_fields):
        if field["label"] not in typed:
            continue
        text = str(typed[field["label"]] or "").strip()
        try:
            found[field["label"]] = READ[field.get("kind", TEXT)](text, field) if text else ""
        except InputError as error:
            wrong.append(Refusal("order.extra", f"{field['label']}: {error.message}", name_of(place)))
    if wrong:
        raise Refusals(wrong)
    return found


def merge(order, typed: dict[str, str]) -> None:
    """Write what was typed into the order's own fields. Raises Refusals."""
    kept = order.extra_data | read(order.order_type, typed)
    order.extra_data = {label: text for label, text in kept.items() if text}


def follow(order, before) -> None:
    """Another Soort was chosen: what only the one before it asked goes."""
    asked = {field["label"] for field in order.order_type.extra_fields}
    gone = {field["label"] for field in before.extra_fields} - asked
    order.extra_data = {label: text for label, text in order.extra_data.items() if label not in gone}


def missing(order) -> list[Refusal]:
    """What the Soort requires, and the order does not say."""
    return [
        Refusal("order.extra_missing", _("Vul %(label)s in.") % {"label": field["label"]}, name_of(place))
        for place, field in enumerate(order.order_type.extra_fields)
        if field.get("required") and not order.extra_data.get(field["label"])
    ]


def rows(order) -> list[tuple[str, str]]:
    """What the order says, as (label, text), in the order of its Soort."""
    places = {field["label"]: place for place, field in enumerate(order.order_type.extra_fields)}
    return sorted(order.extra_data.items(), key=lambda row: (places.get(row[0], MOST), row[0]))
