"""Korting as it is typed: a number alone is a percentage, euros say that they are, and what may be either is asked."""

from decimal import Decimal

import pytest

from backoffice.core.input import InputError
from backoffice.core.keys import new_key
from sales.forms import read_discount, shown_discount
from sales.models import SalesOrder
from tests import factories
from tests.pos import counter
from tests.sales.order_shop import shop

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("10", "percent", "10"),
        ("12,5", "percent", "12.5"),
        ("12.5", "percent", "12.5"),
        ("12,5 %", "percent", "12.5"),
        ("33,33%", "percent", "33.33"),
        ("0", "percent", "0"),
        ("", "percent", "0"),
        ("100", "percent", "100"),
        ("€ 5", "amount", "5"),
        ("€5,00", "amount", "5"),
        ("€ 12,50", "amount", "12.5"),
        ("5 €", "amount", "5"),
        ("12,5 eur", "amount", "12.5"),
        ("EUR 150", "amount", "150"),
        ("5 euro", "amount", "5"),
    ],
)
def test_a_discount_is_read(typed, kind, value):
    assert read_discount(typed) == (kind, Decimal(value))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("5,00", "Bedoelt u 5\u00a0% of €\u00a05,00? Typ er % of € bij."),
        ("12,50", "Bedoelt u 12,5\u00a0% of €\u00a012,50? Typ er % of € bij."),
        ("150", "Bedoelt u €\u00a0150,00? Typ er dan een € bij."),
        ("-5", "Een bedrag onder nul kan hier niet."),
        ("101 %", "Een percentage ligt tussen 0 en 100."),
        ("€", "“€” is geen bedrag. Typ bijvoorbeeld 1.234,56."),
        ("tien", "“tien” is geen bedrag. Typ bijvoorbeeld 1.234,56."),
    ],
)
def test_what_may_be_either_is_asked_and_what_is_neither_refused(typed, sentence):
    with pytest.raises(InputError) as refused:
        read_discount(typed)
    assert refused.value.message == sentence


@pytest.mark.parametrize(("percent", "amount"), [("12.50", "0"), ("0", "5.00"), ("0", "1234.50"), ("33.33", "0")])
def test_what_a_field_shows_is_read_as_the_same_discount(percent, amount):
    kind, value = ("amount", amount) if Decimal(amount) else ("percent", percent)
    assert read_discount(shown_discount(Decimal(percent), Decimal(amount))) == (kind, Decimal(value))


@pytest.mark.django_db(transaction=True)
def test_at_the_desk_twelve_and_a_half_is_a_percentage_of_line_and_order(client):
    s = shop()
    order = factories.draft(employee=s.office, branch=s.branch, items=[(s.wit40, 1)])  # 49,95
    client.force_login(s.office)
    line = order.lines.get()
    sent = {"key": new_key(), "revision": line.revision, "discount": "12,5"}
    assert client.post(f"/verkoop/verkooporders/{order.pk}/regels/{line.pk}/", sent, headers=HTMX).status_code == 200
    line.refresh_from_db()
    assert (line.discount_percent, line.line_total.amount) == (Decimal("12.5"), Decimal("43.71"))  # 43,70625
    asked = client.post(f"/verkoop/verkooporders/{order.pk}/korting/", {"key": new_key(), "discount": "5,00"})
    assert asked.status_code == 422 and "Bedoelt u 5\u00a0% of €\u00a05,00?" in asked.content.decode()
    order.refresh_from_db()
    assert (order.discount_percent, order.discount_amount.amount, order.gross.amount) == (0, 0, Decimal("43.71"))
    given = client.post(f"/verkoop/verkooporders/{order.pk}/korting/", {"key": new_key(), "discount": "€ 5"})
    order.refresh_from_db()
    assert (given.status_code, order.discount_amount.amount, order.gross.amount) == (200, 5, Decimal("38.71"))


@pytest.mark.django_db(transaction=True)
def test_at_the_till_too(client):
    s = counter.shop()
    counter.sit(client, s.till, s.manager)
    client.post("/kassa/scan/", {"key": new_key(), "code": factories.code_of(s.riem)}, headers=HTMX)  # 29,95
    given = client.post("/kassa/korting/", {"key": new_key(), "discount": "12,5"}, headers=HTMX)
    basket = SalesOrder.objects.get()
    assert (given.status_code, basket.discount_percent) == (200, Decimal("12.5"))
    assert basket.gross.amount == Decimal("26.21")  # 29,95 less 3,74
