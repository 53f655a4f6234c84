"""Who logs in beside, for what one may not decide alone: password and second step, as at the login."""

import datetime
import uuid
from decimal import Decimal

import pytest
import time_machine
from axes.models import AccessAttempt
from django.urls import reverse

from backoffice.core.models import JournalEntry
from payments.models import LedgerEntry
from tests import factories
from tests.payments import shop as money
from tests.payments.shop import shop
from tests.payments.test_deposit import pay
from tests.relations.test_two_factor import code_of, set_up

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 30, 12, 0, 10, tzinfo=datetime.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def s(clock, client):
    """A bank payment of 260,00 that the manager wants to reverse, which asks a second person above 250,00."""
    made = shop()
    made.order = money.order(made, "300.00")
    pay(made, made.order, ("bank", "260.00"))
    made.entry = LedgerEntry.objects.get()
    client.force_login(made.manager)
    return made


def ask(client, s, **values):
    typed = {"key": str(uuid.uuid4()), "reason": "dubbel betaald", "approver_email": s.admin.email,
             "approver_password": factories.PASSWORD}  # fmt: skip
    return client.post(reverse("payments:reverse", args=[s.entry.pk]), typed | values)


def refused(s, answer, sentence: str) -> bool:
    """Whether it says so, keeps what was typed but the secrets, and nothing is booked."""
    page = answer.content.decode()
    s.order.refresh_from_db()
    return (
        (answer.status_code, sentence in page, 'value="dubbel betaald"' in page) == (422, True, True)
        and factories.PASSWORD not in page
        and s.order.paid_total.amount == Decimal(260)
        and LedgerEntry.objects.count() == 1
    )


def reversed_once(s) -> bool:
    s.order.refresh_from_db()
    reversal = LedgerEntry.objects.get(kind="reversal")
    return (s.order.paid_total.amount, reversal.approved_by) == (0, s.admin)


def test_with_a_second_step_the_password_alone_is_not_enough(client, s, clock):
    set_up(s.admin)
    assert refused(s, ask(client, s), f"Vul ook de code in van de tweede stap van {s.admin.name}.")
    assert refused(s, ask(client, s, approver_code="000000"), "Deze code klopt niet")
    code = code_of(s.admin)
    assert ask(client, s, approver_code=code).status_code == 303 and reversed_once(s)


def test_a_code_counts_once_and_wrong_ones_make_it_wait(client, s, clock):
    set_up(s.admin)
    code = code_of(s.admin)
    ask(client, s, approver_code=code, reason="")  # it was taken, though a reason was missing
    assert refused(s, ask(client, s, approver_code=code), "Deze code klopt niet, of is al gebruikt.")
    clock.shift(30)
    for _time in range(3):
        assert refused(s, ask(client, s, approver_code="000000"), "Deze code klopt niet")
    assert refused(s, ask(client, s, approver_code="000000"), "Te vaak een verkeerde code.")
    assert refused(s, ask(client, s, approver_code=code_of(s.admin)), "Te vaak een verkeerde code.")


def test_the_form_sent_again_with_the_code_that_was_used_has_its_answer(client, s, clock):
    set_up(s.admin)
    form = {"key": str(uuid.uuid4()), "approver_code": code_of(s.admin)}
    assert ask(client, s, **form).status_code == ask(client, s, **form).status_code == 303
    assert reversed_once(s) and LedgerEntry.objects.count() == 2


def test_who_must_have_a_second_step_and_has_none_cannot_stand_beside(client, s, settings):
    settings.REQUIRE_TWO_FACTOR = True
    sentence = f"{s.admin.name} moet eerst zelf inloggen en de tweede stap instellen."
    assert refused(s, ask(client, s), sentence)
    settings.REQUIRE_TWO_FACTOR = False
    assert ask(client, s).status_code == 303 and reversed_once(s)


def test_a_recovery_code_will_do_as_at_the_login(client, s, clock):
    codes = set_up(s.admin)
    assert ask(client, s, approver_code=codes[0]).status_code == 303 and reversed_once(s)


def test_wrong_passwords_beside_are_counted_with_those_of_the_login_and_answered_in_the_dialog(client, s):
    for _time in range(5):
        assert refused(s, ask(client, s, approver_password="geraden woord"), "Deze inlog klopt niet.")
    waits = "Te vaak een verkeerd wachtwoord. Probeer het over 15 minuten opnieuw."
    assert refused(s, ask(client, s, approver_password="geraden woord"), waits)
    assert refused(s, ask(client, s), waits)
    client.logout()
    assert client.post(reverse("login"), {"username": s.admin.email, "password": factories.PASSWORD}).status_code == 429
    # what was typed stands nowhere, and the journal knows of each try
    assert not [row for row in AccessAttempt.objects.values() if "geraden" in str(row)]
    reasons = [row.data["reason"] for row in JournalEntry.objects.filter(action="employee.login_failed").order_by("pk")]
    assert reasons == ["password"] * 5 + ["locked"]


@pytest.mark.parametrize("address", ["x" * 300 + "@example.com", "naam\x00@example.com", "naam\n@example.com"])
def test_an_address_that_nobody_can_have_is_no_second_person(client, s, address):
    assert refused(s, ask(client, s, approver_email=address), "Deze inlog klopt niet.")
    assert not AccessAttempt.objects.exists()


def test_somebody_who_left_is_no_second_person(client, s):
    s.admin.active = False
    s.admin.save()
    assert refused(s, ask(client, s), "Deze inlog klopt niet.")
