"""Guessing a PIN code: counted per person and till, wherever it is typed; only that person's own code forgets it."""

import datetime
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from backoffice.relations.services.secrets import Secret
from pos.models import PinFailures, TillSeat
from pos.services import pin_codes
from tests import factories
from tests.pos import counter
from tests.racing import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def s():
    return counter.shop()


def answer(s, person, pin, till=None, seated=None) -> str:
    """What is answered to a code: "right", or the code of the refusal."""
    try:
        pin_codes.check(till=till or s.till, employee_id=person.pk, pin=Secret(pin), seated=seated)
    except Refusal as refusal:
        return refusal.code
    return "right"


def unlock(browser, person, pin):
    return browser.post(reverse("pos:unlock"), {"employee": person.pk, "pin": pin})


def counts():
    return list(PinFailures.objects.filter(count__gt=0).order_by("pk").values_list("employee__name", "till", "count"))


def test_ones_own_right_code_does_not_forget_the_wrong_ones_of_a_manager(client, s):
    client.cookies["till_device"] = counter.register(s.till)
    for guess in ("4811", "4812", "4813", "4814"):
        assert unlock(client, s.manager, guess).status_code == 422
    assert unlock(client, s.seller, counter.PIN).status_code == 303
    client.post(reverse("pos:lock"), {"key": counter.key()})
    assert counts() == [(s.manager.name, s.till.pk, 4)]
    page = unlock(client, s.manager, "4815").content.decode()
    assert f"Te vaak een verkeerde pincode van {s.manager.name}. Wacht nog 15 seconden." in page
    # the manager waits here, also with the right code; the seller does not, and another till knows of nothing
    assert answer(s, s.manager, counter.PIN) == "pin.paused"
    assert answer(s, s.seller, counter.PIN) == "right"
    assert answer(s, s.manager, counter.PIN, till=s.other) == "right"
    assert counts() == [(s.manager.name, s.till.pk, 5)]


def test_the_code_beside_a_cashier_and_the_one_that_unlocks_are_one_count(client, s):
    counter.sit(client, s.till, s.seller)
    client.post(reverse("pos:scan"), {"code": factories.code_of(s.riem), "key": counter.key()})
    line = TillSeat.objects.get(till=s.till).order.lines.get()
    asked = {"discount": "20 %", "reason": "Vlekje", "approver": s.manager.pk}
    for guess in ("4811", "4812", "4813", "4814"):
        client.post(reverse("pos:line", args=[line.pk]), asked | {"approver_pin": guess, "key": counter.key()})
    assert counts() == [(s.manager.name, s.till.pk, 4)]
    client.post(reverse("pos:lock"), {"key": counter.key()})
    assert "Te vaak een verkeerde pincode" in unlock(client, s.manager, "4815").content.decode()
    # who typed it stands in the journal: the cashier, and nobody while the till was locked
    rows = JournalEntry.objects.filter(action="till.wrong_pin").order_by("pk")
    assert [row.employee for row in rows] == [s.seller] * 4 + [None]
    assert {row.data["of"] for row in rows} == {s.manager.pk}
    unlock(client, s.seller, counter.PIN)
    waiting = client.post(
        reverse("pos:line", args=[line.pk]), asked | {"approver_pin": counter.PIN, "key": counter.key()}
    )
    assert waiting.status_code == 422 and "Te vaak een verkeerde pincode" in waiting.content.decode()
    line.refresh_from_db()
    assert line.discount_percent == 0


def test_guessing_round_the_managers_makes_each_of_them_wait(s):
    chiefs = (s.manager, s.admin, s.office)
    for guess in ("4811", "4812", "4813", "4814", "4815"):
        told = [answer(s, chief, guess, seated=s.seller) for chief in chiefs]
    assert told == ["pin.paused"] * 3
    assert {count for _name, _till, count in counts()} == {5} and len(counts()) == 3


def test_ones_own_code_forgets_ones_own_wrong_ones(s):
    for guess in ("4811", "4812", "4813", "4814"):
        answer(s, s.seller, guess)
    assert answer(s, s.seller, counter.PIN) == "right" and counts() == []
    assert answer(s, s.seller, "4811") == "pin.wrong" and counts() == [(s.seller.name, s.till.pk, 1)]


def test_after_the_pause_the_right_code_is_looked_at_again(s):
    for guess in ("4811", "4812", "4813", "4814", "4815"):
        answer(s, s.seller, guess)
    PinFailures.objects.update(paused_until=timezone.now() - datetime.timedelta(seconds=1))
    assert answer(s, s.seller, counter.PIN) == "right" and counts() == []


def test_a_name_that_is_not_on_the_list_is_asked_for_and_counts_for_nobody(s):
    gone = factories.employee("seller", factories.branch("Zeist"), pin_hash=s.seller.pin_hash)
    assert answer(s, gone, counter.PIN) == "pin.unknown"
    assert not PinFailures.objects.exists() and not JournalEntry.objects.exists()


def test_the_database_holds_one_count_per_employee_and_till(s):
    PinFailures.objects.create(till=s.till, employee=s.seller, count=4)
    PinFailures.objects.create(till=s.other, employee=s.seller)
    again = "INSERT INTO pos_pinfailures (till_id, employee_id, count) VALUES (%s, %s, %s)"
    twice, below = (s.till.pk, s.seller.pk, 0), (s.till.pk, s.manager.pk, -1)
    for values, name in ((twice, "pin_failures_once"), (below, "pos_pinfailures_count_check")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(again, values)


def test_a_code_of_any_other_shape_is_wrong_and_counted(s):
    for guess in ("", "٢٥٨٠", "25800000", "2580\n", "x" * 100_000):
        told = answer(s, s.manager, guess)
    assert told == "pin.paused" and counts() == [(s.manager.name, s.till.pk, 5)]


GUESSES = [str(guess) for guess in range(4811, 4819)]  # eight at the same moment, where five may be looked at


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_guesses_at_the_same_moment_would_be_counted_as_fewer(s, monkeypatch):
    PinFailures.objects.create(till=s.till, employee=s.manager)
    meet = threading.Barrier(len(GUESSES))
    monkeypatch.setattr(pin_codes, "_locked", lambda till, person: PinFailures.objects.get())
    monkeypatch.setattr(pin_codes, "check_password", lambda *pair: bool(meet.wait(timeout=20)) and False)
    told = together(*(lambda pin=pin: answer(s, s.manager, pin) for pin in GUESSES))
    assert told == ["pin.wrong"] * 8 and PinFailures.objects.get().count == 1


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_are_counted_one_by_one(s):
    told = together(*(lambda pin=pin: answer(s, s.manager, pin) for pin in GUESSES))
    assert sorted(told) == ["pin.paused"] * 4 + ["pin.wrong"] * 4
    assert PinFailures.objects.get().count == JournalEntry.objects.filter(action="till.wrong_pin").count() == 5
