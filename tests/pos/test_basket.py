"""The basket of a till: what is scanned and pressed goes onto it, is changed, parked and dropped."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils import timezone

from backoffice.core.models import JournalEntry
from pos.models import QuickKey, QuickKeyPage, TillLayout, TillSeat
from pos.services import make_order
from sales.models import SalesOrder
from sales.services import lines, selling
from tests import factories
from tests.pos import counter
from tests.sales.order_shop import pieces

pytestmark = pytest.mark.django_db


@pytest.fixture
def s():
    return counter.shop()


@pytest.fixture
def till(client, s):
    counter.sit(client, s.till, s.seller)
    return client


def post(till, address, /, *args, **values):
    return till.post(reverse(address, args=args), {"key": counter.key()} | values)


def scan(till, code="", **more):
    return post(till, "pos:scan", code=code, **more)


def basket(s):
    return TillSeat.objects.get(till=s.till).order


def said(answer):
    return json.loads(answer.headers["HX-Trigger"])["scanned"]


def test_a_scan_begins_a_basket_of_the_till_and_a_repeat_adds_one(till, s):
    assert said(scan(till, factories.code_of(s.wit40)))["state"] == "known"
    scan(till, factories.code_of(s.wit40))
    order = basket(s)
    assert (order.channel, order.till, order.branch, order.employee) == ("till", s.till, s.branch, s.seller)
    assert (order.listed, order.number, order.gross.amount) == (False, "", Decimal("99.90"))
    assert pieces(order) == [("Wit 40", 2)]


def test_five_times_a_scan_gives_five(till, s):
    scan(till, factories.code_of(s.riem), quantity="5")
    assert pieces(basket(s)) == [("Riem Tuig", 5)]


def test_a_scan_costs_at_most_seven_statements_besides_who_it_is(till, s, django_assert_max_num_queries):
    scan(till, factories.code_of(s.riem))
    # the till with its seat and cashier, and the roles; a savepoint and its release are the test's
    code = factories.code_of(s.wit40)
    with django_assert_max_num_queries(2 + 7 + 2):
        scan(till, code)


def test_an_unknown_code_changes_nothing(till, s):
    assert said(scan(till, "8712345678906"))["state"] == "unknown"
    assert pieces(basket(s)) == []


def test_a_quick_key_sells_its_article_and_asks_the_size_of_one_with_sizes(till, s):
    layout = TillLayout.objects.create(name="Winkel")
    layout.tills.add(s.till)
    page = QuickKeyPage.objects.create(layout=layout, name="Toonbank")
    belt = QuickKey.objects.create(page=page, row=0, column=0, article=s.belt)
    shirt = QuickKey.objects.create(page=page, row=0, column=1, article=s.shirt)
    variant = QuickKey.objects.create(page=page, row=3, column=4, variant=s.wit42)
    scan(till, toets=belt.pk, quantity="2")
    assert said(scan(till, toets=shirt.pk))["url"] == f"{reverse('pos:matrix')}?artikel={s.shirt.pk}"
    scan(till, toets=variant.pk)
    assert pieces(basket(s)) == [("Riem Tuig", 2), ("Wit 42", 1)]
    drawn = till.get(reverse("pos:till")).context["pages"][0].places
    assert [place.pk if place else None for place in drawn] == [belt.pk, shirt.pk, *[None] * 17, variant.pk]


def test_more_than_999_pieces_are_asked_about_however_they_come(till, s):
    page = QuickKeyPage.objects.create(layout=TillLayout.objects.create(name="Winkel"), name="Toonbank")
    belt = QuickKey.objects.create(page=page, row=0, column=0, article=s.belt)
    ways = [
        ("pos:scan", [], {"code": factories.code_of(s.riem), "quantity": "1000"}),
        ("pos:scan", [], {"variant": s.riem.pk, "quantity": "1000"}),
        ("pos:scan", [], {"toets": belt.pk, "quantity": "1000"}),
        ("pos:matrix", [s.shirt.pk], {f"cell-{s.wit40.pk}": "1000"}),
    ]
    for address, args, values in ways:
        answer = post(till, address, *args, **values)
        assert "1.000 stuks, klopt dat?" in answer.content.decode(), values
        assert basket(s) is None
    for address, args, values in ways:
        post(till, address, *args, **values, sure="1")
    assert pieces(basket(s)) == [("Riem Tuig", 3000), ("Wit 40", 1000)]
    scan(till, factories.code_of(s.riem), quantity="999")
    assert pieces(basket(s))[0] == ("Riem Tuig", 3999)


def test_the_card_of_a_customer_chooses_the_customer(till, s):
    scan(till, factories.code_of(s.riem))
    assert said(scan(till, f"D{s.customer.number}"))["text"] == "Klant Anna Vermeer"
    assert basket(s).customer == s.customer


def test_quantity_price_discount_text_and_steps_of_a_line(till, s):
    scan(till, factories.code_of(s.riem))
    line = basket(s).lines.get()
    for values in ({"quantity": "3"}, {"price": "29,00"}, {"discount": "5 %"}, {"text": "Cadeau"}, {"step": "1"}):
        line.refresh_from_db()
        assert post(till, "pos:line", line.pk, revision=line.revision, **values).status_code == 200
    post(till, "pos:line", line.pk, step="-1")
    line.refresh_from_db()
    assert (line.quantity, line.unit_price.amount, line.discount_percent, line.text) == (3, 29, 5, "Cadeau")
    assert basket(s).gross.amount == Decimal("82.65")


def test_a_step_goes_no_further_than_a_quantity_may_be(till, s):
    scan(till, factories.code_of(s.riem))
    line = basket(s).lines.get()
    values = {"quantity": Decimal("99999")}
    lines.set_line(order_id=line.order_id, line_id=line.pk, revision=None, values=values, employee=s.seller)
    assert post(till, "pos:line", line.pk, step="1").status_code == 422
    line.refresh_from_db()
    assert line.quantity == 99999


def test_the_last_piece_is_not_stepped_away(till, s):
    scan(till, factories.code_of(s.riem))
    answer = post(till, "pos:line", basket(s).lines.get().pk, step="-1")
    assert answer.status_code == 422 and pieces(basket(s)) == [("Riem Tuig", 1)]
    assert "Dit is het laatste stuk. Verwijder de regel om hem weg te halen." in answer.text


def test_beyond_the_ceiling_a_seller_is_refused_and_a_manager_gives_a_reason(till, s, client):
    scan(till, factories.code_of(s.riem))
    line = basket(s).lines.get()
    answer = till.post(
        reverse("pos:line", args=[line.pk]), {"key": counter.key(), "discount": "20 %"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422 and "Vraag uw filiaalmanager" in answer.content.decode()
    counter.sit(client, s.till, s.manager)
    asked = post(client, "pos:line", line.pk, discount="40 %")
    assert asked.status_code == 422 and "Geef een reden op" in asked.content.decode()
    post(client, "pos:line", line.pk, discount="40 %", reason="Beschadigd")
    line.refresh_from_db()
    assert (line.discount_percent, line.override_by, line.override_reason) == (40, s.manager, "Beschadigd")


def test_a_manager_beside_the_cashier_lends_the_own_ceiling_by_pin_code(till, s):
    scan(till, factories.code_of(s.riem))
    line, typed = basket(s).lines.get(), {"discount": "20 %", "reason": "Vlekje"}
    asked = post(till, "pos:line", line.pk, **typed).content.decode()
    assert "Filiaalmanager erbij" in asked and s.manager.name in asked and s.seller.name not in asked
    beside = {"approver": s.manager.pk, "approver_pin": "0000"}
    wrong = post(till, "pos:line", line.pk, **typed, **beside)
    assert wrong.status_code == 422 and "Deze pincode klopt niet" in wrong.content.decode()
    assert 'value="Vlekje"' in wrong.content.decode()
    assert f'<option value="{s.manager.pk}" selected>' in wrong.content.decode()
    line.refresh_from_db()
    assert (line.discount_percent, line.override_by) == (0, None)
    assert post(till, "pos:line", line.pk, **typed, **beside | {"approver_pin": counter.PIN}).status_code == 200
    line.refresh_from_db()
    assert (line.discount_percent, line.override_by, line.override_reason) == (20, s.manager, "Vlekje")
    row = JournalEntry.objects.get(action="sales.price_overridden")
    assert (row.employee, row.data["approved_by"]) == (s.seller, s.manager.pk)


def test_another_seller_beside_lends_nothing(till, s):
    scan(till, factories.code_of(s.riem))
    line, other = basket(s).lines.get(), factories.employee("seller", s.branch, pin_hash=make_password("1234"))
    typed = {"discount": "20 %", "reason": "Vlekje", "approver": other.pk, "approver_pin": "1234"}
    assert post(till, "pos:line", line.pk, **typed).status_code == 422
    line.refresh_from_db()
    assert (line.discount_percent, line.override_by) == (0, None)


def test_a_manager_beside_the_cashier_also_gives_the_basket_discount_and_takes_goods_back(till, s):
    scan(till, factories.code_of(s.riem))
    beside = {"approver": s.manager.pk, "approver_pin": counter.PIN, "reason": "Vaste klant"}
    asked = post(till, "pos:discount", discount="25 %")
    assert asked.status_code == 422 and "Filiaalmanager erbij" in asked.content.decode()
    assert post(till, "pos:discount", discount="25 %", **beside).status_code == 200
    assert basket(s).discount_percent == 25
    assert post(till, "pos:discount", discount="").status_code == 200
    line = basket(s).lines.get()
    assert "Filiaalmanager erbij" in till.get(reverse("pos:line_return", args=[line.pk])).content.decode()
    assert post(till, "pos:line_return", line.pk, reason="Te klein").status_code == 422
    assert post(till, "pos:line_return", line.pk, **beside).status_code == 200
    assert basket(s).lines.get().quantity == -1


def test_a_deleted_line_comes_back_by_its_undo_and_the_journal_keeps_it(till, s):
    scan(till, factories.code_of(s.riem))
    scan(till, factories.code_of(s.wit40))
    first = basket(s).lines.first()
    answer = post(till, "pos:line_delete", first.pk)
    assert pieces(basket(s)) == [("Wit 40", 1)]
    row = JournalEntry.objects.get(action="till.line_removed")
    assert row.data == {"lines": [{"article": "30001", "quantity": "1.000"}]} and row.employee == s.seller
    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
    till.post(reverse("pos:restore"), undo)
    assert pieces(basket(s)) == [("Riem Tuig", 1), ("Wit 40", 1)]


def test_the_discount_on_the_whole_basket(till, s):
    scan(till, factories.code_of(s.riem), quantity="2")
    assert post(till, "pos:discount", discount="10 %").status_code == 200
    assert basket(s).gross.amount == Decimal("53.91")
    refused = post(till, "pos:discount", discount="200 %")
    assert refused.status_code == 422 and "200 %" in refused.content.decode()
    assert basket(s).gross.amount == Decimal("53.91")


def test_emptying_asks_first_drops_the_basket_and_is_journalled(till, s):
    scan(till, factories.code_of(s.riem))
    order = basket(s)
    assert "Deze bon leegmaken?" in till.get(reverse("pos:empty")).content.decode()
    post(till, "pos:empty")
    order.refresh_from_db()
    assert order.lifecycle == "discarded" and basket(s) is None
    assert JournalEntry.objects.get(action="till.basket_dropped").data == {"gross": "29.95", "lines": 1}


def test_a_parked_basket_is_taken_up_at_another_till_of_the_branch_once(till, s):
    scan(till, factories.code_of(s.riem))
    order = basket(s)
    post(till, "pos:park", name="Mevrouw met hond")
    order.refresh_from_db()
    assert (order.parked_name, basket(s)) == ("Mevrouw met hond", None)
    other = type(till)()
    counter.sit(other, s.other, s.manager)
    assert "Mevrouw met hond" in other.get(reverse("pos:park")).content.decode()
    post(other, "pos:resume", order.pk)
    order.refresh_from_db()
    assert (order.parked_name, order.till, TillSeat.objects.get(till=s.other).order) == ("", s.other, order)
    assert post(till, "pos:resume", order.pk).status_code == 422
    assert basket(s) is None


def test_what_is_done_with_a_basket_makes_a_form_of_before_stale(s):
    order = selling.start(till=s.till, employee=s.seller)
    lines.add(order_id=order.pk, items=[(s.riem.pk, Decimal(1))], employee=s.seller)
    on, today = {"order_id": order.pk, "employee": s.seller}, timezone.localdate()
    customer = {"values": {"kind": "private", "last_name": "Dahl"}, "addresses": [], "confirmed": True}
    for act in (
        lambda: selling.park(name="x" * 61, **on),
        lambda: selling.unpark(till=s.other, on=today, **on),
        lambda: selling.follow_day(on=today + timedelta(days=1), **on),
        lambda: make_order.new_customer(**customer, **on),
        lambda: make_order.back_to_basket(**on),
    ):
        before = SalesOrder.objects.get(pk=order.pk).revision
        answer = act()
        assert SalesOrder.objects.get(pk=order.pk).revision == before + 1
        assert answer.parked_name == ("x" * 60 if answer.parked_name else "")
    order.refresh_from_db()
    assert (order.till, order.order_date, order.customer_name) == (s.other, today + timedelta(days=1), "Dahl")
    assert "dahl" in order.search_text


def test_a_basket_that_lies_there_is_not_lost_by_taking_another_up(till, s):
    scan(till, factories.code_of(s.riem))
    first = basket(s)
    post(till, "pos:park", name="Een")
    scan(till, factories.code_of(s.wit40))
    answer = post(till, "pos:resume", first.pk)
    assert answer.status_code == 422 and "in de wacht" in answer.content.decode()
    assert pieces(basket(s)) == [("Wit 40", 1)]


def test_an_empty_basket_is_not_parked(till, s):
    assert post(till, "pos:park", name="Leeg").status_code == 422
    assert SalesOrder.objects.exclude(parked_name="").count() == 0


def test_a_new_customer_is_made_at_the_till_and_a_double_is_shown_first(till, s):
    scan(till, factories.code_of(s.riem))
    values = {"kind": "private", "last_name": "Vermeer", "invoice-postcode": "3511 AB", "invoice-house_number": "12"}
    asked = post(till, "pos:customer_new", **values)
    assert asked.status_code == 422 and "Bestaat deze klant al?" in asked.content.decode()
    assert basket(s).customer is None
    assert post(till, "pos:customer_new", **values, confirmed="1").status_code == 200
    assert basket(s).customer_name == "Vermeer" and basket(s).customer != s.customer


def test_the_till_listens_for_the_key_that_its_own_scanner_sends_first(till, s):
    s.till.scan_prefix = "F9"
    s.till.save()
    assert 'data-prefix="F9"' in till.get(reverse("pos:till")).content.decode()


@pytest.mark.parametrize("code", ["a\x00b", "\x00", "01087123\x1d10AB", "\u202e8712", "x" * 5000])
def test_a_code_that_no_scanner_should_send_is_unknown_and_changes_nothing(till, s, code):
    answer = scan(till, code)
    assert (answer.status_code, said(answer)["state"]) == (422, "unknown")
    assert not basket(s).lines.exists()
