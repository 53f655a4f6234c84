"""What always holds of a priced order, whatever is on it; and the same figures reckoned another way, in fractions."""

import random
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sales.pricing import EXCLUSIVE, INCLUSIVE, UNTAXED, VAT_MODES, PricedLine, convert, price

RATES = [Decimal(rate) for rate in ("21", "9", "0", "5.5")]
modes = st.sampled_from(VAT_MODES)
entered_modes = st.sampled_from([None, *VAT_MODES])


def scaled(low, high, places):
    return st.integers(low, high).map(lambda n: Decimal(n).scaleb(-places))


@st.composite
def priced_lines(draw, signs=(1, -1), cancel=True, entered=entered_modes):
    """A line that can be priced: the euro discount is a part of what the line comes to."""
    pieces = draw(st.one_of(st.integers(1, 12).map(Decimal), scaled(1, 99_999, 3)))
    unit_price = draw(st.one_of(scaled(0, 50_000, 2), scaled(0, 500_000, 4)))
    percent = draw(st.one_of(st.just(Decimal(0)), scaled(0, 10_000, 2)))
    value = pieces * unit_price * (100 - percent) / 100
    euro = draw(st.one_of(st.just(0), st.integers(0, int(value * 100))))
    sign = draw(st.sampled_from(signs))
    cancelled = draw(st.sampled_from([Decimal(0), pieces, pieces / 2])) if cancel else Decimal(0)
    return PricedLine(
        quantity=sign * pieces,
        unit_price=unit_price,
        vat_percent=draw(st.sampled_from(RATES)),
        discount_percent=percent,
        discount_amount=Decimal(euro).scaleb(-2),
        cancelled=sign * cancelled,
        entered_mode=draw(entered),
    )


orders = st.lists(priced_lines(), max_size=8)
sales = st.lists(priced_lines(signs=(1,), cancel=False), min_size=1, max_size=8)
percentages = scaled(0, 10_000, 2)


@given(orders, modes, percentages)
def test_net_plus_vat_is_gross_per_rate_and_in_total(lines, mode, percent):
    totals = price(lines, mode, percent)
    for row in totals.vat_rows:
        assert row.net + row.vat == row.gross
        assert row.net * row.vat >= 0
    assert totals.net + totals.vat == totals.gross
    for name in ("net", "vat", "gross"):
        assert getattr(totals, name) == sum(getattr(row, name) for row in totals.vat_rows)
    if mode in UNTAXED:
        assert totals.vat == 0


@given(orders, modes, percentages)
def test_lines_less_discount_add_up_to_the_sacred_total(lines, mode, percent):
    totals = price(lines, mode, percent)
    sacred = totals.gross if mode == INCLUSIVE else totals.net
    assert sum(totals.line_totals) == totals.subtotal
    assert totals.subtotal - totals.order_discount == sacred


@given(sales, modes, st.data())
def test_a_euro_discount_takes_off_exactly_what_was_asked(lines, mode, data):
    subtotal = price(lines, mode).subtotal
    euro = data.draw(scaled(0, int(subtotal * 100), 2))
    totals = price(lines, mode, order_discount_amount=euro)
    assert totals.order_discount == euro
    assert (totals.gross if mode == INCLUSIVE else totals.net) == subtotal - euro


@given(st.lists(priced_lines(cancel=False), max_size=8), modes, modes, st.data())
def test_switching_twice_restores_exactly(lines, first_mode, other_mode, data):
    """A line keeps what was entered and in which mode; so does the order discount. The way out and back is lossless."""
    entered = [replace(line, entered_mode=line.entered_mode or first_mode) for line in lines]
    euro = data.draw(scaled(0, int(abs(price(entered, first_mode).subtotal) * 100), 2))

    first = price(entered, first_mode, order_discount_amount=euro, order_discount_mode=first_mode)
    price(entered, other_mode, order_discount_amount=euro, order_discount_mode=first_mode)
    again = price(entered, first_mode, order_discount_amount=euro, order_discount_mode=first_mode)

    assert again == first
    # lines entered in the order's own mode, with that named or not, are the same lines
    own = [line for line in entered if line.entered_mode == first_mode]
    assert price([replace(line, entered_mode=None) for line in own], first_mode) == price(own, first_mode)


@given(st.lists(priced_lines(signs=(1,), cancel=False, entered=st.just(INCLUSIVE)), max_size=8))
def test_switching_moves_the_total_by_no_more_than_its_roundings(lines):
    inclusive, exclusive = price(lines, INCLUSIVE), price(lines, EXCLUSIVE)
    # per line half a fourth decimal per piece and for the discount, half a cent on each side; per rate half a cent
    room = sum((line.quantity + 1) * Decimal("0.00005") + Decimal("0.01") for line in lines) * Decimal("1.21")
    assert abs(inclusive.gross - exclusive.gross) <= room + Decimal("0.005") * len(exclusive.vat_rows)


@given(scaled(0, 10**9, 2), st.sampled_from(RATES))
def test_an_amount_in_cents_survives_conversion_there_and_back(amount, percent):
    there = convert(amount, percent, INCLUSIVE, EXCLUSIVE)
    assert abs(convert(there, percent, EXCLUSIVE, INCLUSIVE) - amount) <= Decimal("0.0001")


@given(orders, modes, percentages, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(lines, mode, percent, shuffler: random.Random):
    mixed = list(range(len(lines)))
    shuffler.shuffle(mixed)
    straight, shuffled = price(lines, mode, percent), price([lines[i] for i in mixed], mode, percent)

    assert shuffled.line_totals == [straight.line_totals[i] for i in mixed]
    assert (shuffled.vat_rows, shuffled.order_discount, shuffled.net, shuffled.vat, shuffled.gross) == (
        straight.vat_rows, straight.order_discount, straight.net, straight.vat, straight.gross,
    )  # fmt: skip


@given(orders, modes, percentages)
def test_no_rate_gets_more_discount_than_it_has(lines, mode, percent):
    """Not with a percentage, and not with a euro amount up to what is there; and never in the other direction."""
    plain = price(lines, mode)
    most = abs(price([replace(line, cancelled=Decimal(0)) for line in lines], mode).subtotal)
    # as much in euros as the percentage would be, or all of it
    euro = min((most * percent / 100).quantize(Decimal("0.01")), most)
    for arguments in ({"order_discount_percent": percent}, {"order_discount_amount": euro}):
        totals = price(lines, mode, **arguments)
        for before, after in zip(plain.vat_rows, totals.vat_rows, strict=True):
            whole, left = (before.gross, after.gross) if mode == INCLUSIVE else (before.net, after.net)
            assert 0 <= left <= whole or whole <= left <= 0


@given(orders, modes, percentages)
def test_a_return_of_everything_mirrors_the_sale(lines, mode, percent):
    back = [replace(line, quantity=-line.quantity, cancelled=-line.cancelled) for line in lines]
    sale, refund = price(lines, mode, percent), price(back, mode, percent)
    assert [-total for total in refund.line_totals] == sale.line_totals
    assert (-refund.net, -refund.vat, -refund.gross) == (sale.net, sale.vat, sale.gross)
    assert [(row.percent, -row.net, -row.vat, -row.gross) for row in refund.vat_rows] == [
        (row.percent, row.net, row.vat, row.gross) for row in sale.vat_rows
    ]


@given(orders, modes, st.one_of(st.just(Decimal(0)), percentages))
def test_an_order_that_is_wholly_cancelled_totals_zero(lines, mode, percent):
    gone = [replace(line, cancelled=line.quantity) for line in lines]
    totals = price(gone, mode, percent)
    assert (totals.net, totals.vat, totals.gross, totals.order_discount) == (0, 0, 0, 0)


def half_up(value: Fraction, places: int) -> Fraction:
    """Half away from zero, in whole numbers."""
    scale = 10**places
    sign = -1 if value < 0 else 1
    return Fraction(sign * int(abs(value) * scale + Fraction(1, 2)), scale)


def in_mode(value: Fraction, rate: Fraction, source: str, target: str) -> Fraction:
    if (source == INCLUSIVE) == (target == INCLUSIVE):
        return value
    return value / (1 + rate / 100) if source == INCLUSIVE else value * (1 + rate / 100)


@settings(max_examples=200)
@given(orders, modes, percentages)
def test_the_same_figures_in_fractions(lines, mode, percent):
    """docs/decisions.md, 5, written down a second time, in exact fractions, without the order discount's last cents."""
    per_rate: dict[Fraction, Fraction] = defaultdict(Fraction)
    expected = []
    for line in lines:
        rate, entered = Fraction(line.vat_percent), line.entered_mode or mode
        unit = half_up(in_mode(Fraction(line.unit_price), rate, entered, mode), 4)
        off = half_up(in_mode(Fraction(line.discount_amount), rate, entered, mode), 4)
        kept = 1 - Fraction(line.discount_percent) / 100
        open_quantity = Fraction(line.quantity) - Fraction(line.cancelled)
        part = open_quantity / Fraction(line.quantity)
        size = max(abs(open_quantity) * unit * kept - off * part, 0)
        # what is free as entered stays free
        if (
            line.discount_amount
            and abs(line.quantity) * line.unit_price * (100 - line.discount_percent) == line.discount_amount * 100
        ):
            size = Fraction(0)
        total = half_up(size if line.quantity > 0 else -size, 2)
        expected.append(total)
        per_rate[Fraction(0) if mode in UNTAXED else rate] += total
    discount = half_up(sum(expected, Fraction(0)) * Fraction(percent) / 100, 2)

    totals = price(lines, mode, percent)

    assert [Fraction(total) for total in totals.line_totals] == expected
    assert Fraction(totals.order_discount) == discount
    assert [Fraction(row.percent) for row in totals.vat_rows] == sorted(per_rate, reverse=True)
    for row in totals.vat_rows:
        rate, before = Fraction(row.percent), per_rate[Fraction(row.percent)]
        after = Fraction(row.gross if mode == INCLUSIVE else row.net)
        assert abs(before - after - before * Fraction(percent) / 100) < Fraction(1, 100)
        if mode == INCLUSIVE:
            assert Fraction(row.vat) == half_up(after * rate / (100 + rate), 2)
        elif mode == EXCLUSIVE:
            assert Fraction(row.vat) == half_up(after * rate / 100, 2)
        else:
            assert row.vat == 0


@given(sales, st.sampled_from([INCLUSIVE, EXCLUSIVE]))
def test_cancelling_piece_by_piece_never_raises_the_total(lines, mode):
    assume(any(line.quantity >= 2 for line in lines))
    at = next(i for i, line in enumerate(lines) if line.quantity >= 2)
    last = price(lines, mode).gross
    for cancelled in (Decimal(1), Decimal(2), lines[at].quantity):
        changed = [replace(line, cancelled=cancelled) if i == at else line for i, line in enumerate(lines)]
        now = price(changed, mode).gross
        assert now <= last
        last = now
