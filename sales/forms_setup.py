"""Forms of Soort and Leverwijze."""

from django import forms
from django.utils.translation import gettext_lazy

from backoffice.core.forms import PercentField
from sales.models import DeliveryMethod, OrderType


class OrderTypeForm(forms.ModelForm):
    deposit_percent = PercentField(
        label=gettext_lazy("Verplichte aanbetaling (%)"),
        initial=0,
        help_text=gettext_lazy("Plaatsen kan altijd; leveren wacht op de aanbetaling."),
    )

    class Meta:
        model = OrderType
        fields = ["name", "vat_mode", "deposit_percent", "position", "may_cancel", "quotation", "active"]


class DeliveryMethodForm(forms.ModelForm):
    class Meta:
        model = DeliveryMethod
        fields = ["name", "kind", "till_text", "position", "active"]
