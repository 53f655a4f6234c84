"""Payment terminals (pinautomaten), behind one interface that a real one's driver fits (docs/decisions.md, 7).

A driver speaks to one terminal, outside any transaction. `start` with a request id that the terminal knows already
never charges again: that makes a lost answer harmless. A driver that hears nothing raises Silent, and claims nothing.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.relations.models import Till

WAITING, APPROVED, DECLINED, CANCELLED, UNKNOWN = "waiting", "approved", "declined", "cancelled", "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a terminal says of a request. reference: the terminal's own; of the card only brand and last four digits."""

    state: str
    reference: str = ""
    brand: str = ""
    last_four: str = ""


class Silent(Exception):
    """No answer came: the payment may or may not have been made."""


class Driver(Protocol):
    """One terminal. amount: EUR, below zero gives money back to the card."""

    def start(self, request_id: UUID, amount: Decimal, description: str) -> Answer:
        """Ask the customer for the amount; at most once per request id. Raises Silent."""

    def ask(self, request_id: UUID, reference: str = "") -> Answer:
        """How the request stands; UNKNOWN when the terminal does not know it. Never charges. Raises Silent."""

    def cancel(self, request_id: UUID, reference: str = "") -> Answer:
        """Break the request off; APPROVED when it was too late for that. Nothing is charged after CANCELLED.

        Raises Silent.
        """


def driver_of(till: Till) -> Driver:
    """The driver of the till's terminal, by settings.TERMINAL_DRIVER. Raises Refusal where the shop has none."""
    if settings.TERMINAL_DRIVER == "simulator":
        from payments.terminals.simulator import Simulator

        return Simulator()
    name = f"{till.branch.code}{till.number}"
    if settings.TERMINAL_DRIVER == "mollie" and name in settings.MOLLIE_TERMINALS:
        from payments.terminals.mollie import Mollie

        return Mollie(settings.MOLLIE_URL, settings.MOLLIE_API_KEY, settings.MOLLIE_TERMINALS[name])
    raise Refusal("payments.no_terminal", _("Er is geen pinautomaat ingesteld. Kies een andere betaalwijze."), "method")
