"""A year of orders, through the same services as the screens; dates end today, everything else is always the same."""

import random
from datetime import date, timedelta
from decimal import Decimal

from backoffice.catalog.models import Variant
from backoffice.core.errors import Refusal
from backoffice.relations.models import Customer
from sales.models import DeliveryMethod, OrderType, SalesOrder
from sales.services import confirming, drafts, lines

SUBJECTS = [
    "", "", "", "Bedrijfskleding voorjaar", "Trouwpak, vermaken", "Winterlaarzen, kleur bestellen", "Jubileumjurk",
    "Clubpolo’s met borduring", "Wandelschoen breed", "Kostuums “De Storm”", "Schoolkleding", "Bruidsschoenen",
]  # fmt: skip
TEXTS = [
    "Lengte 36, innemen",
    "Naam borduren: M. de Vries",
    "Inlegzool meeleveren",
    "Graag als cadeau inpakken",
    "Mouw 2 cm korter",
]


def make(branches, employees, count: int, today: date) -> list[SalesOrder]:
    """Make the orders, oldest first; about one in twelve stays Concept, the others are Openstaand."""
    rng = random.Random(23)
    customers = list(Customer.objects.order_by("number"))
    pieces = list(Variant.objects.filter(article__stocked=True).order_by("pk").values_list("pk", "article_id"))
    services = list(Variant.objects.filter(article__stocked=False).order_by("pk").values_list("pk", flat=True))
    types = {row.name: row for row in OrderType.objects.all()}
    methods = {row.name: row for row in DeliveryMethod.objects.all()}
    days = sorted(today - timedelta(days=rng.randrange(365)) for _ in range(count))
    made = []
    for index, day in enumerate(days):
        branch = rng.choice(list(branches.values()))
        seller = rng.choice([e for e in employees.values() if e.home_branch_id == branch.pk])
        customer = rng.choice(customers)
        order = drafts.create(branch_id=branch.pk, employee=seller, customer_id=customer.pk)
        order = drafts.set_header(
            order_id=order.pk, revision=None, employee=seller, values=_header(rng, customer, day, types, methods)
        )
        order = lines.add(order_id=order.pk, items=_items(rng, pieces, services), employee=seller)
        order = _dress(rng, order, seller)
        if not (rng.random() < 0.03 or index >= count - 10):
            order = _confirm(order, seller)
        made.append(order)
    return made


def _confirm(order: SalesOrder, seller) -> SalesOrder:
    """Confirm; where the branch blocks what it has not got, the order stays Concept, as in a shop."""
    try:
        return confirming.confirm(order_id=order.pk, employee=seller)
    except Refusal as refusal:
        if refusal.code != "stock.short":
            raise
        return order


def _header(rng, customer, day, types, methods) -> dict:
    business = customer.kind == Customer.Kind.BUSINESS
    kind = "Verkooporder zakelijk" if business else rng.choices(["Verkooporder", "Maatwerk", "Offerte"], [88, 8, 4])[0]
    method = rng.choices(["Afhalen", "Bezorgen", "Bezorgen per post"], [60, 30, 10])[0]
    return {
        "order_type": types[kind].pk,
        "order_date": day,
        "expected_delivery_date": day + timedelta(days=rng.choice([1, 3, 7, 7, 14, 28])),
        "delivery_method": methods[method].pk,
        "subject": rng.choice(SUBJECTS),
        "reference": f"INK-{rng.randrange(1000, 9999)}" if business else "",
    }


def _items(rng, pieces, services) -> list[tuple[int, Decimal]]:
    """A few variants, now and then several sizes of one article, now and then a service along with them."""
    chosen: dict[int, Decimal] = {}
    for _ in range(rng.choice([1, 1, 2, 2, 3, 5])):
        at = rng.randrange(len(pieces))
        run = [v for v, article in pieces[at : at + rng.choice([1, 1, 1, 4])] if article == pieces[at][1]]
        for variant_id in run:
            chosen[variant_id] = Decimal(rng.choice([1, 1, 1, 2, 4]))
    if rng.random() < 0.2:
        chosen[rng.choice(services)] = Decimal(1)
    return list(chosen.items())


def _dress(rng, order, seller):
    """A text here, a discount there, now and then a discount on the whole."""
    if rng.random() < 0.25:
        line = rng.choice(order.all_lines)
        order = lines.set_line(
            order_id=order.pk, line_id=line.pk, revision=None, values={"text": rng.choice(TEXTS)}, employee=seller
        )
    if rng.random() < 0.2:
        line = rng.choice(order.all_lines)
        order = lines.set_line(
            order_id=order.pk,
            line_id=line.pk,
            revision=None,
            values={"discount": ("percent", Decimal(5))},
            employee=seller,
        )
    elif rng.random() < 0.08:
        order = drafts.set_discount(order_id=order.pk, percent=Decimal(5), employee=seller)
    return order
