"""The way in and out: passwords, throttling, where one comes back, and the branch one works at."""

import datetime
import uuid

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from backoffice.core.models import JournalEntry
from backoffice.relations.models import EmployeeRole
from tests import factories

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def seller():
    return factories.employee("seller", factories.branch("Utrecht"), email="sanne@example.com")


def log_in(client, password=factories.PASSWORD, email="sanne@example.com", **more):
    return client.post(reverse("login"), {"username": email, "password": password} | more)


def test_a_right_password_comes_back_to_the_page_asked_for_and_is_journaled(client, seller):
    asked = client.get("/debiteuren/?q=zoe")
    assert asked.url == "/inloggen/?next=/debiteuren/%3Fq%3Dzoe"
    assert log_in(client, email="Sanne@Example.com", next="/debiteuren/?q=zoe").url == "/debiteuren/?q=zoe"
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.employee, entry.branch) == ("employee.login", seller, seller.home_branch)


def test_a_next_elsewhere_is_not_followed(client, seller):
    assert log_in(client, next="https://kwaad.example/").url == reverse("home")


def test_a_wrong_password_is_refused_and_keeps_the_address(client, seller):
    page = log_in(client, "fout").content.decode()
    assert "E-mailadres of wachtwoord klopt niet." in page and 'value="sanne@example.com"' in page
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.data) == ("employee.login_failed", {"reason": "password"})
    assert (entry.employee, entry.object_id, entry.branch) == (None, str(seller.pk), seller.home_branch)


def test_somebody_inactive_cannot_come_in_and_is_put_out(client, seller):
    client.force_login(seller)
    seller.active = False
    seller.save()
    assert client.get(reverse("relations:customers")).status_code == 302
    assert "klopt niet" in log_in(client).content.decode()
    assert JournalEntry.objects.get().data == {"reason": "inactive"}


def test_an_address_that_is_nobodys_is_not_journalled(client, seller):
    log_in(client, email="niemand@example.com")
    assert not JournalEntry.objects.exists()


def test_after_too_many_wrong_passwords_even_the_right_one_waits(client, seller):
    for time in range(settings.AXES_FAILURE_LIMIT):
        locked = log_in(client, "fout", email=("sanne@example.com", "SANNE@example.com")[time % 2])
    assert locked.status_code == 429
    answer = log_in(client)
    assert answer.status_code == 429
    assert "Te vaak een verkeerd wachtwoord. Probeer het over 15 minuten opnieuw." in answer.content.decode()
    assert "_auth_user_id" not in client.session
    # each try until it is locked, and none after it: nobody fills the journal
    reasons = [entry.data["reason"] for entry in JournalEntry.objects.order_by("sequence")]
    assert reasons == ["password"] * (settings.AXES_FAILURE_LIMIT - 1) + ["locked"]
    factories.employee("seller", email="joris@example.com")
    assert log_in(client, email="joris@example.com").status_code == 302  # a colleague at the same address may


@pytest.mark.parametrize("roles, hours", [("seller", 14), ("manager", 12), ("office", 10), ("admin", 8),
                                          ("seller admin", 8)])  # fmt: skip
def test_a_log_in_lasts_as_long_as_the_strictest_of_ones_roles_allows(client, roles, hours):
    first, *more = roles.split()
    person = factories.employee(first, factories.branch("Utrecht"), email="sanne@example.com")
    for role in more:
        EmployeeRole.objects.create(employee=person, branch=person.home_branch, role=role)
    log_in(client)
    assert client.session.get_expiry_age() == hours * 3600
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=hours, minutes=1)):
        assert client.get(reverse("relations:customers")).status_code == 302


def test_logging_out_is_a_post(client, seller):
    client.force_login(seller)
    assert client.get(reverse("logout")).status_code == 405
    for _ in range(2):
        assert client.post(reverse("logout")).url == reverse("login")
    assert "_auth_user_id" not in client.session
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.employee, entry.branch) == ("employee.logout", seller, seller.home_branch)


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/debiteuren/?q=zoe", "/inloggen/?next=/debiteuren/%3Fq%3Dzoe"),
        ("https://kwaad.example/debiteuren/", "/inloggen/?next=/"),
        ("", "/inloggen/?next=/"),
    ],
)
def test_a_session_that_ended_inside_a_fragment_sends_the_whole_page_to_the_login(client, page, back):
    answer = client.get(reverse("relations:customer_dialog"), headers=HTMX | {"HX-Current-URL": page})
    assert answer.status_code == 401 and answer.content == b""
    assert answer.headers["HX-Redirect"] == back


def test_one_works_at_an_allowed_branch_only(client, seller):
    utrecht, zeist, gesloten = seller.home_branch, factories.branch("Zeist"), factories.branch("Oud", active=False)
    client.force_login(seller)
    url = reverse("relations:switch_branch")
    assert client.post(url, {"branch": zeist.pk}).status_code == 422
    for value in ("", "x", "9" * 30, gesloten.pk):
        assert client.post(url, {"branch": value}).status_code == 422
    seller.roles.create(role="manager", branch=zeist)
    answer = client.post(url, {"branch": zeist.pk, "next": "/debiteuren/"})
    assert answer.url == "/debiteuren/" and client.session["branch_id"] == zeist.pk
    assert client.post(url, {"branch": utrecht.pk, "next": "//kwaad.example/"}).url == reverse("home")
    assert client.session["branch_id"] == utrecht.pk


@pytest.mark.parametrize(
    "target", ["%", "home", "';DROP TABLE x;--", "//elders.nl/", "https://elders.nl/", "\\\\elders"]
)
def test_after_another_branch_one_goes_on_within_the_shop_only(client, target):
    utrecht = factories.branch("Utrecht")
    client.force_login(factories.employee("office", utrecht))
    values = {"key": str(uuid.uuid4()), "branch": utrecht.pk}
    assert client.post(reverse("relations:switch_branch"), values | {"next": target}).url == reverse("home")
    assert client.post(reverse("relations:switch_branch"), values | {"next": "/artikelen/"}).url == "/artikelen/"
