"""What a verkoper reads of a customer's money: the tegoed is the company's, orders of other branches are not told."""

from decimal import Decimal

import pytest
from django.urls import reverse

from sales import selectors
from tests import factories
from tests.payments import shop as money
from tests.payments.shop import shop
from tests.payments.test_deposit import pay
from tests.payments.test_refund import back

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def s():
    """70,00 of tegoed came at Zeist, 30,00 of it was spent at the branch of the verkoper."""
    made = shop()
    made.zeist = factories.branch("Zeist")
    made.there, made.here = money.order(made, "100.00", branch=made.zeist), money.order(made, "45.00")
    pay(made, made.there, ("bank", "90.00"))
    back(made, made.there, ("tegoed", "70.00"), reason="jas was te klein")
    pay(made, made.here, ("tegoed", "30.00"))
    return made


def statement(client, s, person):
    client.force_login(person)
    answer = client.get(reverse("payments:credit_statement", args=[s.customer.pk]))
    return answer.context["rows"], answer.content.decode()


def test_the_statement_of_tegoed_adds_up_and_names_no_order_of_another_branch(client, s):
    rows, page = statement(client, s, s.seller)
    assert [(row.amount, row.after, row.entry and row.entry.order) for row in rows] == [
        (D(-30), D(40), s.here), (D(70), D(70), None),
    ]  # fmt: skip
    assert [row.gone for row in rows] == [D(30), D(-70)]
    assert s.here.number in page and s.there.number not in page and "jas was te klein" not in page
    assert "ander filiaal" in page and reverse("sales:order", args=[s.there.pk]) not in page


def test_who_works_at_both_branches_and_the_backoffice_read_all_of_it(client, s):
    for person in (s.office, s.seller):
        if person == s.seller:
            s.seller.roles.create(role="seller", branch=s.zeist)
        _rows, page = statement(client, s, person)
        assert s.here.number in page and s.there.number in page and "jas was te klein" in page
        assert "ander filiaal" not in page


def test_tegoed_spent_here_on_an_order_of_another_branch_does_not_name_it_either(client, s):
    s.seller.roles.all().delete()
    s.seller.roles.create(role="seller", branch=s.zeist)
    rows, page = statement(client, s, s.seller)
    assert [row.entry and row.entry.order for row in rows] == [None, s.there]
    assert s.here.number not in page and s.there.number in page


def test_what_is_open_beside_an_order_is_that_of_ones_own_branches(client, s):
    # at Zeist 80,00 is open of 100,00; here 15,00 of 45,00
    seller = factories.employee("seller", s.branch)
    assert selectors.open_amount_of(s.customer, seller) == D(15)
    assert selectors.open_amount_of(s.customer, s.office) == D(95)
    client.force_login(seller)
    beside = client.get(reverse("sales:side", args=[s.here.pk])).content.decode().replace("\u00a0", " ")
    assert "€ 15,00" in beside and "95,00" not in beside and s.there.number not in beside
