"""Forms of papers. The services check again; nothing is decided here alone."""

import re
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.formats import format_money, format_quantity
from backoffice.core.forms import CleanTextField, QuantityField
from backoffice.relations.countries import COUNTRIES
from sales.documents.picking import Pick
from sales.documents.services.packing import ADDRESS
from sales.services.rating import Question, read_answer

FORM = "slip-form"


LINE = re.compile(r"quantity-([0-9]{1,17})", re.ASCII)


class SlipFields(forms.Form):
    """What a slip asks beside its lines: another address, a note, and why it leaves without its deposit."""

    elsewhere = forms.BooleanField(label=gettext_lazy("Ander afleveradres"), required=False)
    name = CleanTextField(label=gettext_lazy("Naam"), max_length=200, required=False)
    attention = CleanTextField(label=gettext_lazy("Ter attentie van"), max_length=120, required=False)
    street = CleanTextField(label=gettext_lazy("Straat en huisnummer"), max_length=120, required=False)
    city = CleanTextField(label=gettext_lazy("Postcode en plaats"), max_length=120, required=False)
    country = forms.ChoiceField(label=gettext_lazy("Land"), choices=COUNTRIES, required=False, initial="NL")
    note = CleanTextField(
        label=gettext_lazy("Opmerking op de pakbon"), max_length=500, multiline=True, rows=2, required=False
    )
    override_reason = CleanTextField(
        label=gettext_lazy("Reden om zonder aanbetaling te leveren"), max_length=120, required=False
    )

    @property
    def answer(self) -> tuple[str, Decimal | None]:
        """Which price stays where a VAT rate changed since the order, and the total that was shown with it."""
        return read_answer(self.cleaned_data.get("price_stays") or "")

    @property
    def quantities(self) -> dict[int, Decimal]:
        """{line id: pieces} of what goes along."""
        filled = {LINE.fullmatch(name): value for name, value in self.cleaned_data.items() if value}
        return {int(found[1]): quantity for found, quantity in filled.items() if found}

    @property
    def address(self) -> dict | None:
        if not self.cleaned_data["elsewhere"]:
            return None
        return {part: self.cleaned_data[part] or "" for part in ADDRESS}


class PostedSlip(SlipFields):
    """The form as it was sent, read without the order: the service reads that itself, and says what does not fit."""

    def __init__(self, data):
        super().__init__(data)
        self.fields["price_stays"] = CleanTextField(max_length=40, required=False)
        for name in data:
            if LINE.fullmatch(name):
                self.fields[name] = QuantityField(fractions=True, minimum=Decimal(0), required=False)


class SlipForm(SlipFields):
    """Pakbon aanmaken as the screen shows it, with a field per line that has something open.

    question: what is asked where a VAT rate changed since the order.
    """

    def __init__(self, data, picks: list[Pick], *, ask_reason: bool, question: Question | None = None):
        super().__init__(data)
        if question:
            self.fields["price_stays"] = forms.ChoiceField(
                label=_("Welke prijs blijft?"),
                choices=question.answers,
                widget=forms.RadioSelect,
                required=False,
                help_text=_("Btw %(rates)s. Het totaal is nu %(total)s.")
                % {"rates": question.said, "total": format_money(question.old)},
            )
        if not ask_reason:
            del self.fields["override_reason"]
        for pick in picks:
            if pick.packable:
                self.fields[pick.name] = QuantityField(
                    label=_("Op deze pakbon: %(name)s") % {"name": pick.line.title},
                    fractions=pick.line.fractions,
                    minimum=Decimal(0),
                    required=False,
                    initial=format_quantity(pick.filled),
                )
        for field in self.fields.values():
            field.widget.attrs["form"] = FORM
