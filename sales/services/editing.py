"""What every change of a draft begins and ends with."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core import journal, locks
from backoffice.core.errors import Refusal, Stale
from backoffice.relations.rights import access_of
from sales import status, totals
from sales.models import OrderLine, SalesOrder

MAX_LINES = 1000


@dataclass
class Draft:
    """A locked draft and all its lines, in memory, in order."""

    order: SalesOrder
    lines: list[OrderLine]
    employee: object

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
        line.dirty = True

    def write(self, *fields: str, touched=()) -> SalesOrder:
        """Recalculate, store, and return the order with its lines and what was touched."""
        check_discounts(self, [line for line in touched if line in self.lines])
        self.order.totals = totals.write(self.order, self.lines, employee=self.employee, fields=fields)
        self.order.all_lines = self.lines
        self.order.touched = {line.pk for line in touched}
        return self.order


def open_draft(order_id: int, employee, action: str = "edit") -> Draft:
    """Lock the order and read its lines. Raises Refusal when the action is not legal or the branch is not one's own."""
    found = locks.take(
        "order",
        SalesOrder.objects.filter(pk=order_id).select_related("branch", "order_type", "customer", "delivery_method"),
    )
    if not found or not access_of(employee).can("sales.edit", found[0].branch_id):
        raise Refusal("order.unknown", _("Deze order is er niet, of hoort bij een ander filiaal."))
    status.guard(found[0], action)
    return Draft(found[0], list(found[0].lines.order_by("position")), employee)


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
    """Raises Refusal when a touched line goes further below its list price than the employee may (rules.md, Rights).

    Beyond the ceiling the right sales.override and a reason on the line are asked; the override is journalled.
    """
    order, employee = draft.order, draft.employee
    access = access_of(employee)
    ceiling = access.ceiling(order.branch_id)
    if ceiling >= 100 or not lines:
        return
    priced = totals.compute(order, draft.lines, "inclusive")
    kept = 1 - (priced.order_discount / priced.subtotal if priced.subtotal else Decimal(0))
    by_line = dict(zip(map(id, draft.lines), priced.line_totals, strict=True))
    for line in lines:
        listed = line.list_price.amount * (line.quantity - line.cancelled_quantity)
        if listed <= 0:
            continue
        off = (1 - by_line[id(line)] * kept / listed) * 100
        if off <= ceiling or (line.override_by_id and line.override_reason):
            continue
        if not access.can("sales.override", order.branch_id):
            raise Refusal(
                "price.ceiling",
                _("Dit is %(off)s %% onder de verkoopprijs; u mag tot %(ceiling)s %%. Vraag uw filiaalmanager.")
                % {"off": round(off), "ceiling": round(ceiling)},
                "discount",
            )
        if not line.override_reason:
            raise Refusal(
                "price.reason",
                _("Dit is %(off)s %% onder de verkoopprijs. Geef een reden op.") % {"off": round(off)},
                "reason",
            )
        line.override_by = employee
        line.dirty = True
        journal_data = {"line": str(line.key), "off_percent": str(round(off, 2)), "reason": line.override_reason}
        journal.write(
            branch_id=order.branch_id,
            employee=employee,
            action="sales.line.price_overridden",
            about=order,
            data=journal_data,
        )
