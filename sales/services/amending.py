"""Wijzigen: an amendment is a draft that points at its order, and is applied as a whole (docs/decisions.md, 4)."""

import copy
from collections.abc import Callable, Sequence
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal, locks
from backoffice.core.db import rows
from backoffice.core.db.spelled import Spelled
from backoffice.core.errors import Refusal, Refusals, Stale
from backoffice.core.formats import format_money, format_quantity
from backoffice.core.keys import keyed
from backoffice.core.money import CENT
from backoffice.relations.models import Employee
from backoffice.relations.rights import access_of
from sales import status, totals
from sales.models import OrderLine, OrderVersion, SalesOrder
from sales.services import confirming, reserving, returning, versions
from sales.services import shown as shown_before
from sales.services.drafts import ADDRESSES, HEADER, HEADER_VALUES, ORDER, search_text
from sales.services.editing import (
    Claimed,
    OpenOrder,
    check_claim,
    check_holds,
    check_revision,
    open_order,
    read_lines,
    unknown_order,
)

Lifecycle = SalesOrder.Lifecycle
# what an amendment takes from its order, and gives back
AGREED = (
    *HEADER, *HEADER_VALUES, *ADDRESSES, "extra_data", "customer_name", "customer_sort", "customer_attention",
    "customer_vat_id", "customer_email", "vat_mode", "discount_percent", "discount_amount", "discount_mode",
)  # fmt: skip
COPIED = (*AGREED, "channel", "till", "quotation", "version", "entered_at_branch")
AGREED_LINE = ("position", *OrderLine.columns(OrderLine.AGREED, OrderLine.ALLOWED))
# all of a line but what happened to it, and what is derived
NEW_LINE = OrderLine.columns(OrderLine.PLACE, OrderLine.GOODS, OrderLine.OFFERED, OrderLine.AGREED, OrderLine.ALLOWED)
# settle(order, lines, gross before), with the new totals in memory and before they are stored: may book what is paid
# too much. What it returns, when callable, is called as the last thing (its journal rows).
Settle = Callable[[SalesOrder, Sequence[OrderLine], Decimal], Callable[[], None] | None]
# what floors above do with every new total that fits what is paid, before it is stored: (order, employee)
ON_NEW_TOTAL: list[Callable[[SalesOrder, Employee], None]] = []


@keyed("sales.order.amend")
def amend(*, order_id: int, employee, take_over: bool = False) -> SalesOrder:
    """The amendment of a confirmed order: a new one, or the one that this employee has open.

    Raises Claimed (who, since when) while somebody else has it, unless take_over is given; that is journalled.
    """
    opened = open_order(order_id, employee, action="amend", related=("customer",))
    found = locks.take("order", open_amendments(order_id).select_related("claimed_by"))
    if not found:
        return _start(opened)
    amendment = found[0]
    if amendment.claimed_by_id == employee.pk:
        return amendment
    if not take_over:
        raise Claimed(amendment)
    earlier = amendment.claimed_by_id
    amendment.claimed_by, amendment.claimed_at = employee, timezone.now()
    amendment.save(update_fields=["claimed_by", "claimed_at"])
    _write_journal(opened.order, employee, "sales.amendment.taken_over", {"from": earlier})
    return amendment


def open_amendments(order_id: int):
    """The open amendment of an order, as a queryset of none or one. Index: order_one_amendment."""
    return SalesOrder.objects.filter(amends=order_id, lifecycle=Lifecycle.DRAFT)


def _start(opened: OpenOrder) -> SalesOrder:
    order, employee = opened.order, opened.employee
    amendment = SalesOrder(
        amends=order,
        entered_by=employee,
        changed_by=employee,
        claimed_by=employee,
        claimed_at=timezone.now(),
        listed=False,
        **{name: copy.copy(getattr(order, name)) for name in _columns(COPIED)},
    )
    amendment.search_text = order.search_text
    amendment.save(force_insert=True)
    lines = [
        _copied(line, (*NEW_LINE, "delivered_quantity", "cancelled_quantity"), amendment, employee)
        for line in opened.lines
    ]
    amendment.totals = totals.write(amendment, lines, employee=employee)
    amendment.all_lines = lines
    return amendment


def _columns(names) -> list[str]:
    return [SalesOrder._meta.get_field(name).attname for name in names]


def _copied(line: OrderLine, names, order: SalesOrder, employee) -> OrderLine:
    return OrderLine(order=order, changed_by=employee, **{name: getattr(line, name) for name in names})


@keyed("sales.amendment.discard")
def discard_amendment(*, order_id: int, employee) -> SalesOrder:
    """Wijziging verwerpen: drop the amendment (order_id is its own); the order stays as it is. Returns the order."""
    opened, amended = open_amendment(order_id, employee, "discard_amendment")
    _close(amended.order)
    _write_journal(opened.order, employee, "sales.amendment.discarded", {})
    return opened.order


def _close(amendment: SalesOrder) -> None:
    amendment.lifecycle = Lifecycle.DISCARDED
    rows.update([amendment], ("lifecycle",))


def _write_journal(order, employee, action, data) -> None:
    journal.write(
        branch_id=order.branch_id, employee=employee, action=action, about=order, version=order.version, data=data
    )


@keyed("sales.amendment.confirm")
def confirm_amendment(*, order_id: int, employee, revision: int | None = None, shown: str = "") -> SalesOrder:
    """Verkooporder bevestigen on an amendment (order_id is its own): apply the difference to the order it amends.

    Returns the order, with the version that was written as `new_version` (None when nothing was changed). shown: as
    confirming.confirm. Raises Stale
    with both values per line when more was delivered meanwhile than is now wanted, Refusals with what is missing,
    Refusal order.money_left when more is paid than the new total, and where the branch blocks selling below stock.
    """
    opened, amended = open_amendment(order_id, employee)
    check_revision(amended.order, revision, [])
    shown_before.check(amended.order, amended.lines, shown)
    return apply_amendment(opened, amended)


@keyed("sales.amendment.take_delivered", result=ORDER)
def take_delivered(*, order_id: int, employee) -> SalesOrder:
    """Give an amendment at least what is delivered and cancelled by now per line; what it deleted comes back so far."""
    opened, amended = open_amendment(order_id, employee)
    ours = {line.key: line for line in amended.lines}
    touched = []
    for theirs in opened.lines:
        done = theirs.delivered_quantity + theirs.cancelled_quantity
        line = ours.get(theirs.key)
        if not done or (line and abs(line.quantity) >= abs(done)):
            continue
        if line is None:
            line = amended.append(_copied(theirs, NEW_LINE, amended.order, employee))
        else:
            amended.touch(line)
        line.quantity = done
        touched.append(line)
    return amended.write(touched=touched)


def open_amendment(order_id: int, employee, action: str = "confirm_amendment") -> tuple[OpenOrder, OpenOrder]:
    """Lock an amendment and the order it amends, and read the lines of both: (order, amendment)."""
    found = {order.pk: order for order in locks.take("order", _both, order_id)}
    amendment = found.get(order_id)
    order = found.get(amendment.amends_id) if amendment and amendment.amends_id else None
    allowed = access_of(employee).can
    if not amendment or not order or not all(allowed("sales.edit", each.branch_id) for each in (order, amendment)):
        raise unknown_order()
    status.guard(amendment, action)
    if action != "discard_amendment":  # which stays possible when the order was settled meanwhile
        status.guard(order, "amend")
    check_claim(amendment, employee)
    lines: dict[int, list[OrderLine]] = {order.pk: [], amendment.pk: []}
    for line in read_lines(lines):
        line.order = found[line.order_id]
        lines[line.order_id].append(line)
    if action == "confirm_amendment":
        check_holds(order, lines[order.pk], "amend")
    of_order, of_amendment = (OpenOrder(each, lines[each.pk], employee) for each in (order, amendment))
    return of_order, of_amendment


@Spelled
def _both(amendment_id: int):
    """An amendment and its order."""
    amended = SalesOrder.objects.filter(pk=amendment_id).order_by().values("amends_id")
    both = SalesOrder.objects.filter(Q(pk=amendment_id) | Q(pk=Subquery(amended)))  # a join would read every order
    return both.select_related(*versions.READ_ALONG).order_by("pk")


def apply_amendment(opened: OpenOrder, amended: OpenOrder, settle: Settle | None = None) -> SalesOrder:
    """Make the opened order what its opened amendment says, and close the amendment. The outermost service has the key.

    Deliveries and payments that were made meanwhile stay. Statements do not depend on the number of lines.
    """
    order, wanted = opened.order, amended.order
    if wanted.version != order.version:
        raise Stale(_("De order is intussen gewijzigd. Verwerp deze wijziging en begin opnieuw."))
    confirming.check(wanted, amended.lines)
    _check_delivered(opened, amended)
    order.totals = totals.compute(order, opened.lines)
    before = versions.snapshot(order, opened.lines)
    sold = _sold(order, opened.lines)
    held, branch, gross = reserving.held(order, opened.lines), order.branch, order.gross.amount
    for name in AGREED:
        setattr(order, name, getattr(wanted, name))
    _merge_lines(opened, amended)
    order.totals = totals.recalculate(order, opened.lines)
    after = versions.snapshot(order, opened.lines)
    order.all_lines, order.new_version = opened.lines, None
    if versions.same(before, after):
        _close(wanted)
        return order
    _check_returned_prices(opened, sold)
    finish = money_left(opened, gross, settle)
    now_held = reserving.held(order, opened.lines)
    if branch.pk == order.branch_id:
        order.short = reserving.change(branch, opened.lines, before=held, after=now_held)
    else:
        reserving.change(branch, opened.lines, before=held, after={})
        order.short = reserving.change(order.branch, opened.lines, before={}, after=now_held)
    order.version += 1
    order.revision += 1
    order.search_text = search_text(order)
    fields = (*AGREED, "version", "revision", "search_text")
    totals.store(order, opened.lines, order.totals, employee=opened.employee, fields=fields)
    _close(wanted)
    kept = versions.snapshot(order, opened.lines)
    order.new_version = versions.add(
        order,
        opened.lines,
        employee=opened.employee,
        action=OrderVersion.Action.AMENDED,
        changes=versions.diff(before, kept),
        kept=kept,
    )
    finish()
    return order


def _check_delivered(opened: OpenOrder, amended: OpenOrder) -> None:
    """Raises Stale with every line of which more is delivered by now than the amendment still wants."""
    wanted = {line.key: line for line in amended.lines}
    conflicts = []
    for line in opened.lines:
        done = abs(line.delivered_quantity + line.cancelled_quantity)
        ours = wanted.get(line.key)
        if done and (ours is None or abs(ours.quantity) < done):
            delivered = _("%(quantity)s geleverd") % {"quantity": format_quantity(abs(line.delivered_quantity))}
            if line.cancelled_quantity:
                cancelled = format_quantity(abs(line.cancelled_quantity))
                delivered += ", " + _("%(quantity)s geannuleerd") % {"quantity": cancelled}
            conflicts.append((line.title, delivered, format_quantity(ours.quantity) if ours else _("verwijderd")))
    if conflicts:
        message = _("Intussen is meer geleverd dan deze wijziging overlaat. Hieronder staan beide aantallen.")
        raise Stale(message, fields=conflicts)


def _sold(order: SalesOrder, lines: Sequence[OrderLine]) -> dict[UUID, tuple]:
    """Of every line that pieces came back of, by key: its VAT row, what such a piece costs in all, and how many came.

    Of an order with its totals in memory.
    """
    if not any(line.returned_quantity for line in lines):
        return {}
    sold = returning.sold_for(order, lines, order.totals.vat_rows)
    return {
        line.key: (
            totals.vat_key(line, order.vat_mode),
            sold[line.key].gross / (line.quantity - line.cancelled_quantity),
            line.returned_quantity,
        )
        for line in lines
        if line.returned_quantity
    }


def _check_returned_prices(opened: OpenOrder, before: dict[UUID, tuple]) -> None:
    """Raises Refusals naming every line with pieces that came back and that would cost something else now.

    What came back was paid back at the price of then: price, discount and VAT of such a line stay as they are.
    """
    now = _sold(opened.order, opened.lines)
    wrong = []
    for line in opened.lines:
        if line.key not in before:
            continue
        (key, each, pieces), (new_key, new_each, _pieces) = before[line.key], now[line.key]
        if key != new_key or abs(new_each - each) * pieces > CENT:
            message = _(
                "Van %(name)s kwamen al stukken terug: prijs, korting en BTW van die regel liggen vast. "
                "Verlaag het aantal tot wat geleverd is, en zet de rest op een nieuwe regel."
            )
            wrong.append(Refusal("return.price_closed", message % {"name": line.title}, f"line-{line.pk}"))
    if wrong:
        raise Refusals(wrong)


def _nothing_points() -> str:
    """The condition that no row of any table points at the line `l`."""
    tables = [(r.related_model._meta.db_table, r.field.column) for r in OrderLine._meta.related_objects]
    one = " AND NOT EXISTS (SELECT 1 FROM {} p WHERE p.{} = l.id)"
    return "".join(one.format(*table) for table in tables)


def _merge_lines(opened: OpenOrder, amended: OpenOrder) -> None:
    """The order's lines become those of the amendment, each keeping what is delivered, cancelled and taken back."""
    by_key = {line.key: line for line in opened.lines}
    merged = []
    for ours in amended.lines:
        line = by_key.pop(ours.key, None)
        if line is None:
            line = _copied(ours, NEW_LINE, opened.order, opened.employee)
        elif any(getattr(line, name) != getattr(ours, name) for name in AGREED_LINE):
            for name in AGREED_LINE:
                setattr(line, name, getattr(ours, name))
            opened.touch(line)
        merged.append(line)
    opened.lines = [*merged, *_drop(opened, list(by_key.values()))]
    for position, line in enumerate(opened.lines, 1):
        if line.position != position:
            line.position, line.dirty = position, True


def _drop(opened: OpenOrder, lines: list[OrderLine]) -> list[OrderLine]:
    """Delete lines; one that something points at (a delivery that was taken back) stays, cancelled. Gives those."""
    if not lines:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM sales_orderline l WHERE l.id = ANY(%s){_nothing_points()} RETURNING l.id",  # noqa: S608
            [[line.pk for line in lines]],
        )
        gone = {pk for (pk,) in cursor.fetchall()}
    kept = [line for line in lines if line.pk not in gone]
    for line in kept:
        line.cancelled_quantity = line.quantity
        opened.touch(line)
    return kept


def money_left(opened: OpenOrder, old_gross: Decimal, settle: Settle | None) -> Callable[[], None]:
    """Let settle() book what is paid beyond the new total; raises Refusal order.money_left when that stays.

    Gives what is to be called as the last thing of the transaction.
    """
    order = opened.order
    finish = settle(order, opened.lines, old_gross) if settle else None
    paid, gross = order.paid_total.amount, order.gross.amount
    if not min(gross, Decimal(0)) <= paid <= max(gross, Decimal(0)):
        raise Refusal(
            "order.money_left",
            _("Er is %(paid)s betaald en het nieuwe totaal is %(gross)s. Betaal eerst %(left)s terug.")
            % {"paid": format_money(paid), "gross": format_money(gross), "left": format_money(paid - gross)},
        )
    for follow in ON_NEW_TOTAL:
        follow(order, opened.employee)
    return finish or (lambda: None)
