"""Every page of the project with three of everything and with thirty: as many statements, and never too many bytes."""

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from backoffice.catalog.models import ArticleGroup, Barcode, Brand, Colour, Size, SizeRange, Variant
from backoffice.relations.models import Branch, Customer, CustomerAddress, Employee, Till
from payments.models import PaymentMethod
from payments.services import depositing
from pos.models import QuickKey, QuickKeyPage, TillLayout
from sales.documents.services import mailing, packing
from sales.models import DeliveryMethod, OrderType, SalesOrder
from sales.services import amending, confirming, lines
from tests import factories, grown, test_rights
from tests.pos import counter
from tests.test_rights import known, url_of

pytestmark = pytest.mark.django_db
shop = test_rights.shop
BYTES = 300_000
# what a page may weigh more for each row more of everything together (a row of each list that it shows, and of an
# article's grid a row of thirty sizes)
PER_ROW = 7_000


def missing(model, number: int, **conditions) -> int:
    return max(number - model.objects.filter(**conditions).count(), 0)


def grow(shop, number: int) -> None:
    """So many of everything, where there were fewer."""
    office = shop.employees["office"]
    grown.branches(shop.branch, missing(Branch, number))
    grown.employees(shop.employees["seller"], shop.branch, missing(Employee, number))
    for at in range(missing(Till, number, branch=shop.branch)):
        factories.till(shop.branch, 100 * number + at)
    grow_catalogue(shop, number)
    for model in (OrderType, DeliveryMethod, PaymentMethod):
        grown.copies(model.objects.first(), missing(model, number), name=f"'Groei {number} ' || g")
    grown.customers(Customer.objects.order_by("pk").first(), missing(Customer, number))
    customer = Customer.objects.get(pk=shop.pks["relations:customer"])
    for at in range(missing(CustomerAddress, number, customer=customer)):
        customer.addresses.create(kind="delivery", street="Groei", house_number=str(at), city="Zeist")
    grow_layouts(shop, number)
    grow_orders(shop, number, office, customer)


def grow_catalogue(shop, number: int) -> None:
    grown.copies(Brand.objects.first(), missing(Brand, number), name=f"'Groei {number} ' || g")
    grown.copies(ArticleGroup.objects.first(), missing(ArticleGroup, number), path=f"'Groei {number} ' || g")
    grown.copies(SizeRange.objects.first(), missing(SizeRange, number), name=f"'Groei {number} ' || g")
    grown.copies(
        Colour.objects.first(), missing(Colour, number), label=f"'Groei {number} ' || g", position=f"{number} + g"
    )
    bar = shop.article.size_range
    for at in range(missing(Size, number, size_range=bar)):
        Size.objects.create(size_range=bar, label=f"{number}-{at}", position=100 * number + at)
    size = bar.sizes.first()
    for colour in Colour.objects.exclude(pk__in=shop.article.variants.values("colour"))[
        : missing(Variant, number, article=shop.article)
    ]:
        made = Variant.objects.create(article=shop.article, colour=colour, size=size)
        Barcode.objects.create(code=factories.barcode_number(), variant=made)
        grown.levels([made.pk], [shop.branch.pk])
    grown.copies(
        shop.article, missing(type(shop.article), number), number=f"'G{number}-' || g", name=f"'Groei {number} ' || g"
    )


def grow_layouts(shop, number: int) -> None:
    grown.copies(TillLayout.objects.first(), missing(TillLayout, number), name=f"'Groei {number} ' || g")
    layout = shop.page.layout
    layout.tills.add(*Till.objects.all())
    for at in range(missing(QuickKeyPage, number, layout=layout)):
        QuickKeyPage.objects.create(layout=layout, name=f"Blad {at}", position=number + at)
    free = [at for at in range(20) if not QuickKey.objects.filter(page=shop.page, row=at // 5, column=at % 5).exists()]
    for at in free[: missing(QuickKey, min(number, 20), page=shop.page)]:
        QuickKey.objects.create(page=shop.page, row=at // 5, column=at % 5, article=shop.article)


def grow_orders(shop, number: int, office, customer) -> None:
    """Lines of the draft; orders of the customer, that wait; papers, mails, payments and versions of one of them."""
    held = shop.order.lines.values("variant")
    spare = shop.article.variants.exclude(pk__in=held).values_list("pk", flat=True)
    items = [(pk, Decimal(1)) for pk in spare[: max(number - shop.order.lines.count(), 0)]]
    if items:
        lines.add(order_id=shop.order.pk, items=items, employee=office)
    sold = shop.slip.delivery.order
    every = list(shop.article.variants.values_list("pk", flat=True))
    lived = shop.__dict__.setdefault("lived", None) or confirmed(shop, [(every[0], Decimal(200))], office, customer)
    shop.lived = lived
    for _at in range(number - lived.deliveries.count()):
        packing.create_slip(order_id=lived.pk, quantities={lived.lines.first().pk: Decimal(1)}, employee=office)
    bank = PaymentMethod.objects.filter(kind="bank").first()
    for _at in range(number - lived.entries.count()):
        depositing.deposit(order_id=lived.pk, tenders=[(bank.pk, Decimal(1))], employee=office)
        mailing.queue_mail(
            order_id=lived.pk, kind="confirmation", recipient="a@b.nl", subject="x", body="x", employee=office
        )
    waiting = grown.orders(sold, missing(SalesOrder, number, customer=customer))
    for pk in waiting[:: max(len(waiting) // 5, 1)]:
        amending.amend(order_id=pk, employee=office)


def confirmed(shop, items, office, customer) -> SalesOrder:
    made = factories.draft(employee=office, branch=shop.branch, customer=customer)
    lines.add(order_id=made.pk, items=items, employee=office)
    return confirming.confirm(order_id=made.pk, employee=office)


def walk(client, shop) -> dict[str, tuple[int, int, int]]:
    """{name of the page: (status, statements, bytes)} of everything that can be asked."""
    found = {}
    for name, path, _right, methods in known():
        if "GET" not in methods:
            continue
        for order in (shop.order, shop.lived) if "<int:order_id>" in path else (None,):
            url = url_of(shop, name, path.replace("<int:order_id>", str(order.pk)) if order else path)
            with transaction.atomic():
                client.get(url)  # what is read once and kept
                with CaptureQueriesContext(connection) as captured:
                    answer = client.get(url)
                    statements = len(captured)
                transaction.set_rollback(True)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            found[f"{name} of {order.lifecycle}" if order else name] = (answer.status_code, statements, len(content))
    return found


def test_thirty_of_everything_take_as_many_statements_as_three(client, shop):
    client.force_login(shop.employees["admin"])
    counter.sit(client, shop.till, shop.employees["admin"])
    client.raise_request_exception = False
    grow(shop, 3)
    three = walk(client, shop)
    grow(shop, 30)
    thirty = walk(client, shop)
    assert {name: row[0] for name, row in three.items()} == {name: row[0] for name, row in thirty.items()}
    shown = [name for name, row in thirty.items() if row[0] == 200]
    assert len(shown) > 90
    more = {name: (three[name][1], thirty[name][1]) for name in shown if thirty[name][1] > three[name][1]}
    assert more == {}
    heavy = {
        name: (three[name][2], thirty[name][2])
        for name in shown
        if thirty[name][2] > BYTES or thirty[name][2] - three[name][2] > 27 * PER_ROW
    }
    assert heavy == {}
