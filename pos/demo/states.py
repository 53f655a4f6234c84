"""One order of every state that there is, of these days, so that each can be looked at; the year before is by chance."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F

from backoffice.catalog.models import StockLevel
from backoffice.core.money import cents
from backoffice.relations.models import Customer
from payments.models import PaymentMethod
from payments.services.depositing import deposit
from sales.documents.services import packing
from sales.models import DeliveryMethod, OrderType, SalesOrder
from sales.services import amending, cancelling, confirming, copying, drafts, lines

ONE, TWO = Decimal(1), Decimal(2)
ALL = Decimal(100)
REASON = "Kleur valt tegen"
# subject, Soort, days until it is due, percent paid, and what became of it
STATES = [
    ("Offerte schoolkoor", "Offerte", 7, 0, ""),
    ("Offerte die order werd", "Offerte", 7, 0, "converted"),
    ("Vandaag op te halen", "Verkooporder", 0, 0, ""),
    ("Aanbetaald, morgen klaar", "Verkooporder", 1, 25, ""),
    ("Vooruit betaald", "Verkooporder", 3, 100, ""),
    ("Maatpak, wacht op aanbetaling", "Maatwerk", 14, 0, ""),
    ("Wordt nog gewijzigd", "Verkooporder", 4, 25, "amending"),
    ("Twee in plaats van een", "Verkooporder", 4, 0, "amended"),
    ("Eén paar alvast mee", "Verkooporder", 2, 0, "part delivered"),
    ("Alvast mee, rest vervalt later", "Verkooporder", 2, 0, "part delivered, part cancelled"),
    ("Eén regel vervallen", "Verkooporder", 5, 0, "part cancelled"),
    ("Toch niet", "Verkooporder", 5, 0, "cancelled"),
    ("Meegenomen op rekening", "Verkooporder", 0, 0, "delivered"),
    ("Meegenomen en betaald", "Verkooporder", 0, 100, "delivered"),
]


def make(branches, employees, today: date) -> list[SalesOrder]:
    """Make them at Utrecht, of goods that lie there, by its seller and its manager."""
    branch, seller, manager = branches["UT"], employees["noor"], employees["lotte"]
    goods = _goods(branch)
    customers = Customer.objects.filter(kind=Customer.Kind.PRIVATE).order_by("-number")
    types = {row.name: row.pk for row in OrderType.objects.all()}
    method = DeliveryMethod.objects.get(name="Afhalen").pk
    made = []
    for (subject, kind, days, percent, fate), customer in zip(STATES, customers, strict=False):
        order = drafts.create(branch_id=branch.pk, employee=seller, customer_id=customer.pk)
        header = {
            "order_type": types[kind], "order_date": today - timedelta(days=2), "subject": subject,
            "expected_delivery_date": today + timedelta(days=days), "delivery_method": method,
        }  # fmt: skip
        drafts.set_header(order_id=order.pk, revision=None, employee=seller, values=header)
        lines.add(order_id=order.pk, items=[(next(goods), TWO), (next(goods), ONE)], employee=seller)
        order = confirming.confirm(order_id=order.pk, employee=seller)
        if percent:
            _pay(order, cents(order.gross.amount * percent / ALL), employees["sanne"], today)
        made.append(order)
        for step in filter(None, fate.split(", ")):
            STEPS[step](SalesOrder.objects.get(pk=order.pk), seller, manager)
    return made


def _goods(branch) -> Iterator[int]:
    """Variants of all kinds of which some lie free at the branch."""
    free = StockLevel.objects.filter(branch=branch, on_hand__gte=F("reserved") + 5)
    return iter(list(free.order_by("-variant").values_list("variant", flat=True))[::11])


def _pay(order, amount: Decimal, employee, today: date) -> None:
    bank = PaymentMethod.objects.get(name="Bank").pk
    deposit(order_id=order.pk, tenders=[(bank, amount)], employee=employee, business_date=today)


def _convert(order, seller, manager) -> None:
    copying.convert(order_id=order.pk, employee=seller)


def _amending(order, seller, manager) -> SalesOrder:
    amendment = amending.amend(order_id=order.pk, employee=seller)
    line = amendment.all_lines[1]
    lines.set_line(
        order_id=amendment.pk, line_id=line.pk, revision=None, values={"quantity": TWO}, employee=seller
    )  # fmt: skip
    return amendment


def _amend(order, seller, manager) -> None:
    amending.confirm_amendment(order_id=_amending(order, seller, manager).pk, employee=seller)


def _deliver_part(order, seller, manager) -> None:
    _slip(order, seller, {order.lines.get(position=1).pk: ONE})


def _deliver(order, seller, manager) -> None:
    _slip(order, seller, {line.pk: line.open_quantity for line in order.lines.all()})


def _slip(order, seller, quantities) -> None:
    slip = packing.create_slip(order_id=order.pk, quantities=quantities, employee=seller)
    packing.print_slip(slip_id=slip.pk, employee=seller)


def _cancel_part(order, seller, manager) -> None:
    chosen = {order.lines.get(position=2).pk: ONE}
    cancelling.cancel(order_id=order.pk, quantities=chosen, employee=manager, reason=REASON)


def _cancel(order, seller, manager) -> None:
    cancelling.cancel(order_id=order.pk, employee=manager, reason=REASON)


STEPS = {
    "converted": _convert, "amending": _amending, "amended": _amend, "part delivered": _deliver_part,
    "delivered": _deliver, "part cancelled": _cancel_part, "cancelled": _cancel,
}  # fmt: skip
