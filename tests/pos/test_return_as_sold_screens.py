"""The same at the till and at the desk as people do it: over HTTP, with what the pages say."""

import pytest
from django.urls import reverse

from payments.selectors import session_vat
from sales.models import SalesOrder
from tests import factories
from tests.markup import compact
from tests.pos import counter, test_return_as_sold
from tests.pos.test_check_out import entries
from tests.pos.test_return_as_sold import D, paid_back, sold_to
from tests.pos.test_returns import bring_back, sell

pytestmark = pytest.mark.django_db
s = test_return_as_sold.s
delivered = test_return_as_sold.delivered
part_back = test_return_as_sold.part_back
NBSP = "\u00a0"


@pytest.fixture
def till(client, s):
    """The till's screens, with the manager on its seat: till(name, ...fields) posts and gives the answer."""
    counter.sit(client, s.till, s.manager)

    def post(name, **fields):
        return client.post(reverse(f"pos:{name}"), {"key": counter.key()} | fields, headers={"HX-Request": "true"})

    return post


def basket(s) -> SalesOrder:
    return SalesOrder.objects.get(seat__till=s.till)


def take_back(till, sold, pieces="1"):
    line = sold.lines.first().pk
    return till("returns", code=sold.receipts.get().number, reason="te klein", **{f"back-{line}": pieces})


def test_a_verlegd_receipt_goes_back_as_it_was_paid_after_another_customer_was_chosen(till, s):
    sold = sold_to(s, s.verlegd, [(s.coat, 1)], "100.00")
    assert take_back(till, sold).status_code == 200
    page = till("customer", customer=s.exclusief.pk).content.decode().replace(NBSP, " ")
    assert "100,00" in page and "121,00" not in page
    paid = till("checkout", left="-100,00", tender=f"{s.method.contant.pk}:-100,00")
    assert paid.status_code in (200, 303), paid.content.decode()
    order = SalesOrder.objects.filter(customer=s.exclusief).get()
    assert (order.gross.amount, order.vat.amount, order.payment_state) == (D("-100.00"), D("0.00"), "paid")


def test_the_basket_says_its_total_again_when_the_customer_is_taken_off(till, s):
    till("scan", code=factories.code_of(s.coat), quantity="1")
    assert "100,00" in till("customer", customer=s.geen.pk).content.decode()
    assert "121,00" in till("customer", customer="").content.decode()
    assert (basket(s).vat_mode, basket(s).gross.amount) == ("inclusive", D("121.00"))


def test_an_even_exchange_is_closed_with_nothing_to_pay(till, s):
    assert take_back(till, sell(s, [(s.scarf, 1)])).status_code == 200
    till("scan", code=factories.code_of(s.book), quantity="1")
    assert basket(s).gross.amount == 0
    paid = till("checkout", left="0,00")
    assert paid.status_code in (200, 303), paid.content.decode()
    assert [(p.code, p.gross) for p in session_vat(s.session)] == [("low", D("50.00"))]


def test_the_dialog_of_terugbetalen_says_what_came_back_and_refuses_it_again(client, s, delivered):
    bring_back(s, delivered, 2)
    paid_back(s, "-200.00")
    client.force_login(s.office)
    url = reverse("payments:refund", args=[delivered.pk])
    page = compact(client.get(url)).replace(NBSP, " ")
    assert "Teruggekomen aan de kassa" in page and "Nog terug te geven</dt><dd>€ 0,00" in page
    form = {"key": counter.key(), f"back_{s.method.bank.pk}": "200,00", "reason": "klant belt", "seen": "200,00"}
    answer = client.post(url, form)
    page = compact(answer).replace(NBSP, " ")
    assert answer.status_code == 422 and "kwam al voor € 200,00 terug aan de kassa" in page
    assert 'value="klant belt"' in page and "200,00" in page
    assert entries(delivered) == [("deposit", "bank", D("200.00"))]


def test_a_lower_price_on_a_line_with_returned_pieces_is_refused_with_what_to_do(client, s, part_back):
    client.force_login(s.admin)
    amend = client.post(reverse("sales:amend", args=[part_back.pk]), {"key": counter.key()})
    assert amend.status_code == 303
    amendment = SalesOrder.objects.get(amends=part_back, lifecycle="draft")
    line = amendment.lines.get()
    form = {"key": counter.key(), "revision": line.revision, "price": "50,00", "reason": "afgeprijsd"}
    client.post(reverse("sales:line", args=[amendment.pk, line.pk]), form)
    assert amendment.lines.get().unit_price.amount == D("50.00")
    answer = client.post(reverse("sales:confirm", args=[amendment.pk]), {"key": counter.key()})
    assert answer.status_code >= 400 and "zet de rest op een nieuwe regel" in answer.content.decode()
    part_back.refresh_from_db()
    assert (part_back.gross.amount, part_back.version) == (D("300.00"), 1)
