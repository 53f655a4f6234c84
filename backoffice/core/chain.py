"""The journal read back: whether every chain holds from first to last, and a copy that others can check without us."""

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Max, Min
from django.utils import timezone

from backoffice.core import journal
from backoffice.core.db.snapshot import snapshot
from backoffice.core.models import JournalEntry, JournalHead
from backoffice.core.tabular import guarded

START = "0" * 64
AT_A_TIME = 2000
INSPECTION = Path(__file__).parent / "inspection"  # what goes along with an export, for who checks it


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold: the code of the branch, the place, and what is wrong there."""

    branch: str
    sequence: int
    text: str

    def __str__(self) -> str:
        return f"{self.branch} {self.sequence}: {self.text}"


def branches() -> dict[str, int]:
    """The id of every branch, by its code."""
    return dict(apps.get_model("relations.Branch").objects.order_by("code").values_list("code", "pk"))


def entries(branch_id: int, first: int = 1, last: int | None = None) -> Iterator[JournalEntry]:
    """The entries of a branch in their order, a few thousand at a time."""
    rows = JournalEntry.objects.filter(branch_id=branch_id, sequence__gte=first)
    rows = rows if last is None else rows.filter(sequence__lte=last)
    return rows.order_by("sequence").iterator(chunk_size=AT_A_TIME)


def breaks(branch_id: int, code: str, noted: dict[int, str] | None = None) -> Iterator[Break]:
    """Where the chain of a branch does not hold. Memory stays the same, however long the chain.

    noted: {sequence: hash} as it stood at an earlier moment (an export, a backup); who rewrites all of a chain
    and its head is found by these alone.
    """
    place, previous, open_notes = 1, START, dict(noted or {})
    for entry in entries(branch_id, first=0):
        if entry.sequence != place:
            gone = f"{place}" if entry.sequence == place + 1 else f"{place} to {entry.sequence - 1}"
            yield Break(code, place, f"missing: {gone}")
        elif entry.previous_hash != previous:
            yield Break(code, place, "does not follow from the entry before it")
        if journal.digest(entry) != entry.hash:
            yield Break(code, entry.sequence, "was changed after it was written")
        if open_notes.pop(entry.sequence, entry.hash) != entry.hash:
            yield Break(code, entry.sequence, "is not what was noted earlier")
        place, previous = entry.sequence + 1, entry.hash
    head = JournalHead.objects.filter(branch_id=branch_id).first() or JournalHead(branch_id=branch_id)
    if (head.sequence, head.hash) != (place - 1, previous):
        yield Break(code, head.sequence, f"the head does not fit: the last entry is {place - 1}")
    for sequence in sorted(open_notes):
        if sequence:
            yield Break(code, sequence, "was noted earlier, and is gone")


def verify(only: str = "", noted: dict[str, dict[int, str]] | None = None) -> Iterator[Break]:
    """The breaks of every branch (or the one with this code), all as of one moment."""
    with snapshot():
        for code, branch_id in branches().items():
            if only in ("", code):
                yield from breaks(branch_id, code, (noted or {}).get(code))
        for code in sorted((noted or {}).keys() - branches().keys()):
            yield Break(code, 0, "was noted earlier, and the branch is gone")


def heads() -> dict[str, dict]:
    """The head of every branch's chain, as an export and a backup note it."""
    rows = JournalHead.objects.select_related("branch").order_by("branch__code")
    return {row.branch.code: {"sequence": row.sequence, "hash": row.hash} for row in rows}


def read_notes(path: Path) -> dict[str, dict[int, str]]:
    """The heads that the manifest of a backup or export.json holds. Raises ValueError when it holds none."""
    try:
        known = json.loads(path.read_text())["journal"]
        return {code: {int(head["sequence"]): head["hash"]} for code, head in known.items()}
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} holds no heads of the journal.") from error


def span(branch_id: int, first_day: date, last_day: date) -> tuple[int, int] | None:
    """The first and last place written on these days (in the shop's time), or None. Index: journal_by_moment."""
    zone = timezone.get_current_timezone()
    start = datetime.combine(first_day, datetime.min.time(), zone)
    end = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), zone)
    found = JournalEntry.objects.filter(branch_id=branch_id, at__gte=start, at__lt=end).aggregate(
        first=Min("sequence"), last=Max("sequence")
    )
    return (found["first"], found["last"]) if found["first"] is not None else None


def export(branch, first_day: date, last_day: date, folder: Path, *, employee=None) -> int:
    """Write the entries of these days into the folder, with what is needed to check them. How many they are.

    That it was asked is journalled first. Everything between the first and the last entry of the days goes along,
    so that the chain has no hole where a clock was set back. Raises FileExistsError when the folder is in use.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty.")
    folder.mkdir(parents=True, exist_ok=True)
    days = {"from": first_day.isoformat(), "to": last_day.isoformat()}
    journal.record(branch_id=branch.pk, employee=employee, action="journal.exported", about=branch, data=days)
    with snapshot():
        found = span(branch.pk, first_day, last_day)
        count, people, hashes = 0, set(), [START, START]
        with (folder / "journal.jsonl").open("w", encoding="utf-8", newline="\n") as lines:
            for entry in entries(branch.pk, *found) if found else ():
                lines.write(spelled(entry) + "\n")
                people.add(entry.employee_id)
                hashes = [entry.previous_hash if not count else hashes[0], entry.hash]
                count += 1
        _people(folder / "employees.csv", people)
        about = {
            "branch": {"id": branch.pk, "code": branch.code, "name": branch.name, "company": branch.company},
            **days, "entries": count, "first": found and found[0], "last": found and found[1],
            "hash_before_first": hashes[0], "hash_of_last": hashes[1], "made_at": timezone.now().isoformat(),
            "journal": {branch.code: heads()[branch.code]},
        }  # fmt: skip
    (folder / "export.json").write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n")
    for path in sorted(INSPECTION.iterdir()):
        if path.suffix in (".py", ".txt"):
            shutil.copyfile(path, folder / path.name)
    return count


def spelled(entry: JournalEntry) -> str:
    """One entry as a line of JSON: its hashed fields by name, in the order in which they are hashed, and its hash."""
    named = dict(zip(journal.HASHED, journal.fields(entry), strict=True)) | {"hash": entry.hash}
    return json.dumps(named, ensure_ascii=False, separators=(",", ":"))


def _people(path: Path, ids: set[int | None]) -> None:
    """Who the numbers in the field employee are; a name is never a formula, as in every table that leaves the shop."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines, delimiter=";")
        table.writerow(["id", "number", "name"])
        rows = get_user_model().objects.filter(pk__in=ids - {None}).order_by("pk")  # type: ignore[misc]
        table.writerows(
            [pk, guarded(number), guarded(name)] for pk, number, name in rows.values_list("pk", "number", "name")
        )
