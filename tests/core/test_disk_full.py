"""A full disk is said in words, also where the database's is full; nothing is half there, and the log has it."""

import errno
import uuid

import pytest
from django.db import OperationalError
from psycopg.errors import DiskFull

from backoffice.core import journal
from backoffice.core.models import JournalEntry
from tests import factories
from tests.documents import papers

pytestmark = pytest.mark.django_db
SENTENCE = "De schijf van de server is vol: er is niets opgeslagen. Vraag de beheerder."


def full(*arguments, **options):
    raise OSError(errno.ENOSPC, "No space left on device")


def database_full(*arguments, **options):
    raise OperationalError("could not extend file") from DiskFull("could not extend file")


@pytest.fixture
def desk(client):
    """A desk with a draft of two shirts, and the path at which it is confirmed."""
    branch, sanne = papers.shop()
    items = [(papers.wardrobe()[0], 2)]
    client.draft = factories.draft(employee=sanne, branch=branch, customer=factories.customer(), items=items)
    client.force_login(sanne)
    client.path = f"/verkoop/verkooporders/{client.draft.pk}/bevestigen/"
    return client


@pytest.mark.parametrize("fault", [full, database_full])
def test_a_confirm_on_a_full_disk_does_nothing_and_goes_through_when_there_is_room(desk, monkeypatch, caplog, fault):
    key, before = str(uuid.uuid4()), JournalEntry.objects.count()
    with monkeypatch.context() as patched:
        patched.setattr(journal, "write", fault)
        answer = desk.post(desk.path, {"key": key})
        fragment = desk.post(desk.path, {"key": key}, headers={"HX-Request": "true"})
    assert answer.status_code == fragment.status_code == 503
    assert SENTENCE in answer.content.decode() and SENTENCE in fragment.headers["HX-Trigger"]
    assert "The disk is full" in caplog.text
    desk.draft.refresh_from_db()
    assert (desk.draft.lifecycle, desk.draft.number, JournalEntry.objects.count()) == ("draft", "", before)
    assert desk.post(desk.path, {"key": key}).status_code == 303
    desk.draft.refresh_from_db()
    assert desk.draft.lifecycle == "confirmed"


def test_another_fault_of_a_file_is_an_error_like_any_other(desk, monkeypatch):
    def broken(*arguments, **options):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(journal, "write", broken)
    desk.raise_request_exception = False
    assert desk.post(desk.path, {"key": str(uuid.uuid4())}).status_code == 500
