"""Wherever a date is typed it is read as people say it, and shown as it was read. Today is Monday 30 November 2026."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from backoffice.core.keys import new_key
from sales import extra
from sales.models import SalesOrder
from tests import factories
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def s(client):
    with time_machine.travel("2026-11-30T10:00:00+01:00", tick=False):
        made = shop()
        client.force_login(made.admin, backend="backoffice.relations.backends.DeskBackend")
        yield made


@pytest.mark.parametrize(
    ("field", "typed", "stored", "echoed"),
    [
        ("expected_delivery_date", "1-12", (2026, 12, 1), "01-12-2026"),
        ("expected_delivery_date", "29-11", (2027, 11, 29), "29-11-2027"),
        ("expected_delivery_date", "1.12.2026", (2026, 12, 1), "01-12-2026"),
        ("expected_delivery_date", "morgen", (2026, 12, 1), "01-12-2026"),
        ("expected_delivery_date", "+3", (2026, 12, 3), "03-12-2026"),
        ("expected_delivery_date", "vr", (2026, 12, 4), "04-12-2026"),
        ("order_date", "29-11", (2026, 11, 29), "29-11-2026"),
        ("order_date", "gisteren", (2026, 11, 29), "29-11-2026"),
    ],
)
def test_the_header_of_an_order_reads_a_date_and_echoes_it(client, s, field, typed, stored, echoed):
    order = factories.draft(employee=s.office, branch=s.branch)
    sent = {"key": new_key(), "revision": order.revision, field: typed}
    answer = client.post(reverse("sales:header", args=[order.pk]), sent, headers=HTMX)
    assert answer.status_code == 200 and f'value="{echoed}"' in answer.content.decode()
    assert getattr(SalesOrder.objects.get(pk=order.pk), field) == datetime.date(*stored)


def test_a_date_that_is_none_stays_as_it_was_typed(client, s):
    order = factories.draft(employee=s.office, branch=s.branch)
    sent = {"key": new_key(), "revision": order.revision, "expected_delivery_date": "straks"}
    answer = client.post(reverse("sales:header", args=[order.pk]), sent, headers=HTMX)
    assert answer.status_code == 422 and 'value="straks"' in answer.content.decode()
    assert SalesOrder.objects.get(pk=order.pk).expected_delivery_date == order.expected_delivery_date


def test_in_filters_a_day_and_a_month_are_of_this_year(client, s):
    for address in ("sales:orders", "relations:journal"):
        page = client.get(reverse(address), {"from": "1-1", "to": "31-12"}).content.decode()
        assert "01-01-2026 t/m 31-12-2026" in page, address


def test_an_overview_and_the_picking_list_show_what_they_read(client, s):
    page = client.get(reverse("payments:vat_report"), {"first": "1-11", "last": "vandaag"}).content.decode()
    assert 'value="01-11-2026"' in page and 'value="30-11-2026"' in page
    page = client.get(reverse("documents:picklist"), {"branch": s.branch.pk, "date": "morgen"}).content.decode()
    assert 'value="01-12-2026"' in page


def test_an_own_field_of_the_soort_that_is_a_date_too(s):
    assert extra.READ[extra.DATE]("vr", {}) == "04-12-2026"
