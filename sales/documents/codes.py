"""Codes that a scanner reads, as vector paths."""

from dataclasses import dataclass

from barcode.codex import Code128


@dataclass(frozen=True, slots=True)
class Code:
    """A linear barcode: `path` is SVG path data in a box of `width` modules by one."""

    text: str
    width: int
    path: str


def code128(text: str) -> Code:
    """The Code 128 of a text of printable ASCII, check symbol and stop included, without quiet zones."""
    modules = Code128(text).build()[0]
    bars, start = [], 0
    while (start := modules.find("1", start)) >= 0:
        end = modules.find("0", start)
        end = len(modules) if end < 0 else end
        bars.append(f"M{start} 0h{end - start}v1h{start - end}z")
        start = end
    return Code(text, len(modules), "".join(bars))
