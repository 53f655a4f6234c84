"""What an order costs, against the hand-checked table, and what cannot be priced."""

import time
from decimal import Decimal

import pytest

from sales.pricing import EXCLUSIVE, INCLUSIVE, VAT_MODES, PricingError, convert, price
from tests.sales.pricing_cases import CASES, line


def test_the_table_is_large_enough():
    assert len({case.name for case in CASES}) == len(CASES) >= 60
    assert {case.mode for case in CASES} == set(VAT_MODES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hand_checked_figures(case):
    totals = price(case.lines, case.mode, Decimal(case.percent), Decimal(case.euro), case.euro_mode)

    assert [str(total) for total in totals.line_totals] == case.line_totals.split()
    assert [f"{row.percent.normalize():f}: {row.net} {row.vat} {row.gross}" for row in totals.vat_rows] == case.vat
    assert f"{totals.net} {totals.vat} {totals.gross}" == case.total
    assert str(totals.order_discount) == case.discount
    if case.unit_prices:
        assert [str(unit) for unit in totals.unit_prices] == case.unit_prices


@pytest.mark.parametrize(
    ("amount", "percent", "source", "target", "expected"),
    [
        ("49.95", "21", "inclusive", "exclusive", "41.2810"),  # 41.280991
        ("49.95", "21", "inclusive", "reverse_charge", "41.2810"),
        ("49.95", "21", "inclusive", "none", "41.2810"),
        ("41.28", "21", "exclusive", "inclusive", "49.9488"),
        ("10.00", "9", "none", "inclusive", "10.9000"),
        ("10.00", "9", "reverse_charge", "exclusive", "10.0000"),
        ("10.00", "0", "inclusive", "exclusive", "10.0000"),
        ("0.0005", "9", "exclusive", "inclusive", "0.0005"),  # 0.000545
        ("-49.95", "21", "inclusive", "exclusive", "-41.2810"),
        ("100000000.00", "21", "inclusive", "exclusive", "82644628.0992"),  # 82644628.09917
    ],
)
def test_an_amount_in_another_mode(amount, percent, source, target, expected):
    assert str(convert(Decimal(amount), Decimal(percent), source, target)) == expected


NO = "De korting is hoger dan het bedrag van de regel."


@pytest.mark.parametrize(
    ("bad", "code", "field", "sentence"),
    [
        (line("0", "1", "21"), "quantity_zero", "quantity", "Het aantal mag niet nul zijn."),
        (line("1", "-0.01", "21"), "unit_price", "unit_price", "De prijs mag niet negatief zijn."),
        (line("1", "1", "-1"), "vat_percent", "vat_percent", "Het BTW-percentage ligt tussen 0 en 100."),
        (line("1", "1", "101"), "vat_percent", "vat_percent", "Het BTW-percentage ligt tussen 0 en 100."),
        (line("1", "1", "21", "-0.01"), "discount_percent", "discount_percent", "De korting ligt tussen 0 en 100 %."),
        (line("1", "1", "21", "100.01"), "discount_percent", "discount_percent", "De korting ligt tussen 0 en 100 %."),
        (line("1", "1", "21", euro="-1"), "discount_amount", "discount_amount", "De korting mag niet negatief zijn."),
        (line("2", "15", "21", euro="30.01"), "discount_amount", "discount_amount", NO),
        (line("2", "15", "21", "50", euro="15.01"), "discount_amount", "discount_amount", NO),
        (line("-1", "15", "21", euro="15.01"), "discount_amount", "discount_amount", NO),
        # 10 exclusive is 12.10 inclusive
        (line("1", "10", "21", euro="12.11", mode="exclusive", discount_mode="inclusive"), "discount_amount",
         "discount_amount", NO),
        (line("2", "1", "21", cancelled="3"), "cancelled", "cancelled", "Er is meer geannuleerd dan besteld."),
        (line("2", "1", "21", cancelled="-1"), "cancelled", "cancelled", "Er is meer geannuleerd dan besteld."),
        (line("1", "1", "21", mode="verlegd"), "vat_mode", "vat_mode", "Deze BTW-wijze bestaat niet."),
        (line("NaN", "1", "21"), "number", "", "Dit is geen bruikbaar getal."),
        (line("1", "NaN", "21"), "number", "", "Dit is geen bruikbaar getal."),
        (line("1", "Infinity", "21"), "number", "", "Dit is geen bruikbaar getal."),
        (line("Infinity", "1", "21"), "number", "", "Dit is geen bruikbaar getal."),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_priced(bad, code, field, sentence):
    with pytest.raises(PricingError) as refused:
        price([line("1", "1", "21"), bad], INCLUSIVE)

    assert (refused.value.code, refused.value.field, str(refused.value)) == (f"pricing.{code}", field, sentence)
    assert isinstance(refused.value, ValueError)
    if code not in ("number", "vat_mode"):
        assert refused.value.line == 1


@pytest.mark.parametrize(
    ("percent", "euro", "field", "sentence"),
    [
        ("-1", "0", "order_discount_percent", "De orderkorting ligt tussen 0 en 100 %."),
        ("100.01", "0", "order_discount_percent", "De orderkorting ligt tussen 0 en 100 %."),
        ("0", "-1", "order_discount_amount", "De orderkorting mag niet negatief zijn."),
        ("0", "99.91", "order_discount_amount", "De orderkorting is hoger dan het totaal van de regels."),
        ("10", "89.92", "order_discount_amount", "De orderkorting is hoger dan het totaal van de regels."),
    ],
)
def test_an_order_discount_that_cannot_be(percent, euro, field, sentence):
    with pytest.raises(PricingError) as refused:
        price([line("2", "49.95", "21")], INCLUSIVE, Decimal(percent), Decimal(euro))

    assert (refused.value.code, refused.value.field, str(refused.value)) == (f"pricing.{field}", field, sentence)


def test_a_euro_order_discount_without_lines_is_refused():
    with pytest.raises(PricingError, match="hoger dan het totaal"):
        price([], INCLUSIVE, order_discount_amount=Decimal("1"))


def test_an_unknown_mode_is_refused():
    with pytest.raises(PricingError, match="Deze BTW-wijze bestaat niet"):
        price([], "gross")


def test_the_full_discount_in_one_mode_may_be_switched_to_another():
    """2 x 15.00 less 30.00 inclusive is within bounds in every mode, whatever four decimals make of it."""
    for mode in VAT_MODES:
        assert str(price([line("2", "15", "21", euro="30", mode=INCLUSIVE)], mode).gross) == "0.00"


def test_switching_to_exclusive_and_back_gives_exactly_the_first_totals():
    lines = [line("3", "9.99", "21", euro="1.00", mode=INCLUSIVE), line("7", "4.35", "9", "12.5", mode=INCLUSIVE)]
    discount = (Decimal("0"), Decimal("2.50"), INCLUSIVE)

    first = price(lines, INCLUSIVE, *discount)
    other = price(lines, EXCLUSIVE, *discount)

    # inclusive: 28.97 and 30.45 x 0.875 = 26.64375, less 2.50
    assert str(first.gross) == "53.11"
    # exclusive: 3 x 8.2562 - 0.8264 = 23.9422; 7 x 3.9908 x 0.875 = 24.44365; less 2.50 x 48.38/55.61 = 2.175 -> 2.17
    # (2.17497): 1.0762 + 1.0987 = 1.07 + 1.10; net 22.87 and 23.34; VAT 4.8027 and 2.1006
    assert (str(other.net), str(other.vat), str(other.gross)) == ("46.21", "6.90", "53.11")
    assert price(lines, INCLUSIVE, *discount) == first


def test_500_lines_are_priced_fast_enough_for_every_keystroke():
    lines = [line(str(n % 7 + 1), "49.95", ("21", "9", "0")[n % 3], "10") for n in range(500)]
    spent = []
    for _round in range(10):
        start = time.perf_counter()
        price(lines, INCLUSIVE, Decimal("5"))
        spent.append(time.perf_counter() - start)
    # about 1 ms on a quiet machine; the bound leaves room for a busy one
    assert min(spent) < 0.02
