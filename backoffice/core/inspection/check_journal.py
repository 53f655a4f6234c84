"""Checks an exported journal. Needs Python 3.6 or newer and nothing else:

    python3 check_journal.py journal.jsonl [journal.jsonl of a later export ...]

Every line is one entry. Its hash is the SHA-256, in hexadecimal, of the UTF-8 bytes of a JSON array with these ten
values in this order:

    previous_hash, branch, sequence, at, employee, action, object_type, object_id, version, data

spelled without spaces, with the keys inside data sorted, and with letters outside ASCII written as themselves.
Each entry carries the hash of the one before it (the first one of a branch: 64 zeros) and a number that is one higher.
Who changes, removes or adds an entry therefore has to change every later one, up to and beyond what was exported.
"""

import hashlib
import json
import sys

FIELDS = (
    "previous_hash", "branch", "sequence", "at", "employee", "action", "object_type", "object_id", "version", "data",
)  # fmt: skip


def main(paths):
    count, wrong, before = 0, 0, None
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    entry = json.loads(line)
                    problem = problem_of(entry, before)
                except (ValueError, KeyError, TypeError) as error:
                    entry, problem = None, f"cannot be read: {error!r}"
                if problem:
                    wrong += 1
                    sys.stdout.write(f"{path} line {number}: {problem}\n")
                count, before = count + 1, entry or before
    if before:
        sys.stdout.write(f"last entry: {before['sequence']}, hash {before['hash']}\n")
    sys.stdout.write(f"{count} entries, {f'{wrong} wrong' if wrong else 'the chain holds'}\n")
    return 1 if wrong or not count else 0


def problem_of(entry, before):
    """What is wrong with an entry that comes after another (or None), or an empty text."""
    place = entry["sequence"]
    text = json.dumps([entry[name] for name in FIELDS], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if hashlib.sha256(text.encode("utf-8")).hexdigest() != entry["hash"]:
        return f"entry {place} was changed: its hash is not that of its content"
    if before is None:
        if place == 1 and entry["previous_hash"] != "0" * 64:
            return "entry 1 does not begin a chain"
        return ""
    if entry["branch"] != before["branch"]:
        return f"entry {place} is of another branch"
    if place != before["sequence"] + 1:
        return f"entry {place} comes after entry {before['sequence']}: something is missing"
    if entry["previous_hash"] != before["hash"]:
        return f"entry {place} does not follow from the one before it"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["journal.jsonl"]))
