"""What identifies people and companies: read forgivingly, stored in one spelling, refused when it cannot be."""

import pytest

from backoffice.core.input import InputError
from backoffice.relations import validators

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


def test_a_foreign_postcode_is_kept_as_typed():
    assert validators.clean_postcode("sw1a 1aa", "GB") == "SW1A 1AA"
