"""Selling below stock: where the branch warns, the order is confirmed and what will have to follow is said."""

from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.core.keys import new_key
from backoffice.relations.models import Branch
from sales.models import SalesOrder
from sales.services import amending, confirming, lines
from tests import factories
from tests.sales.delivery_shop import level, receive
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db
THREE_SHORT = "Van Oxford-overhemd Kade Wit 40 is in Utrecht Oudegracht 3 te weinig vrij: dat wordt nageleverd."


def confirm(client, order) -> list[str]:
    """Verkooporder bevestigen; gives the warnings that the screen shows then."""
    assert client.post(reverse("sales:confirm", args=[order.pk]), {"key": new_key()}).status_code == 303
    shown = client.get(reverse("sales:order", args=[order.amends_id or order.pk])).context["messages"]
    return [str(message) for message in shown if message.level_tag == "warning"]


@pytest.mark.parametrize(("policy", "warnings"), [("allow", []), ("warn", [THREE_SHORT])])
def test_what_is_short_is_named_once_confirmed(client, policy, warnings):
    s = shop()
    Branch.objects.update(below_stock=policy)
    receive(s.branch, s.office, (s.wit40, 1), (s.riem, 2))
    order = factories.draft(
        employee=s.office, customer=s.customer, items=[(s.wit40, 4), (s.riem, 2), (s.inkorten, 1)]
    )  # fmt: skip
    client.force_login(s.office)
    assert confirm(client, order) == warnings
    assert (level(s.branch, s.wit40), level(s.branch, s.riem)) == ((1, 4), (2, 2))
    assert SalesOrder.objects.get(pk=order.pk).get_status_display() == "Openstaand"


def test_an_amendment_warns_of_what_it_adds_and_not_of_what_was_short_before(client):
    s = shop()
    Branch.objects.update(below_stock="warn")
    receive(s.branch, s.office, (s.wit40, 1), (s.riem, 2))
    order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 4), (s.riem, 2)])
    client.force_login(s.office)
    assert confirm(client, order) == [THREE_SHORT]
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    lines.add(order_id=amendment.pk, items=[(s.riem.pk, Decimal(1))], employee=s.office)
    assert confirm(client, amendment) == [
        "Van Riem Tuig is in Utrecht Oudegracht 1 te weinig vrij: dat wordt nageleverd."
    ]
    assert (level(s.branch, s.wit40), level(s.branch, s.riem)) == ((1, 4), (2, 3))


def test_an_amendment_of_fewer_pieces_warns_of_nothing_though_it_is_short_still(client):
    s = shop()
    Branch.objects.update(below_stock="warn")
    draft = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 4)])
    order = confirming.confirm(order_id=draft.pk, employee=s.office)
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    line = amendment.lines.get(variant=s.wit40)
    lines.set_line(
        order_id=amendment.pk, line_id=line.pk, revision=None, values={"quantity": Decimal(3)}, employee=s.office
    )
    assert amending.confirm_amendment(order_id=amendment.pk, employee=s.office).short == []
