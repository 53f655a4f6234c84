"""Forms of one's own profile and of the second step."""

from django import forms
from django.utils.translation import gettext_lazy

from backoffice.relations.services.secrets import Secret


class SecretField(forms.CharField):
    """Something that is never shown again; its value is a Secret."""

    def __init__(self, *, autocomplete: str, **options) -> None:
        attrs = {"autocomplete": autocomplete, **options.pop("attrs", {})}
        super().__init__(strip=False, max_length=200, widget=forms.PasswordInput(attrs=attrs), **options)

    def clean(self, value) -> Secret:
        return Secret(super().clean(value))


class PasswordForm(forms.Form):
    prefix = "password"
    present = SecretField(label=gettext_lazy("Wachtwoord van nu"), autocomplete="current-password")
    new = SecretField(
        label=gettext_lazy("Nieuw wachtwoord"), autocomplete="new-password",
        help_text=gettext_lazy("Minstens 10 tekens, geen veelgebruikt wachtwoord."),
    )  # fmt: skip


class PinForm(forms.Form):
    prefix = "pin"
    present = SecretField(label=gettext_lazy("Wachtwoord van nu"), autocomplete="current-password")
    pin = SecretField(
        label=gettext_lazy("Nieuwe pincode"), autocomplete="new-password", attrs={"inputmode": "numeric"},
        help_text=gettext_lazy("4 tot 6 cijfers, voor de kassa."),
    )  # fmt: skip


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )  # fmt: skip

    def clean_code(self) -> Secret:
        return Secret(self.cleaned_data["code"])
