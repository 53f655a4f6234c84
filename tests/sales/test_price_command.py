"""`manage.py price`: an order as JSON in, its figures out; for bad input a Dutch sentence and nothing else."""

import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from sales.management.commands.price import as_json
from sales.pricing import price
from tests.sales.pricing_cases import CASES

ROOT = Path(__file__).resolve().parents[2]


def order(**changes):
    line = {"quantity": "2", "unit_price": "49.95", "vat_percent": "21"}
    line |= {"discount_percent": "0", "discount_amount": "0"}
    return {"vat_mode": "inclusive", "order_discount_percent": "0", "lines": [line]} | changes


def with_line(**changes):
    return order(lines=[order()["lines"][0], order()["lines"][0] | changes])


@pytest.fixture
def ask(monkeypatch):
    """Run the command on a text, or on something to be written as JSON; what it prints."""

    def run(given):
        text = given if isinstance(given, str) else json.dumps(given)
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        out = io.StringIO()
        call_command("price", stdout=out)
        return out.getvalue()

    return run


def test_an_order_over_three_rates(ask):
    lines = [
        {"quantity": "1", "unit_price": "109.00", "vat_percent": "9"},
        {"quantity": "2", "unit_price": "60.50", "discount_percent": "0", "discount_amount": "0", "vat_percent": "21"},
        {"quantity": "1", "unit_price": "50", "vat_percent": "0"},
    ]

    answer = json.loads(ask({"vat_mode": "inclusive", "order_discount_percent": "10", "lines": lines}))

    assert answer == {
        "vat_mode": "inclusive",
        "lines": [{"line_total": "109.00"}, {"line_total": "121.00"}, {"line_total": "50.00"}],
        "subtotal": "280.00",
        "order_discount": "28.00",
        "net": "225.00",
        "vat": [
            {"percent": "21.00", "net": "90.00", "vat": "18.90", "gross": "108.90"},
            {"percent": "9.00", "net": "90.00", "vat": "8.10", "gross": "98.10"},
            {"percent": "0.00", "net": "45.00", "vat": "0.00", "gross": "45.00"},
        ],
        "vat_total": "27.00",
        "gross": "252.00",
    }


def test_euro_discounts_on_line_and_order(ask):
    answer = json.loads(
        ask({
            "vat_mode": "exclusive",
            "order_discount_amount": "15.00",
            "lines": [{"quantity": "2", "unit_price": "55.00", "discount_amount": "10.00", "vat_percent": "21"}],
        })
    )  # fmt: skip

    # 110 - 10 - 15 = 85; 17.85
    assert (answer["lines"], answer["order_discount"]) == ([{"line_total": "100.00"}], "15.00")
    assert (answer["net"], answer["vat_total"], answer["gross"]) == ("85.00", "17.85", "102.85")


def told(case):
    """A case of the table as JSON; None where it needs what this input does not know: cancelling and other modes."""
    if case.euro_mode or any(line.cancelled or line.entered_mode or line.discount_mode for line in case.lines):
        return None
    names = ("quantity", "unit_price", "vat_percent", "discount_percent", "discount_amount")
    return {
        "vat_mode": case.mode,
        "order_discount_percent": case.percent,
        "order_discount_amount": case.euro,
        "lines": [{name: str(getattr(line, name)) for name in names} for line in case.lines],
    }


@pytest.mark.parametrize("case", [case for case in CASES if told(case)], ids=lambda case: case.name)
def test_the_command_gives_the_figures_of_the_table(ask, case):
    answer = json.loads(ask(told(case)))

    assert [row["line_total"] for row in answer["lines"]] == case.line_totals.split()
    assert f"{answer['net']} {answer['vat_total']} {answer['gross']}" == case.total
    assert answer["order_discount"] == case.discount
    assert answer == as_json(case.mode, price(case.lines, case.mode, Decimal(case.percent), Decimal(case.euro)))


def test_a_byte_order_mark_is_no_trouble(ask):
    assert json.loads(ask("\ufeff" + json.dumps(order())))["gross"] == "99.90"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("", "De invoer is geen geldige JSON."),
        ("{", "De invoer is geen geldige JSON."),
        ("[" * 100_000, "De invoer is geen geldige JSON."),
        (json.dumps(order()).replace('"2"', "NaN"), "De invoer is geen geldige JSON."),
        (json.dumps(order()).replace('"2"', "9" * 5000), "De invoer is geen geldige JSON."),
        ("[]", "hier hoort een JSON-object te staan."),
        ("null", "hier hoort een JSON-object te staan."),
        ('{"vat_mode": "none", "vat_mode": "none", "lines": []}', 'De sleutel "vat_mode" staat er twee keer.'),
        ({"lines": []}, "vat_mode ontbreekt."),
        ({"vat_mode": "none"}, "lines ontbreekt."),
        (order(vat_mode="incl"), "vat_mode is een van: inclusive, exclusive, reverse_charge, none."),
        (order(vat_mode=["none"]), "vat_mode is een van: inclusive, exclusive, reverse_charge, none."),
        (order(lines={}), "lines is een lijst van regels."),
        (order(lines=["x"]), "Regel 1: hier hoort een JSON-object te staan."),
        (order(korting="1"), 'onbekende sleutel "korting".'),
        (order(**{"k" * 300: "1"}), "onbekende sleutel " + '"' + "k" * 36 + "...."),
        (with_line(price="1"), 'Regel 2: onbekende sleutel "price".'),
        (order(lines=[{"quantity": "1", "unit_price": "1"}]), "Regel 1: vat_percent ontbreekt."),
        (with_line(quantity="0"), "Regel 2: Het aantal mag niet nul zijn."),
        (with_line(unit_price="-1"), "Regel 2: De prijs mag niet negatief zijn."),
        (with_line(vat_percent="-21"), "Regel 2: Het BTW-percentage ligt tussen 0 en 100."),
        (with_line(discount_percent="100.01"), "Regel 2: De korting ligt tussen 0 en 100 %."),
        (with_line(discount_amount="99.91"), "Regel 2: De korting is hoger dan het bedrag van de regel."),
        (with_line(discount_amount="0.005"), "Regel 2: discount_amount heeft ten hoogste 2 decimalen."),
        (with_line(quantity="1.0001"), "Regel 2: quantity heeft ten hoogste 3 decimalen."),
        (order(order_discount_percent="101"), "De orderkorting ligt tussen 0 en 100 %."),
        (order(order_discount_amount="99.91"), "De orderkorting is hoger dan het totaal van de regels."),
        (order(order_discount_amount="-1"), "De orderkorting mag niet negatief zijn."),
    ],
)
def test_bad_input_is_refused_in_dutch(ask, given, sentence):
    with pytest.raises(CommandError) as refused:
        ask(given)
    assert str(refused.value) == sentence
    assert refused.value.returncode == 1


@pytest.mark.parametrize(
    "figure",
    ["", " ", "1 ", " 1", "1\n", "+1", "--1", "1,50", "1.000,00", "1.", ".5", "1e3", "1E3", "1_000", "0x10", "NaN",
     "nan", "sNaN", "Infinity", "-inf", "١٢", "１２", "1.00000", "12345678901", "één",
     1, 1.5, True, None, ["1"], {"a": "1"}],
    ids=repr,
)  # fmt: skip
def test_only_plain_decimals_between_quotes_are_figures(ask, figure):
    with pytest.raises(CommandError) as refused:
        ask(with_line(unit_price=figure))
    assert str(refused.value) == (
        f'Regel 2: unit_price is een getal tussen aanhalingstekens, zoals "12.50", en niet {json.dumps(figure)}.'
    )


def manage(given: bytes):
    """The command from a shell on a fresh clone: no settings, no database."""
    return subprocess.run(
        [sys.executable, "manage.py", "price"],
        input=given,
        capture_output=True,
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", "")},
        timeout=60,
    )


def test_it_runs_from_the_shell_without_settings_or_database():
    done = manage(json.dumps(order()).encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["gross"] == "99.90"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (b'{"vat_mode": "none", "lines": [1]}', "CommandError: Regel 1: hier hoort een JSON-object te staan.\n"),
        (b"\xff\xfe\x00", None),
    ],
)
def test_from_the_shell_bad_input_ends_with_one_and_no_traceback(given, sentence):
    done = manage(given)
    told = done.stderr.decode()
    assert (done.returncode, done.stdout) == (1, b"")
    assert told.count("\n") == 1 and told.startswith("CommandError: ")
    assert told == sentence or (sentence is None and "De invoer is geen" in told)
