"""What there is to sell, who sells it, and drafts by the thousand. Made by the product's own services."""

from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.test import Client

from backoffice.catalog import stock
from payments.services import sessions
from tests import factories
from tests.faults.desk import GIVES_UP, Desk
from tests.payments import shop as payments_shop
from tests.pos import counter

CSRF = "b" * 32
PIECES = 100_000
DESKS = 4


class Shop:
    """ready: drafts to be confirmed, so many."""

    def __init__(self, ready: int):
        made = payments_shop.shop()
        self.branch, self.office, self.seller, self.till = made.branch, made.office, made.seller, made.till
        self.customer, self.bank, self.cash = made.customer, made.method.bank, made.method.contant
        self.article = factories.article(
            "70001", "Trui", "49.95", colours=["Wit", "Navy", "Rood"], sizes=["S", "M", "L"]
        )
        self.variants = list(self.article.variants.order_by("pk"))
        pieces = [(variant.pk, Decimal(PIECES)) for variant in self.variants]
        stock.move(made.branch, pieces, reason="opening", source="begin", employee=made.office)
        self.codes = [factories.code_of(variant) for variant in self.variants]
        self.ready = self.drafts(ready)
        self.logins = [self.login() for _ in range(DESKS)]
        sessions.open_session(till_id=self.till.pk, float_amount=Decimal(100), employee=self.seller)
        self.counter = self.login(self.till)

    def desk(self, number: int, port: int, without: str = "", gives_up: float = GIVES_UP) -> Desk:
        return Desk(port, self.logins[number % DESKS], CSRF, without, gives_up=gives_up)

    def login(self, till=None) -> str:
        """The cookies of somebody of the office who is logged in, or with a till of its cashier."""
        client = Client(SERVER_NAME="127.0.0.1")
        if till:
            counter.sit(client, till, self.seller)
        else:
            client.force_login(self.office, backend="backoffice.relations.backends.DeskBackend")
        client.cookies[settings.CSRF_COOKIE_NAME] = CSRF
        return "; ".join(f"{cookie.key}={cookie.value}" for cookie in client.cookies.values())

    def drafts(self, count: int) -> list[int]:
        """So many drafts of one line, ready to be confirmed: copies of one that the product made."""
        model = factories.draft(
            employee=self.office, branch=self.branch, customer=self.customer, items=[(self.variants[0], 2)]
        )
        keys: list[int] = [model.pk]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO sales_salesorder ({_columns('sales_salesorder')}) SELECT {_columns('sales_salesorder')}"
                " FROM sales_salesorder, generate_series(2, %s) WHERE id = %s RETURNING id",
                [count, model.pk],
            )
            keys += [row[0] for row in cursor.fetchall()]
            for table, own in (("sales_orderline", {"key": "gen_random_uuid()"}), ("sales_ordervat", {})):
                columns = _columns(table)
                values = ", ".join({"order_id": "o.id", **own}.get(name, f"l.{name}") for name in columns.split(", "))
                cursor.execute(
                    f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} l, unnest(%s::bigint[]) AS o (id)"
                    " WHERE l.order_id = %s",
                    [keys[1:], model.pk],
                )
        return keys


def _columns(table: str) -> str:
    """The columns of a table that one may fill."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)"
            " FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'",
            [table],
        )
        return cursor.fetchone()[0]
