"""Orderwachtrij: what waits at the branch, live, with filters; and an order of another branch that is settled here."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from backoffice.catalog import stock
from backoffice.catalog.models import StockLevel
from backoffice.relations.models import EmployeeRole
from payments.models import LedgerEntry, Posting
from payments.services import sessions
from payments.services.depositing import deposit
from pos import selectors
from pos.models import TillSeat
from pos.services import checking_out, seats
from sales.models import DeliveryMethod, SalesOrder
from sales.services import confirming
from tests import factories
from tests.invariants import holds
from tests.markup import compact
from tests.payments.shop import methods
from tests.pos import counter

pytestmark = pytest.mark.django_db


@pytest.fixture
def s():
    made = counter.shop()
    made.method = methods()
    made.elsewhere = factories.branch("Amersfoort")
    EmployeeRole.objects.create(employee=made.seller, branch=made.elsewhere, role="seller")
    return made


def placed(s, name, *, branch=None, employee=None, days=7, way="pickup", pieces=1):
    draft = factories.draft(
        employee=employee or s.office, branch=branch or s.branch, customer=factories.customer(name),
        items=[(s.riem, pieces)],
    )  # fmt: skip
    draft.expected_delivery_date = timezone.localdate() + timedelta(days=days)
    draft.delivery_method = DeliveryMethod.objects.get(kind=way)
    draft.save()
    return confirming.confirm(order_id=draft.pk, employee=employee or s.office)


def poll(client, version, **query):
    return client.get(reverse("pos:queue"), query | {"v": version}, headers={"HX-Request": "true"})


def shown(answer):
    return [order.customer_name for order in answer.context["orders"]]


def test_what_is_placed_at_the_desk_or_in_another_branch_for_this_one_is_in_the_next_poll(client, s):
    counter.sit(client, s.till, s.seller)
    first = poll(client, "")
    version = first.context["version"]
    assert shown(first) == [] and poll(client, version).status_code == 204
    with CaptureQueriesContext(
        connection,
    ) as of_queue:
        poll(client, version)
    with CaptureQueriesContext(connection) as of_whom:
        client.get(reverse("pos:receipt", args=[0]))  # who it is, and a receipt that is not there
    assert len(of_queue) == len(of_whom)
    assert "core_journalhead" in of_queue[-1]["sql"]
    placed(s, "Balie")
    after = poll(client, version)
    assert shown(after) == ["Anna Balie"]
    # a desk in Amersfoort takes an order that Utrecht fulfils
    elsewhere = factories.draft(
        employee=s.admin, branch=s.elsewhere, customer=factories.customer("Elders"), items=[(s.riem, 2)]
    )
    elsewhere.branch = s.branch
    elsewhere.save()
    confirming.confirm(order_id=elsewhere.pk, employee=s.admin)
    again = poll(client, after.context["version"])
    assert shown(again) == ["Anna Balie", "Anna Elders"]
    order = again.context["orders"][1]
    assert (order.entered_at_branch, order.pieces, order.age) == (s.elsewhere, 2, "0 min")
    count = compact(client.get(reverse("pos:queue_count"), {"v": "0"}))
    assert 'id="count-queue" hx-swap-oob="true">2<' in count


def test_the_queue_is_filtered_by_way_payment_and_what_is_due(client, s):
    counter.sit(client, s.till, s.seller)
    placed(s, "Haalt", days=0)
    brought = placed(s, "Thuis", way="delivery")
    deposit(order_id=brought.pk, tenders=[(s.method.bank.pk, Decimal(10))], employee=s.office)
    assert shown(poll(client, "")) == ["Anna Haalt", "Anna Thuis"]
    assert shown(poll(client, "", wijze="delivery")) == ["Anna Thuis"]
    assert shown(poll(client, "", betaling="part")) == ["Anna Thuis"]
    assert shown(poll(client, "", betaling="none")) == ["Anna Haalt"]
    assert shown(poll(client, "", nu="1")) == ["Anna Haalt"]
    assert shown(poll(client, "", nu="1", wijze="delivery")) == []
    assert shown(poll(client, "", wijze="x", betaling="x", nu="x")) == ["Anna Haalt", "Anna Thuis"]
    page = poll(client, "", wijze="delivery").content.decode()
    assert 'data-query="wijze=delivery"' in page and "Bezorgen 1" in page and "Afhalen 1" in page


def test_the_queue_is_read_along_its_index(s):
    placed(s, "Balie")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
    orders = SalesOrder.objects.filter(selectors.WAITING, branch=s.branch.pk).order_by("confirmed_at", "pk")
    assert "order_queue" in orders[: selectors.QUEUE_SHOWN].explain()


def test_an_order_of_another_branch_is_paid_and_handed_over_here(client, s):
    stock.move(s.branch, [(s.riem.pk, Decimal(5))], reason="opening", source="begin", employee=s.office)
    stock.move(s.elsewhere, [(s.riem.pk, Decimal(5))], reason="opening", source="begin", employee=s.office)
    order = placed(s, "Vermeer", pieces=2)
    till = factories.till(s.elsewhere, 1)
    stranger = factories.employee("seller", s.elsewhere, name="Kim Vos")
    TillSeat.objects.create(till=till, device_hash="")
    session = sessions.open_session(till_id=till.pk, float_amount=Decimal(100), employee=s.seller)
    from backoffice.core.errors import Refusal

    with pytest.raises(Refusal) as refused:
        seats.open_order(till_id=till.pk, order_id=order.pk, employee=stranger)
    assert refused.value.status == 404 and TillSeat.objects.get(till=till).order is None
    seats.open_order(till_id=till.pk, order_id=order.pk, employee=s.seller)
    checking_out.check_out(
        till_id=till.pk, tenders=[(s.method.contant.pk, Decimal("59.90"))], employee=s.seller,
        take={order.lines.get().pk: Decimal(2)},
    )  # fmt: skip
    order.refresh_from_db()
    assert (order.status, order.branch) == ("settled", s.branch)
    levels = {level.branch: (level.on_hand, level.reserved) for level in StockLevel.objects.filter(variant=s.riem)}
    assert levels == {s.branch: (5, 0), s.elsewhere: (3, 0)}
    entry = LedgerEntry.objects.get(order=order)
    assert (entry.session, entry.branch, entry.amount.amount) == (session, s.elsewhere, Decimal("59.90"))
    postings = Posting.objects.filter(entry=entry).values_list("account", "branch", "amount")
    assert {("cash", s.elsewhere.pk, Decimal("59.90"))} < set(postings)
    assert {(account, branch) for account, branch, _amount in postings if account == "inter_branch"} == {
        ("inter_branch", s.branch.pk), ("inter_branch", s.elsewhere.pk),
    }  # fmt: skip
    holds()
