"""Which action is legal in which status, and the axes that follow from the lines (docs/decisions.md, 3)."""

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from sales.models import SalesOrder

Extent, Payment, Status, Lifecycle = (
    SalesOrder.Extent,
    SalesOrder.PaymentState,
    SalesOrder.Status,
    SalesOrder.Lifecycle,
)

ALL = {status.value for status in Status}
# something is left to deliver
UNDELIVERED: set[str] = {Status.OPEN, Status.PART_DELIVERED, Status.PART_CANCELLED}
# something is left to deliver or to pay
LIVE = UNDELIVERED | {Status.DELIVERED}
DONE: set[str] = {Status.SETTLED, Status.CANCELLED}

# one table: it guards the services and decides which buttons render
ACTIONS: dict[str, set[str]] = {
    "edit": {Status.DRAFT},
    "confirm": {Status.DRAFT},
    "discard": {Status.DRAFT},
    "amend": LIVE | {Status.QUOTATION},
    "cancel": UNDELIVERED | {Status.QUOTATION},
    "undo_cancel": LIVE | DONE | {Status.QUOTATION},
    "convert": {Status.QUOTATION},
    "copy": ALL,
    "deliver": UNDELIVERED,
    "cancel_delivery": {Status.PART_DELIVERED, Status.DELIVERED, Status.SETTLED},
    "pay": LIVE,
    "refund": LIVE | DONE,
    "pay_back": LIVE | DONE,
    "print": ALL - {Status.DRAFT.value},
    "mail": ALL - {Status.DRAFT.value},
    "mail_receipt": ALL - {Status.DRAFT.value},
    "export": ALL,
    "history": ALL - {Status.DRAFT.value},
    "confirm_amendment": {Status.DRAFT},
    "discard_amendment": {Status.DRAFT},
}
# an amendment is a draft, but not every draft is an amendment
OF_AMENDMENTS = {"confirm_amendment", "discard_amendment"}
AMENDMENT = OF_AMENDMENTS | {"edit"}
# what was sold and handed over at once at a till has no number: its receipt is its paper
OF_NUMBERED = {"print", "mail"}


def allowed(order: SalesOrder, action: str) -> bool:
    """Whether the action is legal for the order as it stands."""
    if order.lifecycle == Lifecycle.DISCARDED or order.status not in ACTIONS[action]:
        return False
    if action in OF_NUMBERED and not order.number:
        return False
    if action == "undo_cancel" and (order.cancel_state == Extent.NONE or order.converted_to_id):
        return False
    return action in AMENDMENT if order.amends_id else action not in OF_AMENDMENTS


def guard(order: SalesOrder, action: str) -> None:
    """Raises Refusal when the action is not legal now; names what the order is."""
    if order.lifecycle == Lifecycle.DISCARDED:
        raise Refusal("order.discarded", _("Dit concept is verwijderd."))
    if order.amends_id and action not in AMENDMENT and order.status in ACTIONS[action]:
        raise Refusal("order.amendment", _("Dit is een wijziging. Bevestig of verwerp haar eerst."))
    if action == "undo_cancel" and order.status in ACTIONS[action] and order.cancel_state == Extent.NONE:
        raise Refusal("order.not_cancelled", _("Aan deze order is niets geannuleerd."))
    if action in OF_NUMBERED and order.lifecycle == Lifecycle.CONFIRMED and not order.number:
        raise Refusal(
            "order.receipt_only", _("Dit is een kassaverkoop: druk de kassabon aan de kassa af, of mail die.")
        )
    if not allowed(order, action):
        raise Refusal(
            "order.status",
            _("Order %(order)s is %(status)s; dit kan nu niet meer. Ververs de pagina.")
            % {"order": order, "status": order.get_status_display()},
        )


def derive(order: SalesOrder, lines) -> None:
    """Set the stored axes of the order from its lines and what is paid: the one place that writes them."""
    lines = counted(lines)
    order.delivery_state = _extent(
        any(line.delivered_quantity for line in lines),
        all(line.open_quantity == 0 for line in lines),
    )
    order.cancel_state = _extent(
        any(line.cancelled_quantity for line in lines),
        all(line.cancelled_quantity == line.quantity for line in lines),
    )
    if order.paid_total.amount == order.gross.amount and (order.gross.amount or order.lifecycle == Lifecycle.CONFIRMED):
        order.payment_state = Payment.PAID
    else:
        order.payment_state = Payment.PART if order.paid_total.amount else Payment.NONE
    order.status = _word(order)
    order.listed = (
        order.amends_id is None
        and order.lifecycle != Lifecycle.DISCARDED
        and (order.channel == SalesOrder.Channel.DESK or bool(order.number))
    )


def counted(lines) -> list:
    """The lines that delivery and cancelling look at: a text is no goods, and counts only where there are no goods."""
    return [line for line in lines if line.variant_id] or list(lines)


def _extent(some: bool, everything: bool) -> str:
    return Extent.ALL if everything and some else Extent.PART if some else Extent.NONE


def _word(order: SalesOrder) -> str:
    """The word shown, first that fits."""
    if order.lifecycle != Lifecycle.CONFIRMED:
        return Status.DRAFT
    if order.quotation and order.cancel_state != Extent.ALL:
        return Status.SETTLED if order.converted_to_id else Status.QUOTATION
    if order.cancel_state == Extent.ALL:
        return Status.CANCELLED
    if order.delivery_state == Extent.ALL:
        return Status.SETTLED if order.payment_state == Payment.PAID else Status.DELIVERED
    if order.delivery_state == Extent.PART:
        return Status.PART_DELIVERED
    if order.cancel_state == Extent.PART:
        return Status.PART_CANCELLED
    return Status.OPEN
