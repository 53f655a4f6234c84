"""What every change of an order begins and ends with."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal
from functools import cache
from uuid import UUID

from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import locks
from backoffice.core.db.spelled import Spelled
from backoffice.core.errors import NotFound, Refusal, Stale
from backoffice.core.formats import format_datetime, format_quantity, format_time
from backoffice.relations.models import Employee
from backoffice.relations.rights import access_of
from sales import status, totals
from sales.models import OrderLine, SalesOrder
from sales.selectors import LATER_RATES
from sales.services import ceilings

MAX_LINES = 1000


@dataclass(frozen=True)
class Hold:
    """What a floor above may hold an order by: `exists` is read along with each of its lines, under the order's lock.

    Where it does, check(order, action) raises Refusal for the actions that must wait.
    """

    name: str
    exists: Exists
    check: Callable[[SalesOrder, str], None]


HOLDS: list[Hold] = []


def unknown_order() -> NotFound:
    return NotFound("order.unknown", _("Deze order is er niet, of hoort bij een ander filiaal."))


@dataclass
class OpenOrder:
    """A locked order and all its lines, in memory, in order."""

    order: SalesOrder
    lines: list[OrderLine]
    employee: Employee
    # of an amendment: what is delivered and cancelled of each line of its order, by key (absolute pieces)
    done: dict[UUID, tuple[Decimal, Decimal]] = dataclass_field(default_factory=dict)
    approver: Employee | None = None  # who stands beside the employee and lends the own rights for prices
    reason: str = ""  # why prices go below what the employee may give, as typed with this change

    def line(self, line_id: int) -> OrderLine:
        for line in self.lines:
            if line.pk == line_id:
                return line
        raise Refusal("line.gone", _("Deze regel is intussen verwijderd."))

    def append(self, line: OrderLine) -> OrderLine:
        if len(self.lines) >= MAX_LINES:
            raise Refusal("order.too_long", _("Een order heeft ten hoogste 1.000 regels. Maak een tweede order."))
        line.order = self.order
        line.position = self.lines[-1].position + 1 if self.lines else 1
        line.changed_by = self.employee
        self.lines.append(line)
        return line

    def touch(self, line: OrderLine) -> None:
        """Mark a line as changed by the acting employee; of an amendment it says again what is delivered by now."""
        if line.key in self.done:
            delivered = self.done[line.key][0].copy_sign(line.quantity)
            line.delivered_quantity = min(delivered, line.quantity - line.cancelled_quantity, key=abs)
        self.stamp(line)
        line.dirty = True

    def stamp(self, line: OrderLine) -> None:
        """Say on the line who changed it, and when."""
        line.revision += 1
        line.changed_by = self.employee
        line.changed_at = timezone.now()

    def floor(self, line: OrderLine) -> Decimal:
        """What the quantity of the line cannot go below, in pieces: delivered and cancelled."""
        return sum(self.done.get(line.key, ()), Decimal(0))

    def check_floor(self, line: OrderLine, wanted: Decimal) -> None:
        """Raises Refusal when fewer pieces are wanted than are delivered and cancelled; 0 is to delete the line."""
        if abs(wanted) >= self.floor(line):
            return
        delivered, cancelled = self.done[line.key]
        done = [_("%(quantity)s geleverd") % {"quantity": format_quantity(delivered)}] if delivered else []
        done += [_("%(quantity)s geannuleerd") % {"quantity": format_quantity(cancelled)}] if cancelled else []
        words = {"done": _(" en ").join(done), "floor": format_quantity(self.floor(line))}
        if wanted:
            message = _("Hiervan is al %(done)s; vul %(floor)s of meer in.") % words
        else:
            message = _("Hiervan is al %(done)s; deze regel kan niet worden verwijderd.") % words
        raise Refusal("line.done", message, "quantity")

    def write(self, *fields: str, touched=()) -> SalesOrder:
        """Recalculate, hold every line to what may be given, store; the order with its lines and what was touched."""
        order = self.order
        order.totals = totals.recalculate(order, self.lines)
        ceilings.check(self, order.totals)
        totals.store(order, self.lines, order.totals, employee=self.employee, fields=fields)
        order.all_lines = self.lines
        order.touched = {line.pk for line in touched}
        return order


def open_order(
    order_id: int,
    employee,
    *,
    action: str,
    related: tuple[str, ...] = (),
    right: str = "sales.edit",
    reason: str = "",
    approver: Employee | None = None,
) -> OpenOrder:
    """Lock the order for an action of status.ACTIONS and read its lines.

    related: what else of the order the service is going to look at, read along. reason, approver: of the OpenOrder.
    Raises Refusal when the action is not legal, NotFound when the right is not held at its branch.
    """
    found = locks.take("order", _with(related), order_id)
    if not found or not access_of(employee).can(right, found[0].branch_id):
        raise unknown_order()
    order = found[0]
    status.guard(order, action)
    if order.amends_id:
        check_claim(order, employee)
    lines = read_lines([order.pk])
    check_holds(order, lines, action)
    for line in lines:
        line.order = order
    order.found_at = order.changed_at
    done = done_of(order.amends_id) if order.amends_id else {}
    return OpenOrder(order, lines, employee, done, approver=approver, reason=reason)


@cache
def _with(related: tuple[str, ...]) -> Spelled:
    """The order with this id, with what is to be read along, and whether a VAT rate began after its date."""
    orders = SalesOrder.objects.annotate(later_rates=LATER_RATES).order_by()
    orders = orders.select_related(*related) if related else orders
    return Spelled(lambda pk: orders.filter(pk=pk))


def done_of(order_id: int) -> dict[UUID, tuple[Decimal, Decimal]]:
    """What is delivered and cancelled of each line of an order, as it stands now, by key (absolute pieces)."""
    lines = OrderLine.objects.filter(order=order_id).values_list("key", "delivered_quantity", "cancelled_quantity")
    return {key: (abs(delivered), abs(cancelled)) for key, delivered, cancelled in lines}


class Claimed(Stale):
    """Somebody else is amending the order: says who, and since when."""

    def __init__(self, amendment: SalesOrder):
        who, at = amendment.claimed_by, amendment.claimed_at
        today = at and timezone.localdate(at) == timezone.localdate()
        since = format_time(at) if today else format_datetime(at)
        message = _("%(who)s wijzigt deze order sinds %(since)s.") % {"who": who, "since": since}
        super().__init__(message, who=str(who or ""), at=at)
        self.code = "order.claimed"


def check_claim(amendment: SalesOrder, employee) -> None:
    """Raises Claimed when another employee has the amendment."""
    if amendment.claimed_by_id != employee.pk:
        raise Claimed(amendment)


def check_not_amended(order: SalesOrder) -> None:
    """Raises Claimed while an amendment of the order is open, whoever has it. Index: order_one_amendment."""
    open_one = SalesOrder.objects.filter(amends=order, lifecycle=SalesOrder.Lifecycle.DRAFT)
    amendment = open_one.select_related("claimed_by").first()
    if amendment is not None:
        raise Claimed(amendment)


def read_lines(order_ids: Collection[int]) -> list[OrderLine]:
    """The lines of these orders by position, each saying what holds its order."""
    rows = _lines_of(tuple(hold.name for hold in HOLDS))(*order_ids)
    return sorted(rows, key=lambda line: line.position)


@cache
def _lines_of(holds: tuple[str, ...]) -> Spelled:
    lines = OrderLine.objects.annotate(**{hold.name: hold.exists for hold in HOLDS if hold.name in holds}).order_by()
    return Spelled(lambda *order_ids: lines.filter(order__in=order_ids))


def check_holds(order: SalesOrder, lines, action: str) -> None:
    """Raises Refusal where a floor above holds the order, by the lines that read_lines read after it was locked."""
    for hold in HOLDS:
        if any(getattr(line, hold.name) for line in lines[:1]):
            hold.check(order, action)


def check_revision(row, revision: int | None, fields: list[tuple[str, str, str]]) -> None:
    """Raises Stale when the form was made from an older revision of the row."""
    if revision is not None and row.revision != revision:
        raise Stale(
            _("Iemand anders heeft dit intussen gewijzigd. Hieronder staan beide waarden."),
            who=row.changed_by.name,
            at=row.changed_at,
            fields=fields,
        )
