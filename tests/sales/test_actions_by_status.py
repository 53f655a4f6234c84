"""Every action on an order in every status: what is legal works, all else is refused in words and changes nothing."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction

from backoffice.core.errors import Refusal
from sales import status
from sales.models import SalesOrder
from sales.services import amending, cancelling, confirming, copying, delivering, drafts, lines, matrix
from tests import factories
from tests.invariants import holds
from tests.sales.living import confirmed, everything, hand_over, line_of, pay
from tests.sales.order_shop import shop
from tests.sales.test_convert import quotation

pytestmark = pytest.mark.django_db


def cancelled(s):
    order = confirmed(s)
    cancelling.cancel(order_id=order.pk, employee=s.office)
    return order


def part_cancelled(s):
    order = confirmed(s)
    part = {line_of(order, s.wit40).pk: Decimal(1)}
    cancelling.cancel(order_id=order.pk, employee=s.office, quantities=part)
    return order


def part_delivered(s):
    order = confirmed(s)
    hand_over(order, s.wit40, 1, s.office)
    return order


def delivered(s):
    order = confirmed(s, items=[(s.wit40, 2)])
    hand_over(order, s.wit40, 2, s.office)
    return order


def settled(s):
    order = delivered(s)
    pay(order, order.gross.amount)
    return order


def converted(s):
    offer = quotation(s)
    copying.convert(order_id=offer.pk, employee=s.office)
    return offer


def discarded(s):
    order = draft(s)
    drafts.discard(order_id=order.pk, employee=s.office)
    return order


def draft(s):
    return factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 4), (s.inkorten, 2)])


def amendment(s):
    return amending.amend(order_id=confirmed(s).pk, employee=s.office)


STATES: dict[str, Callable] = {
    "draft": draft,
    "open": confirmed,
    "part_delivered": part_delivered,
    "part_cancelled": part_cancelled,
    "delivered": delivered,
    "settled": settled,
    "cancelled": cancelled,
    "quotation": quotation,
    "converted": converted,
    "discarded": discarded,
    "amendment": amendment,
}
# which shown status a state stands for, where it has another name
SHOWN = {"converted": "settled", "discarded": "draft", "amendment": "draft"}


def edits(s, order) -> dict[str, Callable]:
    """Everything that changes a draft, each called edit in status.ACTIONS."""
    line, on, by = order.lines.first(), {"order_id": order.pk}, {"employee": s.office}
    cells = [matrix.Cell(s.wit42.pk, Decimal(1), Decimal(0))]
    values = {"quantity": Decimal(5)}
    return {
        "header": lambda: drafts.set_header(**on, revision=None, values={"subject": "Anders"}, **by),
        "vat_mode": lambda: drafts.set_vat_mode(**on, vat_mode="exclusive", **by),
        "discount": lambda: drafts.set_discount(**on, percent=Decimal(5), **by),
        "add": lambda: lines.add(**on, items=[(s.wit42.pk, Decimal(1))], **by),
        "scan": lambda: lines.scan(**on, code=factories.code_of(s.wit42), **by),
        "add_text": lambda: lines.add_text(**on, text="Bel vooraf", **by),
        "set_line": lambda: lines.set_line(**on, line_id=line.pk, revision=None, values=values, **by),
        "copy_line": lambda: lines.copy(**on, line_id=line.pk, **by),
        "move_line": lambda: lines.move(**on, line_id=line.pk, steps=1, **by),
        "delete_line": lambda: lines.delete(**on, line_ids=[line.pk], **by),
        "restore_line": lambda: lines.restore(**on, packed=[lines.pack(line) | {"key": KEY}], **by),
        "matrix": lambda: matrix.save(**on, article_id=s.shirt.pk, cells=cells, **by),
    }


KEY = "6b1c3d0e-57a0-4f43-9f0c-2f6ad4a2f6c1"


def actions(s, order) -> dict[str, tuple[str, Callable]]:
    """Each way to act on an order: (what status.ACTIONS calls it, the service)."""
    on, by = {"order_id": order.pk}, {"employee": s.office}
    open_lines = [line for line in order.lines.all() if line.variant_id and line.open_quantity]
    one = {line.pk: Decimal(1) for line in open_lines[:1]} or {order.lines.first().pk: Decimal(1)}
    delivery = order.deliveries.last()
    found: dict[str, tuple[str, Callable]] = {name: ("edit", action) for name, action in edits(s, order).items()}
    found |= {
        "confirm": ("confirm", lambda: confirming.confirm(**on, **by)),
        "discard": ("discard", lambda: drafts.discard(**on, **by)),
        "amend": ("amend", lambda: amending.amend(**on, **by)),
        "cancel": ("cancel", lambda: cancelling.cancel(**on, **by)),
        "undo_cancel": ("undo_cancel", lambda: cancelling.undo_cancel(**on, **by)),
        "convert": ("convert", lambda: copying.convert(**on, **by)),
        "copy": ("copy", lambda: copying.copy(**on, **by)),
        "deliver": (
            "deliver",
            lambda: delivering.deliver(**on, quantities=one, kind="hand_over", branch_id=order.branch_id, **by),
        ),
        "confirm_amendment": ("confirm_amendment", lambda: amending.confirm_amendment(**on, **by)),
        "discard_amendment": ("discard_amendment", lambda: amending.discard_amendment(**on, **by)),
        "take_delivered": ("confirm_amendment", lambda: amending.take_delivered(**on, **by)),
    }
    if delivery:
        found["cancel_delivery"] = (
            "cancel_delivery",
            lambda: delivering.cancel_delivery(delivery_id=delivery.pk, **by),
        )
    return found


NAMES = [
    "header", "vat_mode", "discount", "add", "scan", "add_text", "set_line", "copy_line", "move_line", "delete_line",
    "restore_line", "matrix", "confirm", "discard", "amend", "cancel", "undo_cancel", "convert", "copy", "deliver",
    "confirm_amendment", "discard_amendment", "take_delivered", "cancel_delivery",
]  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_every_action_in_this_status(state):
    s = shop()
    made = SalesOrder.objects.get(pk=STATES[state](s).pk)
    assert made.status == SHOWN.get(state, state)
    tried = {"worked": 0, "refused": 0}
    for name in NAMES:
        order = SalesOrder.objects.get(pk=made.pk)
        found = actions(s, order)
        if name not in found:  # nothing was delivered that could be taken back
            assert name == "cancel_delivery" and not order.deliveries.exists()
            continue
        action, do = found[name]
        legal = status.allowed(order, action)
        before = everything()
        point = transaction.savepoint()
        try:
            do()
        except Refusal as refusal:
            assert not legal, (state, name, refusal.code, refusal.message)
            assert refusal.message.strip().endswith((".", "?")), (state, name, refusal.message)
            assert everything() == before, (state, name)
            tried["refused"] += 1
        else:
            assert legal, (state, name)
            assert everything() != before, (state, name)
            holds(1, 6, 8, 9, 12)
            tried["worked"] += 1
        transaction.savepoint_rollback(point)
    assert (tried["refused"] and tried["worked"]) or state == "discarded"


def test_the_table_names_only_what_there_is():
    """Each action of status.ACTIONS is tried above, or belongs to a floor above this one."""
    s = shop()
    order = part_delivered(s)
    ours = {action for action, _do in actions(s, order).values()}
    assert set(status.ACTIONS) - ours == {
        "pay",
        "pay_back",
        "refund",
        "print",
        "mail",
        "mail_receipt",
        "export",
        "history",
    }
