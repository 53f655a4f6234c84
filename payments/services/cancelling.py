"""Order annuleren, and applying an amendment, where the order holds money: asks where each euro goes."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core.keys import keyed
from payments.services.depositing import check_seen
from payments.services.settling import settle
from sales.models import SalesOrder
from sales.services import amending
from sales.services import cancelling as sales_cancelling
from sales.services.drafts import ORDER
from sales.services.editing import check_revision


@keyed("payments.cancel", result=ORDER)
def cancel(
    *,
    order_id: int,
    employee,
    amounts: Sequence[tuple[int, Decimal]] = (),
    quantities: dict[int, Decimal] | None = None,
    reason: str = "",
    session_id: int | None = None,
    seen_paid: Decimal | None = None,
) -> SalesOrder:
    """Cancel as sales.services.cancelling.cancel does, and give back what is then paid too much, in one transaction.

    amounts: [(method id, EUR above 0)], together exactly that; session_id: the drawer, for cash. Raises what both of
    them raise, Refusal payments.not_all, and Stale when it was paid or given back meanwhile; nothing is written then.
    """
    opened = sales_cancelling.open_to_cancel(order_id, employee)
    check_seen(opened.order, seen_paid)
    giving = settle(amounts, reason=reason.strip() or _("Order geannuleerd"), employee=employee, session_id=session_id)
    return sales_cancelling.apply_cancel(opened, quantities, reason, giving)


@keyed("payments.settle_amendment")
def settle_amendment(
    *,
    order_id: int,
    employee,
    amounts: Sequence[tuple[int, Decimal]],
    reason: str = "",
    session_id: int | None = None,
    seen_paid: Decimal | None = None,
    revision: int | None = None,
) -> SalesOrder:
    """Verkooporder bevestigen on an amendment (order_id is its own) that makes the total less than what is paid.

    As cancel; returns the order.
    """
    opened, amended = amending.open_amendment(order_id, employee)
    check_revision(amended.order, revision, [])
    check_seen(opened.order, seen_paid)
    giving = settle(amounts, reason=reason.strip() or _("Order gewijzigd"), employee=employee, session_id=session_id)
    return amending.apply_amendment(opened, amended, giving)
