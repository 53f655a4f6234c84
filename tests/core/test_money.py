"""Rounding and spreading of EUR amounts."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core.money import amount_field, cents, four, money, round_shares, spread


def amounts(low=-(10**7), high=10**7):
    return st.integers(low, high).map(lambda n: Decimal(n).scaleb(-2))


def parts(total, *weights):
    return [str(part) for part in spread(Decimal(total), [Decimal(weight) for weight in weights])]


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.004", "0.00"), ("0.005", "0.01"), ("0.015", "0.02"), ("0.025", "0.03"), ("2.675", "2.68"), ("1", "1.00"),
     ("-0.005", "-0.01"), ("-0.025", "-0.03"), ("-0.004", "0.00"), ("99999999.995", "100000000.00")],
)  # fmt: skip
def test_cents_are_half_up_away_from_zero(amount, rounded):
    assert str(cents(Decimal(amount))) == rounded


@pytest.mark.parametrize(("amount", "rounded"), [("1.00005", "1.0001"), ("-1.00005", "-1.0001"), ("2", "2.0000")])
def test_derived_unit_prices_have_four_decimals(amount, rounded):
    assert str(four(Decimal(amount))) == rounded


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        ("10.00", ["1", "1", "1"], ["3.34", "3.33", "3.33"]),
        ("0.02", ["1", "1", "1"], ["0.01", "0.01", "0.00"]),
        ("-10.00", ["1", "1", "1"], ["-3.34", "-3.33", "-3.33"]),
        ("10.00", ["121", "109", "50"], ["4.32", "3.89", "1.79"]),
        ("1.00", ["0", "3", "0"], ["0.00", "1.00", "0.00"]),
        ("0.01", ["0", "1", "1"], ["0.00", "0.01", "0.00"]),
        ("5.00", ["100", "-50"], ["10.00", "-5.00"]),
        ("-5.00", ["-1", "-1", "-2"], ["-1.25", "-1.25", "-2.50"]),
        ("0.00", ["0", "0"], ["0.00", "0.00"]),
        ("0.00", [], []),
        # thirds of different size have equal remainders: the first ones win
        ("1.00", ["4", "1", "1"], ["0.67", "0.17", "0.16"]),
    ],
)
def test_spreading_adds_up_by_largest_remainder(total, weights, expected):
    assert parts(total, *weights) == expected


@pytest.mark.parametrize(
    ("total", "weights"), [("1.00", []), ("1.00", ["0", "0"]), ("1.00", ["5", "-5"]), ("1.005", ["1"])]
)
def test_an_amount_that_cannot_be_spread_is_an_error(total, weights):
    with pytest.raises(ValueError):
        parts(total, *weights)


def test_shares_that_do_not_make_the_total_are_an_error():
    with pytest.raises(ValueError):
        round_shares([Decimal("1.004")], Decimal("5.00"))


@given(amounts(), st.lists(amounts(), min_size=1, max_size=8).filter(sum))
def test_whatever_is_spread_adds_up_exactly(total, weights):
    result = spread(total, weights)
    assert sum(result) == total
    assert result == spread(total, weights)
    assert [-part for part in result] == spread(-total, weights)
    for part, weight in zip(result, weights, strict=True):
        assert part == cents(part)
        assert abs(part - total * weight / sum(weights)) < Decimal("0.01")
        if not weight:
            assert part == 0


@given(amounts(0), st.lists(amounts(0), min_size=1, max_size=8).filter(sum))
def test_no_part_is_larger_than_its_share_of_a_covered_total(total, weights):
    total = min(total, sum(weights))
    assert all(0 <= part <= weight for part, weight in zip(spread(total, weights), weights, strict=True))


def test_an_amount_field_shares_the_currency_column():
    field = amount_field(decimal_places=4, default=0)
    assert (field.max_digits, field.decimal_places, field.currency_field_name) == (14, 4, "currency")
    assert field.get_default() == money(Decimal(0))


def test_money_is_rounded_in_one_module_only():
    """No other module of ours names a rounding mode; of the others only input pads figures that it has checked."""
    root = Path(__file__).resolve().parents[2]
    rounding = re.compile(r"\.quantize\(|\bROUND_[A-Z]")
    found = {
        path.relative_to(root).as_posix()
        for top in ("backoffice", "sales", "payments", "pos")
        for path in (root / top).rglob("*.py")
        if rounding.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"backoffice/core/input.py", "backoffice/core/money.py"}
    assert "ROUND_" not in (root / "backoffice/core/input.py").read_text(encoding="utf-8")
