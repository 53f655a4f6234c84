"""Every service, called past its form with values that no form gives: refused, or done right; never an error of ours.

The table (tests/services.py) has a call of each that works; here every value in it is replaced, one at a time.
"""

import dataclasses
import uuid
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from backoffice.core import invariants
from backoffice.core.errors import Refusal
from backoffice.core.input import InputError
from backoffice.core.keys import NO_SUCH_ROW
from backoffice.core.models import JournalEntry
from backoffice.relations.services import logins
from tests import factories
from tests.services import World, registered

SERVICES = registered()
HOSTILE = {
    bool: [],
    int: [-1, 0, 2**40, 2**70],
    str: ["", "a\x00b", "\x1b@", "\ud800", "=1+1", "x" * 40_000],
    Decimal: [Decimal(n) for n in ("NaN", "Infinity", "-1", "0", "1E+12", "0.0001")],
    date: [date(1, 1, 1), date(9999, 12, 31)],
    bytes: [b"", b"\x00\xff\xfe"],
}
# what a service takes from us alone: an undo button is signed, and a ModelForm cleaned these
OURS = {"sales.lines.restore": {"packed"}, "setup.save": {"label", "values"}}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One shop for all; whatever is done in it is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = World()
        yield made
        transaction.set_rollback(True)


def replaced(value):
    """The value with one part of it made hostile, in every way."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from (value | {key: other} for other in replaced(part))
            if isinstance(key, int):
                yield from ({other: part} for other in HOSTILE[int])
    elif isinstance(value, list | tuple):
        for at, part in enumerate(value):
            yield from (type(value)([*value[:at], other, *value[at + 1 :]]) for other in replaced(part))
        if isinstance(value, list):
            yield []
            yield value * 2
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            for other in replaced(getattr(value, field.name)):
                yield dataclasses.replace(value, **{field.name: other})
    else:
        yield from HOSTILE.get(type(value), [])


def call(world, action, values):
    return SERVICES[action](**{"employee": world.s.admin} | values)


def settled() -> list[str]:
    """What the invariants say, when the commit would go through: one that would not is a refusal too."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        assert error.__cause__.sqlstate == NO_SUCH_ROW
        return []
    return [str(breach) for breach in invariants.breaches()]


@pytest.mark.django_db(transaction=True)
def test_what_is_gone_when_it_is_committed_is_refused_and_told_to_the_operator(caplog):
    person = factories.employee("admin")
    with pytest.raises(Refusal) as refused:
        logins.record(employee=person, branch_id=2**40, key=uuid.uuid4())
    assert refused.value.code == "input.gone" and "employee.login: a key to nothing" in caplog.text
    assert not JournalEntry.objects.exists()


def test_every_service_stands_in_the_table(world):
    assert set(world.calls()) == set(SERVICES)


@pytest.mark.parametrize("action", sorted(SERVICES))
def test_a_value_that_no_form_gives_is_refused_or_done_right(world, action):
    with transaction.atomic():
        values = world.calls()[action]()
        with transaction.atomic():
            call(world, action, values)
            assert settled() == []
            transaction.set_rollback(True)
        ours = {name: values[name] for name in OURS.get(action, ())}
        typed = {name: value for name, value in values.items() if name not in ours}
        for other in (ours | one for one in replaced(typed)):
            with transaction.atomic():
                done = False
                try:
                    call(world, action, other)
                    done = True
                except (Refusal, InputError) as refusal:
                    assert str(refusal).strip()
                except Exception as error:
                    error.add_note(f"{action}: {str(other)[:300]}")
                    raise
                assert not done or settled() == [], other
                transaction.set_rollback(True)
        transaction.set_rollback(True)
