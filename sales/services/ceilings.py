"""How far below its list price a line may go, and what was allowed on it (docs/decisions.md, 25).

Every write of a draft asks this of every line: a price can also become lower by what happens to another line, to the
order discount, or to the number of pieces.
"""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_percent
from backoffice.core.money import CENT, HUNDRED, four_up
from backoffice.relations.rights import access_of
from sales import pricing, totals
from sales.models import OrderLine, SalesOrder

if TYPE_CHECKING:
    from sales.services.editing import OpenOrder


def check(opened: "OpenOrder", priced: pricing.Totals) -> None:
    """Raises Refusal when a line lies further below its list price than the employee may give, or than was allowed.

    priced: the totals of the draft in its own VAT mode. A line remembers up to how many pieces and how deep it was
    allowed; within both nothing is asked. More pieces or deeper asks the ceiling of the employee, and beyond it, or
    for what is given away, the right sales.override and a reason, of the employee or of the approver; that is
    journalled. Both sides are compared with the VAT that the list price holds, whatever the order's VAT mode is: so a
    mode without VAT is no discount, and leaves no more to be given than the same part of the net price.
    """
    order = opened.order
    off_order = bool(order.discount_percent or order.discount_amount.amount)
    low = [line for line in opened.lines if _may_lie_below(line, off_order=off_order)]
    if not low:
        return
    if order.vat_mode != pricing.INCLUSIVE:
        priced = totals.compute(order, opened.lines, pricing.INCLUSIVE)
    kept = 1 - (priced.order_discount / priced.subtotal if priced.subtotal else Decimal(0))
    line_totals = dict(zip(map(id, opened.lines), priced.line_totals, strict=True))
    asked = {id(line): line_totals[id(line)] * kept for line in low}
    overridden = [told for line in low if (told := _check_line(opened, line, asked[id(line)]))]
    if overridden:
        journal.write(
            branch_id=order.branch_id,
            employee=opened.employee,
            action="sales.price_overridden",
            about=SalesOrder(pk=order.amends_id) if order.amends_id else order,
            data={"lines": overridden} | ({"approved_by": opened.approver.pk} if opened.approver else {}),
        )


def _may_lie_below(line: OrderLine, *, off_order: bool) -> bool:
    """Whether the line can lie below its list price at all: asked of every line, so without pricing anything."""
    if line.variant_id is None or line.quantity <= 0:
        return False
    if off_order or line.discount_percent or line.discount_amount.amount:
        return True
    price = line.entered_price.amount
    if line.entered_mode != pricing.INCLUSIVE:
        price = price * (HUNDRED + line.vat_percent) / HUNDRED
    return price < line.list_price.amount


def _check_line(opened: "OpenOrder", line: OrderLine, asked: Decimal) -> dict | None:
    """One line, asked for so much (EUR including VAT, every discount off); what the journal says of an override."""
    listed = line.list_price.amount * (line.quantity - line.cancelled_quantity)
    if listed <= 0 or asked >= listed:
        return None
    within = _leaves(asked, listed, line.allowed_off)
    if within and line.quantity <= line.allowed_quantity:
        return None
    off, branch_id = (1 - asked / listed) * HUNDRED, opened.order.branch_id
    ceiling = access_of(opened.employee).ceiling(branch_id)
    if asked and _leaves(asked, listed, ceiling):
        _allow(line, off, None, "")
        return None
    words = {"off": format_percent(round(off, 1)), "ceiling": format_percent(ceiling)}
    voucher = opened.approver or opened.employee
    if not access_of(voucher).can("sales.override", branch_id):
        message = _("Dit is %(off)s onder de verkoopprijs; u mag tot %(ceiling)s. Vraag uw filiaalmanager.") % words
        raise Refusal("price.ceiling", message, "discount")
    reason = opened.reason or _known_reason(opened, line, within=within)
    if not reason:
        raise Refusal("price.reason", _("Dit is %(off)s onder de verkoopprijs. Geef een reden op.") % words, "reason")
    _allow(line, off, voucher, reason)
    return {"line": str(line.key), "off_percent": str(round(off, 1)), "reason": reason}


def _leaves(asked: Decimal, listed: Decimal, off: Decimal) -> bool:
    """Whether so many percent off the list price still come to what is asked, but for a cent of rounding."""
    return asked >= listed * (HUNDRED - off) / HUNDRED - CENT


def _known_reason(opened: "OpenOrder", line: OrderLine, *, within: bool) -> str:
    """The reason that was given before, for more pieces (within the depth), or for the discount of the whole order."""
    if within:
        return line.override_reason
    own = line.discount_percent or line.discount_amount.amount or line.entered_price.amount < line.list_price.amount
    return "" if own else next((other.override_reason for other in opened.lines if other.override_by_id), "")


def _allow(line: OrderLine, off: Decimal, voucher, reason: str) -> None:
    line.allowed_quantity, line.allowed_off = line.quantity, four_up(off)
    line.override_by, line.override_reason = voucher, reason
    line.dirty = True
