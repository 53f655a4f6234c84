"""Unlocking a till: a PIN code seats a cashier, wrong ones make one wait, and nobody else gets in."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from backoffice.core.models import JournalEntry
from pos.models import PinFailures, TillSeat
from tests import factories
from tests.pos import counter

pytestmark = pytest.mark.django_db


@pytest.fixture
def s():
    return counter.shop()


@pytest.fixture
def browser(client, s):
    client.cookies["till_device"] = counter.register(s.till)
    return client


def unlock(browser, person, pin=counter.PIN):
    return browser.post(reverse("pos:unlock"), {"employee": person.pk, "pin": pin})


def actions():
    return list(JournalEntry.objects.order_by("pk").values_list("action", "employee_id"))


def test_the_pin_code_seats_the_cashier_and_the_journal_says_so(browser, s):
    assert unlock(browser, s.seller).url == reverse("pos:till")
    page = browser.get(reverse("pos:till"))
    assert page.context["request"].user == s.seller and "Marieke de Wit" in page.content.decode()
    assert actions() == [("till.unlocked", s.seller.pk)]


@time_machine.travel("2026-11-24T10:00:00+01:00", tick=False)
def test_a_wrong_code_seats_nobody_and_after_five_one_waits_longer_each_time(browser, s, settings):
    settings.PIN_FREE_FAILURES, settings.PIN_PAUSE_SECONDS = 5, 15
    for failures in range(1, 5):
        answer = unlock(browser, s.seller, "0000")
        assert answer.status_code == 422 and "Deze pincode klopt niet." in answer.content.decode()
        assert PinFailures.objects.get().count == failures
    paused = []
    for _ in range(3):
        assert "Te vaak een verkeerde pincode" in unlock(browser, s.seller, "0000").content.decode()
        wrong = PinFailures.objects.get()
        assert wrong.paused_until is not None
        paused.append(round((wrong.paused_until - timezone.now()).total_seconds()))
        # also the right code waits, and does not count as wrong
        assert unlock(browser, s.seller).status_code == 422
        assert PinFailures.objects.get().count == wrong.count
        PinFailures.objects.update(paused_until=timezone.now() - datetime.timedelta(seconds=1))
    assert paused == [15, 30, 60]
    assert unlock(browser, s.seller).status_code == 303
    wrong = PinFailures.objects.get()
    assert (wrong.count, wrong.paused_until, TillSeat.objects.get().employee) == (0, None, s.seller)
    assert [action for action, _who in actions()] == ["till.wrong_pin"] * 7 + ["till.unlocked"]


def test_somebody_of_another_branch_and_somebody_who_left_are_not_offered(browser, s):
    elsewhere = factories.employee("seller", factories.branch("Zeist"), name="Gijs Zeist", pin_hash=s.seller.pin_hash)
    s.office.active = False
    s.office.save()
    names = [person.name for person in browser.get(reverse("pos:unlock")).context["cashiers"]]
    assert names == ["Bea Beheer", "Joris van Dam", "Marieke de Wit"]
    assert unlock(browser, elsewhere).status_code == 422 and unlock(browser, s.office).status_code == 422
    assert not TillSeat.objects.exists()


def test_locking_keeps_the_basket_and_the_next_cashier_finds_it(browser, s):
    unlock(browser, s.seller)
    browser.post(reverse("pos:scan"), {"code": factories.code_of(s.riem), "key": counter.key()})
    browser.post(reverse("pos:lock"), {"key": counter.key()})
    assert browser.get(reverse("pos:till")).url == reverse("pos:unlock")
    unlock(browser, s.manager)
    assert "Riem Tuig" in browser.get(reverse("pos:till")).content.decode()


def test_a_till_that_nobody_touches_locks_itself(browser, s, settings):
    unlock(browser, s.seller)
    TillSeat.objects.update(seen_at=timezone.now() - datetime.timedelta(seconds=settings.TILL_IDLE_SECONDS + 1))
    assert browser.get(reverse("pos:till")).url == reverse("pos:unlock")
    assert browser.post(reverse("pos:scan"), {"code": "1", "key": counter.key()}).url == reverse("pos:unlock")
    unlock(browser, s.seller)
    TillSeat.objects.update(seen_at=timezone.now() - datetime.timedelta(seconds=60))
    browser.post(reverse("pos:alive"))
    assert TillSeat.objects.get().seen_at > timezone.now() - datetime.timedelta(seconds=5)


def test_another_browser_that_becomes_the_till_finds_it_locked(browser, s):
    unlock(browser, s.seller)
    other = type(browser)()
    other.cookies["till_device"] = counter.register(s.till)
    assert other.get(reverse("pos:till")).url == reverse("pos:unlock")
    assert browser.get(reverse("pos:till")).url == reverse("pos:start")
