"""What a screen showed of an order, as its forms carry it: confirming is for what was seen.

A mark says the moment that the order was drawn at, and what its lines and total were. It is text, made and read here
alone; it guards against what somebody else changed meanwhile, not against who makes one up.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from backoffice.core.errors import Stale
from backoffice.core.formats import format_money, format_quantity
from sales.models import OrderLine, SalesOrder


class ChangedMeanwhile(Stale):
    """The lines or the total are not what the screen showed. `lines`: ids of those that were changed or added since."""

    def __init__(self, order: SalesOrder, lines: list[OrderLine], before: Decimal):
        fields = [
            (line.title, f"{format_quantity(abs(line.quantity))} × {format_money(line.unit_price)}", "")
            for line in lines
        ]
        totals = (_("Totaal"), format_money(order.gross), format_money(before))
        message = _("De order is intussen gewijzigd: het totaal was %(old)s en is nu %(new)s. Kijk de regels na.")
        super().__init__(
            message % {"old": totals[2], "new": totals[1]},
            who=order.changed_by.name,
            at=order.changed_at,
            fields=[*fields, totals],
        )
        self.code = "order.changed"
        self.lines = [line.pk for line in lines]


def mark(order: SalesOrder, lines: Sequence[OrderLine]) -> str:
    """The mark of an order as it is drawn now."""
    return f"{order.changed_at.isoformat()} {order.gross.amount} {_content(order, lines)}"


def check(order: SalesOrder, lines: Sequence[OrderLine], shown: str) -> None:
    """Raises ChangedMeanwhile when lines or total differ from what the mark says; nothing where there is no mark.

    Of a locked order, before it is changed.
    """
    at, gross, content = _read(shown)
    if content and content != _content(order, lines):
        since = [line for line in lines if at is None or line.changed_at > at]
        raise ChangedMeanwhile(order, since, gross)


def up_to_date(order: SalesOrder, shown: str) -> bool:
    """Whether a screen with this mark shows all that came before the change that a service just made on the order."""
    at, _gross, content = _read(shown)
    found: datetime | None = getattr(order, "found_at", None)
    return not content or found is None or at == found


def _read(shown: str) -> tuple[datetime | None, Decimal, str]:
    """(moment, total, content); what cannot be read is no mark."""
    try:
        at, gross, content = shown.split(" ")
        return datetime.fromisoformat(at), Decimal(gross), content
    except (ValueError, InvalidOperation):
        return None, Decimal(0), ""


def _content(order: SalesOrder, lines: Sequence[OrderLine]) -> str:
    parts = [f"{line.key} {line.quantity.normalize()} {line.line_total.amount} {line.text}" for line in lines]
    return hashlib.sha256("\n".join([f"{order.gross.amount:.2f}", *parts]).encode()).hexdigest()[:24]
