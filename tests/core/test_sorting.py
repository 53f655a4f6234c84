"""Lists by name stand in the order that a Dutch reader expects, on every server; it is worked out by hand."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.catalog.models import Article, ArticleGroup, Brand
from backoffice.core import paging
from backoffice.core.sorting import MOST, path_key, person_key, sort_key, split_infix
from backoffice.relations.models import Branch, Customer, Employee
from backoffice.relations.services import customers
from payments.models import PaymentMethod
from sales import lists
from sales.models import DeliveryMethod, OrderType, SalesOrder
from sales.services import drafts
from tests import factories
from tests.plans import plan_of

# last name, infix, first name; a company is one text. Figures come first and count by their value; a person stands
# under the last name, then the infix, then the first name; ij is i and j, as in Dutch dictionaries; a shorter name
# comes first
IN_ORDER = [
    "2 Brothers B.V.",
    "12 Ambachten",
    ("Ancona", "d’", "Marco"),
    ("Bakker", "", "Jan"),
    "Café 2",
    "Café 12",
    "De Bijenkorf",
    ("Døssing", "", "Ida"),
    ("Hart", "", "Zoë"),
    ("Hart", "'t", "Els"),
    ("Hoff", "van 't", "Kees"),
    ("Hoffman", "", "Anna"),
    ("IJsbrand", "", "Ben"),
    ("Ĳssel", "", "Carla"),
    ("Ilgen", "", "Dirk"),
    ("Jansen", "", "Piet"),
    "Jansen Schoenen",
    ("Jansen-Smit", "", "Ria"),
    ("O'Brien", "", "Sean"),
    ("Ooms", "", "Truus"),
    ("Özil", "", "Mesut"),
    ("Vries", "", "Carl"),
    ("Vries", "de", "Anna"),
    ("De Vries", "", "Bert"),
    ("vries", "de", "Cor"),
    ("Yılmaz", "", "Deniz"),
    ("Ysbrand", "", "Aad"),
    ("Żak", "", "Ewa"),
    "Zara",
]


def as_values(one) -> dict:
    if isinstance(one, str):
        return {"kind": "business", "company": one}
    return dict(zip(("last_name", "infix", "first_name"), one, strict=True))


def shown(one) -> str:
    return one if isinstance(one, str) else " ".join(part for part in (one[2], one[1], one[0]) if part)


@pytest.fixture
def office(db):
    """Somebody of the office, and the customers of the list in an order of no meaning, each with a draft."""
    made = factories.employee("office", factories.branch())
    factories.vat_rates()
    factories.order_type()
    factories.delivery_method()
    for one in sorted(IN_ORDER, key=lambda one: str(hash(shown(one)) % 1000)):
        buyer = customers.create(values=as_values(one), confirmed=True, employee=made)
        drafts.create(branch_id=made.home_branch_id, customer_id=buyer.pk, employee=made)
    return made


RIGHT = [shown(one) for one in IN_ORDER]


def test_customers_stand_in_the_order_of_a_dutch_reader(office):
    assert list(Customer.objects.values_list("name", flat=True)) == RIGHT
    assert list(Customer.objects.reverse().values_list("name", flat=True)) == RIGHT[::-1]


def test_pages_go_on_where_the_last_one_ended_there_and_back(office):
    seen, after = [], None
    while True:
        page = paging.keyset(Customer.objects.all(), field="sort_key", after=after, size=10)
        seen.append([row.name for row in page.rows])
        if page.after is None:
            break
        after = page.after
    assert seen == [RIGHT[:10], RIGHT[10:20], RIGHT[20:]]
    back = paging.keyset(Customer.objects.all(), field="sort_key", before=page.rows[0].pk, size=10)
    assert [row.name for row in back.rows] == RIGHT[10:20]


def test_orders_by_customer_stand_in_the_same_order(office):
    for sort, right in (("customer", RIGHT), ("-customer", RIGHT[::-1])):
        filters = lists.Filters({}, "", sort)
        page = lists.page(filters, office, after=None, before=None)
        assert [order.customer_name for order in page.rows] == right


def test_the_screens_show_it(client, office):
    client.force_login(office)
    for address, sort in (("relations:customers", "name"), ("sales:orders", "customer")):
        page = client.get(reverse(address), {"sort": sort}).content.decode()
        places = [page.index(f">{name}<") for name in ("Café 2", "Café 12", "Anna Hoffman", "Ben IJsbrand", "Zara")]
        assert places == sorted(places), address


def test_an_order_that_changes_its_customer_moves_and_a_renamed_customer_moves(office):
    zara, bakker = Customer.objects.get(name="Zara"), Customer.objects.get(name="Jan Bakker")
    order = SalesOrder.objects.get(customer=bakker)
    drafts.set_header(order_id=order.pk, revision=None, values={"customer": zara.pk}, employee=office)
    order.refresh_from_db()
    assert order.customer_sort == zara.sort_key == "zara"
    values = {"last_name": "Aalbers", "infix": "", "first_name": "Jan"}
    customers.change(customer_id=bakker.pk, revision=1, values=values, addresses=[], employee=office)
    assert Customer.objects.order_by("sort_key").first() == Customer.objects.get(company="2 Brothers B.V.")
    assert Customer.objects.get(pk=bakker.pk).sort_key == "aalbers\x1f\x1fjan"


@pytest.mark.parametrize(
    ("typed", "infix", "rest"),
    [
        ("de Vries", "de", "Vries"),
        ("DE VRIES", "DE", "VRIES"),
        ("van ’t Hoff", "van ’t", "Hoff"),
        ("Van der Berg", "Van der", "Berg"),
        ("v.d. Berg", "v.d.", "Berg"),
        ("in 't Veld", "in 't", "Veld"),
        ("d'Ancona", "d'", "Ancona"),
        ("Ten Hag", "Ten", "Hag"),
        ("Van", "", "Van"),
        ("Vandenberg", "", "Vandenberg"),
        ("Denman", "", "Denman"),
        ("Le Blanc", "", "Le Blanc"),
        ("In", "", "In"),
    ],
)
def test_an_infix_that_was_typed_into_the_last_name_does_not_count(typed, infix, rest):
    assert split_infix(typed) == (infix, rest)
    assert person_key(typed, "", "Jan") == person_key(rest, infix, "Jan")


def test_names_of_the_set_up_stand_in_the_same_order(db):
    typed = ["zilver", "Ĳs", "'t Hart", "Östlund", "Tommy 12", "Tommy 2", "IJzer", "ooms", "O’Neill"]
    right = ["Ĳs", "IJzer", "O’Neill", "ooms", "Östlund", "'t Hart", "Tommy 2", "Tommy 12", "zilver"]
    for name in typed:
        Brand.objects.create(name=name)
        factories.branch(name)
        factories.article(name=name)
        factories.employee("", name=name)
        OrderType.objects.create(name=name)
        DeliveryMethod.objects.create(name=name)
        PaymentMethod.objects.create(name=name, kind="bank", position=9)
    for rows in (Brand, Branch, Article, Employee, OrderType, DeliveryMethod):
        assert list(rows.objects.values_list("name", flat=True)) == right, rows
    assert list(PaymentMethod.objects.filter(position=9).values_list("name", flat=True)) == right


def test_groups_stand_as_a_tree(db):
    right = ["Dames", "Dames/Jassen", "Dames/Truien", "Dames XL", "Élégance", "Heren"]
    for path in right[::-1]:
        ArticleGroup.objects.create(path=path)
    assert list(ArticleGroup.objects.values_list("path", flat=True)) == right
    assert path_key("Dames/Jassen") == "dames\x1fjassen"


def test_no_server_has_another_order(db):
    """Every sort key is compared by its code points, whatever the locale of the server."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, collation_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND column_name IN ('sort_key', 'customer_sort') ORDER BY 1"
        )
        found = cursor.fetchall()
    assert found == [
        (table, "C")
        for table in (
            "catalog_article", "catalog_articlegroup", "catalog_brand", "catalog_sizerange", "payments_paymentmethod",
            "pos_tilllayout", "relations_branch", "relations_customer", "relations_employee", "sales_deliverymethod",
            "sales_ordertype", "sales_salesorder",
        )
    ]  # fmt: skip


def test_a_name_of_letters_that_become_many_still_fits_its_index(db):
    longest = "\ufdfa" * 120  # one sign that is taken apart into eighteen
    assert len(sort_key(longest)) == MOST
    assert Brand.objects.create(name=longest[:80]).sort_key == sort_key(longest[:80])
    office = factories.employee("office", factories.branch())
    assert customers.create(values={"kind": "business", "company": longest}, confirmed=True, employee=office).pk


MANY = 20_000


@pytest.mark.django_db(transaction=True)
def test_the_lists_by_name_walk_along_their_index(office):
    """With as many rows as a chain has: nothing is sorted, the first page and one in the middle."""
    draft = SalesOrder.objects.order_by("pk").first()
    columns = [
        f.column for f in SalesOrder._meta.concrete_fields if f.column not in ("id", "due_sort", "customer_sort")
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO relations_customer (number, kind, company, first_name, infix, last_name, email, phone, kvk,"
            " vat_id, vat_mode, note, blocked, name, search_text, sort_key, created_at, revision)"
            " SELECT 50000 + n, 'private', '', '', '', 'x', '', '', '', '', '', '', false, 'x' || n, 'x' || n,"
            " md5(n::text), now(), 1 FROM generate_series(1, %s) n", [MANY],
        )  # fmt: skip
        cursor.execute(
            "INSERT INTO catalog_article (number, name, vat_code, sales_price, currency, fractions, stocked, matrix,"
            " active, image, search_text, sort_key) SELECT 'N' || n, 'x', 'high', 1, 'EUR', false, true, false, true,"
            " '', 'x', md5(n::text) FROM generate_series(1, %s) n", [MANY],
        )  # fmt: skip
        cursor.execute(
            f"INSERT INTO sales_salesorder ({names}, customer_sort) SELECT {names}, md5(n::text)"
            " FROM sales_salesorder, generate_series(1, %s) n WHERE sales_salesorder.id = %s", [MANY, draft.pk],
        )  # fmt: skip
    walks = [
        (Customer.objects.filter(anonymised_at=None), "sort_key", "relations_customer", "customer_by_name"),
        (Article.objects.filter(active=True), "sort_key", "catalog_article", "article_by_name"),
        (SalesOrder.objects.filter(listed=True), "customer_sort", "sales_salesorder", "order_by_customer"),
    ]
    for rows, field, table, index in walks:
        middle = rows.order_by(field, "pk").values_list("pk", flat=True)[MANY // 2]
        for cursor in ({}, {"after": middle}, {"before": middle}):
            with CaptureQueriesContext(connection) as captured:
                paging.keyset(rows, field=field, **cursor)
            plan = plan_of(captured.captured_queries[-1]["sql"], table)
            assert index in plan and "Sort" not in plan, plan
