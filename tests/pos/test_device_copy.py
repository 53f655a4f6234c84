"""The till's cookie in another browser: renewed at each unlock, so that a copy is refused by itself, and seen."""

import datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backoffice.core.models import JournalEntry
from backoffice.relations.models import Till
from backoffice.relations.services import devices
from backoffice.relations.services.devices import Token
from tests.pos import counter
from tests.racing import together

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.UTC)
SCREEN = "pos:till"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def s(clock):
    made = counter.shop()
    made.token = counter.register(made.till)
    return made


def browser(token: str) -> Client:
    made = Client()
    made.cookies["till_device"] = token
    return made


def held(client) -> str:
    return client.cookies["till_device"].value


def unlock(client, person):
    answer = client.post(reverse("pos:unlock"), {"employee": person.pk, "pin": counter.PIN})
    assert answer.status_code == 303
    return answer


def lock(client):
    assert client.post(reverse("pos:lock"), {"key": counter.key()}).url == reverse("pos:unlock")


def sees(client, name=SCREEN):
    """200, or where it is sent."""
    answer = client.get(reverse(name))
    return answer.status_code if answer.status_code == 200 else answer.url


def journalled() -> int:
    return JournalEntry.objects.filter(action="till.device.copied").count()


TO_LOGIN = "/inloggen/?next=/kassa/"


def test_a_copied_cookie_is_refused_and_the_till_goes_on(s, clock):
    till = browser(s.token)
    unlock(till, s.seller)
    copy = browser(held(till))
    assert sees(till) == sees(copy) == 200  # nobody can tell them apart yet
    lock(till)
    unlock(till, s.seller)
    assert held(till) != held(copy) and sees(till) == 200
    clock.shift(59)
    assert sees(copy) == 200
    clock.shift(2)
    assert sees(copy) == TO_LOGIN and sees(copy, "pos:unlock") == TO_LOGIN
    assert "Deze browser is Kassa 1 niet meer." in copy.get(TO_LOGIN).content.decode()
    fragment = copy.get(reverse("pos:queue_count"), headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment.content, fragment.headers["HX-Redirect"]) == (401, b"", TO_LOGIN)
    assert copy.post(reverse("pos:scan"), {"code": "1", "key": counter.key()}).url == TO_LOGIN
    # the till works on, and the journal says it once, not at every question of the copy
    assert sees(till) == 200 and journalled() == 1
    entry = JournalEntry.objects.get(action="till.device.copied")
    assert (entry.branch, entry.object_id, entry.employee) == (s.branch, str(s.till.pk), None)
    clock.shift(601)
    sees(copy)
    assert journalled() == 2


def test_a_copy_knocking_at_pos_itself_is_journalled_and_is_no_till_behind_a_login_either(s, clock):
    till = browser(s.token)
    for _time in range(2):
        unlock(till, s.seller)
        assert sees(till) == 200
        lock(till)
    copy = browser(s.token)
    clock.shift(61)
    assert sees(copy, "pos:start") == TO_LOGIN and journalled() == 1
    copy.force_login(s.manager)
    assert copy.get(reverse("pos:start")).url == reverse("pos:tills")
    assert copy.get(reverse("pos:tills")).context["here"] is None
    # made another till there, it does not let go of the one that it copied
    copy.post(reverse("pos:register"), {"key": counter.key(), "till": s.other.pk})
    assert sees(copy) == sees(till) == reverse("pos:unlock")


def test_a_browser_that_never_got_the_new_cookie_goes_on_with_the_former_one(s, clock):
    till = browser(s.token)
    for _time in range(3):  # each answer is lost: the browser keeps what it had
        given = unlock(till, s.seller).cookies["till_device"].value
        till.cookies["till_device"] = s.token
        clock.shift(250)
        assert sees(till) == 200
        lock(till)
        clock.shift(3600)
    assert given == Token(s.token, 1).cookie  # always the same one
    unlock(till, s.seller)
    assert held(till) == given and sees(till) == 200 and journalled() == 0


def test_two_tabs_that_unlock_at_once_end_with_one_cookie(s, clock):
    one, two = browser(s.token), browser(s.token)
    unlock(one, s.seller)
    unlock(two, s.seller)
    assert held(one) == held(two) == Token(s.token, 1).cookie
    assert sees(one) == sees(two) == 200 and journalled() == 0


def test_a_request_under_way_during_two_unlocks_within_a_minute_keeps_its_own_minute(s, clock):
    till = browser(s.token)
    unlock(till, s.seller)
    assert sees(till) == 200
    slow = browser(held(till))
    for _time in range(2):
        lock(till)
        unlock(till, s.seller)
        assert sees(till) == 200
        clock.shift(20)
    assert sees(slow) == 200 and sees(browser(s.token)) == 200
    clock.shift(30)  # 70 s after its successor came back
    assert sees(slow) == TO_LOGIN and sees(till) == 200


def test_a_former_cookie_that_unlocks_gets_no_new_one(s, clock):
    till = browser(s.token)
    unlock(till, s.seller)
    assert sees(till) == 200
    copy = browser(s.token)  # within its minute, with a PIN code that was looked over a shoulder
    assert "till_device" not in unlock(copy, s.seller).cookies
    clock.shift(61)
    assert sees(copy) == TO_LOGIN and sees(till) == 200


def test_who_holds_one_token_can_make_no_other(s, clock):
    till = browser(s.token)
    unlock(till, s.seller)
    mac = held(till).rpartition(".")[2]
    for forged in (f"{s.token}.2.{mac}", f"{s.token}.2", f"{s.token}.1.{mac[:-1]}x", f"{s.token}.-1.{mac}",
                   f"{s.token}.{'9' * 40}.{mac}", ".", ".."):  # fmt: skip
        assert sees(browser(forged)) == reverse("pos:start"), forged
    assert sees(till) == 200 and journalled() == 0


def test_a_slow_request_with_the_new_cookie_does_not_lengthen_the_minute_of_the_former(s, clock):
    till, slow = (Till.objects.get(pk=s.till.pk) for _time in range(2))
    devices.came_back(till, Token(s.token, 1))
    clock.shift(50)
    devices.came_back(slow, Token(s.token, 1))
    clock.shift(11)
    assert devices.standing(Till.objects.get(pk=s.till.pk), Token(s.token, 0)) == devices.Standing.COPY


def test_each_former_token_holds_for_a_minute_of_its_own_and_is_forgotten_then(s, clock):
    till = Till.objects.get(pk=s.till.pk)

    def standing(generation):
        return devices.standing(Till.objects.get(pk=s.till.pk), Token(s.token, generation)).value

    devices.came_back(till, Token(s.token, 1))
    clock.shift(40)
    devices.came_back(till, Token(s.token, 2))
    assert [standing(age) for age in range(4)] == ["holds", "holds", "holds", "new"]
    clock.shift(20)
    assert [standing(age) for age in range(3)] == ["copy", "holds", "holds"]
    devices.came_back(till, Token(s.token, 3))
    assert list(Till.objects.get(pk=s.till.pk).device_formers) == ["1", "2"]


def test_a_till_registered_anew_begins_anew(s, clock):
    till = browser(s.token)
    unlock(till, s.seller)
    assert sees(till) == 200
    till.force_login(s.manager)
    till.post(reverse("pos:register"), {"key": counter.key(), "till": s.till.pk})
    row = Till.objects.get(pk=s.till.pk)
    assert (row.device_generation, row.device_formers, row.device_copied_at) == (0, {}, None)
    assert sees(till) == reverse("pos:unlock") and sees(browser(s.token)) == reverse("pos:start")


def test_after_a_backup_was_put_back_the_browser_that_is_ahead_is_still_the_till(s, clock):
    till = browser(s.token)
    for _time in range(4):
        unlock(till, s.seller)
        assert sees(till) == 200
        lock(till)
    Till.objects.update(device_generation=1, device_formers={})  # as it was this morning
    unlock(till, s.seller)
    assert sees(till) == 200 and Till.objects.get(pk=s.till.pk).device_generation == 5


@pytest.mark.django_db(transaction=True)
def test_many_requests_at_the_same_moment_with_both_cookies_all_reach_the_till():
    s = SimpleNamespace(**vars(counter.shop()))
    token = counter.register(s.till)
    till = browser(token)
    unlock(till, s.seller)
    cookies = [held(till), token] * 4
    told = together(*(lambda cookie=cookie: sees(browser(cookie)) for cookie in cookies))
    assert told == [200] * 8
    row = Till.objects.get(pk=s.till.pk)
    assert row.device_generation == 1 and journalled() == 0
    assert 55 < row.device_formers["0"] - timezone.now().timestamp() <= 60


def test_a_till_of_which_a_copy_was_refused_is_trusted_when_it_is_registered_anew(s, clock):
    Till.objects.filter(pk=s.till.pk).update(device_copied_at=timezone.now())
    devices.register(till_id=s.till.pk, token="x" * 32, employee=s.manager)
    assert Till.objects.get(pk=s.till.pk).device_copied_at is None
