"""Kopiëren and Omzetten in order: a new order from an earlier one."""

import copy as copying
import uuid
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.catalog import offers
from backoffice.catalog.offers import Offer
from backoffice.core import journal
from backoffice.core.errors import Refusal
from backoffice.core.keys import keyed
from backoffice.relations.rights import access_of
from backoffice.relations.services import untaxed
from sales import status
from sales.models import OrderLine, OrderType, SalesOrder
from sales.services import confirming
from sales.services.amending import AGREED, NEW_LINE
from sales.services.drafts import LEAD_DAYS, choose_customer, mode_of, search_text, vat_percents
from sales.services.editing import OpenOrder, check_not_amended, open_order, unknown_order
from sales.services.lines import from_offer

KEPT = (
    "order_type", "delivery_method", "branch", "subject", "reference", "time_window", "note", "extra_data", "vat_mode",
)  # fmt: skip


@keyed("sales.order.copy")
def copy(*, order_id: int, employee) -> SalesOrder:
    """A new draft with the header, quantities and texts of the order, at the list prices of today without discounts.

    The customer's name and addresses are read anew. Lines that cannot be sold any more, and returns, are left out: the
    returned draft carries their titles as `left_out`.
    """
    source = SalesOrder.objects.select_related("customer").filter(pk=order_id).first()
    if source is None or not access_of(employee).can("sales.edit", source.branch_id):
        raise unknown_order()
    status.guard(source, "copy")
    order = _new(source, employee, KEPT)
    choose_customer(order, source.customer)
    # without VAT only where customer or Soort bring that: what was allowed on the source was for that order
    order.vat_mode = mode_of(order) if source.vat_mode in untaxed.MODES else source.vat_mode
    order.save(force_insert=True)
    opened, left_out = OpenOrder(order, [], employee), []
    lines = list(source.lines.order_by("position"))
    found: dict[int | None, Offer] = {
        offer.variant_id: offer for offer in offers.offers(variants=[line.variant_id for line in lines])
    }
    for line in lines:
        offer = found.get(line.variant_id)
        if line.variant_id is None:
            opened.append(OrderLine(key=uuid.uuid4(), text=line.text, quantity=line.quantity))
        elif line.quantity > 0 and offer and offer.active:
            opened.append(from_offer(offer, line.quantity)).text = line.text
        else:
            left_out.append(line.title)
    opened.write()
    order.left_out = left_out
    return order


def _new(source: SalesOrder, employee, names) -> SalesOrder:
    """An unsaved draft of today with these columns of the source."""
    columns = [SalesOrder._meta.get_field(name).attname for name in names]
    today = timezone.localdate()
    values = {column: copying.copy(getattr(source, column)) for column in columns}
    values |= {"order_date": today, "expected_delivery_date": today + timedelta(days=LEAD_DAYS)}
    values |= {"entered_by": employee, "changed_by": employee, "copied_from": source}
    order = SalesOrder(**{"employee": employee, "entered_at_branch_id": source.branch_id} | values)
    order.customer = source.customer  # as it was read
    order.search_text = search_text(order)
    return order


@keyed("sales.order.convert")
def convert(*, order_id: int, employee) -> SalesOrder:
    """Omzetten in order: a confirmed order with what the offerte says, its stock reserved. Happens once.

    Raises Refusal as confirming does; the offerte becomes Afgehandeld and points at the order.
    """
    quotation = open_order(
        order_id, employee, action="convert", related=("branch", "customer", "delivery_method", "employee")
    )
    source = quotation.order
    check_not_amended(source)
    order = _new(source, employee, AGREED)
    promised = source.expected_delivery_date
    if promised is None or promised >= order.order_date:
        order.expected_delivery_date = promised
    else:
        order.expected_delivery_date = order.order_date + timedelta(days=LEAD_DAYS)
    order.order_type = _order_type(source)
    order.save(force_insert=True)
    opened = OpenOrder(order, [], employee)
    percents = vat_percents(order.order_date)
    for line in quotation.lines:
        twin = OrderLine(**{name: getattr(line, name) for name in NEW_LINE} | {"key": uuid.uuid4()})
        twin.vat_percent = percents.get(line.vat_code, line.vat_percent)
        opened.append(twin)
    confirming.check(order, opened.lines)
    confirming.place(opened)
    source.converted_to, source.changed_by = order, employee
    source.revision += 1
    status.derive(source, quotation.lines)
    source.save(update_fields=["converted_to", "revision", "status", "changed_by", "changed_at"])
    journal.write(
        branch_id=source.branch_id,
        employee=employee,
        action="sales.quotation.converted",
        about=source,
        version=source.version,
        data={"order": order.pk, "number": order.number},
    )
    return order


def _order_type(source: SalesOrder) -> OrderType:
    """The Soort of the order that an offerte becomes: the first that is none, of its VAT mode when there is one."""
    types = list(OrderType.objects.filter(active=True, quotation=False))
    fitting = [order_type for order_type in types if order_type.vat_mode == source.vat_mode] or types
    if not fitting:
        raise Refusal("setup.missing", _("Richt eerst een Soort in die geen offerte is, bij Beheer."))
    return fitting[0]
