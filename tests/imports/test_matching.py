"""Customers who are there already are found again, or asked about; never doubled in silence."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.errors import Refusal
from backoffice.relations.imports import matching, writing
from backoffice.relations.models import Customer, CustomerAddress
from backoffice.relations.services import customers as service
from tests import factories
from tests.imports.tables import bring_in, csv, problems

HEADER = "Voornaam;Tussenvoegsel;Achternaam;E-mail;Telefoon;Straat;Huisnr;Postcode;Plaats"
ANNA = "Anna;de;Wit;anna@example.nl;06 12345678;Oudegracht;12;3511ab;Utrecht"


def goes_in(*rows: str, shop, header: str = HEADER, doubtful: str = "") -> tuple[int, int]:
    """How many customers are made and changed."""
    found = bring_in(csv(*rows, header=header), shop, kind="customers", doubtful=doubtful)
    return found["customers_new"], found["customers_changed"]


def everybody() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (Customer, CustomerAddress)]


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (HEADER, [ANNA, "Jan;;Bos;;;;;;", "Piet;;Bos;;030 2314567;;;;", "Els;;Bos;;;Markt;1;3511AC;Utrecht"]),
        # three in one house with one telephone, and two of one name who are not the same
        (HEADER, ["Jan;de;Wit;;030 2314567;Markt;1;3511AC;Utrecht", "Els;de;Wit;;030 2314567;Markt;1;3511AC;Utrecht",
                  "Jan;de;Wit;;;Kade;9;3512AB;Utrecht", "Jan;de;Wit;jan@example.nl;;;;;"]),
        ("Naam;E-mail", ["Bakkerij Bos B.V.;INFO@bos.example", "Stichting Kunst;kunst@example.nl", "Jansen, B.V.;"]),
        ("Bedrijf;Voornaam;Achternaam;Telefoon;KVK", ["Bos;Jan;Bos;030 2314567;12345678", ";Els;Vos;;87654321"]),
        ("Naam;Adres;Postcode;Plaats;Land", ["Muster GmbH;Hauptstraße 5a;1067;Dresden;Duitsland",
                                             "Voorbeeld bvba;Kerkstraat 1 bus 3;9000;Gent;België",
                                             "Jones;12 High Street;sw1a1aa;London;United Kingdom"]),
        ("Naam;Telefoon", ["Bos;06 12345678", "Vos;06 12345679"]),
        ("Naam", ["Bos", "Vos", "Vos B.V."]),
    ],
)  # fmt: skip
def test_a_file_of_any_shape_makes_each_customer_once(shop, header, rows):
    assert goes_in(*rows, shop=shop, header=header + ";Rest") == (len(rows), 0)
    before = everybody()
    assert goes_in(*rows, shop=shop, header=header + ";Rest") == (0, 0)
    assert everybody() == before


@pytest.mark.parametrize(
    "again",
    [
        "Anna;de;Wit;ANNA@Example.NL;;;;;",
        "anna;DE;wit;anna@example.nl;;;;;",
        "Anna;de;Wit;;0612345678;;;;",
        "Anna;de;Wit;;+31 6 12345678;Kade;3;3512 AB;Zeist",
        "Anna;de;Wit;;;Oudegracht;12;3511 AB;Utrecht",
        ";;;anna@example.nl;06 87654321;;;;",
    ],
)
def test_the_same_one_told_in_another_way_is_the_same_one(shop, again):
    goes_in(ANNA, shop=shop)
    new, _changed = goes_in(again, shop=shop)
    assert (new, Customer.objects.count(), CustomerAddress.objects.count()) == (0, 1, 1)
    anna = Customer.objects.get()
    assert anna.email == "anna@example.nl"  # an empty cell, or another case, changes nothing
    assert anna.phone in ("+31612345678", "+31687654321")


@pytest.mark.parametrize(
    ("row", "likely"),
    [
        ("Jan;de;Wit;Anna@example.nl;;;;;", True),
        ("Jan;;Bos;;06 12345678;;;;", True),
        ("A.;de;Witt;;;Oudegracht;12;3511AB;Utrecht", True),
        ("Anna;de;Wit;;;;;;", True),
        ("Anna;de;Wit;other@example.nl;06 12345678;;;;", True),
        ("Jan;;Bos;jan@example.nl;06 12345678;;;;", False),
        ("Piet;;Hoekstra;;;Oudegracht;12;3511AB;Utrecht", False),
        ("Anna;de;Wit;other@example.nl;;;;;", False),
        ("Anna;de;Wit;;;Kade;1;3512AB;Utrecht", False),
    ],
)
def test_who_only_may_be_the_same_is_asked_about(shop, row, likely):
    goes_in(ANNA, shop=shop)
    before = everybody()
    if not likely:
        assert goes_in(row, shop=shop) == (1, 0)
        return
    with pytest.raises(Refusal) as refused:
        goes_in(row, shop=shop)
    assert (refused.value.code, everybody()) == ("import.doubtful", before)
    assert goes_in(row, shop=shop, doubtful="skip") == (0, 0)
    assert everybody() == before
    assert goes_in(row, shop=shop, doubtful="new") == (1, 0)
    assert Customer.objects.count() == 2


def test_an_update_of_a_doubtful_one_changes_that_one_once(shop):
    goes_in(ANNA, shop=shop)
    row = "Anna;de;Wit-Bos;anna@example.nl;;;;;"
    assert [goes_in(row, shop=shop, doubtful="update") for _ in range(2)] == [(0, 1), (0, 0)]
    anna = Customer.objects.get()
    assert (anna.name, anna.phone, anna.revision) == ("Anna de Wit-Bos", "+31612345678", 2)


def test_one_who_may_be_either_of_two_is_named_when_it_is_to_be_updated(shop):
    first, second = (factories.customer(name, email="wit@example.nl", first_name="") for name in ("Bos", "Vos"))
    found = problems(csv("Piet;;Wit;wit@example.nl;;;;;", header=HEADER), shop, "customers", doubtful="update")
    numbers = f"{first.number}, {second.number}"
    assert found == [
        (2, "Achternaam", "Piet Wit",
         f"Deze debiteur lijkt op meer dan één: {numbers}. Zet het debiteurnummer erbij.")
    ]  # fmt: skip
    assert Customer.objects.count() == 2


def test_two_rows_of_one_file_about_one_person_are_named(shop):
    for row in (
        "Anna;de;Wit;;06-12345678;;;;",
        "ANNA;de;Wit;;;Oudegracht;12;3511 AB;",
        "Anna;de;Wit;ANNA@example.nl;;;;;",
    ):
        found = problems(csv(ANNA, row, header=HEADER), shop, "customers")
        assert [(line, words) for line, _c, _v, words in found] == [(3, "Deze debiteur staat al op rij 2.")]
    assert Customer.objects.count() == 0


def test_an_address_that_everybody_shares_is_not_laid_beside_everybody(shop, monkeypatch):
    rows = [f"Klant{n};;Nr{n};geen@example.nl;;;;;" for n in range(300)]
    assert goes_in(*rows, shop=shop) == (300, 0)
    graded, grade = [], matching.grade
    monkeypatch.setattr(matching, "grade", lambda *pair: graded.append(1) or grade(*pair))
    assert goes_in(*rows, shop=shop) == (0, 0)
    assert len(graded) <= 300 * (matching.MOST + 1)


def test_more_rows_take_no_more_statements(shop):
    few, many = ([f"Klant{n};;Nr{n};k{n}@example.nl;06 1{n:07d};Kade;{n + 1};3512AB;Zeist" for n in range(some)]
                 for some in (5, 200))  # fmt: skip
    asked = []
    for rows in (few, many):
        for again in (rows, rows, [row.replace("Zeist", "Utrecht").replace("06 1", "06 2") for row in rows]):
            with CaptureQueriesContext(connection) as queries:
                goes_in(*again, shop=shop)
            asked.append(len(queries))
        Customer.objects.all().delete()
    assert asked[:3] == asked[3:]


NUMBERED = "Customer ID;First name;Last name;Email"


def test_a_number_of_another_shop_that_is_one_of_ours_is_asked_about(shop):
    ours = factories.customer("Smit", number=10005, email="smit@example.nl")
    row = "10005;Jan;Voorbeeld;jan.voorbeeld@example.com"
    with pytest.raises(Refusal) as refused:
        goes_in(row, shop=shop, header=NUMBERED)
    assert refused.value.code == "import.doubtful"
    ours.refresh_from_db()
    assert (ours.name, Customer.objects.count()) == ("Anna Smit", 1)
    assert goes_in(row, shop=shop, header=NUMBERED, doubtful="new") == (1, 0)
    jan = Customer.objects.exclude(pk=ours.pk).get()
    assert (jan.name, jan.number != 10005) == ("Jan Voorbeeld", True)
    # who is there now is found by his e-mail, and nothing is asked
    assert goes_in(row, shop=shop, header=NUMBERED) == (0, 0)


def test_a_number_with_the_same_name_or_mail_is_enough(shop):
    factories.customer("Smit", number=10005, email="smit@example.nl")
    assert goes_in("10005;Anna;Smits;anders@example.nl", shop=shop, header=NUMBERED) == (0, 1)
    assert goes_in("10005;Els;Voorbeeld;Anders@example.nl", shop=shop, header=NUMBERED) == (0, 1)
    assert Customer.objects.get().name == "Els Voorbeeld"


def test_one_who_is_there_under_another_number_is_not_made_again(shop):
    header = "Klantnummer;" + HEADER
    goes_in(ANNA, shop=shop)
    before = everybody()
    assert goes_in("553;" + ANNA, shop=shop, header=header) == (0, 0)
    assert everybody() == before
    with pytest.raises(Refusal, match="misschien al zijn"):
        goes_in("553;Anna;de;Wit;;06 12345678;Kade;1;3512AB;Zeist", shop=shop, header=header)
    assert everybody() == before


def test_the_number_of_somebody_who_was_anonymised_is_refused(shop):
    gone = factories.customer("Smit", number=10005)
    Customer.objects.filter(pk=gone.pk).update(anonymised_at="2026-11-01T12:00:00Z")
    found = problems(csv("10005;Anna;Smit;", header=NUMBERED), shop, "customers")
    assert [(row, words) for row, _c, _v, words in found] == [
        (2, "Deze debiteur is geanonimiseerd. Laat het nummer leeg.")
    ]


def test_a_file_with_some_columns_of_the_address_leaves_the_others(shop):
    goes_in(ANNA, shop=shop)
    address = CustomerAddress.objects.get()
    address.attention = "t.a.v. de receptie"
    address.save()
    assert goes_in("anna@example.nl;Zeist;", shop=shop, header="E-mail;Plaats;Straat") == (0, 1)
    address.refresh_from_db()
    assert (address.street_line, address.city_line) == ("Oudegracht 12", "3511 AB Zeist")
    assert address.attention == "t.a.v. de receptie"


def test_a_customer_who_was_changed_on_the_screen_meanwhile_is_not_overwritten(shop, monkeypatch):
    goes_in(ANNA, shop=shop)
    held = writing._unchanged_meanwhile

    def edited(changed):
        Customer.objects.update(revision=9, phone="+31611111111")
        held(changed)

    monkeypatch.setattr(writing, "_unchanged_meanwhile", edited)
    with pytest.raises(Refusal, match="intussen gewijzigd"):
        goes_in("Anna;de;Wit;anna@example.nl;06 87654321;;;;", shop=shop)
    assert Customer.objects.get().phone == "+31612345678"  # and the change of this test went back with the file


ACCOUNTS = "Code;Naam;Adresregel 1;Postcode;Plaats;Land: Code;E-mailadres;Telefoon;BTW-nummer;KvK-nummer;Status"


def test_accounts_of_a_bookkeeping_are_business_with_name_and_street(shop):
    row = (
        "               20001;Bakkerij Voorbeeld B.V.;Kerkstraat 30;3511 AB;Utrecht;NL;info@example.com;"
        "030 2345678;NL004495445B01;30123456;Klant"
    )
    assert goes_in(row, shop=shop, header=ACCOUNTS) == (1, 0)
    firm = Customer.objects.get()
    assert (firm.number, firm.kind, firm.company, firm.name, firm.last_name) == (
        20001, "business", "Bakkerij Voorbeeld B.V.", "Bakkerij Voorbeeld B.V.", "",
    )  # fmt: skip
    assert (firm.kvk, firm.vat_id, firm.phone) == ("30123456", "NL004495445B01", "+31302345678")
    address = firm.addresses.get()
    assert (address.street, address.house_number, address.street_line) == ("Kerkstraat", "30", "Kerkstraat 30")
    assert goes_in(row, shop=shop, header=ACCOUNTS) == (0, 0)


@pytest.mark.parametrize(
    ("name", "kvk", "kind"),
    [
        ("Modehuis Bos BV", "", "business"),
        ("Modehuis Bos b.v.", "", "business"),
        ("Modehuis Bos bv.", "", "business"),
        ("MODEHUIS BOS B.V. i.o.", "", "business"),
        ("Vos & Zn. V.O.F.", "", "business"),
        ("Muster GmbH & Co. KG", "", "business"),
        ("Voorbeeld N.V. Utrecht", "", "business"),
        ("Stichting Kunst in de Stad", "", "business"),
        ("Modehuis Bos", "30123456", "business"),
        ("Jansen, B.V.", "", "private"),
        ("Bos", "", "private"),
        ("de Sá", "", "private"),
        ("Vofsma", "", "private"),
    ],
)
def test_a_company_is_known_by_its_form_or_its_number(shop, name, kvk, kind):
    assert goes_in(f"{name};{kvk}", shop=shop, header="Naam;KVK") == (1, 0)
    made = Customer.objects.get()
    assert (made.kind, made.name) == (kind, name)
    assert (made.company, made.last_name) == ((name, "") if kind == "business" else ("", name))


def test_a_person_with_a_kvk_number_keeps_the_name_and_what_the_file_says_of_the_kind_counts(shop):
    header = "Soort;Voornaam;Achternaam;KVK"
    goes_in(";Els;Vos;30123456", "Particulier;Jan;Bos;30123457", shop=shop, header=header)
    els, jan = Customer.objects.order_by("pk")
    assert (els.kind, els.company, els.first_name, els.last_name) == ("business", "Els Vos", "Els", "Vos")
    assert (jan.kind, jan.company, jan.name) == ("private", "", "Jan Bos")


def test_an_account_that_came_in_as_a_person_becomes_the_company_that_it_is(shop):
    made = service.create(
        values={"kind": "private", "last_name": "Bakkerij Voorbeeld B.V.", "email": "info@example.com"},
        addresses=[], employee=shop.admin,
    )  # fmt: skip
    row = "Bakkerij Voorbeeld B.V.;info@example.com;30123456"
    assert [goes_in(row, shop=shop, header="Naam;E-mail;KVK") for _ in range(2)] == [(0, 1), (0, 0)]
    made.refresh_from_db()
    assert (made.kind, made.company, made.last_name) == ("business", "Bakkerij Voorbeeld B.V.", "")


def test_a_contact_of_a_company_is_not_made_its_name(shop):
    service.create(
        values={"kind": "business", "company": "Modehuis Bos", "last_name": "Vos", "kvk": "30123456"},
        addresses=[], employee=shop.admin,
    )  # fmt: skip
    number = Customer.objects.get().number
    goes_in(f"{number};Els;Vos;30123456", shop=shop, header="Nummer;Voornaam;Achternaam;KVK")
    firm = Customer.objects.get()
    assert (firm.kind, firm.company, firm.person) == ("business", "Modehuis Bos", "Els Vos")


def test_phone_and_postcode_are_of_the_country_of_the_row(shop):
    header = "Bedrijfsnaam;Straat;Huisnummer;Postcode;Plaats;Land;Telefoon"
    goes_in(
        "Muster GmbH;Tiergartenstraße;5;10785;Berlin;Duitsland;030 9984510",
        "Sachsen GmbH;Hauptstraße;1;1067;Dresden;Germany;0351 1234567",
        "Voorbeeld bvba;Kerkstraat;1;B-9000;Gent;België;09 225 12 34",
        "Modehuis Bos;Markt;1;3511ab;Utrecht;;030 2314567",
        shop=shop, header=header,
    )  # fmt: skip
    rows = Customer.objects.order_by("pk").values_list("phone", "addresses__postcode", "addresses__country")
    assert list(rows) == [
        ("+49309984510", "10785", "DE"),
        ("+493511234567", "01067", "DE"),
        ("+3292251234", "9000", "BE"),
        ("+31302314567", "3511 AB", "NL"),
    ]


def test_a_file_without_countries_is_read_by_that_of_who_is_there(shop):
    header = "Nummer;Bedrijfsnaam;Postcode;Land;Telefoon"
    goes_in("20001;Muster GmbH;10785;Duitsland;030 9984510", shop=shop, header=header)
    assert goes_in("20001;1067;030 9984511", shop=shop, header="Nummer;Postcode;Telefoon") == (0, 1)
    firm = Customer.objects.get()
    assert (firm.phone, firm.addresses.get().postcode, firm.addresses.get().country) == ("+49309984511", "01067", "DE")


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("Muster GmbH;3511 AB;Duitsland;", "Postcode", "geen postcode in Duitsland"),
        ("Muster GmbH;106;Duitsland;", "Postcode", "geen postcode in Duitsland"),
        ("Bos B.V.;1067;Nederland;", "Postcode", "vier cijfers en twee letters"),
        ("Bos B.V.;1067;;", "Postcode", "vier cijfers en twee letters"),
        ("Voorbeeld bvba;9000;België;030 998", "Telefoon", "geen telefoonnummer in België"),
    ],
)
def test_what_is_none_in_its_country_is_refused_and_nothing_goes_in(shop, row, column, words):
    found = problems(csv(row, header="Bedrijfsnaam;Postcode;Land;Telefoon"), shop, "customers")
    assert [(line, name) for line, name, _value, _words in found] == [(2, column)]
    assert words in found[0][3]
    assert Customer.objects.count() == 0
