"""Forms of Soort and Leverwijze."""

from django import forms
from django.utils.translation import gettext_lazy

from backoffice.core.forms import PercentField, clean_formfield
from sales.forms_extra import DefinitionField
from sales.models import DeliveryMethod, OrderType


class OrderTypeForm(forms.ModelForm):
    deposit_percent = PercentField(
        label=gettext_lazy("Verplichte aanbetaling (%)"),
        initial=0,
        help_text=gettext_lazy("Plaatsen kan altijd; leveren wacht op de aanbetaling."),
    )

    extra_fields = DefinitionField(
        label=gettext_lazy("Eigen velden"),
        required=False,
        help_text=gettext_lazy("Gevraagd op het orderscherm en aan de kassa bij Extra gegevens."),
    )

    class Meta:
        model = OrderType
        formfield_callback = clean_formfield
        fields = [
            "name",
            "vat_mode",
            "deposit_percent",
            "position",
            "may_cancel",
            "quotation",
            "active",
            "extra_fields",
        ]


class DeliveryMethodForm(forms.ModelForm):
    class Meta:
        model = DeliveryMethod
        formfield_callback = clean_formfield
        fields = ["name", "kind", "till_text", "position", "active"]
