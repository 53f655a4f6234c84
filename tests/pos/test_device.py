"""POS from the backoffice: which till this browser is, by a token that only the browser holds."""

import hashlib
import uuid

import pytest
from django.urls import reverse

from backoffice.core.models import JournalEntry
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return factories.employee("manager", factories.branch("Utrecht"))


@pytest.fixture
def browser(client, manager):
    client.force_login(manager)
    return client


def register(browser, till, **more):
    return browser.post(reverse("pos:register"), {"key": str(uuid.uuid4()), "till": till.pk} | more)


def here(browser):
    return browser.get(reverse("pos:tills")).context["here"]


def journal():
    return list(JournalEntry.objects.order_by("pk").values_list("action", "object_id"))


def test_a_browser_becomes_a_till(browser, manager):
    till = factories.till(manager.home_branch)
    assert here(browser) is None
    answer = register(browser, till)
    cookie = answer.cookies["till_device"]
    till.refresh_from_db()
    assert till.device_token_hash == hashlib.sha256(cookie.value.encode()).hexdigest()
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/kassa/"
    assert here(browser) == till and journal() == [("till.device.registered", str(till.pk))]
    assert "Deze browser is Utrecht Kassa 1" in browser.get(reverse("pos:tills")).content.decode()


def test_the_same_request_again_gives_the_same_token_and_one_registration(browser, manager):
    till, key = factories.till(manager.home_branch), str(uuid.uuid4())
    first = register(browser, till, key=key).cookies["till_device"].value
    browser.cookies.pop("till_device")  # its answer was lost
    assert register(browser, till, key=key).cookies["till_device"].value == first
    assert len(journal()) == 1 and here(browser) == till


def test_a_browser_is_one_till_at_a_time(browser, manager):
    one, two = factories.till(manager.home_branch, 1), factories.till(manager.home_branch, 2)
    register(browser, one)
    register(browser, two)
    one.refresh_from_db()
    assert one.device_token_hash == "" and here(browser) == two
    assert journal()[1:] == [("till.device.released", str(one.pk)), ("till.device.registered", str(two.pk))]


def test_another_browser_takes_the_till_over(browser, manager, django_user_model):
    till = factories.till(manager.home_branch)
    register(browser, till)
    elsewhere = type(browser)()
    elsewhere.force_login(manager)
    register(elsewhere, till)
    assert here(elsewhere) == till and here(browser) is None


def test_a_till_is_let_go(browser, manager):
    till = factories.till(manager.home_branch)
    register(browser, till)
    browser.post(reverse("pos:release"), {"key": str(uuid.uuid4()), "till": till.pk})
    till.refresh_from_db()
    assert till.device_token_hash == "" and here(browser) is None
    assert journal()[-1] == ("till.device.released", str(till.pk))


def test_a_made_up_token_and_an_inactive_till_are_nothing(browser, manager):
    till = factories.till(manager.home_branch)
    browser.cookies["till_device"] = "verzonnen"
    assert here(browser) is None
    register(browser, till)
    till.refresh_from_db()
    till.active = False
    till.save()
    assert here(browser) is None
    assert register(browser, till).status_code == 422


def test_who_may_not_register_sees_no_button(client, manager):
    factories.till(manager.home_branch)
    client.force_login(factories.employee("seller", manager.home_branch))
    page = client.get(reverse("pos:tills")).content.decode()
    assert "Kassa 1" in page and "registreren</button>" not in page and "Deze browser registreren" not in page
    assert "Vraag een filiaalmanager" in page


def test_pos_opens_the_till_where_the_browser_is_one(browser, manager):
    till = factories.till(manager.home_branch)
    assert browser.get(reverse("pos:start")).url == reverse("pos:tills")
    register(browser, till)
    assert browser.get(reverse("pos:start")).url == reverse("pos:till")
    # the login of the backoffice does not sit at the till: it asks who works there
    assert browser.get(reverse("pos:till")).url == reverse("pos:unlock")
