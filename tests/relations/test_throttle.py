"""Guessing passwords behind a proxy: counted per name and address, and per address over all names; nowhere else."""

import datetime
import uuid

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.checks import run_checks
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from backoffice.core.models import JournalEntry
from backoffice.relations import throttle
from tests import factories

pytestmark = pytest.mark.django_db
HOME, CAFE, SHOP = "203.0.113.7", "198.51.100.9", "192.0.2.44"
PROXY = "10.0.0.2"


@pytest.fixture(autouse=True)
def behind_a_proxy(settings):
    settings.PROXY_COUNT, settings.AXES_FAILURE_LIMIT, settings.ADDRESS_FAILURE_LIMIT = 1, 6, 30


@pytest.fixture
def sanne():
    return factories.employee("seller", factories.branch("Utrecht"), email="sanne@example.com")


def log_in(client, address, email="sanne@example.com", password=factories.PASSWORD, claimed=""):
    """Through the proxy, that heard it from this address; claimed: what the browser itself sent along."""
    heard = f"{claimed}, {address}" if claimed else address
    values = {"username": email, "password": password}
    return client.post(reverse("login"), values, headers={"X-Forwarded-For": heard}, REMOTE_ADDR=PROXY).status_code


def test_who_is_guessed_at_one_address_comes_in_at_every_other(client, sanne):
    assert [log_in(client, CAFE, password="fout") for _time in range(6)] == [200] * 5 + [429]
    assert log_in(client, CAFE) == 429
    assert log_in(client, HOME) == 302


def test_asking_again_while_one_waits_does_not_make_it_longer(client, sanne):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _time in range(6):
            log_in(client, SHOP, password="fout")
        for _minute in range(14):
            clock.shift(60)
            assert log_in(client, SHOP) == 429
        clock.shift(61)
        assert log_in(client, SHOP) == 302


def test_what_the_browser_says_of_itself_counts_for_nothing(client, sanne):
    told = [log_in(client, CAFE, password="fout", claimed=f"203.0.113.{n}") for n in range(7)]
    assert told == [200] * 5 + [429] * 2
    # and nobody is locked out by naming an address that is not one's own
    assert log_in(client, SHOP, claimed=CAFE) == 302


def test_one_address_that_tries_many_names_waits_with_all_of_them(client, sanne):
    names = [f"naam{n}@example.com" for n in range(15)]
    told = [log_in(client, CAFE, name, "fout") for name in names for _time in range(2)]
    assert told == [200] * 29 + [429]
    assert log_in(client, CAFE) == 429 and log_in(client, CAFE, "nog-iemand@example.com", "fout") == 429
    assert log_in(client, HOME) == 302
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=16)):
        client.post(reverse("logout"))
        assert log_in(client, CAFE) == 302


def test_ones_own_right_password_forgets_ones_own_wrong_ones_only(client, sanne):
    factories.employee("manager", sanne.home_branch, email="mira@example.com")
    for _round in range(2):
        for _time in range(2):
            log_in(client, SHOP, "mira@example.com", "fout")
        log_in(client, SHOP, password="fout")
        assert log_in(client, SHOP) == 302
        client.post(reverse("logout"))
    assert [log_in(client, SHOP, "mira@example.com", "fout") for _time in range(2)] == [200, 429]
    assert list(AccessAttempt.objects.values_list("username", "failures_since_start")) == [("mira@example.com", 6)]


@pytest.mark.parametrize(
    ("count", "heard", "remote", "address"),
    [
        (0, "203.0.113.7", "10.0.0.2", "10.0.0.2"),
        (1, "203.0.113.7", "10.0.0.2", "203.0.113.7"),
        (1, "1.1.1.1, 203.0.113.7", "10.0.0.2", "203.0.113.7"),
        (2, "1.1.1.1, 203.0.113.7, 10.0.0.9", "10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.2", "10.0.0.2"),  # a way past the outer proxy: whom we heard ourselves
        (1, "", "10.0.0.2", "10.0.0.2"),
        (1, "onzin", "10.0.0.2", "10.0.0.2"),
        (1, "203.0.113.7:50312", "10.0.0.2", "203.0.113.7"),
        (1, "[2001:db8:1:2:3:4:5:6]:443", "10.0.0.2", "2001:db8:1:2::"),
        (1, "2001:db8:1:2:ffff::1", "10.0.0.2", "2001:db8:1:2::"),
        (1, "::ffff:203.0.113.7", "10.0.0.2", "203.0.113.7"),
        (1, "fe80::1%eth0", "10.0.0.2", "fe80::"),
        (0, "", "", None),  # a unix socket without a proxy
    ],
)
def test_the_address_is_the_one_that_the_last_trusted_proxy_heard(settings, count, heard, remote, address):
    settings.PROXY_COUNT = count
    request = RequestFactory().get("/", headers={"X-Forwarded-For": heard}, REMOTE_ADDR=remote)
    assert throttle.address(request) == address


def test_a_missing_address_still_counts_per_name(client, sanne, settings):
    settings.PROXY_COUNT = 0
    for _time in range(6):
        client.post(reverse("login"), {"username": sanne.email, "password": "fout"}, REMOTE_ADDR="")
    answer = client.post(reverse("login"), {"username": sanne.email, "password": factories.PASSWORD}, REMOTE_ADDR="")
    assert answer.status_code == 429


def test_the_deployment_check_names_a_proxy_that_is_not_counted(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    said = lambda: [one.id for one in run_checks(tags=["security"], include_deployment_checks=True)]  # noqa: E731
    assert "toonbank.W002" not in said()
    settings.PROXY_COUNT = 0
    assert "toonbank.W002" in said()


def test_the_present_password_is_not_guessed_at_a_desk_that_was_left_open(client, sanne):
    client.force_login(sanne)

    def change(present, name="profile_password", **values):
        typed = {"password-new": "een nieuw woord 12", "pin-pin": "4821"} | values
        typed |= {"password-present": present, "pin-present": present, "key": str(uuid.uuid4())}
        return client.post(reverse(f"relations:{name}"), typed, headers={"X-Forwarded-For": SHOP})

    for place in range(5):
        page = change("fout", ("profile_password", "profile_pin")[place % 2])
        assert page.status_code == 422 and "Dit is niet uw wachtwoord van nu." in page.content.decode()
    for name in ("profile_pin", "profile_password"):
        page = change("fout", name)
        assert page.status_code == 422
        assert "Te vaak een verkeerd wachtwoord. Probeer het over 15 minuten opnieuw." in page.content.decode()
    assert change(factories.PASSWORD).status_code == 422
    sanne.refresh_from_db()
    assert sanne.check_password(factories.PASSWORD) and not sanne.pin_hash
    attempt = AccessAttempt.objects.get()  # and nothing that was typed is kept with it
    assert set(attempt.get_data + attempt.post_data) <= set("\n-")
    # it is one count with the login at that address, and in the journal
    assert log_in(client, SHOP) == 302  # who is logged in goes home
    client.logout()
    assert log_in(client, SHOP) == 429 and log_in(client, HOME) == 302
    reasons = [row.data["reason"] for row in JournalEntry.objects.filter(action="employee.login_failed").order_by("pk")]
    assert reasons == ["password"] * 5 + ["locked"]


def test_an_address_with_capitals_is_one_name_with_the_login(client, sanne):
    type(sanne).objects.update(email="Sanne@example.com")
    for place in range(6):
        if place % 2:
            log_in(client, SHOP, "SANNE@example.com", "fout")
            continue
        client.force_login(sanne)
        values = {"password-present": "fout", "password-new": "een nieuw woord 12", "key": str(uuid.uuid4())}
        client.post(reverse("relations:profile_password"), values, headers={"X-Forwarded-For": SHOP})
        client.logout()
    assert log_in(client, SHOP) == 429


def test_the_right_present_password_forgets_the_wrong_ones(client, sanne):
    client.force_login(sanne)
    for present in ("fout", "mis", factories.PASSWORD):
        typed = {"password-present": present, "password-new": "een nieuw woord 12", "key": str(uuid.uuid4())}
        client.post(reverse("relations:profile_password"), typed)
    assert not AccessAttempt.objects.exists()


def test_the_admin_has_no_door_of_its_own_to_a_new_password(client):
    client.force_login(factories.employee("admin", None, home_branch=factories.branch("Utrecht")))
    assert client.get("/admin/password_change/").url == reverse("relations:profile")
    assert client.post("/admin/password_change/", {"old_password": "fout"}).status_code == 405
