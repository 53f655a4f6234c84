"""Receipts and payments from before their papers were stored get what stood on them, from what is still known."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from backoffice.core.db.roles import as_owner
from payments.models import LedgerEntry
from payments.services.depositing import deposit
from pos.models import Receipt
from pos.services import make_order, seats
from pos.slip import slip
from sales.models import SalesOrder
from sales.services import amending, cancelling, drafts, lines
from tests import factories
from tests.invariants import broken
from tests.pos import test_check_out
from tests.pos.test_check_out import pay
from tests.pos.test_receipt_papers import coat, order_with_deposit
from tests.pos.test_returns import bring_back

pytestmark = pytest.mark.django_db(transaction=True)
s = test_check_out.s
D = Decimal
BEFORE = [("pos", "0004_pin_failures_per_employee"), ("payments", "0005_vat_per_code")]


def lived(s) -> None:
    """A sale to a customer under BTW verlegd, an order that lived on after its receipts, a return, and one placed."""
    jas, trui = coat(), coat("60.00", "Trui")
    business = factories.customer("Brandsma", vat_mode="reverse_charge", vat_id="NL001234567B01")
    seat = seats.begin(till_id=s.till.pk, employee=s.seller)
    lines.add(order_id=seat.order_id, items=[(jas.pk, D(2))], employee=s.seller)
    drafts.set_header(order_id=seat.order_id, revision=None, values={"customer": business.pk}, employee=s.seller)
    sold = pay(s, (s.method.contant, "200")).order
    order, _placed = order_with_deposit(s, (jas, 3), (trui, 1))
    first, second = order.lines.order_by("position")
    cancelling.cancel(order_id=order.pk, employee=s.office, quantities={second.pk: D(1)})
    seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
    pay(s, (s.method.contant, "130"), take={first.pk: D(1)})
    deposit(order_id=order.pk, tenders=[(s.method.bank.pk, D("50.00"))], employee=s.office)
    staged = amending.amend(order_id=order.pk, employee=s.office)
    lines.add(order_id=staged.pk, items=[(trui.pk, D(2))], employee=s.office)
    amending.confirm_amendment(order_id=staged.pk, employee=s.office)
    bring_back(s, SalesOrder.objects.get(pk=sold.pk), 1)
    pay(s, (s.method.contant, "-82.65"), employee=s.manager)
    seat = seats.begin(till_id=s.till.pk, employee=s.seller)
    lines.add(order_id=seat.order_id, items=[(jas.pk, D(1))], employee=s.seller)
    values = {"customer": s.customer.pk, "expected_delivery_date": timezone.localdate() + timedelta(days=1)}
    drafts.set_header(order_id=seat.order_id, revision=None, values=values, employee=s.seller)
    make_order.place(till_id=s.till.pk, employee=s.seller)


def shown():
    receipts = [(slip(r), r.customer_id, r.session_id) for r in Receipt.objects.order_by("pk")]
    return receipts, list(LedgerEntry.objects.order_by("pk").values_list("pk", "paper"))


def test_what_stood_on_a_receipt_is_found_again(s):
    lived(s)
    first = shown()
    assert [slip.kind for slip, _customer, _session in first[0]] == ["sale", "order", "payment", "sale", "order"]
    with as_owner(), transaction.atomic():
        executor = MigrationExecutor(connection)
        leaves = executor.loader.graph.leaf_nodes()
        executor.migrate(BEFORE)
        with connection.cursor() as cursor:  # such a receipt had no session
            cursor.execute("UPDATE pos_receipt SET session_id = NULL WHERE entry_group IS NULL")
        MigrationExecutor(connection).migrate(leaves)
        again, breaches = shown(), broken(17)
        transaction.set_rollback(True)
    assert again == first and breaches == []
