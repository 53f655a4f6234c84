"""`manage.py backup` and `manage.py restore`: what comes back is what was there, and is proved to be."""

import json
import threading
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from backoffice.core import journal
from backoffice.core.backup import BackupError, manifest, programs, restoring, taking
from backoffice.core.db.snapshot import snapshot
from backoffice.core.models import JournalEntry
from backoffice.relations.models import Customer
from sales.models import SalesOrder
from sales.services import confirming
from tests import factories
from tests.drills import ask, empty_database, manage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(settings, tmp_path):
    """Two confirmed orders of € 49,95, a customer, and a logo among the uploaded files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "logos").mkdir(parents=True)
    (settings.MEDIA_ROOT / "logos" / "kade.png").write_bytes(b"\x89PNG kade")
    utrecht = factories.branch("Utrecht", logo="logos/kade.png")
    sanne = factories.employee("office", utrecht)
    belt = factories.variant(factories.article(stock={utrecht: 9}))
    customer = factories.customer()
    for _ in range(2):
        order = factories.draft(employee=sanne, branch=utrecht, customer=customer, items=[(belt, 1)])
        confirming.confirm(order_id=order.pk, employee=sanne)
    return utrecht


@pytest.fixture
def media(settings, shop) -> Path:
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def backup(tmp_path, media):
    taking.take(tmp_path / "backup")
    return tmp_path / "backup"


def changed(folder: Path, **parts) -> Path:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | parts))
    return folder


def test_a_drill_brings_everything_back_and_proves_it(media, tmp_path):
    backup = tmp_path / "backup"
    done = manage("backup", backup, media=media)
    assert (done.returncode, done.stderr) == (0, "")
    known = json.loads((backup / "manifest.json").read_text())
    assert known["tables"]["sales_salesorder"]["rows"] == 2
    assert known["tables"]["sales_salesorder"]["sums"]["gross"] == "99.90"
    assert known["journal"].keys() == {JournalEntry.objects.first().branch.code}
    assert known["media"].keys() == {"logos/kade.png"}
    assert backup.stat().st_mode & 0o077 == 0  # nobody else on the machine reads it
    with empty_database() as name:
        done = manage("restore", backup, database=name, media=tmp_path / "back")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("Proved: ") and "1 files and 1 journals" in done.stdout
        assert (tmp_path / "back" / "logos" / "kade.png").read_bytes() == b"\x89PNG kade"
        assert ask(name, "SELECT sum(gross)::text FROM sales_salesorder") == "99.90"
        assert manage("journal", "verify", database=name, media=tmp_path / "back").returncode == 0
        # the walls stand again, and new rows follow on the old ones
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(name, "DELETE FROM core_journalentry RETURNING id")
        with pytest.raises(psycopg.errors.RestrictViolation):
            ask(name, "DELETE FROM core_journalentry RETURNING id", "owner")
        highest = ask(name, "SELECT max(id) FROM relations_branch")
        sequence = "SELECT nextval(pg_get_serial_sequence('relations_branch', 'id'))"
        assert ask(name, sequence) > highest


def test_a_backup_while_people_work_is_of_one_moment(shop, tmp_path, media):
    done, wrote = threading.Event(), []

    def work():
        while not done.is_set():
            journal.record(branch_id=shop.pk, employee=None, action="test.written", about=shop)
            factories.customer()
            wrote.append(1)
        connection.close()

    writer = threading.Thread(target=work)
    writer.start()
    try:
        made = taking.take(tmp_path / "backup")
    finally:
        done.set()
        writer.join()
    assert len(wrote) > 3 and made["tables"]["relations_customer"]["rows"] < Customer.objects.count()
    with empty_database() as name:
        assert manage("restore", tmp_path / "backup", database=name, media=tmp_path / "back").returncode == 0


def test_without_the_shared_snapshot_the_proof_fails(shop, tmp_path, media, monkeypatch):
    """The guard taken away: the dump is of a later moment than what is counted."""
    run = programs.run

    def careless(name, at, *arguments):
        thread = threading.Thread(target=lambda: (factories.customer(), connection.close()))
        thread.start()
        thread.join()
        run(name, at, *[argument for argument in arguments if not argument.startswith("--snapshot")])

    monkeypatch.setattr(programs, "run", careless)
    taking.take(tmp_path / "backup")
    with empty_database() as name:
        done = manage("restore", tmp_path / "backup", database=name, media=tmp_path / "back")
    assert done.returncode == 1
    assert "relations_customer, rows: 1 in the backup, 2 here" in done.stderr and "do not use it" in done.stderr


def test_one_cent_one_head_or_one_migration_that_differs_is_named(backup, tmp_path):
    known = json.loads((backup / "manifest.json").read_text())
    code = next(iter(known["journal"]))
    known["tables"]["sales_salesorder"]["sums"]["gross"] = "99.91"
    known["journal"][code]["sequence"] += 1
    known["migrations"].append("sales.9999_later")
    changed(backup, **known)
    with empty_database() as name:
        done = manage("restore", backup, database=name, media=tmp_path / "back")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert "do not use it" in lines[0] and len(lines) == 4
    assert lines[1].startswith(f"journal of {code}: 3 ") and lines[1].split()[-3] == "2"
    assert lines[2] == "migration sales.9999_later: applied in the backup, nothing here"
    assert lines[3] == "sales_salesorder, sum of gross: 99.91 in the backup, 99.90 here"


def test_a_row_that_differs_is_found_although_counts_and_sums_are_the_same(shop):
    with snapshot():
        before = manifest.of_database(connection)
    Customer.objects.update(note="Anders")
    with snapshot():
        after = manifest.of_database(connection)
    found = manifest.differences(before, after)
    assert len(found) == 1 and found[0].startswith("relations_customer, fingerprint: ")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda at: (at / "toonbank.dump").write_bytes((at / "toonbank.dump").read_bytes()[:-1] + b"x"),
         "is not the dump that the manifest was made with"),
        (lambda at: (at / "toonbank.dump").unlink(), "holds no whole backup"),
        (lambda at: (at / "manifest.json").unlink(), "holds no whole backup"),
        (lambda at: (at / "manifest.json").write_text("{}"), "holds no whole backup"),
        (lambda at: (at / "media" / "logos" / "kade.png").write_bytes(b"x"), "logos/kade.png"),
        (lambda at: (at / "media" / "logos" / "kade.png").unlink(), "logos/kade.png"),
    ],
    ids=["dump changed", "no dump", "no manifest", "empty manifest", "file changed", "file gone"],
)  # fmt: skip
def test_a_damaged_backup_is_refused_before_anything_is_written(backup, harm, said):
    harm(backup)
    with pytest.raises(BackupError, match=said):
        restoring.read(backup)


def test_a_database_or_a_folder_in_use_is_never_restored_into(backup, media, tmp_path):
    orders = SalesOrder.objects.count()
    done = manage("restore", backup, media=tmp_path / "back")
    assert done.returncode == 1 and "is not empty" in done.stderr and "restore into a new one" in done.stderr
    with empty_database() as name:
        done = manage("restore", backup, database=name, media=media)
        assert done.returncode == 1 and "MEDIA_ROOT" in done.stderr
        assert ask(name, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "owner") == 0
    assert SalesOrder.objects.count() == orders


def test_a_database_that_nobody_made_is_named_in_a_sentence(backup, tmp_path):
    done = manage("restore", backup, database="toonbank_new", media=tmp_path / "back")
    assert done.returncode == 1
    assert "cannot be used: " in done.stderr and '"toonbank_new" does not exist' in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "back").exists()


def test_a_backup_never_writes_over_another(backup, media):
    before = (backup / "manifest.json").read_bytes()
    done = manage("backup", backup, media=media)
    assert done.returncode == 1 and "is not empty" in done.stderr
    assert (backup / "manifest.json").read_bytes() == before


def test_a_backup_that_fails_leaves_nothing_under_its_name(shop, media, tmp_path, monkeypatch):
    def fails(*arguments):
        raise BackupError("pg_dump did not finish: no space left on device")

    monkeypatch.setattr(programs, "run", fails)
    with pytest.raises(BackupError, match="no space left"):
        taking.take(tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
    monkeypatch.undo()
    assert taking.take(tmp_path / "backup")["tables"]["sales_salesorder"]["rows"] == 2  # the next one is not in its way


def test_a_program_older_than_the_server_is_passed_over(monkeypatch):
    with pytest.raises(BackupError, match="pg_dump of PostgreSQL 99 or newer is needed"):
        programs.find("pg_dump", 99)
    with pytest.raises(BackupError, match="it is not on this machine"):
        programs.find("pg_nothing", 18)
