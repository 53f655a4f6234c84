"""The fields of the order screen: what was typed, read the Dutch way, one field at a time."""

import re
from decimal import Decimal
from typing import cast

from django import forms
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core import days, formats
from backoffice.core.forms import CleanTextField, Combo, DutchDateField
from backoffice.core.input import InputError, clean_text, parse_amount, parse_percent, parse_quantity, whole
from backoffice.relations.models import Branch, Customer, Employee
from backoffice.relations.rights import scoped
from sales import addresses, forms_extra
from sales.models import DeliveryMethod, OrderLine, OrderType, SalesOrder

# the eight fields of the manual, then the folded row
FIRST = (
    "order_type",
    "customer",
    "order_date",
    "employee",
    "branch",
    "subject",
    "expected_delivery_date",
    "delivery_method",
)
FOLDED = ("reference", "invoice_address", "delivery_address", "time_window", "note")


class HeaderForm(forms.ModelForm):
    """The header of an order. Only the fields that were posted are read; `changed` is what the service gets."""

    order_date = DutchDateField(label=gettext_lazy("Datum"), lean=days.NEAR)
    expected_delivery_date = DutchDateField(label=gettext_lazy("Verwachte leverdatum"), required=False)
    subject = CleanTextField(label=gettext_lazy("Betreft"), max_length=120, required=False)
    reference = CleanTextField(label=gettext_lazy("Referentie klant"), max_length=80, required=False)
    time_window = CleanTextField(label=gettext_lazy("Tijdvak"), max_length=40, required=False)
    note = CleanTextField(
        label=gettext_lazy("Interne notitie"), max_length=4000, required=False, multiline=True, rows=2
    )
    invoice_address = CleanTextField(
        label=gettext_lazy("Factuuradres"), max_length=400, required=False, multiline=True, rows=3
    )
    delivery_address = CleanTextField(
        label=gettext_lazy("Bezorgadres"), max_length=400, required=False, multiline=True, rows=3
    )

    class Meta:
        model = SalesOrder
        fields = (*FIRST, *FOLDED)
        widgets = {name: Combo() for name in ("order_type", "employee", "branch", "delivery_method")}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, auto_id="%s", **kwargs)  # type: ignore[misc]
        order = self.instance
        for name in ("invoice_address", "delivery_address"):
            rows = addresses.lines(getattr(order, name))
            self.initial[name] = "\n".join(rows)
            self.fields[name].widget.attrs["rows"] = max(3, len(rows))
        choices = {
            "order_type": OrderType.objects.filter(active=True),
            "employee": Employee.objects.filter(active=True),
            "branch": scoped(Branch.objects.filter(active=True), user, "sales.edit", "pk"),
            "delivery_method": DeliveryMethod.objects.filter(active=True),
        }
        for name, queryset in choices.items():
            self._choices(name).queryset = queryset
        customer = self._choices("customer")
        customer.queryset, customer.required = Customer.objects.all(), True
        customer.widget = Combo(customer_options_url(), label_of=self._customer_label)
        customer.widget.is_required = False  # it may be emptied while the order is a draft
        self.fields |= forms_extra.fields(order, order.order_type)
        for name in self.fields:
            if self.is_bound and name not in self.data:
                self.fields[name].disabled = True

    def _choices(self, name: str) -> forms.ModelChoiceField:
        return cast(forms.ModelChoiceField, self.fields[name])

    def _customer_label(self, value) -> str:
        order = self.instance
        if order.customer_id and str(order.customer_id) == str(value):
            return str(order.customer)
        found = Customer.objects.filter(pk=whole(value) or 0).first()
        return str(found) if found else ""

    def _post_clean(self):
        """The service writes the order, not the form."""

    @property
    def own(self) -> list[forms.BoundField]:
        """The own fields of the Soort."""
        return [self[name] for name in self.fields if name not in (*FIRST, *FOLDED)]

    @property
    def changed(self) -> dict:
        """{field: value} of what was posted, as sales.services.drafts.set_header takes it."""
        values = {}
        for name in self.data:
            if name not in self.fields or name not in self.cleaned_data:
                continue
            value = self.cleaned_data[name]
            if name in ("invoice_address", "delivery_address"):
                value = addresses.read(value, getattr(self.instance, name))
            if name in (*FIRST, *FOLDED):
                values[name] = getattr(value, "pk", value)
        own = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        if said := forms_extra.typed(own, self.instance.order_type):
            values["extra_data"] = said
        return values


def customer_options_url() -> str:
    try:
        return reverse("relations:customer_options")
    except NoReverseMatch:
        return ""


# an amount that says so, before or behind it
EUROS = re.compile(r"(?:€|eur|euro)[ \u00a0]*(.+)|(.+?)[ \u00a0]*(?:€|eur|euro)", re.IGNORECASE)


def read_discount(text: str) -> tuple[str, Decimal]:
    """ "10 %", "10" and "12,5" are percentages, "€ 5", "5 eur" and "5,00 €" are euros, nothing is 0 %.

    What looks like euros without saying so ("5,00", "150") is asked. Raises InputError.
    """
    typed = text.strip(" \t\u00a0")
    if not typed:
        return "percent", Decimal(0)
    if typed.endswith("%"):
        return "percent", parse_percent(typed)
    if amount := EUROS.fullmatch(typed):
        return "amount", parse_amount(amount[1] or amount[2])
    value = parse_amount(typed)
    if value > 100 or re.search(r"[.,][0-9]{2}$", typed):
        words = {"percent": formats.format_percent(value), "amount": formats.format_money(value)}
        if value > 100:
            raise InputError(_("Bedoelt u %(amount)s? Typ er dan een € bij.") % words)
        raise InputError(_("Bedoelt u %(percent)s of %(amount)s? Typ er %% of € bij.") % words)
    return "percent", value


def shown_discount(percent: Decimal, amount) -> str:
    """A discount as its field shows it: 10 %, € 5,00 or nothing."""
    euros = formats.to_decimal(amount)
    if euros:
        return formats.format_money(euros)
    return formats.format_percent(percent) if percent else ""


CELLS = ("quantity", "price", "discount", "text")


def shown_cells(line: OrderLine) -> dict[str, str]:
    """What stands in the cells of a line."""
    if line.variant_id is None:
        return {"text": line.text}
    return {
        "quantity": formats.format_quantity(line.quantity),
        "price": formats.format_amount(line.unit_price),
        "discount": shown_discount(line.discount_percent, line.discount_amount),
        "text": line.text,
    }


def read_cell(name: str, typed: str, fractions: bool):
    """The value of one cell as sales.services.lines.set_line takes it. Raises InputError."""
    if name == "quantity":
        return parse_quantity(typed, fractions=fractions)
    if name == "price":
        return parse_amount(typed)
    if name == "discount":
        return read_discount(typed)
    return clean_text(typed, max_length=500)


def read_reason(typed: str) -> str:
    """Why a price lies below the ceiling. Raises InputError when nothing was typed."""
    reason = clean_text(typed, max_length=120)
    if not reason:
        raise InputError(_("Geef een reden op."))
    return reason
