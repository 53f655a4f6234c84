"""One order of locking for everybody, so that two services never wait for each other (docs/house.md, Locks)."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import QuerySet

from backoffice.core.db.spelled import Spelled

RANKS = ("order", "credit", "session", "stock", "series", "journal")
_held: ContextVar[int | None] = ContextVar("locks_held", default=None)


@contextmanager
def in_order():
    """Watch the order of locks within one transaction."""
    token = _held.set(0)
    try:
        yield
    finally:
        _held.reset(token)


def note(rank: str) -> None:
    """Say that locks of this rank are taken now. Raises RuntimeError when a later rank is already held."""
    at, held = RANKS.index(rank), _held.get()
    if held is None:
        return
    if at < held:
        raise RuntimeError(f"lock order: {rank} asked while {RANKS[held]} is held")
    _held.set(at)


def take(rank: str, rows: QuerySet | Spelled, *values) -> list:
    """Lock the rows, by primary key, and return them: of a queryset, or of a Spelled with these values.

    A Spelled says itself in which order, where it can hold more than one row.
    """
    note(rank)
    if isinstance(rows, Spelled):
        return rows(*values, lock=True)
    return list(rows.order_by("pk").select_for_update(of=("self",)))
