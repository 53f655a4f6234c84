"""The texts of mails: the shop's own, with fixed placeholders that are filled in once and never read as a program."""

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.formats import NBSP, format_date, format_money, format_phone

MARK = re.compile(r"\{([^{}]*)\}")
# placeholder -> what it stands for
PLACEHOLDERS = {
    "nummer": gettext_lazy("Nummer van de order"),
    "naam": gettext_lazy("Naam van de debiteur"),
    "betreft": gettext_lazy("Betreft"),
    "referentie": gettext_lazy("Referentie van de klant"),
    "datum": gettext_lazy("Datum van de order"),
    "leverdatum": gettext_lazy("Verwachte leverdatum"),
    "totaal": gettext_lazy("Totaal van de order"),
    "open": gettext_lazy("Nog te betalen"),
    "filiaal": gettext_lazy("Naam van het filiaal"),
    "bedrijf": gettext_lazy("Naam van het bedrijf"),
    "telefoon": gettext_lazy("Telefoonnummer van het filiaal"),
    "medewerker": gettext_lazy("Medewerker van de order"),
}


class Text(NamedTuple):
    subject: str
    body: str


def check(text: str) -> None:
    """Raises ValidationError for a placeholder that does not exist, or a bracket that belongs to none."""
    for found in MARK.finditer(text):
        if found[1] not in PLACEHOLDERS:
            raise ValidationError(
                _("{%(name)s} bestaat niet. Kies uit: %(known)s.")
                % {"name": found[1][:40], "known": ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)}
            )
    if "{" in MARK.sub("", text) or "}" in MARK.sub("", text):
        raise ValidationError(_("Een accolade hoort bij een invulwoord, zoals {nummer}."))


def filled(text: str, values: dict[str, str]) -> str:
    """The text with its placeholders filled in; what is filled in is not read again, what is unknown stays."""
    return MARK.sub(lambda found: values.get(found[1], found[0]), text)


def values_of(order) -> dict[str, str]:
    """What the placeholders stand for on an order, each one line; order.branch and order.employee read along."""
    values = {
        "nummer": order.number,
        "naam": order.customer_attention or order.customer_name,
        "betreft": order.subject,
        "referentie": order.reference,
        "datum": format_date(order.order_date),
        "leverdatum": format_date(order.expected_delivery_date) or _("nog af te spreken"),
        "totaal": format_money(order.gross),
        "open": format_money(order.open_amount),
        "filiaal": order.branch.name,
        "bedrijf": order.branch.company or order.branch.name,
        "telefoon": format_phone(order.branch.phone),
        "medewerker": order.employee.name,
    }
    return {name: " ".join(value.replace(NBSP, " ").split()) for name, value in values.items()}


def standard(kind: str) -> Text:
    """The text that holds until the shop writes its own."""
    closing = _("Met vriendelijke groet,\n\n{filiaal}\n{telefoon}")
    greeting = _("Beste {naam},")
    subject, middle = {
        "confirmation": (
            _("Orderbevestiging {nummer}"),
            _(
                "Hartelijk dank voor uw bestelling. In de bijlage vindt u de orderbevestiging {nummer} van {datum},"
                " met een totaal van {totaal}.\n\nVerwachte leverdatum: {leverdatum}."
            ),
        ),
        "quotation": (
            _("Offerte {nummer}"),
            _("In de bijlage vindt u onze offerte {nummer} van {datum}, met een totaal van {totaal}."),
        ),
        "slip": (
            _("Pakbon bij order {nummer}"),
            _("Uw bestelling is onderweg. In de bijlage vindt u de pakbon bij order {nummer}."),
        ),
        "deposit": (
            _("Betaling van order {nummer}"),
            _("Wij hebben uw betaling ontvangen. In de bijlage vindt u het bewijs. Nog te betalen: {open}."),
        ),
        "receipt": (
            _("Kassabon bij {nummer}"),
            _("In de bijlage vindt u uw kassabon."),
        ),
    }[kind]
    return Text(subject, f"{greeting}\n\n{middle}\n\n{closing}")
