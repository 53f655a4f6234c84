"""Betaalwijzen in Beheer: what a new shop has, what the form offers, and that Pin never reaches the desk."""

import uuid
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from backoffice.relations.services import setup
from payments.models import PaymentMethod
from payments.selectors import methods
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_new_shop(db):
    """What the migration makes, also where an earlier test emptied the database."""
    PaymentMethod.objects.all().delete()
    import_module("payments.migrations.0003_default_methods").make(apps, None)


@pytest.fixture
def beheerder(client):
    utrecht = factories.branch("Utrecht")
    client.force_login(factories.employee("admin", utrecht))
    return utrecht


def post(client, url, **fields):
    return client.post(url, {"key": str(uuid.uuid4()), "position": "9", "active": "on"} | fields)


def test_a_new_shop_has_its_methods_and_pin_is_not_at_the_desk():
    factories.branch("Utrecht")
    made = [(m.name, m.kind, m.at_desk, m.at_till, m.active) for m in PaymentMethod.objects.all()]
    assert made == [
        ("Contant", "cash", False, True, True), ("Pin", "terminal", False, True, True),
        ("Bank", "bank", True, True, True), ("iDEAL", "online", True, False, True),
        ("Tegoed", "credit", True, True, True),
    ]  # fmt: skip


def test_a_method_is_made_changed_and_journalled(client, beheerder):
    zeist = factories.branch("Zeist")
    answer = post(
        client, reverse("payments:method_new"), name="Cadeaubon", kind="online", at_desk="on", branches=[zeist.pk]
    )
    assert answer.url == reverse("payments:methods")
    made = PaymentMethod.objects.get(name="Cadeaubon")
    assert (made.kind, made.at_desk, made.at_till, made.active, list(made.branches.all())) == (
        "online", True, False, True, [zeist],
    )  # fmt: skip
    assert made not in methods.offered(methods.DESK, beheerder.pk)
    assert made in methods.offered(methods.DESK, zeist.pk)
    post(client, reverse("payments:method", args=[made.pk]), name="Cadeaukaart", kind="cash", at_till="on")
    made.refresh_from_db()
    # the kind of what money was booked with stays
    assert (made.name, made.kind, made.at_desk, made.at_till, made.branches.count()) == (
        "Cadeaukaart", "online", False, True, 0,
    )  # fmt: skip
    changed = JournalEntry.objects.filter(action="setup.paymentmethod.changed").get().data["changed"]
    assert changed["name"] == ["Cadeaubon", "Cadeaukaart"]
    assert changed["branches"][1] == ""
    assert "Zeist" in changed["branches"][0]


def test_pin_has_no_choice_for_the_backoffice(client, beheerder):
    pin = PaymentMethod.objects.get(name="Pin")
    page = client.get(reverse("payments:method", args=[pin.pk])).content.decode()
    assert 'name="at_till"' in page
    assert 'name="at_desk"' not in page
    # sent all the same, it is not taken
    post(client, reverse("payments:method", args=[pin.pk]), name="Pin", kind="terminal", at_desk="on", at_till="on")
    pin.refresh_from_db()
    assert not pin.at_desk


def test_a_new_pin_for_the_backoffice_is_refused_with_the_reason(client, beheerder):
    answer = post(client, reverse("payments:method_new"), name="Pin 2", kind="terminal", at_desk="on")
    assert answer.status_code == 422
    assert "Pin kan alleen via de kassa." in answer.content.decode()
    assert not PaymentMethod.objects.filter(name="Pin 2").exists()


def test_the_service_refuses_pin_in_the_backoffice(beheerder):
    values = {"name": "Pin 2", "kind": "terminal", "at_desk": True, "at_till": True, "position": 9, "active": True}
    with pytest.raises(Refusal, match="Pin kan alleen via de kassa"):
        setup.save(
            employee=factories.employee("admin", beheerder), label="payments.PaymentMethod", values=values,
            branch_id=beheerder.pk,
        )  # fmt: skip
    assert not PaymentMethod.objects.filter(name="Pin 2").exists()


def test_the_database_refuses_pin_in_the_backoffice():
    with pytest.raises(IntegrityError, match="method_terminal_never_at_desk"), transaction.atomic():
        PaymentMethod.objects.filter(kind="terminal").update(at_desk=True)


def test_a_method_that_is_off_is_offered_nowhere(beheerder):
    PaymentMethod.objects.filter(name="Bank").update(active=False)
    assert [m.name for m in methods.offered(methods.DESK, beheerder.pk)] == ["iDEAL", "Tegoed"]
    assert [m.name for m in methods.offered(methods.TILL, beheerder.pk)] == ["Contant", "Pin", "Tegoed"]


def test_the_list_says_where_each_is_offered(client, beheerder):
    page = client.get(reverse("payments:methods")).content.decode()
    for text in ("Betaalwijzen", "In de backoffice", "Aan de kassa", "Contant", "iDEAL"):
        assert text in page
