"""The rows that the bench works on: an employee who is logged in, drafts, and an article of 20 colours by 15 sizes."""

from datetime import timedelta
from decimal import Decimal
from itertools import cycle, islice

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from backoffice.catalog import stock
from backoffice.catalog.models import Article, Barcode, Colour, Size, SizeRange, Variant
from backoffice.core.keys import new_key
from backoffice.relations.models import Branch, Customer, Employee, EmployeeRole, Till
from backoffice.relations.services.devices import token_hash
from pos import selectors
from pos.models import TillSeat
from sales.models import SalesOrder
from sales.services import amending, confirming, drafts, lines

COLOURS, SIZES = 20, 15
CSRF = "b" * 32


class Shop:
    def __init__(self):
        self.branch = Branch.objects.order_by("pk").first()
        self.employee, new = Employee.objects.get_or_create(
            number="BENCH", defaults={"name": "Bench", "email": "bench@toonbank.example", "home_branch": self.branch}
        )
        if new:
            EmployeeRole.objects.create(employee=self.employee, role=EmployeeRole.Role.OFFICE)
        self.customer = Customer.objects.filter(blocked=False).order_by("pk").first()
        codes = Barcode.objects.filter(variant__isnull=False).exclude(variant__article__number="BENCH-MATRIX")
        self.codes = list(codes.order_by("pk").values_list("code", "variant_id")[:5000])
        self.matrix = self._matrix()
        self.client = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)
        self.client.force_login(self.employee, backend="backoffice.relations.backends.DeskBackend")
        self.client.cookies[settings.CSRF_COOKIE_NAME] = CSRF
        self.cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in self.client.cookies.values())

    def _matrix(self) -> Article:
        found = Article.objects.filter(number="BENCH-MATRIX").first()
        if found:
            return found
        model = Article.objects.order_by("pk").first()
        bar = SizeRange.objects.create(name="Bench")
        sizes = [Size.objects.create(size_range=bar, label=f"{30 + i}", position=i) for i in range(SIZES)]
        colours = [Colour.objects.create(label=f"Bench {i:02d}", hex="#456789", position=i) for i in range(COLOURS)]
        article = Article.objects.create(
            number="BENCH-MATRIX", name="Overhemd Bench", brand=model.brand, vat_code=model.vat_code, size_range=bar,
            sales_price=Decimal("49.95"), matrix=True, search_text="bench-matrix overhemd bench",
        )  # fmt: skip
        made = Variant.objects.bulk_create(Variant(article=article, colour=c, size=s) for c in colours for s in sizes)
        for branch in Branch.objects.all():
            stock.change(branch, on_hand=[(variant.pk, Decimal(5)) for variant in made])
        return article

    def draft(self, count: int, start: int = 0) -> SalesOrder:
        """A draft with so many lines, each of another variant."""
        order = drafts.create(branch_id=self.branch.pk, employee=self.employee, customer_id=self.customer.pk)
        if count:
            items = [(variant, Decimal(1)) for variant in self.variants(count, start)]
            order = lines.add(order_id=order.pk, items=items, employee=self.employee)
        return order

    def variants(self, count: int, start: int) -> list[int]:
        return sorted({variant for _code, variant in islice(cycle(self.codes), start * 7, start * 7 + count)})

    def drafts(self, count: int, how_many: int) -> list[SalesOrder]:
        return [self.draft(count, number) for number in range(how_many)]

    def confirmed(self, count: int) -> SalesOrder:
        return confirming.confirm(order_id=self.draft(count).pk, employee=self.employee)

    def confirmed_ones(self, count: int, how_many: int) -> list[SalesOrder]:
        return [confirming.confirm(order_id=one.pk, employee=self.employee) for one in self.drafts(count, how_many)]

    def amendments(self, count: int, how_many: int) -> list[SalesOrder]:
        """Open amendments of confirmed orders: one more of every line."""
        return [self.amendment(count, number) for number in range(how_many)]

    def amendment(self, count: int, start: int = 0) -> SalesOrder:
        order = confirming.confirm(order_id=self.draft(count, start).pk, employee=self.employee)
        opened = amending.amend(order_id=order.pk, employee=self.employee)
        items = [(line.variant_id, Decimal(1)) for line in opened.all_lines]
        return lines.add(order_id=opened.pk, items=items, employee=self.employee)

    def open_orders(self, number: int) -> None:
        """So many orders wait at the branch: copies of one that was confirmed."""
        waiting = SalesOrder.objects.filter(selectors.WAITING, branch=self.branch).count()
        if waiting >= number:
            return
        fields = [f for f in SalesOrder._meta.concrete_fields if not f.primary_key and not f.generated]
        taken = {"number": "'VO-BENCH-' || g", "confirmed_at": "confirmed_at - g * interval '1 minute'"}
        values = [taken.get(f.name, f.column) for f in fields]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO sales_salesorder ({', '.join(f.column for f in fields)}) SELECT {', '.join(values)}"
                " FROM sales_salesorder, generate_series(%s, %s) g WHERE id = %s",
                [waiting + 1, number, self.confirmed(1).pk],
            )

    def tills(self, number: int) -> list[str]:
        """The tokens of so many tills of the branch, somebody at each."""
        tokens = [f"bench-{place}" for place in range(number)]
        awake = timezone.now() + timedelta(days=1)
        for place, token in enumerate(tokens):
            till, _new = Till.objects.update_or_create(
                branch=self.branch, number=900 + place,
                defaults={"name": f"Bench {place}", "device_token_hash": token_hash(token)},
            )  # fmt: skip
            TillSeat.objects.update_or_create(
                till=till,
                defaults={"employee": self.employee, "device_hash": till.device_token_hash, "seen_at": awake},
            )
        return tokens

    def codes_of(self, order: SalesOrder) -> list[str]:
        """The barcodes of an order's lines."""
        held = order.lines.values_list("variant_id", flat=True)
        return list(Barcode.objects.filter(variant_id__in=held).order_by("pk").values_list("code", flat=True))

    def post(self, **values) -> dict:
        return {"key": new_key(), **values}

    def send(self, method: str, path: str, values: dict | None, headers: dict):
        """The same request as over the wire, in this process: for counting statements."""
        extra = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items() if name != "Cookie"}
        for pair in headers.get("Cookie", self.cookies).split("; "):
            name, _is, value = pair.partition("=")
            self.client.cookies[name] = value
        if method == "GET":
            return self.client.get(path, **extra)
        return self.client.post(path, values, **extra)
