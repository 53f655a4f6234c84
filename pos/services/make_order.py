"""Maak order: the basket gets a customer, a way and a day, and becomes an order without losing a line."""

from backoffice.core.keys import keyed
from backoffice.relations.services import customers
from sales.models import SalesOrder
from sales.services import drafts
from sales.services.editing import Draft, open_draft


@keyed("pos.new_customer", result=drafts.ORDER)
def new_customer(
    *, order_id: int, values: dict, addresses: list[dict], employee, confirmed: bool = False
) -> SalesOrder:
    """Make a customer and choose it for the basket. values, addresses: as customers.create. Raises LikelyDuplicates."""
    draft = open_draft(order_id, employee, related=drafts.HEADER_SHOWN)
    give_customer(draft, values, addresses, confirmed)
    draft.order.revision += 1
    return draft.write(*drafts.CHOSEN, "revision")


def give_customer(draft: Draft, values: dict, addresses: list[dict], confirmed: bool) -> None:
    """Make a customer for the locked draft, in memory; drafts.CHOSEN names what must be written."""
    customer = customers.create(employee=draft.employee, values=values, addresses=addresses, confirmed=confirmed)
    drafts.choose_customer(draft.order, customer)
    draft.order.search_text = drafts.search_text(draft.order)
