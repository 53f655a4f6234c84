"""Form of a payment method (betaalwijze)."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.forms import CleanTextField
from backoffice.relations.models import Branch
from payments.models import PaymentMethod

Kind = PaymentMethod.Kind


class PaymentMethodForm(forms.ModelForm):
    """Pin has no choice "In de backoffice": it can only be taken at the till."""

    name = CleanTextField(label=gettext_lazy("Naam"), max_length=40)
    branches = forms.ModelMultipleChoiceField(
        Branch.objects.filter(active=True),
        label=gettext_lazy("Filialen"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Zonder keuze: in elk filiaal."),
    )

    class Meta:
        model = PaymentMethod
        fields = ["name", "kind", "position", "at_desk", "at_till", "active", "branches"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        at_desk = self.fields["at_desk"]
        at_desk.help_text = _("Pin kan alleen via de kassa.")
        if self.instance.pk:
            # what money was booked with stays what it is; another kind is another method
            self.fields["kind"].disabled = True
        if self.instance.kind == Kind.TERMINAL:
            del self.fields["at_desk"]
        elif self.instance.kind == Kind.CASH:
            at_desk.help_text = _(
                "Contant gaat dan in een open lade van het filiaal; bij het aanbetalen wordt gevraagd in welke."
            )
        elif self.instance.pk:
            at_desk.help_text = ""
