"""What always holds of money on an order, whatever is sold, paid, amended and given back: per rate, to the cent."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from payments.totals import splits, tendering
from payments.totals.splits import Rate
from sales.pricing import VAT_MODES, PricedLine, price

PERCENTS = [Decimal(rate) for rate in ("21", "9", "0", "5.5")]
CENT = Decimal("0.01")


@st.composite
def sold(draw):
    """The rates of a random order: lines, discounts, VAT mode, cancelled pieces."""
    lines = []
    for _ in range(draw(st.integers(1, 6))):
        pieces = Decimal(draw(st.integers(1, 9)))
        lines.append(
            PricedLine(
                quantity=pieces, unit_price=Decimal(draw(st.integers(1, 50_000))).scaleb(-2),
                vat_percent=draw(st.sampled_from(PERCENTS)),
                discount_percent=Decimal(draw(st.integers(0, 9_999))).scaleb(-2),
                discount_amount=Decimal(0), cancelled=Decimal(draw(st.integers(0, int(pieces)))), entered_mode=None,
            )
        )  # fmt: skip
    totals = price(lines, draw(st.sampled_from(VAT_MODES)), Decimal(draw(st.integers(0, 9_000))).scaleb(-2))
    return [Rate(row.code, row.percent, row.gross, row.vat) for row in totals.vat_rows]


def total(rates) -> Decimal:
    return sum((rate.gross for rate in rates), Decimal(0))


def paid(rates) -> Decimal:
    return sum((rate.paid for rate in rates), Decimal(0))


def book(rates, amount) -> list:
    """As the ledger does: split, then move between rates where one is closed or out of its range."""
    parts = splits.split(rates, amount)
    assert sum((part.gross for part in parts), Decimal(0)) == amount
    if paid(rates) == total(rates) or splits.out_of_range(rates):
        moved = splits.re_split(rates)
        assert sum((part.gross for part in moved), Decimal(0)) == 0
        parts = parts + moved
    return parts


def check(rates) -> None:
    """Deposits and rest are the total, per rate; nothing is below zero or above the rate."""
    for rate in rates:
        assert rate.paid + rate.open == rate.gross
        assert 0 <= rate.paid <= rate.gross
        assert 0 <= rate.paid_vat <= rate.vat


def pieces_of(draw, amount: Decimal, most: int = 5) -> list[Decimal]:
    """The amount in random parts, each at least a cent."""
    left, parts = int(amount / CENT), []
    for _ in range(draw(st.integers(0, most - 1))):
        if left < 2:
            break
        part = draw(st.integers(1, left - 1))
        parts.append(part * CENT)
        left -= part
    return [*parts, left * CENT] if left else parts


@given(sold(), st.data())
def test_deposits_in_any_split_close_every_rate_exactly(rates, data):
    added: dict = {}
    for amount in pieces_of(data.draw, total(rates)):
        for part in book(rates, amount):
            assert part.net + part.vat == part.gross
            net, vat = added.get(part.percent, (Decimal(0), Decimal(0)))
            added[part.percent] = (net + part.net, vat + part.vat)
        check(rates)
    assert paid(rates) == total(rates)
    for rate in rates:
        assert (rate.paid, rate.paid_vat) == (rate.gross, rate.vat)
        assert added.get(rate.percent, (0, 0)) == (rate.gross - rate.vat, rate.vat)


@given(sold(), st.data())
def test_refunds_in_any_split_leave_nothing_below_zero_and_a_full_one_restores_zero(rates, data):
    whole = total(rates)
    for amount in pieces_of(data.draw, whole)[: data.draw(st.integers(1, 5))]:
        book(rates, amount)
    for amount in pieces_of(data.draw, paid(rates)):
        book(rates, -amount)
        check(rates)
    assert [(rate.paid, rate.paid_vat) for rate in rates] == [(0, 0)] * len(rates)


@given(sold(), sold(), st.data())
def test_an_amendment_keeps_what_is_paid_and_the_rest_still_closes_exactly(before, after, data):
    for amount in pieces_of(data.draw, total(before))[: data.draw(st.integers(1, 5))]:
        book(before, amount)
    held = paid(before)
    if total(after) < held:
        # what is paid beyond the new total goes back first, in the same transaction
        rates = joined(before, after)
        if not total(after):
            return
        book(rates, total(after) - held)
    else:
        rates = joined(before, after)
    if splits.out_of_range(rates) or paid(rates) == total(rates):
        splits.re_split(rates)
    check(rates)
    assert paid(rates) == min(held, total(after))
    for amount in pieces_of(data.draw, total(rates) - paid(rates)):
        book(rates, amount)
        check(rates)
    for rate in rates:
        assert (rate.paid, rate.paid_vat) == (rate.gross, rate.vat)


def joined(before, after) -> list[Rate]:
    """The new totals with what is paid so far; a rate that is gone has a total of zero."""
    by_percent = {rate.percent: replace(rate) for rate in after}
    for old in before:
        rate = by_percent.setdefault(old.percent, Rate(old.code, old.percent, Decimal("0.00"), Decimal("0.00")))
        rate.paid, rate.paid_vat = old.paid, old.paid_vat
    return sorted(by_percent.values(), key=lambda rate: -rate.percent)


@given(st.integers(1, 500_000), st.integers(0, 500_000), st.integers(0, 100_000))
def test_cash_with_change_closes_the_rest_to_the_cent(rest, by_bank, more):
    rest, by_bank = rest * CENT, by_bank * CENT
    if by_bank >= rest:
        return
    left = tendering.to_five(rest - by_bank)
    given_cash = left + tendering.to_five(more * CENT)
    if not given_cash:
        return
    tenders = [(False, by_bank), (True, given_cash)] if by_bank else [(True, given_cash)]
    rows = tendering.rows(rest, tenders, change=True)
    assert sum(row.amount for row in rows) == rest
    rounded = sum((row.amount for row in rows if row.what == "rounding"), Decimal(0))
    assert abs(rounded) <= Decimal("0.02")
    drawer = sum((row.amount for row in rows if row.what == "change"), Decimal(0)) + given_cash
    assert drawer % Decimal("0.05") == 0


def test_money_back_comes_off_the_rate_that_holds_it_also_when_it_holds_too_much():
    # an amendment left 50.00 of the 100.00 at 21 %, all paid, and put 100.00 at 9 % beside it; 20.00 goes back
    high = Rate(
        "high", Decimal(21), Decimal("50.00"), Decimal("8.68"), paid=Decimal("100.00"), paid_vat=Decimal("17.36")
    )
    low = Rate("low", Decimal(9), Decimal("100.00"), Decimal("8.26"))
    (part,) = splits.split([high, low], Decimal("-20.00"))
    # 80 of 50 at 21 %: 8.68 x 80 / 50 = 13.89, that is 3.47 less
    assert (part.percent, part.gross, part.vat, part.net) == (
        21,
        Decimal("-20.00"),
        Decimal("-3.47"),
        Decimal("-16.53"),
    )
    moved = splits.re_split([high, low])
    assert [(move.percent, move.gross) for move in moved] == [(21, Decimal("-53.33")), (9, Decimal("53.33"))]
