"""One order of locking for everybody, so that two services never wait for each other (design.md, Locks)."""

from contextlib import contextmanager
from contextvars import ContextVar

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


def take(rank: str, queryset):
    """Lock the rows of the queryset, by primary key, and return them as a list.

    Give it `.order_by()` where it can hold one row only: Django takes half of its time to spell an order.
    """
    note(rank)
    one = not queryset.query.default_ordering and not queryset.query.order_by
    return list((queryset if one else queryset.order_by("pk")).select_for_update(of=("self",)))
