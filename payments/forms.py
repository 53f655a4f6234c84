"""What is typed when money is taken at the desk."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.forms import AmountField, add_refusal
from payments.dialogs.deposits import Sheet
from payments.models import PaymentMethod

# what a service refuses about an amount, and the kind of method whose amount it means
OF_KIND = {
    "payments.five_cents": PaymentMethod.Kind.CASH,
    "payments.cash_twice": PaymentMethod.Kind.CASH,
    "payments.credit_short": PaymentMethod.Kind.CREDIT,
}


class DepositForm(forms.Form):
    """An amount per chosen method, and the drawer where one of them is cash."""

    def __init__(self, sheet: Sheet, *args, **options):
        super().__init__(*args, **options)
        self.sheet = sheet
        for key in sheet.chosen:
            label = _("Bedrag %(method)s") % {"method": key.method.name}
            self.fields[key.name] = AmountField(
                label=label, initial=key.typed, error_messages={"required": _("Vul een bedrag in.")}
            )
        if sheet.cash:
            drawers = [(str(row.pk), f"{row.till.name}") for row in sheet.drawers]
            several = [("", _("Kies een lade"))] if len(drawers) > 1 else []
            self.fields["session"] = forms.TypedChoiceField(
                label=_("In welke open lade"), choices=[*several, *drawers], coerce=int, empty_value=None,
                required=False,
                error_messages={"invalid_choice": _("Deze lade is intussen gesloten. Kies een andere.")},
            )  # fmt: skip

    @property
    def tenders(self) -> list[tuple[int, Decimal]]:
        """[(method id, EUR)], in the order of the keys."""
        return [(key.method.pk, self.cleaned_data[key.name]) for key in self.sheet.chosen]

    @property
    def session_id(self) -> int | None:
        return self.cleaned_data.get("session")

    def refuse(self, refusal: Refusal) -> None:
        """Mark the field that a service refused: of several amounts the one that it means, else the last."""
        chosen = self.sheet.chosen
        if refusal.field == "amount" and chosen:
            kind = OF_KIND.get(refusal.code)
            meant = next((key for key in chosen if key.method.kind == kind), chosen[-1])
            refusal = Refusal(refusal.code, refusal.message, meant.name)
        add_refusal(self, refusal)
