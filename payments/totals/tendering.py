"""What is handed over becomes rows of the ledger: payment, change, rounding. Pure: Decimals in EUR, no database.

Cash is rounded to 5 cents on what is left after the other methods, with a row of its own:
the shop's own choice (branch.cash_rounding). Part-payments in cash are multiples of 5 cents.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money
from backoffice.core.money import ZERO, cents

FIVE = Decimal("0.05")
PAYMENT, CHANGE, ROUNDING = "payment", "change", "rounding"


@dataclass(frozen=True, slots=True)
class Row:
    """One row to book: what it is, which tender it came from (its place, None for rounding), and EUR."""

    what: str
    tender: int | None
    amount: Decimal


def to_five(amount: Decimal) -> Decimal:
    """The nearest multiple of 5 cents; the same for minus the amount. Whole cents have no ties."""
    return cents((amount / FIVE).to_integral_value() * FIVE)


def rows(
    rest: Decimal, tenders: Sequence[tuple[bool, Decimal]], *, rounds: bool = True, change: bool = False
) -> list[Row]:
    """The rows that these tenders make of an order with `rest` to pay (negative: to be given back).

    tenders: [(is it cash, EUR)], signed as the rest. Cash that is exactly the rest, or at least the rounded rest,
    closes it. Raises Refusal for zero, for the other direction and for too much (cash with `change` gives it back).
    """
    if not tenders:
        raise Refusal("payments.nothing", _("Kies een betaalwijze en vul een bedrag in."), "amount")
    sign = -1 if rest < 0 else 1
    if sum(1 for cash, _amount in tenders if cash) > 1:
        raise Refusal("payments.cash_twice", _("Vul voor contant één bedrag in."), "amount")
    left, made, cash_at = rest * sign, [], None
    for place, (cash, amount) in enumerate(tenders):
        size = amount * sign
        if size != cents(size):
            raise Refusal("payments.cents", _("Vul een bedrag in hele centen in."), "amount")
        if size < 0 or (not size and not cash):
            raise Refusal("payments.not_positive", _("Vul een bedrag boven nul in."), "amount")
        if cash:
            cash_at = place
            continue
        left -= size
        made.append(Row(PAYMENT, place, amount))
    if left < 0:
        raise too_much(rest * sign)
    if cash_at is None:
        return made
    given = tenders[cash_at][1] * sign
    due = to_five(left) if rounds else left
    if given == left:
        given = due  # "the rest, in cash"
    elif rounds and given != to_five(given):
        raise Refusal("payments.five_cents", _("Contant gaat per 5 cent. Vul een veelvoud van € 0,05 in."), "amount")
    if given < due:
        if not given:
            raise Refusal("payments.not_positive", _("Vul een bedrag boven nul in."), "amount")
        return [*made, Row(PAYMENT, cash_at, given * sign)]
    over = given - due
    if over and not (change and sign > 0):
        raise too_much(rest * sign)
    if not left and not over:
        raise Refusal("payments.not_positive", _("Vul een bedrag boven nul in."), "amount")
    if given:
        made.append(Row(PAYMENT, cash_at, given * sign))
    if over:
        made.append(Row(CHANGE, cash_at, -over))
    if left != due:
        made.append(Row(ROUNDING, None, (left - due) * sign))
    return made


def refund_rows(amounts: Sequence[tuple[bool, Decimal]], *, rounds: bool = True) -> list[Row]:
    """The rows of giving money back: amounts [(is it cash, EUR above zero)]; cash rounds as it did coming in."""
    made = []
    for place, (cash, amount) in enumerate(amounts):
        if amount <= 0 or amount != cents(amount):
            raise Refusal("payments.not_positive", _("Vul een bedrag boven nul in."), "amount")
        out = to_five(amount) if cash and rounds else amount
        if out:
            made.append(Row(PAYMENT, place, -out))
        if out != amount:
            made.append(Row(ROUNDING, None, out - amount))
    if not made:
        raise Refusal("payments.nothing", _("Kies waar het geld naartoe gaat."), "amount")
    return made


def too_much(rest: Decimal) -> Refusal:
    return Refusal(
        "payments.too_much",
        _("Er is nog %(rest)s te betalen; meer aannemen kan niet.") % {"rest": format_money(max(rest, ZERO))},
        "amount",
    )
