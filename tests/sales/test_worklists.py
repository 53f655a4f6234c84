"""Vandaag te leveren, Te laat, Af te halen: the counts and the list say the same."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sales import worklists
from sales.models import SalesOrder
from tests import factories
from tests.plans import plan_of
from tests.sales.delivery_shop import confirmed, wanted
from tests.sales.order_shop import shop
from tests.sales.test_deliver import deliver

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)
WEDNESDAY = time_machine.travel("2026-11-24T10:00:00+01:00", tick=False)


def due(s, day: datetime.date | None, method=None, **header):
    if method:
        header["delivery_method"] = method
    return confirmed(
        s, [(s.inkorten, 2)], order_date=TODAY - datetime.timedelta(days=30), expected_delivery_date=day, **header
    )


@pytest.fixture
def full(client):
    """Orders of every kind at Utrecht, and one at Zwolle."""
    with WEDNESDAY:
        s = shop()
        s.zwolle = factories.branch("Zwolle")
        bring = factories.delivery_method("Bezorgen", kind="delivery")
        yesterday, tomorrow = TODAY - datetime.timedelta(days=1), TODAY + datetime.timedelta(days=1)
        s.today, s.late, s.pickup_late = due(s, TODAY, bring), due(s, yesterday, bring), due(s, yesterday)
        due(s, tomorrow)
        due(s, None)
        part = s.part = due(s, TODAY)
        deliver(s, part, wanted(part, (s.inkorten, 1)))
        done = due(s, yesterday)
        deliver(s, done, wanted(done, (s.inkorten, 2)))
        s.elsewhere = due(s, TODAY)
        SalesOrder.objects.filter(pk=s.elsewhere.pk).update(branch=s.zwolle)
        factories.draft(employee=s.office, items=[(s.inkorten, 1)])
        s.offerte = due(s, TODAY)
        SalesOrder.objects.filter(pk=s.offerte.pk).update(quotation=True, status="quotation")
        yield s


def listed(client, **query) -> set[int]:
    return {row.pk for row in client.get(reverse("sales:orders"), query).context["page"].rows}


def test_the_counts_are_those_of_the_lists(client, full):
    s = full
    client.force_login(s.office)
    assert listed(client, work="today") == {s.today.pk, s.part.pk, s.elsewhere.pk}
    assert listed(client, work="late") == {s.late.pk, s.pickup_late.pk}
    assert listed(client, work="pickup") == {s.pickup_late.pk, s.part.pk, s.elsewhere.pk}
    assert worklists.counts(s.office, TODAY) == {"today": "3", "late": "2", "pickup": "3"}
    assert worklists.counts(s.office, TODAY, s.branch.pk) == {"today": "2", "late": "2", "pickup": "2"}


def test_a_seller_counts_and_sees_the_own_branch(client, full):
    s = full
    client.force_login(s.seller)
    assert listed(client, work="today") == {s.today.pk, s.part.pk}
    assert worklists.counts(s.seller, TODAY) == {"today": "2", "late": "2", "pickup": "2"}
    page = client.get(reverse("sales:worklists")).content.decode()
    assert "Vandaag te leveren" in page and 'href="/verkoop/verkooporders/?work=late&amp;sort=due"' in page
    tabs = client.get(reverse("sales:worklists"), {"tabs": "late"}).content.decode()
    assert tabs.count("aria-current") == 1 and "Te laat" in tabs.split("aria-current")[1].split("</a>")[0]


def more_orders(like: SalesOrder, number: int, **own: str) -> None:
    """So many orders in the list, like this one but for the columns in own (SQL)."""
    own = {"number": "''"} | own
    fields = [f.column for f in SalesOrder._meta.concrete_fields if not f.primary_key and not f.generated]
    columns, values = ", ".join(fields), ", ".join(own.get(name, name) for name in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO sales_salesorder ({columns}) SELECT {values} FROM sales_salesorder,"
            " generate_series(1, %s) WHERE id = %s",
            [number, like.pk],
        )


@pytest.mark.django_db(transaction=True)
def test_the_counts_are_one_statement_on_the_index(full):
    s = full
    with CaptureQueriesContext(connection) as captured:
        worklists.counts(s.office, TODAY)
    assert len([q for q in captured.captured_queries if "employeerole" not in q["sql"]]) == 1
    statement = captured.captured_queries[-1]["sql"]
    # on a handful of rows any index will do
    later = "date '2027-06-01'"
    more_orders(s.today, 5000, status="'settled'", delivery_state="'all'", expected_delivery_date=later)
    more_orders(s.today, 1000, expected_delivery_date=later)
    plan = plan_of(statement, "sales_salesorder")
    assert plan.count("order_to_deliver") == 3, plan


def test_more_than_a_thousand_are_not_counted(full, monkeypatch):
    monkeypatch.setattr(worklists, "COUNTED", 2)
    assert worklists.counts(full.office, TODAY) == {"today": "1.000+", "late": "2", "pickup": "1.000+"}


def test_the_start_page_shows_each_role_its_own(client, full):
    s = full
    for person, reports in ((s.seller, False), (s.manager, True), (s.office, True), (s.admin, True)):
        client.force_login(person)
        page = client.get("/").content.decode()
        assert reverse("sales:worklists") in page
        assert (reverse("payments:weeks") in page) is reports
        assert client.get(reverse("payments:weeks")).status_code == (200 if reports else 403)
