"""The way in and out: passwords, throttling, where one comes back, and the branch one works at."""

import datetime
import re
import uuid

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from backoffice.core.models import JournalEntry
from backoffice.relations.models import EmployeeRole
from tests import factories, grown
from tests.markup import compact

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


def places(page: str) -> list[str]:
    """The branches that the menu Werken in filiaal of a page offers."""
    return re.findall(r'name="branch" value="\d+"(?: aria-current="true")?\s*>\s*([^<]+?)\s*<', page)


def test_of_many_branches_the_menu_is_read_when_it_opens(client):
    """At 200 branches no page carries them all; of twenty it still does."""
    utrecht = factories.branch("Utrecht")
    client.force_login(factories.employee("office", utrecht))
    grown.branches(utrecht, 19)
    page = compact(client.get(reverse("relations:profile")))
    assert len(places(page)) == 20 and 'hx-trigger="toggle from:#branch-menu once"' not in page
    grown.branches(utrecht, 180)
    answer = client.get(reverse("relations:profile"))
    page = compact(answer)
    assert places(page) == [] and f'hx-get="{reverse("relations:switch_branch")}"' in page
    assert page.count("Filiaal Groei") == 0 and "Utrecht" in page
    opened = client.get(
        reverse("relations:switch_branch"), headers=HTMX | {"HX-Current-URL": "http://testserver/artikelen/?q=kade"}
    )
    menu = compact(opened)
    assert len(places(menu)) == 200 and 'aria-current="true">Utrecht</button>' in menu
    assert '<input type="hidden" name="next" value="/artikelen/?q=kade">' in menu


def test_a_page_reads_no_more_branches_than_its_menu_shows(client):
    zwolle = factories.branch("Zwolle")
    client.force_login(factories.employee("office", zwolle))
    grown.branches(zwolle, 200)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(reverse("relations:profile")).content.decode()
        read = [q["sql"] for q in captured if 'FROM "relations_branch"' in q["sql"]]
    assert len(read) == 1 and read[0].endswith(" LIMIT 21")
    # one's own stands on it, though twenty-one come before it by name
    assert "Zwolle" in page


def test_the_menu_of_a_seller_at_many_branches_holds_those_alone(client):
    utrecht = factories.branch("Utrecht")
    seller = factories.employee("seller", utrecht)
    ids = grown.branches(utrecht, 60)
    for pk in ids[:30]:
        seller.roles.create(role="seller", branch_id=pk)
    client.force_login(seller)
    menu = compact(client.get(reverse("relations:switch_branch"), headers=HTMX))
    assert len(places(menu)) == 31 and places(menu)[-1] == "Utrecht"
