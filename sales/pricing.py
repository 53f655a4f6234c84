"""What an order costs: line totals, order discount, VAT per rate. Pure: no database, Decimals in, Decimals out.

Every amount is in EUR. Modes: "inclusive" prices hold VAT; "exclusive" prices do not and VAT comes on top;
"reverse_charge" (btw verlegd) and "none" are priced as exclusive and carry no VAT.

Where the rounding comes from:
- a line total is rounded to cents once, because printed lines must add up (EN 16931 BR-CO-10: sum of line net amounts);
- VAT is rounded once per rate over the document, never per line (EN 16931 BR-CO-17, BR-CO-14), arithmetically, as Dutch
  law asks (Uitvoeringsbesluit omzetbelasting 1968; European Court C-484/06, Ahold); in inclusive prices the gross is
  what the shopper was told (Wet op de omzetbelasting 1968, article 38), so the net takes the rounding;
- total = net + VAT (EN 16931 BR-CO-15);
- reverse charge and none make one row at rate 0 (EN 16931 BR-AE-05, BR-AE-08, BR-AE-09): the law wants no rate shown;
- VAT rows are kept per VAT code and percentage, so that two rates of one height never merge;
- what comes back on its receipt goes back as it was sold, also in VAT (Wet op de omzetbelasting 1968, article 29): its
  amounts are given, and stand in the row of the rate that it was sold at, whatever the mode of this order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation, localcontext

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.money import HUNDRED, ZERO, cents, four, round_shares

INCLUSIVE = "inclusive"
EXCLUSIVE = "exclusive"
REVERSE_CHARGE = "reverse_charge"
NONE = "none"
VAT_MODES = (INCLUSIVE, EXCLUSIVE, REVERSE_CHARGE, NONE)
# modes in which no VAT is charged
UNTAXED = frozenset((REVERSE_CHARGE, NONE))
# the VAT codes of what is sold in those modes
UNTAXED_CODES = {REVERSE_CHARGE: "reverse", NONE: "none"}

# enough digits that everything before the rounding is exact
EXACT = Context(prec=60)
NOTHING = Decimal(0)


class PricingError(Refusal, ValueError):
    """These figures cannot be priced. `field` names the input, `line` the line it stands on (from 0), if any."""

    def __init__(self, code: str, message: str, field: str = "", line: int | None = None):
        super().__init__(f"pricing.{code}", message, field)
        self.line = line


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line as entered. Percentages are 0 to 100; amounts are EUR in the mode they were entered in.

    discount_percent goes off first, then discount_amount: a euro discount on the whole line, never below zero, that
    shrinks along when a part of the line is cancelled. A return has a negative quantity; its discounts make it smaller
    too. cancelled has the sign of quantity. entered_mode is that of unit_price (None: the order's), discount_mode that
    of discount_amount (None: the same as the price's).

    goes_back: (net, VAT) in EUR, below zero, of a line that comes back on its receipt: it is not priced but stands as
    it is, in the VAT row of its vat_code and vat_percent, which are those of the sale (see vat_key).
    """

    quantity: Decimal
    unit_price: Decimal
    vat_percent: Decimal
    discount_percent: Decimal = NOTHING
    discount_amount: Decimal = NOTHING
    cancelled: Decimal = NOTHING
    entered_mode: str | None = None
    discount_mode: str | None = None
    vat_code: str = ""
    goes_back: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class VatRow:
    """What one VAT code and percentage come to on the document, after the order discount; EUR, net + vat = gross."""

    code: str
    percent: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """A priced order, EUR.

    line_totals, unit_prices (four decimals), subtotal and order_discount are in the order's mode. subtotal is the sum
    of the line totals; order_discount goes off it (negative where the subtotal is negative).
    """

    line_totals: list[Decimal]
    unit_prices: list[Decimal]
    subtotal: Decimal
    order_discount: Decimal
    vat_rows: list[VatRow]
    net: Decimal
    vat: Decimal
    gross: Decimal


def price(
    lines: Sequence[PricedLine],
    vat_mode: str,
    order_discount_percent: Decimal = NOTHING,
    order_discount_amount: Decimal = NOTHING,
    order_discount_mode: str | None = None,
) -> Totals:
    """Price an order in `vat_mode`. Raises PricingError for figures that cannot be.

    The order discount is a percentage, or a euro amount in `order_discount_mode` (None: the order's mode), or both, the
    percentage first. It is rounded once and spread over the VAT rates by largest remainder; what comes back on its
    receipt has none. The totals do not depend on the order of the lines.
    """
    _check_mode(vat_mode)
    with localcontext(EXACT):
        try:
            totals, unit_prices = _price_lines(lines, vat_mode, vat_mode)
            by_rate = _by_rate(lines, totals, vat_mode)
            subtotal = sum(by_rate.values(), ZERO)
            off = _order_discount(
                lines, subtotal, vat_mode, order_discount_percent, order_discount_amount, order_discount_mode
            )
            percentage = order_discount_percent / HUNDRED
            shares = [sub * percentage + (off * sub / subtotal if off else ZERO) for sub in by_rate.values()]
            discount = cents(subtotal * percentage + off)
            parts = round_shares(shares, discount)
            rows = [
                _vat_row(code, percent, amount - part, vat_mode)
                for ((code, percent), amount), part in zip(by_rate.items(), parts, strict=True)
            ]
            rows = _with_returns(lines, rows)
        except InvalidOperation as error:
            raise PricingError("number", _("Dit is geen bruikbaar getal.")) from error
    return Totals(
        line_totals=totals,
        unit_prices=unit_prices,
        subtotal=sum(totals, ZERO),
        order_discount=discount,
        vat_rows=rows,
        net=sum((row.net for row in rows), ZERO),
        vat=sum((row.vat for row in rows), ZERO),
        gross=sum((row.gross for row in rows), ZERO),
    )


def vat_key(code: str, percent: Decimal, vat_mode: str) -> tuple[str, Decimal]:
    """The VAT row (code, percentage) of an article with this rate when it is sold in `vat_mode`."""
    return (UNTAXED_CODES[vat_mode], NOTHING) if vat_mode in UNTAXED else (code, percent)


def convert(amount: Decimal, vat_percent: Decimal, from_mode: str, to_mode: str) -> Decimal:
    """An amount in EUR entered in one mode, as it is in another: four decimals. Always convert what was entered."""
    _check_mode(from_mode)
    _check_mode(to_mode)
    with localcontext(EXACT):
        return _convert(amount, vat_percent, from_mode, to_mode)


def _convert(amount, vat_percent, from_mode, to_mode):
    if (from_mode == INCLUSIVE) == (to_mode == INCLUSIVE):
        return four(amount)
    factor = HUNDRED + vat_percent
    return four(amount * HUNDRED / factor if from_mode == INCLUSIVE else amount * factor / HUNDRED)


def _price_lines(lines, order_mode, mode, whole=False):
    """Line totals and unit prices in `mode`; `whole` prices them as if nothing were cancelled."""
    totals, unit_prices = [], []
    for number, line in enumerate(lines):
        refused = _fault(line, order_mode)
        if refused:
            code, message, field = refused
            raise PricingError(code, message, field, line=number)
        unit_price = _convert(line.unit_price, line.vat_percent, line.entered_mode or order_mode, mode)
        if line.goes_back is not None:
            net, vat = line.goes_back
            totals.append(net + vat if mode == INCLUSIVE else net)
            unit_prices.append(unit_price)
            continue
        quantity = line.quantity if whole else line.quantity - line.cancelled
        value = quantity * unit_price
        if line.discount_percent:
            value = value * (HUNDRED - line.discount_percent) / HUNDRED
        if line.discount_amount:
            value = _less_euro_discount(line, value, quantity, order_mode, mode)
        totals.append(cents(value))
        unit_prices.append(unit_price)
    return totals, unit_prices


def _less_euro_discount(line, value, quantity, order_mode, mode):
    """The value of a line in `mode`, less its euro discount for the part that is not cancelled; never past zero."""
    price_mode = line.entered_mode or order_mode
    discount_mode = line.discount_mode or price_mode
    if line.discount_amount == _discountable(line, price_mode, discount_mode):
        return ZERO  # free as entered is free in every mode, whatever the derived unit price rounds to
    off = _convert(line.discount_amount, line.vat_percent, discount_mode, mode) * quantity / line.quantity
    return max(value - off, ZERO) if quantity > 0 else min(value + off, ZERO)


def _discountable(line, price_mode, discount_mode):
    """What a euro discount on the whole line can be at most, exactly, in the mode it was entered in."""
    most = abs(line.quantity) * line.unit_price * (HUNDRED - line.discount_percent) / HUNDRED
    if (price_mode == INCLUSIVE) == (discount_mode == INCLUSIVE):
        return most
    factor = HUNDRED + line.vat_percent
    return most * HUNDRED / factor if price_mode == INCLUSIVE else most * factor / HUNDRED


def _fault(line, order_mode):
    """Why a line cannot be priced, as (code, sentence, field); None when it can."""
    if not (line.quantity > 0 or line.quantity < 0):
        return "quantity_zero", _("Het aantal mag niet nul zijn."), "quantity"
    if not (0 <= line.cancelled / line.quantity <= 1):
        return "cancelled", _("Er is meer geannuleerd dan besteld."), "cancelled"
    if line.unit_price < 0:
        return "unit_price", _("De prijs mag niet negatief zijn."), "unit_price"
    if not (0 <= line.vat_percent <= 100):
        return "vat_percent", _("Het BTW-percentage ligt tussen 0 en 100."), "vat_percent"
    if not (0 <= line.discount_percent <= 100):
        return "discount_percent", _("De korting ligt tussen 0 en 100 %."), "discount_percent"
    price_mode = line.entered_mode or order_mode
    discount_mode = line.discount_mode or price_mode
    _check_mode(price_mode)
    _check_mode(discount_mode)
    if line.discount_amount < 0:
        return "discount_amount", _("De korting mag niet negatief zijn."), "discount_amount"
    if line.discount_amount and line.discount_amount > _discountable(line, price_mode, discount_mode):
        return "discount_amount", _("De korting is hoger dan het bedrag van de regel."), "discount_amount"
    return None


def _by_rate(lines, totals, vat_mode):
    """{(VAT code, percentage): sum of its line totals} of what is priced here, the highest percentage first."""
    sums: dict[tuple[str, Decimal], Decimal] = {}
    for line, total in zip(lines, totals, strict=True):
        if line.goes_back is None:
            key = vat_key(line.vat_code, line.vat_percent, vat_mode)
            sums[key] = sums.get(key, ZERO) + total
    return dict(sorted(sums.items(), key=lambda item: _order_of(item[0])))


def _order_of(key):
    """VAT rows stand by percentage, the highest first, then by code."""
    code, percent = key
    return -percent, code


def _with_returns(lines, rows):
    """The VAT rows with what comes back as it was sold: an amount of a row of its own rate, never priced anew."""
    back: dict[tuple[str, Decimal], list[Decimal]] = {}
    for line in lines:
        if line.goes_back is not None:
            sums = back.setdefault((line.vat_code, line.vat_percent), [ZERO, ZERO])
            sums[0] += line.goes_back[0]
            sums[1] += line.goes_back[1]
    if not back:
        return rows
    found = {(row.code, row.percent): row for row in rows}
    for key, (net, vat) in back.items():
        row = found.get(key, VatRow(*key, ZERO, ZERO, ZERO))
        found[key] = VatRow(*key, row.net + net, row.vat + vat, row.gross + net + vat)
    return [found[key] for key in sorted(found, key=_order_of)]


def _order_discount(lines, subtotal, vat_mode, percent, amount, mode):
    """Check the order discount; what its euro amount takes off `subtotal`, exact and with the sign of the subtotal.

    A euro amount takes the same fraction of the order in every mode; when lines are cancelled it shrinks along with the
    subtotal, and it never grows.
    """
    if not (0 <= percent <= 100):
        raise PricingError(
            "order_discount_percent", _("De orderkorting ligt tussen 0 en 100 %."), "order_discount_percent"
        )
    if amount < 0:
        raise PricingError(
            "order_discount_amount", _("De orderkorting mag niet negatief zijn."), "order_discount_amount"
        )
    if not amount:
        return ZERO
    entered = whole = subtotal
    mode = mode or vat_mode
    _check_mode(mode)
    if any(line.cancelled for line in lines):
        whole = entered = sum(_price_lines(lines, vat_mode, vat_mode, whole=True)[0], ZERO)
    if (mode == INCLUSIVE) != (vat_mode == INCLUSIVE):
        entered = sum(_price_lines(lines, vat_mode, mode, whole=True)[0], ZERO)
    if amount > abs(entered) * (HUNDRED - percent) / HUNDRED:
        raise PricingError(
            "order_discount_amount",
            _("De orderkorting is hoger dan het totaal van de regels."),
            "order_discount_amount",
        )
    left = min(abs(subtotal), abs(whole)).copy_sign(subtotal)
    return amount * left / abs(entered)


def _vat_row(code, percent, amount, vat_mode):
    """The row of one rate. Inclusive: `amount` is the gross and stays; otherwise it is the net and stays."""
    if vat_mode in UNTAXED:
        return VatRow(code, percent, amount, ZERO, amount)
    if vat_mode == INCLUSIVE:
        vat = cents(amount * percent / (HUNDRED + percent))
        return VatRow(code, percent, amount - vat, vat, amount)
    vat = cents(amount * percent / HUNDRED)
    return VatRow(code, percent, amount, vat, amount + vat)


def _check_mode(mode):
    if mode not in VAT_MODES:
        raise PricingError("vat_mode", _("Deze BTW-wijze bestaat niet."), "vat_mode")
