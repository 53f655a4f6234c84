"""Selling without VAT is chosen by who may, for a reason, and is no discount."""

from decimal import Decimal
from functools import partial

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from backoffice.core.errors import Refusal
from backoffice.core.models import JournalEntry
from backoffice.relations.models import Customer
from backoffice.relations.services import customers
from pos.services import make_order
from sales.services import copying, drafts, lines, selling
from tests import factories
from tests.markup import compact
from tests.pos import counter
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db
D = Decimal


def set_mode(order, employee, mode="none", **more):
    return drafts.set_vat_mode(order_id=order.pk, vat_mode=mode, employee=employee, **more)


def set_line(order, employee, **values):
    line = order.lines.get()
    return lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values=values, employee=employee)


def refused(act) -> tuple[str, str]:
    """(code, field) of the refusal."""
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code, refusal.value.field


def untaxed() -> list[tuple]:
    rows = JournalEntry.objects.filter(action__in=("sales.order.untaxed", "customer.untaxed"))
    return [(row.employee, row.object_id, row.data) for row in rows.order_by("pk")]


def test_on_a_draft_and_a_basket_it_asks_the_right_and_a_reason():
    s = counter.shop()
    draft = factories.draft(employee=s.seller, items=[(s.wit40, 1)])
    basket = selling.start(till=s.till, employee=s.seller)
    lines.add(order_id=basket.pk, items=[(s.wit40.pk, D(1))], employee=s.seller)
    for order in (draft, basket):
        for mode in ("none", "reverse_charge"):
            may_not = partial(set_mode, order, s.seller, mode, reason="uitvoer")
            no_reason = partial(set_mode, order, s.manager, mode)
            assert refused(may_not) == ("untaxed.right", "vat_mode")
            assert refused(no_reason) == ("untaxed.reason", "vat_reason")
        order.refresh_from_db()
        assert (order.vat_mode, order.gross.amount) == ("inclusive", D("49.95"))
        order = set_mode(order, s.manager, reason="uitvoer naar Noorwegen")
        assert (order.vat_mode, order.vat.amount, order.gross.amount) == ("none", 0, D("41.28"))
    data = {"vat_mode": "none", "reason": "uitvoer naar Noorwegen"}
    assert untaxed() == [(s.manager, str(draft.pk), data), (s.manager, str(basket.pk), data)]


def test_what_the_order_or_its_customer_or_soort_has_asks_nothing():
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 1)])
    norway = factories.customer("Dahl", vat_mode="none")
    export = factories.order_type("Export", vat_mode="none", position=3)
    order = drafts.set_header(order_id=order.pk, revision=None, values={"customer": norway.pk}, employee=s.seller)
    assert (order.vat_mode, order.gross.amount) == ("none", D("41.28"))
    set_mode(order, s.seller, "inclusive")
    assert set_mode(order, s.seller, "none").gross.amount == D("41.28")

    other = factories.draft(employee=s.seller, items=[(s.wit40, 1)])
    other = drafts.set_header(order_id=other.pk, revision=None, values={"order_type": export.pk}, employee=s.seller)
    set_mode(other, s.seller, "exclusive")
    assert set_mode(other, s.seller, "none").vat_mode == "none"
    assert untaxed() == []


def test_a_copy_of_an_order_without_vat_has_the_mode_that_belongs_to_its_customer():
    s = shop()
    order = factories.draft(employee=s.seller, customer=s.customer, items=[(s.wit40, 1)])
    set_mode(order, s.manager, reason="uitvoer")
    assert copying.copy(order_id=order.pk, employee=s.seller).vat_mode == "inclusive"


def test_a_customer_is_set_to_it_by_who_may_and_brings_it_to_whoever_chooses_it():
    s = counter.shop()
    values = {"kind": "private", "last_name": "Dahl", "vat_mode": "none"}
    make = {"addresses": [], "confirmed": True}
    assert refused(lambda: customers.create(values=values | {"vat_reason": "export"}, employee=s.seller, **make)) == (
        "untaxed.right",
        "vat_mode",
    )
    assert refused(lambda: customers.create(values=values, employee=s.manager, **make)) == (
        "untaxed.reason", "vat_reason",
    )  # fmt: skip
    assert not Customer.objects.filter(last_name="Dahl").exists()
    made = customers.create(values=values | {"vat_reason": "woont in Oslo"}, employee=s.manager, **make)
    assert untaxed() == [(s.manager, str(made.pk), {"vat_mode": "none", "reason": "woont in Oslo"})]
    order = factories.draft(employee=s.seller, items=[(s.wit40, 1)], customer=made)
    assert (order.vat_mode, order.gross.amount) == ("none", D("41.28"))

    def change(person, **values):
        row = Customer.objects.get(pk=made.pk)
        known = {"kind": "private", "last_name": "Dahl", "vat_mode": "none"}
        return customers.change(
            customer_id=row.pk, revision=row.revision, employee=person, values=known | values, addresses=[]
        )

    change(s.seller, first_name="Liv")
    assert refused(lambda: change(s.seller, vat_mode="reverse_charge", vat_reason="x"))[0] == "untaxed.right"
    change(s.seller, vat_mode="")
    assert refused(lambda: change(s.seller, vat_reason="toch weer"))[0] == "untaxed.right"
    change(s.office, vat_reason="toch weer")
    assert len(untaxed()) == 2


def test_a_new_customer_at_the_till_is_no_way_around_it():
    s = counter.shop()
    basket = selling.start(till=s.till, employee=s.seller)
    lines.add(order_id=basket.pk, items=[(s.wit40.pk, D(1))], employee=s.seller)
    values = {"kind": "private", "last_name": "Dahl", "vat_mode": "none", "vat_reason": "export"}
    new = {"order_id": basket.pk, "values": values, "addresses": [], "confirmed": True}
    assert refused(lambda: make_order.new_customer(**new, employee=s.seller))[0] == "untaxed.right"
    basket.refresh_from_db()
    assert (basket.customer, basket.vat_mode, basket.gross.amount) == (None, "inclusive", D("49.95"))
    order = make_order.new_customer(**new, employee=s.manager)
    assert (order.vat_mode, order.gross.amount) == ("none", D("41.28"))


# ---- the ceiling compares net with net ---------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "least"), [("inclusive", "44.96"), ("exclusive", "37.15"), ("none", "37.15")])
def test_ten_percent_is_ten_percent_in_every_mode(mode, least):
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 1)])
    set_mode(order, s.manager, mode, reason="uitvoer")
    assert set_line(order, s.seller, discount=("percent", D(10))).all_lines[0].line_total.amount == D(least)
    assert refused(lambda: set_line(order, s.seller, discount=("percent", D(11))))[0] == "price.ceiling"
    set_line(order, s.seller, discount=("percent", D(0)))
    assert set_line(order, s.seller, price=D(least)).all_lines[0].line_total.amount == D(least)
    assert refused(lambda: set_line(order, s.seller, price=D(least) - D("0.02")))[0] == "price.ceiling"


def test_the_net_price_itself_is_no_discount_and_asks_nothing():
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 1)])
    set_mode(order, s.manager, "none", reason="uitvoer")
    assert set_line(order, s.seller, price=D("41.28")).gross.amount == D("41.28")
    assert JournalEntry.objects.filter(action="sales.price_overridden").count() == 0


# ---- the screens -------------------------------------------------------------------------------------------------


def test_a_seller_who_posts_it_reads_why_not_and_sees_the_mode_that_stands(client):
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 1)])
    client.force_login(s.seller, backend="backoffice.relations.backends.DeskBackend")
    answer = client.post(
        reverse("sales:vat_mode", args=[order.pk]), {"key": counter.key(), "vat_mode": "none", "sure": "1"},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert answer.status_code == 422 and "Vraag uw filiaalmanager" in answer.headers["HX-Trigger"]
    assert 'value="inclusive" checked' in compact(answer)
    order.refresh_from_db()
    assert order.vat_mode == "inclusive"


@pytest.mark.django_db(transaction=True)
def test_the_question_on_an_order_and_on_a_customer(page, login):
    s = shop()
    s.customer.vat_id = "BE0403019261"
    s.customer.save()
    order = factories.draft(employee=s.manager, customer=s.customer, items=[(s.wit40, 1)])
    login(page, s.manager)
    page.goto(reverse("sales:order", args=[order.pk]))
    page.get_by_text("BTW verlegd", exact=True).click()
    asked = page.get_by_role("dialog", name="Overgaan op BTW verlegd?")
    expect(asked).to_contain_text("van € 49,95 naar € 41,28")
    asked.get_by_role("button", name="Annuleren").click()
    expect(page.get_by_role("radio", name="Inclusief BTW")).to_be_checked()
    page.get_by_text("BTW verlegd", exact=True).click()
    asked.get_by_label("Reden zonder BTW").fill("bedrijf in België")
    asked.get_by_role("button", name="Opslaan").click()
    expect(asked).to_be_hidden()
    expect(page.get_by_role("radio", name="BTW verlegd")).to_be_checked()
    order.refresh_from_db()
    assert (order.vat_mode, order.gross.amount) == ("reverse_charge", D("41.28"))

    page.goto(reverse("relations:customer_edit", args=[s.customer.pk]))
    expect(page.get_by_label("Reden zonder BTW")).to_be_hidden()
    page.get_by_label("Standaard BTW").select_option(label="BTW verlegd")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_label("Reden zonder BTW")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Reden zonder BTW").fill("bedrijf in België")
    page.get_by_role("button", name="Opslaan").click()
    page.wait_for_url(f"**{reverse('relations:customer', args=[s.customer.pk])}")
    s.customer.refresh_from_db()
    assert s.customer.vat_mode == "reverse_charge"
