"""Making and changing customers: numbers, names, search, duplicates, and two people at one form."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from backoffice.core.errors import KeyReused, Refusal, Refusals, Stale
from backoffice.relations import selectors
from backoffice.relations.models import Customer, CustomerAddress, Employee
from backoffice.relations.services import customers
from tests import factories
from tests.plans import plan_of

pytestmark = pytest.mark.django_db
HOME = {"kind": "invoice", "street": "Oudegracht", "house_number": "12", "postcode": "3511ab", "city": "Utrecht"}


@pytest.fixture
def office():
    return factories.employee("office", factories.branch())


def person(office, last_name="Vermeer", *, addresses=(HOME,), confirmed=True, key=None, **values):
    values = {"kind": "private", "first_name": "Zoë", "last_name": last_name} | values
    return customers.create(values=values, addresses=list(addresses), confirmed=confirmed, employee=office, key=key)


def hotel(office, **values):
    values = {"kind": "business", "company": "Hotel De Zwaan B.V.", "last_name": "Visser"} | values
    return customers.create(values=values, addresses=[], confirmed=True, employee=office)


def found(text):
    return [row.name for row in selectors.found_customers(text)[0].order_by("name")]


def test_numbers_start_at_10001_and_have_no_gap_after_a_refusal(office):
    assert person(office).number == 10001
    with pytest.raises(Refusals):
        person(office, kvk="12")
    assert person(office, "Hoekstra").number == 10002


def test_the_name_is_the_company_else_the_person(office):
    assert person(office, infix="van der").name == "Zoë van der Vermeer"
    assert hotel(office).name == "Hotel De Zwaan B.V."
    assert hotel(office).person == "Visser"


def test_values_are_stored_in_one_spelling(office):
    made = person(office, email="Zoe@Voorbeeld.NL", phone="06-12345678", vat_id="004495445b01", kvk="12 34 56 78")
    made.refresh_from_db()
    assert (made.email, made.phone, made.vat_id, made.kvk) == (
        "Zoe@voorbeeld.nl", "+31612345678", "NL004495445B01", "12345678",
    )  # fmt: skip
    assert made.addresses.get().postcode == "3511 AB"
    assert made.changed_by == office


def test_everything_wrong_is_named_at_once_and_nothing_is_made(office):
    with pytest.raises(Refusals) as refused:
        person(office, "", email="a@b", phone="06", kvk="1", vat_id="NL1")
    assert {one.field for one in refused.value.all} == {"last_name", "email", "phone", "kvk", "vat_id"}
    with pytest.raises(Refusals) as refused:
        hotel(office, company="")
    assert [one.code for one in refused.value.all] == ["customer.company"]
    with pytest.raises(Refusal) as refused:
        person(office, addresses=[HOME | {"postcode": "12"}])
    assert refused.value.field == "postcode"
    with pytest.raises(Refusal):
        person(office, addresses=[HOME, HOME])
    assert not Customer.objects.exists() and not CustomerAddress.objects.exists()


def test_a_service_reads_phone_and_postcode_by_the_country_too(office):
    berlin = HOME | {"country": "DE", "postcode": "10785", "city": "Berlin"}
    assert person(office, addresses=[berlin], phone="030 9984510").phone == "+49309984510"
    delivered = {"kind": "delivery", "city": "Gent", "postcode": "9000", "country": "BE"}
    assert person(office, addresses=[delivered, berlin], phone="030 9984510").phone == "+49309984510"
    assert person(office, addresses=[delivered], phone="09 225 12 34").phone == "+3292251234"
    with pytest.raises(Refusal) as refused:
        person(office, addresses=[berlin | {"postcode": "1067"}])
    assert (refused.value.field, Customer.objects.count()) == ("postcode", 3)


def test_one_is_found_by_name_number_email_phone_and_postcode_whatever_the_accents(office):
    person(office, infix="van der", email="zoe@voorbeeld.nl", phone="0612345678")
    hotel(office, phone="030 2314567")
    name = ["Zoë van der Vermeer"]
    for text in ("zoe vermeer", "VERMEER", "Zoë", "10001", "zoe@voorbeeld", "06-12 34 56 78", "+31 6 1234 5678",
                 "0031612345678", "3511AB", "3511 ab", "utrecht vermeer"):  # fmt: skip
        assert found(text) == name, text
    assert found("zwaan visser") == ["Hotel De Zwaan B.V."]


def test_a_typing_error_finds_what_resembles_it(office):
    person(office)
    hotel(office)
    rows, resembling = selectors.found_customers("vermer")
    assert resembling and [row.name for row in rows] == ["Zoë Vermeer"]
    rows, resembling = selectors.found_customers("xyzzy")
    assert list(rows) == []


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({"last_name": "Jansen", "email": "zoe@voorbeeld.nl"}, {}),
        ({"last_name": "Jansen", "email": "ZOE@Voorbeeld.nl"}, {}),
        ({"last_name": "Jansen", "phone": "+31 6 12345678"}, {}),
        ({"last_name": "Vermeeren"}, {"postcode": "3511 AB", "house_number": "12"}),
    ],
    ids=["same e-mail", "e-mail in another case", "same phone", "same house, like name"],
)
def test_a_likely_duplicate_is_shown_first_and_made_only_when_said_again(office, values, address):
    known = person(office, email="zoe@voorbeeld.nl", phone="0612345678")
    addresses = [{"kind": "invoice", **address}] if address else []
    last_name = values.pop("last_name")
    with pytest.raises(customers.LikelyDuplicates) as asked:
        person(office, last_name, addresses=addresses, confirmed=False, **values)
    assert asked.value.customers == [known]
    assert Customer.objects.count() == 1
    assert person(office, last_name, addresses=addresses, confirmed=True, **values).number == 10002


@pytest.mark.django_db(transaction=True)
def test_who_has_an_email_is_found_by_its_index(office):
    Customer.objects.bulk_create(
        Customer(number=20_000 + n, last_name=f"Klant {n}", name=f"Klant {n}", email=f"k{n}@voorbeeld.nl")
        for n in range(3_000)
    )
    asked = "FROM relations_customer WHERE NOT email = '' AND lower(email) = 'k7@voorbeeld.nl'"
    assert "customer_by_email" in plan_of(f"SELECT id {asked}", "relations_customer")
    lowered = Customer.objects.exclude(email="").annotate(lowered=Lower("email")).filter(lowered="k7@voorbeeld.nl")
    assert "customer_by_email" in lowered.explain()


def test_a_neighbour_and_a_namesake_are_no_duplicates(office):
    person(office)
    assert person(office, "de Groot", confirmed=False).number == 10002
    assert person(office, confirmed=False, addresses=[HOME | {"house_number": "14"}]).number == 10003


def test_the_same_key_makes_one_customer(office):
    key = uuid.uuid4()
    first = person(office, key=key)
    assert person(office, key=key) == first
    assert Customer.objects.count() == 1
    with pytest.raises(KeyReused):
        person(office, "Hoekstra", key=key)


def change(customer, office, *, revision=1, addresses=(), **values):
    kept = {name: getattr(customer, name) for name in customers.VALUES}
    return customers.change(
        customer_id=customer.pk, revision=revision, values=kept | values, addresses=list(addresses), employee=office
    )


def test_changing_keeps_finds_and_drops_addresses(office):
    delivery = {"kind": "delivery", "street": "Kade", "postcode": "3812 PH", "city": "Amersfoort"}
    customer = person(office, addresses=[HOME, delivery])
    invoice, other = customer.addresses.get(kind="invoice"), customer.addresses.get(kind="delivery")
    belgian = {"kind": "delivery", "street": "Rue Royale", "postcode": "1000", "city": "Brussel", "country": "BE"}
    changed = change(
        customer, office, last_name="Vermeulen", addresses=[HOME | {"id": invoice.pk, "house_number": "14"}, belgian]
    )
    assert (changed.name, changed.revision) == ("Zoë Vermeulen", 2)
    assert [(a.pk == invoice.pk, a.house_number, a.city) for a in changed.addresses.order_by("pk")] == [
        (True, "14", "Utrecht"), (False, "", "Brussel"),
    ]  # fmt: skip
    assert not CustomerAddress.objects.filter(pk=other.pk).exists()
    assert found("brussel") == ["Zoë Vermeulen"] and found("amersfoort") == []


def test_an_address_of_somebody_else_is_not_taken_over(office):
    other = person(office, "Hoekstra")
    customer = person(office)
    theirs = other.addresses.get()
    change(customer, office, addresses=[HOME | {"id": theirs.pk, "city": "Zeist"}])
    theirs.refresh_from_db()
    assert (theirs.customer, theirs.city) == (other, "Utrecht")
    assert customer.addresses.get().city == "Zeist"


def test_a_stale_form_is_told_who_changed_what(office):
    customer = person(office, phone="0612345678")
    other = factories.employee("seller", name="Joris van Dam")
    change(customer, other, phone="030 2314567")
    with pytest.raises(Stale) as stale:
        change(customer, office, revision=1, phone="06 11111111")
    assert stale.value.who == "Joris van Dam"
    assert stale.value.fields == [("Telefoon", "030 231 4567", "06 11111111")]
    customer.refresh_from_db()
    assert (customer.phone, customer.revision) == ("+31302314567", 2)


def test_without_the_right_nothing_is_made_or_changed(office):
    customer, stranger = person(office), factories.employee("")
    with pytest.raises(Refusal) as refused:
        person(stranger, "Hoekstra")
    assert refused.value.code == "customer.right"
    with pytest.raises(Refusal):
        change(customer, stranger, last_name="Hoekstra")
    assert Customer.objects.get().last_name == "Vermeer"


def test_options_show_the_exact_number_first_and_why_the_others_match(office, django_assert_num_queries):
    first = person(office, email="zoe@voorbeeld.nl")
    other = person(office, "Hoekstra", phone="030 2310001", addresses=[HOME | {"city": "10001 straat"}])
    with django_assert_num_queries(4):  # the number and the words, each with its addresses
        options = selectors.customer_options("10001")
    assert options == [first, other]
    assert selectors.reason(first, "10001") == "Utrecht · zoe@voorbeeld.nl"
    assert selectors.reason(first, "3511AB") == "Utrecht · 3511 AB Utrecht"


def refused_by(name, write):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        write()
    assert name in str(refused.value)


def test_the_database_holds_the_rules_by_itself(office):
    customer, branch = person(office), office.home_branch
    rows = Customer.objects.filter(pk=customer.pk)
    refused_by("customer_has_a_name", lambda: rows.update(name=""))
    other = person(office, "Hoekstra", addresses=[])
    refused_by("relations_customer_number_key", lambda: rows.update(number=other.number))
    refused_by("customer_one_invoice_address", lambda: customer.addresses.create(kind="invoice"))
    factories.till(branch, 1)
    refused_by("till_number_in_branch", lambda: factories.till(branch, 1))
    refused_by("employee_role_once", lambda: office.roles.create(role="office", branch=branch))
    admin = factories.employee("admin")
    refused_by("employee_role_once", lambda: admin.roles.create(role="admin", branch=None))
    refused_by("relations_employee_email_key", lambda: Employee.objects.filter(pk=admin.pk).update(email=office.email))
    refused_by("relations_branch_code_key", lambda: factories.branch(code=branch.code))


def test_a_stale_form_says_of_a_block_whether_it_stands(office):
    customer = person(office, note="x")
    change(customer, office, blocked=True, note="y")
    with pytest.raises(Stale) as stale:
        change(customer, office, revision=1, blocked=False, note="z")
    assert sorted(field[1:] for field in stale.value.fields) == [("ja", "nee"), ("y", "z")]


@pytest.mark.parametrize(("one", "other", "same"), [("bakker", "bakkers", True), ("bakker", "bakhuis", False)])
def test_names_are_alike_when_most_of_the_shorter_one_is_in_the_other(one, other, same):
    """bakker: 7 parts of three letters, of which bakkers has 6 and bakhuis 3."""
    assert customers.alike(one, other) is same
