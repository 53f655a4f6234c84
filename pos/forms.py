"""What is typed at Maak order: how, when and the extra fields. The customer has forms of its own (relations)."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.forms import CleanTextField, DutchDateField
from backoffice.core.input import InputError, clean_text
from backoffice.relations.models import Employee
from sales.models import DeliveryMethod, OrderType, SalesOrder

WINDOWS = ("09:00 – 13:00", "13:00 – 17:00", "17:00 – 20:00")


class MakeOrderForm(forms.Form):
    """The order that the basket becomes; `values()` is what sales.services.drafts.set_header takes."""

    delivery_method = forms.ModelChoiceField(DeliveryMethod.objects.none(), label=gettext_lazy("Leverwijze"))
    expected_delivery_date = DutchDateField(label=gettext_lazy("Datum"), years_back=0)
    time_window = forms.ChoiceField(label=gettext_lazy("Tijdvak"), required=False)
    order_type = forms.ModelChoiceField(OrderType.objects.none(), label=gettext_lazy("Soort"), empty_label=None)
    subject = CleanTextField(label=gettext_lazy("Betreft"), max_length=120, required=False)
    reference = CleanTextField(label=gettext_lazy("Referentie klant"), max_length=80, required=False)
    employee = forms.ModelChoiceField(Employee.objects.none(), label=gettext_lazy("Medewerker"), empty_label=None)
    note = CleanTextField(label=gettext_lazy("Notitie"), max_length=4000, multiline=True, required=False, rows=2)

    def __init__(self, data=None, *, order: SalesOrder):
        names = ("subject", "reference", "note", "time_window", "expected_delivery_date")
        initial = {name: getattr(order, name) for name in names} | {
            "delivery_method": order.delivery_method_id, "order_type": order.order_type_id,
            "employee": order.employee_id,
        }  # fmt: skip
        super().__init__(data, initial=initial)
        self.order = order
        self.methods = list(DeliveryMethod.objects.filter(active=True))
        self.types = list(OrderType.objects.filter(active=True, quotation=False))
        self._field("delivery_method").queryset = DeliveryMethod.objects.filter(active=True)
        self._field("order_type").queryset = OrderType.objects.filter(active=True, quotation=False)
        self._field("employee").queryset = Employee.objects.filter(active=True)
        windows = list(WINDOWS)
        if order.time_window and order.time_window not in windows:
            windows.append(order.time_window)
        choices = [("", _("Hele dag")), *((window, window) for window in windows)]
        self.fields["time_window"].choices = choices  # type: ignore[attr-defined]

    def _field(self, name: str):
        return self.fields[name]

    @property
    def chosen_method(self) -> int | None:
        value = self["delivery_method"].value()
        return int(value) if str(value).isdigit() else None

    def extra(self) -> list[dict]:
        """The own fields of every Soort, with what was typed: [{type, fields: [{name, label, value}]}]."""
        found = []
        for order_type in self.types:
            rows = [
                {
                    "name": f"extra-{order_type.pk}-{row['key']}",
                    "label": row["label"],
                    "value": self.data.get(
                        f"extra-{order_type.pk}-{row['key']}", self.order.extra_data.get(row["key"], "")
                    ),
                }
                for row in order_type.extra_fields
            ]
            if rows:
                found.append({"type": order_type, "fields": rows})
        return found

    def clean(self):
        values = super().clean() or {}
        order_type = values.get("order_type")
        extra = {}
        for row in order_type.extra_fields if order_type else ():
            try:
                extra[row["key"]] = clean_text(self.data.get(f"extra-{order_type.pk}-{row['key']}"), max_length=200)
            except InputError as error:
                self.add_error(None, f"{row['label']}: {error.message}")
        values["extra_data"] = {key: text for key, text in extra.items() if text}
        return values

    def values(self) -> dict:
        return {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items()}
