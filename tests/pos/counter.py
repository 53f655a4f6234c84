"""A till for tests: a shop with a registered browser and a cashier on its seat."""

import hashlib
import uuid
from types import SimpleNamespace

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from pos.models import TillSeat
from tests import factories
from tests.sales import order_shop

PIN = "2580"


def shop() -> SimpleNamespace:
    """The shop of the order screen, with two tills and PIN codes for everybody."""
    made = order_shop.shop()
    made.till, made.other = factories.till(made.branch, 1), factories.till(made.branch, 2)
    for person in (made.office, made.manager, made.seller, made.admin):
        person.pin_hash = make_password(PIN)
        person.save()
    return made


def register(till) -> str:
    """Make a browser this till, without the backoffice; gives its token."""
    token = uuid.uuid4().hex
    till.device_token_hash = hashlib.sha256(token.encode()).hexdigest()
    till.device_generation, till.device_formers = 0, {}
    till.save()
    return token


def sit(client, till, employee) -> None:
    """The client is this till's browser, and the employee unlocked it."""
    token = register(till)
    client.cookies["till_device"] = token
    TillSeat.objects.update_or_create(
        till=till,
        defaults={"device_hash": till.device_token_hash, "employee": employee, "seen_at": timezone.now()},
    )


def key() -> str:
    return str(uuid.uuid4())
