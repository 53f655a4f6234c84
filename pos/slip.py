"""What a receipt says, for the screen, the browser's printer and the printer of the till alike."""

from django.utils.timezone import localdate

from backoffice.core.money import ZERO
from pos import selectors
from pos.models import Receipt
from sales import selectors as sales_selectors
from sales.documents.codes import code128


def slip(found: Receipt) -> dict:
    """Everything that a receipt shows: its order with lines and VAT, this money and what was paid before, its code.

    day: the day of its session, where that is another than when it was made (past midnight).
    """
    entries = selectors.money_of(found)
    change = -sum((e.amount.amount for e in entries if e.kind == "change"), ZERO)
    out = -sum((e.amount.amount for e in entries if e.kind == "refund" and e.method_kind == "cash"), ZERO)
    session = found.session
    return {
        "day": session.business_date if session and session.business_date != localdate(found.at) else None,
        "out": out,
        "receipt": found,
        "order": found.order,
        "lines": sales_selectors.lines_of(found.order),
        "figures": sales_selectors.figures(found.order),
        "entries": entries,
        "change": change,
        "before": selectors.paid_before(found),
        "code": code128(code_of(found)),
    }


def code_of(found: Receipt) -> str:
    """What the barcode holds: the order's number where the order is still to be fetched, else the receipt's own."""
    return found.order.number if found.kind == Receipt.Kind.ORDER else found.number
