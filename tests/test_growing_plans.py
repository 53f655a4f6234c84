"""What the pages of a shop that grew read: by an index, never a whole table for one screen."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.core.db.roles import as_owner
from tests import factories, grown
from tests.manual.kassa import shop as till_shop
from tests.pos import counter
from tests.sales.delivery_shop import confirmed

pytestmark = pytest.mark.django_db(transaction=True)
# tables that grow without end
# how many customers there are, up to a thousand: every row counts, so that it stops after as many
COUNTED = '"relations_customer"."anonymised_at" IS NULL LIMIT 1001) subquery'
LARGE = ("sales_salesorder", "sales_orderline", "catalog_stocklevel", "catalog_variant", "relations_customer")


@pytest.fixture
def s(client):
    """5,000 orders of one customer, 5,000 that wait, 500 amended, 20,000 stock rows at the branch."""
    made = till_shop()
    made.sold = confirmed(made, [(made.wit40, 1)], customer=made.customer)
    made.draft = factories.draft(employee=made.office, branch=made.branch, customer=made.customer)
    grown.customers(made.customer, 5_000)
    grown.orders(made.sold, 5_000, status="'settled'", delivery_state="'all'")
    waiting = grown.orders(made.sold, 5_000, customer_id="null")
    grown.amendments(waiting[:500], made.sold)
    grown.stock(made.branch, 20_000)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client.force_login(made.admin)
    counter.sit(client, made.till, made.admin)
    return made


def whole_tables(client, url: str) -> dict[str, str]:
    """{table: statement} of what the page reads from end to end."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
        statements = [q["sql"] for q in captured if q["sql"].lstrip("( ").startswith(("SELECT", "WITH"))]
    assert answer.status_code == 200, url
    found = {}
    with connection.cursor() as cursor:
        for statement in statements:
            if any(table in statement for table in LARGE) and not statement.endswith(COUNTED):
                cursor.execute("SET enable_seqscan = off")  # a few thousand rows are read as fast from end to end
                cursor.execute(f"EXPLAIN {statement}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
                cursor.execute("RESET enable_seqscan")
                read = set(re.findall(r"Seq Scan on (\w+)", plan)) & set(LARGE)
                found |= dict.fromkeys(read, f"{statement[:900]}\n{plan}")
    return found


def test_no_page_reads_a_whole_table(client, s):
    pages = {
        "orders": reverse("sales:orders"),
        "orders of a status": reverse("sales:orders") + "?status=open",
        "orders of a customer": reverse("sales:orders_of_customer", args=[s.customer.pk]),
        "an order": reverse("sales:order", args=[s.sold.pk]),
        "beside an order": reverse("sales:side", args=[s.draft.pk]),
        "a draft": reverse("sales:order", args=[s.draft.pk]),
        "picker": reverse("sales:picker", args=[s.draft.pk]),
        "worklists": reverse("sales:worklists"),
        "picking list": reverse("documents:picklist"),
        "packing slip": reverse("documents:slip_new", args=[s.sold.pk]),
        "customers": reverse("relations:customers"),
        "a customer": reverse("relations:customer", args=[s.customer.pk]),
        "articles": reverse("catalog:articles"),
        "article": reverse("catalog:article", args=[s.shirt.pk]),
        "stock of an article": reverse("catalog:stock_article", args=[s.shirt.pk]),
        "count": reverse("catalog:stock_count", args=[s.shirt.pk]),
        "till": reverse("pos:till"),
        "queue": reverse("pos:queue"),
        "choose an order": reverse("pos:choose_order"),
        "choose a customer": reverse("pos:customer"),
        "orders of branch and customer, searched": reverse("sales:orders") + "?q=VO-GROEI-77",
    }
    found = {name: whole_tables(client, url) for name, url in pages.items()}
    assert {name: read for name, read in found.items() if read} == {}


def test_the_parked_baskets_are_counted_by_an_index_of_their_own(client, s):
    """Each screen of a till says how many wait, whatever else the shop sold."""
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("pos:till"))
        statements = [q["sql"] for q in captured if "parked_name" in q["sql"] and "COUNT(" in q["sql"]]
    assert len(statements) == 1
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statements[0]}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "order_parked" in plan, plan
