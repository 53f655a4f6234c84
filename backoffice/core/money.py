"""Money: EUR amounts as Decimals, and the one place in the project where they are rounded.

Unit: euros. Rounding is half-up to the cent, half away from zero, so that a refund mirrors its sale (EN 16931 asks two
decimals for every document amount, BR-DEC-01 to BR-DEC-28; Dutch VAT is rounded arithmetically, by the
Uitvoeringsbesluit omzetbelasting 1968; rounding down per article was refused: European Court C-484/06, Ahold).
The helpers at the end make django-money fields and values; they load django-money only when called, so that pure
calculation needs no Django.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, localcontext

EUR = "EUR"
ZERO = Decimal("0.00")
CENT = Decimal("0.01")
FOUR = Decimal("0.0001")
HUNDRED = Decimal(100)
# remainders are compared after this many decimals, so that equal thirds are seen as equal
REMAINDER = Decimal("1E-30")


def cents(amount: Decimal) -> Decimal:
    """An amount in EUR rounded to cents, half away from zero; never minus zero."""
    return amount.quantize(CENT, ROUND_HALF_UP) + 0


def cents_down(amount: Decimal) -> Decimal:
    """The whole cents in an amount in EUR, towards zero: what a discount on it can be at most."""
    return amount.quantize(CENT, ROUND_DOWN) + 0


def four(amount: Decimal) -> Decimal:
    """A derived unit price in EUR rounded to four decimals, half away from zero; never minus zero."""
    return amount.quantize(FOUR, ROUND_HALF_UP) + 0


def four_up(amount: Decimal) -> Decimal:
    """A unit price in EUR that covers the amount: four decimals, rounded away from zero."""
    return amount.quantize(FOUR, ROUND_UP) + 0


def round_shares(shares: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    """Round exact shares (EUR) to cents so that they add up to `total`, by largest remainder.

    `total` is the rounded sum of the shares. No share moves by a cent or more, none changes sign, and a share that is
    whole cents already stays. Equal remainders go by position. The outcome for minus everything is minus the outcome.
    """
    with localcontext(prec=60):
        exact = [share * HUNDRED for share in shares]
        whole = [share.to_integral_value(ROUND_DOWN) for share in exact]
        left = int(total * HUNDRED - sum(whole))
        step = 1 if left > 0 else -1
        rest = [((share - base) * step).quantize(REMAINDER) for share, base in zip(exact, whole, strict=True)]
        largest = sorted(range(len(rest)), key=lambda i: (-rest[i], i))
        for i in largest[: abs(left)]:
            whole[i] += step
        rounded = [base * CENT + ZERO for base in whole]
        if sum(rounded) != total:
            raise ValueError(f"{total} is not the rounded sum of these shares")
    return rounded


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Spread an amount in EUR, whole cents, over weights in proportion; the parts add up to it exactly.

    Largest remainder, ties by position. A zero weight gets nothing; a negative weight gets the opposite sign. When the
    weights add up to zero there is no proportion: only zero can be spread, anything else is a ValueError.
    """
    if total != cents(total):
        raise ValueError(f"{total} is not a whole number of cents")
    if not total:
        return [ZERO] * len(weights)
    with localcontext(prec=60):
        whole = sum(weights)
        if not whole:
            raise ValueError(f"no weights to spread {total} over")
        shares = [total * weight / whole for weight in weights]
    return round_shares(shares, total)


def amount_field(**kwargs):
    """A model field for an amount in EUR; all amounts of a row share its one column `currency`."""
    from djmoney.models.fields import MoneyField

    settings = {
        "max_digits": 14,
        "decimal_places": 2,
        "currency_field_name": "currency",
        "default_currency": EUR,
        "currency_choices": [(EUR, EUR)],
    }
    return MoneyField(**settings | kwargs)


def money(amount: Decimal):
    """An amount in EUR as a Money value, unrounded."""
    from djmoney.money import Money

    return Money(amount, EUR)
