"""The till of the bench: a registered browser, a cashier on the seat, an open drawer, and what is asked of it."""

from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from backoffice.core.formats import format_amount
from backoffice.relations.models import EmployeeRole, Till
from backoffice.relations.services import devices
from payments.models import PaymentMethod, TillSession
from payments.services import sessions
from pos.middleware import COOKIE
from pos.models import TillSeat
from sales.models import SalesOrder
from sales.services import lines, selling
from tests.bench.actions import CSRF, HTMX, Action, Request, headers, spare
from tests.bench.shop import Shop

TOKEN = "bench"
NUMBER = 99


class Counter:
    def __init__(self, shop: Shop):
        self.shop = shop
        self.till, _new = Till.objects.update_or_create(
            branch=shop.branch, number=NUMBER,
            defaults={"name": "Bench", "device_token_hash": devices.token_hash(TOKEN)},
        )  # fmt: skip
        EmployeeRole.objects.get_or_create(employee=shop.employee, branch=shop.branch, role=EmployeeRole.Role.MANAGER)
        TillSeat.objects.update_or_create(
            till=self.till,
            defaults={
                "device_hash": self.till.device_token_hash, "employee": shop.employee, "seen_at": timezone.now(),
                "order": None,
            },
        )  # fmt: skip
        self.session = TillSession.objects.filter(till=self.till, closed_at=None).first() or sessions.open_session(
            till_id=self.till.pk, float_amount=Decimal(100), employee=shop.employee
        )
        self.cash = PaymentMethod.objects.get(name="Contant")
        self.voucher, _new = PaymentMethod.objects.get_or_create(
            name="Bench", defaults={"kind": PaymentMethod.Kind.BANK, "at_till": True, "at_desk": False}
        )
        self.headers = headers(shop, {"X-CSRFToken": CSRF, "Cookie": f"{shop.cookies}; {COOKIE}={TOKEN}"})

    def basket(self, count: int, start: int = 0) -> SalesOrder:
        """A basket with so many lines, each of another variant; it does not lie on the counter."""
        order = selling.start(till=self.till, employee=self.shop.employee)
        items = [(variant, Decimal(1)) for variant in self.shop.variants(count, start)]
        return lines.add(order_id=order.pk, items=items, employee=self.shop.employee)

    def lay(self, order: SalesOrder) -> None:
        TillSeat.objects.filter(pk=self.till.pk).update(order=order)


def scan(shop: Shop, rounds: int) -> Action:
    counter = Counter(shop)
    ours, theirs = counter.basket(10), counter.basket(10)
    counter.lay(ours)
    codes, path = shop.codes_of(ours), reverse("pos:scan")
    return Action(
        "till_scan", "scan at the till into a line of ten",
        lambda n: Request("POST", path, shop.post(code=codes[n % 10], quantity="1"), counter.headers | HTMX),
        lambda n: Request(
            "POST", "/scan", shop.post(code=codes[n % 10], order=theirs.pk, employee=shop.employee.pk), {}
        ),
        2, 7, rounds,
    )  # fmt: skip


def checkout(shop: Shop, rounds: int) -> Action:
    """Afrekenen of ten lines: ten euros by one method and the rest in cash."""
    counter = Counter(shop)
    ours = [counter.basket(10, n) for n in range(spare(rounds))]
    theirs = [counter.basket(10, n) for n in range(spare(rounds))]
    path = reverse("pos:checkout")

    def ask(n: int) -> Request:
        counter.lay(ours[n])
        gross = ours[n].gross.amount
        tenders = [f"{counter.voucher.pk}:10,00", f"{counter.cash.pk}:{format_amount(gross - 10).replace('.', '')}"]
        values = shop.post(left=format_amount(gross).replace(".", ""), tender=tenders)
        return Request("POST", path, values, counter.headers, 303)

    def floor(n: int) -> Request:
        counter.lay(theirs[n])
        values = shop.post(
            till=counter.till.pk, order=theirs[n].pk, employee=shop.employee.pk, voucher=counter.voucher.pk,
            cash=counter.cash.pk,
        )  # fmt: skip
        return Request("POST", "/checkout", values, {})

    return Action("checkout", "checkout of 10 lines, two methods", ask, floor, 2.5, 28, rounds)
