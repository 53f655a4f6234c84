"""While a terminal payment on an order is not known or not booked, the order stays as it is (docs/decisions.md, 7)."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money
from payments.models import TerminalPayment
from payments.selectors import unbooked
from sales.models import SalesOrder
from sales.services.editing import Hold

# confirming is part of placing and booking; a delivery does not change what is to be paid
FROZEN = {"edit", "discard", "confirm", "amend", "cancel", "undo_cancel", "refund"}
WHILE_APPROVED = FROZEN - {"confirm"}


def check(order: SalesOrder, action: str) -> None:
    """Raises Refusal when the terminal holds the order , or it took money that is not booked yet."""
    if action not in FROZEN:
        return
    held = unbooked(order)
    if any(payment.state in TerminalPayment.PENDING for payment in held):
        raise still_waiting()
    if held and action in WHILE_APPROVED:
        raise Refusal(
            "payments.terminal_approved",
            _("Op deze order is al %(amount)s gepind. Reken eerst af, of zet het bedrag op de tussenrekening.")
            % {"amount": format_money(sum(payment.amount.amount for payment in held))},
        )


def may_hold(lines) -> bool:
    """Whether a terminal may hold the order of these lines: yes, unless they were read under its lock and say no."""
    return any(getattr(line, HOLD.name, True) for line in lines[:1]) or not lines


def still_waiting() -> Refusal:
    return Refusal(
        "payments.terminal_pending", _("Deze order wacht op de pinautomaat. Wacht tot die betaling bekend is.")
    )


HOLD = Hold(
    "held_by_terminal",
    Exists(TerminalPayment.objects.filter(TerminalPayment.UNBOOKED, order=OuterRef("order"))),
    check,
)
