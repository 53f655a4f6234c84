"""What can be done with an order, as buttons: each by the name of its URL, so that no floor imports upward.

A button renders when its action is legal (status.ACTIONS), the right is held at the order's branch, and its URL exists.
"""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from sales import status
from sales.models import SalesOrder
from sales.services import cancelling


@dataclass(frozen=True)
class Action:
    """A button. urls: names, the first that exists is taken.

    how: dialog (fetched into the page), post, paper (post into a new tab) or link.
    """

    action: str
    urls: tuple[str, ...]
    label: object
    icon: str
    right: str
    how: str = "dialog"
    tone: str = ""
    keys: str = ""
    shown: str = ""

    @property
    def name(self) -> str:
        return self.urls[-1].partition(":")[2]


HEAD = (
    Action(
        "print", ("documents:print",), _("Afdrukken"), "printer", "documents.view", "paper", "quiet", "Alt+P", "Alt P"
    ),
    Action("mail", ("documents:mail",), _("Mailen"), "mail", "documents.send", "dialog", "quiet"),
    Action("export", ("documents:export",), _("Exporteren"), "download", "documents.view", "dialog", "quiet"),
    Action("copy", ("sales:copy",), _("Kopiëren"), "copy", "sales.edit", "post", "quiet"),
    Action(
        "undo_cancel", ("sales:undo_cancel",), _("Annulering terugdraaien"), "undo-2", "sales.cancel_any",
        tone="quiet",
    ),
    Action(
        "refund", ("payments:refund",), _("Terugbetalen"), "rotate-ccw", "payments.refund", tone="quiet",
    ),
    Action(
        "cancel", ("payments:cancel", "sales:cancel"), _("Order annuleren"), "ban", "sales.cancel",
        tone="quiet danger",
    ),
)  # fmt: skip
FOOT = (
    Action("amend", ("sales:amend",), _("Wijzigen"), "pencil", "sales.edit", "post", "", "W", "W"),
    Action("pay", ("payments:deposit",), _("Aanbetalen"), "banknote", "payments.deposit", "dialog", "", "B", "B"),
    Action(
        "deliver", ("documents:slip_new",), _("Pakbon aanmaken"), "package", "sales.deliver", "link", "primary",
        "P", "P",
    ),
    Action("convert", ("sales:convert",), _("Omzetten in order"), "check", "sales.edit", "post", "primary"),
)  # fmt: skip


# what other parts of the house show beside an order, fetched after the page
PANELS = ("payments:of_order", "documents:slips", "documents:mails")


def panels(order: SalesOrder) -> list[str]:
    """The addresses of those parts, where they exist; a draft has none yet."""
    return [url for name in PANELS if order.number and (url := _first((name,), order.pk))]


def buttons(request, order: SalesOrder, actions: tuple[Action, ...]) -> list[dict]:
    """Those of the actions that this employee may take now, as templates/sales/_actions.html shows them."""
    found = []
    paid = order.payment_state == SalesOrder.PaymentState.PAID
    for action in actions:
        if action.action == "undo_cancel" and not undoable(order):
            continue
        if action.action == "refund" and order.paid_total.amount <= 0:
            continue
        if action.action == "pay" and paid:
            continue
        if not (status.allowed(order, action.action) and request.access.can(action.right, order.branch_id)):
            continue
        if url := _first(action.urls, order.pk):
            found.append({"action": action, "url": url})
    return found


def undoable(order: SalesOrder) -> bool:
    """Whether something was cancelled today and not amended since."""
    return status.allowed(order, "undo_cancel") and cancelling.last_cancellation(order) is not None


def _first(names: tuple[str, ...], pk: int) -> str:
    for name in names:
        try:
            return reverse(name, args=[pk])
        except NoReverseMatch:
            continue
    return ""
