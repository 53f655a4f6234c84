"""What every change of a draft begins and ends with."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal, locks
from backoffice.core.errors import Refusal, Stale
from backoffice.core.formats import format_percent
from backoffice.relations.models import Employee
from backoffice.relations.rights import access_of
from sales import status, totals
from sales.models import OrderLine, SalesOrder

MAX_LINES = 1000
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
        """Mark a line as changed by the acting employee."""
        line.revision += 1
        line.changed_by = self.employee
        line.changed_at = timezone.now()
        line.dirty = True

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
    orders = SalesOrder.objects.filter(pk=order_id)
    found = locks.take("order", orders.select_related(*related) if related else orders)
    if not found or not access_of(employee).can(right, found[0].branch_id):
        raise UnknownOrder("order.unknown", _("Deze order is er niet, of hoort bij een ander filiaal."))
    status.guard(found[0], action)
    order = found[0]
    lines = list(order.lines.order_by("position"))
    for line in lines:
        line.order = order
    return Draft(order, lines, employee, order_share(order, lines) if order.discount_amount.amount else Decimal(0))


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

    Beyond the ceiling, and for what is given away, the right sales.override and a reason on the line are asked; the
    override is journalled.
    """
    order, employee = draft.order, draft.employee
    if not lines:
        return
    access = access_of(employee)
    ceiling = access.ceiling(order.branch_id)
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
        line.override_by = employee
        line.dirty = True
        overridden.append({"line": str(line.key), "off_percent": str(off), "reason": line.override_reason})
    if overridden:
        journal.write(
            branch_id=order.branch_id,
            employee=employee,
            action="sales.price_overridden",
            about=order,
            data={"lines": overridden},
        )
