"""Forms of customers, branches, tills and employees. The services check again; nothing is decided here alone."""

import itertools
import re
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.formats import format_phone
from backoffice.core.forms import CleanTextField, PictureField, clean_formfield
from backoffice.core.input import InputError, whole
from backoffice.relations import validators
from backoffice.relations.countries import COUNTRIES
from backoffice.relations.models import Branch, Customer, CustomerAddress, Employee, EmployeeRole, Till, VatMode

LOGO_SIDE = 960  # points; on paper it is 80 mm wide at most, so 300 to the inch
EVERYWHERE = "all"


class CheckedField(CleanTextField):
    """Text that one function of validators.py reads."""

    def __init__(self, check: Callable[[str], str], **options) -> None:
        self.check = check
        super().__init__(**options)

    def read(self, text: str) -> str:
        return self.check(super().read(text))


class LoginForm(AuthenticationForm):
    error_messages = {
        "invalid_login": gettext_lazy("E-mailadres of wachtwoord klopt niet."),
        "inactive": gettext_lazy("E-mailadres of wachtwoord klopt niet."),
    }

    def clean_username(self) -> str:
        address = self.cleaned_data["username"].strip().lower()  # attempts are counted per address, however it is typed
        if len(address) > 254:  # no field of the throttle holds it, and nobody has it
            raise forms.ValidationError(self.error_messages["invalid_login"])
        return address


class CustomerForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Soort"), choices=Customer.Kind.choices, widget=forms.RadioSelect)
    company = CleanTextField(label=gettext_lazy("Bedrijfsnaam"), max_length=120, required=False)
    first_name = CleanTextField(label=gettext_lazy("Voornaam"), max_length=60, required=False)
    infix = CleanTextField(label=gettext_lazy("Tussenvoegsel"), max_length=20, required=False)
    last_name = CleanTextField(label=gettext_lazy("Achternaam"), max_length=80, required=False)
    email = CheckedField(
        validators.clean_email, label=gettext_lazy("E-mail"), max_length=254, required=False,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    phone = CleanTextField(
        label=gettext_lazy("Telefoon"), max_length=30, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip
    kvk = CheckedField(validators.clean_kvk, label=gettext_lazy("KVK-nummer"), max_length=20, required=False)
    vat_id = CheckedField(validators.clean_vat_id, label=gettext_lazy("BTW-id"), max_length=30, required=False)
    vat_mode = forms.ChoiceField(
        label=gettext_lazy("Standaard BTW"), required=False,
        choices=[("", gettext_lazy("volgens de Soort van de order")), *VatMode.choices],
    )  # fmt: skip
    vat_reason = CleanTextField(label=gettext_lazy("Reden zonder BTW"), max_length=120, required=False)
    note = CleanTextField(label=gettext_lazy("Notitie"), max_length=4000, multiline=True, required=False)
    blocked = forms.BooleanField(label=gettext_lazy("Geblokkeerd voor nieuwe orders"), required=False)

    def __init__(self, *args, customer: Customer | None = None, country: str = validators.HOME, **options) -> None:
        """country: where a phone number is of that names none, as the invoice address says."""
        super().__init__(*args, **options)
        self.customer, self.country = customer, country

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        if self.customer and typed == self.initial["phone"]:  # as it was shown, whatever country is chosen now
            return self.customer.phone
        try:
            return validators.clean_phone(typed, self.country)
        except InputError as error:
            raise forms.ValidationError(error.message) from None

    def clean(self):
        values = super().clean() or {}
        business = values.get("kind") == Customer.Kind.BUSINESS
        needed = "company" if business else "last_name"
        if not values.get(needed) and needed not in self.errors:
            self.add_error(needed, _("Vul de bedrijfsnaam in.") if business else _("Vul de achternaam in."))
        return values


class AddressForm(forms.Form):
    """One address; empty is allowed and then not kept."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    attention = CleanTextField(label=gettext_lazy("Ter attentie van"), max_length=120, required=False)
    street = CleanTextField(label=gettext_lazy("Straat"), max_length=120, required=False)
    house_number = CleanTextField(label=gettext_lazy("Huisnummer"), max_length=10, required=False)
    addition = CleanTextField(label=gettext_lazy("Toevoeging"), max_length=20, required=False)
    postcode = CleanTextField(label=gettext_lazy("Postcode"), max_length=12, required=False)
    city = CleanTextField(label=gettext_lazy("Plaats"), max_length=80, required=False)
    country = forms.ChoiceField(label=gettext_lazy("Land"), choices=COUNTRIES, required=False)
    drop = forms.BooleanField(label=gettext_lazy("Dit adres verwijderen"), required=False)
    name = ""  # of a delivery address: ties its fields together

    def clean(self):
        values = super().clean() or {}
        try:
            values["postcode"] = validators.clean_postcode(
                values.get("postcode", ""), values.get("country") or validators.HOME
            )
        except InputError as error:
            self.add_error("postcode", error.message)
        return values

    def filled(self) -> bool:
        values = self.cleaned_data
        return not values.get("drop") and any(
            values.get(n) for n in ("attention", "street", "house_number", "postcode", "city")
        )


class CustomerForms:
    """The customer with its invoice address and any number of delivery addresses, as one form on the screen."""

    def __init__(self, data: MultiValueDict | None = None, customer: Customer | None = None, delivery: bool = True):
        known = list(customer.addresses.all()) if customer else []
        invoice = [a for a in known if a.kind == CustomerAddress.Kind.INVOICE]
        self.customer = customer
        country = data.get("invoice-country") if data else None
        self.main = CustomerForm(
            data, initial=_initial_customer(customer), customer=customer, country=country or validators.HOME
        )
        self.invoice = AddressForm(data, prefix="invoice", initial=_initial_address(invoice[0] if invoice else None))
        if data is not None:
            names = [name for name in data.getlist("delivery") if re.fullmatch(r"[0-9a-f]{1,32}", name)]
            self.deliveries = [delivery_form(data=data, name=name) for name in names]
        else:
            others = [a for a in known if a.kind == CustomerAddress.Kind.DELIVERY] if delivery else []
            self.deliveries = [delivery_form(address=address) for address in others]

    def is_valid(self) -> bool:
        forms_of_it = (self.main, self.invoice, *self.deliveries)
        return not [form for form in forms_of_it if not form.is_valid()]  # every one is asked, so that all errors show

    # the summary of what is wrong reads all forms as one
    def __iter__(self):
        return itertools.chain(self.main, self.invoice, *self.deliveries)

    def non_field_errors(self) -> list:
        return [text for form in (self.main, self.invoice, *self.deliveries) for text in form.non_field_errors()]

    def values(self) -> dict:
        return dict(self.main.cleaned_data)

    def addresses(self) -> list[dict]:
        kinds = CustomerAddress.Kind
        pairs = [(kinds.INVOICE, self.invoice)] + [(kinds.DELIVERY, form) for form in self.deliveries]
        return [{**form.cleaned_data, "kind": str(kind)} for kind, form in pairs if form.filled()]


def delivery_form(*, data=None, name: str = "", address: CustomerAddress | None = None) -> AddressForm:
    """The form of one delivery address; its name ties its fields together."""
    name = name or uuid.uuid4().hex
    form = AddressForm(data, prefix=f"delivery-{name}", initial=_initial_address(address))
    form.name = name
    return form


def _initial_customer(customer: Customer | None) -> dict:
    if customer is None:
        return {"kind": Customer.Kind.PRIVATE}
    kept = [name for name in CustomerForm.base_fields if name != "vat_reason"]
    return {name: getattr(customer, name) for name in kept} | {"phone": format_phone(customer.phone)}


def _initial_address(address: CustomerAddress | None) -> dict:
    if address is None:
        return {"country": validators.HOME}
    return {name: getattr(address, name) for name in AddressForm.base_fields if name != "drop"}


class BranchForm(forms.ModelForm):
    phone = CleanTextField(label=gettext_lazy("Telefoon"), max_length=30, required=False)
    email = CheckedField(validators.clean_email, label=gettext_lazy("E-mail"), max_length=254, required=False)
    kvk = CheckedField(validators.clean_kvk, label=gettext_lazy("KVK-nummer"), max_length=20, required=False)
    vat_id = CheckedField(validators.clean_vat_id, label=gettext_lazy("BTW-id"), max_length=30, required=False)
    iban = CheckedField(validators.clean_iban, label=gettext_lazy("IBAN"), max_length=42, required=False)
    country = forms.ChoiceField(label=gettext_lazy("Land"), choices=COUNTRIES)
    logo = PictureField(
        label=gettext_lazy("Logo"), required=False, help_text=gettext_lazy("PNG of JPEG, hoogstens 1 MB."),
        side=LOGO_SIDE, most_bytes=1_000_000, kinds=("PNG", "JPEG"), widget=forms.FileInput,
    )  # fmt: skip
    drop_logo = forms.BooleanField(label=gettext_lazy("Logo verwijderen"), required=False)

    class Meta:
        model = Branch
        formfield_callback = clean_formfield
        fields = [
            "code", "name", "company", "street", "house_number", "addition", "postcode", "city", "country",
            "phone", "email", "kvk", "vat_id", "iban", "logo", "below_stock", "cash_rounding", "active",
        ]  # fmt: skip
        widgets = {"below_stock": forms.Select}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.phone:
            self.initial["phone"] = format_phone(self.instance.phone)
        if not self.instance.logo:
            del self.fields["drop_logo"]

    def clean(self):
        values = super().clean() or {}
        for name, check in (("postcode", validators.clean_postcode), ("phone", validators.clean_phone)):
            try:
                values[name] = check(values.get(name, ""), values.get("country") or validators.HOME)
            except InputError as error:
                self.add_error(name, error.message)
        if values.pop("drop_logo", False) and "logo" not in self.changed_data:
            values["logo"] = False
        return values


class TillForm(forms.ModelForm):
    class Meta:
        model = Till
        formfield_callback = clean_formfield
        fields = ["branch", "number", "name", "printer_host", "printer_port", "paper_columns", "scan_prefix", "active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["paper_columns"].required = False  # not said: as it is

    def clean_paper_columns(self) -> int:
        return self.cleaned_data["paper_columns"] or self.instance.paper_columns


SCOPES = 20  # branches whose roles are shown; of more those that matter, and any other is added to the page


class EmployeeForm(forms.ModelForm):
    """An employee with roles; the password and the PIN code stay as they are when left empty.

    Data names the branches whose roles the page showed (scope); roles at others stay as they are.
    """

    email = CheckedField(validators.clean_email, label=gettext_lazy("E-mailadres"), max_length=254)
    password = forms.CharField(
        label=gettext_lazy("Nieuw wachtwoord"), required=False, strip=False,
        help_text=gettext_lazy("Minstens 10 tekens. Leeg: blijft zoals het is."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    pin = forms.CharField(
        label=gettext_lazy("Nieuwe pincode"), required=False,
        help_text=gettext_lazy("4 tot 6 cijfers, voor de kassa. Leeg: blijft zoals hij is."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "inputmode": "numeric"}),
    )  # fmt: skip

    class Meta:
        model = Employee
        formfield_callback = clean_formfield
        fields = ["number", "name", "email", "home_branch", "active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.held = list(self.instance.roles.values_list("role", "branch_id")) if self.instance.pk else []
        branches = list(Branch.objects.filter(active=True))
        asked = self._asked(branches)
        self.scopes = {EVERYWHERE: None} | {str(b.pk): b for b in branches if b.pk in asked}
        self.others = [b for b in branches if b.pk not in asked]
        for scope, branch in self.scopes.items():
            held = self.held_at(branch)
            local = (EmployeeRole.Role.SELLER, EmployeeRole.Role.MANAGER)
            choices = [c for c in EmployeeRole.Role.choices if branch is None or c[0] in local or c[0] in held]
            self.fields[f"roles_{scope}"] = forms.MultipleChoiceField(
                label=branch.name if branch else _("Alle filialen"), choices=choices, required=False, initial=held,
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip

    def _asked(self, branches: list[Branch]) -> set[int]:
        """The branches that the page shows, or showed: all of a few, else the own one and the first with a role."""
        data: Any = self.data
        shown = {whole(scope) for scope in data.getlist("scope")} if self.is_bound else set()
        if shown:
            return {b.pk for b in branches if b.pk in shown}
        if len(branches) <= SCOPES:
            return {b.pk for b in branches}
        roles = {at for _role, at in self.held}
        held = [b.pk for b in branches if b.pk in roles][:SCOPES]
        return {*held, *([self.instance.home_branch_id] if self.instance.home_branch_id else [])}

    def held_at(self, branch: Branch | None) -> list[str]:
        return [role for role, at in self.held if at == (branch and branch.pk)]

    @property
    def role_fields(self) -> list:
        """(scope, field) of the branches that are shown."""
        return [(scope, self[f"roles_{scope}"]) for scope in self.scopes]

    @property
    def other_choices(self) -> list[tuple[int, str]]:
        """The branches that are not shown, with the roles held there in words."""
        names = dict(EmployeeRole.Role.choices)
        words = [(b, ", ".join(str(names[role]) for role in self.held_at(b))) for b in self.others]
        return [(b.pk, f"{b.name} ({held})" if held else b.name) for b, held in words]

    def grants(self) -> list[tuple[str, int | None]]:
        """The roles ticked, as (role, branch id or None for all branches); those of branches not shown stay."""
        ticked = [
            (role, branch.pk if branch else None)
            for scope, branch in self.scopes.items()
            for role in self.cleaned_data[f"roles_{scope}"]
        ]
        others = {b.pk for b in self.others}
        return ticked + [(role, at) for role, at in self.held if at in others]

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean_password(self):
        password = self.cleaned_data["password"]
        if not password and not self.instance.pk:
            raise forms.ValidationError(_("Geef een wachtwoord voor de eerste keer."))
        return password
