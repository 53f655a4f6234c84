"""Drills in a row: backed up while orders are confirmed, restored into an empty database, proved, and used."""

import threading
import time

import pytest
from django.db import connection

from sales.models import SalesOrder
from sales.services import confirming
from tests import factories
from tests.drills import ask, empty_database, manage
from tests.soak import count, report

pytestmark = pytest.mark.django_db(transaction=True)


def test_drills_in_a_row(settings, tmp_path):
    settings.MEDIA_ROOT = media = tmp_path / "media"
    (media / "logos").mkdir(parents=True)
    utrecht = factories.branch("Utrecht")
    sanne, customer = factories.employee("office", utrecht), factories.customer()
    belt = factories.variant(factories.article(stock={utrecht: 9}))
    over, drills, during = threading.Event(), count(20, 1), 0

    def sell():
        while not over.is_set():
            order = factories.draft(employee=sanne, branch=utrecht, customer=customer, items=[(belt, 1)])
            confirming.confirm(order_id=order.pk, employee=sanne)
            (media / "logos" / f"{order.pk}.png").write_bytes(str(order.pk).encode())
            time.sleep(0.05)
        connection.close()

    seller, began = threading.Thread(target=sell), time.monotonic()
    seller.start()
    try:
        for drill in range(drills):
            folder, back = tmp_path / f"backup-{drill}", tmp_path / f"back-{drill}"
            before = SalesOrder.objects.filter(lifecycle="confirmed").count()
            done = manage("backup", folder, media=media)
            assert done.returncode == 0, done.stderr
            after = SalesOrder.objects.filter(lifecycle="confirmed").count()
            with empty_database() as name:
                done = manage("restore", folder, database=name, media=back)
                assert done.returncode == 0, done.stderr
                there = ask(name, "SELECT count(*) FROM sales_salesorder WHERE lifecycle = 'confirmed'")
                assert before <= there <= after
                verified = manage("journal", "verify", database=name, media=back)
                assert verified.returncode == 0 and f": {there} entries" in verified.stdout
            during += after - before
    finally:
        over.set()
        seller.join()
    assert during > 0
    seconds = round(time.monotonic() - began)
    report("backup and restore", drills=drills, orders_confirmed_during_backups=during, failed=0, seconds=seconds)
