"""Mijn profiel: one's own password and PIN code, each asked with the password of now."""

import uuid

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.urls import reverse

from backoffice.core.models import JournalEntry, RequestKey
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "een nieuw woord 12"


@pytest.fixture
def sanne():
    return factories.employee("seller", factories.branch("Utrecht"), name="Sanne de Wit", number="4711")


@pytest.fixture
def browser(client, sanne):
    client.force_login(sanne)
    return client


def send(browser, name, **values):
    return browser.post(reverse(f"relations:{name}"), {"key": str(uuid.uuid4())} | values)


def change(browser, present=factories.PASSWORD, new=NEW):
    return send(browser, "profile_password", **{"password-present": present, "password-new": new})


def test_a_new_password_keeps_this_log_in_and_ends_all_others(browser, sanne):
    elsewhere = Client()
    elsewhere.force_login(sanne)
    assert change(browser).url == reverse("relations:profile")
    sanne.refresh_from_db()
    assert sanne.check_password(NEW)
    assert browser.get(reverse("relations:profile")).status_code == 200
    assert elsewhere.get(reverse("relations:profile")).status_code == 302
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.data, entry.employee) == ("employee.changed", {"changed": {"password": []}}, sanne)
    assert NEW not in str(RequestKey.objects.values().get())


@pytest.mark.parametrize(
    ("present", "new", "said"),
    [
        ("fout", NEW, "Dit is niet uw wachtwoord van nu."),
        (factories.PASSWORD, "kort", "Dit wachtwoord is te kort: neem minstens 10 tekens."),
        (factories.PASSWORD, "1234567890123", "cijfers"),
        (factories.PASSWORD, "qwertyuiop", "algemeen"),
        (factories.PASSWORD, "fietsen met Sanne", "Uw naam, e-mailadres of nummer mag niet in het wachtwoord staan."),
        ("", NEW, "verplicht"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(browser, sanne, present, new, said):
    page = change(browser, present, new)
    sanne.refresh_from_db()
    assert page.status_code == 422 and sanne.check_password(factories.PASSWORD)
    assert said in page.content.decode() and f'value="{new}"' not in page.content.decode()
    assert not JournalEntry.objects.exclude(action="employee.login_failed").exists()


def test_a_new_pin_code(browser, sanne):
    for pin, status in (("123", 422), ("12a4", 422), ("١٢٣٤", 422), ("4821", 302)):
        answer = send(browser, "profile_pin", **{"pin-present": factories.PASSWORD, "pin-pin": pin})
        assert answer.status_code == status, pin
    sanne.refresh_from_db()
    assert check_password("4821", sanne.pin_hash)
    assert send(browser, "profile_pin", **{"pin-present": "fout", "pin-pin": "9999"}).status_code == 422
    sanne.refresh_from_db()
    assert check_password("4821", sanne.pin_hash)


@pytest.mark.parametrize(("role", "hours"), [("seller", 14), ("manager", 12), ("office", 10), ("admin", 8)])
def test_a_log_in_lasts_as_long_as_the_role_allows(client, role, hours):
    factories.employee(role, factories.branch("Utrecht"), email="wie@example.com")
    client.post(reverse("login"), {"username": "wie@example.com", "password": factories.PASSWORD})
    assert client.session.get_expiry_age() == hours * 3600
