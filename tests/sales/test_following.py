"""A customer of many orders: what they are found by follows a change of e-mail or phone by the worker, in parts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from backoffice.core.errors import Refusal
from backoffice.core.tasks import work
from backoffice.relations.services import customers
from sales.models import SalesOrder
from sales.services import following
from tests import grown
from tests.sales import test_found_by_customer as found_by
from tests.sales.test_found_by_customer import found, order_of, person

pytestmark = pytest.mark.django_db(transaction=True)
office = found_by.office


@pytest.fixture
def hester(office):
    made = person(office, email="hester@voorbeeld.nl", phone="030 231 0001")
    made.order = order_of(office, made)
    return made


def moved(hester, office, **values):
    hester.refresh_from_db()
    return customers.change(
        customer_id=hester.pk, revision=hester.revision, employee=office, addresses=[],
        values={"first_name": "Hester", "last_name": "Vermeer"} | values,
    )  # fmt: skip


def jobs() -> list[dict]:
    return list(ProcrastinateJob.objects.filter(task_name="follow_customers").order_by("pk").values("args", "status"))


def test_of_few_orders_it_is_written_at_once(office, hester):
    grown.orders(hester.order, following.AT_ONCE - 1)
    moved(hester, office, email="nieuw@voorbeeld.nl")
    assert len(found(office, "nieuw@voorbeeld.nl")) == following.AT_ONCE and jobs() == []
    assert len(found(office, "hester@voorbeeld.nl")) == following.AT_ONCE  # where it went stays with each order


def test_of_many_the_request_writes_none_and_the_worker_all(office, hester):
    grown.orders(hester.order, following.AT_ONCE)
    other = person(office, "Bakker", email="bakker@voorbeeld.nl")
    theirs = order_of(office, other)
    moved(hester, office, email="nieuw@voorbeeld.nl")
    assert found(office, "nieuw@voorbeeld.nl") == []
    assert jobs() == [{"args": {"customer_ids": [hester.pk]}, "status": "todo"}]
    # a second change before the worker comes: the last one is what holds
    moved(hester, office, email="nieuwer@voorbeeld.nl")
    with ThreadPoolExecutor(1) as beside:  # a browser of another test may keep a loop in this thread
        beside.submit(work, wait=False, install_signal_handlers=False, listen_notify=False).result()
    assert len(found(office, "nieuwer@voorbeeld.nl")) == following.AT_ONCE + 1
    assert found(office, "nieuw@voorbeeld.nl") == [] and found(office, "bakker@voorbeeld.nl") == [theirs]
    assert jobs() == []  # done


def test_a_change_that_is_refused_leaves_no_job(office, hester):
    grown.orders(hester.order, following.AT_ONCE)
    with pytest.raises(Refusal):
        moved(hester, office, email="nieuw@voorbeeld.nl", kind="niets")
    assert jobs() == [] and len(found(office, "hester@voorbeeld.nl")) == following.AT_ONCE + 1


def test_the_request_takes_as_many_statements_for_a_thousand_orders_as_for_five_hundred(office, hester):
    grown.orders(hester.order, 500)
    moved(hester, office, email="eerste@voorbeeld.nl")
    taken = []
    for number, email in ((0, "tweede@voorbeeld.nl"), (500, "derde@voorbeeld.nl")):
        grown.orders(hester.order, number)
        with CaptureQueriesContext(connection) as captured:
            moved(hester, office, email=email)
        taken.append(len(captured))
    assert taken[0] == taken[1]


def test_the_worker_writes_in_parts_and_only_what_differs(office, hester):
    grown.orders(hester.order, following.AT_A_TIME * 2)
    moved(hester, office, email="nieuw@voorbeeld.nl")
    SalesOrder.objects.filter(pk=hester.order.pk).update(subject="Trouwpak")
    with CaptureQueriesContext(connection) as captured:
        following.write([hester.pk])
        written = [q["sql"] for q in captured if q["sql"].startswith("UPDATE")]
    assert len(written) == 3  # 200, 200 and 1
    assert found(office, "trouwpak nieuw@voorbeeld.nl") == [hester.order]
    with CaptureQueriesContext(connection) as captured:
        following.write([hester.pk])
        assert not any(q["sql"].startswith("UPDATE") for q in captured)
