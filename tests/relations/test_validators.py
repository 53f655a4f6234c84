"""What identifies people and companies: read forgivingly, stored in one spelling, refused when it cannot be."""

import pytest

from backoffice.core.input import InputError
from backoffice.relations import postcodes, validators
from backoffice.relations.countries import COUNTRIES

RIGHT = [
    (validators.clean_phone, "06-12345678", "+31612345678"),
    (validators.clean_phone, "0031 6 12 34 56 78", "+31612345678"),
    (validators.clean_phone, "(030) 231 45 67", "+31302314567"),
    (validators.clean_phone, "+32 2 555 12 12", "+3225551212"),
    (validators.clean_email, " Anna.Vermeer@Voorbeeld.NL ", "Anna.Vermeer@voorbeeld.nl"),
    (validators.clean_kvk, "1234 56.78", "12345678"),
    (validators.clean_vat_id, "nl 0044.95.445.B01", "NL004495445B01"),
    (validators.clean_vat_id, "004495445B01", "NL004495445B01"),
    (validators.clean_vat_id, "BE 0403.019.261", "BE0403019261"),
    (validators.clean_iban, "nl91 abna 0417 1643 00", "NL91ABNA0417164300"),
    (validators.clean_postcode, "3511ab", "3511 AB"),
]
WRONG = [
    (validators.clean_phone, "06"),
    (validators.clean_phone, "06 1234567890123"),
    (validators.clean_phone, "bel me"),
    (validators.clean_email, "anna@voorbeeld.nl, piet@voorbeeld.nl"),
    (validators.clean_email, "anna@voorbeeld.nl\nBcc: piet@voorbeeld.nl"),
    (validators.clean_email, "anna"),
    (validators.clean_kvk, "1234567"),
    (validators.clean_kvk, "١٢٣٤٥٦٧٨"),
    (validators.clean_vat_id, "NL123456789B01"),
    (validators.clean_vat_id, "XX12"),
    (validators.clean_iban, "NL91ABNA0417164301"),
    (validators.clean_postcode, "0511 AB"),
    (validators.clean_postcode, "3511 SS"),
    (validators.clean_postcode, "3511"),
    (validators.clean_country, "XX"),
]


@pytest.mark.parametrize(("check", "typed", "stored"), RIGHT)
def test_what_is_right_is_stored_in_one_spelling(check, typed, stored):
    assert check(typed) == stored
    assert check(stored) == stored


@pytest.mark.parametrize(("check", "typed"), WRONG)
def test_what_is_wrong_is_refused_with_a_sentence(check, typed):
    with pytest.raises(InputError) as refused:
        check(typed)
    assert refused.value.message.endswith(".")


def test_empty_stays_empty():
    for check in (validators.clean_phone, validators.clean_email, validators.clean_kvk, validators.clean_vat_id):
        assert check("  ") == ""


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("DE", "01067", "01067"),
        ("DE", "D-10785", "10785"),
        ("DE", "10 785", "10785"),
        ("BE", "b-9000", "9000"),
        ("FR", "75001", "75001"),
        ("FR", "F-01000", "01000"),
        ("GB", "sw1a 1aa", "SW1A 1AA"),
        ("GB", "m11ae", "M1 1AE"),
        ("GB", "EC1 4SD", "EC1 4SD"),
        ("LU", "L-1009", "1009"),
        ("AT", "1010", "1010"),
        ("CH", "CH-8001", "8001"),
        ("ES", "28001", "28001"),
        ("IT", "00118", "00118"),
        ("PL", "00950", "00-950"),
        ("PT", "1000205", "1000-205"),
        ("SE", "11122", "111 22"),
        ("CZ", "110 00", "110 00"),
        ("IE", "d02x285", "D02 X285"),
        ("LT", "01103", "LT-01103"),
        ("LV", "LV-1010", "LV-1010"),
        ("MT", "vlt1117", "VLT 1117"),
        ("NO", "0150", "0150"),
        ("US", "10001-1234", "10001-1234"),
        ("NL", "NL-3511 ab", "3511 AB"),
    ],
)
def test_a_postcode_is_written_as_its_country_does(country, typed, stored):
    assert validators.clean_postcode(typed, country) == stored
    assert validators.clean_postcode(stored, country) == stored


@pytest.mark.parametrize(
    ("country", "typed", "sentence"),
    [
        ("DE", "1067", "“1067” is geen postcode in Duitsland. Die ziet eruit als 10115."),
        ("DE", "3511 AB", "“3511 AB” is geen postcode in Duitsland. Die ziet eruit als 10115."),
        ("BE", "10115", "“10115” is geen postcode in België. Die ziet eruit als 1000."),
        ("BE", "900", "“900” is geen postcode in België. Die ziet eruit als 1000."),
        ("FR", "7500", "“7500” is geen postcode in Frankrijk. Die ziet eruit als 75001."),
        ("GB", "12345", "“12345” is geen postcode in Verenigd Koninkrijk. Die ziet eruit als SW1A 1AA."),
        ("NL", "1067", "Een postcode is vier cijfers en twee letters, zoals 1234 AB."),
    ],
)
def test_what_is_no_postcode_of_its_country_is_refused(country, typed, sentence):
    with pytest.raises(InputError) as refused:
        validators.clean_postcode(typed, country)
    assert refused.value.message == sentence


def test_every_country_has_a_form_and_an_example_that_fits_it():
    assert {code for code, _name in COUNTRIES} == set(postcodes.FORMS)
    assert {code: postcodes.formed(form.example, code) for code, form in postcodes.FORMS.items()} == {
        code: form.example for code, form in postcodes.FORMS.items()
    }


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("DE", "030 9984510", "+49309984510"),
        ("DE", "0170 1234567", "+491701234567"),
        ("BE", "09 225 12 34", "+3292251234"),
        ("FR", "01 42 68 53 00", "+33142685300"),
        ("GB", "020 7946 0000", "+442079460000"),
        ("IT", "06 6982", "+39066982"),
        ("DE", "+31 30 2314567", "+31302314567"),
        ("DE", "0031 30 2314567", "+31302314567"),
        ("NL", "0049 30 9984510", "+49309984510"),
    ],
)
def test_a_phone_number_without_its_country_is_of_the_customers(country, typed, stored):
    assert validators.clean_phone(typed, country) == stored


def test_a_number_that_is_none_in_its_country_is_refused_with_an_example_of_there():
    with pytest.raises(InputError) as refused:
        validators.clean_phone("06 12", "BE")
    assert refused.value.message == (
        "“06 12” is geen telefoonnummer in België. Typ het met het landnummer, zoals +32 12 34 56 78."
    )
