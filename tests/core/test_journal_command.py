"""`manage.py journal`: every chain is read from first to last, and an export can be checked without this project."""

import csv
import datetime
import io
import json
import subprocess
import sys
import tracemalloc

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from backoffice.core import chain, journal
from backoffice.core.db.roles import as_owner
from backoffice.core.db.walls import OVERRIDE
from backoffice.core.models import JournalEntry, JournalHead
from backoffice.relations.models import Employee
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


def write(branch, employee=None, **fields):
    return journal.record(branch_id=branch.pk, employee=employee, about=branch, **{"action": "test.written"} | fields)


@pytest.fixture
def utrecht(db):
    """Three entries at Utrecht and one at Zeist."""
    branch = factories.branch("Utrecht", code="UT")
    sanne = factories.employee(name="Zoë de Wit", number="7")
    for day in range(3):
        with time_machine.travel(NOON + datetime.timedelta(days=day), tick=False):
            write(branch, sanne, data={"totaal": "149.95", "klant": "Zoë", "lijst": [1, None, 0.1], 10: 1, 2: 2})
    write(factories.branch("Zeist", code="ZE"))
    return branch


def verify(*more) -> list[str]:
    """The lines of the command, without its last one when it fails."""
    out = io.StringIO()
    try:
        call_command("journal", "verify", *more, stdout=out)
    except CommandError as error:
        assert error.returncode == 1
        return out.getvalue().splitlines()
    return out.getvalue().splitlines()


def tamper(*changes: str) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"SET {OVERRIDE} = 'on'")
        for change in changes:
            cursor.execute(change)
            assert cursor.rowcount == 1


def test_chains_that_hold_say_so_with_their_heads(utrecht):
    lines = verify()
    assert lines[0] == f"UT: 3 entries, {JournalHead.objects.get(branch=utrecht).hash}"
    assert (len(lines), lines[1][:15], lines[2]) == (3, "ZE: 1 entries, ", "The journal holds.")
    assert [line[:2] for line in verify("--branch", "ZE")] == ["ZE", "Th"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["UPDATE core_journalentry SET data = '{\"totaal\": 1}' WHERE sequence = 2"],
         ["UT 2: was changed after it was written"]),
        (["UPDATE core_journalentry SET at = at + interval '1 us' WHERE sequence = 3"],
         ["UT 3: was changed after it was written"]),
        (["DELETE FROM core_journalentry WHERE sequence = 2"], ["UT 2: missing: 2"]),
        (["DELETE FROM core_journalentry WHERE sequence = 2",
          "UPDATE core_journalentry SET sequence = 2 WHERE sequence = 3"],
         ["UT 2: does not follow from the entry before it", "UT 2: was changed after it was written",
          "UT 3: the head does not fit: the last entry is 2"]),
        (["DELETE FROM core_journalentry WHERE sequence = 3"], ["UT 3: the head does not fit: the last entry is 2"]),
        (["DELETE FROM core_journalhead WHERE sequence = 3"], ["UT 0: the head does not fit: the last entry is 3"]),
        (["UPDATE core_journalhead SET hash = repeat('a', 64) WHERE sequence = 3"],
         ["UT 3: the head does not fit: the last entry is 3"]),
    ],
    ids=["data", "moment", "gone", "gone and renumbered", "the last gone", "no head", "another head"],
)  # fmt: skip
def test_a_broken_chain_is_named_with_its_place(utrecht, changes, said):
    tamper(*changes)
    assert verify() == said
    with pytest.raises(CommandError, match=f"does not hold in {len(said)} places"):
        call_command("journal", "verify", stdout=io.StringIO())


def test_several_gone_in_a_row_are_one_line(utrecht):
    for _ in range(3):
        write(utrecht)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"SET {OVERRIDE} = 'on'; DELETE FROM core_journalentry WHERE sequence BETWEEN 2 AND 4")
    assert verify() == ["UT 2: missing: 2 to 4"]


def test_who_rewrites_a_whole_chain_is_found_by_what_was_noted_earlier(utrecht, tmp_path):
    call_command("journal", "export", "--branch=UT", "--from=2026-03-01", "--to=2026-03-03", str(tmp_path / "out"))
    noted = tmp_path / "out" / "export.json"
    assert verify("--noted", str(noted))[-1] == "The journal holds."
    previous, rewritten = chain.START, list(chain.entries(utrecht.pk))
    for entry in rewritten:  # the owner of the database makes the totals lower, and every hash fits again
        entry.previous_hash, entry.data = previous, {"totaal": "1.00"}
        entry.hash = previous = journal.digest(entry)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"SET {OVERRIDE} = 'on'")
        for entry in rewritten:
            entry.save(force_update=True)
        JournalHead.objects.filter(branch=utrecht).update(hash=previous)
    assert verify()[-1] == "The journal holds."
    last = rewritten[-1].sequence
    assert verify("--noted", str(noted)) == [f"UT {last}: is not what was noted earlier"]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"SET {OVERRIDE} = 'on'; DELETE FROM core_journalentry WHERE sequence = {last}")
        JournalHead.objects.filter(branch=utrecht).update(sequence=last - 1, hash=rewritten[-2].hash)
    assert verify("--noted", str(noted)) == [f"UT {last}: was noted earlier, and is gone"]


def test_a_branch_that_was_noted_earlier_and_is_gone_is_named(utrecht, tmp_path):
    noted = tmp_path / "noted.json"
    noted.write_text(json.dumps({"journal": {"XX": {"sequence": 7, "hash": "a" * 64}}}))
    assert [line for line in verify("--noted", str(noted)) if line.startswith("XX")] == [
        "XX 0: was noted earlier, and the branch is gone"
    ]


def test_a_long_chain_takes_no_more_memory(utrecht, monkeypatch):
    monkeypatch.setattr(chain, "AT_A_TIME", 50)
    peaks = []
    for more in (100, 900):
        for _ in range(more):
            write(utrecht)
        tracemalloc.start()
        assert list(chain.verify()) == []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def export(folder, *more, first="2026-03-01", last="2026-03-31"):
    call_command(
        "journal", "export", "--branch=UT", f"--from={first}", f"--to={last}", *more, str(folder), stdout=io.StringIO()
    )
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


def check(folder, *files) -> subprocess.CompletedProcess:
    """Run the program of the export as an inspector would: alone, without this project."""
    program = [sys.executable, "-I", "-S", str(folder / "check_journal.py"), *map(str, files)]
    return subprocess.run(program, cwd=folder, env={}, capture_output=True, text=True, check=False, timeout=30)


def test_an_export_is_checked_without_this_project(utrecht, tmp_path):
    lines = export(tmp_path / "out", "--by=7")
    assert [line["sequence"] for line in lines] == [1, 2, 3]
    assert lines[0] | {"hash": "", "employee": 0, "branch": 0, "object_id": ""} == {
        "previous_hash": "0" * 64, "branch": 0, "sequence": 1, "at": "2026-03-01T12:00:00+00:00", "employee": 0,
        "action": "test.written", "object_type": "relations.Branch", "object_id": "", "version": None,
        "data": {"totaal": "149.95", "klant": "Zoë", "lijst": [1, None, 0.1], "2": 2, "10": 1}, "hash": "",
    }  # fmt: skip
    done = check(tmp_path / "out")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "3 entries, the chain holds")
    people = list(csv.reader((tmp_path / "out" / "employees.csv").read_text().splitlines(), delimiter=";"))
    assert people == [["id", "number", "name"], [str(lines[0]["employee"]), "7", "Zoë de Wit"]]
    about = json.loads((tmp_path / "out" / "export.json").read_text())
    assert (about["entries"], about["first"], about["last"]) == (3, 1, 3)
    assert about["hash_of_last"] == lines[-1]["hash"]
    asked = JournalEntry.objects.get(action="journal.exported")
    assert (asked.branch, asked.employee.number) == (utrecht, "7")
    assert asked.data == {"from": "2026-03-01", "to": "2026-03-31"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("149.95", "9.95", "line 2: entry 2 was changed"),
        ('"version":null', '"version":3', "line 2: entry 2 was changed"),
        ("{", "", "line 2: cannot be read"),
    ],
)
def test_the_program_names_the_line_that_was_changed(utrecht, tmp_path, before, after, said):
    export(tmp_path / "out")
    path = tmp_path / "out" / "journal.jsonl"
    lines = path.read_text().splitlines()
    lines[1] = lines[1].replace(before, after, 1)
    path.write_text("\n".join(lines) + "\n")
    done = check(tmp_path / "out")
    assert (done.returncode, said in done.stdout, "the chain holds" in done.stdout) == (1, True, False)


def test_a_line_taken_out_is_named_and_two_periods_fit_together(utrecht, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    export(one, last="2026-03-01")
    export(two, first="02-03-2026")
    assert check(one, one / "journal.jsonl", two / "journal.jsonl").returncode == 0
    said = json.loads((two / "export.json").read_text())
    rows = [json.loads(line) for line in (two / "journal.jsonl").read_text().splitlines()]
    first = JournalEntry.objects.get(hash=rows[0]["hash"])
    assert len(rows) > 1
    assert said["hash_before_first"] == first.previous_hash != chain.START
    assert said["hash_of_last"] == rows[-1]["hash"]
    lines = (two / "journal.jsonl").read_text().splitlines()
    (two / "journal.jsonl").write_text(lines[1] + "\n")
    done = check(one, one / "journal.jsonl", two / "journal.jsonl")
    assert "entry 3 comes after entry 1: something is missing" in done.stdout and done.returncode == 1


def test_a_clock_that_was_set_back_leaves_no_hole(utrecht, tmp_path):
    with time_machine.travel(NOON - datetime.timedelta(days=30), tick=False):
        write(utrecht, data={"klok": "terug"})
    with time_machine.travel(NOON + datetime.timedelta(days=3), tick=False):
        write(utrecht)
    assert [line["sequence"] for line in export(tmp_path / "out")] == [1, 2, 3, 4, 5]
    assert check(tmp_path / "out").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--branch=XX", "--from=1-1-2026", "--to=1-2-2026"], "There is no branch XX"),
        (["--branch=UT", "--from=31-2-2026", "--to=1-3-2026"], "31-02-2026 bestaat niet"),
        (["--branch=UT", "--from=2-1-2026", "--to=1-1-2026"], "--from lies after --to"),
        (["--branch=UT", "--from=1-1-2026", "--to=1-2-2026", "--by=999"], "no employee 999"),
    ],
)
def test_what_cannot_be_exported_is_refused_and_not_journalled(utrecht, tmp_path, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("journal", "export", *arguments, str(tmp_path / "out"))
    assert not (tmp_path / "out").exists() and JournalEntry.objects.count() == 4


def test_a_folder_in_use_is_not_written_into(utrecht, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CommandError, match="is not empty"):
        export(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert JournalEntry.objects.count() == 4


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+31 de Wit", "-Jan", "@SUM(A1)", "'=1+1"])
def test_a_name_is_never_a_formula_in_the_table_of_employees(utrecht, tmp_path, name):
    Employee.objects.update(name=name, number="=7")
    export(tmp_path / "out")
    text = (tmp_path / "out" / "employees.csv").read_text()
    ((_pk, number, told),) = list(csv.reader(text.splitlines(), delimiter=";"))[1:]
    assert (number, told) == ("'=7", f"'{name}")
