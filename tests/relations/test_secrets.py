"""What a PIN code and a password must be: nothing that anybody tries first, and nothing of whose it is."""

import pytest
from django.contrib.auth.hashers import check_password

from backoffice.core.errors import Refusal, Refusals
from backoffice.relations.services import employees, secrets
from backoffice.relations.services.secrets import Secret
from tests import factories

pytestmark = pytest.mark.django_db

EASY = {
    "repeats": "0000 7777 99999 111111 1212 4747 123123 121212",
    "runs, up and down, also past nine": "1234 4321 0123 7890 0987 12345 654321 2468 1357 9630",
    "mirrored and in pairs": "1221 45654 123321 1122 5500 112233",
    "years": "1950 1987 2001 2026",
    "well known": "2580 0852 0007 1004 159753 789456",
    "the own number": "0417 00417",
}
HARD = ["4821", "7093", "2591", "70512", "380416", "1898", "2051"]


@pytest.mark.parametrize("pin", [pin for pins in EASY.values() for pin in pins.split()])
def test_an_easy_pin_code_is_refused_and_the_one_of_before_stays(pin):
    person = factories.employee(number="417", pin_hash="before")
    with pytest.raises(Refusal) as refused:
        secrets.set_pin(person, Secret(pin), "pin")
    assert refused.value.code == "employee.pin_easy" and person.pin_hash == "before"


@pytest.mark.parametrize("pin", HARD)
def test_another_is_taken(pin):
    person = factories.employee(number="417")
    secrets.set_pin(person, Secret(pin), "pin")
    assert check_password(pin, person.pin_hash)


def test_most_codes_may_be_chosen():
    assert sum(secrets.is_easy(f"{pin:04d}") for pin in range(10_000)) < 500
    assert sum(secrets.is_easy(f"{pin:06d}") for pin in range(0, 1_000_000, 7)) < 1_000_000 / 7 / 100


@pytest.mark.parametrize(
    "password",
    ["Zoë van der Berg", "zoevanderberg", "ZOE.VAN.DER.BERG!", "berg-en-dal-fietsen", "winkel-zvdberg", "nr K-4417 dus",
     "Zoë v4n der Berq"],
)  # fmt: skip
def test_a_password_with_ones_own_name_in_it_is_refused_wherever_it_is_set(password):
    chief = factories.employee("admin", None, name="Coen Chef")
    values = {"number": "K-4417", "name": "Zoë van der Berg", "email": "zvdberg@example.com", "active": True}
    with pytest.raises(Refusals) as refused:
        employees.save(
            values=values, grants=[], branch_id=None, password=Secret(password), pin=Secret("1111"), employee=chief
        )
    assert [one.field for one in refused.value.all] == ["password", "pin"]


def test_a_word_that_only_shares_a_short_part_with_a_name_is_taken():
    person = factories.employee(name="Jan van der Ree", email="j@example.com", number="12")
    secrets.set_password(person, Secret("januari in de vandaal"), "new")
    assert person.check_password("januari in de vandaal")
