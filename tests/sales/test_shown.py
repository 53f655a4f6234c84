"""Confirming is for what the screen showed: what was changed meanwhile is shown first, and asked."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from pos.models import Receipt, TillSeat
from pos.services import make_order, seats
from sales.models import SalesOrder
from sales.services import amending, confirming, drafts, lines, shown
from tests import factories
from tests.pos import counter
from tests.sales.order_shop import pieces, shop

pytestmark = pytest.mark.django_db
D = Decimal


def mark(order) -> str:
    fresh = SalesOrder.objects.get(pk=order.pk)
    return shown.mark(fresh, list(fresh.lines.order_by("position")))


def confirm(order, employee, seen):
    return confirming.confirm(order_id=order.pk, employee=employee, shown=seen)


def set_line(order, line, employee, **values):
    return lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values=values, employee=employee)


def test_a_line_that_another_tab_added_is_told_before_the_order_is_confirmed():
    s = shop()
    order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 5)])
    seen = mark(order)
    lines.add(order_id=order.pk, items=[(s.riem.pk, D(1))], employee=s.manager)
    with pytest.raises(shown.ChangedMeanwhile) as changed:
        confirm(order, s.office, seen)
    told = changed.value
    assert (told.status, told.who, told.lines) == (409, "Joris van Dam", [order.lines.last().pk])
    assert told.fields == [
        ("Riem Tuig", "1 × €\u00a029,95", ""), ("Totaal", "€\u00a0279,70", "€\u00a0249,75"),
    ]  # fmt: skip
    order.refresh_from_db()
    assert (order.lifecycle, order.number) == ("draft", "")
    assert confirm(order, s.office, mark(order)).number.startswith("VO-")


def test_whatever_makes_other_lines_or_another_total_is_told():
    s = shop()

    def fewer(order, line):
        set_line(order, line, s.manager, quantity=D(1))

    def dearer(order, line):
        set_line(order, line, s.manager, price=D("55.00"))

    def text(order, line):
        set_line(order, line, s.manager, text="mouwen korter")

    def gone(order, line):
        lines.delete(order_id=order.pk, line_ids=[line.pk], employee=s.manager)

    def off(order, line):
        drafts.set_discount(order_id=order.pk, percent=D(5), employee=s.manager)

    def exclusive(order, line):
        drafts.set_vat_mode(order_id=order.pk, vat_mode="exclusive", employee=s.manager)

    for change in (fewer, dearer, text, gone, off, exclusive):
        order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 3), (s.riem, 1)])
        seen = mark(order)
        change(order, order.all_lines[0])
        with pytest.raises(shown.ChangedMeanwhile):
            confirm(order, s.office, seen)
        order.refresh_from_db()
        assert order.lifecycle == "draft", change.__name__


def test_a_field_of_the_header_is_no_other_order_and_no_mark_asks_nothing():
    s = shop()
    order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 5)])
    seen = mark(order)
    drafts.set_header(order_id=order.pk, revision=None, values={"subject": "Bruiloft"}, employee=s.manager)
    assert confirm(order, s.office, seen).lifecycle == "confirmed"
    for nothing in ("", "x", "a b c d"):
        order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 1)])
        assert confirm(order, s.office, nothing).lifecycle == "confirmed"


def test_an_amendment_is_confirmed_as_it_was_seen():
    s = shop()
    order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 1)])
    order = confirming.confirm(order_id=order.pk, employee=s.office)
    amendment = amending.amend(order_id=order.pk, employee=s.office)
    seen = mark(amendment)
    lines.add(order_id=amendment.pk, items=[(s.riem.pk, D(1))], employee=s.office)
    with pytest.raises(shown.ChangedMeanwhile):
        amending.confirm_amendment(order_id=amendment.pk, employee=s.office, shown=seen)
    order.refresh_from_db()
    assert (order.version, pieces(order)) == (1, [("Wit 40", 1)])
    amending.confirm_amendment(order_id=amendment.pk, employee=s.office, shown=mark(amendment))
    assert pieces(order) == [("Wit 40", 1), ("Riem Tuig", 1)]


def test_a_basket_is_placed_as_it_was_seen(client):
    s = counter.shop()
    counter.sit(client, s.till, s.seller)
    seat = seats.begin(till_id=s.till.pk, employee=s.seller)
    order = lines.add(order_id=seat.order_id, items=[(s.riem.pk, D(1))], employee=s.seller)
    make_order.choose_customer(till_id=s.till.pk, customer_id=s.customer.pk, employee=s.seller)
    screen = client.get(reverse("pos:make_order"))
    form, seen = screen.context["form"], screen.context["shown"]
    assert f'name="shown" value="{seen}"' in screen.content.decode()
    lines.add(order_id=order.pk, items=[(s.wit40.pk, D(2))], employee=s.manager)
    chosen = {
        "delivery_method": form.methods[0].pk, "order_type": form.types[0].pk, "employee": s.seller.pk,
        "expected_delivery_date": "03-12-2027",
    }  # fmt: skip
    refused = client.post(reverse("pos:place"), chosen | {"key": uuid.uuid4(), "shown": seen})
    assert refused.status_code == 422
    assert "het totaal was €\u00a029,95 en is nu €\u00a0129,85" in refused.content.decode()
    assert not Receipt.objects.exists()
    again = client.post(reverse("pos:place"), chosen | {"key": uuid.uuid4(), "shown": refused.context["shown"]})
    assert again.status_code == 303
    assert Receipt.objects.get().order.gross.amount == D("129.85")


def test_the_till_confirms_an_amendment_as_it_was_seen(client):
    s = counter.shop()
    counter.sit(client, s.till, s.seller)
    order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 1)])
    order = confirming.confirm(order_id=order.pk, employee=s.office)
    seats.open_order(till_id=s.till.pk, order_id=order.pk, employee=s.seller)
    client.post(reverse("pos:amend"), {"key": uuid.uuid4()})
    amendment = TillSeat.objects.get(till=s.till).order
    seen = mark(amendment)
    lines.add(order_id=amendment.pk, items=[(s.riem.pk, D(1))], employee=s.seller)
    asked = client.post(reverse("pos:confirm_amendment"), {"key": uuid.uuid4(), "shown": seen, "checkout": "1"})
    assert asked.status_code == 409 and "Toch bevestigen?" in asked.content.decode()
    assert 'name="checkout" value="1"' in asked.content.decode() and "Riem Tuig" in asked.content.decode()
    order.refresh_from_db()
    assert order.version == 1


def test_a_change_from_a_screen_that_is_behind_draws_every_line(client):
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 1)])
    client.force_login(s.office, backend="backoffice.relations.backends.DeskBackend")
    seen = client.get(reverse("sales:order", args=[order.pk])).context["shown"]
    lines.add(order_id=order.pk, items=[(s.riem.pk, D(1))], employee=s.manager)
    first = order.lines.first()
    values = {"key": str(uuid.uuid4()), "revision": "1", "quantity": "2", "shown": seen}
    answer = client.post(reverse("sales:line", args=[order.pk, first.pk]), values, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "Riem Tuig" in answer.content.decode()
    assert "ook elders gewijzigd" in answer.headers["HX-Trigger"]
    values |= {"key": str(uuid.uuid4()), "revision": "2", "quantity": "3", "shown": answer.context["shown"]}
    answer = client.post(reverse("sales:line", args=[order.pk, first.pk]), values, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "Riem Tuig" not in answer.content.decode()
    assert "HX-Trigger" not in answer.headers


@pytest.mark.django_db(transaction=True)
def test_two_tabs(new_page, login):
    s = shop()
    order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 5)])
    page = new_page()
    login(page, s.office)
    page.goto(reverse("sales:order", args=[order.pk]))
    other = page.context.new_page()
    other.goto(reverse("sales:order", args=[order.pk]))
    scan = other.get_by_label("Barcode of 5x")
    scan.fill(factories.code_of(s.riem))
    scan.press("Enter")
    expect(other.locator("#order-settle")).to_contain_text("279,70")

    page.get_by_role("button", name="Verkooporder bevestigen").click()
    asked = page.get_by_role("dialog", name="De order is intussen gewijzigd. Toch bevestigen?")
    expect(asked).to_contain_text("249,75")
    expect(asked).to_contain_text("279,70")
    expect(asked.get_by_role("button", name="Nee")).to_be_focused()
    expect(page.locator("#lines-table")).to_contain_text("Riem Tuig")
    asked.get_by_role("button", name="Nee").click()
    order.refresh_from_db()
    assert order.lifecycle == "draft"

    scan.fill(factories.code_of(s.riem))
    scan.press("Enter")
    expect(other.locator("#order-settle")).to_contain_text("309,65")
    page.get_by_role("button", name="Verkooporder bevestigen").click()
    expect(asked).to_contain_text("309,65")
    asked.get_by_role("button", name="Ja").click()
    page.get_by_text("is bevestigd").first.wait_for()
    order.refresh_from_db()
    assert (order.lifecycle, order.gross.amount) == ("confirmed", D("309.65"))
