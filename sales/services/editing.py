"""What every change of a draft begins and ends with."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal
from functools import cache
from uuid import UUID

from django.db.models import Exists
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal, locks
from backoffice.core.db.spelled import Spelled
from backoffice.core.errors import Refusal, Stale
from backoffice.core.formats import format_datetime, format_percent, format_quantity, format_time
from backoffice.relations.models import Employee
from backoffice.relations.rights import access_of
from sales import status, totals
from sales.models import OrderLine, SalesOrder
from sales.selectors import LATER_RATES

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
A_CENT = Decimal("0.01")  # what rounding may take off a line or a discount


class UnknownOrder(Refusal):
    """The order does not exist, or not for this employee: the two are not told apart."""

    status = 404


@dataclass
class Draft:
    """A locked draft and all its lines, in memory, in order."""

    order: SalesOrder
    lines: list[OrderLine]
    employee: Employee
    share: Decimal  # what the order discount took of the lines when the draft was opened, from 0 to 1
    # of an amendment: what is delivered and cancelled of each line of its order, by key (absolute pieces)
    done: dict[UUID, tuple[Decimal, Decimal]] = dataclass_field(default_factory=dict)
    approver: Employee | None = None  # who stands beside the employee and lends the own rights for prices

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
            left = abs(line.quantity) - abs(line.cancelled_quantity)
            line.delivered_quantity = min(self.done[line.key][0], left).copy_sign(line.quantity)
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

    def write(self, *fields: str, touched=(), priced=()) -> SalesOrder:
        """Recalculate, store, and return the order with its lines and what was touched.

        priced: the touched lines whose price or discount may have become lower by this change. An order discount in
        euro weighs heavier on fewer goods: then every line counts.
        """
        if self.order.discount_amount.amount and order_share(self.order, self.lines) > self.share:
            priced = self.lines
        check_discounts(self, priced)
        self.order.totals = totals.write(self.order, self.lines, employee=self.employee, fields=fields)
        self.order.all_lines = self.lines
        self.order.touched = {line.pk for line in touched}
        return self.order


def open_draft(
    order_id: int, employee, action: str = "edit", related: tuple[str, ...] = (), right: str = "sales.edit"
) -> Draft:
    """Lock the order (a draft, or whatever else the action is legal for) and read its lines.

    related: what else of the order the service is going to look at, read along. Raises Refusal when the action is not
    legal, UnknownOrder when the right is not held at its branch.
    """
    found = locks.take("order", _with(related), order_id)
    if not found or not access_of(employee).can(right, found[0].branch_id):
        raise UnknownOrder("order.unknown", _("Deze order is er niet, of hoort bij een ander filiaal."))
    order = found[0]
    status.guard(order, action)
    if order.amends_id:
        check_claim(order, employee)
    lines = read_lines([order.pk])
    check_holds(order, lines, action)
    for line in lines:
        line.order = order
    share = order_share(order, lines) if order.discount_amount.amount else Decimal(0)
    return Draft(order, lines, employee, share, done_of(order.amends_id) if order.amends_id else {})


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


def order_share(order: SalesOrder, lines) -> Decimal:
    """What part of the lines the order discount takes off, from 0 to 1."""
    priced = totals.compute(order, lines)
    return priced.order_discount / priced.subtotal if priced.subtotal else Decimal(0)


def check_revision(row, revision: int | None, fields: list[tuple[str, str, str]]) -> None:
    """Raises Stale when the form was made from an older revision of the row."""
    if revision is not None and row.revision != revision:
        raise Stale(
            _("Iemand anders heeft dit intussen gewijzigd. Hieronder staan beide waarden."),
            who=row.changed_by.name,
            at=row.changed_at,
            fields=fields,
        )


def check_discounts(draft: Draft, lines) -> None:
    """Raises Refusal when one of the lines goes further below its list price than the employee may (rules.md, Rights).

    Beyond the ceiling, and for what is given away, the right sales.override and a reason on the line are asked, of the
    employee or of the approver; the override is journalled.
    """
    order, vouching = draft.order, draft.approver or draft.employee
    if not lines:
        return
    access, ceiling = access_of(vouching), access_of(draft.employee).ceiling(order.branch_id)
    priced = totals.compute(order, draft.lines, "inclusive")
    kept = 1 - (priced.order_discount / priced.subtotal if priced.subtotal else Decimal(0))
    by_line = dict(zip(map(id, draft.lines), priced.line_totals, strict=True))
    overridden = []
    for line in lines:
        listed = line.list_price.amount * (line.quantity - line.cancelled_quantity)
        if listed <= 0 or (line.override_by_id and line.override_reason):
            continue
        asked = by_line[id(line)] * kept
        off = round((1 - asked / listed) * 100, 1)
        if asked and asked >= listed * (100 - ceiling) / 100 - A_CENT:
            continue
        if not access.can("sales.override", order.branch_id):
            raise Refusal(
                "price.ceiling",
                _("Dit is %(off)s onder de verkoopprijs; u mag tot %(ceiling)s. Vraag uw filiaalmanager.")
                % {"off": format_percent(off), "ceiling": format_percent(ceiling)},
                "discount",
            )
        if not line.override_reason:
            raise Refusal(
                "price.reason",
                _("Dit is %(off)s onder de verkoopprijs. Geef een reden op.") % {"off": format_percent(off)},
                "reason",
            )
        line.override_by = vouching
        line.dirty = True
        overridden.append({"line": str(line.key), "off_percent": str(off), "reason": line.override_reason})
    if overridden:
        journal.write(
            branch_id=order.branch_id,
            employee=draft.employee,
            action="sales.price_overridden",
            about=SalesOrder(pk=order.amends_id) if order.amends_id else order,
            data={"lines": overridden} | ({"approved_by": draft.approver.pk} if draft.approver else {}),
        )
