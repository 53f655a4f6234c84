"""Verkooporder bevestigen: checks, number, reservation, version and journal, as one transaction."""

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import numbers
from backoffice.core.errors import Refusal, Refusals
from backoffice.core.keys import keyed
from backoffice.relations.models import VatMode
from sales import extra
from sales.models import OrderVersion, SalesOrder
from sales.services import reserving, versions
from sales.services import shown as shown_before
from sales.services.drafts import ORDER, search_text
from sales.services.editing import OpenOrder, check_revision, open_order

RELATED = versions.READ_ALONG


@keyed("sales.order.confirm", result=ORDER)
def confirm(*, order_id: int, employee, revision: int | None = None, shown: str = "") -> SalesOrder:
    """Make the draft an order: number from the gapless series, stock reserved, version 1, status Openstaand.

    Under a Soort for offertes it becomes an offerte: a number of its own series, and nothing is reserved.
    shown: what the screen showed (sales.services.shown); ChangedMeanwhile is raised where it is not so any more.

    Raises Refusals with every field that is missing, Refusal where the branch blocks selling below stock; nothing
    changes then. Statements do not depend on the number of lines.
    """
    opened = open_order(order_id, employee, action="confirm", related=RELATED)
    check_revision(opened.order, revision, [])
    shown_before.check(opened.order, opened.lines, shown)
    return apply_confirm(opened)


def apply_confirm(opened: OpenOrder, *, sale: bool = False) -> SalesOrder:
    """Confirm the draft (opened with RELATED). sale: paid and handed over at once at a till.

    A sale takes no number of its own (its receipt has one, docs/decisions.md, 1) and may be nameless; nothing is
    reserved for it.
    """
    check(opened.order, opened.lines, sale=sale)
    opened.order.quotation = opened.order.order_type.quotation and not sale
    place(opened, sale=sale)
    return opened.order


def place(opened: OpenOrder, *, sale: bool = False) -> None:
    """Reserve, number, store and write version 1 of a draft that was checked; the outermost service has its lock."""
    order, lines, employee = opened.order, opened.lines, opened.employee
    if not sale:
        order.short = reserving.change(order.branch, lines, before={}, after=reserving.held(order, lines))
    kind = "OF" if order.quotation else "VO"
    if not sale:
        order.number = f"{kind}-{order.order_date.year}-{numbers.take(kind, order.order_date.year):05d}"
    order.lifecycle = SalesOrder.Lifecycle.CONFIRMED
    order.version = 1
    order.revision += 1
    order.confirmed_at, order.confirmed_by = timezone.now(), employee
    order.search_text = search_text(order)
    opened.write(
        "number", "quotation", "lifecycle", "version", "revision", "confirmed_at", "confirmed_by", "search_text"
    )
    versions.add(order, lines, employee=employee, action=OrderVersion.Action.CONFIRMED, changes=[])


def check(order: SalesOrder, lines, *, sale: bool = False) -> None:
    """Raises Refusals with everything that keeps the draft from being confirmed."""
    missing = []
    sells = any(line.variant_id and line.quantity > 0 for line in lines)  # what only comes back was agreed before
    if order.customer is None and not sale:
        missing.append(Refusal("order.customer_missing", _("Kies een debiteur."), "customer"))
    elif order.customer is not None and order.customer.blocked and (sells or not sale):
        missing.append(Refusal("order.customer_blocked", _("Deze debiteur is geblokkeerd."), "customer"))
    if not lines:
        missing.append(Refusal("order.no_lines", _("Voeg ten minste één regel toe."), "lines"))
    if not sale and any(line.returns_id for line in lines):
        missing.append(Refusal("return.order", _("Reken de retour eerst af; een order heeft er geen."), "lines"))
    if order.vat_mode == VatMode.REVERSE_CHARGE and (sells or not sale) and not _has_vat_id(order, sale=sale):
        missing.append(Refusal("order.vat_id_missing", _("BTW verlegd vraagt een BTW-id bij de debiteur."), "customer"))
    if order.expected_delivery_date and order.expected_delivery_date < order.order_date:
        missing.append(
            Refusal(
                "order.delivery_before_order",
                _("De verwachte leverdatum ligt vóór de datum van de order."),
                "expected_delivery_date",
            )
        )
    if not sale and order.delivery_method.kind == "delivery" and not order.delivery_address.get("city"):
        missing.append(
            Refusal("order.address_missing", _("Bezorgen vraagt een adres bij de debiteur."), "delivery_address")
        )
    if not sale and not order.amends_id:  # what is agreed stays changeable when the shop asks more than it did then
        missing += extra.missing(order)
    if missing:
        raise Refusals(missing)


def _has_vat_id(order: SalesOrder, *, sale: bool) -> bool:
    """A basket may carry the BTW-id of a receipt that comes back; what is sold now asks one that still holds."""
    still = not sale or (order.customer is not None and bool(order.customer.vat_id))
    return bool(order.customer_vat_id) and still
