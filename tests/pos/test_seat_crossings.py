"""What happens to who sits at a till while somebody else changes the till, the person, or the seat."""

import threading

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from backoffice.relations.services import devices
from backoffice.relations.services.secrets import Secret
from pos.models import TillSeat
from pos.services import seats
from tests import factories
from tests.pos import counter
from tests.racing import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def s():
    return counter.shop()


@pytest.fixture
def tab(client, s):
    """The seller sits at the till, with a belt on the counter."""
    counter.sit(client, s.till, s.seller)
    client.post(reverse("pos:scan"), {"code": factories.code_of(s.riem), "key": counter.key()})
    return client


def unlock(browser, person):
    return browser.post(reverse("pos:unlock"), {"employee": person.pk, "pin": counter.PIN})


def screen(browser):
    return browser.get(reverse("pos:till"))


def scan(browser, s):
    return browser.post(reverse("pos:scan"), {"code": factories.code_of(s.riem), "key": counter.key()})


def pieces() -> int:
    return int(TillSeat.objects.get().order.lines.get().quantity)


def leaves(s):
    s.seller.active = False
    s.seller.save()


def loses_the_role(s):
    s.seller.roles.all().delete()


def moves_to_another_branch(s):
    s.seller.roles.update(branch=factories.branch("Zeist"))


@pytest.mark.parametrize("happens", [leaves, loses_the_role, moves_to_another_branch])
def test_who_may_not_work_here_any_more_finds_the_till_locked_and_a_colleague_goes_on(tab, s, happens):
    happens(s)
    assert screen(tab).url == reverse("pos:unlock") and scan(tab, s).url == reverse("pos:unlock")
    assert unlock(tab, s.seller).status_code == 422  # not on the list any more
    assert pieces() == 1
    assert unlock(tab, s.manager).url == reverse("pos:till")
    assert "Riem Tuig" in screen(tab).content.decode() and screen(tab).context["request"].user == s.manager


def test_an_old_page_of_the_lock_puts_nobody_else_in_the_seat(tab, s):
    other = Client()  # a second tab of the same browser, where the lock was still open
    other.cookies["till_device"] = tab.cookies["till_device"].value
    answer = unlock(other, s.manager)
    assert answer.url == reverse("pos:till")
    assert f"Op deze kassa werkt {s.seller.name}. Vergrendel de kassa eerst." in screen(other).content.decode()
    assert TillSeat.objects.get().employee == s.seller
    assert not JournalEntry.objects.filter(action="till.unlocked").exists()
    assert unlock(other, s.seller).status_code == 303  # oneself once more does no harm
    tab.post(reverse("pos:lock"), {"key": counter.key()})
    assert unlock(other, s.manager).status_code == 303 and TillSeat.objects.get().employee == s.manager


def test_a_till_let_go_while_somebody_works_asks_for_its_browser_and_keeps_the_basket(tab, s):
    devices.release(till_id=s.till.pk, employee=s.manager, key=None)
    assert screen(tab).url == reverse("pos:start") and scan(tab, s).url == reverse("pos:start")
    fragment = tab.get(reverse("pos:queue_count"), headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, reverse("pos:start"))
    tab.cookies["till_device"] = counter.register(s.till)
    assert screen(tab).url == reverse("pos:unlock") and pieces() == 1
    unlock(tab, s.seller)
    assert "Riem Tuig" in screen(tab).content.decode()


def test_a_till_set_inactive_while_somebody_works_is_no_till_any_more(tab, s):
    s.till.active = False
    s.till.save()
    assert screen(tab).url == reverse("pos:start") and unlock(tab, s.seller).url == reverse("pos:start")


def test_a_till_that_moves_to_another_branch_is_locked_for_who_works_at_the_old_one(tab, s):
    s.till.branch, s.till.number = factories.branch("Zeist"), 9
    s.till.save()
    assert screen(tab).url == reverse("pos:unlock")
    assert [person.name for person in tab.get(reverse("pos:unlock")).context["cashiers"]] == [
        s.admin.name, s.office.name,
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_people_who_unlock_at_the_same_moment_are_one_in_the_seat_and_one_who_is_told():
    s = counter.shop()
    counter.register(s.till)

    def sit(person):
        return seats.unlock(till=s.till, employee_id=person.pk, pin=Secret(counter.PIN)).employee_id

    told = together(lambda: sit(s.seller), lambda: sit(s.manager))
    (late,) = [answer for answer in told if isinstance(answer, Refusal)]
    (seated,) = [answer for answer in told if isinstance(answer, int)]
    assert late.code == "seat.taken" and TillSeat.objects.get().employee_id == seated
    assert JournalEntry.objects.filter(action="till.unlocked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_on_the_seat_both_would_have_been_told_that_they_sit_there(monkeypatch):
    s = counter.shop()
    counter.register(s.till)
    TillSeat.objects.create(till=s.till, device_hash=s.till.device_token_hash)
    meet = threading.Barrier(2)

    def both_read_first(till):
        seat = TillSeat.objects.get(pk=till.pk)
        meet.wait(timeout=20)
        return seat

    monkeypatch.setattr(seats, "_claimed", both_read_first)
    told = together(
        *(
            lambda person=person: seats.unlock(till=s.till, employee_id=person.pk, pin=Secret(counter.PIN))
            for person in (s.seller, s.manager)
        )
    )
    assert not any(isinstance(answer, Exception) for answer in told), told
    assert JournalEntry.objects.filter(action="till.unlocked").count() == 2
