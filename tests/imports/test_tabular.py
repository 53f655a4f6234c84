"""What a file is, is told by its content: delimiter, encoding, decimal sign, and everything that is refused."""

import zipfile
from io import BytesIO

import pytest

from backoffice.core.errors import Refusal
from backoffice.core.tabular import open_table, recognised
from tests.imports.tables import csv, xlsx


def rows(content: bytes) -> list[list[str]]:
    table = open_table(content)
    return [table.header, *(cells for _number, cells in table.rows())]


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
def test_every_delimiter_is_recognised(sign):
    lines = [["nummer", "naam", "prijs"], ["A1", f'"Trui{sign} rood; wollig, |x"', "12"], ["A2", "Broek", "13"]]
    content = "\n".join(sign.join(line) for line in lines).encode()
    wanted = [lines[0], ["A1", f"Trui{sign} rood; wollig, |x", "12"], lines[2]]
    assert rows(content) == wanted


def test_a_told_delimiter_wins():
    assert rows(b"sep=|\r\na;b|c;d\r\n1|2\r\n") == [["a;b", "c;d"], ["1", "2"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_give_the_same_text(encoding):
    assert rows("nummer;naam\nA1;Écru één €\n".encode(encoding)) == [["nummer", "naam"], ["A1", "Écru één €"]]


def test_quotes_line_breaks_empty_rows_and_short_rows():
    table = open_table(b'\r\nnummer;naam;\r\nA1;"Trui ""Zoe""\r\nlang"\r\n;;\r\nA2\r\n')
    assert table.header == ["nummer", "naam"]
    assert list(table.rows()) == [(3, ["A1", 'Trui "Zoe"\r\nlang']), (5, ["A2", ""])]
    assert table.count == 2


def test_header_names_are_made_unique():
    assert open_table(b"naam;naam;;prijs\n1;2;3;4\n").header == ["naam", "naam (2)", "Kolom 3", "prijs"]


def test_a_decimal_point_is_told_per_column():
    table = open_table(b"a;b;c\n12.50;12,50;1.234\n1,299.00;1.299,00;5.678\n")
    assert table.points == {0}


def test_text_that_an_export_guarded_comes_back():
    assert rows(b"a;b\n'=1+1;'+31\n") == [["a", "b"], ["=1+1", "+31"]]


def test_xlsx_cells_become_dutch_text():
    content = xlsx(
        ["nummer", "maat", "prijs", "ean", "actief"], ["A1", 36.5, 56.99, 2900000000018.0, True], [], ["A2", 36]
    )
    table = open_table(content)
    assert list(table.rows()) == [
        (2, ["A1", "36,5", "56,99", "2900000000018", "ja"]),
        (4, ["A2", "36", "", "", ""]),
    ]


def zipped() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("brief.txt", "geen tabel")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "leeg"),
        (b"   \r\n", "leeg"),
        (b"%PDF-1.7 a;b\n1;2\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "oud Excel-bestand"),
        (b"\x89PNG\r\n\x1a\n", "afbeelding"),
        (b"<html><table>;</table>", "webpagina"),
        (b'{"a": 1, "b": 2}', "webpagina"),
        ("a;b\n1;2\n".encode("utf-16"), "UTF-16"),
        (b"a;b\n1;\x002\n", "geen tekstbestand"),
        (b"a;b\n1;\x022\n", "geen tekstbestand"),
        (b"a;b\n\x81;\x8d\n", "niet te lezen"),
        ("a;b\n1;\ufffd\n".encode(), "onleesbare tekens"),
        (zipped(), "geen Excel-bestand"),
        (b"PK\x03\x04 kapot", "beschadigd"),
        (b"nummer\nA1\n", "maar één kolom"),
        (b"a;b\n", "geen rijen"),
        (b"a;b\n1;2;3\n", "Rij 2 heeft 3 kolommen, de kop heeft er 2"),
        (b'a;b\n1;2\n"3;4\n', "In rij 3 staat een aanhalingsteken"),
        (b'a;b\n1;"2"x\n', "aanhalingsteken"),
        (b"a;b\n1;=A1*2\n", "Rij 2, kolom “b” bevat een formule"),
        (xlsx(["a", "b"], [1, "=A2*2"]), "Rij 2, kolom “B” bevat een formule"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(content, words):
    with pytest.raises(Refusal) as refused:
        open_table(content)
    assert words in refused.value.message


def test_a_file_above_the_limit_is_refused():
    content = csv(*["A;B;C;D;E;F;G;H"] * 200)
    assert open_table(content).count == 200
    with pytest.raises(Refusal, match="Het bestand is 3,5 kB; hoogstens 1 kB mag") as refused:
        recognised(content, 1_000)
    assert refused.value.field == "file"
