"""What comes back goes back as it was sold: its VAT mode, rate, price and BTW-id, whatever is chosen since."""

from decimal import Decimal

import pytest

from backoffice.catalog.models import VatRate
from backoffice.core.errors import Refusal
from backoffice.relations.models import Customer
from payments.selectors import session_vat
from payments.services import refunding, reversing
from pos.models import Receipt
from pos.services import make_order, seats
from sales.models import Delivery, SalesOrder
from sales.services import amending, cancelling, confirming, delivering, drafts, lines, returning, selling
from tests import factories
from tests.invariants import holds
from tests.payments.shop import split
from tests.payments.test_deposit import pay as pay_at_desk
from tests.pos import test_check_out
from tests.pos.test_check_out import entries, pay
from tests.pos.test_returns import bring_back, returned, sell, totals

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def s():
    made = test_check_out.s.__wrapped__()
    made.coat = factories.article("70001", "Jas", "121.00", stocked=False).variants.get()
    made.cap = factories.article("70002", "Pet", "4.95", stocked=False).variants.get()
    made.book = factories.article("70003", "Boek", "50.00", vat_code="low", stocked=False).variants.get()
    made.scarf = factories.article("70004", "Sjaal", "50.00", stocked=False).variants.get()
    made.verlegd = factories.customer("Peeters", vat_mode="reverse_charge", vat_id="BE0123456749")
    made.exclusief = factories.customer("Zakelijk", vat_mode="exclusive")
    made.geen = factories.customer("Ambassade", vat_mode="none")
    return made


def choose(s, customer):
    return make_order.choose_customer(
        till_id=s.till.pk, customer_id=customer.pk if customer else None, employee=s.manager
    )


def sold_to(s, customer, items, amount) -> SalesOrder:
    """Ring up [(variant, pieces)], choose the customer, and pay this much in cash."""
    order_id = seats.begin(till_id=s.till.pk, employee=s.manager).order_id
    lines.add(order_id=order_id, items=[(v.pk, D(n)) for v, n in items], employee=s.manager)
    choose(s, customer)
    return pay(s, (s.method.contant, amount), employee=s.manager).order


def paid_back(s, amount) -> SalesOrder:
    return pay(s, (s.method.contant, amount), employee=s.manager).order


# whoever is chosen


@pytest.mark.parametrize("chosen", ["exclusief", "geen", "customer", None])
def test_a_verlegd_sale_of_100_goes_back_as_100_whoever_is_chosen(s, chosen):
    sold = sold_to(s, s.verlegd, [(s.coat, 1)], "100.00")  # 121.00 less 21 % VAT
    bring_back(s, sold, 1)
    basket = choose(s, getattr(s, chosen) if chosen else None)
    assert (basket.gross.amount, basket.vat.amount) == (D("-100.00"), D("0.00"))
    refund = paid_back(s, "-100.00")
    assert split(refund) == {"0.00": ("-100.00", "0.00", "-100.00")}
    assert {row.code for row in refund.vat_rows.all()} == {"reverse"}
    assert returned(sold) == [1]
    holds()


def test_a_sale_with_vat_goes_back_with_its_vat_to_a_customer_without(s):
    sold = sell(s, [(s.coat, 1)])  # 100.00 + 21.00
    bring_back(s, sold, 1)
    basket = choose(s, s.geen)
    assert (basket.net.amount, basket.vat.amount, basket.gross.amount) == (D("-100.00"), D("-21.00"), D("-121.00"))
    refund = paid_back(s, "-121.00")
    assert split(refund) == {"21.00": ("-100.00", "-21.00", "-121.00")}
    holds()


def test_a_verlegd_piece_comes_back_and_a_private_person_takes_another_for_its_full_price(s):
    """The mode of what comes back is no discount for what goes out: 121.00 less 100.00 is to pay."""
    sold = sold_to(s, s.verlegd, [(s.coat, 1)], "100.00")
    basket = bring_back(s, sold, 1)
    choose(s, s.customer)
    basket = lines.add(order_id=basket.pk, items=[(s.coat.pk, D(1))], employee=s.manager)
    assert totals(basket) == [D("-100.00"), D("121.00")]
    assert basket.gross.amount == D("21.00")
    order = paid_back(s, "21.00")
    assert split(order) == {"21.00": ("100.00", "21.00", "121.00"), "0.00": ("-100.00", "0.00", "-100.00")}
    holds()


def test_an_undone_return_line_is_what_it_was(s):
    sold = sold_to(s, s.verlegd, [(s.coat, 1)], "100.00")
    basket = bring_back(s, sold, 1)
    choose(s, s.exclusief)
    gone = selling.remove(order_id=basket.pk, line_ids=[basket.all_lines[0].pk], employee=s.manager)
    assert gone.gross.amount == 0
    again = lines.restore(order_id=basket.pk, packed=gone.deleted, employee=s.manager)
    assert (again.gross.amount, again.vat.amount) == (D("-100.00"), D("0.00"))
    holds()


# the mode follows who is chosen


def test_the_basket_is_priced_by_who_is_chosen_last(s):
    order_id = seats.begin(till_id=s.till.pk, employee=s.manager).order_id
    lines.add(order_id=order_id, items=[(s.coat.pk, D(1))], employee=s.manager)
    seen = [
        (basket.get_vat_mode_display(), basket.gross.amount, basket.vat.amount)
        for basket in (choose(s, who) for who in (s.geen, s.customer, s.verlegd, None, s.exclusief, None))
    ]
    inclusive = ("Inclusief BTW", D("121.00"), D("21.00"))
    assert seen == [
        ("Geen BTW", D("100.00"), D("0.00")), inclusive,
        ("BTW verlegd", D("100.00"), D("0.00")), inclusive,
        ("Exclusief BTW", D("121.00"), D("21.00")), inclusive,
    ]  # fmt: skip
    assert paid_back(s, "121.00").vat.amount == D("21.00")
    holds()


def test_at_the_desk_a_price_typed_for_a_private_person_is_what_that_person_pays(s):
    order = factories.draft(employee=s.office, branch=s.branch, customer=s.exclusief, items=[(s.coat, 1)])
    order = drafts.set_header(
        order_id=order.pk, revision=order.revision, values={"customer": s.customer.pk}, employee=s.office
    )
    assert order.vat_mode == "inclusive"
    order = lines.set_line(
        order_id=order.pk, line_id=order.all_lines[0].pk, revision=None, values={"price": D("34.95"), "reason": "x"},
        employee=s.admin,
    )  # fmt: skip
    assert order.gross.amount == D("34.95")  # was 42.29


def test_the_mode_falls_back_on_that_of_the_soort(s):
    zakelijk = factories.order_type("Verkooporder zakelijk")
    order = factories.draft(employee=s.office, branch=s.branch, customer=s.geen, items=[(s.coat, 1)])
    order = drafts.set_header(order_id=order.pk, revision=None, values={"order_type": zakelijk.pk}, employee=s.office)
    assert order.vat_mode == "none"
    order = drafts.set_header(order_id=order.pk, revision=None, values={"customer": None}, employee=s.office)
    assert (order.vat_mode, order.gross.amount) == ("exclusive", D("121.00"))


def test_a_new_customer_at_the_till_brings_the_mode_of_the_soort_again(s):
    order_id = seats.begin(till_id=s.till.pk, employee=s.manager).order_id
    lines.add(order_id=order_id, items=[(s.coat.pk, D(1))], employee=s.manager)
    choose(s, s.geen)
    basket = make_order.new_customer(
        order_id=order_id, values={"last_name": "Jansen", "first_name": "Piet"}, addresses=[], employee=s.manager
    )
    assert (basket.vat_mode, basket.gross.amount) == ("inclusive", D("121.00"))


# the last return closes every rate


@pytest.mark.parametrize(
    ("who", "net", "vat", "gross"),
    [
        ("exclusief", "40.91", "8.59", "49.50"),  # 10 x 4.0909 = 40.91; 21 % is 8.59
        ("customer", "40.91", "8.59", "49.50"),  # 49.50 x 21 / 121 = 8.59
        ("verlegd", "40.91", "0.00", "40.91"),
        ("geen", "40.91", "0.00", "40.91"),
    ],
)
def test_ten_caps_back_one_by_one_are_in_all_what_was_paid(s, who, net, vat, gross):
    sold = sold_to(s, getattr(s, who), [(s.cap, 10)], gross)
    assert (sold.net.amount, sold.vat.amount, sold.gross.amount) == (D(net), D(vat), D(gross))
    back = []
    for _piece in range(10):
        basket = bring_back(s, sold, 1)
        back.append(paid_back(s, basket.gross.amount))
    assert -sum(order.gross.amount for order in back) == D(gross)
    assert -sum(order.vat.amount for order in back) == D(vat)
    assert -sum(order.net.amount for order in back) == D(net)
    with pytest.raises(Refusal, match="is al geretourneerd"):
        bring_back(s, sold, 1)
    holds()


def test_parts_of_a_sale_with_an_order_discount_close_both_rates(s):
    """3 x 121.00 and 3 x 50.00 less 7 %: 337.59 (58.59) and 139.50 (11.52); back in 1 + 2 and 2 + 1."""
    sold = sell(s, [(s.coat, 3), (s.book, 3)], percent=7)
    assert [(str(row.gross.amount), str(row.vat.amount)) for row in sold.vat_rows.all()] == [
        ("337.59", "58.59"), ("139.50", "11.52"),
    ]  # fmt: skip
    seen = []
    for pieces in ((1, 2), (2, 1)):
        basket = bring_back(s, sold, *pieces)
        order = paid_back(s, basket.gross.amount)
        seen.append([(str(row.gross.amount), str(row.vat.amount)) for row in order.vat_rows.all()])
    assert seen == [[("-112.53", "-19.53"), ("-93.00", "-7.68")], [("-225.06", "-39.06"), ("-46.50", "-3.84")]]
    holds()


# what came back is given back once


@pytest.fixture
def delivered(s):
    """Two pieces of 100.00, paid 200.00 by bank at the desk, and both taken along."""
    article = factories.article("70009", "Mantel", "100.00", stocked=False).variants.get()
    order = factories.draft(employee=s.office, branch=s.branch, customer=s.customer, items=[(article, 2)])
    order = confirming.confirm(order_id=order.pk, employee=s.office)
    s.payment = pay_at_desk(s, order, ("bank", "200.00"))
    deliver(s, order, 2)
    order.refresh_from_db()
    return order


def deliver(s, order, pieces):
    line = order.lines.first()
    return delivering.deliver(
        order_id=order.pk, quantities={line.pk: D(pieces)}, kind=Delivery.Kind.HAND_OVER, branch_id=s.branch.pk,
        employee=s.manager,
    )  # fmt: skip


def desk_refund(s, order, amount):
    return refunding.refund(
        order_id=order.pk, amounts=[(s.method.bank.pk, D(amount))], reason="klaagt", employee=s.office
    )


def test_what_came_back_at_the_till_is_not_given_back_once_more_at_the_desk(s, delivered):
    bring_back(s, delivered, 2)
    paid_back(s, "-200.00")
    before = entries(delivered)
    with pytest.raises(Refusal, match=r"kwam al voor €.200,00 terug aan de kassa. Er kan nog €.0,00 terug") as refused:
        desk_refund(s, delivered, "200.00")
    assert refused.value.code == "payments.returned"
    with pytest.raises(Refusal, match="kwam al voor"):
        desk_refund(s, delivered, "0.01")
    entry = delivered.entries.get()
    with pytest.raises(Refusal, match="kwam al voor"):
        reversing.reverse(entry_id=entry.pk, reason="fout", employee=s.manager, approver=s.admin)
    delivered.refresh_from_db()
    assert (entries(delivered), delivered.paid_total.amount) == (before, D("200.00"))
    holds()


def test_after_one_of_two_came_back_half_of_the_money_can_still_go_back(s, delivered):
    bring_back(s, delivered, 1)
    paid_back(s, "-100.00")
    with pytest.raises(Refusal, match=r"Er kan nog €.100,00 terug"):
        desk_refund(s, delivered, "100.01")
    desk_refund(s, delivered, "100.00")
    holds()


def test_a_return_that_lies_on_a_basket_waits_for_money_that_went_back_meanwhile(s, delivered):
    basket = bring_back(s, delivered, 2)
    desk_refund(s, delivered, "200.00")
    with pytest.raises(Refusal, match="nog niet helemaal betaald"):
        paid_back(s, "-200.00")
    assert returned(delivered) == [0] and SalesOrder.objects.get(pk=basket.pk).lifecycle == "draft"
    holds()


# an even exchange moves VAT


def test_an_even_exchange_between_two_rates_is_booked_although_nothing_is_paid(s):
    sold = sell(s, [(s.scarf, 1)])  # 50.00 at 21 %: 8.68
    basket = bring_back(s, sold, 1)
    basket = lines.add(order_id=basket.pk, items=[(s.book.pk, D(1))], employee=s.manager)  # 50.00 at 9 %: 4.13
    assert basket.gross.amount == 0
    receipt = pay(s, employee=s.manager)
    assert entries(receipt.order) == [("re_split", "", D("0.00"))]
    assert split(receipt.order) == {"21.00": ("-41.32", "-8.68", "-50.00"), "9.00": ("45.87", "4.13", "50.00")}
    assert [(p.code, p.vat, p.gross) for p in session_vat(s.session)] == [("low", D("4.13"), D("50.00"))]
    holds()


def test_an_even_exchange_at_one_rate_books_nothing(s):
    sold = sell(s, [(s.scarf, 1)])
    basket = bring_back(s, sold, 1)
    lines.add(order_id=basket.pk, items=[(s.scarf.pk, D(1))], employee=s.manager)
    assert entries(pay(s, employee=s.manager).order) == []
    holds()


def test_an_even_exchange_from_verlegd_to_none_moves_both_rows_of_zero_percent(s):
    sold = sold_to(s, s.verlegd, [(s.coat, 1)], "100.00")
    basket = bring_back(s, sold, 1)
    choose(s, s.geen)
    lines.add(order_id=basket.pk, items=[(s.coat.pk, D(1))], employee=s.manager)
    order = pay(s, employee=s.manager).order
    assert [(row.code, row.gross.amount) for row in order.vat_rows.all()] == [
        ("none", D("100.00")), ("reverse", D("-100.00")),
    ]  # fmt: skip
    assert [(p.code, p.gross) for p in session_vat(s.session)] == [("none", D("100.00"))]
    holds()


# today's customer has no say in it


def test_a_verlegd_sale_goes_back_although_the_customer_is_blocked_and_lost_its_id(s):
    sold = sold_to(s, s.verlegd, [(s.coat, 1)], "100.00")
    Customer.objects.filter(pk=s.verlegd.pk).update(blocked=True, vat_id="", vat_mode="")
    basket = bring_back(s, sold, 1)
    assert (basket.customer_id, basket.customer_vat_id) == (s.verlegd.pk, "BE0123456749")
    refund = paid_back(s, "-100.00")
    assert (refund.gross.amount, refund.customer_vat_id) == (D("-100.00"), "BE0123456749")
    holds()


def test_to_a_blocked_customer_nothing_is_sold_beside_the_return(s):
    sold = sold_to(s, s.verlegd, [(s.coat, 1)], "100.00")
    Customer.objects.filter(pk=s.verlegd.pk).update(blocked=True)
    basket = bring_back(s, sold, 1)
    basket = lines.add(order_id=basket.pk, items=[(s.coat.pk, D(2))], employee=s.manager)
    with pytest.raises(Refusal, match="geblokkeerd"):
        pay(s, (s.method.contant, basket.gross.amount), employee=s.manager)
    assert Receipt.objects.count() == 1 and returned(sold) == [0]


def test_under_verlegd_nothing_is_sold_on_an_id_that_the_customer_no_longer_has(s):
    sold = sold_to(s, s.verlegd, [(s.coat, 1)], "100.00")
    Customer.objects.filter(pk=s.verlegd.pk).update(vat_id="")
    basket = bring_back(s, sold, 1)
    basket = lines.add(order_id=basket.pk, items=[(s.coat.pk, D(2))], employee=s.manager)
    with pytest.raises(Refusal, match="BTW verlegd vraagt een BTW-id"):
        pay(s, (s.method.contant, basket.gross.amount), employee=s.manager)
    assert Receipt.objects.count() == 1


# what pieces came back of is closed


@pytest.fixture
def part_back(s):
    """Three pieces of 100.00, all paid, two delivered, one of those back at the till."""
    article = factories.article("70010", "Mantel", "100.00", stocked=False).variants.get()
    order = factories.draft(employee=s.office, branch=s.branch, customer=s.customer, items=[(article, 3)])
    order = confirming.confirm(order_id=order.pk, employee=s.office)
    pay_at_desk(s, order, ("bank", "300.00"))
    deliver(s, order, 2)
    order.refresh_from_db()
    bring_back(s, order, 1)
    paid_back(s, "-100.00")
    return order


def amend(s, order, change):
    amendment = amending.amend(order_id=order.pk, employee=s.admin)
    change(amendment, amendment.all_lines[0])
    return amending.confirm_amendment(order_id=amendment.pk, employee=s.admin)


def lower_price(s):
    return lambda draft, line: lines.set_line(
        order_id=draft.pk, line_id=line.pk, revision=None, values={"price": D("50"), "reason": "x"}, employee=s.admin
    )


def line_discount(s):
    return lambda draft, line: lines.set_line(
        order_id=draft.pk, line_id=line.pk, revision=None, values={"discount": ("amount", D("30")), "reason": "x"},
        employee=s.admin,
    )  # fmt: skip


def order_discount(s):
    return lambda draft, line: drafts.set_discount(order_id=draft.pk, percent=D(10), reason="x", employee=s.admin)


def other_mode(s):
    return lambda draft, line: drafts.set_vat_mode(order_id=draft.pk, vat_mode="none", reason="x", employee=s.admin)


@pytest.mark.parametrize("change", [lower_price, line_discount, order_discount, other_mode])
def test_the_price_of_a_line_with_returned_pieces_stays(s, part_back, change):
    with pytest.raises(Refusal, match="Van Mantel kwamen al stukken terug: prijs, korting en BTW van die regel"):
        amend(s, part_back, change(s))
    part_back.refresh_from_db()
    assert (part_back.gross.amount, part_back.paid_total.amount, part_back.version) == (D("300.00"), D("300.00"), 1)
    holds()


def test_the_rest_goes_on_at_another_price_on_a_new_line(s, part_back):
    """The line is cut to the two that were delivered; two more are sold for 50.00 each: 300.00, as was paid."""
    other = factories.article("70011", "Mantel oud", "50.00", stocked=False).variants.get()

    def change(draft, line):
        lines.set_line(order_id=draft.pk, line_id=line.pk, revision=None, values={"quantity": D(2)}, employee=s.admin)
        lines.add(order_id=draft.pk, items=[(other.pk, D(2))], employee=s.admin)

    order = amend(s, part_back, change)
    assert (order.gross.amount, order.paid_total.amount) == (D("300.00"), D("300.00"))
    holds()


def test_the_undelivered_rest_can_be_cancelled_and_only_its_own_money_goes_back(s, part_back):
    with pytest.raises(Refusal, match=r"Er kan nog €.200,00 terug"):
        desk_refund(s, part_back, "200.01")
    desk_refund(s, part_back, "100.00")
    order = cancelling.cancel(order_id=part_back.pk, employee=s.manager)
    assert (order.gross.amount, order.paid_total.amount) == (D("200.00"), D("200.00"))
    with pytest.raises(Refusal, match=r"Er kan nog €.100,00 terug"):
        desk_refund(s, part_back, "100.01")
    holds()


# VAT per code


def test_two_rates_of_one_height_never_merge(s):
    VatRate.objects.create(code="be21", name="België 21 %", percent=21, valid_from=factories.LONG_AGO)
    flemish = factories.article("70012", "Kant", "121.00", vat_code="be21", stocked=False).variants.get()
    sold = sell(s, [(s.coat, 1), (flemish, 1)])
    assert [(row.code, row.percent, row.vat.amount) for row in sold.vat_rows.all()] == [
        ("be21", 21, D("21.00")), ("high", 21, D("21.00")),
    ]  # fmt: skip
    basket = bring_back(s, sold, 0, 1)
    assert [(row.code, row.gross.amount) for row in basket.vat_rows.all()] == [("be21", D("-121.00"))]
    paid_back(s, "-121.00")
    assert [(p.code, p.gross) for p in session_vat(s.session)] == [("high", D("121.00"))]
    holds()


def test_returnable_pieces_show_what_each_comes_back_at(s):
    sold = sold_to(s, s.exclusief, [(s.cap, 10)], "49.50")
    (row,) = returning.returnable(sold)
    assert (row.left, row.each, row.paid) == (10, D("4.95"), returning.Sold(D("49.50"), D("8.59")))


def test_what_was_taken_in_exchange_comes_back_for_all_it_was_worth(s):
    """A scarf of 50.00 for a coat of 121.00: 71.00 paid; the coat then comes back for 121.00, and nothing is left."""
    basket = bring_back(s, sell(s, [(s.scarf, 1)]), 1)
    lines.add(order_id=basket.pk, items=[(s.coat.pk, D(1))], employee=s.manager)
    exchanged = paid_back(s, "71.00")
    back = bring_back(s, exchanged, 0, 1)
    assert back.gross.amount == D("-121.00")
    paid_back(s, "-121.00")
    exchanged.refresh_from_db()
    coat = exchanged.lines.get(variant=s.coat)
    assert returning.returned(exchanged, list(exchanged.lines.all())) == D("71.00") and coat.returned_quantity == 1
    holds()
