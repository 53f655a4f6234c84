"""What is typed at Maak order: how, when and the extra fields. The customer has forms of its own (relations)."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.errors import Refusals
from backoffice.core.forms import CleanTextField, DutchDateField
from backoffice.core.input import whole
from backoffice.relations.models import Employee
from sales import extra, forms_extra
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
        for row in self.types:
            self.fields |= self._own(row)
        windows = list(WINDOWS)
        if order.time_window and order.time_window not in windows:
            windows.append(order.time_window)
        choices = [("", _("Hele dag")), *((window, window) for window in windows)]
        self.fields["time_window"].choices = choices  # type: ignore[attr-defined]

    def _field(self, name: str):
        return self.fields[name]

    @property
    def chosen_method(self) -> int | None:
        return whole(self["delivery_method"].value())

    def own(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The own fields of every Soort that has them; the screen shows those of the one that is chosen."""
        return [(row.pk, [self[name] for name in self._own(row)]) for row in self.types if row.extra_fields]

    def _own(self, order_type: OrderType) -> dict[str, forms.Field]:
        made = forms_extra.fields(self.order, order_type)
        return {f"{name}-{order_type.pk}": field for name, field in made.items()}

    def clean(self):
        values = super().clean() or {}
        own = {name: values.pop(name) for row in self.types for name in self._own(row) if name in values}
        if order_type := values.get("order_type"):
            mine = {name.rpartition("-")[0]: text for name, text in own.items() if name.endswith(f"-{order_type.pk}")}
            values["extra_data"] = forms_extra.typed(mine, order_type)
            try:
                extra.read(order_type, values["extra_data"])
            except Refusals as refusals:
                for refusal in refusals.all:
                    self.add_error(f"{refusal.field}-{order_type.pk}", refusal.message)
        return values

    def values(self) -> dict:
        return {name: getattr(value, "pk", value) for name, value in self.cleaned_data.items()}
