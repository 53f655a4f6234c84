"""Fill an empty database with a year of a very large chain, by COPY: for benches and plans, never for a shop."""

import random
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from backoffice.catalog.models import Article, Brand, Colour, Size, SizeRange, VatRate
from backoffice.core import numbers
from backoffice.core.db.roles import as_owner
from backoffice.core.gtin import gtin
from backoffice.core.money import cents
from backoffice.core.search import fold
from backoffice.core.sorting import person_key, sort_key
from backoffice.relations.models import Branch, Employee, EmployeeRole
from payments.models import PaymentMethod
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
# of a hundred orders: how many are drafts, open, cancelled; the others are delivered, within two weeks
DRAFTS, OPEN, CANCELLED = 1, 4, 5

# every third order that is paid had a deposit of half; what is open has that deposit alone
PAYMENTS = """
WITH part AS (
    SELECT nextval(pg_get_serial_sequence('payments_ledgerentry', 'id')) AS id, ordered.* FROM (
        SELECT o.id AS order_id, o.branch_id, p.kind, p.day, p.amount,
            CASE WHEN NOT p.first THEN o.vat - round(o.vat * half.amount / o.gross, 2)
                ELSE round(o.vat * p.amount / o.gross, 2) END AS vat
        FROM sales_salesorder o LEFT JOIN sales_delivery d ON d.order_id = o.id
            CROSS JOIN LATERAL (SELECT CASE WHEN o.paid_total = o.gross AND o.id %% 3 <> 0 THEN 0
                ELSE round(o.gross / 2, 2) END AS amount) half
            CROSS JOIN LATERAL (VALUES ('deposit', o.order_date, half.amount, true), ('settlement',
                d.at::date, o.paid_total - half.amount, half.amount = 0)) p (kind, day, amount, first)
        WHERE o.paid_total <> 0 AND p.amount <> 0 ORDER BY p.day, o.id
    ) ordered
), entry AS (
    INSERT INTO payments_ledgerentry (id, kind, order_id, method_id, method_kind, branch_id, employee_id, business_date,
        at, amount, currency, "group", reason, reference)
    SELECT part.id, part.kind, order_id, m.id, m.kind, branch_id, %s, day, day + time '12:00', amount, 'EUR',
        gen_random_uuid(), '', ''
    FROM part JOIN payments_paymentmethod m ON m.id = (ARRAY[%s, %s])[1 + order_id %% 2] ORDER BY part.id
), side AS (
    INSERT INTO payments_posting (entry_id, account, branch_id, amount, currency)
    SELECT part.id, s.account, branch_id, part.amount * s.sign, 'EUR' FROM part CROSS JOIN LATERAL (VALUES
        ((ARRAY['bank', 'online'])[1 + order_id %% 2], 1), ('orders', -1)) s (account, sign) ORDER BY part.id
)
INSERT INTO payments_entryvat (entry_id, code, percent, net, vat, gross, currency)
SELECT id, 'high', 21, amount - vat, vat, amount, 'EUR' FROM part ORDER BY id
"""


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
                self._payments(cursor)
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
            " search_text sort_key",
            (
                (i, f"S{i:06d}", name, shop.brand.pk, "high", shop.size_range.pk, prices[i - 1], "EUR", False, True, True,
                 True, "", fold(f"S{i:06d} {name} {shop.brand.name}"), sort_key(name))
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
            cursor, "catalog_barcode", "id code gtin variant_id",
            ((v, code, gtin(code), v) for v in range(1, count + 1) for code in [ean13(f"29{v:010d}")]),
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
            found, key = fold(f"{10000 + i} {name}"), person_key(name)
            rows.append((i, 10000 + i, "private", name, name, found, "", timezone.now(), 1, False, key))
        shop = self.shop
        shop.customers = [(row[3], row[-1]) for row in rows]
        _copy(
            cursor, "relations_customer",
            "id number kind last_name name search_text note created_at revision blocked sort_key company first_name infix"
            " email phone kvk vat_id vat_mode",
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
            cursor, "sales_ordervat", "order_id code percent net vat gross currency",
            ((o.id, "high", 21, o.net, o.vat, o.gross, "EUR") for o in plan),
        )  # fmt: skip
        _copy(
            cursor, "sales_orderversion", "order_id version action reason at employee_id changes snapshot personal",
            ((o.id, 1, "confirmed", "", at, one, "[]", "{}", "{}") for o in plan if o.kind != "draft"),
        )  # fmt: skip
        delivered = [o for o in plan if o.kind == "delivered"]
        _copy(
            cursor, "sales_delivery", "id order_id branch_id kind employee_id at override_reason",
            ((o.id, o.id, o.branch, "slip", one, o.delivered_at, "") for o in delivered),
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

    def _payments(self, cursor):
        """The ledger of what orders say they were paid: some in one payment, some as a deposit and the rest after it."""
        methods = [
            PaymentMethod.objects.get_or_create(kind=kind, defaults={"name": kind, "at_desk": True})[0].pk
            for kind in ("bank", "online")
        ]
        cursor.execute("ALTER TABLE payments_ledgerentry DISABLE TRIGGER entry_balance")
        cursor.execute("ALTER TABLE payments_posting DISABLE TRIGGER posting_balance")
        cursor.execute(PAYMENTS, [self.shop.employee.pk, *methods])
        cursor.execute("ALTER TABLE payments_ledgerentry ENABLE TRIGGER entry_balance")
        cursor.execute("ALTER TABLE payments_posting ENABLE TRIGGER posting_balance")


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
        self.customers: list[tuple[str, str]] = []  # name and sort key
        self.series: dict[int, int] = {}


class _Order:
    """One order of two lines, inclusive of 21 % VAT, in one of the four states."""

    COLUMNS = (
        "id number channel revision order_type_id customer_id customer_name customer_sort customer_attention customer_vat_id"
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
        "paid": ("confirmed", "all", "none", "settled", 1),
    }
    __slots__ = ("branch", "customer", "date", "gross", "id", "kind", "lines", "net", "number", "paid", "vat")

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
        self.paid = Decimal(0)
        if self.kind == "delivered" and i % 5:
            self.paid = self.gross
        elif self.kind == "open" and i % 2:
            self.paid = cents(self.gross / 2)

    @property
    def delivered_at(self) -> datetime:
        day = min(self.date + timedelta(days=self.id % 14), LAST_DAY)
        return datetime.combine(day, time(12), timezone.get_current_timezone())

    def row(self, shop, at):
        lifecycle, delivery, cancel, status, version = self.STATES[
            "paid" if self.kind == "delivered" and self.paid else self.kind
        ]
        (name, key), one = shop.customers[self.customer - 1], shop.employee.pk
        paid = "paid" if self.paid == self.gross else "part" if self.paid else "none"
        return (
            self.id, self.number, "desk", 1, shop.order_type.pk, self.customer, name, key, "", "", "", "{}", "{}", self.date,
            at, one, self.branch, one, self.branch, "", "", self.date + timedelta(days=7), "", shop.method.pk, "inclusive", 0, 0,
            "inclusive", "", "{}", self.net, self.vat, self.gross, self.paid, "EUR", lifecycle, delivery, cancel, paid, status,
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
                "payments_ledgerentry",
                "payments_posting",
                "payments_entryvat",
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
