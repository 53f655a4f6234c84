"""Fill an empty database with a year of a very large chain, by COPY: for benches and plans, never for a shop."""

import random
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from backoffice.catalog.models import Article, Brand, Colour, Size, SizeRange, VatRate
from backoffice.core import numbers
from backoffice.core.db.roles import as_owner
from backoffice.core.money import cents
from backoffice.core.search import fold
from backoffice.relations.models import Branch, Employee, EmployeeRole
from sales.models import DeliveryMethod, OrderType, SalesOrder

COLOURS, SIZES = 10, 20
LAST_DAY = date(2026, 6, 30)
DAYS = 365
CUSTOMERS_PER_ORDER = 20
# tables whose ids are given by hand
NUMBERED = (
    "sales_salesorder",
    "sales_orderline",
    "sales_delivery",
    "catalog_article",
    "catalog_variant",
    "catalog_barcode",
    "relations_customer",
)
# of a hundred orders: how many are drafts, open, cancelled; the others are delivered
DRAFTS, OPEN, CANCELLED = 1, 4, 5


class Command(BaseCommand):
    help = "Fills an empty database with many variants and orders (COPY)."

    def add_arguments(self, parser):
        parser.add_argument("--variants", type=int, default=1_000_000)
        parser.add_argument("--orders", type=int, default=1_000_000)

    def handle(self, *, variants, orders, **options):
        if SalesOrder.objects.exists() or Article.objects.exists():
            raise CommandError("The database is not empty: make_scale_data needs a new one.")
        articles = max(variants // (COLOURS * SIZES), 1)
        with as_owner(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL synchronous_commit = off")
            self.shop = _Shop()
            with _without_foreign_keys(cursor):
                self._catalogue(cursor, articles)
                self._customers(cursor, max(orders // CUSTOMERS_PER_ORDER, 1))
                self._orders(cursor, orders, articles * COLOURS * SIZES)
            for table in NUMBERED:
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("ANALYZE")
        self.stdout.write(f"{articles * COLOURS * SIZES} variants, {orders} orders")

    def _catalogue(self, cursor, articles):
        shop = self.shop
        names = [f"Overhemd Serie {number:05d}" for number in range(1, articles + 1)]
        prices = [Decimal(2995 + 500 * (number % 24)) / 100 for number in range(articles)]
        shop.price = prices
        _copy(
            cursor, "catalog_article",
            "id number name brand_id vat_code size_range_id sales_price currency fractions stocked matrix active image"
            " search_text",
            (
                (i, f"S{i:06d}", name, shop.brand.pk, "high", shop.size_range.pk, prices[i - 1], "EUR", False, True, True,
                 True, "", fold(f"S{i:06d} {name}"))
                for i, name in enumerate(names, 1)
            ),
        )  # fmt: skip
        count = articles * COLOURS * SIZES
        _copy(
            cursor, "catalog_variant", "id article_id colour_id size_id active",
            (
                (v, (v - 1) // 200 + 1, shop.colours[(v - 1) % 200 // SIZES].pk, shop.sizes[(v - 1) % SIZES].pk, True)
                for v in range(1, count + 1)
            ),
        )  # fmt: skip
        _copy(
            cursor, "catalog_barcode", "id code variant_id",
            ((v, ean13(f"29{v:010d}"), v) for v in range(1, count + 1)),
        )  # fmt: skip
        _copy(
            cursor, "catalog_stocklevel", "branch_id variant_id on_hand reserved",
            ((shop.branches[0].pk, v, 0, 0) for v in range(1, count + 1)),
        )  # fmt: skip

    def _customers(self, cursor, count):
        rng = random.Random(2)
        first, last = (
            ["Anna", "Bram", "Chris", "Dewi", "Emma", "Fleur"],
            ["Jansen", "Bakker", "Visser", "Smit", "Mulder"],
        )
        rows = []
        for i in range(1, count + 1):
            name = f"{rng.choice(first)} {rng.choice(last)} {i}"
            rows.append(
                (i, 10000 + i, "private", name, name, fold(f"{10000 + i} {name}"), "", timezone.now(), 1, False)
            )
        shop = self.shop
        shop.customers = [row[3] for row in rows]
        _copy(
            cursor, "relations_customer",
            "id number kind last_name name search_text note created_at revision blocked company first_name infix email"
            " phone kvk vat_id vat_mode",
            ((*row, *[""] * 8) for row in rows),
        )  # fmt: skip
        numbers.raise_to("customer", 10000 + count)

    def _orders(self, cursor, count, variants):
        shop, rng = self.shop, random.Random(3)
        plan = [_Order(i, count, variants, shop, rng) for i in range(1, count + 1)]
        at = datetime(2026, 7, 1, tzinfo=timezone.get_current_timezone())
        one = shop.employee.pk
        _copy(cursor, "sales_salesorder", _Order.COLUMNS, (order.row(shop, at) for order in plan))
        _copy(
            cursor,
            "sales_orderline",
            _Order.LINE_COLUMNS,
            (line for order in plan for line in order.line_rows(shop, at)),
        )
        _copy(
            cursor, "sales_ordervat", "order_id percent net vat gross currency",
            ((o.id, 21, o.net, o.vat, o.gross, "EUR") for o in plan),
        )  # fmt: skip
        _copy(
            cursor, "sales_orderversion", "order_id version action reason at employee_id changes snapshot personal",
            ((o.id, 1, "confirmed", "", at, one, "[]", "{}", "{}") for o in plan if o.kind != "draft"),
        )  # fmt: skip
        delivered = [o for o in plan if o.kind == "delivered"]
        _copy(
            cursor, "sales_delivery", "id order_id branch_id kind employee_id at override_reason",
            ((o.id, o.id, o.branch, "slip", one, at, "") for o in delivered),
        )  # fmt: skip
        _copy(
            cursor, "sales_deliveryline", "delivery_id line_id quantity",
            ((o.id, line_id, quantity) for o in delivered for line_id, _v, quantity in o.lines),
        )  # fmt: skip
        cursor.execute(
            "INSERT INTO catalog_stockmove (branch_id, variant_id, quantity, reason, source, employee_id, at)"
            " SELECT o.branch_id, l.variant_id, -l.delivered_quantity, 'delivery', o.number, %s, %s"
            " FROM sales_orderline l JOIN sales_salesorder o ON o.id = l.order_id WHERE l.delivered_quantity > 0",
            [one, at],
        )
        cursor.execute(
            "INSERT INTO catalog_stocklevel AS s (branch_id, variant_id, on_hand, reserved)"
            " SELECT o.branch_id, l.variant_id, -sum(l.delivered_quantity), sum(CASE WHEN o.lifecycle = 'confirmed'"
            " THEN l.quantity - l.cancelled_quantity - l.delivered_quantity ELSE 0 END)"
            " FROM sales_orderline l JOIN sales_salesorder o ON o.id = l.order_id GROUP BY 1, 2"
            " ON CONFLICT (variant_id, branch_id) DO UPDATE SET on_hand = s.on_hand + excluded.on_hand,"
            " reserved = s.reserved + excluded.reserved"
        )
        for year in {o.date.year for o in plan}:
            numbers.raise_to("VO", sum(1 for o in plan if o.number and o.date.year == year), year)


class _Shop:
    """The few rows that everything else points at."""

    def __init__(self):
        self.branches = [Branch.objects.create(code=f"S{i}", name=f"Schaal {i}") for i in range(1, 5)]
        self.employee = Employee.objects.create(number="S1", name="Schaal", email="schaal@toonbank.example")
        EmployeeRole.objects.create(employee=self.employee, role=EmployeeRole.Role.OFFICE)
        self.order_type = OrderType.objects.create(name="Verkooporder")
        self.method = DeliveryMethod.objects.create(name="Afhalen")
        VatRate.objects.create(code="high", name="Hoog 21 %", percent=21, valid_from=date(2019, 1, 1))
        self.brand = Brand.objects.create(name="Schaal")
        self.size_range = SizeRange.objects.create(name="30-49")
        self.colours = [Colour.objects.create(label=f"Kleur {i:02d}", position=i) for i in range(COLOURS)]
        self.sizes = [
            Size.objects.create(size_range=self.size_range, label=str(30 + i), position=i) for i in range(SIZES)
        ]
        self.price: list[Decimal] = []
        self.customers: list[str] = []
        self.series: dict[int, int] = {}


class _Order:
    """One order of two lines, inclusive of 21 % VAT, in one of the four states."""

    COLUMNS = (
        "id number channel revision order_type_id customer_id customer_name customer_attention customer_vat_id"
        " customer_email invoice_address delivery_address order_date entered_at entered_by_id entered_at_branch_id"
        " employee_id branch_id subject reference expected_delivery_date time_window delivery_method_id vat_mode"
        " discount_percent discount_amount discount_mode note extra_data net vat gross paid_total currency lifecycle"
        " delivery_state cancel_state payment_state status version changed_at changed_by_id parked_name listed search_text"
        " quotation"
    )
    LINE_COLUMNS = (
        "id order_id position key revision variant_id article_number description colour_label colour_hex size_label text"
        " stocked fractions matrix quantity entered_price entered_mode unit_price list_price discount_percent"
        " discount_amount discount_mode override_reason vat_code vat_percent line_total delivered_quantity"
        " cancelled_quantity returned_quantity currency changed_at changed_by_id"
    )
    STATES = {
        "draft": ("draft", "none", "none", "draft", 0),
        "open": ("confirmed", "none", "none", "open", 1),
        "cancelled": ("confirmed", "none", "all", "cancelled", 1),
        "delivered": ("confirmed", "all", "none", "delivered", 1),
    }
    __slots__ = ("branch", "customer", "date", "gross", "id", "kind", "lines", "net", "number", "vat")

    def __init__(self, i, count, variants, shop, rng):
        self.id = i
        self.date = LAST_DAY - timedelta(days=DAYS - DAYS * i // count)
        self.branch = shop.branches[rng.randrange(4)].pk
        self.customer = rng.randrange(len(shop.customers)) + 1
        dice = rng.randrange(100)
        self.kind = (
            "draft" if dice < DRAFTS
            else "open" if dice < DRAFTS + OPEN
            else "cancelled" if dice < DRAFTS + OPEN + CANCELLED
            else "delivered"
        )  # fmt: skip
        self.number = ""
        if self.kind != "draft":
            year = self.date.year
            shop.series[year] = shop.series.get(year, 0) + 1
            self.number = f"VO-{year}-{shop.series[year]:05d}"
        self.lines = [
            (i * 2 - 1, rng.randrange(variants) + 1, 1 + rng.randrange(3)),
            (i * 2, rng.randrange(variants) + 1, 1),
        ]
        whole = sum(shop.price[(v - 1) // 200] * quantity for _id, v, quantity in self.lines)
        self.gross = Decimal(0) if self.kind == "cancelled" else whole
        self.vat = cents(self.gross * 21 / 121)
        self.net = self.gross - self.vat

    def row(self, shop, at):
        lifecycle, delivery, cancel, status, version = self.STATES[self.kind]
        name, one = shop.customers[self.customer - 1], shop.employee.pk
        paid = "paid" if self.kind == "cancelled" else "none"
        return (
            self.id, self.number, "desk", 1, shop.order_type.pk, self.customer, name, "", "", "", "{}", "{}", self.date, at,
            one, self.branch, one, self.branch, "", "", self.date + timedelta(days=7), "", shop.method.pk, "inclusive", 0, 0,
            "inclusive", "", "{}", self.net, self.vat, self.gross, 0, "EUR", lifecycle, delivery, cancel, paid, status,
            version, at, one, "", True, fold(f"{self.number} {name}"),
            False,
        )  # fmt: skip

    def line_rows(self, shop, at):
        for position, (line_id, variant, quantity) in enumerate(self.lines, 1):
            article = (variant - 1) // 200
            price = shop.price[article]
            delivered = quantity if self.kind == "delivered" else 0
            cancelled = quantity if self.kind == "cancelled" else 0
            yield (
                line_id, self.id, position, UUID(int=line_id), 1, variant, f"S{article + 1:06d}",
                f"Overhemd Serie {article + 1:05d}", f"Kleur {(variant - 1) % 200 // SIZES:02d}", "",
                str(30 + (variant - 1) % SIZES), "", True, False, True, quantity, price, "inclusive", price, price, 0, 0,
                "inclusive", "", "high", 21, price * (quantity - cancelled), delivered, cancelled, 0, "EUR", at,
                shop.employee.pk,
            )  # fmt: skip


def ean13(twelve: str) -> str:
    """The EAN-13 of twelve digits (GS1 General Specifications, check digit)."""
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(twelve))
    return twelve + str(-total % 10)


def _copy(cursor, table: str, columns: str, rows) -> None:
    """COPY the rows, as text, into the named columns."""
    with cursor.copy(f"COPY {table} ({', '.join(_quoted(c) for c in columns.split())}) FROM STDIN") as copy:
        batch: list[str] = []
        for row in rows:
            batch.append("\t".join(map(str, row)))
            if len(batch) == 5000:
                copy.write("\n".join(batch) + "\n")
                batch.clear()
        if batch:
            copy.write("\n".join(batch) + "\n")


def _quoted(column: str) -> str:
    return f'"{column}"'


@contextmanager
def _without_foreign_keys(cursor):
    """Take the foreign keys of the filled tables away and put them back, checked at once instead of row by row."""
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
        [
            [
                *NUMBERED,
                "catalog_stocklevel",
                "catalog_stockmove",
                "sales_ordervat",
                "sales_orderversion",
                "sales_deliveryline",
            ]
        ],
    )
    keys = cursor.fetchall()
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table, name, _definition in keys:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    for table, name, definition in keys:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
