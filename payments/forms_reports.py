"""What an overview is asked for, in the URL."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core import days
from backoffice.core.forms import DutchDateField

YEARS_BACK = 10


class ReportForm(forms.Form):
    """Dates, branch and period; `without` names the fields that an overview does not ask."""

    first = DutchDateField(label=gettext_lazy("Vanaf"), years_back=YEARS_BACK, lean=days.THIS_YEAR)
    last = DutchDateField(label=gettext_lazy("Tot en met"), years_back=YEARS_BACK, lean=days.THIS_YEAR)
    per = forms.ChoiceField(
        label=gettext_lazy("Per"),
        choices=[("day", gettext_lazy("dag")), ("month", gettext_lazy("maand")), ("quarter", gettext_lazy("kwartaal"))],
    )

    def __init__(self, data, *, branches, without: Sequence[str] = ()):
        super().__init__(data)
        chosen = forms.TypedChoiceField(
            label=_("Filiaal"), coerce=int, required=False, empty_value=None,
            choices=[("", _("Alle filialen")), *((row.pk, row.name) for row in branches)],
        )  # fmt: skip
        self.fields["branch"] = chosen
        for name in without:
            del self.fields[name]
        if "first" in without:
            self.fields["last"].label = _("Op datum")

    def clean(self):
        values = super().clean()
        first, last = values.get("first"), values.get("last")
        if first and last and first > last:
            self.add_error("first", _("De eerste dag ligt na de laatste."))
        return values
