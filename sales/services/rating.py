"""A VAT rate that changes between an order and its delivery (docs/decisions.md, 24).

What is delivered is taxed by the day that it is delivered. Whether lines of earlier orders follow is said with each
change of a rate (VatRate.undelivered); a line that follows does so as a whole, at its first delivery. Whoever delivers
says whether the price including or excluding VAT stays.
"""

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.catalog.models import VatRate
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money, format_percent
from backoffice.core.money import HUNDRED, cents, cents_down
from sales import pricing, totals
from sales.models import OrderLine, OrderVersion, SalesOrder
from sales.services import versions
from sales.services.amending import Settle, money_left
from sales.services.editing import OpenOrder, check_holds, check_not_amended

ANSWER = re.compile(r"(inclusive|exclusive):(-?[0-9]{1,12}\.[0-9]{2})", re.ASCII)
STAYS = (pricing.INCLUSIVE, pricing.EXCLUSIVE)


@dataclass(frozen=True)
class Question:
    """What stays, the price including or excluding VAT: the total now and in either case, EUR including VAT.

    rates: the old and the new percentage of what leaves.
    """

    old: Decimal
    inclusive: Decimal
    exclusive: Decimal
    rates: list[tuple[Decimal, Decimal]]

    @property
    def said(self) -> str:
        """The change in words: 21 % wordt 24 %."""
        words = [
            _("%(old)s wordt %(new)s") % {"old": format_percent(old), "new": format_percent(new)}
            for old, new in self.rates
        ]
        return ", ".join(words)

    @property
    def answers(self) -> list[tuple[str, str]]:
        """[(what a form sends, its words)]: read_answer reads the first."""
        words = (
            _("De prijs inclusief btw blijft: totaal %(total)s"),
            _("De prijs exclusief btw blijft: totaal %(total)s"),
        )
        totals_of = (self.inclusive, self.exclusive)
        return [
            (f"{stays}:{total:f}", text % {"total": format_money(total)})
            for stays, total, text in zip(STAYS, totals_of, words, strict=True)
        ]


def read_answer(text: str) -> tuple[str, Decimal | None]:
    """(what stays, the total that was shown with it) of an answer; ("", None) where it is none of ours."""
    found = ANSWER.fullmatch(text)
    return (found[1], Decimal(found[2])) if found else ("", None)


class RatesChanged(Refusal):
    """What leaves takes another VAT rate than it was ordered at: asked before anything is booked."""

    def __init__(self, question: Question):
        super().__init__(
            "delivery.rate",
            _("Het btw-tarief is gewijzigd: %(rates)s. Kies welke prijs blijft.") % {"rates": question.said},
            "price_stays",
        )
        self.question = question


def due(order: SalesOrder, lines: Iterable[OrderLine], on: date) -> dict[int, Decimal]:
    """{line id: new percentage} of these lines, all to be delivered on the day, that take another VAT rate.

    Not what is a text or comes back, what was delivered in part before, nor anything under a mode without VAT. At most
    one statement, and none where no rate began after the order's date.
    """
    if order.vat_mode in pricing.UNTAXED or order.order_date >= on or not getattr(order, "later_rates", True):
        return {}
    open_ones = [line for line in lines if line.variant_id and line.quantity > 0 and not line.delivered_quantity]
    codes = {line.vat_code for line in open_ones}
    periods = list(VatRate.objects.filter(code__in=codes, valid_from__lte=on).order_by("valid_from"))
    found = {line.pk: _percent(line, order.order_date, periods) for line in open_ones}
    return {line.pk: found[line.pk] for line in open_ones if found[line.pk] != line.vat_percent}


def _percent(line: OrderLine, ordered: date, periods: list[VatRate]) -> Decimal:
    """The percentage of a line after every change of its rate since it was added, each as it says itself."""
    of_code = [period for period in periods if period.code == line.vat_code]
    own = [number for number, period in enumerate(of_code) if period.percent == line.vat_percent]
    later = of_code[own[-1] + 1 :] if own else [period for period in of_code if period.valid_from > ordered]
    follows = [period.percent for period in later if period.undelivered == VatRate.Undelivered.FOLLOW]
    return follows[-1] if follows else line.vat_percent


def question_of(order: SalesOrder, lines: list[OrderLine], percents: Mapping[int, Decimal]) -> Question:
    """What either answer makes of the total, with nothing changed. lines: all of the order; percents: from due()."""
    rates = {(line.vat_percent, percents[line.pk]) for line in lines if line.pk in percents}
    gross = {}
    for stays in STAYS:
        asked, twins = copy.copy(order), [copy.copy(line) for line in lines]
        _rate(asked, twins, percents, stays)
        gross[stays] = totals.compute(asked, twins).gross
    return Question(order.gross.amount, gross[pricing.INCLUSIVE], gross[pricing.EXCLUSIVE], sorted(rates))


def asked(order: SalesOrder, lines: list[OrderLine], leaving: Iterable[OrderLine], on: date) -> Question | None:
    """The question that delivering these of its lines on the day asks; None where it asks none. Changes nothing."""
    percents = due(order, leaving, on)
    return question_of(order, lines, percents) if percents else None


def follow(
    opened: OpenOrder,
    lines: Iterable[OrderLine],
    *,
    on: date,
    stays: str = "",
    seen: Decimal | None = None,
    settle: Settle | None = None,
) -> bool:
    """Give these lines of an opened order, that leave on the day, the VAT rates of it. Whether anything changed.

    stays: "inclusive" or "exclusive", which price is kept; seen: the total (EUR incl. VAT) that was shown with it.
    Without an answer, or with another total, RatesChanged is raised. It is a change of what was agreed: a version and a
    journal row, what is paid is split anew (ON_NEW_TOTAL). settle: as apply_amendment. Raises Refusal
    order.money_left where more is paid than the new total, and where the order is being amended or paid by card.
    """
    order = opened.order
    percents = due(order, lines, on)
    if not percents:
        return False
    check_not_amended(order)
    question = question_of(order, opened.lines, percents)
    if stays not in STAYS or seen not in (None, getattr(question, stays)):
        raise RatesChanged(question)
    check_holds(order, opened.lines, "amend")
    order.totals = totals.compute(order, opened.lines)
    before, gross = versions.snapshot(order, opened.lines), order.gross.amount
    _rate(order, opened.lines, percents, stays)
    for line in opened.lines:
        if line.pk in percents:
            opened.touch(line)
    order.totals = totals.recalculate(order, opened.lines)
    finish = money_left(opened, gross, settle)
    order.version += 1
    order.revision += 1
    fields = ("version", "revision", "discount_amount", "discount_mode")
    totals.store(order, opened.lines, order.totals, employee=opened.employee, fields=fields)
    after = versions.snapshot(order, opened.lines)
    order.new_version = versions.add(
        order,
        opened.lines,
        employee=opened.employee,
        action=OrderVersion.Action.AMENDED,
        changes=versions.diff(before, after),
        reason=_reason(question, stays),
        kept=after,
    )
    finish()
    return True


def check_more(opened: OpenOrder, line: OrderLine, on: date) -> None:
    """Raises Refusal where more pieces are wanted on the day of a line that keeps an older VAT rate.

    A line is never split over two rates: what is added to the order now is a line of its own. One that is going to
    follow the rate at its delivery takes any number of pieces, and so does one of an order without VAT.
    """
    order = opened.order
    if order.amends_id is None or order.vat_mode in pricing.UNTAXED:
        return
    if not line.variant_id or not getattr(order, "later_rates", True):
        return
    periods = list(VatRate.objects.filter(code=line.vat_code, valid_from__lte=on).order_by("valid_from"))
    new = periods[-1].percent if periods else line.vat_percent
    delivered = opened.done.get(line.key, (0,))[0]
    kept = line.vat_percent if delivered else _percent(line, order.order_date, periods)
    if kept != new:
        raise Refusal(
            "line.rate",
            _("Deze regel houdt %(old)s btw; nu is het %(new)s. Voeg de extra stuks toe als nieuwe regel.")
            % {"old": format_percent(line.vat_percent), "new": format_percent(new)},
            "quantity",
        )


def _reason(question: Question, stays: str) -> str:
    if stays == pricing.INCLUSIVE:
        return _("Btw %(rates)s; de prijs inclusief btw blijft") % {"rates": question.said}
    return _("Btw %(rates)s; de prijs exclusief btw blijft") % {"rates": question.said}


def _rate(order: SalesOrder, lines: list[OrderLine], percents: Mapping[int, Decimal], stays: str) -> None:
    """Give the lines their new percentages in memory; prices and euro discounts are kept in the mode that stays."""
    off = _order_discount(order, lines, stays)
    for line in lines:
        if line.pk in percents:
            _restate(line, stays)
            if stays == pricing.EXCLUSIVE:  # so that no discount appears, or goes, by the change
                listed = line.list_price.amount * (HUNDRED + percents[line.pk]) / (HUNDRED + line.vat_percent)
                line.list_price = cents(listed)
            line.vat_percent = percents[line.pk]
    if off is not None:
        whole = copy.copy(order)
        whole.discount_amount = Decimal(0)
        most = totals.compute(whole, _whole(lines), stays).subtotal
        order.discount_amount, order.discount_mode = min(off, most), stays


def _order_discount(order: SalesOrder, lines: list[OrderLine], stays: str) -> Decimal | None:
    """What the order's euro discount is in the mode that stays, before anything is cancelled; None where it stays."""
    if not order.discount_amount.amount or _same(order.discount_mode, stays):
        return None
    return totals.compute(order, _whole(lines), stays).order_discount


def _whole(lines: list[OrderLine]) -> list[OrderLine]:
    """Copies of the lines as if nothing of them were cancelled."""
    twins = [copy.copy(line) for line in lines]
    for twin in twins:
        twin.cancelled_quantity = Decimal(0)
    return twins


def _restate(line: OrderLine, stays: str) -> None:
    """The price and the euro discount of a line in the mode that stays, at the percentage that it still has."""
    off = line.discount_amount.amount
    if off and not _same(line.discount_mode, stays):
        entered = pricing.convert(line.entered_price.amount, line.vat_percent, line.entered_mode, line.discount_mode)
        if off >= cents(entered * abs(line.quantity)):  # free stays free
            line.discount_percent, line.discount_amount = HUNDRED, Decimal(0)
        else:
            line.discount_amount = cents(pricing.convert(off, line.vat_percent, line.discount_mode, stays))
        line.discount_mode = stays
    if not _same(line.entered_mode, stays):
        price = pricing.convert(line.entered_price.amount, line.vat_percent, line.entered_mode, stays)
        line.entered_price, line.entered_mode = price, stays
    if line.discount_amount.amount:
        most = cents_down(line.entered_price.amount * abs(line.quantity))
        line.discount_amount = min(line.discount_amount.amount, most)


def _same(mode: str, other: str) -> bool:
    """Whether amounts of the two modes are the same figure: all but inclusive hold no VAT."""
    return (mode == pricing.INCLUSIVE) == (other == pricing.INCLUSIVE)
