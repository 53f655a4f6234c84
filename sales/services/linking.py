"""An unknown code that was scanned: linked to a variant and added to the order, as one change."""

from decimal import Decimal

from backoffice.catalog import offers
from backoffice.catalog.services import barcodes
from backoffice.core.keys import keyed
from sales.models import SalesOrder
from sales.selectors import day_of_rates
from sales.services.drafts import ORDER
from sales.services.editing import open_order
from sales.services.lines import join_or_append


@keyed("sales.lines.link_code", result=ORDER)
def link_code(*, order_id: int, code: str, variant_id: int, employee, quantity: Decimal = Decimal(1)) -> SalesOrder:
    """Make the code a barcode of the variant, and add the variant to the order as a scan does. quantity: pieces.

    Raises Refusal where the code cannot be linked (catalog.services.barcodes.link) or the line not be added; then
    neither happens.
    """
    opened = open_order(order_id, employee, action="edit")
    barcodes.link(variant_id=variant_id, code=code, employee=employee)
    line = join_or_append(opened, offers.by_code(code, day_of_rates(opened.order)), quantity)
    return opened.write(touched=[line])
