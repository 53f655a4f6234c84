"""Nieuw, the header, the VAT mode, the order discount and dropping a draft."""

import datetime
import uuid
from decimal import Decimal

import pytest
import time_machine

from backoffice.core.errors import KeyReused, Refusal, Stale
from backoffice.core.models import JournalEntry, RequestKey
from sales.models import DeliveryMethod, OrderType, OrderVat, SalesOrder
from sales.services import confirming, drafts, lines
from tests import factories
from tests.sales.order_shop import shop

pytestmark = pytest.mark.django_db


def figures(order):
    order.refresh_from_db()
    return order.net.amount, order.vat.amount, order.gross.amount


@time_machine.travel("2026-11-24T10:00:00+01:00", tick=False)
def test_nieuw_starts_a_draft_with_sensible_values():
    s = shop()
    order = drafts.create(branch_id=s.branch.pk, employee=s.seller)
    order.refresh_from_db()
    assert (order.lifecycle, order.status, order.number, order.version) == ("draft", "draft", "", 0)
    assert order.order_date == datetime.date(2026, 11, 24)
    assert order.expected_delivery_date == datetime.date(2026, 12, 1)
    assert (order.order_type.name, order.delivery_method.name) == ("Verkooporder", "Afhalen")
    assert (order.employee, order.branch, order.entered_by) == (s.seller, s.branch, s.seller)
    assert order.listed
    assert JournalEntry.objects.count() == 0


@pytest.mark.parametrize("model", [OrderType, DeliveryMethod])
def test_nieuw_without_a_soort_or_without_a_leverwijze_says_where_to_make_them(model):
    s = shop()
    model.objects.update(active=False)
    with pytest.raises(Refusal, match="Richt eerst een Soort en een Leverwijze in bij Beheer") as refused:
        drafts.create(branch_id=s.branch.pk, employee=s.seller)
    assert refused.value.code == "setup.missing"
    assert SalesOrder.objects.count() == 0


def test_nieuw_in_a_branch_of_somebody_else_is_refused():
    s = shop()
    elsewhere = factories.branch("Amersfoort")
    with pytest.raises(Refusal) as refused:
        drafts.create(branch_id=elsewhere.pk, employee=s.seller)
    assert refused.value.code == "order.branch"
    assert SalesOrder.objects.count() == 0


def test_nieuw_twice_with_one_key_makes_one_order():
    s = shop()
    key = uuid.uuid4()
    first = drafts.create(branch_id=s.branch.pk, employee=s.seller, key=key)
    again = drafts.create(branch_id=s.branch.pk, employee=s.seller, key=key)
    assert first.pk == again.pk
    assert SalesOrder.objects.count() == 1
    with pytest.raises(KeyReused):
        drafts.create(branch_id=s.branch.pk, employee=s.seller, customer_id=s.customer.pk, key=key)
    assert SalesOrder.objects.count() == 1


def test_choosing_a_customer_copies_what_is_agreed():
    s = shop()
    order = factories.draft(employee=s.office)
    revision = order.revision
    order = drafts.set_header(
        order_id=order.pk, revision=revision, values={"customer": s.customer.pk}, employee=s.office
    )
    assert order.customer_name == "Anna Vermeer"
    assert order.invoice_address == {
        "attention": "", "street": "Oudegracht 12", "city": "3511 AB Utrecht", "country": "NL"
    }  # fmt: skip
    assert order.delivery_address["city"] == "3511 AB Amersfoort"
    assert order.revision == revision + 1
    s.customer.addresses.update(city="Ergens anders")
    order.refresh_from_db()
    assert order.invoice_address["city"] == "3511 AB Utrecht"
    assert "vermeer" in order.search_text


def test_a_company_is_written_to_with_who_receives_it_and_emptied_again():
    s = shop()
    company = factories.customer(
        "Brandsma",
        first_name="Tess",
        company="Hotel De Zwaan B.V.",
        vat_id="NL001234567B01",
        email="tess@zwaan.example",
    )
    order = factories.draft(employee=s.office, customer=company)
    copied = "customer_name", "customer_attention", "customer_vat_id", "customer_email"
    values = ["Hotel De Zwaan B.V.", "Tess Brandsma", "NL001234567B01", "tess@zwaan.example"]
    assert [getattr(order, name) for name in copied] == values
    order = drafts.set_header(order_id=order.pk, revision=None, values={"customer": None}, employee=s.office)
    order.refresh_from_db()
    assert [getattr(order, name) for name in copied] == [""] * 4
    assert (order.customer, order.invoice_address, order.delivery_address) == (None, {}, {})


def test_a_blocked_customer_is_refused_and_nothing_changes():
    s = shop()
    order = factories.draft(employee=s.office)
    blocked = factories.customer("Wanbetaler", blocked=True)
    with pytest.raises(Refusal) as refused:
        drafts.set_header(order_id=order.pk, revision=None, values={"customer": blocked.pk}, employee=s.office)
    assert refused.value.field == "customer"
    order.refresh_from_db()
    assert (order.customer, order.revision) == (None, 1)


def test_the_vat_mode_follows_customer_then_soort():
    s = shop()
    business = order_type = factories.order_type("Verkooporder zakelijk")
    order = factories.draft(employee=s.office)
    order = drafts.set_header(order_id=order.pk, revision=None, values={"order_type": business.pk}, employee=s.office)
    assert order.vat_mode == "exclusive"
    abroad = factories.customer("Müller", company="Mode Müller GmbH", vat_id="DE129273398", vat_mode="reverse_charge")
    order = drafts.set_header(order_id=order.pk, revision=None, values={"customer": abroad.pk}, employee=s.office)
    assert (order.vat_mode, order.customer_vat_id) == ("reverse_charge", "DE129273398")
    order = drafts.set_header(order_id=order.pk, revision=None, values={"order_type": order_type.pk}, employee=s.office)
    assert order.vat_mode == "reverse_charge"


def test_a_stale_header_shows_both_values_and_changes_nothing():
    s = shop()
    order = factories.draft(employee=s.office)
    drafts.set_header(order_id=order.pk, revision=1, values={"subject": "Bruiloft"}, employee=s.manager)
    with pytest.raises(Stale) as stale:
        drafts.set_header(
            order_id=order.pk,
            revision=1,
            values={"subject": "Begrafenis", "expected_delivery_date": datetime.date(2026, 12, 4)},
            employee=s.office,
        )
    assert stale.value.who == "Joris van Dam"
    assert stale.value.fields[0] == ("Betreft", "Bruiloft", "Begrafenis")
    assert stale.value.fields[1][2] == "04-12-2026"
    order.refresh_from_db()
    assert (order.subject, order.revision) == ("Bruiloft", 2)


def test_a_stale_choice_is_shown_by_its_name():
    s = shop()
    order = factories.draft(employee=s.office)
    drafts.set_header(order_id=order.pk, revision=1, values={"subject": "Bruiloft"}, employee=s.manager)
    business = factories.order_type("Verkooporder zakelijk")
    values = {"order_type": business.pk, "expected_delivery_date": None}
    with pytest.raises(Stale) as stale:
        drafts.set_header(order_id=order.pk, revision=1, values=values, employee=s.office)
    assert stale.value.fields == [
        ("Soort", "Verkooporder", "Verkooporder zakelijk"),
        ("Verwachte leverdatum", f"{order.expected_delivery_date:%d-%m-%Y}", ""),
    ]  # fmt: skip


def test_fields_that_are_not_of_the_header_are_ignored():
    s = shop()
    order = factories.draft(employee=s.office)
    values = {"gross": Decimal(1), "number": "VO-1", "paid_total": Decimal(1), "status": "open", "subject": "Jas"}
    order = drafts.set_header(order_id=order.pk, revision=None, values=values, employee=s.office)
    assert (order.subject, order.number, order.status, order.gross.amount) == ("Jas", "", "draft", Decimal(0))


def test_a_seller_cannot_touch_an_order_of_another_branch():
    s = shop()
    elsewhere = factories.branch("Amersfoort")
    order = factories.draft(employee=s.office, branch=elsewhere)
    with pytest.raises(Refusal) as refused:
        drafts.set_header(order_id=order.pk, revision=None, values={"subject": "x"}, employee=s.seller)
    assert (refused.value.code, refused.value.status) == ("order.unknown", 404)


def test_exclusive_and_back_gives_exactly_the_first_totals():
    s = shop()
    items = [(s.wit40, 1), (s.wit42, 1), (s.navy40, 1), (s.navy32, 1), (s.riem, 1), (s.inkorten, 5)]
    order = factories.draft(employee=s.office, items=items)
    first = figures(order)
    # inclusive: 3 x 49,95 + 69,95 + 29,95 = 249,75 at 21 % and 62,50 at 9 %
    assert first == (Decimal("263.74"), Decimal("48.51"), Decimal("312.25"))
    assert drafts.totals_in(order, "exclusive").gross == Decimal("312.24")
    order = drafts.set_vat_mode(order_id=order.pk, vat_mode="exclusive", employee=s.office)
    # exclusive: 3 x 41,28 + 57,81 + 24,75 = 206,40, VAT 43,34; 57,34, VAT 5,16
    assert order.all_lines[1].unit_price.amount == Decimal("41.2810")
    assert figures(order) == (Decimal("263.74"), Decimal("48.50"), Decimal("312.24"))
    drafts.set_vat_mode(order_id=order.pk, vat_mode="inclusive", employee=s.office)
    assert figures(order) == first
    assert [(r.percent, r.gross.amount) for r in OrderVat.objects.filter(order=order)] == [
        (Decimal(21), Decimal("249.75")),
        (Decimal(9), Decimal("62.50")),
    ]


def test_reverse_charge_carries_no_vat():
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 1), (s.inkorten, 1)])
    order = drafts.set_vat_mode(
        order_id=order.pk, vat_mode="reverse_charge", reason="bedrijf in België", employee=s.office
    )
    assert figures(order) == (Decimal("52.75"), Decimal("0.00"), Decimal("52.75"))
    assert OrderVat.objects.filter(order=order).count() == 1


def test_an_unknown_vat_mode_is_refused():
    s = shop()
    order = factories.draft(employee=s.office)
    with pytest.raises(Refusal) as refused:
        drafts.set_vat_mode(order_id=order.pk, vat_mode="half", employee=s.office)
    assert refused.value.code == "order.vat_mode"


def test_the_order_discount_goes_over_all_rates():
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 2), (s.inkorten, 4)])  # 99,90 and 50,00
    order = drafts.set_discount(order_id=order.pk, percent=Decimal(10), employee=s.office)
    assert order.totals.order_discount == Decimal("14.99")
    assert order.gross.amount == Decimal("134.91")
    rows = {row.percent: row.gross.amount for row in OrderVat.objects.filter(order=order)}
    assert rows == {Decimal(21): Decimal("89.91"), Decimal(9): Decimal("45.00")}
    order = drafts.set_discount(order_id=order.pk, amount=Decimal("9.90"), employee=s.office)
    assert (order.gross.amount, order.discount_percent) == (Decimal("140.00"), Decimal(0))
    order = drafts.set_discount(order_id=order.pk, employee=s.office)
    assert order.gross.amount == Decimal("149.90")


def test_the_order_discount_has_a_ceiling_and_counts_on_top_of_line_discounts():
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 2)])
    drafts.set_discount(order_id=order.pk, percent=Decimal(10), employee=s.seller)
    with pytest.raises(Refusal) as refused:
        drafts.set_discount(order_id=order.pk, percent=Decimal(11), employee=s.seller)
    assert refused.value.code == "price.ceiling"
    line = order.lines.get()
    with pytest.raises(Refusal):
        values = {"discount": ("percent", Decimal(5))}
        lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values=values, employee=s.seller)
    order.refresh_from_db()
    assert (order.discount_percent, order.gross.amount) == (Decimal(10), Decimal("89.91"))


def test_euros_off_weigh_heavier_when_lines_go():
    s = shop()
    order = factories.draft(employee=s.seller, items=[(s.wit40, 1), (s.wit42, 1)])  # 99,90
    drafts.set_discount(order_id=order.pk, amount=Decimal("9.00"), employee=s.seller)
    with pytest.raises(Refusal) as refused:
        lines.delete(order_id=order.pk, line_ids=[order.all_lines[0].pk], employee=s.seller)
    assert refused.value.code == "price.ceiling"
    assert order.lines.count() == 2


def test_what_a_manager_allowed_on_a_line_does_not_open_the_order_for_a_seller():
    s = shop()
    order = factories.draft(employee=s.manager, items=[(s.wit40, 1)])
    line = order.all_lines[0]
    values = {"discount": ("percent", Decimal(40)), "reason": "beschadigd"}
    lines.set_line(order_id=order.pk, line_id=line.pk, revision=None, values=values, employee=s.manager)
    with pytest.raises(Refusal) as refused:
        drafts.set_discount(order_id=order.pk, percent=Decimal(50), employee=s.seller)
    assert refused.value.code == "price.ceiling"
    order.refresh_from_db()
    assert order.gross.amount == Decimal("29.97")


def test_more_than_the_goods_cost_is_refused():
    s = shop()
    order = factories.draft(employee=s.admin, branch=s.branch, items=[(s.wit40, 1)])
    with pytest.raises(Refusal) as refused:
        drafts.set_discount(order_id=order.pk, amount=Decimal("50.00"), employee=s.admin)
    assert refused.value.code == "pricing.order_discount_amount"
    with pytest.raises(Refusal):
        drafts.set_discount(order_id=order.pk, amount=Decimal(5), percent=Decimal(5), employee=s.admin)
    order.refresh_from_db()
    assert order.gross.amount == Decimal("49.95")


def test_dropping_a_draft_takes_it_from_the_list_for_good():
    s = shop()
    order = factories.draft(employee=s.office, items=[(s.wit40, 1)])
    key = uuid.uuid4()
    drafts.discard(order_id=order.pk, employee=s.office, key=key)
    drafts.discard(order_id=order.pk, employee=s.office, key=key)
    order.refresh_from_db()
    assert (order.lifecycle, order.listed) == ("discarded", False)
    with pytest.raises(Refusal) as refused:
        lines.scan(order_id=order.pk, code=factories.code_of(s.wit40), employee=s.office)
    assert refused.value.code == "order.discarded"


def test_a_confirmed_order_is_not_dropped():
    s = shop()
    order = factories.draft(employee=s.office, customer=s.customer, items=[(s.wit40, 1)])
    confirming.confirm(order_id=order.pk, employee=s.office)
    with pytest.raises(Refusal) as refused:
        drafts.discard(order_id=order.pk, employee=s.office)
    assert refused.value.code == "order.status"


def test_the_sweep_takes_only_empty_old_drafts():
    s = shop()
    empty, chosen = factories.draft(employee=s.office), factories.draft(employee=s.office, customer=s.customer)
    dropped = factories.draft(employee=s.office)
    drafts.discard(order_id=dropped.pk, employee=s.office)
    filled = factories.draft(employee=s.office, items=[(s.wit40, 1)])
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    assert drafts.sweep(before=yesterday) == 0
    drafts.sweep(before=datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=1))
    assert set(SalesOrder.objects.values_list("pk", flat=True)) == {chosen.pk, filled.pk}
    assert not SalesOrder.objects.filter(pk__in=[empty.pk, dropped.pk]).exists()


def test_a_refusal_leaves_its_key_free_for_the_mended_form():
    s = shop()
    order = factories.draft(employee=s.office)
    key = uuid.uuid4()
    with pytest.raises(Refusal):
        drafts.set_header(order_id=order.pk, revision=None, values={"customer": 99999}, employee=s.office, key=key)
    with pytest.raises(Refusal):
        drafts.set_header(order_id=order.pk, revision=None, values={"employee": 99999}, employee=s.office, key=key)
    assert not RequestKey.objects.filter(key=key).exists()
    order = drafts.set_header(
        order_id=order.pk, revision=None, values={"employee": s.seller.pk}, employee=s.office, key=key
    )
    assert order.employee == s.seller
