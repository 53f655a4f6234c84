"""Nieuw, the header, the VAT mode, the order discount, and dropping a draft."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.catalog.models import VatRate
from backoffice.core import journal, locks
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_date
from backoffice.core.keys import keyed
from backoffice.core.search import fold
from backoffice.relations.models import Branch, Customer, CustomerAddress, Employee, VatMode
from backoffice.relations.rights import access_of
from backoffice.relations.services import untaxed
from backoffice.relations.validators import phone_words
from sales import addresses, extra, totals
from sales.models import DeliveryMethod, OrderType, SalesOrder
from sales.services.editing import OpenOrder, check_revision, open_order

ORDER = ("sales.SalesOrder", "order_id")
# what the header form may set; everything else in a POST is ignored
HEADER = {
    "order_type": OrderType,
    "customer": Customer,
    "employee": Employee,
    "branch": Branch,
    "delivery_method": DeliveryMethod,
}
HEADER_SHOWN = ("branch", "order_type", "customer", "delivery_method", "employee")
HEADER_VALUES = ("order_date", "subject", "expected_delivery_date", "reference", "time_window", "note", "extra_data")
ADDRESSES = ("invoice_address", "delivery_address")
# what choosing a customer writes
CHOSEN = (
    "customer", "customer_name", "customer_sort", "customer_attention", "customer_vat_id", "customer_email", *ADDRESSES,
    "vat_mode", "search_text",
)  # fmt: skip
LEAD_DAYS = 7


@keyed("sales.order.create")
def create(*, branch_id: int, employee, customer_id: int | None = None) -> SalesOrder:
    """Start a draft at the branch, with sensible values: today, oneself, first Soort and Leverwijze, a week ahead."""
    order = blank(branch_id, employee, expected_delivery_date=timezone.localdate() + timedelta(days=LEAD_DAYS))
    if customer_id is not None:
        choose_customer(order, _get(Customer, customer_id, "customer"))
    order.save(force_insert=True)
    return order


def blank(branch_id: int, employee, **fields) -> SalesOrder:
    """A new order that is not stored yet: today, oneself, first Soort and Leverwijze."""
    if not access_of(employee).can("sales.edit", branch_id):
        raise Refusal("order.branch", _("U mag in dit filiaal geen orders maken."))
    order_type = OrderType.objects.filter(active=True).first()
    delivery_method = DeliveryMethod.objects.filter(active=True).first()
    if order_type is None or delivery_method is None:
        raise Refusal("setup.missing", _("Richt eerst een Soort en een Leverwijze in bij Beheer."))
    return SalesOrder(
        order_type=order_type,
        delivery_method=delivery_method,
        order_date=timezone.localdate(),
        branch_id=branch_id,
        entered_at_branch_id=branch_id,
        entered_by=employee,
        employee=employee,
        changed_by=employee,
        vat_mode=order_type.vat_mode,
        **fields,
    )


class Repriced(Refusal):
    """What was chosen changes the prices of an order that was agreed: asked first. Totals in EUR including VAT."""

    def __init__(self, old: Decimal, new: Decimal, mode: str):
        super().__init__("order.repriced", _("Dit verandert de prijzen van de order. Bevestig het eerst."))
        self.old, self.new, self.mode = old, new, mode


@keyed("sales.order.header", result=ORDER)
def set_header(*, order_id: int, revision: int | None, values: dict, employee, sure: bool = False) -> SalesOrder:
    """Save fields of the header as they are typed.

    values: {field: value} for any of order_type, customer, employee, branch, delivery_method (ids), order_date,
    subject, expected_delivery_date, reference, time_window, note, invoice_address, delivery_address, and
    extra_data ({label: text} of own fields, merged into what is there).
    Choosing a customer or a Soort also sets the VAT mode that belongs to it, a date the VAT rates that hold then: on an
    amendment only when sure, else Repriced is raised. Raises Refusal (field named) and Stale.
    """
    opened = open_order(order_id, employee, action="edit", related=HEADER_SHOWN)
    order = opened.order
    values = {
        name: _get(HEADER[name], value, name) if name in HEADER else value
        for name, value in values.items()
        if name in (*HEADER, *HEADER_VALUES, *ADDRESSES)
    }
    check_revision(order, revision, [_both_values(order, name, value) for name, value in values.items()])
    order_type = order.order_type
    for name, value in values.items():
        if name != "extra_data":
            setattr(order, name, value)
    if order.order_type != order_type:
        extra.follow(order, order_type)
    if "extra_data" in values:
        extra.merge(order, values["extra_data"])
    if "branch" in values and not access_of(employee).can("sales.edit", order.branch_id):
        raise Refusal("order.branch", _("U mag in dit filiaal geen orders maken."), "branch")
    agreed = _pricing(order, opened.lines)
    if "customer" in values:
        choose_customer(order, order.customer)
    if "order_type" in values:
        order.vat_mode = mode_of(order)
    if "order_date" in values:
        rate(opened)
    if order.amends_id:
        _check_agreed(opened, agreed, sure)
    order.revision += 1
    order.search_text = search_text(order)
    return opened.write(*values, *CHOSEN, "extra_data", "revision")


def vat_percents(on: date) -> dict[str, Decimal]:
    """The VAT percentage of each code on a date."""
    rates = VatRate.objects.filter(valid_from__lte=on).exclude(valid_to__lt=on)
    return dict(rates.values_list("code", "percent"))


def rate(opened: OpenOrder) -> None:
    """Give the lines the VAT percentages of the order's date; a code that has none then keeps what it had.

    What comes back by its receipt, and what is partly delivered, keeps the rate that it was sold at.
    """
    percents = vat_percents(opened.order.order_date) if opened.lines else {}
    for line in opened.lines:
        if line.returns_id or line.delivered_quantity:
            continue
        percent = percents.get(line.vat_code, line.vat_percent)
        if percent != line.vat_percent:
            line.vat_percent, line.rated = percent, True
            opened.touch(line)


def _pricing(order: SalesOrder, lines) -> tuple:
    return order.vat_mode, [line.vat_percent for line in lines]


def _check_agreed(opened: OpenOrder, agreed: tuple, sure: bool) -> None:
    """On an amendment: what kind of order it is stays, and prices change only when asked and answered."""
    order = opened.order
    if order.order_type.quotation != order.quotation:
        message = _("Een offerte wordt een order met de knop Omzetten in order; wijzigen kan dat niet.")
        raise Refusal("order.type_quotation", message, "order_type")
    if not sure and opened.lines and _pricing(order, opened.lines) != agreed:
        new = totals.compute(order, opened.lines).gross
        raise Repriced(order.gross.amount, new, order.get_vat_mode_display())


def _both_values(order: SalesOrder, name: str, value) -> tuple[str, str, str]:
    """(label, what stands there, what was typed), as the screen shows them."""
    if name == "extra_data":
        stands = {label: order.extra_data.get(label, "") for label in value}
        theirs, yours = ("; ".join(f"{label}: {text}" for label, text in row.items()) for row in (stands, value))
        return _("Extra gegevens"), theirs, yours
    named = {"invoice_address": _("Factuuradres"), "delivery_address": _("Bezorgadres")}
    label = named.get(name) or str(SalesOrder._meta.get_field(name).verbose_name)
    return label, _shown(getattr(order, name)), _shown(value)


def _shown(value) -> str:
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, dict):
        return ", ".join(addresses.lines(value))
    return str(value or "")


def search_text(order: SalesOrder) -> str:
    """What an order is found by, folded: its number, subject and reference, and its customer.

    Of the customer name, contact and addresses as they were agreed, and e-mail and phone also as they are now
    (following.py), as people type them.
    """
    words = [order.number, order.customer_name, order.subject, order.reference]
    words += [order.customer_attention, order.customer_email]
    if order.customer:
        words += [order.customer.email, *phone_words(order.customer.phone)]
    for address in (order.invoice_address, order.delivery_address):
        words += [address.get("street", ""), address.get("city", "")]
    return fold(" ".join(dict.fromkeys(word for word in words if word)))


def _get(model, pk, field):
    """The row that was chosen; None where the customer is emptied. Raises Refusal for what cannot be chosen."""
    if not pk and field == "customer":
        return None
    row = model.objects.filter(pk=pk).first()
    if row is None or getattr(row, "active", True) is False or getattr(row, "blocked", False):
        message = _("%(name)s is geblokkeerd.") % {"name": row} if row else _("Kies een waarde uit de lijst.")
        raise Refusal(f"order.{field}", message, field)
    return row


def choose_customer(order: SalesOrder, customer: Customer | None) -> None:
    """Copy name, VAT id and addresses as they are now, and price as is usual for whoever is chosen, or for nobody.

    What was agreed is not re-read later.
    """
    order.customer = customer
    order.customer_name = customer.name if customer else ""
    order.customer_sort = customer.sort_key if customer else ""
    order.customer_attention = customer.person if customer and customer.company else ""
    order.customer_vat_id = customer.vat_id if customer else ""
    order.customer_email = customer.email if customer else ""
    addresses = {a.kind: a for a in reversed(customer.addresses.all())} if customer else {}
    invoice = addresses.get(CustomerAddress.Kind.INVOICE)
    order.invoice_address = postal(invoice)
    order.delivery_address = postal(addresses.get(CustomerAddress.Kind.DELIVERY) or invoice)
    order.vat_mode = mode_of(order)
    order.search_text = search_text(order)


def mode_of(order: SalesOrder) -> str:
    """The VAT mode that belongs to an order: its customer's, else that of its Soort (docs/decisions.md, 19)."""
    return (order.customer.vat_mode if order.customer else "") or order.order_type.vat_mode


def postal(address) -> dict:
    """An address as it is copied onto an order: {attention, street, city, country}, or empty."""
    if address is None:
        return {}
    return {
        "attention": getattr(address, "attention", ""),
        "street": address.street_line,
        "city": address.city_line,
        "country": address.country,
    }


@keyed("sales.order.vat_mode", result=ORDER)
def set_vat_mode(*, order_id: int, vat_mode: str, employee, reason: str = "") -> SalesOrder:
    """Switch the VAT mode; prices are derived anew from what was entered, so switching back restores them exactly.

    A mode without VAT that neither customer nor Soort brings asks the right sales.untaxed and a reason, which is
    journalled. Raises Refusal.
    """
    if vat_mode not in VatMode.values:
        raise Refusal("order.vat_mode", _("Kies inclusief of exclusief BTW."), "vat_mode")
    opened = open_order(order_id, employee, action="edit", related=("customer", "order_type"))
    order = opened.order
    asked = asks_reason(order, vat_mode, employee)
    if asked:
        reason = untaxed.check(employee, vat_mode, reason, order.branch_id)
    order.vat_mode = vat_mode
    opened.write("vat_mode")
    if asked:
        journal.write(
            branch_id=order.branch_id,
            employee=employee,
            action="sales.order.untaxed",
            about=SalesOrder(pk=order.amends_id) if order.amends_id else order,
            data={"vat_mode": vat_mode, "reason": reason},
        )
    return order


def asks_reason(order: SalesOrder, vat_mode: str, employee) -> bool:
    """Whether choosing this mode asks a reason; raises Refusal for who may not choose it at all."""
    if vat_mode not in untaxed.MODES or vat_mode in (order.vat_mode, mode_of(order)):
        return False
    untaxed.check_right(employee, vat_mode, order.branch_id)
    return True


def totals_in(order: SalesOrder, vat_mode: str):
    """What the totals would be in another VAT mode, without changing anything (for the question beforehand)."""
    return totals.compute(order, list(order.lines.order_by("position")), vat_mode)


@keyed("sales.order.discount", result=ORDER)
def set_discount(*, order_id: int, employee, percent=0, amount=0, reason: str = "", approver=None) -> SalesOrder:
    """Set the order discount: a percentage, or an amount in EUR in the order's VAT mode; one of the two.

    approver: the manager beside, who lends the own ceiling. Raises Refusal.
    """
    if percent and amount:
        raise Refusal("order.discount", _("Geef een percentage of een bedrag, niet allebei."), "discount")
    opened = open_order(order_id, employee, action="edit", reason=reason, approver=approver)
    if (percent or amount) and any(line.quantity < 0 for line in opened.lines):
        raise no_discount()
    opened.order.discount_percent, opened.order.discount_amount = percent, amount
    if amount:  # a percentage is the same in every mode
        opened.order.discount_mode = opened.order.vat_mode
    return opened.write("discount_percent", "discount_amount", "discount_mode")


def no_discount() -> Refusal:
    """An order discount would also take off what comes back."""
    return Refusal(
        "return.discount", _("Een bon met een retour krijgt geen bonkorting. Geef de korting per regel."), "discount"
    )


@keyed("sales.order.discard", result=ORDER)
def discard(*, order_id: int, employee) -> SalesOrder:
    """Drop a draft: it leaves the list; it never had a number."""
    opened = open_order(order_id, employee, action="discard")
    opened.order.lifecycle = SalesOrder.Lifecycle.DISCARDED
    return opened.write("lifecycle")


def sweep(*, before) -> int:
    """Delete drafts older than `before` that never got a line or a customer. Returns how many."""
    empty = SalesOrder.objects.filter(
        lifecycle__in=["draft", "discarded"],
        customer__isnull=True,
        lines__isnull=True,
        entered_at__lt=before,
        amends__isnull=True,
    )
    ids = list(empty.values_list("pk", flat=True))
    locks.take("order", SalesOrder.objects.filter(pk__in=ids))
    return empty.filter(pk__in=ids).delete()[0]
