"""A form keeps what was typed, marks the field, and says why; a stored value is shown the Dutch way."""

import datetime
from decimal import Decimal

from django import forms
from djmoney.money import Money

from backoffice.core.errors import Refusal, Refusals
from backoffice.core.forms import (
    AmountField,
    BarcodeField,
    CleanTextField,
    Combo,
    DutchDateField,
    PercentField,
    QuantityField,
    add_refusal,
)


class LineForm(forms.Form):
    price = AmountField(label="Verkoopprijs", help_text="Inclusief BTW")
    quantity = QuantityField(label="Aantal")
    discount = PercentField(label="Korting", required=False)
    date = DutchDateField(label="Datum", required=False, years_back=None, years_ahead=None)
    barcode = BarcodeField(label="Barcode", required=False)
    text = CleanTextField(label="Tekst", required=False)
    method = forms.ChoiceField(
        label="Leverwijze", choices=[("1", "Afhalen"), ("2", "Bezorgen")], widget=Combo(), required=False
    )


TYPED = {
    "price": "1.234,5",
    "quantity": "3",
    "discount": "10 %",
    "date": "1-1-27",
    "barcode": "",
    "text": " Zoe\u0308 ",
}


def test_what_was_typed_is_read():
    form = LineForm(TYPED)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "price": Decimal("1234.50"),
        "quantity": Decimal(3),
        "discount": Decimal("10.00"),
        "date": datetime.date(2027, 1, 1),
        "barcode": "",
        "text": "Zo\u00eb",
        "method": "",
    }


def test_a_wrong_field_keeps_what_was_typed_and_is_marked():
    form = LineForm(TYPED | {"price": "1,000.00", "quantity": ""})
    assert form.errors == {
        "price": ["“1,000.00” is geen bedrag. Typ bijvoorbeeld 1.234,56."],
        "quantity": ["Dit veld is verplicht."],
    }
    html = str(form)
    assert 'value="1,000.00"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_price_helptext id_price_error"' in html
    assert 'id="id_price_error"' in html and 'id="id_price_helptext"' in html


def test_stored_values_are_shown_the_dutch_way():
    initial = {
        "price": Money("1234.50", "EUR"),
        "quantity": Decimal("3.000"),
        "discount": Decimal("12.50"),
        "date": datetime.date(2026, 11, 3),
        "method": "2",
    }
    html = str(LineForm(initial=initial))
    for text in ('value="1.234,50"', 'value="3"', 'value="12,5"', 'value="03-11-2026"', 'value="Bezorgen"'):
        assert text in html


def test_the_same_value_typed_another_way_is_no_change():
    initial = {"price": Money("1234.50", "EUR"), "quantity": Decimal("3.000"), "text": "Zo\u00eb"}
    form = LineForm({"price": "1234,50", "quantity": "3", "text": "Zoe\u0308"}, initial=initial)
    assert form.changed_data == []
    assert LineForm({"price": "1234,51", "quantity": "3", "text": ""}, initial=initial).changed_data == [
        "price",
        "text",
    ]


def test_what_is_typed_is_escaped():
    html = str(LineForm({"text": '"><script>alert(1)</script>', "method": '"><i>'}))
    assert "<script>" not in html and "<i>" not in html


def test_a_refusal_of_a_service_marks_its_field_or_stands_above_all():
    form = LineForm(TYPED)
    assert form.is_valid()
    add_refusal(
        form, Refusals([Refusal("price.ceiling", "Te veel korting.", "price"), Refusal("order.closed", "Dicht.")])
    )
    assert form.errors["price"] == ["Te veel korting."]
    assert form.non_field_errors() == ["Dicht."]
