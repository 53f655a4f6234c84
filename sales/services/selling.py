"""Selling at a till: a basket is a draft order (docs/decisions.md, 1) that starts, steps, waits and is dropped here.

Scanning, lines and discounts are those of every draft (sales.services.lines, drafts, matrix). What a cashier takes off
or drops is journalled, as the law asks of a till.
"""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal, locks
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_time
from backoffice.core.keys import keyed
from backoffice.relations.rights import access_of
from sales import status, totals
from sales.models import SalesOrder
from sales.selectors import day_of_rates
from sales.services import drafts, lines, rating, returning
from sales.services.drafts import ORDER
from sales.services.editing import OpenOrder, open_order, unknown_order

Lifecycle = SalesOrder.Lifecycle


@keyed("sales.till.start")
def start(*, till, employee, on: date | None = None) -> SalesOrder:
    """A new, empty basket at the till's branch, to be taken away at once. on: the till's day, else today."""
    order = drafts.blank(till.branch_id, employee, channel=SalesOrder.Channel.TILL, till=till)
    order.order_date = on or order.order_date
    status.derive(order, [])
    order.save(force_insert=True)
    return order


@keyed("sales.till.step", result=ORDER)
def step(*, order_id: int, line_id: int, steps: int, employee, reason: str = "", approver=None) -> SalesOrder:
    """One piece more or less of a line (steps: 1 or -1), from what it holds now; never below one.

    reason, approver: as lines.set_line.
    """
    opened = open_order(order_id, employee, action="edit", reason=reason, approver=approver)
    line = opened.line(line_id)
    returning.check_change(opened, line)
    quantity = abs(line.quantity) + steps
    if quantity <= 0:
        raise Refusal("line.last_piece", _("Dit is het laatste stuk. Verwijder de regel om hem weg te halen."))
    lines.check_quantity(quantity, line.fractions)
    if line.variant_id is None:
        raise Refusal("line.text_only", _("Een tekstregel heeft geen aantal, prijs of korting."), "text")
    if steps > 0:
        rating.check_more(opened, line, day_of_rates(opened.order))
    line.quantity = Decimal(quantity).copy_sign(line.quantity)
    opened.touch(line)
    return opened.write(touched=[line])


@keyed("sales.till.remove", result=ORDER)
def remove(*, order_id: int, line_ids: list[int], employee) -> SalesOrder:
    """Take lines off the basket. The returned order carries `deleted`: what lines.restore() takes to put them back."""
    order = lines.delete(order_id=order_id, line_ids=line_ids, employee=employee)
    gone = [{"article": line["article_number"], "quantity": line["quantity"]} for line in order.deleted]
    _record("till.line_removed", order, employee, {"lines": gone})
    return order


@keyed("sales.till.drop", result=ORDER)
def drop(*, order_id: int, employee) -> SalesOrder:
    """Bon leegmaken: the basket goes as a whole."""
    order = drafts.discard(order_id=order_id, employee=employee)
    if order.all_lines:
        _record(
            "till.basket_dropped", order, employee, {"gross": str(order.gross.amount), "lines": len(order.all_lines)}
        )
    return order


@keyed("sales.till.park", result=ORDER)
def park(*, order_id: int, name: str, employee) -> SalesOrder:
    """Bon in de wacht, under a name; the customer's where none was typed."""
    opened = open_order(order_id, employee, action="edit", related=("customer",))
    if not opened.lines:
        raise Refusal("basket.empty", _("Er staat niets op de bon."))
    if opened.order.amends_id:
        raise Refusal("basket.order", _("Een order gaat niet in de wacht: leg hem weg."))
    opened.order.parked_name = (name or opened.order.customer_name or _("Zonder naam"))[:60]
    opened.order.revision += 1
    return opened.write("parked_name", "revision")


@keyed("sales.till.unpark", result=ORDER)
def unpark(*, order_id: int, till, employee, on: date | None = None) -> SalesOrder:
    """Go on with a parked basket, at this till and on its day (today where none is given)."""
    opened = open_order(order_id, employee, action="edit")
    order = opened.order
    if not order.parked_name or order.branch_id != till.branch_id:
        raise Refusal("basket.taken", _("Deze bon is al verder geholpen, door %(name)s.") % {"name": order.changed_by})
    order.parked_name, order.till = "", till
    order.revision += 1
    move_day(opened, on or timezone.localdate())
    return opened.write("parked_name", "till", "revision", "order_date")


@keyed("sales.till.follow_day", result=ORDER)
def follow_day(*, order_id: int, on: date, employee) -> SalesOrder:
    """Give a basket the day that it is going to be paid on, with the VAT rates of that day (docs/decisions.md, 23)."""
    opened = open_order(order_id, employee, action="edit")
    redate(opened, on)
    return opened.order


def redate(opened: OpenOrder, on: date) -> bool:
    """Give an opened basket the day, and store what changes by it. Whether it did; a basket of that day costs nothing.

    What it costs follows; that is no deed of the employee, so no ceiling is asked again.
    """
    if not move_day(opened, on):
        return False
    order = opened.order
    order.revision += 1
    order.totals = totals.write(order, opened.lines, employee=opened.employee, fields=("order_date", "revision"))
    return True


def move_day(opened: OpenOrder, on: date) -> bool:
    """Put the day and the VAT rates of it on the basket and its lines, in memory. Whether it was another day."""
    if opened.order.order_date == on:
        return False
    opened.order.order_date = on
    drafts.rate(opened)
    return True


def ordered(order: SalesOrder) -> bool:
    """Whether the basket is meant to become an order: Maak order gave it a day; without it is a sale."""
    return order.lifecycle == Lifecycle.DRAFT and order.expected_delivery_date is not None


@keyed("sales.till.claim", result=ORDER)
def claim(*, order_id: int, till, employee, take_over: bool = False) -> SalesOrder:
    """Open a confirmed order on a till, so that nobody settles it elsewhere meanwhile.

    An order that is open on another till is refused, saying where and by whom, unless it is taken over. One of another
    branch asks the right there. Raises NotFound and Refusal.
    """
    orders = SalesOrder.objects.filter(pk=order_id)
    # whoever comes second is told at once, without waiting for what the first one does meanwhile
    _check_free(orders.first(), till, employee, take_over)
    # who has it is read after the lock: what a locking statement joins is from before it waited
    order = _check_free(next(iter(locks.take("order", orders)), None), till, employee, take_over)
    order.claimed_till, order.claimed_by, order.claimed_at = till, employee, timezone.now()
    order.save(update_fields=["claimed_till", "claimed_by", "claimed_at"])
    _record("till.order_opened", order, employee, {"till": till.pk, "take_over": take_over})
    return order


def _check_free(order: SalesOrder | None, till, employee, take_over: bool) -> SalesOrder:
    """The order, when this till may open it. Raises as claim()."""
    if order is None or not access_of(employee).can("sales.deliver", order.branch_id):
        raise unknown_order()
    if order.lifecycle != Lifecycle.CONFIRMED or order.quotation:
        raise Refusal("order.status", _("Order %(order)s kan niet aan de kassa worden geopend.") % {"order": order})
    if order.status in status.DONE:
        raise Refusal(
            "order.done",
            _("%(order)s is al %(status)s, door %(name)s om %(time)s.")
            % {
                "order": order, "status": order.get_status_display().lower(), "name": order.changed_by,
                "time": format_time(order.changed_at),
            },
        )  # fmt: skip
    if order.claimed_till_id and order.claimed_till_id != till.pk and not take_over:
        raise Claimed(order)
    return order


class Claimed(Refusal):
    """The order is open on another till."""

    status = 409

    def __init__(self, order: SalesOrder):
        assert order.claimed_till is not None and order.claimed_at is not None  # noqa: S101
        text = _("%(order)s is geopend op %(till)s door %(name)s sinds %(time)s.") % {
            "order": order, "till": order.claimed_till.name, "name": order.claimed_by,
            "time": format_time(order.claimed_at),
        }  # fmt: skip
        super().__init__("order.claimed", text)


@keyed("sales.till.release", result=ORDER)
def release(*, order_id: int, till, employee) -> SalesOrder:
    """Put an opened order away: it waits in the queue again."""
    order = next(iter(locks.take("order", SalesOrder.objects.filter(pk=order_id))), None)
    if order is None or not access_of(employee).can("sales.deliver", order.branch_id):
        raise unknown_order()
    if order.claimed_till_id == till.pk:
        order.claimed_till = order.claimed_by = order.claimed_at = None
        order.save(update_fields=["claimed_till", "claimed_by", "claimed_at"])
        _record("till.order_put_away", order, employee, {"till": till.pk})
    return order


def _record(action: str, order: SalesOrder, employee, data: dict) -> None:
    journal.write(branch_id=order.branch_id, employee=employee, action=action, about=order, data=data)
