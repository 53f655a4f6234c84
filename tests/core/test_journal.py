"""The electronic journal: one unbroken chain per branch, in which a change of any entry is found."""

import pytest
from django.db import connection, transaction

from backoffice.core import journal
from backoffice.core.db.roles import as_owner
from backoffice.core.db.walls import OVERRIDE
from backoffice.core.models import JournalEntry, JournalHead
from tests import factories
from tests.racing import together


def chain(branch) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(branch=branch).order_by("sequence"))


def broken(branch) -> list[int]:
    """The places where the chain of a branch does not hold, found from the rows alone."""
    wrong, previous = [], "0" * 64
    for place, entry in enumerate(chain(branch), 1):
        if (entry.sequence, entry.previous_hash, entry.hash) != (place, previous, journal.digest(entry)):
            wrong.append(place)
        previous = entry.hash
    head = JournalHead.objects.get(branch=branch)
    if (head.sequence, head.hash) != (len(chain(branch)), previous):
        wrong.append(head.sequence)
    return wrong


@transaction.atomic
def write(branch, employee, **fields):
    return journal.write(branch_id=branch.pk, employee=employee, about=branch, **{"action": "test.written"} | fields)


@pytest.fixture
def utrecht(db):
    return factories.branch("Utrecht")


@pytest.fixture
def sanne(db):
    return factories.employee(name="Sanne de Wit")


def test_an_entry_says_who_did_what_to_which_object(utrecht, sanne):
    write(utrecht, sanne, action="order.confirmed", version=2, data={"totaal": "149.95", "Zoë": [1, None, True]})
    entry = JournalEntry.objects.get()
    assert (entry.branch, entry.sequence, entry.employee) == (utrecht, 1, sanne)
    assert (entry.action, entry.version) == ("order.confirmed", 2)
    assert (entry.object_type, entry.object_id) == ("relations.Branch", str(utrecht.pk))
    assert entry.data == {"totaal": "149.95", "Zoë": [1, None, True]}
    assert entry.previous_hash == "0" * 64
    assert broken(utrecht) == []


def test_every_branch_has_a_chain_of_its_own(utrecht, sanne):
    zeist = factories.branch("Zeist")
    for branch in (utrecht, zeist, utrecht, utrecht):
        write(branch, sanne)
    assert ([e.sequence for e in chain(utrecht)], [e.sequence for e in chain(zeist)]) == ([1, 2, 3], [1])
    assert chain(utrecht)[1].previous_hash == chain(utrecht)[0].hash
    assert (broken(utrecht), broken(zeist)) == ([], [])


def test_what_the_system_does_by_itself_has_no_employee(utrecht):
    write(utrecht, None)
    assert JournalEntry.objects.get().employee is None
    assert broken(utrecht) == []


def test_an_entry_that_was_rolled_back_leaves_no_gap(utrecht, sanne):
    write(utrecht, sanne)
    with transaction.atomic():
        write(utrecht, sanne)
        transaction.set_rollback(True)
    write(utrecht, sanne)
    assert [e.sequence for e in chain(utrecht)] == [1, 2]
    assert broken(utrecht) == []


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_in_two_branches_keep_both_chains_unbroken(utrecht, sanne):
    zeist = factories.branch("Zeist")

    def work(branch):
        for step in range(5):
            with transaction.atomic():
                write(branch, sanne, data={"step": step})
                transaction.set_rollback(step == 3)
        return "done"

    assert together(*[lambda branch=branch: work(branch) for branch in (utrecht, zeist) * 4]) == ["done"] * 8
    assert ([e.sequence for e in chain(utrecht)], len(chain(zeist))) == (list(range(1, 17)), 16)
    assert (broken(utrecht), broken(zeist)) == ([], [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "change, places",
    [
        ("UPDATE core_journalentry SET data = '{\"bedrag\": 1}' WHERE sequence = 2", [2]),
        ("UPDATE core_journalentry SET action = 'x' WHERE sequence = 2", [2]),
        ("UPDATE core_journalentry SET object_id = '999' WHERE sequence = 2", [2]),
        ("UPDATE core_journalentry SET employee_id = NULL WHERE sequence = 2", [2]),
        ("UPDATE core_journalentry SET version = 9 WHERE sequence = 2", [2]),
        ("UPDATE core_journalentry SET at = at + interval '1 second' WHERE sequence = 2", [2]),
        ("UPDATE core_journalentry SET hash = repeat('a', 64) WHERE sequence = 2", [2, 3]),
        ("DELETE FROM core_journalentry WHERE sequence = 2", [2, 3]),
        # the last one, which no entry follows: the head knows it
        ("DELETE FROM core_journalentry WHERE sequence = 3", [3]),
    ],
    ids=["data", "action", "object", "employee", "version", "moment", "hash", "one gone", "the last gone"],
)
def test_tampering_by_the_owner_of_the_database_is_found(utrecht, sanne, change, places):
    for amount in (10, 20, 30):
        write(utrecht, sanne, data={"bedrag": amount})
    assert broken(utrecht) == []
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"SET {OVERRIDE} = 'on'")
        cursor.execute(change)
        assert cursor.rowcount == 1
    assert broken(utrecht) == places
