"""An opened order is changed at the till: articles on the spot, as an amendment that keeps history, then paid."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.catalog import stock
from backoffice.catalog.models import StockLevel
from backoffice.core.errors import Refusal
from payments.services import sessions
from payments.services.depositing import deposit
from pos.models import TillSeat
from pos.services import amending, checking_out, seats
from sales.models import OrderVersion
from sales.services import confirming
from sales.services import lines as line_services
from tests import factories
from tests.invariants import holds
from tests.payments.shop import methods
from tests.pos import counter
from tests.sales.order_shop import pieces

pytestmark = pytest.mark.django_db


@pytest.fixture
def s():
    made = counter.shop()
    made.method = methods()
    stock.move(
        made.branch, [(v.pk, Decimal(10)) for v in (made.riem, made.wit40, made.navy40)], reason="opening",
        source="begin", employee=made.office,
    )  # fmt: skip
    for till in (made.till, made.other):
        TillSeat.objects.create(till=till, device_hash="")
        sessions.open_session(till_id=till.pk, float_amount=Decimal("100"), employee=made.seller)
    return made


@pytest.fixture
def order(s):
    """Two white shirts at 49.95, of which 50.00 is paid."""
    draft = factories.draft(employee=s.office, branch=s.branch, customer=s.customer, items=[(s.wit40, 2)])
    order = confirming.confirm(order_id=draft.pk, employee=s.office)
    return deposit(order_id=order.pk, tenders=[(s.method.bank.pk, Decimal(50))], employee=s.office)


def on_counter(till):
    return TillSeat.objects.select_related("order__amends").get(till=till).order


def post(client, name, /, **values):
    return client.post(reverse(name), {"key": counter.key()} | values, headers={"HX-Request": "true"})


def level(s, variant):
    found = StockLevel.objects.get(branch=s.branch, variant=variant)
    return found.on_hand, found.reserved


def test_an_article_is_added_on_the_spot_and_the_order_is_paid_with_it(client, s, order):
    counter.sit(client, s.till, s.seller)
    post(client, "pos:open_order", order=order.pk)
    post(client, "pos:scan", code=factories.code_of(s.riem))
    amendment = on_counter(s.till)
    assert amendment.amends == order and pieces(amendment) == [("Wit 40", 2), ("Riem Tuig", 1)]
    assert pieces(order) == [("Wit 40", 2)] and level(s, s.riem) == (10, 0)
    page = client.get(reverse("pos:till")).content.decode()
    assert order.number in page and "nog niet bevestigd" in page and "Bon leegmaken" not in page
    assert "79,85" in page  # 129.85 less what was paid before

    answer = post(client, "pos:confirm_amendment", checkout="1")
    assert answer.headers["HX-Redirect"] == reverse("pos:checkout")
    order.refresh_from_db()
    assert on_counter(s.till) == order and order.version == 2 and order.gross.amount == Decimal("129.85")
    assert OrderVersion.objects.get(order=order, version=2).employee == s.seller
    assert level(s, s.riem) == (10, 1)
    taken = {f"take-{line.pk}": "1" for line in order.lines.all()}
    answer = client.post(
        reverse("pos:checkout"),
        {"key": counter.key(), "left": "79,85", "tender": f"{s.method.contant.pk}:79,85"} | taken,
    )
    slip = client.get(answer.url).content.decode()
    order.refresh_from_db()
    assert (order.status, order.payment_state) == ("part_delivered", "paid")
    assert (level(s, s.wit40), level(s, s.riem)) == ((9, 1), (9, 0))
    assert all(text in slip for text in (order.number, "Aanbetaling", "50,00", "79,85", "129,85"))
    holds()


def test_another_till_that_takes_the_order_over_gets_the_change_with_it(s, order):
    seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
    amendment = amending.amend(till_id=s.till.pk, employee=s.seller).order
    line_services.add(order_id=amendment.pk, items=[(s.riem.pk, Decimal(1))], employee=s.seller)
    with pytest.raises(Refusal) as refused:
        seats.open_order(till_id=s.other.pk, order_id=order.pk, employee=s.manager)
    assert "geopend op Kassa 1 door Marieke de Wit" in refused.value.message
    seats.open_order(till_id=s.other.pk, order_id=order.pk, employee=s.manager, take_over=True)
    assert on_counter(s.till) is None and on_counter(s.other) == amendment
    amendment.refresh_from_db()
    assert amendment.claimed_by == s.manager and pieces(amendment) == [("Wit 40", 2), ("Riem Tuig", 1)]


def test_somebody_else_is_changing_it_at_the_desk(client, s, order):
    from sales.services import amending as desk

    amendment = desk.amend(order_id=order.pk, employee=s.office)
    counter.sit(client, s.till, s.seller)
    post(client, "pos:open_order", order=order.pk)
    assert "Sanne Bakker wijzigt deze order sinds" in client.get(reverse("pos:till")).content.decode()
    answer = post(client, "pos:scan", code=factories.code_of(s.riem))
    assert answer.status_code == 409 and pieces(amendment) == [("Wit 40", 2)]
    asked = post(client, "pos:amend")
    assert asked.status_code == 409 and "Wijziging overnemen?" in asked.content.decode()
    post(client, "pos:amend", take_over="1")
    assert on_counter(s.till) == amendment
    # Sanne takes it back and confirms: on the counter lies the order as it is now
    desk.amend(order_id=order.pk, employee=s.office, take_over=True)
    line_services.add(order_id=amendment.pk, items=[(s.riem.pk, Decimal(1))], employee=s.office)
    desk.confirm_amendment(order_id=amendment.pk, employee=s.office)
    assert "Wegleggen" in (page := client.get(reverse("pos:till")).content.decode()) and "129,85" in page
    order.refresh_from_db()
    checking_out.check_out(
        till_id=s.till.pk, tenders=[(s.method.contant.pk, Decimal("79.85"))], employee=s.seller,
        take={line.pk: line.quantity for line in order.lines.all()},
    )  # fmt: skip
    order.refresh_from_db()
    assert order.status == "settled"


def test_a_dropped_change_leaves_the_order_and_what_was_agreed_stays(client, s, order):
    counter.sit(client, s.till, s.seller)
    post(client, "pos:open_order", order=order.pk)
    post(client, "pos:scan", code=factories.code_of(s.riem))
    for name, values in (
        ("pos:empty", {}), ("pos:park", {"name": "x"}), ("pos:customer", {"customer": ""}),
        ("pos:scan", {"code": f"D{factories.customer('Blom').number}"}), ("pos:cancel_order", {"what": "basket"}),
        ("pos:customer", {"customer": s.customer.pk, "bij": "order"}),
    ):  # fmt: skip
        assert post(client, name, **values).status_code == 422, name
    amendment = on_counter(s.till)
    assert (amendment.lifecycle, amendment.customer, amendment.parked_name) == ("draft", s.customer, "")
    assert amendment.expected_delivery_date == order.expected_delivery_date is not None
    assert client.get(reverse("pos:checkout")).status_code == client.get(reverse("pos:make_order")).status_code == 302
    with pytest.raises(Refusal) as refused:
        checking_out.check_out(till_id=s.till.pk, tenders=[(s.method.contant.pk, Decimal("79.85"))], employee=s.seller)
    assert refused.value.code == "order.amendment"
    assert "Wijziging verwerpen?" in client.get(reverse("pos:discard_amendment")).content.decode()
    post(client, "pos:discard_amendment")
    order.refresh_from_db()
    assert on_counter(s.till) == order and (order.version, pieces(order)) == (1, [("Wit 40", 2)])
    assert level(s, s.riem) == (10, 0)
    post(client, "pos:put_away")
    order.refresh_from_db()
    assert on_counter(s.till) is None and order.claimed_till is None


def test_the_code_of_an_order_opens_it_and_an_unknown_one_changes_nothing(client, s, order):
    counter.sit(client, s.till, s.seller)
    post(client, "pos:scan", code=factories.code_of(s.riem))
    refused = post(client, "pos:scan", code=order.number)
    assert refused.status_code == 422 and "Zet eerst de huidige bon in de wacht" in refused.headers["HX-Trigger"]
    post(client, "pos:empty")
    answer = post(client, "pos:scan", code=order.number)
    assert json.loads(answer.headers["HX-Trigger"])["scanned"]["go"] == reverse("pos:till")
    assert on_counter(s.till) == order
    assert "Onbekende code" in json.loads(post(client, "pos:scan", code="99").headers["HX-Trigger"])["scanned"]["text"]
    assert on_counter(s.till) == order and not order.amendments.exists()
