"""Playing days: a seed is a day; what was done in it is noted for the test that counts."""

import json
import os
from collections import Counter
from pathlib import Path

from django.db import connection

from tests.invariants import broken
from tests.oracle.days import Day
from tests.oracle.week import ACTS

DAYS, STEPS = 40, 40
FILES = 4  # a file is one worker's


def seeds(file: int) -> list[int]:
    """The days of one of the files."""
    return list(range(file, DAYS, FILES))


def terminal(settings) -> None:
    settings.TERMINAL_DRIVER, settings.TERMINAL_PLAY = "simulator", "approved"


def play(seed: int, steps: int = STEPS, folder: Path | None = None) -> Day:
    """A day; fails with its seed and its steps where product and model do not agree. folder: where it is noted."""
    with Day(seed) as day:
        try:
            day.run(ACTS, steps)
            day.agree([f"what always holds: {breach}" for breach in broken()])
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        finally:
            if folder is not None:
                note(day, folder)
    return day


def note(day: Day, folder: Path) -> None:
    """What was done and refused in a day, for whoever counts: workers of xdist share the folder."""
    folder.mkdir(exist_ok=True)
    told = {"done": day.done, "refused": day.refused, "screened": day.screened}
    part = folder / f"{day.seed}.part"
    part.write_text(json.dumps(told))
    os.replace(part, folder / f"{day.seed}.json")


def noted(folder: Path) -> dict[int, dict[str, Counter]]:
    return {int(path.stem): json.loads(path.read_text()) for path in folder.glob("*.json")}
