"""The lines of an order in pages: one of a thousand lines is drawn a page at a time, its totals are always whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST = 75  # lines on a page


@dataclass(frozen=True)
class LinePage:
    """Which of the lines are drawn. at: the page, from 1; number: of all lines."""

    at: int
    number: int

    @property
    def folded(self) -> bool:
        return self.number > MOST

    @property
    def first(self) -> int:
        """The number on the screen of its first line."""
        return (self.at - 1) * MOST + 1

    @property
    def last(self) -> int:
        return min(self.at * MOST, self.number)

    @property
    def before(self) -> int | None:
        return self.at - 1 if self.at > 1 else None

    @property
    def after(self) -> int | None:
        return self.at + 1 if self.last < self.number else None

    def cut(self, items: Sequence) -> list[Any]:
        """What of all lines (or of what goes with them, one for one) is on the page."""
        return list(items[self.first - 1 : self.last])


def line_page(number: int, asked: int | None = None, *, with_one_of: Sequence[int] = ()) -> LinePage:
    """The page that is asked (from 1), of so many lines.

    with_one_of: places of lines (from 0) of which one must be seen: where none is there, it is the page of the first.
    """
    pages = max(-(-number // MOST), 1)
    at = min(max(asked or 1, 1), pages)
    seen = {place // MOST + 1 for place in with_one_of}
    return LinePage(at if not seen or at in seen else with_one_of[0] // MOST + 1, number)
