"""What always holds, for tests: call holds() after anything that writes through services."""

from backoffice.core import invariants


def broken(*numbers: int) -> list[str]:
    """The breaches on the test's own connection, of these invariants or of all."""
    return [str(breach) for breach in invariants.breaches(numbers)]


def holds(*numbers: int) -> None:
    """Fail with a line per breach."""
    assert broken(*numbers) == []
