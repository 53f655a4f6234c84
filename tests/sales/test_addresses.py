"""An address typed on an order: street, town and country as typed, on the screen, on paper and in UBL."""

import pytest

from backoffice.relations import countries
from sales import addresses

# typed ("/" is a new line) -> above, street, city, country, and what UBL takes for postcode and town
CASES = [
    ("Kerkstraat 1 / 1234 AB Utrecht / Nederland", "", "Kerkstraat 1", "1234 AB Utrecht", "NL", "1234 AB", "Utrecht"),
    ("Kerkstraat 1 / 1234 AB Utrecht", "", "Kerkstraat 1", "1234 AB Utrecht", "NL", "1234 AB", "Utrecht"),
    ("Kerkstraat 1 / 1234ab Utrecht / nl", "", "Kerkstraat 1", "1234ab Utrecht", "NL", "1234 AB", "Utrecht"),
    ("Kade 2a / 1234 Ab Den Haag / Holland", "", "Kade 2a", "1234 Ab Den Haag", "NL", "1234 AB", "Den Haag"),
    ("Kade 2 / 1234 AB / Utrecht", "", "Kade 2", "1234 AB / Utrecht", "NL", "1234 AB", "Utrecht"),
    ("Plein 1944 nr 3 / 6511 AA Nijmegen", "", "Plein 1944 nr 3", "6511 AA Nijmegen", "NL", "6511 AA", "Nijmegen"),
    ("Postbus 123 / 3500 AA Utrecht", "", "Postbus 123", "3500 AA Utrecht", "NL", "3500 AA", "Utrecht"),
    ("Kade 2 / 2e etage / 1234 AB Utrecht", "", "Kade 2 / 2e etage", "1234 AB Utrecht", "NL", "1234 AB", "Utrecht"),
    # whom it is for, and companies
    ("t.a.v. A. Smit / Kade 2 / 1234 AB Ede", "t.a.v. A. Smit", "Kade 2", "1234 AB Ede", "NL", "1234 AB", "Ede"),
    ("c/o Smit / Kade 2-bis / 1234 AB Ede / NLD", "c/o Smit", "Kade 2-bis", "1234 AB Ede", "NL", "1234 AB", "Ede"),
    ("p/a de buren / Kade 2 / 1234 AB Ede", "p/a de buren", "Kade 2", "1234 AB Ede", "NL", "1234 AB", "Ede"),
    ("Hotel 7 / Afd. Inkoop / Kade 2 / 1234 AB Ede", "Hotel 7 / Afd. Inkoop", "Kade 2", "1234 AB Ede", "NL",
     "1234 AB", "Ede"),
    ("Receptie / Postbus 9 / 1234 AB Ede", "Receptie", "Postbus 9", "1234 AB Ede", "NL", "1234 AB", "Ede"),
    # abroad, by the country's name in Dutch, English and its own language, its code, and the sign before the postcode
    ("Meir 12 bus 3 / 2000 Antwerpen / België", "", "Meir 12 bus 3", "2000 Antwerpen", "BE", "2000", "Antwerpen"),
    ("Zeelaan 4 / 8660 De Panne / Belgium", "", "Zeelaan 4", "8660 De Panne", "BE", "8660", "De Panne"),
    ("Meir 12 / B-2000 Antwerpen", "", "Meir 12", "B-2000 Antwerpen", "BE", "2000", "Antwerpen"),
    ("Hauptstraße 5 / 10115 Berlin / Deutschland", "", "Hauptstraße 5", "10115 Berlin", "DE", "10115", "Berlin"),
    ("Hauptstr. 5 / 10115 Berlin / DE", "", "Hauptstr. 5", "10115 Berlin", "DE", "10115", "Berlin"),
    ("Müller GmbH / z. Hd. Frau Abt / Am Ring 5 / D-10115 Berlin", "Müller GmbH / z. Hd. Frau Abt", "Am Ring 5",
     "D-10115 Berlin", "DE", "10115", "Berlin"),
    ("Postfach 10 12 / 10115 Berlin / Duitsland", "", "Postfach 10 12", "10115 Berlin", "DE", "10115", "Berlin"),
    ("10 Downing Street / London SW1A 2AA / UK", "", "10 Downing Street", "London SW1A 2AA", "GB", "SW1A 2AA",
     "London"),
    ("Flat 2 / 10 High Street / London / W8 4SG / Engeland", "Flat 2", "10 High Street", "London / W8 4SG", "GB",
     "W8 4SG", "London"),
    ("12 rue de la Paix / 75002 Paris / FRANCE", "", "12 rue de la Paix", "75002 Paris", "FR", "75002", "Paris"),
    ("7 rue du Nord / L-2229 Luxembourg / Luxembourg", "", "7 rue du Nord", "L-2229 Luxembourg", "LU", "2229",
     "Luxembourg"),
    ("7 rue du Nord / Luxembourg", "", "7 rue du Nord", "Luxembourg", "LU", "", "Luxembourg"),
    ("ul. Prosta 1 / 00-850 Warszawa / Polska", "", "ul. Prosta 1", "00-850 Warszawa", "PL", "00-850", "Warszawa"),
    ("Sveavägen 1 / 111 57 Stockholm / Sverige", "", "Sveavägen 1", "111 57 Stockholm", "SE", "111 57", "Stockholm"),
    ("350 Fifth Avenue / New York, NY 10118 / USA", "", "350 Fifth Avenue", "New York, NY 10118", "US", "NY 10118",
     "New York"),
    # without a postcode, a town, or both
    ("Kerkstraat 1 / Utrecht / Nederland", "", "Kerkstraat 1", "Utrecht", "NL", "", "Utrecht"),
    ("Utrecht", "", "", "Utrecht", "NL", "", "Utrecht"),
    ("Kerkstraat 1", "", "Kerkstraat 1", "", "NL", "", ""),
    ("Kerkstraat 1 / Nederland", "", "Kerkstraat 1", "", "NL", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "above", "street", "city", "country", "postcode", "town"), CASES)
def test_an_address_is_read_as_it_was_typed(typed, above, street, city, country, postcode, town):
    kept = addresses.read(typed.replace(" / ", "\n"), {})
    found = [kept.get("above", ""), kept["street"], kept["city"]]
    assert [text.replace("\n", " / ") for text in found] == [above, street, city]
    assert kept["country"] == country
    assert addresses.postcode_and_town(kept) == (postcode, town)
    # and printed as typed; a country that was not typed stands below where it is not ours
    typed_rows = typed.split(" / ")
    abroad = [countries.name_of(country)] if country != "NL" and "country_line" not in kept else []
    assert addresses.lines(kept) == typed_rows + abroad
    again = "\n".join(addresses.lines(kept))
    assert addresses.read(again, kept) == kept


def test_commas_on_one_line_are_lines():
    kept = addresses.read("Kerkstraat 1, 1234 AB Utrecht, Nederland", {})
    assert addresses.lines(kept) == ["Kerkstraat 1", "1234 AB Utrecht", "Nederland"]
    assert addresses.lines(addresses.read("Am Ring 5\n10115 Berlin, Germany", {})) == [
        "Am Ring 5", "10115 Berlin", "Germany",
    ]  # fmt: skip


def test_without_a_country_that_of_before_stays_unless_the_postcode_is_dutch():
    german = {"attention": "", "street": "Am Ring 5", "city": "10115 Berlin", "country": "DE"}
    assert addresses.read("Am Ring 7\n10115 Berlin", german)["country"] == "DE"
    assert addresses.read("Kade 2\n1234 AB Utrecht", german)["country"] == "NL"
    assert addresses.read("Am Ring 7\n10115 Berlin", {})["country"] == "NL"


def test_what_is_not_changed_stays_what_it_was():
    copied = {"attention": "Receptie", "street": "Oudegracht 12", "city": "1000 Brussel", "country": "BE"}
    text = "\n".join(addresses.lines(copied))
    assert text == "t.a.v. Receptie\nOudegracht 12\n1000 Brussel\nBelgië"
    assert addresses.read(f"  {text}\n\n", copied) == copied
    assert addresses.read("", copied) == addresses.read(" \n ", copied) == {}


def test_nobody_is_named_twice():
    kept = {"attention": "t.a.v. Receptie", "street": "Kade 2", "city": "Ede", "country": "NL"}
    assert addresses.lines(kept) == ["t.a.v. Receptie", "Kade 2", "Ede"]
    assert addresses.lines(kept, person="A. Smit") == ["t.a.v. A. Smit", "Kade 2", "Ede"]
    typed = addresses.read("t.a.v. Inkoop\nKade 2\nEde", {})
    assert addresses.lines(typed, person="A. Smit") == ["t.a.v. Inkoop", "Kade 2", "Ede"]
    assert addresses.lines(kept, person="") == ["Kade 2", "Ede"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Nederland", "NL"), ("the netherlands", "NL"), ("DEUTSCHLAND", "DE"), ("Duitsland", "DE"), ("DEU", "DE"),
        ("belgie", "BE"), ("Belgique", "BE"), ("(B)", ""), ("Österreich", "AT"), ("España", "ES"), ("España.", "ES"),
        ("Griekenland", "GR"), ("U.K.", ""), ("uk", "GB"), ("Utrecht", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_names_and_codes(text, code):
    assert countries.code_of(text) == code


def test_every_country_of_the_list_is_known_in_dutch_and_by_both_codes():
    assert set(countries.ALSO) == dict(countries.COUNTRIES).keys()
    for code, name in countries.COUNTRIES:
        assert {countries.code_of(str(name)), countries.code_of(code)} == {code}
        assert len(countries.ALSO[code].split(",")[0]) == 3
