"""Customers come in once: matched by number, else by e-mail and name."""

import pytest

from backoffice.core import numbers
from backoffice.core.models import JournalEntry
from backoffice.relations.models import Customer, CustomerAddress
from tests.imports.tables import bring_in, csv, problems

HEADER = (
    "Nummer;Soort;Bedrijf;Voornaam;Tussenvoegsel;Achternaam;E-mail;Telefoon;"
    "Straat;Huisnr;Postcode;Plaats;Land;KVK;BTW-id;BTW"
)
ANNA = "10050;Particulier;;Anna;de;Wit;anna@example.nl;06 12345678;Oudegracht;12;3511ab;Utrecht;Nederland;;;"
FIRM = ";Zakelijk;Modehuis Bos;Jan;;Bos;info@bos.example;;Markt;1;1000;Brussel;België;;BE0403019261;exclusief"


def customers(*rows: str, header: str = HEADER) -> bytes:
    return csv(*rows, header=header)


def test_customers_come_in_with_their_address_and_again_nothing_changes(shop):
    found = bring_in(customers(ANNA, FIRM), shop, kind="customers")
    assert (found["customers"], found["customers_new"]) == (2, 2)
    anna = Customer.objects.get(number=10050)
    assert (anna.kind, anna.name, anna.phone) == ("private", "Anna de Wit", "+31612345678")
    assert "3511ab" in anna.search_text
    address = anna.addresses.get()
    assert (address.kind, address.street_line, address.city_line) == ("invoice", "Oudegracht 12", "3511 AB Utrecht")
    firm = Customer.objects.get(company="Modehuis Bos")
    assert (firm.number, firm.vat_id, firm.vat_mode, firm.addresses.get().country) == (
        10051, "BE0403019261", "exclusive", "BE",
    )  # fmt: skip
    assert numbers.take("customer") == 10052
    before = list(Customer.objects.order_by("pk").values())
    again = bring_in(customers(ANNA, FIRM), shop, kind="customers")
    assert (again["created"], again["updated"]) == (0, 0)
    assert list(Customer.objects.order_by("pk").values()) == before
    assert CustomerAddress.objects.count() == 2


def test_a_second_file_changes_what_it_names_and_keeps_the_rest(shop):
    bring_in(customers(ANNA), shop, kind="customers")
    found = bring_in(csv("10050;06 87654321", header="Klantnummer;Telefoonnummer"), shop, kind="customers")
    assert (found["created"], found["updated"]) == (0, 1)
    anna = Customer.objects.get()
    assert (anna.phone, anna.last_name, anna.email, anna.revision) == ("+31687654321", "Wit", "anna@example.nl", 2)
    assert anna.addresses.get().city == "Utrecht"


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("x1;;;Jan;;Smit;;;;;;;;;;", "Nummer", "getal"),
        (";;;Jan;;;;;;;;;;;;", "Achternaam", "achternaam"),
        (";Zakelijk;;Jan;;Smit;;;;;;;;;;", "Bedrijf", "bedrijfsnaam"),
        (";Soms;;Jan;;Smit;;;;;;;;;;", "Soort", "Particulier of Zakelijk"),
        (";;;Jan;;Smit;jan@;;;;;;;;;", "E-mail", "één e-mailadres"),
        (";;;Jan;;Smit;;12;;;;;;;;", "Telefoon", "geen telefoonnummer"),
        (";;;Jan;;Smit;;;Markt;1;35AB;Utrecht;NL;;;", "Postcode", "vier cijfers en twee letters"),
        (";;;Jan;;Smit;;;Markt;1;3511AB;Utrecht;Narnia;;;", "Land", "land"),
        (";;;Jan;;Smit;;;;;;;;123;;", "KVK", "acht cijfers"),
        (";;;Jan;;Smit;;;;;;;;;NL123456789B01;", "BTW-id", "klopt niet"),
        (";;;Jan;;Smit;;;;;;;;;;soms", "BTW", "lijst"),
        (ANNA, "Nummer", "staat al op rij 2"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_goes_in(shop, row, column, words):
    found = problems(customers(ANNA, row), shop, kind="customers")
    assert [(number, name) for number, name, _, _ in found] == [(3, column)]
    assert words in found[0][3]
    assert (Customer.objects.count(), CustomerAddress.objects.count()) == (0, 0)


WITHOUT_VAT = ";Zakelijk;Modehuis Bos;Jan;;Bos;info@bos.example;;;;;;;;BE0403019261;verlegd;"


def test_a_mode_without_vat_in_a_file_asks_a_reason_and_the_journal_keeps_it(shop):
    header = HEADER + ";Reden zonder BTW"
    found = problems(customers(WITHOUT_VAT, header=header), shop, kind="customers")
    assert [(row, column) for row, column, _value, _words in found] == [(2, "BTW")]
    assert "Reden zonder BTW" in found[0][3] and Customer.objects.count() == 0

    bring_in(customers(WITHOUT_VAT + "bedrijf in België", header=header), shop, kind="customers")
    firm = Customer.objects.get()
    assert (firm.vat_mode, firm.vat_id) == ("reverse_charge", "BE0403019261")
    entry = JournalEntry.objects.get(action="customer.untaxed")
    assert (entry.object_id, entry.data) == (
        str(firm.pk), {"vat_mode": "reverse_charge", "reason": "bedrijf in België"},
    )  # fmt: skip
    # what is so already asks nothing when the file comes again
    bring_in(customers(WITHOUT_VAT, header=header), shop, kind="customers")
    assert JournalEntry.objects.filter(action="customer.untaxed").count() == 1
