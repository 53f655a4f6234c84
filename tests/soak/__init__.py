"""Large counts: races, long random runs, a day in the shop. The suite runs a tenth or less, `make soak` all of it."""

import os

FULL = bool(os.environ.get("SOAK"))


def count(full: int, suite: int | None = None) -> int:
    """How often to do it: `full` times by `make soak`, else `suite` times (a tenth where none is given)."""
    return full if FULL else suite if suite is not None else max(full // 10, 1)


def report(what: str, **figures) -> None:
    """Say what was done, for the note beside a soak (pytest shows it with -s or -rP)."""
    print(f"soak: {what}: " + ", ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
