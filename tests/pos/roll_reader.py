"""Reads ESC/POS back: the rows that come out of a printer, how wide each is, and its codes and pictures."""

from dataclasses import dataclass, field

from PIL import Image

DOTS = 12  # of a character of the common letter


@dataclass
class Row:
    """A row of text. width: columns that it takes, twice as many in wide letters."""

    text: str
    centred: bool
    wide: bool
    bold: bool
    high: bool = False

    @property
    def width(self) -> int:
        return len(self.text) * (2 if self.wide else 1)


@dataclass
class Roll:
    """What came out. area: dots that a row may take; codes: [(text, dots wide)]; pictures: the rasters; centred: which
    of them are.
    """

    area: int = 0
    rows: list[Row] = field(default_factory=list)
    codes: list[tuple[str, int]] = field(default_factory=list)
    pictures: list[Image.Image] = field(default_factory=list)
    centred: list[bool] = field(default_factory=list)
    drawer: bool = False
    cut: bool = False

    @property
    def columns(self) -> int:
        return self.area // DOTS

    @property
    def text(self) -> str:
        return "\n".join(row.text for row in self.rows)

    @property
    def marked(self) -> str:
        """Every row behind how it is printed: c centred, b bold, w wide, h high."""
        names = ("centred", "bold", "wide", "high")
        return "\n".join(
            f"{''.join(name[0] for name in names if getattr(row, name)):4}|{row.text}".rstrip() for row in self.rows
        )

    @property
    def flat(self) -> str:
        """All words, whatever row they stand on."""
        return " ".join(self.text.split())

    def too_wide(self) -> list[str]:
        """What runs off the paper, and what is centred on another axis than the rows that fill it."""
        found = [row.text for row in self.rows if row.width > self.columns]
        found += [text for text, dots in self.codes if dots > self.area]
        return found + [f"picture {picture.size}" for picture in self.pictures if picture.width > self.area]


# commands with how many bytes follow that say nothing here
PLAIN = {b"\x1bt": 1, b"\x1b-": 1, b"\x1bd": 1, b"\x1dB": 1, b"\x1dh": 1, b"\x1df": 1, b"\x1dH": 1, b"\x1dV": 1}


def read(content: bytes) -> Roll:
    """Everything that is printed. Raises KeyError for a command that is not known here."""
    made, at = Roll(), 0
    centred = wide = bold = high = False
    bar, text = 3, b""
    while at < len(content):
        byte = content[at : at + 1]
        if byte not in b"\x1b\x1d":
            at += 1
            if byte == b"\n":
                made.rows.append(Row(text.decode("cp858"), centred, wide, bold, high))
                text = b""
            else:
                assert byte >= b" ", f"a control character in a text: {byte!r}"
                text += byte
            continue
        name, at = content[at : at + 2], at + 2
        if name == b"\x1ba":
            centred, at = content[at] == 1, at + 1
        elif name == b"\x1b!":
            wide, high, bold = (bool(content[at] & bit) for bit in (0x20, 0x10, 0x08))
            at += 1
        elif name == b"\x1bE":
            bold, at = bool(content[at] & 1), at + 1
        elif name == b"\x1bp":
            made.drawer, at = True, at + 3
        elif name == b"\x1dW":
            made.area, at = int.from_bytes(content[at : at + 2], "little"), at + 2
        elif name == b"\x1dw":
            bar, at = content[at], at + 1
        elif name == b"\x1dk":
            assert content[at] == 73
            size = content[at + 1]
            made.codes.append(_code(content[at + 2 : at + 2 + size], bar))
            at += 2 + size
        elif name == b"\x1dv":
            wide_bytes, high = (int.from_bytes(content[at + n : at + n + 2], "little") for n in (2, 4))
            raster = content[at + 6 : at + 6 + wide_bytes * high]
            picture = Image.frombytes("1", (wide_bytes * 8, high), bytes(255 - byte for byte in raster))
            made.pictures.append(picture)
            made.centred.append(centred)
            at += 6 + wide_bytes * high
        else:
            made.cut = made.cut or name == b"\x1dV"
            at += PLAIN[name]
    assert not text
    return made


def _code(data: bytes, bar: int) -> tuple[str, int]:
    """The text of a Code 128 as the printer is told it, and its width in dots."""
    text, symbols, at = "", 2, 0  # start or change, and the check
    inside = b""
    while at < len(data):
        if data[at : at + 1] == b"{":
            symbols += 1 if inside else 0
            inside, at = data[at + 1 : at + 2], at + 2
        else:
            text += f"{data[at]:02d}" if inside == b"C" else chr(data[at])
            symbols, at = symbols + 1, at + 1
    return text, (11 * symbols + 13) * bar
