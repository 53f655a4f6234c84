"""Forms of mail."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from backoffice.core.forms import CleanTextField
from backoffice.core.input import InputError
from backoffice.relations.validators import clean_email
from sales.documents.models import MailTemplate

BODY_LENGTH = 4000


class MailForm(forms.Form):
    recipient = forms.CharField(
        label=gettext_lazy("Aan"), max_length=254, widget=forms.TextInput(attrs={"inputmode": "email"})
    )
    subject = CleanTextField(label=gettext_lazy("Onderwerp"), max_length=200)
    body = CleanTextField(label=gettext_lazy("Tekst"), max_length=BODY_LENGTH, multiline=True, rows=11)

    def clean_recipient(self) -> str:
        try:
            return clean_email(self.cleaned_data["recipient"])
        except InputError as error:
            raise ValidationError(error.message) from error


class MailTextForm(forms.ModelForm):
    subject = CleanTextField(label=gettext_lazy("Onderwerp"), max_length=200)
    body = CleanTextField(label=gettext_lazy("Tekst"), max_length=BODY_LENGTH, multiline=True, rows=14)

    class Meta:
        model = MailTemplate
        fields = ["subject", "body"]
