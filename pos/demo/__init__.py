"""The demo shop Linde & Loof: a fictional Dutch chain, made by the product's own services, always the same.

It lives on the highest floor because it uses all of them. Nothing of it is ever loaded outside `load_demo`.
"""

from django.db import transaction
from django.utils import timezone

from pos.demo import catalogue, deliveries, money, orders, people, shop, states, till

ORDERS = 100  # a year of them, beside one of every state; loaded in under half a minute
# what `manage.py serve` prints: name of the role, login, password, and the PIN code at the till
LOGINS = [
    ("Backoffice", shop.email("sanne"), shop.PASSWORD, "1061"),
    ("Beheerder", shop.email("ilse"), shop.PASSWORD, "1063"),
    ("Filiaalmanager Utrecht", shop.email("lotte"), shop.PASSWORD, "4710"),
    ("Verkoper Utrecht", shop.email("noor"), shop.PASSWORD, "3001"),
]


@transaction.atomic
def load(order_count: int = ORDERS) -> None:
    """Fill an empty database with the demo shop, all or nothing."""
    branches, employees = shop.make()
    catalogue.make(list(branches.values()), employees["ilse"])
    people.make(employees["sanne"])
    till.make()
    today = timezone.localdate()
    made = orders.make(branches, employees, order_count, today)
    deliveries.make(made, employees, today)
    money.make(employees, made, today)
    states.make(branches, employees, today)
