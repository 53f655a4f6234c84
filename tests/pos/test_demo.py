"""The demo shop Linde & Loof loads into an empty database, once, and holds together."""

from collections import Counter
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Sum
from stdnum import ean
from stdnum.eu import vat

from backoffice.catalog.models import Article, Barcode, StockLevel, StockMove, Variant
from backoffice.relations.models import Branch, Customer, Employee, Till
from payments.models import LedgerEntry, PaymentMethod, TillSession
from pos import demo
from sales.documents.models import PackingSlip
from sales.models import Delivery, DeliveryLine, OrderLine, SalesOrder
from tests.invariants import broken


@pytest.fixture(scope="module", autouse=True)
def shop(django_db_setup, django_db_blocker):
    """Loaded once for all tests of this file, in a transaction that never commits."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load(order_count=20)
        yield
        transaction.set_rollback(True)


def test_four_branches_with_two_tills_each_and_three_ways_to_sell_below_stock():
    assert list(Branch.objects.order_by("pk").values_list("code", "below_stock")) == [
        ("UT", "allow"), ("AM", "allow"), ("ZE", "warn"), ("HI", "block"),
    ]  # fmt: skip
    assert Counter(Till.objects.values_list("branch__code", flat=True)) == {"UT": 2, "AM": 2, "ZE": 2, "HI": 2}


def test_twelve_employees_in_four_roles_who_can_log_in():
    assert Counter(Employee.objects.values_list("roles__role", flat=True)) == {
        "office": 2, "admin": 1, "manager": 4, "seller": 5,
    }  # fmt: skip
    for role, login, password, pin in demo.LOGINS:
        employee = Employee.objects.get(email=login)
        assert employee.check_password(password) and check_password(pin, employee.pin_hash), role


def test_three_hundred_customers_of_whom_four_abroad_with_a_valid_vat_id():
    assert Customer.objects.count() == 300
    assert Customer.objects.values("number").distinct().count() == 300
    abroad = Customer.objects.exclude(addresses__country="NL").order_by("pk")
    assert [c.vat_id[:2] for c in abroad] == ["DE", "BE", "FR", "DK"]
    assert {c.vat_mode for c in abroad} == {"reverse_charge"}
    with_id = Customer.objects.exclude(vat_id="").values_list("vat_id", flat=True)
    assert [number for number in with_id if not vat.is_valid(number)] == []
    assert len(with_id) == 64


def test_articles_with_a_valid_barcode_on_every_variant():
    assert Counter(Article.objects.values_list("stocked", flat=True)) == {True: 134, False: 8}
    codes = list(Barcode.objects.values_list("code", flat=True))
    assert len(codes) == Variant.objects.count() > 2000
    assert [code for code in codes if not (len(code) == 13 and ean.is_valid(code))] == []
    assert not Variant.objects.filter(barcodes=None).exists()
    assert set(Article.objects.values_list("active", flat=True)) == {True}


def test_some_article_fills_a_matrix_of_thirteen_sizes_and_some_comes_in_one_piece():
    assert max(article.variants.values("size").distinct().count() for article in Article.objects.all()) == 13
    assert Article.objects.filter(matrix=False, stocked=True).exists()


def test_every_branch_has_stock_that_is_the_sum_of_its_moves():
    stocked = Variant.objects.filter(article__stocked=True).count()
    moved = {
        (branch, variant): pieces
        for branch, variant, pieces in StockMove.objects.values_list("branch", "variant").annotate(n=Sum("quantity"))
    }
    levels = {(row.branch_id, row.variant_id): row.on_hand for row in StockLevel.objects.all() if row.on_hand}
    assert levels == {at: pieces for at, pieces in moved.items() if pieces}
    assert {row.branch.code for row in StockLevel.objects.filter(on_hand__gt=0).select_related("branch")} == {
        "UT", "AM", "ZE", "HI",
    }  # fmt: skip
    assert len(moved) > 3 * stocked
    assert not StockLevel.objects.filter(on_hand__lt=0).exists()


def test_twenty_orders_of_which_the_latest_are_still_concept():
    orders = list(SalesOrder.objects.order_by("pk")[:20])
    assert Counter(order.get_status_display() for order in orders) == {
        "Concept": 11, "Openstaand": 1, "Volledig geleverd": 2, "Afgehandeld": 6,
    }  # fmt: skip
    assert {order.status for order in orders[10:]} == {"draft"}
    for order in orders:
        assert order.gross.amount == sum((row.gross.amount for row in order.vat_rows.all()), Decimal(0)) > 0
    assert [o.number for o in orders if o.number] == sorted(o.number for o in orders if o.number)


def test_there_is_an_order_of_every_state():
    """Every word of the status, each state of payment beside it, and what only versions and an amendment show."""
    listed = SalesOrder.objects.filter(listed=True)
    found = {(order.get_status_display(), order.get_payment_state_display()) for order in listed}
    assert {status for status, _payment in found} == {str(label) for label in SalesOrder.Status.labels}
    assert found >= {
        ("Openstaand", "Niet betaald"), ("Openstaand", "Aanbetaald"), ("Openstaand", "Betaald"),
        ("Volledig geleverd", "Niet betaald"), ("Gedeeltelijk geleverd", "Niet betaald"), ("Afgehandeld", "Betaald"),
    }  # fmt: skip
    named = {order.subject: order for order in listed}
    assert named["Alvast mee, rest vervalt later"].second_mark == "Gedeeltelijk geannuleerd"
    assert named["Twee in plaats van een"].version == 2
    assert (
        listed.get(subject="Offerte die order werd", quotation=True).converted_to.get_status_display() == "Openstaand"
    )
    amendment = SalesOrder.objects.get(amends=named["Wordt nog gewijzigd"], lifecycle="draft")
    assert (str(amendment.claimed_by), amendment.gross > named["Wordt nog gewijzigd"].gross) == ("Noor el Amrani", True)
    assert broken() == []


def test_what_left_has_its_rows_its_slip_and_what_is_left_is_reserved():
    lines = OrderLine.objects.filter(order__lifecycle="confirmed")
    rows = dict(DeliveryLine.objects.values_list("line").annotate(n=Sum("quantity")))
    assert {line.pk: line.delivered_quantity for line in lines if line.delivered_quantity} == {
        pk: pieces for pk, pieces in rows.items() if pieces
    }
    held: Counter = Counter()
    for line in lines.filter(stocked=True, order__quotation=False).select_related("order"):
        held[line.order.branch_id, line.variant_id] += line.open_quantity
    reserved = {(row.branch_id, row.variant_id): row.reserved for row in StockLevel.objects.filter(reserved__gt=0)}
    assert reserved == {at: pieces for at, pieces in held.items() if pieces}
    slips = list(PackingSlip.objects.order_by("pk"))
    assert [slip.number[-5:] for slip in slips] == [f"{n:05d}" for n in range(1, len(slips) + 1)]
    assert {slip.copies for slip in slips} == {1}
    assert Delivery.objects.filter(kind="slip", reverses=None).count() == len(slips) > 3


def test_loading_it_over_an_existing_shop_is_refused():
    with pytest.raises(CommandError, match="not empty"):
        call_command("load_demo")
    assert (Branch.objects.count(), Customer.objects.count(), SalesOrder.objects.count()) == (4, 300, 37)


def test_after_createsuperuser_the_demo_shop_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setattr(Branch.objects, "exists", lambda: False)  # an employee and no branch yet
    with pytest.raises(CommandError, match="after migrate and before createsuperuser"):
        call_command("load_demo")


def test_every_till_is_open_and_some_orders_are_paid_ahead():
    assert TillSession.objects.filter(closed_at=None).count() == Till.objects.count() == 8
    assert dict(PaymentMethod.objects.values_list("name", "at_desk")) == {
        "Contant": True, "Pin": False, "Bank": True, "iDEAL": True, "Tegoed": True,
    }  # fmt: skip
    states = Counter(SalesOrder.objects.filter(lifecycle="confirmed").values_list("payment_state", flat=True))
    assert states["part"] and states["paid"] and states["none"]
    for order in SalesOrder.objects.filter(paid_total__gt=0):
        booked = LedgerEntry.objects.filter(order=order).aggregate(total=Sum("amount"))["total"]
        assert order.paid_total.amount == booked <= order.gross.amount
