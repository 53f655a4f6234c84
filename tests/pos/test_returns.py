"""Retour and ruilen: what was sold comes back once, at what was paid, and the money goes back as it came."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from backoffice.catalog.models import StockLevel
from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from backoffice.relations.models import Employee
from payments.models import CreditAccount
from payments.selectors import session_figures
from payments.services import cancelling, depositing, sessions, terminals
from pos.models import Receipt
from pos.services import refunds, seats
from sales.models import OrderLine, OrderVat, SalesOrder
from sales.services import confirming, delivering, drafts, lines, returning, selling
from tests import factories
from tests.invariants import holds
from tests.payments.shop import split
from tests.pos import counter, test_check_out
from tests.pos.test_check_out import entries, on_hand, pay

pytestmark = pytest.mark.django_db
s = test_check_out.s
D = Decimal


def sell(s, items, *tenders, percent=0, customer=None):
    """Ring up [(variant, pieces)] on Kassa 1 and pay; gives the order."""
    order_id = seats.begin(till_id=s.till.pk, employee=s.manager).order_id
    order = lines.add(order_id=order_id, items=[(v.pk, D(n)) for v, n in items], employee=s.manager)
    if percent:
        order = drafts.set_discount(order_id=order_id, percent=D(percent), employee=s.manager)
    if customer:
        drafts.set_header(order_id=order_id, revision=None, values={"customer": customer.pk}, employee=s.manager)
    return pay(s, *(tenders or [(s.method.contant, order.gross.amount)])).order


def bring_back(s, sold, *pieces, till=None, employee=None, reason="te klein", **more):
    """Put pieces of the lines of a sold order, in order, on the basket of a till."""
    employee = employee or s.manager
    order_id = seats.begin(till_id=(till or s.till).pk, employee=employee).order_id
    rows = zip(sold.lines.order_by("position"), pieces, strict=False)
    return returning.take_back(
        order_id=order_id, source_id=sold.pk, pieces={line.pk: D(n) for line, n in rows if n}, reason=reason,
        employee=employee, **more,
    )  # fmt: skip


def returned(order):
    return [line.returned_quantity for line in order.lines.order_by("position")]


def totals(order):
    return [line.line_total.amount for line in order.lines.order_by("position")]


def test_a_shirt_comes_back_on_its_receipt_and_the_cash_goes_out_rounded_the_other_way(s):
    sold = sell(s, [(s.riem, 1), (s.wit40, 2)])
    assert on_hand(s) == [(-2, 0), (-1, 0)]
    before = session_figures(s.session)
    basket = bring_back(s, sold, 0, 1)
    assert (totals(basket), basket.gross.amount) == ([D("-49.95")], D("-49.95"))
    receipt = pay(s, (s.method.contant, "-49.95"), employee=s.manager)
    order = SalesOrder.objects.get(pk=basket.pk)
    assert entries(order) == [("refund", "cash", D("-49.95"))]
    assert (receipt.kind, order.status, order.payment_state, order.number) == ("sale", "settled", "paid", "")
    assert returned(sold) == [0, 1] and on_hand(s) == [(-1, 0), (-1, 0)]
    # 49.95 x 21 / 121 = 8.67
    assert split(order) == {"21.00": ("-41.28", "-8.67", "-49.95")}
    shown = session_figures(s.session)
    assert (shown.turnover, shown.refunded) == (before.turnover, D("-49.95"))
    assert shown.expected == D("100") + D("129.85") - D("49.95")
    entry = JournalEntry.objects.get(action="till.returned")
    assert entry.data["lines"] == [
        {"line": sold.lines.last().pk, "article": "48211", "quantity": "1.000", "amount": "49.95",
         "reason": "te klein", "to_stock": True}
    ]  # fmt: skip
    holds()


def test_three_of_ten_euros_come_back_at_the_cents_that_were_paid_for_them(s):
    """10 % off the receipt: 129.85 became 116.86; the belt 26.95 of it, two shirts 89.91: 44.96 and 44.95."""
    sold = sell(s, [(s.riem, 1), (s.wit40, 2)], percent=10)
    assert sold.gross.amount == D("116.86")
    first = bring_back(s, sold, 1, 1)
    assert totals(first) == [D("-26.95"), D("-44.96")]
    pay(s, (s.method.contant, "-71.91"), employee=s.manager)
    last = bring_back(s, sold, 0, 1)
    assert totals(last) == [D("-44.95")]
    pay(s, (s.method.contant, "-44.95"), employee=s.manager)
    both = SalesOrder.objects.filter(pk__in=[first.pk, last.pk])
    assert sum(order.gross.amount for order in both) == -sold.gross.amount
    assert sum(order.vat.amount for order in both) == -sold.vat.amount
    holds(1, 2, 3, 7)


def test_a_line_with_its_own_discount_and_its_own_rate_comes_back_less_that(s):
    order_id = seats.begin(till_id=s.till.pk, employee=s.manager).order_id
    order = lines.add(order_id=order_id, items=[(s.inkorten.pk, D(3))], employee=s.manager)
    lines.set_line(
        order_id=order_id, line_id=order.all_lines[0].pk, revision=None, values={"discount": ("amount", D("2.50"))},
        employee=s.manager,
    )  # fmt: skip
    sold = pay(s, (s.method.contant, "35.00")).order  # 3 x 12.50 - 2.50
    basket = bring_back(s, sold, 1)
    line = basket.all_lines[0]
    assert (line.line_total.amount, line.vat_percent, line.discount_amount.amount) == (D("-11.67"), 9, D("0.83"))
    assert (basket.vat.amount, basket.net.amount) == (D("-0.96"), D("-10.71"))


def test_a_piece_comes_back_once_and_one_is_told_where_it_is(s):
    sold = sell(s, [(s.riem, 1), (s.wit40, 2)])
    bring_back(s, sold, 0, 1)
    held = SalesOrder.objects.get(seat__till=s.till)
    for pieces, words in (((1, 2), "Van Oxford-overhemd Kade Wit 40 mag nog 1 terugkomen"), ((0, 3), "mag nog 1")):
        with pytest.raises(Refusal, match=words):
            bring_back(s, sold, *pieces, till=s.other)
    bring_back(s, sold, 0, 1, till=s.other)
    with pytest.raises(Refusal, match="ligt al als retour op een bon"):
        bring_back(s, sold, 0, 1, till=s.other)
    # taken off the basket it may come back elsewhere, and then it is not put back by the undo
    gone = selling.remove(order_id=held.pk, line_ids=[held.lines.get().pk], employee=s.seller)
    bring_back(s, sold, 0, 1, till=s.other)
    with pytest.raises(Refusal, match="is al geretourneerd"):
        lines.restore(order_id=held.pk, packed=gone.deleted, employee=s.seller)
    assert held.lines.count() == 0
    sessions.open_session(till_id=s.other.pk, float_amount=D(100), employee=s.manager)
    pay(s, (s.method.contant, "-99.90"), till_id=s.other.pk, employee=s.manager)
    assert returned(sold) == [0, 2] and [line.left for line in returning.returnable(sold)] == [1, 0]


def test_an_exchange_leaves_the_difference_to_pay_or_nothing(s):
    sold = sell(s, [(s.wit40, 1)])
    bring_back(s, sold, 1)
    basket = lines.add(
        order_id=SalesOrder.objects.get(seat__till=s.till).pk, items=[(s.navy32.pk, D(1))], employee=s.seller
    )
    assert basket.gross.amount == D("20.00")  # 69.95 - 49.95
    pay(s, (s.method.contant, "50"))
    assert entries(basket) == [("settlement", "cash", D(50)), ("change", "cash", D(-30))]
    even = sell(s, [(s.wit42, 1)])
    bring_back(s, even, 1)
    swapped = lines.add(
        order_id=SalesOrder.objects.get(seat__till=s.till).pk, items=[(s.navy40.pk, D(1))], employee=s.seller
    )
    receipt = pay(s)
    assert (swapped.gross.amount, entries(swapped), receipt.entry_group) == (0, [], None)
    assert (receipt.order.status, returned(even)) == ("settled", [1])
    holds()


def test_the_money_goes_back_as_it_came_or_becomes_tegoed(s):
    sold = sell(s, [(s.wit40, 1)], customer=s.customer)
    basket = bring_back(s, sold, 1)
    assert SalesOrder.objects.get(pk=basket.pk).customer == s.customer
    with pytest.raises(Refusal, match="niet met Pin betaald"):
        refunds.start_pin(
            order=SalesOrder.objects.get(pk=basket.pk), session_id=s.session.pk, amount=D("-49.95"),
            method_id=s.method.pin.pk, employee=s.manager, key=None,
        )  # fmt: skip
    pay(s, (s.method.tegoed, "-49.95"))  # a seller may: no money goes out
    assert entries(basket) == [("refund", "credit", D("-49.95"))]
    assert CreditAccount.objects.get(customer=s.customer).balance.amount == D("49.95")
    holds(2, 3, 11)


def test_a_card_gets_back_through_the_terminal_what_it_paid(s):
    order_id = seats.begin(till_id=s.till.pk, employee=s.seller).order_id
    order = lines.add(order_id=order_id, items=[(s.wit40.pk, D(1))], employee=s.seller)
    pinned = {"session_id": s.session.pk, "method_id": s.method.pin.pk, "key": None}
    asked = refunds.start_pin(order=order, amount=D("49.95"), employee=s.seller, **pinned)
    terminals.ask_terminal(payment_id=asked.pk, employee=s.seller)
    sold = pay(s).order
    basket = SalesOrder.objects.get(pk=bring_back(s, sold, 1).pk)
    with pytest.raises(Refusal) as refused:
        refunds.start_pin(order=basket, amount=D("-49.95"), employee=s.seller, **pinned)
    assert refused.value.code == "payments.refund_right" and not basket.terminal_payments.exists()
    with pytest.raises(Refusal, match="niet met Contant betaald"):
        pay(s, (s.method.contant, "-49.95"), employee=s.manager)
    asked = refunds.start_pin(order=basket, amount=D("-49.95"), employee=s.manager, **pinned)
    with pytest.raises(Refusal):  # frozen meanwhile
        selling.remove(order_id=basket.pk, line_ids=[basket.lines.get().pk], employee=s.manager)
    terminals.ask_terminal(payment_id=asked.pk, employee=s.manager)
    pay(s, employee=s.seller)
    assert entries(basket) == [("refund", "terminal", D("-49.95"))]
    assert session_figures(s.session).methods == [("Pin", "terminal", D("49.95"), D("-49.95"), 2)]
    holds(2, 3, 13)


def test_a_seller_gives_little_cash_back_with_a_manager_beside(s):
    sold = sell(s, [(s.wit40, 2)])
    bring_back(s, sold, 1)
    with pytest.raises(Refusal, match="contant tot €\u00a050,00 terugbetalen, met de inlog van een filiaalmanager"):
        pay(s, (s.method.contant, "-49.95"))
    assert returned(sold) == [0] and Receipt.objects.count() == 1
    receipt = pay(s, (s.method.contant, "-49.95"), approver=s.manager)
    entry = receipt.order.entries.get()
    assert (entry.employee, entry.approved_by, entry.reason) == (s.seller, s.manager, "te klein")


def test_without_a_receipt_it_asks_the_right_and_a_reason(s):
    order_id = seats.begin(till_id=s.till.pk, employee=s.seller).order_id
    order = lines.add(order_id=order_id, items=[(s.riem.pk, D(1))], employee=s.seller)
    free = {"order_id": order_id, "line_id": order.all_lines[0].pk}
    with pytest.raises(Refusal) as refused:
        returning.take_back_free(reason="bon kwijt", employee=s.seller, **free)
    assert refused.value.code == "return.right"
    with pytest.raises(Refusal) as refused:
        returning.take_back_free(reason=" ", employee=s.manager, **free)
    assert refused.value.code == "return.reason"
    basket = returning.take_back_free(reason="bon kwijt", employee=s.manager, to_stock=False, **free)
    assert (basket.gross.amount, basket.all_lines[0].override_reason) == (D("-29.95"), "bon kwijt")
    basket = lines.add(order_id=order_id, items=[(s.riem.pk, D(1))], employee=s.seller)  # another one is sold
    assert totals(basket) == [D("-29.95"), D("29.95")]
    selling.remove(order_id=order_id, line_ids=[basket.all_lines[1].pk], employee=s.seller)
    with pytest.raises(Refusal):  # not a higher price either
        lines.set_line(revision=None, values={"price": D(90)}, employee=s.seller, **free)
    pay(s, (s.method.contant, "-29.95"), employee=s.manager)
    assert not StockLevel.objects.filter(variant=s.riem).exclude(on_hand=0).exists()  # written off
    assert JournalEntry.objects.get(action="till.returned").data["lines"][0]["line"] is None


def test_what_comes_back_keeps_its_price_and_the_basket_takes_no_discount_and_no_order(s):
    sold = sell(s, [(s.wit40, 2)])
    basket = bring_back(s, sold, 1)
    line = {"order_id": basket.pk, "line_id": basket.all_lines[0].pk, "employee": s.manager}
    for change in (
        lambda: lines.set_line(revision=None, values={"price": D(90)}, **line),
        lambda: lines.set_line(revision=None, values={"quantity": D(2)}, **line),
        lambda: selling.step(steps=1, **line),
        lambda: lines.copy(**line),
        lambda: drafts.set_discount(order_id=basket.pk, percent=D(10), employee=s.manager),
    ):
        with pytest.raises(Refusal):
            change()
    assert totals(basket) == [D("-49.95")]
    again = SalesOrder.objects.get(pk=basket.pk)
    assert (again.gross.amount, again.discount_percent) == (D("-49.95"), 0)


def test_what_is_not_paid_or_not_there_does_not_come_back(s):
    from tests.payments.shop import order as order_of

    open_order = order_of(s, "41.33")
    for source, code in ((open_order.pk, "return.not_paid"), (999_999, "return.unknown")):
        basket = seats.begin(till_id=s.till.pk, employee=s.seller).order_id
        with pytest.raises(Refusal) as refused:
            returning.take_back(order_id=basket, source_id=source, pieces={}, reason="x", employee=s.seller)
        assert refused.value.code == code
    assert not OrderLine.objects.filter(quantity__lt=0).exists()


def test_what_is_of_another_branch_or_an_offerte_is_not_there(s):
    sold = sell(s, [(s.wit40, 1)])
    assert returning.find(sold.pk, s.seller) == sold
    stranger = factories.employee("seller", factories.branch("Zwolle"))
    kind = factories.order_type("Offerte", quotation=True, position=9)
    offer = factories.draft(employee=s.office, customer=s.customer, items=[(s.riem, 1)])
    drafts.set_header(order_id=offer.pk, revision=None, values={"order_type": kind.pk}, employee=s.office)
    confirming.confirm(order_id=offer.pk, employee=s.office)
    for order, who in ((sold, stranger), (offer, s.office)):
        with pytest.raises(Refusal) as refused:
            returning.find(order.pk, who)
        assert refused.value.code == "return.unknown"


def test_a_scanned_receipt_opens_its_lines_and_a_wrong_number_says_so(client, s):
    sold = sell(s, [(s.wit40, 2)])
    number = sold.receipts.get().number
    counter.sit(client, s.till, s.seller)
    scanned = client.post(reverse("pos:scan"), {"code": number.lower(), "quantity": "1", "key": counter.key()})
    assert f"{reverse('pos:returns')}?code={number}" in scanned.headers["HX-Trigger"] and scanned.content == b""
    page = client.get(reverse("pos:returns"), {"code": number}).content.decode()
    assert "Oxford-overhemd Kade Wit 40" in page and "terug 49,95" in page
    answer = client.get(reverse("pos:returns"), {"code": "F11-2020-999999"})
    assert (answer.status_code, "Er is geen bon met nummer F11-2020-999999" in answer.content.decode()) == (422, True)
    back = {"code": number, "key": counter.key(), f"back-{sold.lines.get().pk}": "3", "reason": "te klein"}
    answer = client.post(reverse("pos:returns"), back)
    assert (answer.status_code, "mag nog 2 terugkomen" in answer.content.decode()) == (422, True)
    assert client.post(reverse("pos:returns"), back | {f"back-{sold.lines.get().pk}": "2"}).status_code == 200
    assert totals(SalesOrder.objects.get(seat__till=s.till)) == [D("-99.90")]


def test_a_wrong_pin_code_beside_pays_nothing_back_and_is_counted(client, s):
    sold = sell(s, [(s.wit40, 1)])
    counter.sit(client, s.till, s.seller)
    basket = bring_back(s, sold, 1, employee=s.seller)
    form = {"left": "-49,95", "tender": f"{s.method.contant.pk}:-49,95", "approver": s.manager.pk}
    answer = client.post(reverse("pos:checkout"), form | {"key": counter.key(), "approver_pin": "1111"})
    assert (answer.status_code, "Deze pincode klopt niet" in answer.content.decode()) == (422, True)
    assert entries(basket) == [] and JournalEntry.objects.filter(action="till.wrong_pin").count() == 1
    answer = client.post(reverse("pos:checkout"), form | {"key": counter.key(), "approver_pin": counter.PIN})
    assert (answer.status_code, basket.entries.get().approved_by) == (303, s.manager)


def test_a_line_comes_back_without_a_receipt_by_its_own_window_for_a_manager_only(client, s):
    order_id = seats.begin(till_id=s.till.pk, employee=s.seller).order_id
    line = lines.add(order_id=order_id, items=[(s.riem.pk, D(2))], employee=s.seller).all_lines[0]
    url = reverse("pos:line_return", args=[line.pk])
    counter.sit(client, s.till, s.seller)
    told = client.get(url).content.decode()
    assert "mag alleen een filiaalmanager" in told and "Filiaalmanager erbij" in told
    form = {"key": counter.key(), "reason": "bon kwijt"}
    assert client.post(url, form).status_code == 422
    Employee.objects.exclude(pk=s.seller.pk).update(pin_hash="")  # nobody who may can come beside
    told = client.get(url).content.decode()
    assert "Wissel van medewerker" in told and 'name="reason"' not in told
    counter.sit(client, s.till, s.manager)
    assert 'name="reason"' in client.get(url).content.decode()
    assert client.post(url, form | {"reason": ""}).status_code == 422
    answer = client.post(url, form)
    assert (answer.status_code, "Retour · 2 × 29,95" in answer.content.decode()) == (200, True)
    assert totals(SalesOrder.objects.get(pk=order_id)) == [D("-59.90")]


def test_what_came_back_at_another_till_meanwhile_is_not_paid_back_again(s):
    sold = sell(s, [(s.riem, 1)])
    bring_back(s, sold, 1)
    OrderLine.objects.filter(order=sold).update(returned_quantity=1)  # the other till was quicker
    with pytest.raises(Refusal) as refused:
        pay(s, (s.method.contant, "-29.95"), employee=s.manager)
    assert refused.value.code == "return.quantity" and "is al geretourneerd" in refused.value.message
    assert returned(sold) == [1] and Receipt.objects.count() == 1


@pytest.mark.parametrize("bought, amount", [((), "-29.95"), (("wit40",), "20.00")])
def test_a_card_is_not_asked_for_a_basket_whose_return_cannot_come_back_any_more(s, bought, amount):
    sold = sell(s, [(s.riem, 1)])
    basket = bring_back(s, sold, 1)
    for name in bought:  # an exchange: 49.95 - 29.95 = 20.00 to pay
        lines.add(order_id=basket.pk, items=[(getattr(s, name).pk, D(1))], employee=s.manager)
    basket.refresh_from_db()
    assert basket.gross.amount == D(amount)
    OrderLine.objects.filter(order=sold).update(returned_quantity=1)  # the other till was quicker
    with pytest.raises(Refusal) as refused:
        refunds.start_pin(
            order=basket, amount=D(amount), session_id=s.session.pk, method_id=s.method.pin.pk, employee=s.manager,
            key=None,
        )  # fmt: skip
    assert (refused.value.code, basket.terminal_payments.exists()) == ("return.quantity", False)


def test_a_nameless_basket_is_found_by_the_name_of_whose_goods_come_back(s):
    sold = sell(s, [(s.riem, 1)], customer=factories.customer("Zonneveld"))
    basket = bring_back(s, sold, 1)
    assert "zonneveld" in SalesOrder.objects.get(pk=basket.pk).search_text


@pytest.mark.parametrize("mode", ["inclusive", "exclusive"])
def test_the_journal_says_what_a_free_return_gave_back_including_vat(s, mode):
    """29,95; without VAT the line says 24,75, and 24.75 x 1.21 = 29.95."""
    customer = factories.customer("Zwaan", vat_mode=mode, kind="business", company="Zwaan B.V.")
    order_id = seats.begin(till_id=s.till.pk, employee=s.manager).order_id
    drafts.set_header(order_id=order_id, revision=None, values={"customer": customer.pk}, employee=s.manager)
    lines.add(order_id=order_id, items=[(s.riem.pk, D(1))], employee=s.manager)
    line = OrderLine.objects.get(order_id=order_id)
    basket = returning.take_back_free(order_id=order_id, line_id=line.pk, reason="geen bon", employee=s.manager)
    pay(s, (s.method.contant, basket.gross.amount), employee=s.manager)
    told = JournalEntry.objects.get(action="till.returned").data["lines"]
    assert [row["amount"] for row in told] == ["29.95"]


def test_one_of_eleven_under_exclusive_comes_back_at_its_own_part_of_the_discount(s):
    """7 x 41.32 + 4.09 + 11 x 110.19 = 1505.44, less 50.30 = 1455.14, VAT 305.58, paid 1760.72. The eleven cost
    1212.09 / 1505.44 of it: 1417.63 (1417.626), of which VAT 246.03; one of them 128.88 (128.875), and 22.37.
    """
    prices = {"riem": "289.26", "sokken": "4.09", "laars": "1212.09"}
    lines_sold = [
        OrderLine(
            key=uuid.uuid4(), variant_id=1, quantity=D(1), line_total=D(total), vat_code="high", vat_percent=D(21)
        )
        for total in prices.values()
    ]
    order = SalesOrder(vat_mode="exclusive")
    row = OrderVat(code="high", percent=D(21), net=D("1455.14"), vat=D("305.58"))
    sold = [returning.sold_for(order, lines_sold, [row])[line.key] for line in lines_sold]
    assert [(part.gross, part.vat) for part in sold] == [
        (D("338.31"), D("58.72")), (D("4.78"), D("0.83")), (D("1417.63"), D("246.03")),
    ]  # fmt: skip


def test_what_was_chosen_before_pieces_were_cancelled_is_chosen_again_when_less_was_paid_for_it(s):
    """3 x 41.32 under exclusive is 150.00 and one comes back at 50.00; 2 x 41.32 is 99.99, of which 49.99 is left."""
    customer = factories.customer("Zwaan", vat_mode="exclusive", kind="business", company="Zwaan B.V.")
    riem = factories.article("70001", "Riem Breed", price="50.00").variants.get()
    draft = factories.draft(employee=s.office, customer=customer, items=[(riem, 3)])
    order = confirming.confirm(order_id=draft.pk, employee=s.office)
    assert order.gross.amount == D("150.00")
    depositing.deposit(order_id=order.pk, tenders=[(s.method.bank.pk, D("150.00"))], employee=s.office)
    line = order.lines.get()
    delivering.deliver(
        order_id=order.pk, quantities={line.pk: D(2)}, kind="pickup", branch_id=s.branch.pk, employee=s.manager
    )
    sold = SalesOrder.objects.get(pk=order.pk)
    assert totals(bring_back(s, sold, 1)) == [D("-41.32")]
    pay(s, (s.method.contant, "-50.00"), employee=s.manager)
    basket = bring_back(s, sold, 1)
    assert basket.gross.amount == D("-50.00")
    cancelling.cancel(
        order_id=order.pk, employee=s.office, amounts=[(s.method.bank.pk, D("50.01"))], reason="geen voorraad"
    )
    with pytest.raises(Refusal) as refused:
        pay(s, (s.method.contant, "-50.00"), employee=s.manager)
    assert refused.value.code == "return.changed" and returned(sold) == [1]
    lines.delete(order_id=basket.pk, line_ids=[basket.lines.get().pk], employee=s.manager)
    assert bring_back(s, sold, 1).gross.amount == D("-49.99")


def test_what_comes_back_under_exclusive_shows_its_price_without_vat(s):
    """24.75 without VAT, 24.75 x 0.21 = 5.20 (5.1975) VAT."""
    buyer = factories.customer("Zwaan", vat_mode="exclusive", kind="business", company="Zwaan B.V.")
    order_id = seats.begin(till_id=s.till.pk, employee=s.manager).order_id
    drafts.set_header(order_id=order_id, revision=None, values={"customer": buyer.pk}, employee=s.manager)
    basket = lines.add(order_id=order_id, items=[(s.riem.pk, D(1))], employee=s.manager)
    sold = pay(s, (s.method.contant, basket.gross.amount)).order
    order = bring_back(s, sold, 1)
    line = OrderLine.objects.get(order=order)
    assert (line.quantity, line.unit_price.amount, line.discount_amount.amount) == (-1, D("24.7521"), 0)
    assert (line.line_total.amount, order.gross.amount) == (D("-24.75"), D("-29.95"))


def test_who_takes_a_line_back_without_a_receipt_stands_on_it_as_who_changed_it(s):
    order_id = seats.begin(till_id=s.till.pk, employee=s.seller).order_id
    lines.add(order_id=order_id, items=[(s.riem.pk, D(1))], employee=s.seller)
    line = OrderLine.objects.get(order_id=order_id)
    returning.take_back_free(order_id=order_id, line_id=line.pk, reason="bon kwijt", employee=s.manager)
    after = OrderLine.objects.get(order_id=order_id)
    assert (line.changed_by, after.changed_by, after.revision) == (s.seller, s.manager, line.revision + 1)
