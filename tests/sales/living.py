"""Confirmed orders for tests, deliveries, and the whole of what an order is, to see that nothing changed."""

from decimal import Decimal

import pytest

from backoffice.catalog.models import StockLevel
from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from payments.services.depositing import deposit
from sales.models import Delivery, DeliveryLine, OrderLine, OrderVersion, SalesOrder
from sales.services import amending, confirming, delivering, lines
from tests import factories
from tests.payments.shop import methods


def confirmed(s, items=None, **fields) -> SalesOrder:
    """A confirmed order of the shop: four shirts Wit 40 and two shortenings, unless items say otherwise."""
    items = [(s.wit40, 4), (s.inkorten, 2)] if items is None else items
    draft = factories.draft(**{"employee": s.office, "customer": s.customer, "items": items} | fields)
    order = confirming.confirm(order_id=draft.pk, employee=fields.get("employee", s.office))
    return SalesOrder.objects.get(pk=order.pk)


def line_of(order, variant) -> OrderLine:
    return order.lines.get(variant=variant)


def hand_over(order, variant, pieces, employee) -> Delivery:
    """Deliver pieces of a line."""
    quantities = {line_of(order, variant).pk: Decimal(pieces)}
    return delivering.deliver(
        order_id=order.pk, quantities=quantities, kind="hand_over", branch_id=order.branch_id, employee=employee
    )


def amend(order, employee, **more) -> SalesOrder:
    """The amendment of an order, begun or taken over."""
    return amending.amend(order_id=order.pk, employee=employee, **more)


def set_quantity(amendment, variant, quantity, employee):
    """So many pieces on the line of a variant."""
    return lines.set_line(
        order_id=amendment.pk,
        line_id=line_of(amendment, variant).pk,
        revision=None,
        values={"quantity": Decimal(quantity)},
        employee=employee,
    )


def confirm_amendment(amendment, employee, **more):
    return amending.confirm_amendment(order_id=amendment.pk, employee=employee, **more)


def pay(order, amount) -> None:
    """Pay the order up to so many euros, by bank: what is paid stands in the ledger."""
    fresh = SalesOrder.objects.get(pk=order.pk)
    bank, left = methods().bank, Decimal(amount) - fresh.paid_total.amount
    deposit(order_id=order.pk, tenders=[(bank.pk, left)], employee=order.employee)


def reserved(branch, variant) -> Decimal:
    level = StockLevel.objects.filter(branch=branch, variant=variant).first()
    return level.reserved if level else Decimal(0)


def everything() -> dict:
    """All rows that an action on an order may touch, as plain values."""
    tables = (SalesOrder, OrderLine, OrderVersion, StockLevel, JournalEntry, Delivery, DeliveryLine)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in tables}


def refused(code, action) -> Refusal:
    """The action is refused with this code, in words, and changes nothing."""
    before = everything()
    with pytest.raises(Refusal) as refusal:
        action()
    assert refusal.value.code == code and refusal.value.message
    assert everything() == before
    return refusal.value
