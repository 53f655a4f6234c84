"""Every field of every form reads what is typed by our rules (docs/rules.md, Input); a new form is tried by itself."""

import importlib
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError

from backoffice.core.forms import AmountField, BarcodeField, CleanTextField, DutchDateField, PercentField, QuantityField

ROOT = Path(__file__).resolve().parents[1]
APPS = ("backoffice", "sales", "payments", "pos")
NUMBERS = ["1,000.00", "NaN", "Infinity", "1e9", "1_000", "\u0661\u0662", "0x10", "--5", "12\n50", "9" * 40]
REFUSED = {
    AmountField: [*NUMBERS, "12,345", "-1"],
    QuantityField: [*NUMBERS, "-1", "100000", "8712345678906"],
    PercentField: [*NUMBERS, "-1", "100,01", "33,333"],
    DutchDateField: ["31-11-2026", "29-02-2027", "1-13-2026", "straks", "\u0661-\u0661-\u0662\u0667", "0000-01-01"],
    BarcodeField: ["x" * 65, "87\x0012", "8712\n8713", "\uff18\uff17"],
    CleanTextField: ["a\x00b", "a\x1b@b", "a\x1dVb", "a\x85b", "a\x07", "a\ud800b", "x" * 40_000],
}
# shown nowhere and printed nowhere: passwords and codes, and an address that its form reads by clean_email
SECRET = {
    ("EmployeeForm", "password"), ("EmployeeForm", "pin"), ("CodeForm", "code"), ("MailForm", "recipient"),
    ("LoginForm", "username"), ("LoginForm", "password"), ("PasswordForm", "present"), ("PasswordForm", "new"),
    ("PinForm", "present"), ("PinForm", "pin"),
}  # fmt: skip


def every_field():
    """(form, field name, field) of every form of ours, found by walking the modules."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("forms*.py")):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found, waiting = {}, [forms.BaseForm]
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            if form.__module__.split(".")[0] in APPS:
                found[form.__name__] = form
    return [(name, field, kind) for name, form in sorted(found.items()) for field, kind in form.base_fields.items()]


FIELDS = every_field()


def test_there_are_many():
    assert len({form for form, _name, _field in FIELDS}) > 20 and len(FIELDS) > 100


def test_no_field_reads_text_money_or_dates_by_other_rules():
    others = (forms.DecimalField, forms.FloatField, forms.DateField, forms.EmailField, forms.DateTimeField)
    found = {(form, name) for form, name, field in FIELDS if isinstance(field, others)}
    found |= {
        (form, name)
        for form, name, field in FIELDS
        if isinstance(field, forms.CharField) and not isinstance(field, forms.RegexField)
    }
    assert found <= SECRET


@pytest.mark.parametrize(("form", "name", "field"), FIELDS, ids=[f"{form}.{name}" for form, name, _field in FIELDS])
def test_hostile_input_is_refused_with_a_sentence(form, name, field):
    tried = [value for kind, values in REFUSED.items() if isinstance(field, kind) for value in values]
    for value in tried:
        with pytest.raises(ValidationError) as refused:
            field.clean(value)
        (sentence,) = refused.value.messages
        assert sentence.endswith((".", "?")) and "%(" not in sentence, (value, sentence)


@pytest.mark.parametrize(
    ("form", "name", "field"),
    [row for row in FIELDS if type(row[2]) is CleanTextField and row[2].max_length >= 60 and not row[2].validators],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_text_is_kept_as_typed_in_nfc_without_marks_that_turn_it(form, name, field):
    assert field.clean("  Zoe\u0308 <b>&\u202e Ko</b> =1+1 ") == "Zo\u00eb <b>& Ko</b> =1+1"
