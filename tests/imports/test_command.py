"""`manage.py import_articles`: the same import from a shell."""

import pytest
from django.core.management import CommandError, call_command

from backoffice.catalog.models import Article, StockMove, Variant
from backoffice.core.imports import mapping
from backoffice.core.imports.importer import importer_of
from tests import factories
from tests.imports.tables import ONE, csv
from tests.imports.test_articles import STAND_IN


def test_it_prints_the_counts_and_again_finds_nothing_new(shop, capsys):
    call_command("import_articles", str(STAND_IN))
    assert capsys.readouterr().out.splitlines() == [
        "5 artikelen, 30 varianten, 0 fouten",
        "nieuw: 5 artikelen, 30 varianten; gewijzigd: 0 artikelen, 0 varianten; voorraadmutaties: 29",
    ]
    call_command("import_articles", str(STAND_IN))
    assert capsys.readouterr().out.splitlines() == [
        "5 artikelen, 30 varianten, 0 fouten",
        "nieuw: 0 artikelen, 0 varianten; gewijzigd: 0 artikelen, 0 varianten; voorraadmutaties: 0",
    ]
    assert (Article.objects.count(), Variant.objects.count(), StockMove.objects.count()) == (5, 30, 29)


def test_errors_go_to_standard_error_by_row_and_column_with_exit_code_1(shop, capsys, tmp_path):
    path = tmp_path / "fout.csv"
    path.write_bytes(csv(ONE, "TR2;Vest;Rood;S;2900000000019;10;21;1", "TR3;Jas;Rood;S;;duur;21;1"))
    with pytest.raises(SystemExit) as ended:
        call_command("import_articles", str(path))
    assert ended.value.code == 1
    assert capsys.readouterr().err.splitlines() == [
        "rij 3, ean: “2900000000019”: Het controlecijfer van deze EAN klopt niet.",
        "rij 4, verkoopprijs: “duur”: “duur” is geen bedrag. Typ bijvoorbeeld 1.234,56.",
        "2 fouten, niets gewijzigd",
    ]
    assert Article.objects.count() == 0


def test_a_dry_run_writes_nothing(shop, capsys):
    call_command("import_articles", str(STAND_IN), "--dry-run")
    assert "niets gewijzigd" in capsys.readouterr().out
    assert Article.objects.count() == 0


def test_branch_employee_and_mapping_are_named(shop, tmp_path):
    other, who = factories.branch("Amersfoort", code="AM"), factories.employee("office", email="bas@example.com")
    mapping.keep(importer_of("articles"), "Bas", {"x": "number", "y": "name", "z": "price", "n": "stock", "rest": ""})
    path = tmp_path / "bas.csv"
    path.write_bytes(csv("A1;Broek;79,95;5", header="x;y;z;n"))
    call_command("import_articles", str(path), "--branch=AM", "--employee=bas@example.com", "--mapping=Bas")
    move = StockMove.objects.get()
    assert (move.branch, move.employee, move.quantity, move.source) == (other, who, 5, "import bas.csv")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bestaat-niet.csv"], "bestaat-niet.csv"),
        ([str(STAND_IN), "--branch=XX"], "geen filiaal met code XX"),
        ([str(STAND_IN), "--employee=x@example.com"], "geen medewerker"),
        ([str(STAND_IN), "--mapping=Onbekend"], "geen indeling met de naam"),
        ([__file__], "kolom"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(shop, arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command("import_articles", *arguments)
    assert Article.objects.count() == 0
